"""A working start: it builds, its test passes, and nothing that is there is touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen import new
from sitegen.content import load_course
from sitegen.errors import ROOT, AuthorError
from tests.sitegen.small_course import COURSE, SmallCourse, tree
from tools.project import copy_of_project

MADE = {
    "content/02-word-order.md",
    "pycore/figures/word_order/__init__.py",
    "pycore/figures/word_order/first_figure.css",
    "pycore/figures/word_order/first_figure.events.json",
    "pycore/figures/word_order/first_figure.py",
    "pycore/word_order/__init__.py",
    "tests/browser/word_order/test_first_figure.py",
}


def copied(folder: Path) -> SmallCourse:
    """A checkout of its own, with a course that fits on a screen."""
    copy_of_project(folder, "tests", "tools")
    (folder / "docs").mkdir()
    shutil.copyfile(ROOT / "docs" / "author-guide.md", folder / "docs" / "author-guide.md")
    return SmallCourse.write(folder)


def run(folder: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_made_builds_and_passes_its_tests(tmp_path: Path) -> None:
    copied(tmp_path)
    said = run(tmp_path, "build.py", "new", "lesson", "word-order")
    assert all(file in said for file in MADE)
    assert "docs/author-guide.md" in said
    said = run(tmp_path, "build.py", "new", "figure", "word-order/two_words")
    assert "pycore/figures/word_order/two_words.py" in said
    assert "3 pages, 2 figures" in run(tmp_path, "build.py")
    page = (tmp_path / "dist" / "02-word-order.html").read_text("utf-8")
    assert 'id="fig-01" name="first_figure"' in page
    assert 'id="fig-02" name="two_words"' in page
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "1", "tests/browser/word_order")
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "1", "-k", "word_order", *NAMED)
    run(tmp_path, "-m", "ruff", "check", "pycore", "tests/browser/word_order")
    run(tmp_path, "-m", "ruff", "format", "--check", "pycore/figures", "tests/browser/word_order")


NAMED = ("tests/test_docs.py", "tests/pycore/figures/test_figures.py", "tests/sitegen/test_figures.py")


def test_files_and_folders(course: SmallCourse, tmp_path: Path) -> None:
    before = tree(tmp_path)
    new.lesson("word-order", course.content, tmp_path)
    after = tree(tmp_path)
    assert after.keys() - before.keys() == MADE
    assert {name for name in before if before[name] != after[name]} == {"content/course.toml"}
    lesson = load_course(course.content)[1][1]
    assert (lesson.slug, lesson.meta.number, lesson.meta.subject) == ("02-word-order", "02", "word_order")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('lessons = ["lesson"]', 'lessons = ["lesson", "02-a"]'),
        ('lessons = [ "lesson", ] # all', 'lessons = [ "lesson", "02-a", ] # all'),
        ('lessons = [\n  "lesson", # first\n]', 'lessons = [\n  "lesson",\n  "02-a", # first\n]'),
        ('lessons = [\n\t"lesson"\n]', 'lessons = [\n\t"lesson",\n\t"02-a"\n]'),
    ],
)
def test_the_course_keeps_its_form(course: SmallCourse, tmp_path: Path, written: str, expected: str) -> None:
    file = course.content / "course.toml"
    text = "# The course.\n" + COURSE + '\n[glossary]\nlesson = "What one reads."\n'
    file.write_text(text.replace('lessons = ["lesson"]', written), "utf-8")
    new.lesson("a", course.content, tmp_path)
    assert file.read_text("utf-8") == text.replace('lessons = ["lesson"]', expected)


@pytest.mark.parametrize("toml", [None, COURSE.replace('["lesson"]', "[ ]")])
def test_the_first_lesson_of_a_course(tmp_path: Path, toml: str | None) -> None:
    folder = tmp_path / "mine"
    if toml:
        folder.mkdir()
        (folder / "course.toml").write_text(toml, "utf-8")
    made = new.lesson("tides", folder, tmp_path)
    course, lessons = load_course(folder)
    assert (course.lessons, lessons[0].meta.subject) == (("01-tides",), "tides")
    assert (tmp_path / "pycore/figures/tides/first_figure.py") in made
    # The browser's tests build content/ alone.
    assert not any("tests" in file.relative_to(tmp_path).parts for file in made)


def test_a_broken_course_without_lessons_stays_as_it_was(tmp_path: Path) -> None:
    text = COURSE.replace('["lesson"]', "[]").replace('title = "Small course"', "")
    (tmp_path / "course.toml").write_text(text, "utf-8")
    before = tree(tmp_path)
    with pytest.raises(AuthorError, match='the field "title" is missing'):
        new.lesson("tides", tmp_path, tmp_path)
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("lesson", "Word order", 'a lesson is named with small letters, .* found "Word order"'),
        ("lesson", "../out", 'found "../out"'),
        ("lesson", "class", 'found "class"'),
        ("lesson", "lesson", 'the name "lesson" is taken by lesson.md'),
        ("figure", "dots", 'a figure is named LESSON/NAME, .* found "dots"'),
        ("figure", "lesson/Two", 'found "lesson/Two"'),
        ("figure", "lesson/_two", 'found "lesson/_two"'),
        (
            "figure",
            "lessen/two",
            'no such lesson: found "lessen"; allowed: 02-a, lesson; did you mean "lesson"',
        ),
        ("figure", "lesson/two", "lesson.md:1: this lesson names no folder for its figures"),
        ("figure", "a/exercise", 'the name "exercise" is taken by a figure that every lesson may show'),
        ("figure", "a/first_figure", 'the name "first_figure" is taken by pycore/figures/a/first_figure.py'),
    ],
)
def test_refused(course: SmallCourse, tmp_path: Path, kind: str, name: str, said: str) -> None:
    new.lesson("a", course.content, tmp_path)
    before = tree(tmp_path)
    with pytest.raises(AuthorError, match=said):
        getattr(new, kind)(name, course.content, tmp_path)
    assert tree(tmp_path) == before
