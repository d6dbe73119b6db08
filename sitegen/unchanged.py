"""Whether the site is what a build would make: nothing that it is made from has changed, and neither has it.

This is asked before the generator and what it needs are imported, which takes longer than the answer.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sitegen import cache, digests, imports
from sitegen.errors import ROOT

FOLDERS = ("site_templates", "pycore", "sitegen")
FILES = ("pyproject.toml", "README.md", "LICENSE", "LICENSE-content")  # that the wheel of pycore holds


@dataclass(frozen=True)
class Report:
    """What a build made."""

    pages: list[str]
    figures: int
    seconds: float
    size: int


def inputs(content: Path, without: Sequence[str] = (), address: str | None = None) -> str:
    """Hash everything that a build reads."""
    files = [file for name in FOLDERS for file in digests.below(ROOT / name)]
    return digests.of_text(
        imports.versions(),
        repr((sorted(without), address)),
        compilers(),
        digests.of_files([*files, *map(ROOT.joinpath, FILES)], ROOT),
        digests.of_files(digests.below(content), content),
    )


def compilers() -> str:
    """Name what could compile Python for the browser: without any, sources are shipped."""
    return repr(
        [*map(shutil.which, ("python3.14", "node")), importlib.util.find_spec("playwright") is not None]
    )


def record(dist: Path, made_from: str, report: Report) -> None:
    """Note what a site was made from, and its files."""
    noted = {"inputs": made_from, "files": _files(dist), "report": asdict(report)}
    cache.store(_name(dist), json.dumps(noted).encode())


def report(
    content: Path, dist: Path, without: Sequence[str] = (), address: str | None = None
) -> Report | None:
    """Say what the site holds if a build would make the same again, else None."""
    start = time.perf_counter()
    content_of_record = cache.look(_name(dist))
    if content_of_record is None:
        return None
    noted = json.loads(content_of_record)
    if noted["inputs"] != inputs(content, without, address) or noted["files"] != _files(dist):
        return None
    return replace(Report(**noted["report"]), seconds=time.perf_counter() - start)


def _name(dist: Path) -> str:
    return f"built {dist.resolve()}"


def _files(dist: Path) -> dict[str, str]:
    return {file.relative_to(dist).as_posix(): digests.of_file(file) for file in sorted(digests.below(dist))}
