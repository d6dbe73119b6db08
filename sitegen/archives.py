"""Python's library and numpy, cut in two: what every start needs, and what comes when it is first imported.

The start's modules are those of start_modules.txt, found by running every figure in a browser
(`python -m tools.find_start_modules`). Nothing that a reader's own code may import is lost: the other modules
lie in archives that `pycore.live.later` asks for when one of their modules is imported.
"""

from __future__ import annotations

import functools
import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from sitegen import bytecode, cache, vendor

LIST = Path(__file__).with_name("start_modules.txt")
STDLIB = "stdlib.pack"  # a zip archive with all modules of the start, compressed as a whole
NUMPY = "numpy.pack"
LATER = {"numpy/random/": "numpy.random.zip", "": "rest.zip"}  # by the beginning of a path; first match counts
INDEX = "later.json"  # in site-packages: module name -> archive
NEVER = ("tests", "f2py", "_pyinstaller", "include")  # folders that no reader's code imports
DOCSTRINGS = ("numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py")  # modules that only add them
EXTENSION = ".cpython-314-wasm32-emscripten.so"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Write files one behind the other, after a list of their names and sizes; compress it all."""
    index = json.dumps([[name, len(content)] for name, content in files.items()]).encode()
    return gzip.compress(b"".join([len(index).to_bytes(4, "little"), index, *files.values()]), 9, mtime=0)


@functools.cache
def build() -> dict[str, bytes]:
    """Return the archives by file name, and the start's extension modules as files that a browser compiles."""
    pins = [*vendor.table()["pyodide"].files.values(), *vendor.table()["numpy"].files.values()]
    recipe = " ".join(["archives", bytecode.recipe(), vendor.sha256(Path(__file__)), vendor.sha256(LIST), *pins])
    made = cache.derived(recipe, lambda: bytecode.archive(_build()))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def libraries() -> dict[str, str]:
    """Return the start's extension modules: file name -> path in site-packages, in the order of loading."""
    paths = (name.replace(".", "/") + EXTENSION for name in start_modules() if name.startswith("numpy."))
    with zipfile.ZipFile(vendor.fetch("numpy")) as wheel:
        return {_wasm(path): path for path in paths if path in wheel.namelist()}


def start_modules() -> list[str]:
    """Names of the modules that every start needs."""
    return LIST.read_text("utf-8").split()


def _build() -> dict[str, bytes]:
    stdlib = _members(vendor.fetch("pyodide", "python_stdlib.zip"))
    numpy = _members(vendor.fetch("numpy")) | dict.fromkeys(DOCSTRINGS, b"")
    sources = {path: content for path, content in (stdlib | numpy).items() if path.endswith(".py")}
    compiled = bytecode.compile_all(sources)
    if compiled is None:
        vendor.console.print("no Node and no Python 3.14 to compile with: figures will start more slowly")
    start = set(start_modules())
    first: dict[str, dict[str, bytes]] = {"stdlib": {}, "numpy": {}}
    later: dict[str, dict[str, bytes]] = {archive: {} for archive in LATER.values()}
    made: dict[str, bytes] = {}
    index = {}
    for path, content in (stdlib | numpy).items():
        name = _module(path)
        group = "numpy" if path in numpy else "stdlib"
        if compiled and path in sources:
            if path + "c" not in compiled:
                continue
            target, body = path + "c", compiled[path + "c"]
        else:
            target, body = path, content
        if name in start and target.endswith(".so"):
            made[_wasm(path)] = content
            first[group][target] = b""  # Python looks for a file; the code is there by then
        elif name in start:
            first[group][target] = body
        else:
            archive = next(archive for beginning, archive in LATER.items() if path.startswith(beginning))
            later[archive][target] = body
            index[name] = archive
    first["numpy"][INDEX] = json.dumps(index, sort_keys=True).encode()
    made[STDLIB] = gzip.compress(bytecode.archive(first["stdlib"]), 9, mtime=0)
    made[NUMPY] = pack(first["numpy"])
    for archive, files in later.items():
        made[archive] = bytecode.archive(files, zipfile.ZIP_DEFLATED)
    return made


def _members(file: Path) -> dict[str, bytes]:
    """Read the modules of an archive."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name.endswith((".py", EXTENSION)) and not set(PurePosixPath(name).parts) & set(NEVER)
        }


def _module(path: str) -> str:
    return path.removesuffix(EXTENSION).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _wasm(path: str) -> str:
    """Name an extension module so that servers say what it is."""
    return PurePosixPath(path).name.removesuffix(EXTENSION) + ".wasm"
