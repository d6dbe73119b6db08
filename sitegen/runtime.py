"""Python for the browser: the files that a page loads for it, and the same files for pages on disk.

Over http the page fetches them from two folders, each named by a hash of its content: Pyodide, numpy and
Python's library in one, pycore and its data in the other, so that another pycore leaves the first as it is.
From disk, where `fetch` is refused, the page adds classic scripts that each carry a piece of a file as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitegen import archives, cache, engine, spoken, vendor
from sitegen.errors import ROOT

LOADER, ENGINE, WASM = CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
PYCORE = "pycore.pack"
PIECE = 512 * 1024  # characters of base64 in one script: small enough to parse in a few milliseconds


@dataclass(frozen=True)
class Files:
    """Files that lie in one folder."""

    folder: str  # relative to the page
    sizes: dict[str, int]  # bytes of each file
    hashes: dict[str, str]  # SHA-256 of each file in base64: the page uses no other
    pieces: dict[str, int]  # how many scripts carry each file from disk


@dataclass(frozen=True)
class ThirdParty(Files):
    """Pyodide, numpy and Python's library."""

    libraries: dict[str, str]  # extension modules, to be loaded in this order: file -> path in site-packages
    lock: str  # what Pyodide must be told about packages: that it has none to load


@dataclass(frozen=True)
class Runtime:
    """What a page must know to start Python."""

    third: ThirdParty
    own: Files  # pycore and its data

    def told(self) -> dict[str, Any]:
        """Return it as the script of a start knows it."""
        files = {
            name: [size, part.pieces[name], part.folder, part.hashes[name]]
            for part in (self.third, self.own)
            for name, size in part.sizes.items()
        }
        return {"files": files, "libraries": list(self.third.libraries.items()), "lock": self.third.lock}


def build_third_party(dist: Path, worker: str) -> ThirdParty:
    """Put what others made into dist, the folder that the site is built in, for this source of the worker."""
    files = {file: vendor.fetch("pyodide", file).read_bytes() for file in CORE} | archives.build()
    modules = [files[WASM], *archives.extension_modules()]
    files[ENGINE] = engine.shrunk(files[ENGINE], files[LOADER].decode() + worker, modules)
    official = json.loads(vendor.fetch("pyodide", "pyodide-lock.json").read_text("utf-8"))
    lock = json.dumps({"info": official["info"], "packages": {}})
    return ThirdParty(**vars(_put(dist, files)), libraries=archives.libraries(), lock=lock)


def build_own(dist: Path, data: Iterable[str]) -> Files:
    """Put pycore into dist, and the files of pycore/data that figures read."""
    files = {name: (ROOT / "pycore" / "data" / name).read_bytes() for name in sorted(data)}
    return _put(dist, {PYCORE: pycore_pack()} | files)


def _put(dist: Path, files: Mapping[str, bytes]) -> Files:
    (dist / "disk").mkdir(parents=True, exist_ok=True)
    return Files(
        folder=_write(dist, files),
        sizes={name: len(content) for name, content in files.items()},
        hashes={name: digest(content) for name, content in files.items()},
        pieces={name: _write_pieces(name, content, dist / "disk") for name, content in files.items()},
    )


def pycore_pack() -> bytes:
    """Pack pycore without its data files: the page fetches those that it needs."""
    files = sorted((ROOT / "pycore").rglob("*.py"))
    return archives.pack({file.relative_to(ROOT).as_posix(): spoken.source(file) for file in files})


def digest(content: bytes) -> str:
    """Return the hash of a file, as pages and browsers write it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _write(dist: Path, files: Mapping[str, bytes]) -> str:
    """Write files to a folder named for their content; return its path, relative to a page."""
    digests = (f"{name} {hashlib.sha256(content).hexdigest()}\n" for name, content in sorted(files.items()))
    folder = dist / "py" / hashlib.sha256("".join(digests).encode()).hexdigest()[:12]
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return f"py/{folder.name}/"


def _write_pieces(name: str, content: bytes, folder: Path) -> int:
    """Write a file as scripts that hold it as gzip in base64; return their number."""
    text = base64.b64encode(_gzip(content)).decode()
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    for i, piece in enumerate(pieces):
        call = f"pyDisk({json.dumps(name)},{i},{json.dumps(piece)});\n"
        (folder / f"{name}.{i}.js").write_text(call, "ascii")
    return len(pieces)


def _gzip(content: bytes) -> bytes:
    """Compress a file, or take it from the cache: the wasm alone takes a second."""
    digest = hashlib.sha256(content).hexdigest()
    return cache.derived(f"gzipped {digest}", lambda: archives.gzipped(content))
