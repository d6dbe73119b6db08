"""Python's library and numpy, cut in two: what every start needs, and what comes when it is first imported.

The start's modules are those of start_modules.txt, found by running every figure in a browser
(`python -m tools.find_start_modules`). Nothing that a reader's own code may import is lost: the other modules
lie in archives that `pycore.live.later` asks for when one of their modules is imported.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from sitegen import bytecode, cache, progress, vendor

LIST = Path(__file__).with_name("start_modules.txt")
STDLIB = "stdlib.pack"  # a zip archive with all modules of the start, compressed as a whole
NUMPY = "numpy.pack"
# By the beginning of a path; the first match counts.
LATER = {
    "numpy/linalg/_umath": "numpy.linalg.zip",
    "numpy/ma/": "numpy.ma.zip",  # np.unique imports it
    "numpy/random/": "numpy.random.zip",
    **dict.fromkeys(("base64.py", "hmac.py", "secrets.py"), "numpy.random.zip"),  # it imports them
    **dict.fromkeys(("base64", "hmac", "secrets"), "numpy.random.zip"),  # it imports them
    "": "rest.zip",
}
INDEX = "later.json"  # in site-packages: module name -> archive
NEVER = ("tests", "f2py", "_pyinstaller", "include")  # folders that no reader's code imports
# Modules that do nothing but add docstrings to what is written in C; they are emptied.
DOCSTRINGS = ("numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py")
GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255))  # no name, no time, level 9, no system
EXTENSION = ".cpython-314-wasm32-emscripten.so"


def gzipped(content: bytes) -> bytes:
    """Compress, with a header that is the same for every Python: some name the system in it, some do not."""
    return GZIP_HEADER + zlib.compress(content, 9, wbits=31)[len(GZIP_HEADER) :]


def pack(files: Mapping[str, bytes]) -> bytes:
    """Write files one behind the other, after a list of their names and sizes; compress it all."""
    index = json.dumps([[name, len(content)] for name, content in files.items()]).encode()
    return gzipped(b"".join([len(index).to_bytes(4, "little"), index, *files.values()]))


@functools.cache
def build() -> dict[str, bytes]:
    """Return the archives by file name, and the start's extension modules, for the browser's compiler."""
    stdlib = _members(vendor.fetch("pyodide", "python_stdlib.zip"))
    numpy = _members(vendor.fetch("numpy")) | dict.fromkeys(DOCSTRINGS, b"")
    try:
        stdlib, numpy = _compiled(stdlib, numpy)
    except bytecode.NoCompilerError:
        progress.console().print("no Node and no Python 3.14 to compile with: figures will start more slowly")
    content = bytecode.archive(stdlib) + bytecode.archive(numpy)
    code = f"{vendor.sha256(Path(__file__))} {vendor.sha256(LIST)}"
    recipe = f"archives {code} {hashlib.sha256(content).hexdigest()}"
    made = cache.derived(recipe, lambda: bytecode.archive(_cut(stdlib, numpy)))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def libraries() -> dict[str, str]:
    """Return the start's extension modules: file name -> path in site-packages, in the order of loading."""
    paths = (name.replace(".", "/") + EXTENSION for name in start_modules() if name.startswith("numpy."))
    with zipfile.ZipFile(vendor.fetch("numpy")) as wheel:
        return {_wasm(path): path for path in paths if path in wheel.namelist()}


def extension_modules() -> list[bytes]:
    """Return every extension module that a reader's Python may load."""
    members = _members(vendor.fetch("numpy")) | _members(vendor.fetch("pyodide", "python_stdlib.zip"))
    return [content for name, content in members.items() if name.endswith(EXTENSION)]


def start_modules() -> list[str]:
    """Names of the modules that every start needs."""
    return LIST.read_text("utf-8").split()


def _compiled(*packages: dict[str, bytes]) -> list[dict[str, bytes]]:
    """Put bytecode in the place of sources."""
    sources = {name: content for files in packages for name, content in files.items() if name.endswith(".py")}
    compiled = bytecode.compile_all(sources)
    return [
        {name: content for name, content in files.items() if not name.endswith(".py")}
        | {name + "c": compiled[name + "c"] for name in files if name + "c" in compiled}
        for files in packages
    ]


def _cut(stdlib: Mapping[str, bytes], numpy: Mapping[str, bytes]) -> dict[str, bytes]:
    """Part what the start needs from what comes later."""
    start = set(start_modules())
    made: dict[str, bytes] = {}
    later: dict[str, dict[str, bytes]] = {archive: {} for archive in LATER.values()}
    index: dict[str, str] = {}

    def first(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        for path, content in files.items():
            name = module_name(path)
            if name not in start:
                archive = next(LATER[beginning] for beginning in LATER if path.startswith(beginning))
                later[archive][path] = content
                index[name] = archive
            elif path.endswith(EXTENSION):
                made[_wasm(path)] = content
                yield path, b""  # Python looks for a file; by then the code is there
            else:
                yield path, content

    made[STDLIB] = gzipped(bytecode.archive(dict(first(stdlib))))
    made[NUMPY] = pack(dict(first(numpy)) | {INDEX: json.dumps(index, sort_keys=True).encode()})
    return made | {name: bytecode.archive(files, zipfile.ZIP_DEFLATED) for name, files in later.items()}


def _members(file: Path) -> dict[str, bytes]:
    """Read the modules of an archive."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name.endswith((".py", EXTENSION)) and not set(PurePosixPath(name).parts) & set(NEVER)
        }


def module_name(path: str) -> str:
    """Return the name of the module that a file holds."""
    return re.sub(rf"(/__init__)?(\.pyc?|{re.escape(EXTENSION)})$", "", path).replace("/", ".")


def _wasm(path: str) -> str:
    """Name an extension module so that servers say what it is."""
    return PurePosixPath(path).name.removesuffix(EXTENSION) + ".wasm"
