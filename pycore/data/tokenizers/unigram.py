"""The small unigram tokenizer of lesson 02: 8,000 pieces, learned from American speeches and *Moby Dick*."""

from __future__ import annotations

import functools

from pycore.data import unzipped
from pycore.tokenizers.unigram import UnigramTokenizer

FILE = "tokenizers/unigram.txt.gz"


@functools.cache
def unigram() -> UnigramTokenizer:
    """Read the pieces and their scores.

    >>> len(unigram().scores), unigram().tokenize("Call me Ishmael.")
    (8000, ['▁C', 'all', '▁me', '▁Ishmael', '.'])
    """
    rows = (line.split("\t", 1) for line in unzipped(FILE).removesuffix("\n").split("\n"))
    return UnigramTokenizer({piece: float(score) for score, piece in rows})
