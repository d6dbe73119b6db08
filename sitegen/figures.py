"""Figures at build time: find the class, draw it with CPython, and write its element."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pycore import figures
from pycore.live.figure import Figure
from sitegen import source
from sitegen.errors import ROOT, AuthorError, allowed


@dataclass(frozen=True)
class Drawn:
    """A figure as it goes into the page."""

    id: str
    html: str
    data: tuple[str, ...]  # files of pycore/data that it reads
    panel: str  # "show the code"


def draw(
    templates: jinja2.Environment,
    name: str,
    attributes: Mapping[str, str],
    caption: str,
    file: Path,
    line: int,
) -> Drawn:
    """Draw the figure that a lesson asks for.

    Parameters
    ----------
    name
        The figure's module in pycore.figures.
    attributes
        `number` and `title` say what stands in the caption bar; all others set fields of the initial state.

    Raises
    ------
    AuthorError
        When the figure is unknown, a field does not fit, or the figure raises.
    """
    try:
        kind = figures.load(name)
    except KeyError:
        raise AuthorError(f"no such figure: {allowed(name, figures.names())}", file, line) from None
    params = {key: value for key, value in attributes.items() if key not in ("number", "title", "id")}
    for required in ("number", "title"):
        if required not in attributes:
            raise AuthorError(f'figure "{name}" needs {required}="…"', file, line)
    unknown = [key for key in params if key not in kind.fields()]
    if unknown:
        choices = ["number", "title", "id", *kind.fields()]
        message = f'figure "{name}" has no such setting: {allowed(unknown[0], choices)}'
        raise AuthorError(message, file, line)
    try:
        figure = kind(params)
        parts = figure.view()
    except Exception as error:
        # The author may have set a value that does not fit, or the figure has a bug: show where it raised.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = Path(frame.filename)
        shown = place.relative_to(ROOT) if place.is_relative_to(ROOT) else place.name
        reason = f"{type(error).__name__}: {' '.join(str(error).split())} ({shown}:{frame.lineno})"
        raise AuthorError(f'figure "{name}" cannot be drawn: {reason}', file, line) from error
    number = attributes["number"]
    key = attributes.get("id") or f"fig-{re.sub(r'[^a-z0-9]+', '-', number.lower())}"
    html = templates.get_template("figure.html").render(
        id=key,
        name=name,
        number=number,
        title=attributes["title"],
        parts=parts,
        caption=caption,
        params=json.dumps(params),
        live=is_live(kind),
        code=bool(kind.code),
    )
    return Drawn(key, html, kind.data, source.panel(templates, kind))


def is_live(kind: type[Figure[Any]]) -> bool:
    """Whether a figure answers any event beside those that all figures have; else it never needs Python."""
    return kind.events() > Figure.events() or kind.drag is not Figure.drag
