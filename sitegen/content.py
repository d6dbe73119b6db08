"""What the course is made of: course.toml, and a Markdown file with front matter for each lesson."""

from __future__ import annotations

import contextlib
import datetime
import difflib
import itertools
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from sitegen import language
from sitegen.errors import AuthorError, Mistakes, allowed, collecting

Model = TypeVar("Model", bound=BaseModel)
PAGES = ("index", "glossary", "references", "404")  # names that the course's own pages have
PATTERNS = {  # what a field must be
    "number": 'must be two digits or more, such as "01"',
    "address": 'must be an address that ends with "/", such as "https://example.org/course/"',
    "title": 'must be one line without "',
    "lang": 'must be a tag of a language, such as "de" or "pt-BR"',
    "quotes": "must be four signs: the outer pair of quotation marks, then the inner one",
}
ADDRESS = r"^https?://[^\s/]\S*/$"
Route = tuple[int | str, ...]  # where a value stands: names of fields, and places in lists


class Strict(BaseModel):
    """A model that takes no field it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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

    @field_validator("title", "headline")
    @classmethod
    def _named(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be empty")
        return text


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
        text = read_text(file)
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            message = f"not valid TOML: {error}"
            raise AuthorError(message, file, int(line[1]) if line else None) from error
        if address:
            if not re.fullmatch(ADDRESS, address):
                raise AuthorError(f'--address: {PATTERNS["address"]}; found "{address}"')
            data["address"] = address
        course = _validate(Course, data, file, lambda path: _toml_place(text, path), told)
        for phrase, problem in language.problems(course.words):
            told.add(AuthorError(f"words: {problem}", file, _toml_line(text, phrase) or 1))
        for problem, place in _wrong_changes(course.changes, course.lessons):
            told.add(AuthorError(problem, file, _toml_place(text, ("changes", *place))))
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
    meta = FrontMatter(
        title=course.title,
        headline=course.title,
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
        line = _toml_line(text, "lessons", f'"{slug}"')
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
        match = re.match(r"---\n(.*?\n)---(?:\n|$)", text, flags=re.DOTALL)
        if match is None:
            raise AuthorError(
                'expected front matter: a first line "---", fields, and a closing line "---"', file, 1
            )
        try:
            node, data = _front_matter(match[1])
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            if mark and error.context_mark and mark.line == match[1].count("\n"):
                mark = error.context_mark  # what is never closed is noticed at the end, and stands further up
            line = 2 + (mark.line if mark else 0)
            raise AuthorError(f"front matter is not valid YAML: {error.problem}", file, line) from error
        except RecursionError:
            raise AuthorError("front matter is nested too deep", file, 2) from None
        except (yaml.YAMLError, ValueError) as error:  # an unprintable character, a date that does not exist
            reason = str(error).splitlines()[0]
            raise AuthorError(f"front matter is not valid YAML: {reason}", file, 2) from error
        if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
            raise AuthorError("expected front matter with fields, `name: value`", file, 2)
        for name, line in _twice(node):
            told.add(AuthorError(f'the field "{name}" comes twice', file, line))
        meta = _validate(FrontMatter, data, file, lambda path: _yaml_line(node, path), told)
    return Lesson(file.stem, file, meta, text)


def _twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    """Name the fields that come again, also within lists, and their lines."""
    seen: set[str] = set()
    for part in node.value if isinstance(node, yaml.CollectionNode) else ():
        key, value = part if isinstance(part, tuple) else (None, part)
        if key is not None and isinstance(key.value, str):
            if key.value in seen:
                yield key.value, key.start_mark.line + 2
            seen.add(key.value)
        if value.start_mark.index > node.start_mark.index:  # else a name for what stands further up
            yield from _twice(value)


def _front_matter(text: str) -> tuple[yaml.Node | None, Any]:
    """Read YAML, as nodes with their places and as data.

    libyaml does it, where it is there; what it refuses is read again by PyYAML's own reader, whose words are
    the same everywhere, and so are tabs, which the two do not take alike.
    """
    if "\t" not in text and hasattr(yaml, "CSafeLoader"):
        with contextlib.suppress(yaml.YAMLError, ValueError):
            return yaml.compose(text, yaml.CSafeLoader), yaml.load(text, yaml.CSafeLoader)
    return yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)


def read_text(file: Path) -> str:
    """Read an author's file as UTF-8; raises AuthorError when it is missing or not text."""
    try:
        return file.read_text("utf-8-sig")  # some editors put a mark at the start
    except FileNotFoundError:
        raise AuthorError("this file is missing", file) from None
    except OSError as error:  # a folder, a link that leads back to itself, a file of somebody else's
        raise AuthorError(f"this file cannot be read: {error.strerror}", file) from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise AuthorError(f"not UTF-8 text: {error.reason}", file, line) from error


def _validate(
    model: type[Model], data: Any, file: Path, line: Callable[[Route], int | None], told: Mistakes
) -> Model:
    """Make a model; when fields do not fit, tell of them and return it with those that do."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        unknown = [str(p["loc"][-1]) for p in problems if p["type"] == "extra_forbidden"]
        for problem in problems:
            name = str(problem["loc"][-1])
            # A misspelt field is also a missing one: tell what stands there.
            if problem["type"] != "missing" or not difflib.get_close_matches(name, unknown):
                told.add(AuthorError(_in_words(model, problem), file, line(problem["loc"])))
        broken = {problem["loc"][0] for problem in problems}
        kept = {key: value for key, value in data.items() if key not in broken}
        if "glossary" in broken and isinstance(data["glossary"], dict):
            # Lessons may name its terms.
            kept["glossary"] = {k: v if isinstance(v, str) else "" for k, v in data["glossary"].items()}
        blank = {
            name: (() if name == "lessons" else "")
            if field.is_required()
            else field.get_default(call_default_factory=True)
            for name, field in model.model_fields.items()
        }
        return model.model_construct(**(blank | kept))


def _in_words(model: type[BaseModel], problem: ErrorDetails) -> str:
    """Say what pydantic found, and what is allowed, in the words of the file."""
    path, kind, found = problem["loc"], problem["type"], _brief(problem["input"])
    name = ".".join(map(str, path))
    if kind == "extra_forbidden":
        where = f' in "{".".join(map(str, path[:-1]))}"' if len(path) > 1 else ""
        return f"no such field{where}: {allowed(str(path[-1]), _model_at(model, path[:-1]).model_fields)}"
    if kind == "missing":
        return f'the field "{name}" is missing'
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
        return f'"{name}": {allowed(str(problem["input"]), choices)}'
    if kind == "string_type" and not isinstance(problem["input"], dict | list):
        return f'"{name}" must be text: put quotes around it; found {found}'
    said = {
        "string_type": "must be text",
        "string_pattern_mismatch": PATTERNS.get(str(path[-1]), ""),
        "tuple_type": "must be a list",
        "dict_type": "must be a table of names and texts",
        "model_type": "must have fields, `name: value`",
        "too_short": "must hold one entry at least",
    }
    message = said.get(kind) or problem["msg"].removeprefix("Value error, ")
    return f'"{name}" {message}; found {found}'


def _model_at(model: type[BaseModel], path: Route) -> type[BaseModel]:
    """Return the model whose fields stand at a path."""
    inner: dict[str, type[BaseModel]] = {"changes": Change, "facts": Fact, "figure": Opening}
    return inner.get(str(path[0]), model) if path else model


def _brief(value: object) -> str:
    text = " ".join(str(value).split())
    short = text if len(text) <= 60 else text[:59] + "…"
    return f'"{short}"' if isinstance(value, str) else short


def _yaml_line(node: yaml.Node, path: Route) -> int:
    """Line of what stands at a path in the front matter, or of the nearest thing that holds it."""
    line = node.start_mark.line
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return line + 2


def line_of(text: str, start: str) -> int:
    """Return the first line that starts with something; the first of all if none does."""
    return next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith(start)), 1)


def _toml_place(text: str, path: Route) -> int | None:
    """Line of what stands at a path, or of the nearest thing that holds it."""
    start = 0
    for name, place in itertools.pairwise(path):  # of several tables, the one that is meant
        tables = re.finditer(rf"^\s*\[\[{re.escape(str(name))}\]\]", text, flags=re.MULTILINE)
        if isinstance(place, int) and (table := next(itertools.islice(tables, place, None), None)):
            start = table.end()
    above = text.count("\n", 0, start)
    lines = (_toml_line(text[start:], str(part)) for part in reversed(path))
    return next((above + line for line in lines if line), above + 1 if start else None)


def toml_line(file: Path, key: str) -> int | None:
    """Line of a key in a TOML file."""
    return _toml_line(read_text(file), key)


def _toml_line(text: str, key: str, value: str = "") -> int | None:
    """Line of a key in TOML text, or of the value after it; tomllib keeps no positions."""
    found = re.search(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?\s*=", text, flags=re.MULTILINE)
    if not found:
        return None
    at = text.find(value, found.start()) if value else found.start(0)
    return text.count("\n", 0, max(at, found.start())) + 1
