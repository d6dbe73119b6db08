"""course.toml and front matter; the mistakes in front matter stand in fixtures/front-matter.md."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from sitegen import fields
from sitegen.content import Course, Fact, FrontMatter, load_course, load_lesson
from sitegen.errors import AuthorError, AuthorErrors, Mistakes
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
        '3: no such field: found "titel"; allowed: address, changes, code, figure, glossary, house, lang, '
        'lessons, path, picture, quotes, repository, summary, title, words; did you mean "title"?',
    ),
    "no text": ('"Small course"', "4", '3: "title" must be text: put quotes around it; found 4'),
    "no list": ('["lesson"]', '"lesson"', '6: "lessons" must be a list; found "lesson"'),
    "no lessons": (
        '["lesson"]',
        "[]",
        '6: "lessons" must hold one entry at least; found []',
    ),
    "no words": ('"Small course"', '" "', '3: "title" must not be empty; found ""'),
    "an escape in a formula": (
        '"One lesson & no more."',
        r'"One $\theta + 1$."',
        '5: "summary": an escape has made a control character of "\\theta"; use single quotes',
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
    for read in (lambda: load_course(course.content), lambda: course.build(only_check=True)):
        with pytest.raises(AuthorError) as caught:
            read()
        assert f"{file}:{said}" in str(caught.value).split("\n")


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


def told(course: SmallCourse) -> list[str]:
    """Build; return what is told, without the folder of the content."""
    with pytest.raises(AuthorError) as caught:
        course.build(only_check=True)
    return str(caught.value).replace(f"{course.content}/", "").split("\n")


def test_everything_is_told_in_order_and_once(course: SmallCourse) -> None:
    """Broken fields hide nothing of the lesson's text, nor of the other lessons."""
    course.add_lesson("second", "[one](lesson.html#here) $\\nosuch$\n")
    course.add_lesson("third", "[two](second.html#nowhere) [three](broken.html#somewhere)\n")
    course.add_lesson("broken", "")
    (course.content / "broken.md").write_text("No front matter.\n", "utf-8")
    front_matter = FRONT_MATTER.replace("ready", "redy").replace("title", "titel")
    course.write_lesson("## Here\n\n[four](nosuch.html)\n", front_matter)
    file = course.content / "course.toml"
    file.write_text(file.read_text("utf-8").replace('path = "a path"', "path = 5"), "utf-8")
    assert told(course) == [
        'broken.md:1: expected front matter: a first line "---", fields, and a closing line "---"',
        'course.toml:4: "path" must be text: put quotes around it; found 5',
        'lesson.md:2: no such field: found "titel"; allowed: facts, headline, lede, line, needs, number, '
        'picture, status, subject, title; did you mean "title"?',
        'lesson.md:5: "status": found "redy"; allowed: growing, planned, ready; did you mean "ready"?',
        'lesson.md:10: link to a page that is not there: found "nosuch.html"; allowed: broken.html, '
        'index.html, lesson.html, second.html, third.html; did you mean "second.html"?',
        'second.md:8: broken formula: unknown command "\\nosuch" at character 1 of \\nosuch',
        'third.md:8: link to a place that second.html does not have: found "nowhere"; allowed: nothing',
    ]


def test_a_lesson_that_is_not_listed_is_told_and_a_draft_is_not(course: SmallCourse) -> None:
    (course.content / "_draft.md").write_text("Anything.\n", "utf-8")
    (course.content / "notes.txt").write_text("Anything.\n", "utf-8")
    assert len(course.build(only_check=True).pages) == 2
    (course.content / "other.md").write_text(FRONT_MATTER, "utf-8")
    assert told(course) == [
        'other.md:1: course.toml does not list this lesson; add "other" to `lessons` there, '
        "or name the file _other.md while it is a draft"
    ]


@pytest.mark.parametrize(
    ("slugs", "said"),
    [
        ('"lesson", "lesson"', ['course.toml:6: the lesson "lesson" is listed twice']),
        ('"index"', ['course.toml:6: found "index": a lesson\'s name']),
        ('"c#"', ['course.toml:6: found "c#": a lesson\'s name']),
        ('"100%25"', ['course.toml:6: found "100%25": a lesson\'s name']),
        ('"Index"', ['course.toml:6: found "Index": a lesson\'s name']),
        ('"two", "Two"', ['course.toml:6: "Two" and "two" differ in capitals alone']),
        ('"lesson", "two"', ['two.md:4: the number "01" is that of lesson.md already']),
    ],
)
def test_names_and_numbers_of_lessons(course: SmallCourse, slugs: str, said: list[str]) -> None:
    for slug in re.findall(r'"(.*?)"', slugs):
        (course.content / f"{slug}.md").write_text(FRONT_MATTER, "utf-8")
    if "lesson" not in slugs:
        course.lesson.unlink()
    text = COURSE.replace('"lesson"', slugs)
    (course.content / "course.toml").write_text(text, "utf-8")
    found = told(course)
    assert len(found) == len(said)
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True))


def test_a_field_written_twice(course: SmallCourse) -> None:
    course.write_lesson("", FRONT_MATTER.replace("status: ready\n", "status: ready\ntitle: Other\n"))
    assert told(course) == ['lesson.md:6: the field "title" comes twice']
    course.write_lesson("", FRONT_MATTER.replace("---\nt", "---\nfacts: [{label: A, label: B, value: C}]\nt"))
    assert told(course) == ['lesson.md:2: the field "label" comes twice']


def test_what_cannot_be_read_is_told(course: SmallCourse) -> None:
    course.write_lesson("", FRONT_MATTER.replace("Small", "[" * 5000).replace("A small lesson", '" "'))
    assert told(course) == ["lesson.md:2: front matter is nested too deep"]
    course.write_lesson("", FRONT_MATTER.replace("A small lesson", '" "'))
    assert told(course) == ['lesson.md:3: "headline" must not be empty; found ""']
    course.lesson.unlink()
    course.lesson.mkdir()
    assert told(course) == ["lesson.md:1: this file cannot be read: Is a directory"]
    course.lesson.rmdir()
    course.lesson.symlink_to(course.lesson)
    assert told(course) == ["lesson.md:1: this file cannot be read: Too many levels of symbolic links"]


def test_what_is_wrong_in_the_glossary_is_told_once_and_there(course: SmallCourse) -> None:
    file = course.content / "course.toml"
    terms = '\n[glossary]\nsum = "Is $\\\\nosuch$."\n"odd one" = "Like [sum]{term=sum}."\nnone = 5\n'
    terms += 'all = "[a](nosuch.html) [b]{#b} ![c](no.png) [1]{is=d}"\n'
    file.write_text(COURSE + terms, "utf-8")
    course.write_lesson(
        'A [sum]{term="sum"}, [odd]{term="odd one"}, [n]{term="none"}, [x]{term="smu"}.\n\n'
        "And [all]{term=all}, [all]{term=all}.\n"
    )
    assert told(course) == [
        'course.toml:9: broken formula: unknown command "\\nosuch" at character 1 of \\nosuch',
        "course.toml:10: what the glossary says of a term holds no other terms to explain",
        'course.toml:11: "glossary.none" must be text: put quotes around it; found 5',
        'course.toml:12: no file course.claims.py beside the lesson, which would compute "d"',
        "course.toml:12: what the glossary says of a term holds no links, pictures, ids or claims",
        'lesson.md:8: no such term in the glossary: found "smu"; allowed: all, none, odd one, sum; '
        'did you mean "sum"?',
    ]


def test_mistakes_can_go_from_one_process_to_another(course: SmallCourse) -> None:
    course.write_lesson("$\\nosuch$\n\n[x](nosuch.html)\n")
    with pytest.raises(AuthorErrors) as caught:
        course.build(only_check=True)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert [mistake.line for mistake in copy.mistakes] == [8, 10]


def test_every_type_of_mistake_that_fields_can_have_is_in_words() -> None:
    """What pydantic says itself names its own types."""
    anything = (None, 1, 1.5, True, "text", [], [1], ["a"], {}, {"a": 1}, [{"label": 1, "value": []}], [[]])
    for model in (Course, FrontMatter, Fact):
        for name in model.model_fields:
            for value in anything:
                mistakes = Mistakes()
                fields.validate(model, {name: value}, Path("f"), lambda _: 1, mistakes)
                with pytest.raises(AuthorError) as caught:
                    mistakes.end()
                assert "Input should" not in str(caught.value)
                assert "permitted" not in str(caught.value)
