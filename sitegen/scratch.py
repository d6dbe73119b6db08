"""Folders that a build works in. They are gone when it ends; those of a killed build go with the next one.

A folder in use holds a locked file. The system lets go of the lock with the process, however that ended.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK = ".in-use"
HOUR = 3600.0  # seconds: what is older and not locked was left behind, also where nothing can be locked
TEMPORARY = "pycore-build-"  # how the folders in the system's own one for such begin


@contextmanager
def folder(prefix: str = TEMPORARY, parent: Path | None = None) -> Iterator[Path]:
    """Give an empty folder, in `parent` or else where the system has such, and remove it at the end."""
    parent = parent or Path(tempfile.gettempdir())
    sweep(parent, prefix)
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(
            tempfile.TemporaryDirectory(prefix=prefix, dir=parent, ignore_cleanup_errors=True)
        )
        lock = stack.enter_context((Path(name) / LOCK).open("w"))
        _take(lock)
        work = Path(name) / "work"
        work.mkdir()
        yield work


def sweep(parent: Path, prefix: str) -> None:
    """Remove what builds that were killed have left."""
    with contextlib.suppress(OSError):
        for left in parent.glob(f"{prefix}*"):
            if left.is_dir() and not left.is_symlink() and _is_left(left):
                shutil.rmtree(left, ignore_errors=True)


def _is_left(found: Path) -> bool:
    old = time.time() - found.stat().st_mtime > HOUR
    try:
        with (found / LOCK).open("r+") as lock:
            return _take(lock) if fcntl else old
    except FileNotFoundError:  # of a build that has just begun, or of none
        return old and next(found.iterdir(), None) is None


def _take(lock: IO[str]) -> bool:
    """Lock a file; return whether no other process has."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def alive(process: int) -> bool:
    """Whether a process of this number runs; always yes where that cannot be asked without ending it."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
