"""Turning one vector space onto another: the orthogonal Procrustes problem.

Two trainings of one model may agree about all distances and angles and still share no direction: nothing
fixes how a space is turned. Where some words are known in both, the turn can be found; Schönemann 1966 has
the closed form, and Hamilton et al. 2016 (arXiv 1605.09096) align word vectors of different decades with
it.

Left out: scaling, shifting, and finding out by itself which rows belong together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def procrustes(source: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Find the rotation, possibly with a reflection, that brings `source` nearest to `target`.

    Of all orthogonal matrices R it is the one with the least sum of squares of `source @ R - target`. It
    turns the space as a whole, so lengths and cosines within the source stay as they are.

    Parameters
    ----------
    source, target
        The same n things in two spaces, one a row, [n, d]. Scale rows to length one first if only their
        directions matter. With fewer than d independent rows some directions are turned arbitrarily.

    Returns
    -------
    R
        Orthogonal, float64 [d, d]; `x @ R` takes a row of the source's space to the target's.

    Raises
    ------
    ValueError
        When the shapes are not one [n, d] with n and d of 1 or more, or a value is not finite.

    Examples
    --------
    >>> quarter_turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> x = np.array([[1.0, 0.0], [3.0, 4.0]])
    >>> procrustes(x, x @ quarter_turn).round(9)
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    a, b = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if a.ndim != 2 or a.shape != b.shape or not a.size:
        raise ValueError(f"expected two arrays of one shape [n, d]; found {a.shape} and {b.shape}")
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
        raise ValueError("expected finite numbers; found NaN or infinity")
    # trace(Rᵀ AᵀB) is to be as large as it can; with AᵀB = U S Vᵀ it is at most the sum of S, at R = U Vᵀ.
    left, _, right = np.linalg.svd(a.T @ b)
    return np.asarray(left @ right)
