"""The code behind the figures: a panel for each figure, and a page for each module of pycore.

The panel's functions can be edited in the page, so they travel as text, in a script that is loaded when a
reader opens the first panel.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pycore.live import editing
from pycore.live.figure import Figure
from sitegen.errors import ROOT

FOLDER = "code"


@dataclass(frozen=True)
class Function:
    """A function that a figure runs, as the panel shows it."""

    name: str  # pycore.similarity.cosine
    page: str  # the page of its module, with the line where it starts
    text: str


def panel(templates: jinja2.Environment, kind: type[Figure[Any]]) -> str:
    """Write the panel "show the code" of a figure; empty when it names no functions."""
    if not kind.code:
        return ""
    functions = []
    for function in kind.code:
        name, text = editing.name_of(function), editing.source_of(function)
        plain = editing.plain(function)
        line = inspect.getsourcelines(plain)[1]
        functions.append(Function(name, f"{page(plain.__module__)}#L-{line}", brief(text).rstrip()))
    template = templates.get_template("source.html")
    return template.render(functions=functions, drawn_by=kind.__module__, page=page(kind.__module__))


def brief(text: str) -> str:
    """Cut a function's docstring after its first paragraph: the rest is for the module's page."""
    body = ast.parse(text).body[0].body[0]  # type: ignore[attr-defined]
    lines = text.splitlines()
    start, end = body.lineno - 1, body.end_lineno
    blank = next((i for i in range(start, end) if not lines[i].strip()), None)
    if not isinstance(body, ast.Expr) or blank is None:
        return text
    return "\n".join([*lines[: blank - 1], f'{lines[blank - 1]}"""', *lines[end:]])


def script(panels: Mapping[str, str]) -> str:
    """Write the script that brings the panels of a page, by the ids of its figures."""
    return f"pyCode({json.dumps(panels)});\n"


def write_pages(dist: Path, templates: jinja2.Environment, common: Mapping[str, Any]) -> None:
    """Write a page for each module of pycore, in colours, with a place to link to for each line."""
    (dist / FOLDER).mkdir()
    for name, file in modules().items():
        lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
        lines = pygments.highlight(file.read_text("utf-8"), lexer, formatter).rstrip("\n").split("\n")
        code = "\n".join(f'<span id="L-{n}">{line}</span>' for n, line in enumerate(lines, 1))
        html = templates.get_template("module.html").render(
            **common, root="../", module=name, file=file.relative_to(ROOT).as_posix(), code=code
        )
        (dist / page(name)).write_text(html, "utf-8")


def modules() -> dict[str, Path]:
    """Return the files of pycore, by the names of the modules."""
    files = sorted((ROOT / "pycore").rglob("*.py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


def page(module: str) -> str:
    """Return the address of a module's page, relative to the lessons."""
    return f"{FOLDER}/{module}.html"
