"""Shared neighbours against scikit-learn's search, and what must hold for any spaces."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from pycore.embeddings.agreement import by_chance, nearest, shared_neighbours


def space(seed: int, n: int = 60, d: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def neighbours(vectors: np.ndarray, k: int) -> list[set[int]]:
    search = NearestNeighbors(n_neighbors=k, metric="cosine").fit(vectors)
    return [set(row) for row in search.kneighbors(return_distance=False).tolist()]


@pytest.mark.parametrize("k", [1, 10, 59])
def test_neighbours_are_those_of_scikit_learn(k: int) -> None:
    one, other = space(1), space(2)
    assert [set(row) for row in nearest(one, k).tolist()] == neighbours(one, k)
    expected = np.mean([len(a & b) for a, b in zip(neighbours(one, k), neighbours(other, k), strict=True)])
    assert shared_neighbours(one, other, k) == pytest.approx(expected)


def test_turning_and_stretching_change_nothing() -> None:
    one = space(3)
    turn, _ = np.linalg.qr(space(4, 8, 8))
    assert shared_neighbours(one, 7 * one @ turn) == 10


def test_chance_is_the_mean_over_unrelated_spaces() -> None:
    found = [shared_neighbours(space(seed, 200), space(1000 + seed, 200)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(by_chance(200), abs=0.1)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="60 and 59 rows"):
        shared_neighbours(space(1), space(1)[1:])
    for k in (0, 60):
        with pytest.raises(ValueError, match="expected k from 1 to 59"):
            nearest(space(1), k)
