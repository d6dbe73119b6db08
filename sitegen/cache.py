"""The local cache: fetched files and what is derived from them, outside the checkout."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import platformdirs

from sitegen import scratch

DERIVED = "derived"
PART = ".part"  # behind the name of a file that is being written, and the number of the process that does
DAY = 24 * 3600.0  # seconds
LATELY = 3600.0  # seconds
UNUSED = 30 * DAY  # what nothing has read for so long is removed
MOST = 1_000_000_000  # bytes of what is derived; what was read longest ago goes first


def folder() -> Path:
    """Where the cache lies: $PYCORE_CACHE, or the user's cache folder."""
    named = os.environ.get("PYCORE_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("pycore-course"))


def write(target: Path, content: bytes) -> None:
    """Write beside a file's place first, then rename, so that a stopped build leaves no half file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}{PART}")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def problem() -> str | None:
    """Say why nothing can be kept in the cache; None when it can be."""
    made, probe = not folder().exists(), folder() / f"probe-{os.getpid()}"
    try:
        write(probe, bytes(4096))
        probe.unlink()
        if made:
            folder().rmdir()
    except OSError as error:
        return f"the cache {folder()} cannot be written: {error.strerror}; PYCORE_CACHE names another folder"
    return None


def derived(recipe: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` makes, from the cache where it lies undamaged, made by the same recipe."""
    content = look(recipe)
    if content is None:
        content = make()
        store(recipe, content)
    return content


def look(recipe: str) -> bytes | None:
    """Return what was made by a recipe, if it lies in the cache undamaged; what is damaged is removed."""
    kept = _place(recipe)
    try:
        stored = kept.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    digest, content = stored[:32], stored[32:]
    if hashlib.sha256(content).digest() != digest:
        with contextlib.suppress(OSError):
            kept.unlink()
        return None
    with contextlib.suppress(OSError):  # a cache that cannot be written can be read all the same
        if time.time() - kept.stat().st_mtime > DAY:
            os.utime(kept)  # it is in use
    return content


def has(recipe: str) -> bool:
    """Whether something lies in the cache that was made by a recipe."""
    return _place(recipe).exists()


def store(recipe: str, content: bytes) -> None:
    """Keep what was made by a recipe, if the disk takes it: it can be made again."""
    with contextlib.suppress(OSError):
        write(_place(recipe), hashlib.sha256(content).digest() + content)


def _place(recipe: str) -> Path:
    return folder() / DERIVED / hashlib.sha256(recipe.encode()).hexdigest()


def tidy() -> None:
    """Prune the cache, if that was not done lately."""
    last = folder() / "pruned"
    with contextlib.suppress(OSError):  # what cannot be written cannot be tidied
        sweep()
        with contextlib.suppress(FileNotFoundError):
            if time.time() - last.stat().st_mtime < LATELY:
                return
        prune()
        write(last, b"")


def sweep() -> None:
    """Remove files that were half written by builds that were killed."""
    for place in (folder(), folder() / DERIVED, *(folder() / "files").glob("*")):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as entries:
            for entry in [entry for entry in entries if entry.name.endswith(PART)]:
                writer = entry.name.removesuffix(PART).rpartition(".")[2]
                old = time.time() - entry.stat().st_mtime > LATELY
                if old or (writer.isdecimal() and not scratch.alive(int(writer))):
                    Path(entry.path).unlink(missing_ok=True)


def prune(most: int = MOST, unused: float = UNUSED) -> None:
    """Remove what was derived and is no longer of use; it can be made again. Fetched files stay."""
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder() / DERIVED) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # another build may remove it too
                found.append((entry.stat().st_mtime, entry.stat().st_size, entry.path))
    left, oldest = most, time.time() - unused
    for used, size, path in sorted(found, reverse=True):
        left -= size
        if left < 0 or used < oldest:
            Path(path).unlink(missing_ok=True)
