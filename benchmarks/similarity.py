"""The ten nearest of 10,000 words for a batch of words, beside plain numpy and beside scikit-learn.

All sides take float32 and as many threads as they like. They take turns, so that whatever else the machine
does slows them alike.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from benchmarks import Row
from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import top_k

N, K = 10_000, 10
BATCHES = (256, 1000)
REPEAT = 35

Matrix = NDArray[np.float32]
Search = Callable[[Matrix], NDArray[np.intp]]  # queries [m, d] to rows [m, k]


def rows() -> Iterable[Row]:
    """Measure two sizes of batch; check first that all sides find the same words."""
    unit = np.ascontiguousarray(word_vectors().unit[:N])
    # On vectors of length one the Euclidean ranking is the same, and scikit-learn has a faster way for it.
    by_cosine = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(unit)
    by_distance = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="euclidean").fit(unit)
    ours: Search = lambda queries: top_k(unit, queries, K).ids  # noqa: E731
    others: dict[str, Search] = {
        "plain numpy": lambda queries: _best(queries @ unit.T),
        "scikit-learn cosine_similarity": lambda queries: _best(cosine_similarity(queries, unit)),
        "scikit-learn NearestNeighbors, cosine": lambda queries: by_cosine.kneighbors(queries)[1],
        "scikit-learn NearestNeighbors, Euclidean": lambda queries: by_distance.kneighbors(queries)[1],
    }
    for m in BATCHES:
        queries = unit[np.random.default_rng(m).choice(N, m, replace=False)]
        own, *times = _median_times([ours, *others.values()], queries, unit)
        for name, other in zip(others, times, strict=True):
            what = f"top {K} of {N:,} for {m:,} queries, {unit.shape[1]}-d"
            yield Row(what, own, "ms", name, other, "<= 1.2" if name == "plain numpy" else "<= 1.0")


def _best(scores: Matrix) -> NDArray[np.intp]:
    """Top k of each row in the straightforward way: partition, then sort what is left."""
    found = np.argpartition(scores, -K, axis=1)[:, -K:]
    order = np.argsort(-np.take_along_axis(scores, found, axis=1), axis=1)
    return np.take_along_axis(found, order, axis=1)


def _median_times(searches: list[Search], queries: Matrix, unit: Matrix) -> list[float]:
    """Milliseconds of each search, after one that warms up and whose answer is checked."""
    exact = np.sort(queries.astype(np.float64) @ unit.T, axis=1)[:, : -K - 1 : -1]
    for search in searches:
        # Compare scores, not rows: rounding may swap two words that all but tie.
        scores = np.einsum("md,mkd->mk", queries, unit[search(queries)])
        if not np.allclose(scores, exact, atol=1e-5):
            raise AssertionError("the searches disagree")
    times: list[list[float]] = [[] for _ in searches]
    generator = np.random.default_rng(0)
    for _ in range(REPEAT):
        # In another order each time: a search finds the caches as the one before left them.
        for i in generator.permutation(len(searches)):
            start = time.perf_counter()
            searches[i](queries)
            times[i].append(time.perf_counter() - start)
    return [statistics.median(taken) * 1e3 for taken in times]
