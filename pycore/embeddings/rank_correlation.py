"""Spearman's rank correlation: how far two lists of numbers put the same things in the same order.

The usual score for word vectors: one list holds what people say of pairs of words, the other their cosines
(Spearman 1904; used so with WordSim-353 and its successors). Left out: significance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ranks(x: ArrayLike) -> NDArray[np.float64]:
    """Rank numbers from 1 for the smallest; equal ones share the mean of their ranks.

    Examples
    --------
    >>> ranks([10, 30, 20, 30])
    array([1. , 3.5, 2. , 3.5])
    """
    x = np.asarray(x, dtype=np.float64)
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place])


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Correlation of the ranks of two lists, in [-1, 1].

    Parameters
    ----------
    x, y
        [n], n of 2 or more. Only their order counts.

    Raises
    ------
    ValueError
        When the shapes are not one [n], a value is NaN, or all values of a list are equal.

    Examples
    --------
    >>> spearman([1, 2, 3], [1, 10, 100]), spearman([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
        raise ValueError(f"expected two lists of one length, 2 or more; found shapes {x.shape} and {y.shape}")
    if np.any(np.isnan(x)) or np.any(np.isnan(y)):
        raise ValueError("expected numbers; found NaN")
    a, b = ranks(x), ranks(y)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    if size == 0:
        raise ValueError("expected numbers that differ; a list whose values are all equal has no order")
    return float(np.clip(a @ b / size, -1.0, 1.0))
