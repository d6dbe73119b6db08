"""Figures at build time: find the class, draw it with CPython, and write its element."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pycore.live import catalog
from pycore.live.figure import ID, Figure
from sitegen import imports, keep, limits, made_from, progress, soundness, source, styles
from sitegen.errors import AuthorError, allowed, place
from sitegen.given import given


@dataclass(frozen=True)
class Drawn:
    """A figure as it goes into the page."""

    id: str
    path: str  # of its module in pycore/figures
    params: dict[str, str]  # fields of the initial state that the lesson sets, and what the build gives
    html: str
    data: tuple[str, ...]  # files of pycore/data that it reads
    panel: str  # "show the code"
    on_demand: str  # name of its set of files on demand; empty if it has none
    model: str  # whose state it shares; empty if it shares none
    state: str  # the class of its state


@dataclass(frozen=True)
class Picture:
    """A figure as it is first drawn, whatever stands around it."""

    params: dict[str, str]
    parts: dict[str, str]
    data: tuple[str, ...]
    live: bool
    functions: tuple[source.Function, ...]
    panel: str
    on_demand: tuple[str, str] | None  # name and title of a set of files
    model: str
    state: str


def draw(
    templates: jinja2.Environment,
    name: str,
    attributes: Mapping[str, str],
    caption: str,
    file: Path,
    line: int,
    subject: str = "",
) -> Drawn:
    """Draw the figure that a lesson asks for.

    Parameters
    ----------
    name
        The figure's name, or its path in pycore/figures.
    attributes
        `number` and `title` say what stands in the caption bar, `model` whose state it shares; all others set
        fields of the initial state.
    subject
        The folder of pycore/figures in which the lesson's own figures lie.

    Raises
    ------
    AuthorError
        When the figure is unknown, a field does not fit, or the figure raises.
    """
    try:
        path = catalog.find(name, subject)
    except KeyError as error:
        if error.args:
            same = ", ".join(error.args)
            raise AuthorError(
                f'several figures are named "{name}"; write one of: {same}', file, line
            ) from None
        if missing := soundness.no_package(f"{subject}/{name}", name):
            raise AuthorError(f"no such figure: {missing}", file, line) from None
        names = {path.rpartition("/")[2] for path in catalog.paths()}
        raise AuthorError(f"no such figure: {allowed(name, names)}", file, line) from None
    for required in ("number", "title"):
        if not attributes.get(required, "").strip():
            raise AuthorError(f'figure "{name}" needs {required}="…"', file, line)
    picture = _kept_picture(templates, name, path, attributes, file, line)
    html = templates.get_template("figure.html").render(
        id=id_of(attributes),
        name=path.rpartition("/")[2],
        shared=styles.shared(path),
        path=path,
        number=attributes["number"],
        title=attributes["title"],
        parts=picture.parts,
        caption=caption,
        params=json.dumps({name: value for name, value in picture.params.items() if name != ID}),
        data=json.dumps(picture.data) if picture.data else "",
        live=picture.live,
        on_demand=picture.on_demand,
        functions=picture.functions,
    )
    name = picture.on_demand[0] if picture.on_demand else ""
    progress.advance()
    shared = (picture.model, picture.state)
    return Drawn(id_of(attributes), path, picture.params, html, picture.data, picture.panel, name, *shared)


def _kept_picture(
    templates: jinja2.Environment,
    name: str,
    path: str,
    attributes: Mapping[str, str],
    file: Path,
    line: int,
) -> Picture:
    """Draw a figure, or take its picture from the cache: words around it change more often than its code."""
    try:
        made = made_from.figure(path)
    except AuthorError as error:
        raise asked_for(error, file, line) from error
    if made is None:
        return _picture(templates, name, path, attributes, file, line)
    told = json.dumps(dict(attributes))
    recipe = f"picture {path} {told} {made} {imports.code(__name__)} {source.template(templates)}"
    return keep.kept(recipe, lambda: _picture(templates, name, path, attributes, file, line))


def _picture(
    templates: jinja2.Environment,
    name: str,
    path: str,
    attributes: Mapping[str, str],
    file: Path,
    line: int,
) -> Picture:
    try:
        kind = soundness.load(path)
    except AuthorError as error:
        raise asked_for(error, file, line) from error
    ours = {"number", "title", "id", "model"} - kind.fields().keys()
    params = {name: value for name, value in attributes.items() if name not in ours}
    unknown = [key for key in params if key not in kind.fields()]
    if unknown:
        choices = ["number", "title", "id", "model", *kind.fields()]
        message = f'figure "{name}" has no such setting: {allowed(unknown[0], choices)}'
        raise AuthorError(message, file, line)
    if is_live(kind):
        try:
            params |= given(kind, id_of(attributes), attributes.get("model", "") if "model" in ours else "")
        except AuthorError as error:
            raise asked_for(error, file, line) from error
    figure = None
    try:
        with limits.limited(limits.FIGURE):
            figure = kind(params)
            parts = figure.parts()
    except (Exception, SystemExit) as error:
        # The author may have set a value that does not fit, or the figure has a bug: show where it raised.
        where = soundness.frame_of(error, soundness.own_files(kind))
        if figure is not None:  # and what view() returned has no line of its own
            where = where or soundness.source_place(kind.view)
        shown = f" ({place(*where)})" if where else ""
        reason = f"{soundness.in_words(error)}{shown}"
        raise AuthorError(f'figure "{name}" cannot be drawn: {reason}', file, line) from error
    try:
        soundness.check_markup(kind, parts.values())
        soundness.check_parts(kind, parts)
    except AuthorError as error:
        raise asked_for(error, file, line) from error
    functions = tuple(source.functions(kind))
    named = (kind.on_demand.name, kind.on_demand.title) if kind.on_demand else None
    panel = source.panel(templates, kind)
    state = f"{kind.State.__module__}.{kind.State.__qualname__}"
    return Picture(
        params, dict(parts), kind.data, is_live(kind), functions, panel, named, figure.shares, state
    )


def id_of(attributes: Mapping[str, str]) -> str:
    """Return the id of a figure: the one that the lesson gives it, or its number's."""
    number = re.sub(r"[^a-z0-9]+", "-", attributes.get("number", "").lower())
    return attributes.get("id") or f"fig-{number}"


def asked_for(error: AuthorError, file: Path, line: int) -> AuthorError:
    """Say which line of a lesson led to a figure's mistakes."""
    for mistake in error.mistakes:
        mistake.via = place(file, line)
    return error


def is_live(kind: type[Figure[Any]]) -> bool:
    """Whether a figure has files on demand, or events beside those of all; else it never needs Python."""
    moves = kind.drag is not Figure.drag or kind.handles or kind.settings
    return kind.events() > Figure.events() or bool(moves or kind.on_demand)
