"""Small derived data that figures use, in a folder for each subject; README.md there names sources.

A file is named by its path from here, such as "embeddings/glove-100d.npz". The browser's copy of pycore comes
without these files; the page fetches those that its figures name.
"""

from __future__ import annotations

import zlib
from pathlib import Path

FOLDER = Path(__file__).parent
_GZIP = 31  # zlib: a window of any size, in the wrapping of gzip


def unzipped(name: str) -> str:
    """Read a file that is compressed text; not with `gzip`, which a page would have to fetch first."""
    return zlib.decompress((FOLDER / name).read_bytes(), _GZIP).decode("utf-8")
