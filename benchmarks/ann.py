"""HNSW beside hnswlib and IVF beside faiss, one thread each, on word vectors: speed, recall and work."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import faiss
import hnswlib
import numpy as np
from numpy.typing import NDArray

from benchmarks import Row, median_time
from pycore.embeddings.ann import BruteForce, Neighbours, Vectors, recall
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.ivf import IVF
from pycore.embeddings.vectors import WordVectors

VECTORS = Path(__file__).parents[1] / "pycore" / "data" / "embeddings" / "glove-100d.npz"
N_QUERIES = 200
M, EF_CONSTRUCTION, EFS = 16, 100, (10, 50, 100)
NLIST, NPROBES = 100, (1, 8, 32)


def rows() -> Iterable[Row]:
    """Time building and searching; every 50th word is a query and not in the index."""
    matrix = WordVectors.load(VECTORS).unit
    is_query = np.arange(len(matrix)) % (len(matrix) // N_QUERIES) == 0
    queries, vectors = matrix[is_query], matrix[~is_query]
    brute_force = BruteForce(matrix.shape[1])
    brute_force.add(vectors)
    exact = [brute_force.search(query, k=10) for query in queries]
    yield from _hnsw_rows(vectors, queries, exact)
    yield from _ivf_rows(vectors, queries, exact)


def _hnsw_rows(vectors: Vectors, queries: Vectors, exact: list[Neighbours]) -> Iterator[Row]:
    n, dimension = vectors.shape
    ours = HNSW(dimension, m=M, ef_construction=EF_CONSTRUCTION)
    theirs = hnswlib.Index("cosine", dimension)
    theirs.init_index(n, M=M, ef_construction=EF_CONSTRUCTION)
    theirs.set_num_threads(1)
    start = time.perf_counter()
    ours.add(vectors)
    middle = time.perf_counter()
    theirs.add_items(vectors)
    end = time.perf_counter()
    yield Row(f"HNSW build, {n:,} x {dimension}", middle - start, "s", "hnswlib", end - middle, "≤ 20 s")
    for ef in EFS:
        theirs.set_ef(ef)
        label = f"HNSW search, ef {ef}"
        search = functools.partial(_search_all, ours, queries, ef)
        seconds, seconds_theirs = median_time(search), median_time(lambda: theirs.knn_query(queries, 10))
        speed, speed_theirs = len(queries) / seconds, len(queries) / seconds_theirs
        yield Row(f"{label}: queries a second", speed, "/s", "hnswlib", speed_theirs)
        yield from _quality(label, search(), exact, "hnswlib", theirs.knn_query(queries, 10)[0], n)


def _ivf_rows(vectors: Vectors, queries: Vectors, exact: list[Neighbours]) -> Iterator[Row]:
    faiss.omp_set_num_threads(1)
    n, dimension = vectors.shape
    ours = IVF(dimension, NLIST)
    theirs = faiss.IndexIVFFlat(faiss.IndexFlatL2(dimension), dimension, NLIST)
    start = time.perf_counter()
    ours.add(vectors)
    middle = time.perf_counter()
    theirs.train(vectors)
    theirs.add(vectors)
    end = time.perf_counter()
    yield Row(f"IVF build, {n:,} x {dimension}", middle - start, "s", "faiss", end - middle)
    for nprobe in NPROBES:
        theirs.nprobe = nprobe
        label = f"IVF search, nprobe {nprobe}"
        search = functools.partial(_search_all, ours, queries, nprobe)
        seconds, seconds_theirs = median_time(search), median_time(lambda: theirs.search(queries, 10))
        speed, speed_theirs = len(queries) / seconds, len(queries) / seconds_theirs
        yield Row(f"{label}: queries a second", speed, "/s", "faiss", speed_theirs)
        yield from _quality(label, search(), exact, "faiss", theirs.search(queries, 10)[1], n)


def _search_all(index: HNSW | IVF, queries: Vectors, effort: int) -> list[Neighbours]:
    """Search ten neighbours of each query; the effort is ef or nprobe."""
    return [index.search(query, 10, effort) for query in queries]


def _quality(
    label: str, found: list[Neighbours], exact: list[Neighbours], other: str, ids: NDArray[np.integer], n: int
) -> Iterator[Row]:
    """Rows for recall, beside the other library's, and for distances a query, beside brute force."""
    ours = np.mean([recall(one, best) for one, best in zip(found, exact, strict=True)])
    theirs = np.mean([np.isin(best.ids, row).mean() for best, row in zip(exact, ids, strict=True)])
    yield Row(f"{label}: recall@10", float(ours), "", other, float(theirs), "within 0.02")
    evaluations = np.mean([one.evaluations for one in found])
    yield Row(f"{label}: distances a query", float(evaluations), "", "brute force", float(n))
