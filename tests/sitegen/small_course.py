"""A course that fits on a screen, a figure that fits in a line, and fixtures that people can read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from markdown_it.utils import read_fixture_file

from pycore.live import catalog
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import tag
from sitegen import site

FRONT_MATTER = """\
---
title: Small
headline: A small lesson
number: "01"
status: ready
lede: It holds *little*.
---
"""
COURSE = """\
house = "the house"
code = "SMALL-01"
title = "Small course"
path = "a path"
summary = "One lesson & no more."
lessons = ["lesson"]
"""


@dataclass(frozen=True)
class SmallCourse:
    """A content folder with one lesson, and the folder that it is built into."""

    content: Path
    dist: Path

    @classmethod
    def write(cls, folder: Path, text: str = "Some text.\n") -> SmallCourse:
        """Make the folders in `folder`."""
        course = cls(folder / "content", folder / "dist")
        course.content.mkdir()
        (course.content / "course.toml").write_text(COURSE, "utf-8")
        course.write_lesson(text)
        return course

    @property
    def lesson(self) -> Path:
        """The lesson's file."""
        return self.content / "lesson.md"

    def write_lesson(self, text: str, front_matter: str = FRONT_MATTER) -> None:
        """Put other text into the lesson."""
        self.lesson.write_text(front_matter + text, "utf-8")

    def add_lesson(self, slug: str, text: str) -> None:
        """Add a lesson behind those that are there."""
        number = len(list(self.content.glob("*.md"))) + 1
        front_matter = FRONT_MATTER.replace('"01"', f'"{number:02}"')
        (self.content / f"{slug}.md").write_text(front_matter + text, "utf-8")
        file = self.content / "course.toml"
        file.write_text(file.read_text("utf-8").replace('"]', f'", "{slug}"]'), "utf-8")

    def build(self, *, only_check: bool = False) -> site.Report:
        """Build it."""
        return site.build(self.content, self.dist, only_check=only_check)

    def line(self, text: str) -> int:
        """Line of the lesson that holds a text."""
        lines = self.lesson.read_text("utf-8").splitlines()
        (found,) = [number for number, line in enumerate(lines, 1) if text in line]
        return found


def tree(folder: Path) -> dict[str, str]:
    """Hash of every file under a folder, by its path in it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def fixtures(name: str) -> list[Any]:
    """Read the cases of a file: a title, what goes in, what comes out, parted by lines with a dot."""
    cases = read_fixture_file(Path(__file__).parent / "fixtures" / name)
    return [pytest.param(given, expected, id=title) for _, title, given, expected in cases]


@dataclass(frozen=True)
class DialState:
    """A word, and how often it is said."""

    word: str = "cat"
    times: int = 2


class Dial(Figure[DialState]):
    """The least that is a figure; it cannot say a word no times, nor any "two lines"."""

    State = DialState

    @event
    def turn(self) -> None:
        """Answer an event."""

    def view(self) -> Parts:
        """Say the word."""
        if self.state.word == "two lines":
            raise ValueError("one line\nand another")
        share = 1 / self.state.times
        return {"face": tag("p", " ".join([self.state.word] * self.state.times), data_out=f"{share:.2f}")}


def add_dial(patch: pytest.MonkeyPatch) -> None:
    """Make `Dial` a figure that lessons can name."""
    load = catalog.load
    patch.setattr(catalog, "load", lambda path: Dial if path == "dial" else load(path))
    patch.setattr(catalog, "paths", lambda: ["dial", "embeddings/cosine", "exercise"])
