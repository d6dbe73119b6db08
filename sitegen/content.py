"""What the course is made of: course.toml, and a Markdown file with front matter for each lesson."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sitegen.errors import AuthorError, allowed

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A model that takes no field it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Course(Strict):
    """course.toml: what stands on every page, and the lessons in order."""

    house: str
    code: str
    title: str
    path: str
    summary: str
    repository: str | None = None
    lessons: tuple[str, ...] = Field(min_length=1)
    glossary: dict[str, str] = Field(default_factory=dict)  # term: a line of Markdown


class Fact(Strict):
    """A row of the table under a lesson's title."""

    label: str
    value: str
    note: str = ""


class FrontMatter(Strict):
    """The block between --- lines at the top of a lesson."""

    title: str
    headline: str
    lede: str
    number: str = Field(pattern=r"^\d\d$")
    status: Literal["ready", "growing", "planned"]
    facts: tuple[Fact, ...] = ()


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


def load_course(folder: Path) -> tuple[Course, list[Lesson]]:
    """Read the course and its lessons, in order.

    Raises
    ------
    AuthorError
        With file and line, for anything that does not fit.
    """
    file = folder / "course.toml"
    text = read_text(file)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise AuthorError(f"not valid TOML: {error}", file, int(line[1]) if line else None) from error
    course = _validate(Course, data, file, {key: _toml_line(text, key) for key in data})
    for slug in course.lessons:
        if not (folder / f"{slug}.md").is_file():
            present = (path.stem for path in folder.glob("*.md"))
            message = f"no file {slug}.md for this lesson: {allowed(slug, present)}"
            raise AuthorError(message, file, _toml_line(text, "lessons", slug))
    return course, [load_lesson(folder / f"{slug}.md") for slug in course.lessons]


def load_lesson(file: Path) -> Lesson:
    """Read one lesson; raises AuthorError for broken front matter."""
    text = read_text(file)
    match = re.match(r"---\n(.*?\n)---(?:\n|$)", text, flags=re.DOTALL)
    if match is None:
        raise AuthorError(
            'expected front matter: a first line "---", fields, and a closing line "---"', file, 1
        )
    try:
        node = yaml.compose(match[1], Loader=yaml.SafeLoader)
        data = yaml.safe_load(match[1])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark and error.context_mark and mark.line == match[1].count("\n"):
            mark = error.context_mark  # what is never closed is noticed at the end, and stands further up
        line = 2 + (mark.line if mark else 0)
        raise AuthorError(f"front matter is not valid YAML: {error.problem}", file, line) from error
    except (yaml.YAMLError, ValueError) as error:  # an unprintable character, a date that does not exist
        reason = str(error).splitlines()[0]
        raise AuthorError(f"front matter is not valid YAML: {reason}", file, 2) from error
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        raise AuthorError("expected front matter with fields, `name: value`", file, 2)
    lines = {key.value: key.start_mark.line + 2 for key, _ in node.value}
    return Lesson(file.stem, file, _validate(FrontMatter, data, file, lines), text)


def read_text(file: Path) -> str:
    """Read an author's file as UTF-8; raises AuthorError when it is missing or not text."""
    try:
        return file.read_text("utf-8-sig")  # some editors put a mark at the start
    except FileNotFoundError:
        raise AuthorError("this file is missing", file) from None
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise AuthorError(f"not UTF-8 text: {error.reason}", file, line) from error


def _validate(model: type[Model], data: Any, file: Path, lines: Mapping[str, int | None]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A misspelt field is also a missing one: tell what stands there.
        problems = error.errors(include_url=False)
        problem = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
        path = [str(part) for part in problem["loc"]]
        line = lines.get(path[0]) if path else None
        name = ".".join(path)
        if problem["type"] == "extra_forbidden" and len(path) == 1:
            raise AuthorError(f"no such field: {allowed(name, model.model_fields)}", file, line) from None
        if problem["type"] == "missing":
            raise AuthorError(f'the field "{name}" is missing', file, line) from None
        found = " ".join(str(problem["input"]).split())[:60]
        raise AuthorError(f'"{name}": {problem["msg"]}; found "{found}"', file, line) from None


def _toml_line(text: str, key: str, value: str = "") -> int | None:
    """Line of a key in TOML text, or of the value after it; tomllib keeps no positions."""
    found = re.search(rf"^\s*{re.escape(key)}\s*=", text, flags=re.MULTILINE)
    if not found:
        return None
    at = text.find(value, found.start()) if value else found.start(0)
    return text.count("\n", 0, max(at, found.start())) + 1
