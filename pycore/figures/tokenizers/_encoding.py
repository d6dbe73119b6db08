"""The encoding of one text by GPT-2's list, or one that came on demand, as far as it has been asked for."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pycore.data.tokenizers import vocabularies
from pycore.figures.tokenizers import _openai
from pycore.figures.tokenizers._pieces import text_of
from pycore.live.expect import lone_surrogate
from pycore.tokenizers.ranked import RankedTokenizer


@dataclass(frozen=True)
class Place:
    """How far encoding has come: tokens, words and characters that are done, and whether these are all."""

    tokens: int
    words: int
    characters: int
    over: bool


class Run:
    """The encoding of one text, as far as it has been asked for."""

    def __init__(self, text: str, tokenizer: RankedTokenizer) -> None:
        self.text = text
        self.tokenizer = tokenizer
        self.ids: list[int] = []
        self.words: list[tuple[int, ...]] = []
        self.starts: list[int] = []  # of each word, among the tokens
        self._bits = tokenizer.encode_in_bits(text)
        self._places = [Place(0, 0, 0, not text)]

    def at(self, bits: int) -> Place:
        """Return how far it is after so many bits of work; what is not done yet is done now."""
        while len(self._places) <= bits and not self._places[-1].over:
            words, characters = next(self._bits)
            for word in words:
                self.starts.append(len(self.ids))
                self.ids += word
            self.words += words
            over = characters == len(self.text)
            self._places.append(Place(len(self.ids), len(self.words), characters, over))
        return self._places[min(bits, len(self._places) - 1)]

    @functools.cached_property
    def equal(self) -> bool:
        """Whether the tokens, decoded, are the text."""
        return self.tokenizer.decode(self.ids, errors="strict") == self.text

    @functools.cached_property
    def cut(self) -> int:
        """How many tokens are no whole characters by themselves."""
        return sum(text_of(self.tokenizer.vocabulary[id_]) is None for id_ in self.ids)


def tokenizer(which: str) -> RankedTokenizer:
    """Return the tokenizer of a list that is here."""
    return vocabularies.gpt2() if which == "gpt2" else _openai.tokenizer(which)


@functools.lru_cache(maxsize=4)
def run(text: str, which: str = "gpt2") -> Run:
    """Return the encoding of a text; one that UTF-8 cannot hold is taken as an empty one."""
    return Run("" if lone_surrogate(text) else text, tokenizer(which))
