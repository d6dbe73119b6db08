"""A copy of this project with a course, a figure and an algorithm of its own, to be changed and built."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sitegen import cache
from tests.sitegen.small_course import COURSE, FRONT_MATTER
from tools.project import copy_of_project

FIGURE = '''\
"""A word, said some times."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import tag
from pycore.networks.saying import said


@dataclass(frozen=True)
class SayState:
    times: int = 2


class Say(Figure[SayState]):
    State = SayState
    data = ("networks/word.json",)
    code = (said,)

    @event
    def more(self) -> None:
        if self.state.times < 5:
            self.state = replace(self.state, times=self.state.times + 1)

    def view(self) -> Parts:
        words = tag("p", said(self.state.times), data_out="words")
        return {"words": words, "controls": chip("more", "more", None, "more")}
'''
SAYING = '''\
"""What is said: imported by the figure, and importing another module itself."""

from pycore.networks.word import word


def said(times: int) -> str:
    """Say the word."""
    return " ".join([word()] * times)
'''
WORD = '''\
"""The word, from a file."""

import json

from pycore import data


def word() -> str:
    """Read it."""
    return str(json.loads((data.FOLDER / "networks" / "word.json").read_text("utf-8"))["word"]) + "!"
'''
CLAIMS = '''\
"""What the lesson says."""

from pycore.networks.word import word


def letters() -> int:
    """Count the letters of the word."""
    return len(word())
'''
LESSON = """\
Some text, with a [model]{term="model"}. The word has [4]{is=letters} letters.

::: figure say {number=1 title="One"}
The caption.
:::
"""


class Checkout:
    """The copy, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        copy_of_project(folder)
        self.write("pycore/figures/networks/__init__.py", '"""Figures of the copy."""\n')
        self.write("pycore/figures/networks/say.py", FIGURE)
        self.write("pycore/figures/networks/say.css", ".figure-say { color: inherit }\n")
        self.write("pycore/networks/saying.py", SAYING)
        self.write("pycore/networks/word.py", WORD)
        self.write("pycore/data/networks/word.json", '{"word": "cat"}')
        self.write("content/course.toml", COURSE + '[glossary]\nmodel = "A *picture* of something."\n')
        self.write("content/lesson.md", FRONT_MATTER.replace("status", "subject: networks\nstatus") + LESSON)
        self.write("content/lesson.claims.py", CLAIMS)
        self.write("content/plain.md", FRONT_MATTER.replace('"01"', '"02"') + "Text alone.\n")
        self.replace("content/course.toml", '"lesson"]', '"lesson", "plain"]')

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text that a file has once at least."""
        text = (self.folder / name).read_text("utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def environment(self, kept: Path) -> dict[str, str]:
        """Environment for processes that keep what they make in a folder; fetched files are those of all."""
        kept.mkdir(exist_ok=True)
        if not (kept / "files").exists():
            (kept / "files").symlink_to(cache.folder() / "files")
        return os.environ | {"PYCORE_CACHE": str(kept)}

    def build(self, dist: Path, kept: Path) -> str:
        """Build in a process of its own; return what it said."""
        command = [sys.executable, "build.py", "--out", str(dist)]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(kept), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
