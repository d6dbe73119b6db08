"""The code behind the figures: a panel for each figure, and a page for each module of pycore.

The panel's functions can be edited in the page, so they travel as text, in a script that is loaded when a
reader opens the first panel.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import jinja2
import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from pycore.live import editing
from pycore.live.figure import Figure
from sitegen import digests, imports, keep
from sitegen.errors import ROOT, AuthorError, Mistakes

FOLDER = "code"
PANEL = "source.html"


@dataclass(frozen=True)
class Function:
    """A function that a figure runs, as the panel shows it."""

    name: str  # pycore.embeddings.similarity.cosine
    page: str  # the page of its module, with the line where it starts
    text: str
    imports: tuple[str, ...]  # lines that bring the names which it uses, for a program of its own


def panel(templates: jinja2.Environment, kind: type[Figure[Any]]) -> str:
    """Write the panel "show the code" of a figure; empty when it names no functions."""
    if not kind.code:
        return ""
    template = templates.get_template(PANEL)
    return template.render(functions=functions(kind), drawn_by=kind.__module__, page=page(kind.__module__))


def functions(kind: type[Figure[Any]]) -> list[Function]:
    """Return the functions that a figure names."""
    found = []
    for function in kind.code:
        name, text = editing.name_of(function), editing.source_of(function)
        plain = editing.plain(function)
        line = inspect.getsourcelines(plain)[1]
        address = f"{page(plain.__module__)}#L-{line}"
        found.append(Function(name, address, brief(text).rstrip(), tuple(sorted(_imports(plain, text)))))
    return found


def _imports(function: FunctionType, text: str) -> Iterator[str]:
    """Write the lines that bring the names of a function's module which it uses."""
    loaded = (
        node.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )
    for name in {*loaded} - {function.__name__}:
        value = function.__globals__.get(name)
        if inspect.ismodule(value):
            short = "" if value.__name__ == name else f" as {name}"
            yield f"import {value.__name__}{short}"
        elif name in function.__globals__:
            yield f"from {function.__module__} import {name}"


def template(templates: jinja2.Environment) -> str:
    """Return the text of the template that panels are written with."""
    assert templates.loader
    return templates.loader.get_source(templates, PANEL)[0]


def brief(text: str) -> str:
    """Cut a function's docstring after its first paragraph: the rest is for the module's page."""
    body = ast.parse(text).body[0].body[0]  # type: ignore[attr-defined]
    lines = text.splitlines()
    start, end = body.lineno - 1, body.end_lineno
    blank = next((i for i in range(start, end) if not lines[i].strip()), None)
    if not isinstance(body, ast.Expr) or blank is None:
        return text
    return "\n".join([*lines[: blank - 1], f'{lines[blank - 1]}"""', *lines[end:]])


def pages(templates: jinja2.Environment, common: Mapping[str, Any], given: str) -> Iterator[tuple[str, str]]:
    """Give a page for each module of pycore, in colours, with a place to link to for each line.

    Parameters
    ----------
    common, given
        What every page is told, and a hash of what every page is made from.
    """
    for name, file in modules().items():

        def make(name: str = name, file: Path = file) -> str:
            code = _highlighted(file.read_text("utf-8"))
            place = file.relative_to(ROOT).as_posix()
            template = templates.get_template("module.html")
            return template.render(**common, root="../", module=name, file=place, code=code)

        yield page(name), keep.kept(f"page of {name} {digests.of_file(file)} {given}", make)


def _highlighted(text: str) -> str:
    def make() -> str:
        lexer, formatter = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
        lines = pygments.highlight(text, lexer, formatter).rstrip("\n").split("\n")
        return "\n".join(f'<span id="L-{n}">{line}</span>' for n, line in enumerate(lines, 1))

    return keep.kept(f"in colours {digests.of_text(text)} {imports.code(__name__)}", make)


@functools.cache  # a process whose code has changed keeps nothing that it makes
def modules() -> dict[str, Path]:
    """Return the files of pycore, by the names of the modules."""
    files = sorted(digests.below(ROOT / "pycore", ".py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


@functools.cache  # as above
def digest() -> str:
    """Hash all of pycore's code."""
    return digests.of_files(modules().values(), ROOT)


def check(told: Mistakes) -> None:
    """Tell of modules that Python cannot read, those that no lesson asks for too: all are published."""
    for file in modules().values():
        if problem := _problem(digests.of_file(file), file):
            told.add(AuthorError(f"Python cannot read this: {problem[0]}", file, problem[1]))


@functools.lru_cache(maxsize=1024)
def _problem(digest: str, file: Path) -> tuple[str, int | None] | None:
    def make() -> tuple[str, int | None] | None:
        try:
            ast.parse(file.read_bytes(), str(file))
        except SyntaxError as error:
            return error.msg, error.lineno
        return None

    return keep.kept(f"is Python {digest} {imports.versions()}", make)


def page(module: str) -> str:
    """Return the address of a module's page, relative to the lessons."""
    return f"{FOLDER}/{module}.html"
