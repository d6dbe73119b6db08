"""What a module is made from: its own file, and those of the project that it imports, as far as that goes."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sitegen import cache, digests, spoken
from sitegen.errors import ROOT

PACKAGES = (ROOT / "pycore", ROOT / "sitegen")
_TOP = {folder.name for folder in PACKAGES}

KEEPING = {
    Path(__file__).with_name(f"{name}.py")
    for name in ("cache", "digests", "errors", "imports", "keep", "made_from", "output", "parallel")
}
NOT_READ = (".css", ".md")  # by a process that builds, when it has read them before


def _now() -> dict[Path, digests.Stamp]:
    files = [file for folder in PACKAGES for file in digests.below(folder) if file.suffix not in NOT_READ]
    return {file: digests.stamp(file) for file in [*files, ROOT / "pyproject.toml"]}


_at_start = _now()  # this process runs the code, and may hold the data, as they were then


def stale() -> bool:
    """Whether code or data has changed since this process began: what it makes is of no known version."""
    try:
        return any(digests.stamp(file) != stamp for file, stamp in _at_start.items())
    except FileNotFoundError:
        return True


def changed() -> bool:
    """Whether this process can no longer build: code or data has changed, or has been added."""
    return _now() != _at_start


@functools.cache  # the code that this process runs does not change
def code(*modules: str) -> str:
    """Hash the code that importing modules runs, and the versions of what lies below it.

    What only keeps and tells is left out: it makes nothing that is kept.
    """
    files = [file for file in files_of(*modules) if file not in KEEPING]
    said = [table for module, table in spoken.tables().items() if module in files]
    return digests.of_text(versions(), digests.of_files([*files, *said], ROOT))


def files_of(*modules: str) -> set[Path]:
    """Find the project's files that importing modules runs, their own included."""
    found: dict[str, Path] = {}
    waiting = [*modules]
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if file and name not in found:
            found[name] = file
            waiting += [*names_in(file), name.rpartition(".")[0]]
    return set(found.values())


def exists(module: str) -> bool:
    """Whether a module is a file of the project."""
    return _file(module) is not None


@functools.cache
def versions() -> str:
    """Name the versions of Python and of everything that the build uses."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*settings["dependencies"], *settings["optional-dependencies"]["site"]]
    names = sorted(line.partition(">=")[0].partition("==")[0].strip() for line in wanted)
    return json.dumps([sys.version, {name: importlib.metadata.version(name) for name in names}])


def names_in(file: Path) -> list[str]:
    """Names of what may be modules, in a file's imports; none when it is not Python."""
    return _names_in(digests.of_file(file), file)


@functools.lru_cache(maxsize=4096)
def _names_in(digest: str, file: Path) -> list[str]:
    found = cache.derived(
        f"imports {digest} {sys.version}", lambda: json.dumps(list(imported(file.read_bytes()))).encode()
    )
    names: list[str] = json.loads(found)
    return names


def imported(source: bytes | str) -> Iterator[str]:
    """Names of what may be modules, in the imports of Python's source; none when it is none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def needed(source: bytes | str) -> Iterator[tuple[str, int]]:
    r"""Packages that Python's source cannot do without, and the lines that import them.

    One that it tries to import, or imports for types alone, is not needed.

    >>> list(needed("import a.b\ntry:\n    import c\nexcept ImportError:\n    c = None"))
    [('a', 1)]
    """
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node.lineno
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, ast.Try):
            waiting += ast.iter_child_nodes(node)


@functools.cache  # a process that code is added to builds no more
def _file(name: str) -> Path | None:
    if name.partition(".")[0] not in _TOP:
        return None
    path = f"{ROOT}{os.sep}{name.replace('.', os.sep)}"
    files = (f"{path}.py", f"{path}{os.sep}__init__.py")
    return next((Path(file) for file in files if os.path.isfile(file)), None)  # noqa: PTH113  (thousands)
