"""Files on demand: made when the site is built, cut into pieces that the page fetches when a reader asks.

A piece is a classic script in UTF-16 that calls `pyPiece` with a function whose text is a comment, and the
comment its bytes, two a character. Over http the page fetches the script and cuts them out; from disk, where
that is refused, it runs the script and asks the function for its text. So one copy serves both. A comment is
not copied as the script is read, as a text between quotes is; and a browser keeps a text with any other
character than the first 256 in two bytes each, so none of them is wasted. What UTF-16 cannot say, or what
would end the comment, is escaped: in random bytes one pair of 32. A piece is named by its hash, so another
build leaves those that are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pycore.live import catalog
from pycore.live.demand import OnDemand
from sitegen import imports, runtime, vendor
from sitegen.errors import AuthorError, allowed
from sitegen.output import Output

FOLDER = "large"
BEGINNING, END = "\ufeffpyPiece(() => {/*".encode("utf-16-le"), "*/});\n".encode("utf-16-le")
STAR, TURNED = ord("*"), 0x8000  # a pair that is escaped stands behind a star, with its highest bit turned
SURROGATES = range(0xD800, 0xE000)
Entry = tuple[int, str, str]  # bytes, their SHA-256 in base64, and the script's in hex, which is in its name


@dataclass(frozen=True)
class Written:
    """What a page must know of a set."""

    title: str
    memory: int  # bytes that must be free beside the files
    most: int  # bytes that readers are told of
    size: int  # bytes of all files
    index: Entry | None  # the piece that lists the others; None in a build without the set

    def config(self) -> dict[str, Any]:
        """Return it as the page's script reads it."""
        return {
            "title": self.title,
            "memory": self.memory,
            "most": self.most,
            "bytes": self.size,
            "index": self.index,
        }


def find(paths: Iterable[str]) -> dict[str, OnDemand]:
    """Return the sets that figures name, by name.

    Raises
    ------
    AuthorError
        When two sets have one name.
    """
    found: dict[str, OnDemand] = {}
    for path in sorted(set(paths)):
        named = catalog.load(path).on_demand
        if named and found.setdefault(named.name, named) != named:
            raise AuthorError(f'two sets of files on demand are named "{named.name}"; one is named by {path}')
    return found


def write(out: Output, sets: Mapping[str, OnDemand], without: Iterable[str]) -> dict[str, Written]:
    """Write the sets of a course.

    Parameters
    ----------
    without
        Names of those that the site shall do without.

    Raises
    ------
    AuthorError
        When the course has no set of such a name, or one cannot be made.
    """
    for name in without:
        if name not in sets:
            raise AuthorError(f"--without: no figure of this course names such a set: {allowed(name, sets)}")
    return {
        name: Written(named.title, 0, 0, 0, None) if name in without else _write(out, named)
        for name, named in sets.items()
    }


def _write(out: Output, named: OnDemand) -> Written:
    made_by = imports.code(named.make.__module__, __name__)
    told = f"{named.name} {named.title} {named.memory} {named.most} {named.piece}"
    recipe = f"on demand {told} {made_by} {vendor.table()!r}"
    try:
        return out.group(recipe, lambda folder: build(folder, named))
    except AuthorError as error:
        raise AuthorError(f"{error}\nOr build with --without {named.name}") from error


def build(dist: Path, named: OnDemand) -> Written:
    """Make the files of a set and write their pieces into dist."""
    folder = dist / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = dict(named.make(vendor.fetch))
    pieces = {
        file: [
            _write_piece(folder, named.name, content[start : start + named.piece])
            for start in range(0, len(content), named.piece)
        ]
        for file, content in files.items()
    }
    index = _write_piece(folder, named.name, json.dumps(pieces, separators=(",", ":")).encode())
    size = sum(map(len, files.values()))
    return Written(named.title, named.memory, named.most or size + named.memory, size, index)


def _write_piece(folder: Path, name: str, content: bytes) -> Entry:
    script = BEGINNING + _escaped(content) + END
    digest = hashlib.sha256(script).hexdigest()
    (folder / f"{name}.{digest[:20]}.js").write_bytes(script)
    return len(content), runtime.digest(content), digest


def _escaped(content: bytes) -> bytes:
    pairs = np.frombuffer(content + bytes(len(content) % 2), "<u2")
    escaped = (pairs == STAR) | ((pairs >= SURROGATES.start) & (pairs < SURROGATES.stop))
    text = np.repeat(pairs, 1 + escaped)
    stars = np.flatnonzero(escaped) + np.arange(np.count_nonzero(escaped))
    text[stars] = STAR
    text[stars + 1] ^= TURNED
    return text.tobytes()
