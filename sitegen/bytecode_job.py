"""Compile sources.zip to compiled.zip in the folder named on the command line, or given as WORK.

Runs in a Python of the browser's version, outside of this project: it imports the standard library only.
"""

import contextlib
import sys
import types
import zipfile
from importlib import _bootstrap_external
from pathlib import Path

NO_COLUMNS = 13  # a kind of entry in a table of lines: it covers up to 8 units of code
HOLDS_DOCS = "_pyodide/"  # Pyodide reads docstrings of its own at the start


def slim(code: types.CodeType) -> types.CodeType:
    """Give every instruction of a function the line that the function starts at."""
    units = len(code.co_code) // 2
    lines = b"".join(
        bytes([0x80 | NO_COLUMNS << 3 | min(8, units - start) - 1, 0]) for start in range(0, units, 8)
    )
    return code.replace(co_linetable=lines, co_consts=tuple(map(constant, code.co_consts)))


def constant(value: object) -> object:
    """Make functions smaller, and intern all texts: of some, Pythons do not agree whether they are."""
    if isinstance(value, types.CodeType):
        return slim(value)
    if isinstance(value, str):
        return sys.intern(value)
    return tuple(map(constant, value)) if isinstance(value, tuple) else value


def compiled(name: str, source: bytes) -> bytes:
    """Return the content of a .pyc file that is never checked against its source."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0 if name.startswith(HOLDS_DOCS) else 2)
    to_pyc = getattr(_bootstrap_external, "_code_to_hash_pyc")  # noqa: B009  (types do not know it)
    return bytes(to_pyc(slim(code), bytes(8), checked=False))


def main(work: Path) -> None:
    """Compile every file; what this Python cannot read, such as a template, is left out."""
    with zipfile.ZipFile(work / "sources.zip") as archive:
        sources = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(work / "compiled.zip", "w") as target:
        for name, source in sources.items():
            with contextlib.suppress(SyntaxError):
                target.writestr(name + "c", compiled(name, source))


main(Path(globals().get("WORK") or sys.argv[1]))
