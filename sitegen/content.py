"""What the course is made of: course.toml, and a Markdown file with front matter for each lesson."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from sitegen import front_matter, language
from sitegen.errors import AuthorError, Mistakes, allowed, collecting
from sitegen.fields import PATTERNS, Strict, validate
from sitegen.places import Route, line_of, read_text, read_texts, read_toml, tell_keys, toml_line, toml_place

PAGES = ("index", "glossary", "references", "404")  # names that the course's own pages have
ADDRESS = r"^https?://[^\s/]\S*/$"


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


class Opening(Strict):
    """The figure at the top of the course's page."""

    name: str
    title: str = Field(pattern=r'^[^"\n]+$')
    caption: str  # Markdown


class Change(Strict):
    """Something new for who has been here before."""

    date: datetime.date
    title: str = Field(pattern=r'^[^"\n]+$')
    lesson: str = ""  # that it leads to


class Course(Strict):
    """course.toml: what stands on every page, and the lessons in order."""

    house: str
    code: str
    title: str
    path: str
    summary: str
    repository: str | None = None
    # Where it is published: pages, sitemap.xml and robots.txt then name it.
    address: str | None = Field(default=None, pattern=ADDRESS)
    picture: str = ""  # a file in the folder of the course, shown with links to its page
    lessons: tuple[str, ...] = Field(min_length=1)
    figure: Opening | None = None
    changes: tuple[Change, ...] = ()  # the feed tells them, newest first
    glossary: dict[str, str] = Field(default_factory=dict)  # term: a line of Markdown
    lang: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    quotes: str = Field(default=language.QUOTES, pattern=r"^\S{4}$")  # the outer pair, and the one within
    words: dict[str, str] = Field(default_factory=dict)  # what pages say themselves: English, and in `lang`

    _named = field_validator("title")(_named)


class Fact(Strict):
    """A row of the table under a lesson's title."""

    label: str
    value: str
    note: str = ""

    @field_validator("label", "value", "note")
    @classmethod
    def _plain(cls, text: str) -> str:
        if formula := re.search(r"\$[^\s$][^$]*\$", text):
            raise ValueError(f"must be plain text, without formulas such as {formula[0]}")
        return text


class FrontMatter(Strict):
    """The block between --- lines at the top of a lesson."""

    title: str
    headline: str
    lede: str
    number: str = Field(pattern=r"^\d{2,}$")
    status: Literal["ready", "growing", "planned"]
    subject: str = ""  # the folder of its figures in pycore/figures
    line: str = ""  # what it is about, in the list of lessons
    needs: tuple[str, ...] = ()  # earlier lessons that it builds on
    facts: tuple[Fact, ...] = ()
    picture: str = ""  # a file in the folder of the course, shown with links to the lesson

    _named = field_validator("title", "headline")(_named)


@dataclass(frozen=True)
class Lesson:
    """A lesson's file, split into its front matter and its Markdown."""

    slug: str
    file: Path
    meta: FrontMatter
    text: str  # the whole file, so that line numbers stay true

    @property
    def page(self) -> str:
        """Name of the built page."""
        return f"{self.slug}.html"


def load_course(
    folder: Path, mistakes: Mistakes | None = None, address: str | None = None
) -> tuple[Course, list[Lesson]]:
    """Read the course and its lessons, in order.

    Parameters
    ----------
    mistakes
        Takes what is wrong, so that the lessons that can be read are returned; without it, that is raised.
    address
        Where the course will be published, instead of what course.toml says.

    Raises
    ------
    AuthorError
        With file and line, for anything that does not fit.
    """
    with collecting(mistakes) as told:
        file = folder / "course.toml"
        text, data = read_toml(file)
        if address:
            if not re.fullmatch(ADDRESS, address):
                raise AuthorError(f'--address: {PATTERNS["address"]}; found "{address}"')
            data["address"] = address
        course = validate(Course, data, file, lambda path: toml_place(text, path), told)
        wrong = ((phrase, f"words: {problem}") for phrase, problem in language.problems(course.words))
        tell_keys(wrong, file, told)
        if table := language.table(course.lang):
            with told.told():
                words = read_texts(table)
                tell_keys(language.problems(words), table, told)
                course = course.model_copy(update={"words": words | course.words})
        for problem, place in _wrong_changes(course.changes, course.lessons):
            told.add(AuthorError(problem, file, toml_place(text, ("changes", *place))))
        slugs = _listed(course, folder, text, told)
        lessons = []
        for slug in slugs:
            with told.told():
                lessons.append(load_lesson(folder / f"{slug}.md", told))
        numbers: dict[str, Lesson] = {}
        for lesson in lessons:
            first = numbers.setdefault(lesson.meta.number or lesson.slug, lesson)
            if first is not lesson:
                message = f'the number "{lesson.meta.number}" is that of {first.file.name} already'
                told.add(AuthorError(message, lesson.file, line_of(lesson.text, "number:")))
            before = course.lessons[: course.lessons.index(lesson.slug)]
            for need in lesson.meta.needs:
                if need not in before:
                    message = f'"needs" names an earlier lesson: {allowed(need, before)}'
                    told.add(AuthorError(message, lesson.file, line_of(lesson.text, "needs:")))
    return course, lessons


def front_page(course: Course, folder: Path) -> Lesson:
    """Return the course's own page: like a lesson that holds the figure of course.toml, if it names one."""
    file = folder / "course.toml"
    title = course.title or "-"  # where there is none, that has been told
    meta = FrontMatter(
        title=title,
        headline=title,
        lede="",
        number="00",
        status="ready",
        subject="",
        picture=course.picture,
    )
    text = ""
    if figure := course.figure:
        # So many lines down that a mistake is told at the line where it stands.
        above = "\n" * (line_of(read_text(file), "[figure]") - 1)
        opened = f'::: hero {figure.name} {{number=PATH title="{figure.title}"}}'
        text = f"{above}{opened}\n{figure.caption.strip()}\n:::\n"
    return Lesson("index", file, meta, text)


def _wrong_changes(changes: Sequence[Change], lessons: Sequence[str]) -> Iterator[tuple[str, Route]]:
    for i, change in enumerate(changes):
        if change.lesson and change.lesson not in lessons:
            yield f"no such lesson: {allowed(change.lesson, lessons)}", (i, "lesson")
        if change in changes[:i]:
            yield f'the change "{change.title}" is written twice', (i, "title")


def _listed(course: Course, folder: Path, text: str, told: Mistakes) -> list[str]:
    """Return the lessons of the list that have a file; tell of names and files without a counterpart."""
    file = folder / "course.toml"
    files = {path.stem for path in folder.glob("*.md") if not path.name.startswith("_")}
    found: list[str] = []
    meant: set[str] = set()  # by names that are misspelt
    for slug in course.lessons:
        line = toml_line(text, "lessons", f'"{slug}"')
        if slug in found:
            told.add(AuthorError(f'the lesson "{slug}" is listed twice', file, line))
        elif twin := next((other for other in found if other.casefold() == slug.casefold()), None):
            message = f'"{slug}" and "{twin}" differ in capitals alone: on many disks they are one file'
            told.add(AuthorError(message, file, line))
            meant.add(slug)
        elif not re.fullmatch(r"\w[\w.-]*", slug) or slug.casefold() in PAGES:
            message = (
                f'found "{slug}": a lesson\'s name is its address: letters, digits, - and _; '
                f"not {', '.join(PAGES)}"
            )
            told.add(AuthorError(message, file, line))
            meant.add(slug)
        elif slug in files:
            found.append(slug)
        else:
            told.add(AuthorError(f"no file {slug}.md for this lesson: {allowed(slug, files)}", file, line))
            meant.update(difflib.get_close_matches(slug, files, n=1))
    for slug in sorted(files - meant - set(course.lessons)) if course.lessons else ():
        message = (
            f'course.toml does not list this lesson; add "{slug}" to `lessons` there, '
            f"or name the file _{slug}.md while it is a draft"
        )
        told.add(AuthorError(message, folder / f"{slug}.md", 1))
    return found


def load_lesson(file: Path, mistakes: Mistakes | None = None) -> Lesson:
    """Read one lesson; with `mistakes` to take what is wrong in its front matter, else that is raised.

    Raises
    ------
    AuthorError
        For front matter that is not there or cannot be read.
    """
    with collecting(mistakes) as told:
        text = read_text(file)
        node, data = front_matter.read(text, file)
        for name, line in front_matter.twice(node):
            told.add(AuthorError(f'the field "{name}" comes twice', file, line))
        meta = validate(FrontMatter, data, file, lambda path: front_matter.line(node, path), told)
    return Lesson(file.stem, file, meta, text)
