"""What a piece of a file on demand holds, read by another's decoder than the page's own."""

from __future__ import annotations

import codecs
import re


def piece_of(script: bytes) -> bytes:
    """Return the bytes in a piece's script, and a zero if they are odd: as a browser that reads UTF-16."""
    assert script.startswith(codecs.BOM_UTF16_LE)
    text = script.decode("utf-16").removeprefix("pyPiece(() => {/*").removesuffix("*/});\n")
    assert "*/" not in text
    pairs = re.sub(r"\*(.)", lambda m: chr(ord(m[1]) ^ 0x8000), text, flags=re.S)
    return pairs.encode("utf-16-le", "surrogatepass")
