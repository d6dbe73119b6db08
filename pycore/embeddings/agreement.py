"""How far two vector spaces agree about which words belong together: the neighbours that they share.

A space may be turned, stretched or crowded and still say the same of its words, so nothing but the order of
neighbours is compared. The number means something only beside two others: what chance gives, and what two
trainings of one method that differ in the seed give (Antoniak & Mimno 2018, https://aclanthology.org/Q18-1008).
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.embeddings.similarity import normalize


def nearest(vectors: Floats, k: int) -> Ints:
    """Find the k rows nearest to each row by cosine, itself left out: ids (n, k), in no order.

    Raises
    ------
    ValueError
        When k is not from 1 to n - 1.
    """
    n = len(vectors)
    if not 1 <= k < n:
        raise ValueError(f"expected k from 1 to {n - 1}, found {k}")
    unit = normalize(vectors)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argpartition(-cosines, k - 1, axis=1)[:, :k]


def shared_neighbours(one: Floats, other: Floats, k: int = 10) -> float:
    """How many of the k nearest rows two spaces have in common, on average over all rows.

    Parameters
    ----------
    one, other
        The same n words in two spaces, a word a row, (n, d) and (n, e).
    k
        How many neighbours of each word are compared.

    Raises
    ------
    ValueError
        When the numbers of rows differ, or k is not from 1 to n - 1.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    >>> shared_neighbours(x, 3 * x[:, ::-1], k=1), shared_neighbours(x, x[[0, 2, 1, 3]], k=1)
    (1.0, 0.0)
    """
    if len(one) != len(other):
        raise ValueError(f"expected the same words in both spaces, found {len(one)} and {len(other)} rows")
    found, others = nearest(one, k), nearest(other, k)
    return float((found[:, :, None] == others[:, None, :]).sum() / len(one))


def by_chance(n: int, k: int = 10) -> float:
    """How many of k neighbours two spaces of n words share on average that know nothing of each other.

    >>> by_chance(101, 10)
    1.0
    """
    return k * k / (n - 1)
