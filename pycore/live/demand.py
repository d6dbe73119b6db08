"""Files on demand: sets of files too large to come by themselves, fetched when the reader presses for them.

A figure names a set as its `on_demand`. The build makes the files and cuts them into pieces; the page
fetches those when the reader asks for them, and writes them here, each in its place, so that a large file is
never in memory twice. Then the figures that name the set are drawn anew. Until then, and always in the build,
it is not here, and a figure draws what it can without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

PIECE = 2 << 20  # bytes
T = TypeVar("T")


class Fetch(Protocol):
    """`sitegen.vendor.fetch`: the path of a pinned file, by its row in pyproject.toml and name."""

    def __call__(self, name: str, file: str | None = None) -> Path:
        """Fetch a file, unless it is in the cache."""


@dataclass(frozen=True)
class OnDemand:
    """A set of files that a reader may ask for.

    Parameters
    ----------
    name
        What addresses, `--without` and `data-model` say: small letters, digits and hyphens.
    title
        What readers are told that it is, as at the beginning of a sentence.
    make
        Makes the files when the site is built, by their names; what it needs from others it fetches. What is
        fetched, kept and given to Python is what it returns, so it should be small.
    memory
        Bytes that figures need beside the files while they use them: without them the set is refused.
    most
        Bytes that the whole page was seen to take at most, as it is told to readers. Unless it is given, the
        files and `memory` together.
    piece
        Bytes that are fetched, checked and kept at a time.

    Examples
    --------
    >>> tables = OnDemand("tables", "The tables", lambda fetch: {"sines": bytes(8)})
    >>> tables.here
    False
    >>> provide(tables.name, tables.make(None))
    >>> tables.here, tables.read("sines").nbytes
    (True, 8)
    >>> tables.made(lambda: len(tables.read("sines")))
    8
    >>> tables.release("sines")  # its memory is free, and the set counts as here
    >>> drop(tables.name)
    """

    name: str
    title: str
    make: Callable[[Fetch], Mapping[str, bytes]]
    memory: int = 0
    most: int = 0
    piece: int = PIECE

    @property
    def here(self) -> bool:
        """Whether it has come whole."""
        return self.name in _here

    def read(self, file: str) -> memoryview:
        """Return a file as it lies in memory: read-only, and no copy.

        Raises
        ------
        LookupError
            When the set is not here, since a figure asks `here` first; or when the file was let go.
        """
        if not self.here:
            raise LookupError(f"{self.title} must be asked for first")
        if file not in _files[self.name]:
            raise LookupError(f"{self.title}: {file} is here no longer, or never was")
        return memoryview(_files[self.name][file]).toreadonly()

    def made(self, make: Callable[[], T]) -> T:
        """Return what `make` makes of the files, once for as long as they are here.

        It is kept also when a reader's edit clears all caches, so `make` may release what it has read.
        """
        if self.name not in _made.of:
            _made.of[self.name] = make()
        found: T = _made.of[self.name]
        return found

    def release(self, file: str) -> None:
        """Let go of a file of which all is made that figures need; it is read no more."""
        _files[self.name].pop(file, None)


class _Made:
    """What was made of each set. It is no table of its module's: those are put back after a reader's code."""

    def __init__(self) -> None:
        self.of: dict[str, Any] = {}


_made = _Made()
_files: dict[str, dict[str, bytearray]] = {}  # of each set: what has come of it
_here: set[str] = set()


def make_room(name: str, sizes: Mapping[str, int], memory: int = 0) -> None:
    """Make room for the files of a set, whose pieces come next.

    Parameters
    ----------
    sizes
        Bytes of each file.
    memory
        Bytes that must be free beside them.

    Raises
    ------
    MemoryError
        When there is not enough; none of it is taken then.
    """
    drop(name)
    room = {file: bytearray(size) for file, size in sizes.items()}
    bytearray(memory)
    _files[name] = room


def room(name: str, file: str) -> bytearray:
    """Return where the pieces of a file are written."""
    return _files[name][file]


def finish(name: str) -> None:
    """Note that all pieces of a set have come."""
    if name in _files:
        _here.add(name)


def drop(name: str) -> None:
    """Forget a set, or what has come of it."""
    _here.discard(name)
    _files.pop(name, None)
    _made.of.pop(name, None)


def provide(name: str, files: Mapping[str, bytes]) -> None:
    """Take a set as a whole, where no page stands behind it: in a test, a tool or a benchmark."""
    drop(name)
    _files[name] = {file: bytearray(content) for file, content in files.items()}
    _here.add(name)
