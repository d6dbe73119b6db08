"""Python for the browser: the files that a page's worker loads, and the same files for pages on disk.

Over http the worker fetches the files of one folder, whose name is a hash of its content. From disk, where
`fetch` is refused, the page adds classic scripts that each carry a piece of a file as text.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder
from pyodide_lock import PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec

from sitegen import cache, vendor
from sitegen.errors import ROOT

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
PIECE = 512 * 1024  # characters of base64 in one script: small enough to parse in a few milliseconds


@dataclass(frozen=True)
class Runtime:
    """What a page must know to start Python."""

    base: str  # folder of the files, relative to the page
    sizes: dict[str, int]  # bytes of each file
    pieces: dict[str, int]  # how many scripts carry each file from disk


def build(dist: Path, data: Iterable[str]) -> Runtime:
    """Put everything that Python needs in the browser into dist.

    Parameters
    ----------
    dist
        The folder that the site is built in.
    data
        Files of pycore/data that figures read.
    """
    work = dist / "py" / "new"
    work.mkdir(parents=True)
    for file in CORE:
        shutil.copyfile(vendor.fetch("pyodide", file), work / file)
    numpy = vendor.fetch("numpy")
    shutil.copyfile(numpy, work / numpy.name)
    wheel = build_wheel(work)
    write_lock(work / LOCK, wheel)
    for name in sorted(data):
        shutil.copyfile(ROOT / "pycore" / "data" / name, work / name)
    files = sorted(work.iterdir())
    digest = hashlib.sha256("".join(f"{file.name} {vendor.sha256(file)}\n" for file in files).encode())
    base = work.with_name(digest.hexdigest()[:12])
    work.rename(base)
    files = sorted(base.iterdir())
    pieces = {file.name: write_pieces(file, dist / "disk") for file in files}
    sizes = {file.name: file.stat().st_size for file in files}
    return Runtime(f"py/{base.name}/", sizes, pieces)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of pycore, without its data files: the page fetches those that it needs.

    The wheel's bytes depend on its content alone, so an unchanged pycore keeps its hash.
    """
    os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    del config["project"]["readme"]  # it is no part of what runs, and a word in it would change the wheel
    config["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"] = [
        "pycore/data/*.npz",
        "pycore/data/*.json",
        "pycore/data/*.md",
    ]
    builder = WheelBuilder(str(ROOT), config=config)
    return Path(next(builder.build(directory=str(folder), versions=["standard"])))


def write_lock(target: Path, wheel: Path) -> None:
    """Write a lock file for the packages shipped, and no others: numpy as pinned upstream, and pycore."""
    official = json.loads(vendor.fetch("pyodide", LOCK).read_text("utf-8"))
    official["packages"] = {"numpy": official["packages"]["numpy"]}
    # Pyodide 314 no longer writes this field; pyodide-lock 0.1, the newest for Python 3.11, insists on it.
    official["info"].setdefault("version", vendor.table()["pyodide"].version)
    target.write_text(json.dumps(official), "utf-8")
    add_wheels_to_spec(PyodideLockSpec.from_json(target), [wheel]).to_json(target)


def write_pieces(file: Path, folder: Path) -> int:
    """Write a file as scripts that hold it as gzip in base64; return their number."""
    folder.mkdir(exist_ok=True)
    text = base64.b64encode(_gzip(file)).decode()
    pieces = [text[i : i + PIECE] for i in range(0, len(text), PIECE)]
    for i, piece in enumerate(pieces):
        call = f"pyDisk({json.dumps(file.name)},{i},{json.dumps(piece)});\n"
        (folder / f"{file.name}.{i}.js").write_text(call, "ascii")
    return len(pieces)


def _gzip(file: Path) -> bytes:
    """Compress a file, or take it from the cache: the wasm alone takes a second."""
    return cache.derived(f"gzip {vendor.sha256(file)}", lambda: gzip.compress(file.read_bytes(), 9, mtime=0))
