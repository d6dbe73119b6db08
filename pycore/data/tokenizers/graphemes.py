"""The classes by which Unicode 18.0 cuts text into grapheme clusters; README.md names source and licence."""

from __future__ import annotations

import functools

from pycore.data import FOLDER
from pycore.tokenizers.graphemes import Graphemes

CLASSES = "tokenizers/grapheme-classes.txt"


@functools.cache
def graphemes() -> Graphemes:
    """Read the classes: a line for each, its letter and then ranges of code points in hexadecimal.

    >>> graphemes().split("né👍🏽!")
    ['n', 'é', '👍🏽', '!']
    """
    ranges = {}
    for line in (FOLDER / CLASSES).read_text("utf-8").splitlines():
        letter, *written = line.split(" ")
        ends = [text.partition("-") for text in written]
        ranges[letter] = [(int(first, 16), int(last or first, 16)) for first, _, last in ends]
    return Graphemes(ranges)
