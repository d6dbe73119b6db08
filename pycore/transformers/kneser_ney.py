"""A language model that only counts: how often tokens followed the four tokens before them.

Modified Kneser-Ney smoothing, interpolated, after Chen & Goodman 1999: of each count a little is taken
away, and what is taken is given out by the next shorter context. A shorter context counts in how many
different company a token was seen, not how often: "Francisco" is frequent, but only behind "San". It was
the best that there was before neural networks, so it is what those must beat. Left out: cutting rare
sequences to save memory, and a mark for a text's beginning; so the first tokens of the text that is learned
from, before which not enough stand for a sequence of full length, do not count on their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Counts:
    """What is known of sequences of one length: each as a number, sorted, and each of its beginnings."""

    keys: Ids
    discounted: NDArray[np.float64]  # count less discount
    contexts: Ids
    totals: NDArray[np.float64]
    taken: NDArray[np.float64]  # of a context: all that was taken away


class KneserNey:
    """A model of tokens by the tokens before them.

    Parameters
    ----------
    tokens
        The text that is learned from, shape ``(n,)``, numbers from 0 to below `vocabulary`.
    vocabulary
        How many different tokens there are.
    order
        The longest sequence that is counted; with 5, a token is told from the four before it.

    Raises
    ------
    ValueError
        When sequences of that order do not fit in 63 bits, or a token is not in the vocabulary.

    Examples
    --------
    >>> text = np.array([0, 1, 2, 0, 1, 3, 0, 1, 2, 0, 1, 2])
    >>> model = KneserNey(text, vocabulary=4, order=3)
    >>> model.probabilities(np.array([0, 1, 2]))[-1] > 0.5
    np.True_

    The chances of all that may come next add up to 1.

    >>> sum(model.probabilities(np.array([0, 1, next_]))[-1] for next_ in range(4)).round(12)
    np.float64(1.0)
    """

    def __init__(self, tokens: NDArray[np.integer[Any]], vocabulary: int, order: int = 5) -> None:
        if vocabulary**order > 2**63:
            raise ValueError(f"expected sequences of at most 63 bits, found {vocabulary} to the {order}")
        self.vocabulary, self.order = vocabulary, order
        keys, counts = np.unique(self._sequences(tokens, order), return_counts=True)
        levels = []
        for length in range(order, 0, -1):
            levels.append(_level(keys, counts, vocabulary))
            # What was seen before it, and how often, is forgotten: each different sequence counts once.
            keys, counts = np.unique(keys % vocabulary ** (length - 1), return_counts=True)
        self._levels = levels[::-1]

    @property
    def size(self) -> int:
        """How many different sequences it keeps a count of, of all lengths."""
        return sum(len(level.keys) for level in self._levels)

    def probabilities(self, tokens: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Tell of each token how likely it was, given those before it.

        Parameters
        ----------
        tokens
            Shape ``(n,)``; the first ones are told from as few as there are before them.

        Returns
        -------
        Shape ``(n,)``.
        """
        chances = np.full(len(tokens), 1 / self.vocabulary)
        for length, level in enumerate(self._levels, 1):
            if length > len(tokens):
                break
            keys = self._sequences(tokens, length)
            context, known = _find(level.contexts, keys // self.vocabulary)
            key, seen = _find(level.keys, keys)
            own = np.where(seen, level.discounted[key], 0.0)
            shorter = chances[length - 1 :]
            longer = (own + level.taken[context] * shorter) / level.totals[context]
            chances[length - 1 :] = np.where(known, longer, shorter)
        return chances

    def _sequences(self, tokens: NDArray[np.integer[Any]], length: int) -> Ids:
        """Write each run of `length` tokens as one number, the first token foremost."""
        ids = np.asarray(tokens, np.int64)
        if len(ids) and not 0 <= ids.min() <= ids.max() < self.vocabulary:
            raise ValueError(f"expected tokens below {self.vocabulary}, found {ids.min()} to {ids.max()}")
        windows = np.lib.stride_tricks.sliding_window_view(ids, length)
        result: Ids = windows @ self.vocabulary ** np.arange(length - 1, -1, -1, dtype=np.int64)
        return result


def discounts(counts: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """How much is taken from a count of 1, of 2, and of 3 or more, by how many such counts there are.

    Chen & Goodman 1999, equation 17; where a count of 1 to 4 never occurs, it is taken as one.

    >>> discounts(np.repeat([1, 2, 3, 4], [80, 30, 15, 9])).round(3)
    array([0.571, 1.143, 1.629])
    """
    n1, n2, n3, n4 = (max(1, int((counts == times).sum())) for times in (1, 2, 3, 4))
    y = n1 / (n1 + 2 * n2)
    found = np.array([1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    return np.asarray(np.clip(found, 0.0, [1.0, 2.0, 3.0]))


def _level(keys: Ids, counts: Ids, vocabulary: int) -> _Counts:
    off = np.concatenate([[0.0], discounts(counts)])[np.minimum(counts, 3)]
    contexts, first = np.unique(keys // vocabulary, return_index=True)
    totals, taken = (np.add.reduceat(each, first) for each in (counts.astype(np.float64), off))
    return _Counts(keys, counts - off, contexts, totals, taken)


def _find(known: Ids, asked: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    """Where numbers stand in a sorted list, and whether they are there at all."""
    places = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return places, known[places] == asked
