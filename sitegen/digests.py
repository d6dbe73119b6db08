"""Hashes of files, each read once: a file whose inode, size and time are as before is not read again.

What was written a moment ago is read each time: another change may fall into the same tick of the clock.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

Stamp = tuple[int, int, int, int]
TICK = 2 * 10**9  # nanoseconds: the coarsest clock of a file system in use
MOST = 100_000  # files that are remembered

_known: dict[Stamp, str] = {}


def stamp(file: Path | str) -> Stamp:
    """Device, inode, size and time of change of a file's content."""
    found = os.stat(file)  # noqa: PTH116  (half the time of Path.stat, and there are many)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def of_file(file: Path) -> str:
    """Return the sha256 of a file's content."""
    before = stamp(file)
    digest = _known.get(before)
    if digest is None:
        digest = of_bytes(file.read_bytes())
        if time.time_ns() - before[3] > TICK and stamp(file) == before:
            remember(before, digest)
    return digest


def of_bytes(content: bytes) -> str:
    """Return the sha256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def of_text(*texts: str) -> str:
    """Return one sha256 of several texts; where one ends and the next begins counts."""
    return of_bytes("".join(f"{len(text)} {text}" for text in texts).encode("utf-8", "surrogatepass"))


def of_files(files: Iterable[Path], base: Path) -> str:
    """Return one sha256 of files' names, without the folder that they lie in, and of their contents."""
    named = sorted((os.fspath(file).removeprefix(f"{base}{os.sep}"), file) for file in set(files))
    return of_text(*(part for name, file in named for part in (name, of_file(file))))


def remember(stamp: Stamp, digest: str) -> None:
    """Note the hash of a file whose content is known, such as one that was just written."""
    if len(_known) > MOST:
        _known.clear()
    _known[stamp] = digest


def below(folder: Path | str, ending: str | tuple[str, ...] = "") -> Iterator[Path]:
    """Files in a folder and its folders, without Python's own caches."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110
            continue  # it leads nowhere: some editors leave such beside an open file
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from below(entry.path, ending)
        elif entry.name.endswith(ending):
            yield Path(entry.path)
