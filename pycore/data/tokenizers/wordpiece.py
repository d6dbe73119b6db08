"""The vocabulary of BERT (uncased), as all-MiniLM-L6-v2 was published with it: 30,522 tokens."""

from __future__ import annotations

import functools

from pycore.data import unzipped
from pycore.tokenizers.wordpiece import WordPieceTokenizer

FILE = "tokenizers/wordpiece.txt.gz"


@functools.cache
def wordpiece() -> WordPieceTokenizer:
    """Read the vocabulary.

    >>> len(wordpiece().vocabulary), wordpiece().tokenize("Call me Ishmael.")
    (30522, ['call', 'me', 'is', '##hma', '##el', '.'])
    """
    return WordPieceTokenizer(unzipped(FILE).removesuffix("\n").split("\n"))
