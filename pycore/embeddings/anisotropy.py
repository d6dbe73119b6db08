"""How much vectors crowd into one direction, and which coordinates make them.

The measure is the mean cosine of all pairs (Ethayarajh 2019, arXiv 1909.00512): 0 for directions that are
spread evenly, near 1 for a narrow cone. A cosine is a sum over coordinates, so its mean can be split by
coordinate (Timkey & van Schijndel 2021, arXiv 2109.04404), which shows whether a few rogue ones drive it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats
from pycore.embeddings.similarity import normalize


def pair_cosines(x: ArrayLike) -> Floats:
    """Cosines of all pairs of rows.

    Parameters
    ----------
    x
        Vectors, [n, d], n at least 2.

    Returns
    -------
    Floats
        float64 [n (n − 1) / 2]: rows 0 and 1, 0 and 2, and so on.

    Raises
    ------
    ValueError
        When there are fewer than two rows, or one has length zero or is not finite.

    Examples
    --------
    >>> pair_cosines([[1, 0], [0, 2], [3, 0]])
    array([0., 1., 0.])
    """
    unit = _units(x)
    return np.asarray((unit @ unit.T)[np.triu_indices(len(unit), 1)])


def mean_cosine_by_coordinate(x: ArrayLike) -> Floats:
    """Split the mean cosine of all pairs by coordinate.

    The mean of u_i · v_i over all pairs of different rows u and v, each scaled to length one.

    Parameters
    ----------
    x
        Vectors, [n, d], n at least 2.

    Returns
    -------
    Floats
        float64 [d]; they add up to the mean of `pair_cosines`.

    Raises
    ------
    ValueError
        As `pair_cosines`.

    Examples
    --------
    >>> mean_cosine_by_coordinate([[1, 0], [1, 0], [0, 1]]).round(3)
    array([0.333, 0.   ])
    """
    unit = _units(x)
    n = len(unit)
    # The square of a sum holds every pair twice, and each row with itself once.
    return np.asarray((unit.sum(axis=0) ** 2 - (unit**2).sum(axis=0)) / (n * (n - 1)))


def share_of_squares(x: ArrayLike, count: int) -> float:
    """What part of the squared lengths the strongest coordinates hold.

    Parameters
    ----------
    x
        Vectors, [n, d], not all zero.
    count
        How many coordinates to take, from 1 to d: those with the largest sums of squares.

    Returns
    -------
    float
        From count / d, where all coordinates are alike, to 1.

    Raises
    ------
    ValueError
        When `x` has another shape or is all zero, or `count` does not fit it.

    Examples
    --------
    >>> share_of_squares([[3, 1, 0], [3, 0, 1]], 1)
    0.9
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or not x.any() or not 1 <= count <= x.shape[1]:
        raise ValueError(f"expected vectors [n, d] and a count up to d; found shape {x.shape}, count {count}")
    squares = np.sort((x * x).sum(axis=0))
    return float(squares[-count:].sum() / squares.sum())


def _units(x: ArrayLike) -> Floats:
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(f"expected at least two vectors [n, d]; found shape {x.shape}")
    return np.asarray(normalize(x), dtype=np.float64)
