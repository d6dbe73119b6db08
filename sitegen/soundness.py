"""Whether a figure is sound: its module, its state, what it draws, and the names in its markup.

What is wrong is told at the figure's own file and line, and the lesson's line that asked for it behind it.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
import functools
import inspect
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from types import FunctionType
from typing import Any

from pycore import data, figures
from pycore.live import catalog, editing
from pycore.live.expect import echo
from pycore.live.figure import Figure, Parts
from sitegen import imports, limits
from sitegen.errors import ROOT, AuthorError, Mistakes, allowed

SHIPPED = {"numpy", "pycore", *sys.stdlib_module_names}  # what a page's Python can import
LIVE = ROOT / "pycore" / "live"
PLAIN = (bool, int, float, str, tuple, type(None))
# Attributes of a figure's class: their types, and how they are written.
FORMS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "data": (tuple, "({},)"),
    "code": (tuple, "(function,)"),
    "fixed": ((frozenset, set), "frozenset({{{}}})"),
    "settings": (Mapping, '{{"field": values}}'),
    "handles": (Mapping, '{{"name": Knob(…)}}'),
    "formulas": (Mapping, '{{"name": r"…"}}'),
    "model": (str, '"name"'),
}
UNIQUE = {"data-control": "control", "data-drag": "handle", "data-out": "number (data-out)"}


def load(path: str) -> type[Figure[Any]]:
    """Import a figure's class and check it.

    Raises
    ------
    AuthorError
        With the place in the figure, when it cannot be imported or is not as a figure must be.
    """
    file = module_file(path)
    try:
        with limits.limited(limits.FIGURE):
            kind = catalog.load(path)
    except SyntaxError as error:
        broken = Path(error.filename or file)
        raise AuthorError(f"Python cannot read this: {error.msg}", broken, error.lineno) from error
    except TypeError as error:
        if not error.args or not isinstance(error.args[-1], list):
            raise _at_import(error, file) from error
        found = error.args[-1]
        second = inspect.getsourcelines(found[1])[1] if len(found) > 1 else 1
        names = ", ".join(kind.__name__ for kind in found) or "none"
        message = f"a figure's module defines one subclass of Figure; found {names}"
        raise AuthorError(message, file, second) from error
    except (Exception, SystemExit) as error:
        raise _at_import(error, file) from error
    if file.is_file():
        _check_imports(file)
    _check_class(kind)
    return kind


def _check_imports(file: Path) -> None:
    """Tell of what a figure imports, or a module of pycore that it imports, and no browser gets."""
    told = Mistakes()
    for each in sorted({file, *imports.files_of(*imports.names_in(file))}):
        if all(name.partition(".")[0] in SHIPPED for name in imports.names_in(each)):
            continue
        for name, line in imports.needed(each.read_bytes()):
            if name not in SHIPPED:
                message = f'"{name}" is in no browser: a figure imports numpy, pycore, and Python\'s library'
                told.add(AuthorError(message, each, line))
    told.end()


def module_file(path: str) -> Path:
    """Return the file of the figure at a path."""
    files = [Path(folder) / f"{path}.py" for folder in figures.__path__]
    return next((file for file in files if file.is_file()), files[0])


def no_package(*paths: str) -> str | None:
    """Say which file is missing where one of the paths is a figure in a folder that is no package."""
    for file in map(module_file, paths):
        init = file.with_name("__init__.py")
        if file.is_file() and not init.is_file():
            shown = init.relative_to(ROOT) if init.is_relative_to(ROOT) else init
            return (
                f"{shown} is missing, a file that may be empty: without it the folder's figures are not found"
            )
    return None


def _at_import(error: BaseException, file: Path) -> AuthorError:
    where = frame_of(error, {file})
    reason = in_words(error)
    if isinstance(error, ValueError) and (
        m := re.match(r"mutable default <class '(\w+)'> for field (\w+)", str(error))
    ):
        state = _line_like(file, rf"^\s+{m[2]}\s*:")
        return AuthorError(f'the default of "{m[2]}" is a {m[1]}, which can change; use a tuple', file, state)
    return (
        AuthorError(f"this cannot be imported: {reason}", *where)
        if where
        else AuthorError(f"this cannot be imported: {reason}", file, 1)
    )


def _line_like(file: Path, pattern: str) -> int:
    lines = file.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.search(pattern, line)), 1)


def _check_class(kind: type[Figure[Any]]) -> None:
    """Check what a figure's class says about itself."""
    told = Mistakes()
    file, first = source_place(kind)

    def tell(message: str, name: str) -> None:
        told.add(AuthorError(message, file, _line_in(file, first, name)))

    if kind.view is Figure.view:
        close = difflib.get_close_matches("view", vars(kind), n=1)
        meant = f'; found "{close[0]}", did you mean "view"?' if close else ""
        tell(f"a figure has a method view(), which draws it{meant}", "State")
    for name, (types, form) in FORMS.items():
        if not isinstance(value := getattr(kind, name), types):
            written = form.format(echo(value) if isinstance(value, str) else "…")
            tell(f"`{name}` is of type {type(value).__name__}; write it as {written}", name)
    state = getattr(kind, "State", None)
    if not (inspect.isclass(state) and dataclasses.is_dataclass(state)):
        tell("a figure names a frozen dataclass as its State: State = …", "State")
        told.end()
    if not state.__dataclass_params__.frozen:  # type: ignore[union-attr]
        where = source_place(state)
        told.add(AuthorError("a state is frozen: @dataclass(frozen=True)", *where))
    for field in dataclasses.fields(state):  # type: ignore[arg-type]
        where = source_place(state)
        line = _line_in(where[0], where[1], field.name)
        factory = field.default_factory
        default = field.default if factory is dataclasses.MISSING else factory()
        if default is dataclasses.MISSING:
            told.add(AuthorError(f'the field "{field.name}" of a state needs a default', where[0], line))
        elif problem := _not_plain(default):
            told.add(AuthorError(f'the default of "{field.name}" is {problem}', where[0], line))
    for name in kind.data if isinstance(kind.data, tuple) else ():
        if not (data.FOLDER / name).is_file():
            there = (
                p.relative_to(data.FOLDER).as_posix()
                for p in data.FOLDER.rglob("*.*")
                if p.suffix in (".npz", ".json")
            )
            tell(f"no such file in pycore/data: {allowed(name, there)}", "data")
    for function in kind.code if isinstance(kind.code, tuple) else ():
        try:
            editing.source_of(function)
        except (ValueError, OSError, TypeError):
            tell(f"`code` names functions that are written in Python; found {function!r}", "code")
    told.end()


def _not_plain(value: object) -> str | None:
    """Say of what type a value of a state is that neither an address nor a store can carry."""
    kind = type(value)
    if kind not in PLAIN and not isinstance(value, Mapping):
        name = (
            kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        )
        return f"of type {name}; a state holds numbers, text, booleans and tuples of Python's own"
    if isinstance(value, tuple):
        return next((problem for item in value if (problem := _not_plain(item))), None)
    if isinstance(value, Mapping):
        return next((problem for item in value.values() if (problem := _not_plain(item))), None)
    return None


def check_state(figure: Figure[Any], event: str) -> None:
    """Tell of a state that cannot travel: an event has put something into it that is no plain value."""
    for field in dataclasses.fields(figure.state):
        if problem := _not_plain(getattr(figure.state, field.name)):
            message = f'"{event}" sets "{field.name}" to a value {problem}'
            raise AuthorError(message, *_method_place(type(figure), event))


def check_markup(kind: type[Figure[Any]], parts: Iterable[str]) -> None:
    """Tell of events that the figure does not have, and of names that come twice, in what it has drawn."""
    told = Mistakes()
    where = source_place(kind.view)
    handles = getattr(kind, "handles", ())  # what moves without a method of the figure's own
    seen: set[tuple[str, str]] = set()
    for html in parts:
        for name, value in _marks(html):
            if name in UNIQUE:
                if (name, value) in seen:
                    message = f'the {UNIQUE[name]} "{value}" comes twice in this figure; names are unique'
                    told.add(AuthorError(message, *where))
                seen.add((name, value))
            if name in ("data-drag", "data-surface"):
                if kind.drag is Figure.drag and value not in handles:
                    message = f'{name}="{value}" needs a method drag(name, x, y)'
                    if handles:
                        message = f"{name} names none of the figure's handles: {allowed(value, handles)}"
                    told.add(AuthorError(message, *where))
            elif name not in UNIQUE and not kind.answers(value):
                message = (
                    f"{name} names an event that this figure does not have: {allowed(value, kind.events())}"
                )
                told.add(AuthorError(message, *where))
    told.end()


def check_parts(kind: type[Figure[Any]], parts: Parts) -> None:
    """Tell of parts whose names cannot stand in the page."""
    told = Mistakes()
    for name in parts:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            message = f'a part is named with small letters, digits and hyphens; found "{name}"'
            told.add(AuthorError(message, *source_place(kind.view)))
    told.end()


@functools.lru_cache(maxsize=64)  # most parts stay the same from one state to the next
def _marks(html: str) -> tuple[tuple[str, str], ...]:
    reader = _Marks()
    reader.feed(html)
    reader.close()
    return tuple(reader.found)


class _Marks(HTMLParser):
    """Collects names of controls, and of the events that they send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            (name, value or "")
            for name, value in attrs
            if name in UNIQUE or name in ("data-surface", "data-tick") or name.startswith("data-on-")
        ]


# ---------------------------------------------------------------- places and words


def raised(error: BaseException, kind: type[Figure[Any]], method: str, doing: str) -> AuthorError:
    """Say of an error in a figure's method where it was raised and while doing what."""
    where = frame_of(error, own_files(kind)) or _method_place(kind, method)
    return AuthorError(f"{doing}: {in_words(error)}", *where)


def _method_place(kind: type[Figure[Any]], method: str) -> tuple[Path, int]:
    """Place of a figure's method; of the figure, when it has the method from pycore.live."""
    where = source_place(getattr(kind, method))
    return source_place(kind) if where[0].is_relative_to(LIVE) else where


def in_words(error: BaseException) -> str:
    """Write an error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": ")


def own_files(kind: type[Figure[Any]]) -> set[Path]:
    """Files of a figure's class and of those that it builds on, those of pycore.live left out."""
    files = {source_place(base)[0] for base in kind.__mro__ if issubclass(base, Figure)}
    return {file for file in files if not file.is_relative_to(LIVE)}


def frame_of(error: BaseException, files: set[Path]) -> tuple[Path, int] | None:
    """Place of an error: the innermost line in these files, or else in what an author writes in pycore."""
    frames = [(Path(f.filename), f.lineno or 1) for f in reversed(traceback.extract_tb(error.__traceback__))]
    ours = [f for f in frames if f[0].is_relative_to(ROOT / "pycore") and not f[0].is_relative_to(LIVE)]
    return next((f for f in frames if f[0] in files), ours[0] if ours else None)


def source_place(thing: Any) -> tuple[Path, int]:
    """File and line where a class or function begins."""
    plain: FunctionType | type = inspect.unwrap(thing)
    try:
        return Path(inspect.getsourcefile(plain) or ""), inspect.getsourcelines(plain)[1]
    except (OSError, TypeError):  # made while running
        return Path(inspect.getfile(plain)), 1


def _line_in(file: Path, first: int, name: str) -> int:
    """Line of a class, at its `first` line, that gives a name a value; the first where none does."""
    tree = ast.parse(file.read_bytes())
    found = next(
        (n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and first <= n.lineno <= first + 3), None
    )
    for node in found.body if found else ():
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else None
        )
        if isinstance(target, ast.Name) and target.id == name:
            return node.lineno
    return first
