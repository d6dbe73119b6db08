"""The folder that the site is built in; what is as it was before is not made again, nor written again."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sitegen import cache, digests, keep, scratch
from sitegen.errors import AuthorError
from sitegen.exchange import exchange

Value = TypeVar("Value")


@dataclass(frozen=True)
class Output:
    """The new site.

    Parameters
    ----------
    folder
        Where it is built.
    before
        Where the last one lies, if there is one.
    """

    folder: Path
    before: Path

    def write(self, name: str, content: bytes) -> None:
        """Write a file, by its path in the site."""
        digest = digests.of_bytes(content)
        if not self._take(name, digest):
            self._write(name, content, digest)

    def group(self, recipe: str | None, make: Callable[[Path], Value]) -> Value:
        """Write files that are made together, or take them as they were made by the same recipe before.

        Parameters
        ----------
        recipe
            What they are made from; None when that is unknown.
        make
            Writes the files into the empty folder that it is given, and returns what is to be known of them.
        """
        found: tuple[tuple[Value, dict[str, str]]] | None = keep.look(f"group {recipe}")
        found = found if recipe else None
        if found:
            value, files = found[0]
            if all(
                self._take(name, digest) or self._from_cache(name, digest) for name, digest in files.items()
            ):
                return value
        work = self.folder.parent / "group"
        work.mkdir(exist_ok=True)
        value = make(work)
        files = {}
        for file in list(digests.below(work)):
            content, name = file.read_bytes(), file.relative_to(work).as_posix()
            files[name] = digests.of_bytes(content)
            kept = f"file {files[name]}"  # named by what it holds, a file in the cache is never wrong
            if recipe is not None and not cache.has(kept):
                cache.store(kept, content)
            target = self._place(name)
            file.replace(target)
            digests.remember(digests.stamp(target), files[name])
        for left in list(os.scandir(work)):
            shutil.rmtree(left)  # folders, empty now: the next group begins without any
        if recipe is not None:
            keep.put(f"group {recipe}", (value, files))
        return value

    def _take(self, name: str, digest: str) -> bool:
        """Take a file of the site before, if it has this content: a second name for it costs nothing."""
        old, new = self.before / name, self._place(name)
        try:
            if digests.of_file(old) != digest:
                return False
            if not new.exists():
                os.link(old, new)
        except OSError:
            return False  # it is not there, or this disk has no second names
        return True

    def _from_cache(self, name: str, digest: str) -> bool:
        content = cache.look(f"file {digest}")
        if content is not None:
            self._write(name, content, digest)
        return content is not None

    def _write(self, name: str, content: bytes, digest: str) -> None:
        target = self._place(name)
        target.write_bytes(content)
        digests.remember(digests.stamp(target), digest)

    def _place(self, name: str) -> Path:
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


@contextmanager
def replacing(dist: Path) -> Iterator[Output]:
    """Give an empty folder to build in; when that has worked, put it in the place of dist."""
    if dist.is_symlink():
        dist = dist.resolve()  # the link stays, and what it leads to is replaced
    if dist.is_mount():
        raise AuthorError(f"--out: {dist} is a mount point and cannot be replaced; name a folder in it")
    try:
        dist.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AuthorError(f"--out: {dist.parent} cannot be made: {error.strerror}") from error
    with contextlib.ExitStack() as stack:
        try:
            work = stack.enter_context(scratch.folder(f".{dist.name}-", dist.parent))
        except OSError as error:
            reason = f"{error.strerror}; --out names another folder"
            raise AuthorError(f"{dist} cannot be built: {dist.parent}: {reason}") from error
        new, old = work / "new", work / "old"
        new.mkdir()
        try:
            yield Output(new, dist)
        except OSError as error:
            error.filename = error.filename or dist.parent  # a full disk does not say of itself which it is
            raise
        if dist.exists() and exchange(new, dist):
            return
        if dist.exists():
            dist.rename(old)
        try:
            new.rename(dist)
        except BaseException:
            if old.exists() and not dist.exists():
                old.rename(dist)
            raise
