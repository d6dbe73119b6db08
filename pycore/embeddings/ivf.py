"""Approximate nearest neighbours in cells: an inverted file with uncompressed vectors, IVF-flat.

k-means cuts the space into `nlist` cells, each with a list of the vectors in it; a search compares the query
with the centroids and then only with the vectors of the `nprobe` nearest cells. Cells and lists follow
Sivic & Zisserman ("Video Google", 2003), as Jégou et al. (2011, "Product quantization for nearest neighbor
search") use them for vectors; k-means follows Lloyd (1982), its start Arthur & Vassilvitskii ("k-means++",
2007). Left out: compressing the vectors, and deletion.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.embeddings.ann import Distance, Ids, Index, Metric, Neighbours, Vectors

Init = Literal["k-means++", "random"]


class Clustering(NamedTuple):
    """Outcome of k-means.

    `centroids` float32 [k, d]; `labels` intp [n], the nearest centroid of each vector; `inertia`, the sum of
    squared distances to it; `evaluations`, how many distances were computed.
    """

    centroids: Vectors
    labels: Ids
    inertia: float
    evaluations: int


def nearest_centroids(vectors: Vectors, centroids: Vectors) -> tuple[Ids, NDArray[np.float64]]:
    """Nearest centroid of each vector; takes 8nk bytes while it runs.

    Parameters
    ----------
    vectors, centroids
        float32 [n, d] and [k, d].

    Returns
    -------
    labels, squared
        intp [n], the first of equally near centroids; float64 [n], the squared distance to it.

    Examples
    --------
    >>> vectors = np.array([[0, 0], [9, 9]], dtype=np.float32)
    >>> nearest_centroids(vectors, np.array([[10, 10], [1, 0]], dtype=np.float32))
    (array([1, 0]), array([1., 2.]))
    """
    # ‖x‖² + ‖c‖² − 2x·c is one matrix product, but cancels digits where x ≈ c: hence float64, and hence the
    # middle of the centroids as the origin. A median, since it keeps whole numbers exact.
    c = centroids.astype(np.float64)
    middle = np.median(c, axis=0)
    x, c = vectors - middle, c - middle
    partial = np.einsum("ij,ij->i", c, c) - 2 * x @ c.T
    labels = np.argmin(partial, axis=1)
    squared = np.einsum("ij,ij->i", x, x) + partial[np.arange(len(x)), labels]
    return labels, np.maximum(squared, 0)


def starting_centroids(vectors: Vectors, k: int, init: Init, generator: np.random.Generator) -> Vectors:
    """Choose k of the vectors [n, d] as first centroids, float32 [k, d].

    "random" draws k different rows. "k-means++" draws one after the other, each row with a chance in
    proportion to its squared distance from the nearest one drawn before, which spreads them out.

    Examples
    --------
    >>> vectors = np.array([[0, 0], [0, 1], [50, 50]], dtype=np.float32)
    >>> starting_centroids(vectors, 2, "k-means++", np.random.default_rng(0))
    array([[50., 50.],
           [ 0.,  0.]], dtype=float32)
    """
    if init == "random":
        return vectors[generator.choice(len(vectors), size=k, replace=False)]
    chosen = [int(generator.integers(len(vectors)))]
    squared = np.full(len(vectors), np.inf)
    while len(chosen) < k:
        _, to_last = nearest_centroids(vectors, vectors[chosen[-1:]])
        squared = np.minimum(squared, to_last)
        total = squared.sum()
        # All at distance 0: there are fewer different vectors than centroids, and any will do.
        chances = squared / total if total > 0 else None
        chosen.append(int(generator.choice(len(vectors), p=chances)))
    return vectors[chosen]


def lloyd(vectors: Vectors, centroids: Vectors, iterations: int) -> Clustering:
    """Lloyd's k-means from given centroids: assign each vector to the nearest, move each to its mean, repeat.

    Stops early when no label changes. A centroid that no vector chose moves to the vector that lies farthest
    from its own centroid (several: to the farthest ones).

    Parameters
    ----------
    vectors, centroids
        float32 [n, d] and [k, d].
    iterations
        The most moves, at least 0.

    Examples
    --------
    >>> vectors = np.array([[0, 0], [0, 2], [9, 9], [9, 7]], dtype=np.float32)
    >>> lloyd(vectors, vectors[:2], iterations=10)
    Clustering(centroids=array([[0., 1.],
           [9., 8.]], dtype=float32), labels=array([0, 0, 1, 1]), inertia=4.0, evaluations=24)
    """
    k = len(centroids)
    labels, squared = nearest_centroids(vectors, centroids)
    evaluations = len(vectors) * k
    for _ in range(iterations):
        sums = np.zeros(centroids.shape)
        np.add.at(sums, labels, vectors)
        sizes = np.bincount(labels, minlength=k)
        centroids = (sums / np.maximum(sizes, 1)[:, np.newaxis]).astype(np.float32)
        (empty,) = np.nonzero(sizes == 0)
        centroids[empty] = vectors[np.argsort(-squared, kind="stable")[: len(empty)]]
        before = labels
        labels, squared = nearest_centroids(vectors, centroids)
        evaluations += len(vectors) * k
        if np.array_equal(labels, before):
            break
    return Clustering(centroids, labels, float(squared.sum()), evaluations)


class IVF(Index):
    """Inverted file over k-means cells. The first `add` makes the cells; later vectors join the nearest one.

    Parameters
    ----------
    dimension
        d, the length of every vector.
    nlist
        Number of cells. About √n to 4√n is usual.
    metric
        "cosine" or "euclidean".
    init
        Start of k-means, "k-means++" or "random".
    iterations
        The most iterations of Lloyd's algorithm.
    seed
        Seed of the start.

    Attributes
    ----------
    centroids
        float32 [nlist, d]; no rows before the first `add`.
    lists
        For each cell, intp ids of its vectors in order.
    vectors, build_evaluations
        As in `Index`.

    Raises
    ------
    ValueError
        When nlist or iterations is below 1, the seed negative, the start unknown, or as in `Index`.

    Examples
    --------
    >>> index = IVF(2, nlist=2, metric="euclidean")
    >>> index.add([[0, 0], [0, 1], [9, 9], [9, 8]])
    >>> index.search([8, 8], k=2, nprobe=1)
    Neighbours(ids=array([3, 2]), distances=array([1. , 1.4142135], dtype=float32), evaluations=4)
    """

    def __init__(
        self,
        dimension: int,
        nlist: int,
        *,
        metric: Metric = "cosine",
        init: Init = "k-means++",
        iterations: int = 20,
        seed: int = 0,
    ) -> None:
        super().__init__(dimension, metric)
        if nlist < 1 or iterations < 1 or seed < 0:
            raise ValueError(
                "expected nlist and iterations of at least 1 and a seed of at least 0; "
                f"found {nlist}, {iterations} and {seed}"
            )
        if init not in get_args(Init):
            raise ValueError(f'expected init "k-means++" or "random"; found "{init}"')
        self.nlist = nlist
        self.init: Init = init
        self.iterations = iterations
        self.seed = seed
        self.centroids: Vectors = np.empty((0, dimension), dtype=np.float32)
        self.lists: list[Ids] = [np.empty(0, dtype=np.intp) for _ in range(nlist)]

    def add(self, vectors: ArrayLike) -> None:
        """Store vectors [count, d]; the first call must bring at least nlist of them.

        Later calls leave the centroids as they are: when the data drift away from them, build anew.

        Raises
        ------
        ValueError
            When there are too few for the first call, the shape does not fit, a value is NaN or too large,
            or (cosine) a vector is zero.
        """
        new = self._checked(vectors)
        if len(self) > 0:
            labels, _ = nearest_centroids(new, self.centroids)
            self.build_evaluations += len(new) * self.nlist
        elif len(new) >= self.nlist:
            generator = np.random.default_rng(self.seed)
            start = starting_centroids(new, self.nlist, self.init, generator)
            self.centroids, labels, _, evaluations = lloyd(new, start, self.iterations)
            # k-means++ compares every vector with every chosen one but the last.
            drawing = len(new) * (self.nlist - 1) if self.init == "k-means++" else 0
            self.build_evaluations = drawing + evaluations
        else:
            raise ValueError(f"expected at least nlist = {self.nlist} vectors to begin; found {len(new)}")
        self._store(new, labels)

    def search(self, query: ArrayLike, k: int, nprobe: int = 1) -> Neighbours:
        """Find about the k nearest vectors to a query [d].

        Parameters
        ----------
        query
            [d].
        k
            How many to return.
        nprobe
            How many of the nearest cells to look into. With nprobe = nlist the answer is exact.

        Returns
        -------
        Neighbours
            Fewer than k when the cells hold fewer. `evaluations` counts the nlist centroids too.

        Raises
        ------
        ValueError
            When the index is empty, k is not in 1..n, nprobe is not in 1..nlist, or the query is one that
            `add` would refuse.
        """
        query = self._checked_query(query, k)
        if not 1 <= nprobe <= self.nlist:
            raise ValueError(f"expected nprobe from 1 to nlist = {self.nlist}; found {nprobe}")
        to_centroid = Distance(self.centroids)
        cells = np.argsort(to_centroid(query, np.arange(self.nlist)), kind="stable")[:nprobe]
        ids = np.concatenate([self.lists[cell] for cell in cells])
        distance = Distance(self.vectors)
        squared = distance(query, ids)
        return self._nearest(ids, squared, k, to_centroid.count + distance.count)

    def _store(self, new: Vectors, labels: Ids) -> None:
        """Append vectors [count, d] and put their ids into the cells that `labels` [count] names."""
        ids = np.arange(len(self), len(self) + len(new))
        self.lists = [np.append(old, ids[labels == cell]) for cell, old in enumerate(self.lists)]
        self.vectors = np.concatenate([self.vectors, new])

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Cells as plain arrays, for `numpy.savez`; the vectors are not among them.

        Returns
        -------
        dict
            `metric`, a string; `build_evaluations`, a number; `centroids` float32 [nlist, d]; and `labels`
            intp [n], the cell of each vector.
        """
        labels = np.empty(len(self), dtype=np.intp)
        for cell, ids in enumerate(self.lists):
            labels[ids] = cell
        return {
            "metric": np.array(self.metric),
            "build_evaluations": np.array(self.build_evaluations),
            "centroids": self.centroids,
            "labels": labels,
        }

    @classmethod
    def from_arrays(cls, vectors: ArrayLike, arrays: Mapping[str, NDArray[Any]]) -> IVF:
        """Index from the vectors [n, d] that were added, in the same order, and what `to_arrays` gave.

        Raises
        ------
        ValueError
            When an array is missing, the arrays do not fit each other or the vectors, or the vectors are
            ones that `add` would refuse.

        Examples
        --------
        >>> index = IVF(2, nlist=2, metric="euclidean")
        >>> index.add([[0, 0], [0, 1], [9, 9], [9, 8]])
        >>> IVF.from_arrays(index.vectors, index.to_arrays()).search([8, 8], k=1, nprobe=1).ids
        array([3])
        """
        names = ("metric", "build_evaluations", "centroids", "labels")
        missing = [name for name in names if name not in arrays]
        if missing:
            raise ValueError(f"expected arrays {', '.join(names)}; missing: {', '.join(missing)}")
        centroids, labels = arrays["centroids"], arrays["labels"]
        if centroids.ndim != 2 or labels.shape != (len(np.asarray(vectors)),):
            raise ValueError(
                "expected centroids [nlist, d] and a label for each vector; found shapes "
                f"{centroids.shape} and {labels.shape} for {len(np.asarray(vectors))} vectors"
            )
        if labels.min(initial=0) < 0 or labels.max(initial=-1) >= len(centroids):
            raise ValueError(f"expected labels from 0 to {len(centroids) - 1}; found others")
        index = cls(centroids.shape[1], len(centroids), metric=cast(Metric, str(arrays["metric"])))
        index._store(index._checked(vectors), labels)
        index.centroids = centroids.astype(np.float32)
        index.build_evaluations = int(arrays["build_evaluations"])
        return index
