"""Modules that a start leaves out, brought when one of them is first imported.

The page brings at the start what the figures import. All else of Python's library and of numpy lies in
archives; `later.json`, beside the packages, says which module is in which. Python in a page can fetch nothing
by itself and cannot wait: an import of what is not there yet fails, the host tells the page which archive it
takes, and the page brings it and makes the same call again.
"""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path("/lib/later")
ENDING = ".zip"
LAZY = frozenset({"numpy.linalg._umath_linalg"})  # LAPACK: `import numpy` imports it, few figures call it


class Later:
    """The last finder of modules: looks into the archives.

    Parameters
    ----------
    index
        The archive of each module.
    read
        Returns an archive's content; raises when it is not there.
    folder
        Where archives are unpacked.
    """

    def __init__(self, index: Mapping[str, str], read: Callable[[str], bytes], folder: Path = FOLDER) -> None:
        self._index = index
        self._read = read
        self._folder = folder
        self._unpacked: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module, unpacking its archive if need be."""
        if name not in self._index:
            return None
        if name in LAZY:
            return importlib.util.spec_from_loader(name, Lazy(lambda: self._find(name)))
        return self._find(name, target)

    def _find(self, name: str, target: ModuleType | None = None) -> ModuleSpec | None:
        archive = self._index[name]
        if archive not in self._unpacked:
            try:
                content = self._read(archive)
            except LookupError as error:
                raise ImportError(f"{name} could not be fetched: {error.args[0]}", name=name) from error
            with zipfile.ZipFile(io.BytesIO(content)) as files:
                files.extractall(self._folder)
            self._unpacked.add(archive)
        parents = name.split(".")[:-1]
        return PathFinder.find_spec(name, [str(self._folder.joinpath(*parents))], target)


class Lazy(Loader):
    """Makes a module that is loaded when something in it is first asked for; also where that is C."""

    def __init__(self, find: Callable[[], ModuleSpec | None]) -> None:
        self._find = find
        self._module: ModuleType | None = None  # what is C is loaded once, so no cache that can be cleared

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the module a way to get what it has not got."""

        def get(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(self._load(), name)

        vars(module)["__getattr__"] = get

    def _load(self) -> ModuleType:
        if self._module is None:
            spec = self._find()
            if spec is None or spec.loader is None:
                raise ImportError("its archive does not have it")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            self._module = module
        return self._module


class Shelf:
    """The archives that the page has brought, and what it says of those that it could not bring."""

    def __init__(self) -> None:
        self._archives: dict[str, bytes] = {}
        self._refused: dict[str, str] = {}
        self._lacking: str | None = None

    def put(self, name: str, content: bytes) -> None:
        """Take an archive from the page."""
        self._archives[name] = content

    def read(self, name: str) -> bytes:
        """Return an archive.

        Raises
        ------
        LookupError
            When it is not there; unless the page could not bring it, `lacking` then names it.
        """
        if name in self._archives:
            return self._archives.pop(name)  # it is unpacked once
        if name in self._refused:
            raise LookupError(self._refused[name])
        self._lacking = self._lacking or name
        raise LookupError(f"it is in {name}, which is not here yet")

    def begin(self, refused: Mapping[str, str]) -> None:
        """Start to answer a call, for which the page could not bring some archives: why, by name."""
        self._refused = dict(refused)
        self._lacking = None

    @property
    def lacking(self) -> str | None:
        """The archive that the call asked for in vain, if there is one."""
        return self._lacking


SHELF = Shelf()


def install() -> None:
    """Look into the archives from now on."""
    index = json.loads((Path(__file__).parents[2] / "later.json").read_text("utf-8"))
    sys.meta_path.append(Later(index, SHELF.read))
