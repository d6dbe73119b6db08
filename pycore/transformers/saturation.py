"""How scores spread with the width of queries and keys, and how a softmax that has hardened stops learning.

Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1 and its footnote: the dot product of two vectors of d
independent numbers of mean 0 and variance 1 has mean 0 and variance d.
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Floats


def random_scores(widths: tuple[int, ...], keys: int, rows: int, seed: int = 0) -> dict[int, Floats]:
    """Draw queries and keys from a standard normal, and return their dot products.

    Parameters
    ----------
    widths
        Of the vectors. A narrow one is the beginning of a wide one, so that one can watch it grow.
    keys, rows
        How many keys each query has, and how many queries.
    seed
        Of the random numbers.

    Returns
    -------
    For each width the scores, shape ``(rows, keys)``.

    Examples
    --------
    >>> scores = random_scores((4, 100), keys=8, rows=2000)
    >>> {d: float(s.std().round(0)) for d, s in scores.items()}
    {4: 2.0, 100: 10.0}
    """
    rng = np.random.default_rng(seed)
    query = rng.normal(size=(rows, 1, max(widths)))
    products = query * rng.normal(size=(rows, keys, max(widths)))
    return {d: products[..., :d].sum(axis=-1) for d in widths}


def responsiveness(weights: Floats) -> Floats:
    """Say how far weights still answer when their scores change: the sum of ``p * (1 - p)``.

    That is the trace of the softmax's Jacobian, through which every gradient of a score must pass. It is
    ``1 - 1 / n`` when n weights are alike, and 0 when one has everything.

    Parameters
    ----------
    weights
        Shape ``(..., n)``; each row sums to 1.

    Returns
    -------
    Shape ``(...)``.

    Examples
    --------
    >>> responsiveness(np.array([[0.5, 0.5], [1.0, 0.0]]))
    array([0.5, 0. ])
    """
    return np.asarray((weights * (1 - weights)).sum(axis=-1))
