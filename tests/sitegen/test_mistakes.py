"""An author's mistake: one message with file and line, and the site that was built before stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sitegen import markdown
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
    """Build; expect a `line: message` for each, where the line counts from the first one of the fixture."""
    before = tree(course.content.parent)
    with pytest.raises(AuthorError) as caught:
        course.build()
    # Where in our own code a figure raised may change.
    found = re.sub(r"\.py:\d+\)", ".py)", str(caught.value))
    told = (row.partition(": ") for row in expected.strip().split("\n"))
    assert found.split("\n") == [
        f"{course.lesson}:{int(line) + lines_before}: {message}" for line, _, message in told
    ]
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


@pytest.mark.parametrize("piece", ["\\sqrt{", "\\sqrt", "{", "x^{", "\\left(", "\\begin{matrix}"])
def test_a_formula_that_would_end_the_converter(course: SmallCourse, piece: str) -> None:
    course.write_lesson(f"Text.\n\n${piece * 6000}x$\n")
    with pytest.raises(
        AuthorError, match=r"lesson.md:\d+: broken formula: it has [\d,]+ braces and commands; allowed"
    ):
        course.build(only_check=True)


@pytest.mark.parametrize("piece", ["(", "[", "\\{", "\\sin(", "\\langle "])
def test_brackets_that_would_keep_the_converter_busy_for_ever(course: SmallCourse, piece: str) -> None:
    course.write_lesson(f"Text.\n\n${piece * 40}x$\n")
    with pytest.raises(AuthorError, match=r"it opens 40 brackets that nothing closes; allowed: 12"):
        course.build(only_check=True)
    course.write_lesson(f"${'(' * 40}x{')' * 40}$ and ${'(0,1]' * 40}$\n")
    course.build(only_check=True)


@pytest.mark.parametrize("way", ["import os; os._exit(0)", "raise SystemExit(0)"])
def test_a_solution_that_would_end_the_build(course: SmallCourse, way: str) -> None:
    text = f"```python starter\nx = 0\n```\n```python tests\nassert x\n```\n```python solution\n{way}\n```\n"
    course.write_lesson(f"::: exercise One\n{text}:::\n")
    with pytest.raises(AuthorError, match="own solution does not pass its tests: Line 1: SystemExit"):
        course.build(only_check=True)


# The time may run out in what cannot raise, such as a callback of the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "body", ["    pass", "    try:\n        x += 1\n    except TimeoutError:\n        y = 1"]
)
def test_a_solution_that_never_ends(course: SmallCourse, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(markdown, "LONGEST_RUN", 0.2)
    blocks = ("starter\nx = 0", "tests\nassert x == 1", f"solution\nx = 1\nwhile True:\n{body}")
    text = "".join(f"```python {block}\n```\n" for block in blocks)
    course.write_lesson(f"::: exercise One\n{text}:::\n")
    with pytest.raises(AuthorError, match=r"TimeoutError: it runs longer than 0.2 seconds$"):
        course.build(only_check=True)
