"""A direction along which word vectors lean, and what is left when it is taken out.

Bolukbasi et al. 2016 (arXiv 1607.06520): the direction is what pairs such as she and he differ in most, and
"hard debiasing" projects it out of all other words (their *neutralize*). Their *equalize*, which moves the
pairs themselves, is left out, and so is the classifier that finds the words to leave alone. How well the
words can still be told apart afterwards is measured by their neighbours (Gonen & Goldberg 2019, arXiv
1903.03862).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats
from pycore.embeddings.similarity import normalize


def bias_direction(ones: ArrayLike, others: ArrayLike) -> Floats:
    """Find the direction in which the two words of each pair differ most, over all pairs.

    It is the first principal component of all words, each measured from the middle of its own pair. One pair
    gives its own difference, at length one.

    Parameters
    ----------
    ones, others
        The first and the second word of each pair, [m, d].

    Returns
    -------
    Floats
        The direction, float64 [d], of length one; the first words lie further along it, on average.

    Raises
    ------
    ValueError
        When the two are not of one shape [m, d] with at least one pair, a value is not finite, or the words
        of every pair are alike.

    Examples
    --------
    >>> bias_direction([[3.0, 1.0], [5.0, 2.0]], [[1.0, 1.0], [2.0, 2.0]])
    array([1., 0.])
    """
    one, other = np.asarray(ones, dtype=np.float64), np.asarray(others, dtype=np.float64)
    if one.ndim != 2 or one.shape != other.shape or not one.size:
        raise ValueError(f"expected pairs, twice [m, d]; found shapes {one.shape} and {other.shape}")
    # Half a difference up and half a difference down have the same components as the differences.
    apart = one - other
    if not np.all(np.isfinite(apart)):
        raise ValueError("expected finite numbers; found NaN or infinity")
    if not np.any(apart):
        raise ValueError("expected words that differ within a pair; found none")
    direction = np.linalg.svd(apart, full_matrices=False)[2][0]
    return np.asarray(direction * np.copysign(1.0, np.sum(apart @ direction)) + 0.0)


def neutralize(x: ArrayLike, direction: ArrayLike) -> Floats:
    """Take a direction out of vectors, and scale what is left to length one again.

    Parameters
    ----------
    x
        One vector [d] or one vector a row [..., d].
    direction
        [d], of length one.

    Returns
    -------
    Floats
        float64, the shape of `x`; its dot product with the direction is zero.

    Raises
    ------
    ValueError
        When the direction has another length than one or does not fit, or nothing is left of a vector.

    Examples
    --------
    >>> neutralize([3.0, 4.0, 2.0], [1.0, 0.0, 0.0]).round(3)
    array([0.   , 0.894, 0.447])
    """
    x, direction = np.asarray(x, dtype=np.float64), np.asarray(direction, dtype=np.float64)
    if direction.ndim != 1 or x.shape[-1:] != direction.shape or not abs(direction @ direction - 1) < 1e-9:
        raise ValueError(f"expected a direction [d] of length one for vectors [..., d]; found {x.shape}")
    rest = x - (x @ direction)[..., np.newaxis] * direction
    # What rounding leaves of a vector along the direction is noise, and must not be blown up to length one.
    if not np.all(np.linalg.norm(rest, axis=-1) > 1e-9 * np.linalg.norm(x, axis=-1)):
        raise ValueError("expected vectors that do not lie along the direction; nothing is left of one")
    return np.asarray(normalize(rest), dtype=np.float64)


def share_among_nearest(
    queries: ArrayLike, crowd: ArrayLike, marked: ArrayLike, k: int, itself: ArrayLike | None = None
) -> Floats:
    """Share of marked rows among the k rows of a crowd that are nearest to each query, by cosine.

    Parameters
    ----------
    queries, crowd
        Rows of length one, [m, d] and [n, d].
    marked
        Whether a row of the crowd is marked, [n].
    k
        How many neighbours; at most n, less one when a query is in the crowd.
    itself
        Which row of the crowd each query is, [m], and so does not count as its neighbour; -1 for a query that
        is not in the crowd, as all are if it is not given.

    Returns
    -------
    Floats
        A share from 0 to 1 for each query, float64 [m].

    Raises
    ------
    ValueError
        When the shapes do not fit, or k or a row is out of range.

    Examples
    --------
    >>> crowd = normalize([[1.0, 0.0], [9.0, 1.0], [0.0, 1.0], [1.0, 9.0]])
    >>> share_among_nearest(crowd[:1], crowd, [True, True, False, False], k=2, itself=[0])
    array([0.5])
    """
    query, rows = np.asarray(queries, dtype=np.float64), np.asarray(crowd, dtype=np.float64)
    mark = np.asarray(marked, dtype=bool)
    if query.ndim != 2 or rows.ndim != 2 or query.shape[1] != rows.shape[1] or mark.shape != rows.shape[:1]:
        raise ValueError(
            f"expected queries [m, d], crowd [n, d] and marked [n]; "
            f"found {query.shape}, {rows.shape} and {mark.shape}"
        )
    own = np.full(len(query), -1) if itself is None else np.asarray(itself)
    if own.shape != query.shape[:1] or np.any((own < -1) | (own >= len(rows))):
        raise ValueError(f"expected for each query a row from 0 to {len(rows) - 1}, or -1; found {own}")
    inside = own >= 0
    most = len(rows) - bool(inside.any())
    if not 1 <= k <= most:
        raise ValueError(f"expected k from 1 to {most}; found {k}")
    cosines = query @ rows.T
    cosines[inside, own[inside]] = -np.inf
    nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    return np.asarray(mark[nearest].mean(axis=1))
