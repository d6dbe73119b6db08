"""An author's mistake: one message with file and line, and the site that was built before stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen.errors import AuthorError
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse, add_dial, fixtures, tree


@pytest.fixture(autouse=True)
def _around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, course: SmallCourse) -> None:
    """A figure to be asked for, a picture outside of the content, and a site that was built before."""
    add_dial(monkeypatch)
    (tmp_path / "outside.png").write_bytes(b"a picture")
    course.dist.mkdir()
    (course.dist / "index.html").write_text("The last good site.")


def check(course: SmallCourse, expected: str, lines_before: int) -> None:
    """Build; expect `line: message`, where the line counts from the first one of the fixture."""
    before = tree(course.content.parent)
    with pytest.raises(AuthorError) as caught:
        course.build()
    line, _, message = expected.strip().partition(": ")
    # Where in our own code a figure raised may change.
    found = re.sub(r"\.py:\d+\)", ".py)", str(caught.value))
    assert found == f"{course.lesson}:{int(line) + lines_before}: {message}"
    assert tree(course.content.parent) == before


@pytest.mark.parametrize(("text", "expected"), fixtures("mistakes.md"))
def test_lesson(course: SmallCourse, text: str, expected: str) -> None:
    course.write_lesson(text)
    check(course, expected, FRONT_MATTER.count("\n"))


@pytest.mark.parametrize(("text", "expected"), fixtures("front-matter.md"))
def test_front_matter(course: SmallCourse, text: str, expected: str) -> None:
    course.write_lesson(text, front_matter="")
    check(course, expected, 0)


def test_lesson_that_is_not_text(course: SmallCourse) -> None:
    course.lesson.write_bytes(FRONT_MATTER.encode() + b"One line,\nthen caf\xe9.\n")
    check(course, "9: not UTF-8 text: invalid continuation byte", 0)


def test_same_mistakes_are_found_by_a_check(course: SmallCourse) -> None:
    course.write_lesson("Text.\n\n$\\nosuch$\n")
    with pytest.raises(AuthorError, match=rf"lesson.md:{course.line('nosuch')}: broken formula"):
        course.build(only_check=True)
