"""How well a geometry tells related words from unrelated ones, with pairs from an outside judge.

Word vectors are tested by words that belong together according to somebody else: people's ratings
(WordSim-353, Finkelstein et al. 2002), or, as here, vectors that were trained on far more text. A pair is
*related* where each of the two words is the other's nearest. Left out: degrees of relatedness, and rank
correlation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.embeddings.similarity import normalize

EXACT = 6  # decimals of a cosine that are compared, so that the last bits decide nothing


class PairScore(NamedTuple):
    """What `score_pairs` found: two mean cosines, and how often a partner beats a random word."""

    related: float
    random: float
    ahead: float


def mutual_nearest(vectors: ArrayLike, least: float = 0.0) -> NDArray[np.intp]:
    """Find the pairs of rows of which each is the other's nearest by cosine.

    Parameters
    ----------
    vectors
        [n, d], n at least 2; of equally near rows the first counts as the nearest.
    least
        The smallest cosine that such a pair may have.

    Returns
    -------
    array
        [pairs, 2], the smaller row first, in order of it.

    Raises
    ------
    ValueError
        When there are fewer than two rows, or one has no direction.

    Examples
    --------
    >>> mutual_nearest([[1, 0], [0, 1], [1, 0.1], [0.5, 1]])
    array([[0, 2],
           [1, 3]])
    """
    cosines = _cosines(vectors)
    np.fill_diagonal(cosines, -2)
    nearest = cosines.argmax(axis=1)
    row = np.arange(len(nearest))
    found = (nearest[nearest] == row) & (row < nearest) & (cosines[row, nearest] >= least)
    return np.stack([row[found], nearest[found]], axis=1)


def score_pairs(vectors: ArrayLike, pairs: NDArray[np.intp]) -> PairScore:
    """Compare the cosines of related pairs with those of all pairs.

    Parameters
    ----------
    vectors
        [n, d], n at least 3.
    pairs
        Rows that are related, [pairs, 2], one pair or more.

    Returns
    -------
    PairScore
        The mean cosine of the related pairs; the mean over all pairs of different rows, which is what a pair
        drawn at random can expect; and for the related words, the share of the other rows that lie further
        from a word than its partner does. By chance that is about 0.5, however crowded the space.

    Raises
    ------
    ValueError
        When there is no pair, there are fewer than three rows, or one has no direction.

    Examples
    --------
    >>> score_pairs([[1, 0], [1, 0], [0, 1], [-1, 0]], np.array([[0, 1]]))
    PairScore(related=1.0, random=-0.166..., ahead=1.0)
    """
    cosines, n = _cosines(vectors), len(np.asarray(vectors))
    if not len(pairs) or n < 3:
        raise ValueError(f"expected one pair or more and three rows or more; found {len(pairs)} and {n}")
    related = cosines[pairs[:, 0], pairs[:, 1]]
    both_ways = np.concatenate([pairs[:, 0], pairs[:, 1]])
    # A word's cosine with itself is never below its partner's, so only the others can count.
    beaten = np.sum(cosines[both_ways] < np.tile(related, 2)[:, np.newaxis])
    return PairScore(
        related=float(related.mean()),
        random=float((cosines.sum() - np.trace(cosines)) / (n * (n - 1))),
        ahead=float(beaten / (2 * len(pairs) * (n - 2))),
    )


def _cosines(vectors: ArrayLike) -> NDArray[np.float64]:
    unit = normalize(np.asarray(vectors, dtype=np.float64))
    if unit.ndim != 2 or len(unit) < 2:
        raise ValueError(f"expected two vectors or more, one a row; found shape {unit.shape}")
    return np.round(unit @ unit.T, EXACT)
