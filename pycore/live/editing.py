"""The reader edits a function of pycore, and every figure that runs it runs the edited version.

A function keeps its identity and is given another body, so it does not matter how others imported it.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from types import FunctionType
from typing import Any

Body = tuple[Any, Any, Any]

PLACE = "your "  # what the name of an edited function's file starts with, in a traceback

_originals: dict[str, Body] = {}


def name_of(function: Callable[..., Any]) -> str:
    """Return the full name by which `edit` finds a function or method.

    >>> from pycore.similarity import cosine
    >>> name_of(cosine)
    'pycore.similarity.cosine'
    """
    its = plain(function)
    return f"{its.__module__}.{its.__qualname__}"


def source_of(function: Callable[..., Any]) -> str:
    """Return the text of a function, from the column where it starts."""
    return textwrap.dedent(inspect.getsource(plain(function)))


def edit(name: str, source: str | None) -> None:
    """Put another body into a function of pycore; with None, its own again.

    Parameters
    ----------
    name
        As `name_of` returns it.
    source
        One function definition, with the same name.

    Raises
    ------
    ValueError
        When Python cannot read the text, or it is not one definition of that function.
    """
    function = _find(name)
    original = _originals.setdefault(name, _body(function))
    if source is None:
        _put(function, original)
    else:
        _put(function, _body(_compile(function, source)))
    _forget()


def _find(name: str) -> FunctionType:
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        if parts[0] == "pycore" and module in sys.modules:
            found: Any = importlib.import_module(module)
            for part in parts[cut:]:
                found = getattr(found, part, None)
            if callable(found):
                return plain(found)
    raise ValueError(f'pycore has no function "{name}"')


def plain(function: Callable[..., Any]) -> FunctionType:
    """Take off what is wrapped around a function, such as a cache or the binding to a class."""
    inner = inspect.unwrap(getattr(function, "__func__", function))
    if not isinstance(inner, FunctionType):
        raise ValueError(f"{function!r} is not a function that is written in Python")
    return inner


def _compile(function: FunctionType, source: str) -> FunctionType:
    short = function.__name__
    place = PLACE + short
    try:
        tree = ast.parse(textwrap.dedent(source), place)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: Python cannot read this: {error.msg}") from None
    if [getattr(node, "name", None) for node in tree.body] != [short] or not isinstance(
        tree.body[0], ast.FunctionDef
    ):
        raise ValueError(f'expected one definition, "def {short}(…)", and nothing beside it')
    tree.body[0].decorator_list = []  # what is wrapped around the function stays as it is
    names = dict(function.__globals__)
    flags = __future__.annotations.compiler_flag
    exec(compile(tree, place, "exec", flags=flags, dont_inherit=True), names)  # noqa: S102  (the reader's own code, in the reader's own browser)
    written = names[short]
    assert isinstance(written, FunctionType)
    return written


def _body(function: FunctionType) -> Body:
    return function.__code__, function.__defaults__, function.__kwdefaults__


def _put(function: FunctionType, body: Body) -> None:
    function.__code__, function.__defaults__, function.__kwdefaults__ = body


def _forget() -> None:
    """Clear every cache in pycore: what was computed before may not hold any more."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] == "pycore":
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()
