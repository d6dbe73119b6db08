"""course.toml and front matter; the mistakes in front matter stand in fixtures/front-matter.md."""

from __future__ import annotations

import pytest

from sitegen.content import load_course, load_lesson
from sitegen.errors import AuthorError
from tests.sitegen.small_course import COURSE, FRONT_MATTER, SmallCourse


def test_course_and_lessons_in_order(course: SmallCourse) -> None:
    course.add_lesson("again", "Second.\n")
    course.add_lesson("a-third", "Third.\n")
    loaded, lessons = load_course(course.content)
    assert loaded.title == "Small course"
    assert loaded.repository is None
    assert [lesson.page for lesson in lessons] == ["lesson.html", "again.html", "a-third.html"]
    assert lessons[0].meta.lede == "It holds *little*."
    assert lessons[0].meta.facts == ()


# What is replaced in course.toml, by what, and what is said.
BROKEN = {
    "not TOML": (
        'code = "SMALL-01"',
        "code = SMALL",
        "2: not valid TOML: Invalid value (at line 2, column 8)",
    ),
    "missing": ('title = "Small course"\n', "", '1: the field "title" is missing'),
    "unknown": (
        "title",
        "titel",
        '3: no such field: found "titel"; allowed: code, glossary, house, lessons, path, repository, '
        'summary, title; did you mean "title"?',
    ),
    "no text": ('"Small course"', "4", '3: "title": Input should be a valid string; found "4"'),
    "no list": ('["lesson"]', '"lesson"', '6: "lessons": Input should be a valid tuple; found "lesson"'),
    "no lessons": (
        '["lesson"]',
        "[]",
        '6: "lessons": Tuple should have at least 1 item after validation, not 0; found "[]"',
    ),
    "no such lesson": (
        '["lesson"]',
        '["lesson",\n"leson"]',
        '7: no file leson.md for this lesson: found "leson"; allowed: lesson; did you mean "lesson"?',
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_course(course: SmallCourse, old: str, new: str, said: str) -> None:
    file = course.content / "course.toml"
    file.write_text(COURSE.replace(old, new, 1), "utf-8")
    with pytest.raises(AuthorError) as caught:
        load_course(course.content)
    assert str(caught.value) == f"{file}:{said}"


def test_missing_course(course: SmallCourse) -> None:
    (course.content / "course.toml").unlink()
    with pytest.raises(AuthorError, match=r"course\.toml:1: this file is missing$"):
        load_course(course.content)


def test_course_that_is_not_text(course: SmallCourse) -> None:
    (course.content / "course.toml").write_bytes(b'house = "h"\ncode = "\xff"\n')
    with pytest.raises(AuthorError, match=r"course\.toml:2: not UTF-8 text: invalid start byte$"):
        load_course(course.content)


@pytest.mark.parametrize(
    "file",
    [
        FRONT_MATTER.encode(),
        FRONT_MATTER.rstrip("\n").encode(),
        FRONT_MATTER.replace("\n", "\r\n").encode(),
        FRONT_MATTER.encode("utf-8-sig"),
    ],
    ids=["plain", "ends-with-front-matter", "windows-lines", "byte-order-mark"],
)
def test_front_matter_of_other_editors(course: SmallCourse, file: bytes) -> None:
    course.lesson.write_bytes(file)
    assert load_lesson(course.lesson).meta.status == "ready"
