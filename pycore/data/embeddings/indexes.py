"""HNSW and IVF over the word vectors, and a fixed experiment: sixty words seek their ten nearest.

The words that ask are not in the indexes: a query that is stored itself leads the search straight home, which
flatters every index. Only a word that a reader types may be stored; then the search asks for eleven and
leaves the word itself out, and the answer says so.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pycore import data
from pycore.arrays import Ints
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.ann import BruteForce, Neighbours
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.ivf import IVF

FILE = "embeddings/ann-indexes.npz"
GRID = 2000.0  # length of the vectors in the indexes
K = 10  # neighbours that are sought, beside the word itself
SETTINGS = {  # ef and nprobe
    "hnsw": (11, 16, 24, 32, 48, 64, 96, 128, 192, 256),
    "ivf": (1, 2, 3, 4, 6, 8, 12, 16, 24, 32),
}
QUERIES = tuple(range(83, 10_019, 167))  # evenly over the ranks of frequency; nobody picked them
OFFERED = ("love", "winter", "kitten", "cat")  # words that the figure offers; they are not stored either


class Answer(NamedTuple):
    """Up to ten words that were found, by id, nearest first, and how many distances that took.

    `stored` says whether the word that asked is in the index itself.
    """

    ids: tuple[int, ...]
    evaluations: int
    stored: bool

    def hits(self, truth: Answer) -> int:
        """How many of the true neighbours are among those found."""
        return len(set(self.ids) & set(truth.ids))


class Indexes(NamedTuple):
    """Three indexes over the same vectors."""

    exact: BruteForce
    hnsw: HNSW
    ivf: IVF

    def search(self, method: str, setting: int, word: int) -> Answer:
        """Search for the ten words nearest to a word.

        Parameters
        ----------
        method
            "exact", "hnsw" or "ivf".
        setting
            ef for HNSW, nprobe for IVF; brute force has none.
        word
            The word's id.
        """
        query, words = directions()[word], stored()
        inside = word in words
        k = K + inside
        found: Neighbours
        if method == "hnsw":
            found = self.hnsw.search(query, k, ef=setting)
        elif method == "ivf":
            found = self.ivf.search(query, k, nprobe=setting)
        else:
            found = self.exact.search(query, k)
        others = [i for i in words[found.ids].tolist() if i != word]
        return Answer(tuple(others[:K]), found.evaluations, inside)


class Experiment(NamedTuple):
    """What the sixty words found when the indexes were built, by [method, setting, query].

    `hits` counts the true neighbours that were found, `evaluations` the distances that were computed.
    """

    hits: NDArray[np.intp]
    evaluations: NDArray[np.intp]


@functools.cache
def directions() -> NDArray[np.float32]:
    """Word vectors scaled to length 2000 and rounded to whole numbers, float32 [V, d].

    The Euclidean distance ranks them as the cosine ranks words, but for what the rounding does. A squared
    distance is a whole number below 2^24, which a float32 holds exactly: so two Pythons that add in different
    orders take the same way through a graph and count the same.
    """
    return np.asarray(np.rint(word_directions() * GRID), dtype=np.float32)


@functools.cache
def stored() -> Ints:
    """Ids of the words that are in the indexes, in ascending order: all but those that ask."""
    asking = [*QUERIES, *(word_vectors().id(word) for word in OFFERED)]
    return np.setdiff1d(np.arange(len(word_vectors()), dtype=np.intp), asking)


@functools.cache
def indexes() -> Indexes:
    """Read the indexes that `tools/make_ann_indexes.py` built."""
    with np.load(data.FOLDER / FILE) as arrays:
        return from_arrays(dict(arrays))


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Indexes:
    """Put the indexes together from what is stored of them: names begin with "hnsw_" or "ivf_"."""
    vectors = directions()[stored()]
    exact = BruteForce(vectors.shape[1], metric="euclidean")
    exact.add(vectors)
    hnsw, ivf = (
        {name.removeprefix(method): array for name, array in arrays.items() if name.startswith(method)}
        for method in ("hnsw_", "ivf_")
    )
    return Indexes(exact, HNSW.from_arrays(vectors, hnsw), IVF.from_arrays(vectors, ivf))


@functools.cache
def experiment() -> Experiment:
    """Read what the sixty words found when the indexes were built."""
    with np.load(data.FOLDER / FILE) as arrays:
        return Experiment(*(arrays[name].astype(np.intp) for name in Experiment._fields))


@functools.lru_cache(maxsize=4096)
def ask(method: str, setting: int, word: int) -> Answer:
    """Search as `Indexes.search` does, in the stored indexes; answers are kept."""
    return indexes().search(method, setting, word)
