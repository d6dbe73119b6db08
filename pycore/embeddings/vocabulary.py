"""Counted words and numbered text: what the trainers of word vectors start from.

Follows word2vec and GloVe: words are numbered from the most frequent on, and rare ones are left out as if the
text had never held them. Left out: cutting text into words (the caller does), and a token for unknown words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pycore.arrays import Ints


class Corpus(NamedTuple):
    """Sentences laid end to end: for each token its word's id and the number of its sentence, both (n,)."""

    ids: Ints
    sentence: Ints


@dataclass(frozen=True)
class Vocabulary:
    """Words from the most to the least frequent, and their counts; a word's id is its place in that order."""

    words: tuple[str, ...]
    counts: Ints

    @classmethod
    def build(cls, sentences: Iterable[Sequence[str]], min_count: int = 5) -> Vocabulary:
        """Count words and keep those that occur at least `min_count` times.

        Words with equal counts keep the order in which they first occurred.

        Raises
        ------
        ValueError
            When no word is frequent enough, `min_count` is below 1, or a sentence is a string, not words.

        Examples
        --------
        >>> vocabulary = Vocabulary.build([["to", "be", "or", "not", "to", "be"]], min_count=2)
        >>> vocabulary.words, vocabulary.counts
        (('to', 'be'), array([2, 2]))
        """
        if min_count < 1:
            raise ValueError(f"expected a min_count of 1 or more, found {min_count}")
        counter: Counter[str] = Counter()
        for sentence in sentences:
            counter.update(_as_words(sentence))
        kept = [(word, count) for word, count in counter.most_common() if count >= min_count]
        if not kept:
            most = max(counter.values(), default=0)
            raise ValueError(f"expected words that occur at least {min_count} times, found at most {most}")
        return cls(tuple(word for word, _ in kept), np.array([count for _, count in kept], np.intp))

    @cached_property
    def index(self) -> dict[str, int]:
        """The id of each word."""
        return {word: place for place, word in enumerate(self.words)}

    def encode(self, sentences: Iterable[Sequence[str]]) -> Corpus:
        """Turn sentences into ids; words that are not in the vocabulary are left out, as if never written.

        Examples
        --------
        >>> Vocabulary(("sea", "the"), np.array([9, 8])).encode([["the", "calm", "sea"], ["sea"]])
        Corpus(ids=array([1, 0, 0]), sentence=array([0, 0, 1]))
        """
        ids: list[int] = []
        lengths: list[int] = []
        for sentence in sentences:
            known = [self.index[word] for word in _as_words(sentence) if word in self.index]
            ids += known
            lengths.append(len(known))
        number = np.repeat(np.arange(len(lengths)), np.array(lengths, np.intp))
        return Corpus(np.array(ids, np.intp), number)


def _as_words(sentence: Sequence[str]) -> Sequence[str]:
    # A string is a sequence of strings too, and would quietly train on letters.
    if isinstance(sentence, str):
        raise ValueError(f"expected a sentence as a list of words, found the string {sentence[:40]!r}")
    return sentence
