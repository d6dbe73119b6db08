"""Related pairs and their score, against loops over pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pycore.embeddings.word_pairs import mutual_nearest, score_pairs

VECTORS = arrays(
    np.float64,
    st.tuples(st.integers(3, 9), st.integers(1, 5)),
    elements=st.integers(-4, 4).map(float),
).filter(lambda x: bool(np.all(np.any(x, axis=1))))


def cosine(a, b):
    return round(float(a @ b) / float(np.sqrt((a @ a) * (b @ b))), 6)


@given(VECTORS, st.sampled_from([-1.0, 0.0, 0.5]))
def test_mutual_nearest_by_loops(x, least):
    n = len(x)

    def nearest(i):
        return max((j for j in range(n) if j != i), key=lambda j: (cosine(x[i], x[j]), -j))

    expected = [
        [i, nearest(i)]
        for i in range(n)
        if i < nearest(i) and nearest(nearest(i)) == i and cosine(x[i], x[nearest(i)]) >= least
    ]
    assert mutual_nearest(x, least).tolist() == expected


@given(VECTORS, st.data())
def test_score_by_loops(x, data):
    n = len(x)
    every = [(i, j) for i in range(n) for j in range(n) if i < j]
    pairs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=4, unique=True))
    ahead = [
        cosine(x[i], x[k]) < cosine(x[i], x[j])
        for pair in pairs
        for i, j in (pair, pair[::-1])
        for k in range(n)
        if k not in (i, j)
    ]
    score = score_pairs(x, np.array(pairs))
    assert score.related == pytest.approx(np.mean([cosine(x[i], x[j]) for i, j in pairs]), abs=1e-6)
    assert score.random == pytest.approx(np.mean([cosine(x[i], x[j]) for i, j in every]), abs=1e-6)
    assert score.ahead == pytest.approx(np.mean(ahead))


def test_random_vectors_score_by_chance():
    x = np.random.default_rng(0).normal(size=(400, 30))
    score = score_pairs(x, np.arange(400).reshape(200, 2))
    assert abs(score.related) < 0.05
    assert abs(score.random) < 0.01
    assert abs(score.ahead - 0.5) < 0.06


def test_mistakes():
    with pytest.raises(ValueError, match="two vectors or more"):
        mutual_nearest([[1.0, 0.0]])
    with pytest.raises(ValueError, match="length zero"):
        mutual_nearest([[1.0, 0.0], [0.0, 0.0]])
    with pytest.raises(ValueError, match="one pair or more and three rows or more; found 0 and 3"):
        score_pairs(np.eye(3), np.empty((0, 2), np.intp))
    with pytest.raises(ValueError, match="found 1 and 2"):
        score_pairs(np.eye(2), np.array([[0, 1]]))
