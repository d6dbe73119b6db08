"""The files of an author: their text, and the line on which something stands in it."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sitegen.errors import AuthorError, Mistakes

Route = tuple[int | str, ...]  # where a value stands: names of fields, and places in lists


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


def read_toml(file: Path) -> tuple[str, dict[str, Any]]:
    """Read a file of TOML: its text, and what it says.

    Raises
    ------
    AuthorError
        When it is missing, or is no TOML.
    """
    text = read_text(file)
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise AuthorError(f"not valid TOML: {error}", file, int(line[1]) if line else None) from error


def read_texts(table: Path) -> dict[str, str]:
    """Read a file of TOML that holds texts alone.

    Raises
    ------
    AuthorError
        When it is missing, is no TOML, or holds something else.
    """
    text, words = read_toml(table)
    for name, value in words.items():
        if not isinstance(value, str):
            raise AuthorError(f'"{name}" must be text: put quotes around it', table, toml_line(text, name))
    return words


def line_of(text: str, start: str) -> int:
    """Return the first line that starts with something; the first of all if none does."""
    return next((n for n, line in enumerate(text.split("\n"), 1) if line.startswith(start)), 1)


def toml_place(text: str, path: Route) -> int | None:
    """Line of what stands at a path, or of the nearest thing that holds it."""
    start = 0
    for name, place in itertools.pairwise(path):  # of several tables, the one that is meant
        tables = re.finditer(rf"^\s*\[\[{re.escape(str(name))}\]\]", text, flags=re.MULTILINE)
        if isinstance(place, int) and (table := next(itertools.islice(tables, place, None), None)):
            start = table.end()
    above = text.count("\n", 0, start)
    lines = (toml_line(text[start:], str(part)) for part in reversed(path))
    return next((above + line for line in lines if line), above + 1 if start else None)


def tell_keys(problems: Iterable[tuple[str, str]], file: Path, told: Mistakes) -> None:
    """Tell of keys of a TOML file what is wrong with each, at its line."""
    found = [*problems]
    text = read_text(file) if found else ""
    for key, problem in found:
        told.add(AuthorError(problem, file, toml_line(text, key) or 1))


def toml_line(text: str, key: str, value: str = "") -> int | None:
    """Line of a key in TOML text, or of the value after it; tomllib keeps no positions."""
    escaped = json.dumps(key, ensure_ascii=False)[1:-1]  # as it stands between quotes
    written = "|".join(map(re.escape, dict.fromkeys((key, escaped))))
    found = re.search(rf"^[ \t]*[\"']?(?:{written})[\"']?\s*=", text, flags=re.MULTILINE)
    if not found:
        return None
    at = text.find(value, found.start()) if value else found.start(0)
    return text.count("\n", 0, max(at, found.start())) + 1
