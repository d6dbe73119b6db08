"""Modules that a start leaves out, fetched when one of them is first imported.

The page fetches at the start what the figures import. All else of Python's library and of numpy lies in
archives; `later.json`, beside the packages, says which module is in which.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

FOLDER = Path("/lib/later")


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
        archive = self._index.get(name)
        if archive is None:
            return None
        if archive not in self._unpacked:
            with zipfile.ZipFile(io.BytesIO(self._read(archive))) as files:
                files.extractall(self._folder)
            self._unpacked.add(archive)
        parents = name.split(".")[:-1]
        return PathFinder.find_spec(name, [str(self._folder.joinpath(*parents))], target)


def install() -> None:
    """Look into the archives from now on; the page's worker fetches them, while Python waits."""
    import js  # type: ignore[import-not-found]  # Pyodide's door to the worker

    index = json.loads((Path(__file__).parents[2] / "later.json").read_text("utf-8"))
    sys.meta_path.append(Later(index, lambda name: bytes(js.readArchive(name).to_bytes())))
