"""What lists of words and of pieces cost on speeches that they never saw; README.md names the source."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass

from pycore.data import FOLDER

COSTS = "tokenizers/word-costs.json"

# A word is a run of letters, also with apostrophes inside; all else but white space is a token by itself.
_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)*)|\S")


@dataclass(frozen=True)
class Sample:
    """A sentence of a later speech.

    Attributes
    ----------
    text
        What was said.
    ranks
        By token of `split_sentence`, the place of a word among the words of earlier speeches, the most
        frequent first; -1 for one that is not among them, None for what is no word.
    cuts
        By size of the list, the bytes of each piece.
    """

    text: str
    ranks: list[int | None]
    cuts: list[list[int]]


@dataclass(frozen=True)
class WordCosts:
    """Costs on the State of the Union speeches after 2000 of lists that were made from those up to 2000.

    Attributes
    ----------
    sizes
        Entries on the lists; the last is that of all words.
    characters, bytes
        Length of the later speeches: what they take character by character, and byte by byte.
    tokens, words
        What they have, cut by `split_sentence`, and how many of that are words.
    unknown
        By size, how many of these words are not on the list of words.
    pieces
        By size, how many pieces byte pair encoding cuts them into; 256 entries are the bytes.
    samples
        Sentences of theirs.
    """

    sizes: list[int]
    characters: int
    bytes: int
    tokens: int
    words: int
    unknown: list[int]
    pieces: list[int]
    samples: list[Sample]


@functools.cache
def word_costs() -> WordCosts:
    """Read the file.

    >>> costs = word_costs()
    >>> len(costs.sizes) == len(costs.unknown) == len(costs.pieces)
    True
    """
    read = json.loads((FOLDER / COSTS).read_text("utf-8"))
    return WordCosts(**{**read, "samples": [Sample(**sample) for sample in read["samples"]]})


def split_sentence(text: str) -> list[tuple[str, bool]]:
    """Cut a text into words and single other characters, without white space; and tell which are words.

    >>> split_sentence("It's 10, no?")
    [("It's", True), ('1', False), ('0', False), (',', False), ('no', True), ('?', False)]
    """
    return [(found[0], found[1] is not None) for found in _WORD.finditer(text)]
