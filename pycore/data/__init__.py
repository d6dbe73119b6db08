"""Small derived data that the figures use. README.md beside it names sources, licences and hashes.

The browser's copy of pycore comes without these files; the page fetches those that its figures name.
"""

from __future__ import annotations

import functools
from pathlib import Path

from pycore.vectors import WordVectors

FOLDER = Path(__file__).parent


@functools.cache
def word_vectors() -> WordVectors:
    """Vectors of about 10,000 frequent English words: GloVe 6B, 100-d, in order of frequency."""
    return WordVectors.load(FOLDER / "glove-100d.npz")
