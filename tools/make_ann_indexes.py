"""Make ann-indexes.npz: HNSW and IVF over the word vectors, and what they find for sixty words.

Run it with `python -m tools.make_ann_indexes`. Building the graph takes seconds here and would take most of a
minute in a browser, so the page gets both indexes ready-made; they are searched there.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.data.embeddings import indexes
from pycore.data.embeddings.indexes import QUERIES, SETTINGS
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.ivf import IVF

ARRAYS = Path("pycore/data") / indexes.FILE
M = 8
EF_CONSTRUCTION = 60
CELLS = 100  # about the square root of the number of words


def small(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Store an array of an index in few bytes."""
    if name.startswith("links"):  # the order within a row means nothing, and sorted rows pack better
        return np.asarray(-np.sort(-array.astype(np.int16), axis=1))
    if name == "centroids":  # whole numbers, like the vectors
        return np.asarray(np.rint(array), dtype=np.int16)
    return array.astype(np.int8) if name in ("levels", "labels") else array


def build() -> dict[str, NDArray[Any]]:
    """Build both indexes; their arrays as they are stored."""
    vectors = indexes.directions()[indexes.stored()]
    dimension = vectors.shape[1]
    hnsw = HNSW(dimension, metric="euclidean", m=M, ef_construction=EF_CONSTRUCTION)
    ivf = IVF(dimension, CELLS, metric="euclidean")
    stored: dict[str, NDArray[Any]] = {}
    for method, index in (("hnsw", hnsw), ("ivf", ivf)):
        index.add(vectors)
        stored |= {f"{method}_{name}": small(name, array) for name, array in index.to_arrays().items()}
    return stored


def measure(built: indexes.Indexes) -> dict[str, NDArray[Any]]:
    """Let the sixty words ask, at each setting of each method."""
    truth = [built.search("exact", 0, word) for word in QUERIES]
    answers = [
        [[built.search(method, setting, word) for word in QUERIES] for setting in settings]
        for method, settings in SETTINGS.items()
    ]
    hits = [[[a.hits(t) for a, t in zip(row, truth, strict=True)] for row in rows] for rows in answers]
    evaluations = [[[answer.evaluations for answer in row] for row in rows] for rows in answers]
    return {"hits": np.array(hits, np.uint8), "evaluations": np.array(evaluations, np.uint16)}


def main() -> int:
    """Build both indexes, run the experiment, and write the file."""
    stored = build()
    stored |= measure(indexes.from_arrays(stored))
    np.savez_compressed(ARRAYS, **stored)  # type: ignore[arg-type]  # takes the names for allow_pickle
    for m, (method, settings) in enumerate(SETTINGS.items()):
        for s, setting in enumerate(settings):
            found, counted = stored["hits"][m, s].mean() / indexes.K, stored["evaluations"][m, s].mean()
            print(f"{method} {setting}: recall {found:.3f}, {counted:.0f} distances")
    digest = hashlib.sha256(ARRAYS.read_bytes()).hexdigest()
    print(f"{ARRAYS}: {ARRAYS.stat().st_size:,} bytes, sha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
