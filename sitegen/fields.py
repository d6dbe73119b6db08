"""Fields that an author fills in: what a model of them asks for, and in words what does not fit it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from sitegen.errors import AuthorError, Mistakes, allowed
from sitegen.mathml import eaten
from sitegen.places import Route

Model = TypeVar("Model", bound=BaseModel)
PATTERNS = {  # what a field must be
    "number": 'must be two digits or more, such as "01"',
    "address": 'must be an address that ends with "/", such as "https://example.org/course/"',
    "title": 'must be one line without "',
    "lang": 'must be a tag of a language, such as "de" or "pt-BR"',
    "quotes": "must be four signs: the outer pair of quotation marks, then the inner one",
}


class Strict(BaseModel):
    """A model that takes no field it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def validate(
    model: type[Model], data: Any, file: Path, line: Callable[[Route], int | None], told: Mistakes
) -> Model:
    """Make a model; when fields do not fit, tell of them and return it with those that do."""
    for path, message in _eaten(data, ()):
        told.add(AuthorError(f'"{".".join(map(str, path))}": {message}; use single quotes', file, line(path)))
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
        for table in map(str, broken & model.model_fields.keys()):
            if get_origin(model.model_fields[table].annotation) is dict and isinstance(data[table], dict):
                # Other files may name what stands in a table.
                kept[table] = {k: v if isinstance(v, str) else "" for k, v in data[table].items()}
        blank = {name: _blank(field) for name, field in model.model_fields.items()}
        return model.model_construct(**(blank | kept))


def _eaten(data: Any, path: Route) -> Iterator[tuple[Route, str]]:
    """Find the texts in which an escape has eaten a part of a formula, with their places."""
    if isinstance(data, str) and (problem := eaten(data)):
        yield path, problem
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _eaten(value, (*path, key))


def _blank(field: FieldInfo) -> Any:
    """Return what a field holds that was not given: its default, or no text, or an empty list."""
    if field.is_required():
        return () if get_origin(field.annotation) is tuple else ""
    return field.get_default(call_default_factory=True)


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
    for part in path:
        if part in model.model_fields:
            model = next(_models(model.model_fields[str(part)].annotation), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Name the models that a field may hold, in lists and tables too."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _brief(value: object) -> str:
    text = " ".join(str(value).split())
    short = text if len(text) <= 60 else text[:59] + "…"
    return f'"{short}"' if isinstance(value, str) else short
