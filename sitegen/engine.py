"""Pyodide's engine, the script around its WebAssembly, without what it says 4,400 times.

A worker without permissions takes its whole source from one address, so each start pays for its length. More
than a quarter of the engine hands on, one by one, exports of the WebAssembly that it never uses itself.
"""

from __future__ import annotations

import re
from collections import Counter

_DECLARED = re.compile(r"(?<=\bvar )[\w$,]+(?=;function assignWasmExports\()")
_HANDED_ON = re.compile(r'(_(\w+))=Module\["\1"\]=wasmExports\["\2"\];')
_NAME = re.compile(r"[\w$]+")
_IN_A_LINE = 3  # times that such a name is said: declared, given its value, kept in Module


def trimmed(source: str) -> str:
    """Hand on in one loop the exports that the engine does not use itself.

    Parameters
    ----------
    source
        The engine as it was published. One that is written otherwise comes back as it is.
    """
    declared = _DECLARED.search(source)
    if not declared:
        return source
    said = Counter(_NAME.findall(source))
    names = declared[0].split(",")
    spare = {name for name in names if said[name] == _IN_A_LINE}
    lines = [line for line in _HANDED_ON.finditer(source, declared.end()) if line[1] in spare]
    if not lines:
        return source
    moved = {line[1] for line in lines}
    exports = " ".join(line[2] for line in lines)
    loop = f'for(const name of "{exports}".split(" "))Module["_"+name]=wasmExports[name];'
    first = lines[0].start()
    return "".join(
        (
            source[: declared.start()],
            ",".join(name for name in names if name not in moved),
            source[declared.end() : first],
            loop,
            _HANDED_ON.sub(lambda line: "" if line[1] in moved else line[0], source[first:]),
        )
    )
