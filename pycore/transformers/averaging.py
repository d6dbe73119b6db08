"""Weights for an average of a sentence's vectors that need no learning: equal, by nearness, by likeness.

None of them is attention yet, which learns what to look for (`pycore.transformers.attention`). They show what
is gained and what is missing when a token's vector is replaced by a weighted average of all.
"""

from __future__ import annotations

import math

import numpy as np

from pycore.arrays import Floats
from pycore.transformers.attention import softmax


def equal(n: int) -> Floats:
    """Give each of n tokens the same weight, shape ``(n,)``.

    >>> equal(4)
    array([0.25, 0.25, 0.25, 0.25])
    """
    return np.full(n, 1 / n)


def by_nearness(n: int, at: int) -> Floats:
    """Halve the weight with each place of distance from place `at`; they sum to 1, shape ``(n,)``.

    >>> by_nearness(3, 1).round(2)
    array([0.25, 0.5 , 0.25])
    """
    weights = 0.5 ** np.abs(np.arange(n) - at)
    return np.asarray(weights / weights.sum())


def by_likeness(vectors: Floats, at: int) -> Floats:
    """Weigh by the dot product with the token's own vector: ``softmax(vectors @ vectors[at] / sqrt(d))``.

    Parameters
    ----------
    vectors
        Shape ``(n, d)``.
    at
        Whose new vector is to be made.

    Returns
    -------
    Shape ``(n,)``; they sum to 1.

    Examples
    --------
    >>> by_likeness(np.array([[2.0, 0.0], [0.0, 2.0]]), 0).round(2)
    array([0.94, 0.06])
    """
    return softmax(vectors @ vectors[at] / math.sqrt(vectors.shape[1]))
