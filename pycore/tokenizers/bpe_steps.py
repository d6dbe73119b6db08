"""Learning a byte pair encoding one merge at a time, so that each step can be looked at.

The rules are those of `pycore.tokenizers.bpe_training` (Sennrich et al. 2016, on bytes as GPT-2), which
learns the same merges faster. Here every step counts all pairs again, as one would by hand, and earlier steps
stay at hand: for texts of a few thousand characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from pycore.tokenizers.bpe_training import Pair, replace_pair
from pycore.tokenizers.byte_alphabet import BYTES, to_byte_ids

Words = tuple[tuple[int, ...], ...]


class StepwiseTraining:
    """What `learn_merges` does, step by step.

    Parameters
    ----------
    words
        Word to the number of its occurrences.
    min_count
        Least number of occurrences of a pair that is merged.

    Attributes
    ----------
    merges : list of (int, int)
        Pairs learned so far; pair k makes id 256 + k.
    vocabulary : list of bytes
        What each id stands for.

    Raises
    ------
    ValueError
        If `min_count` is below 1.
    UnicodeEncodeError
        If a word has a lone surrogate. It is a ValueError.

    Examples
    --------
    >>> training = StepwiseTraining({"low": 5, "lower": 2, "newest": 6, "widest": 3})
    >>> training.learn(3)
    3
    >>> training.vocabulary[256:]
    [b'es', b'est', b'lo']
    """

    def __init__(self, words: Mapping[str, int], min_count: int = 2) -> None:
        if min_count < 1:
            raise ValueError(f"expected min_count >= 1, found {min_count}")
        self.merges: list[Pair] = []
        self.vocabulary = [bytes([byte]) for byte in BYTES]
        self._frequency = list(words.values())
        self._least = min_count
        self._index = {word: at for at, word in enumerate(words)}
        # Words that a merge leaves alone are shared between the steps.
        self._steps: list[Words] = [tuple(tuple(to_byte_ids(word)) for word in words)]

    def learn(self, count: int) -> int:
        """Learn until there are so many merges or no pair is left; return how many, `count` at most."""
        while len(self.merges) < count:
            ranked = self.ranked(len(self.merges), 1)
            if not ranked or ranked[0][1] < self._least:
                break
            pair, new = ranked[0][0], len(self.vocabulary)
            self.merges.append(pair)
            self.vocabulary.append(self.vocabulary[pair[0]] + self.vocabulary[pair[1]])
            self._steps.append(
                tuple(
                    tuple(replace_pair(list(word), pair, new)) if pair in pairwise(word) else word
                    for word in self._steps[-1]
                )
            )
        return min(len(self.merges), count)

    def words(self, step: int) -> Words:
        """Return the tokens of all words after so many merges, which must have been learned."""
        return self._steps[step]

    def tokens(self, word: str, step: int) -> tuple[int, ...]:
        """Return the tokens of one of the words after so many merges."""
        return self._steps[step][self._index[word]]

    def counts(self, step: int) -> Counter[Pair]:
        """Count the pairs of neighbours after so many merges; overlapping ones all count.

        >>> StepwiseTraining({"aaa": 2}).counts(0)
        Counter({(64, 64): 4})
        """
        counted: Counter[Pair] = Counter()
        for word, times in zip(self._steps[step], self._frequency, strict=True):
            for pair in pairwise(word):
                counted[pair] += times
        return counted

    def ranked(self, step: int, most: int) -> list[tuple[Pair, int]]:
        """Return the pairs after so many merges with their counts, the one that is merged next first."""
        # Of equal counts the lowest ids come first.
        return sorted(self.counts(step).items(), key=lambda item: (-item[1], item[0]))[:most]
