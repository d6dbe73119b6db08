"""Modules that a start leaves out, fetched when one of them is first imported.

The page fetches at the start what the figures import. All else of Python's library and of numpy lies in
archives; `later.json`, beside the packages, says which module is in which.
"""

from __future__ import annotations

import functools
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
LAZY = frozenset({"numpy.linalg._umath_linalg"})  # LAPACK: `import numpy` imports it, few figures call it


class Later:
    """The last finder of modules: looks into the archives.

    Parameters
    ----------
    index
        The archive of each module.
    read
        Returns an archive's content.
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
            except Exception as error:
                raise ImportError(f"{name} could not be fetched: {error}") from error
            with zipfile.ZipFile(io.BytesIO(content)) as files:
                files.extractall(self._folder)
            self._unpacked.add(archive)
        parents = name.split(".")[:-1]
        return PathFinder.find_spec(name, [str(self._folder.joinpath(*parents))], target)


class Lazy(Loader):
    """Makes a module that is loaded when something in it is first asked for; also where that is C."""

    def __init__(self, find: Callable[[], ModuleSpec | None]) -> None:
        self._find = find

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python to make the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the module a way to get what it has not got."""

        def get(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(self._load(), name)

        vars(module)["__getattr__"] = get

    @functools.cache  # noqa: B019  (as long as the module lives)
    def _load(self) -> ModuleType:
        spec = self._find()
        if spec is None or spec.loader is None:
            raise ImportError("its archive does not have it")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def install() -> None:
    """Look into the archives from now on; the page's worker fetches them, while Python waits."""
    import js  # type: ignore[import-not-found]  # Pyodide's door to the worker

    index = json.loads((Path(__file__).parents[2] / "later.json").read_text("utf-8"))
    sys.meta_path.append(Later(index, lambda name: bytes(js.readArchive(name).to_bytes())))
