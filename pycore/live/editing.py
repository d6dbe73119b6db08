"""The reader edits a function of pycore, and every figure that runs it runs the edited version.

A function keeps its identity and is given another body, so it does not matter how others imported it.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import pkgutil
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FunctionType
from typing import Any

from pycore.live import guest, undo

Body = tuple[Any, Any, Any]

_originals: dict[str, Body] = {}
_edited: dict[str, FunctionType] = {}  # those that have a reader's body now


def name_of(function: Callable[..., Any]) -> str:
    """Return the full name by which `edit` finds a function or method.

    >>> from pycore.embeddings.similarity import cosine
    >>> name_of(cosine)
    'pycore.embeddings.similarity.cosine'
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
    with as_written():
        function = _find(name)
    original = _originals.setdefault(name, _body(function))
    if source is None:
        _put(function, original)
        _edited.pop(name, None)
    else:
        _put(function, _body(_compile(function, source)))
        _edited[name] = function
    undo.forget()


def replace(name: str, written: Callable[..., Any]) -> None:
    """Put a function that a program of the reader's own has into the place of one of pycore.

    Parameters
    ----------
    name
        As `name_of` returns it.
    written
        It runs with the names of the module that it is put into.

    Raises
    ------
    ValueError
        When pycore has no such function, or one of the two uses names from around it.
    """
    function = _find(name)
    if function.__closure__ or plain(written).__closure__:
        raise ValueError(f'"{name}" cannot be replaced: it uses names from around it')
    _originals.setdefault(name, _body(function))  # `edit` brings it back
    _put(function, _body(plain(written)))
    undo.forget()


def in_force() -> bool:
    """Whether a reader's version of any function is in force."""
    return bool(_edited)


@contextmanager
def as_written() -> Iterator[None]:
    """Let every function have its own body while a module is imported: what that computes is to stay."""
    readers = [(function, _body(function)) for function in _edited.values()]
    for name, function in _edited.items():
        _put(function, _originals[name])
    try:
        yield
    finally:
        for function, body in readers:
            _put(function, body)


def _find(name: str) -> FunctionType:
    found = None
    if name.startswith("pycore."):
        with suppress(AttributeError, ImportError, ValueError):
            found = pkgutil.resolve_name(name)  # its module may not be imported yet
    if not callable(found):
        raise ValueError(f'pycore has no function "{name}"')
    return plain(found)


def plain(function: Callable[..., Any]) -> FunctionType:
    """Take off what is wrapped around a function, such as a cache or the binding to a class."""
    inner = inspect.unwrap(getattr(function, "__func__", function))
    if not isinstance(inner, FunctionType):
        raise ValueError(f"{function!r} is not a function that is written in Python")
    return inner


def _compile(function: FunctionType, source: str) -> FunctionType:
    short = function.__name__
    place = guest.YOURS + short
    if len(source) > guest.LONGEST:
        raise ValueError(
            f"{len(source):,} characters are more than the {guest.LONGEST:,} that can be run here"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on how something is written
        tree = guest.readable(textwrap.dedent(source), place)
        if [getattr(node, "name", None) for node in tree.body] != [short] or not isinstance(
            tree.body[0], ast.FunctionDef
        ):
            raise ValueError(f'expected one definition, "def {short}(…)", and nothing beside it')
        tree.body[0].decorator_list = []  # what is wrapped around the function stays as it is
        flags = __future__.annotations.compiler_flag
        code = compile(tree, place, "exec", flags=flags, dont_inherit=True)
    names = dict(function.__globals__)
    said = guest.Printed()
    with guest.house(said) as memory:  # its defaults are computed
        made = guest.visit(lambda: exec(code, names), said, memory)  # noqa: S102  (the reader's own code, in the reader's own browser)
    if made.failure:
        raise ValueError(f"line {made.failure.line}: {made.failure.text}")
    written = names[short]
    assert isinstance(written, FunctionType)
    if written.__code__.co_freevars != function.__code__.co_freevars:
        raise ValueError(f'"{short}" uses names from around it, which only its own text can')
    return written


def _body(function: FunctionType) -> Body:
    return function.__code__, function.__defaults__, function.__kwdefaults__


def _put(function: FunctionType, body: Body) -> None:
    function.__code__, function.__defaults__, function.__kwdefaults__ = body
