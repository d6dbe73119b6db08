"""What can only be checked when all lessons are rendered: links between them, and pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sitegen.content import Lesson
from sitegen.errors import AuthorError, allowed
from sitegen.markdown import Page


def check_links(lesson: Lesson, page: Page, pages: Mapping[str, set[str]]) -> None:
    """Check a lesson's links to other pages and to places in them.

    Parameters
    ----------
    pages
        The ids of every page, by the page's file name.

    Raises
    ------
    AuthorError
        At the first link that leads nowhere.
    """
    for link in page.links:
        if re.match(r"(https?|mailto):", link.value):
            continue
        target, _, anchor = (unquote(part) for part in link.value.partition("#"))
        target = target or lesson.page
        if target not in pages:
            folder, _, _ = target.rpartition("/")
            choices = [page for page in pages if page.rpartition("/")[0] == folder] or list(pages)
            message = f"link to a page that is not there: {allowed(target, choices)}"
            raise AuthorError(message, lesson.file, link.line)
        if anchor and anchor not in pages[target]:
            message = f"link to a place that {target} does not have: {allowed(anchor, pages[target])}"
            raise AuthorError(message, lesson.file, link.line)


def check_images(lesson: Lesson, page: Page) -> list[Path]:
    """Return the pictures that a lesson shows; raises AuthorError when one is missing or lies elsewhere."""
    found = []
    folder = lesson.file.parent
    for image in page.images:
        file = folder / unquote(image.value)
        if not file.is_file() or not file.resolve().is_relative_to(folder.resolve()):
            present = (str(p.relative_to(folder)) for p in folder.glob("images/*"))
            raise AuthorError(f"no such picture: {allowed(image.value, present)}", lesson.file, image.line)
        found.append(file)
    return found


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in ("href", "src") and value and tag != "use":
                self.references.append(value)


def check_site(dist: Path) -> None:
    """Check the built pages themselves: every local reference is a file, every id comes once.

    Raises
    ------
    AssertionError
        A bug in the generator or a template, not an author's mistake.
    """
    dist = dist.resolve()
    collected = {}
    for file in sorted(dist.rglob("*.html")):
        collected[file] = _Collector()
        collected[file].feed(file.read_text("utf-8"))
    for file, page in collected.items():
        name = file.relative_to(dist).as_posix()
        twice = {key for key in page.ids if page.ids.count(key) > 1}
        assert not twice, f"{name}: ids used twice: {twice}"
        for reference in page.references:
            parts = urlsplit(reference)
            if parts.scheme:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert target.is_file(), f"{name}: {reference} is not a file of the site"
            if parts.fragment and target.suffix == ".html":
                found = unquote(parts.fragment) in collected[target].ids
                assert found, f"{name}: {reference} leads nowhere"
