"""What nearest-neighbour indexes share: the stored vectors, the metric, and an honest count of the work.

`BruteForce` compares a query with every vector; `pycore.embeddings.hnsw.HNSW` and `pycore.embeddings.ivf.IVF`
give up a little recall to compare it with far fewer. All three answer `search` with the same `Neighbours`,
whose `evaluations` counts distances that were computed: a measure of work that is the same on every machine.

Everything is compared by squared Euclidean distance, also under cosine: for vectors of length one
‖a − b‖² = 2 · (1 − cos(a, b)), so both rank alike. Left out: deleting vectors, filters, other metrics.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.embeddings.similarity import normalize

Metric = Literal["cosine", "euclidean"]
Vectors = NDArray[np.float32]
Ids = NDArray[np.intp]

LARGEST = 1e15  # largest entry accepted, so that no squared distance overflows a float32


class Neighbours(NamedTuple):
    """Answer of a search, nearest first; equal distances come in order of id.

    `ids` are places in the order of adding, intp [k]. `distances` are 1 − cosine, or Euclidean, float32 [k].
    `evaluations` counts the distances that were computed to find them.
    """

    ids: Ids
    distances: Vectors
    evaluations: int


class Distance:
    """Squared Euclidean distances between rows of one array, counting every one that is computed.

    Parameters
    ----------
    vectors
        float32 [n, d]; not copied.

    Examples
    --------
    >>> distance = Distance(np.array([[0, 0], [3, 4], [1, 0]], dtype=np.float32))
    >>> distance(np.array([0, 0], dtype=np.float32), np.array([1, 2]))
    array([25.,  1.], dtype=float32)
    >>> distance.count
    2
    """

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.count = 0

    def __call__(self, query: Vectors, ids: NDArray[np.integer]) -> Vectors:
        """Squared distances from a query [d] to the rows `ids` [m], float32 [m]."""
        self.count += len(ids)
        # Not ‖a‖² + ‖b‖² − 2a·b: rounding would make near vectors look equal, or less than 0 apart.
        difference = self.vectors.take(ids, axis=0) - query
        squared: Vectors = np.vecdot(difference, difference)
        return squared


class Index:
    """Stored vectors and a metric; the base of the indexes, which say how to add and to search.

    Parameters
    ----------
    dimension
        d, the length of every vector.
    metric
        "cosine" stores vectors scaled to length one; "euclidean" stores them as they are.

    Attributes
    ----------
    vectors
        float32 [n, d], as stored.
    build_evaluations
        How many distances were computed to build the index.

    Raises
    ------
    ValueError
        When the dimension is below 1 or the metric is unknown.
    """

    def __init__(self, dimension: int, metric: Metric = "cosine") -> None:
        if dimension < 1:
            raise ValueError(f"expected a dimension of at least 1; found {dimension}")
        if metric not in get_args(Metric):
            raise ValueError(f'expected metric "cosine" or "euclidean"; found "{metric}"')
        self.metric: Metric = metric
        self.vectors: Vectors = np.empty((0, dimension), dtype=np.float32)
        self.build_evaluations = 0

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        """Length d of a vector."""
        return int(self.vectors.shape[1])

    def _checked(self, vectors: ArrayLike) -> Vectors:
        """Vectors [count, d] as the index stores them, float32 [count, d]."""
        with np.errstate(over="ignore"):  # too large for a float32 becomes infinity, refused below
            array = np.asarray(vectors, dtype=np.float32)
        if array.ndim != 2 or array.shape[1] != self.dimension:
            raise ValueError(f"expected vectors of shape [n, {self.dimension}]; found {array.shape}")
        if not np.all(np.abs(array) <= LARGEST):
            raise ValueError(f"expected finite numbers up to {LARGEST:.0e}; found NaN or a larger one")
        return normalize(array).astype(np.float32) if self.metric == "cosine" else array

    def _checked_query(self, query: ArrayLike, k: int) -> Vectors:
        """Query [d] as the index compares it, float32 [d]; also checks that k vectors can be found."""
        if len(self) == 0:
            raise ValueError("expected an index that holds vectors; found an empty one")
        if not 1 <= k <= len(self):
            raise ValueError(f"expected k from 1 to {len(self)}, the number of vectors; found {k}")
        if np.shape(query) != (self.dimension,):
            raise ValueError(f"expected a query of shape ({self.dimension},); found {np.shape(query)}")
        row: Vectors = self._checked(np.reshape(query, (1, -1)))[0]
        return row

    def _nearest(self, ids: NDArray[np.integer], squared: Vectors, k: int, evaluations: int) -> Neighbours:
        """Best k of the candidates `ids` with their squared distances, in the units of the metric."""
        order = np.lexsort((ids, squared))[:k]
        squared = squared[order]
        distances: Vectors = squared * np.float32(0.5) if self.metric == "cosine" else np.sqrt(squared)
        return Neighbours(ids[order].astype(np.intp), distances, evaluations)


class BruteForce(Index):
    """Exact search: compare the query with every vector. The yardstick for the others.

    Parameters and attributes are those of `Index`.

    Examples
    --------
    >>> index = BruteForce(2, metric="euclidean")
    >>> index.add([[0, 0], [3, 4], [1, 0]])
    >>> index.search([0, 0], k=2)
    Neighbours(ids=array([0, 2]), distances=array([0., 1.], dtype=float32), evaluations=3)
    """

    def add(self, vectors: ArrayLike) -> None:
        """Store vectors [count, d].

        Raises
        ------
        ValueError
            When the shape does not fit, a value is NaN or too large, or (cosine) a vector is zero.
        """
        self.vectors = np.concatenate([self.vectors, self._checked(vectors)])

    def search(self, query: ArrayLike, k: int) -> Neighbours:
        """Find the k nearest vectors to a query [d]; `evaluations` is n.

        Raises
        ------
        ValueError
            When the index is empty, k is not in 1..n, or the query is one that `add` would refuse.
        """
        query = self._checked_query(query, k)
        distance = Distance(self.vectors)
        ids = np.arange(len(self))
        return self._nearest(ids, distance(query, ids), k, distance.count)


def recall(found: Neighbours, exact: Neighbours) -> float:
    """Share of the exact neighbours that were found, from 0 to 1.

    Raises
    ------
    ValueError
        When there is no exact neighbour.

    Examples
    --------
    >>> distances = np.zeros(2, dtype=np.float32)
    >>> exact = Neighbours(np.array([4, 7]), distances, evaluations=9)
    >>> recall(Neighbours(np.array([7, 1]), distances, evaluations=5), exact)
    0.5
    """
    if len(exact.ids) == 0:
        raise ValueError("expected at least one exact neighbour; found none")
    return len(np.intersect1d(found.ids, exact.ids)) / len(exact.ids)
