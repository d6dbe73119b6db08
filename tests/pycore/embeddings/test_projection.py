"""Planes: PCA against scikit-learn, and the geometry of a plane through chosen points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from pycore.data.embeddings import word_vectors
from pycore.embeddings.projection import Plane, pca, plane_through
from pycore.embeddings.similarity import cosine, euclidean

ANIMALS = "cat dog rabbit mouse mice horse cow river bank money loan king queen france paris".split()


@pytest.fixture(params=["words", "random", "wide"])
def points(request):
    if request.param == "words":
        return np.array([word_vectors()[word] for word in ANIMALS])
    shape = (200, 6) if request.param == "random" else (5, 30)
    return np.random.default_rng(1).normal(size=shape) @ np.diag(np.geomspace(1, 9, shape[1])) + 4


@pytest.mark.parametrize("p", [1, 2, 4])
def test_pca_is_scikit_learns_up_to_sign(points, p):
    decomposition = pytest.importorskip("sklearn.decomposition")
    theirs = decomposition.PCA(p, svd_solver="full").fit(points.astype(np.float64))
    plane, variance = pca(points, p)
    signs = np.sign(np.sum(plane.axes * theirs.components_, axis=1))
    assert_allclose(plane.axes, theirs.components_ * signs[:, np.newaxis], atol=1e-9)
    assert_allclose(variance, theirs.explained_variance_ratio_, rtol=1e-9)
    assert_allclose(plane.origin, theirs.mean_, rtol=1e-9)
    assert_allclose(plane.flatten(points), theirs.transform(points.astype(np.float64)) * signs, atol=1e-9)
    assert_allclose(
        plane.lift(plane.flatten(points)), theirs.inverse_transform(theirs.transform(points)), atol=1e-5
    )
    largest = np.argmax(np.abs(plane.axes), axis=1)
    assert np.all(plane.axes[np.arange(p), largest] > 0)


@pytest.mark.parametrize("size", [1e-250, 1e-3, 1e250])
def test_pca_keeps_shares_at_any_size(size):
    x = np.random.default_rng(2).normal(size=(20, 3))
    plane, variance = pca(x * size, p=3)
    expected, shares = pca(x, p=3)
    assert_allclose(plane.axes, expected.axes, atol=1e-9)
    assert_allclose(variance, shares, rtol=1e-9)
    assert np.sum(variance) == pytest.approx(1)


@pytest.mark.parametrize(
    ("x", "p", "message"),
    [
        (np.ones((3, 2)), 3, r"found \(3, 2\) and p = 3"),
        (np.ones((1, 5)), 2, "p from 1 to min"),
        (np.ones((3, 2)), 0, "p from 1 to min"),
        (np.ones(3), 1, "points"),
        (np.ones((0, 2)), 1, "points"),
        ([[1, 2], [np.nan, 1]], 1, "finite"),
        ([[1, 2], [np.inf, 1]], 1, "finite"),
        (np.full((3, 2), 0.1), 1, "all are the same"),  # whose mean is not exactly 0.1
        ([[5, 6]], 1, "all are the same"),
    ],
)
def test_pca_refuses(x, p, message):
    with pytest.raises(ValueError, match=message):
        pca(x, p)


# ---------------------------------------------------------------- a plane through points

entries = st.floats(-100, 100).map(lambda x: round(x, 3))


@st.composite
def three_points(draw):
    """Three points that are clearly not on one line."""
    d = draw(st.integers(2, 8))
    origin, first, second = (draw(arrays(np.float64, d, elements=entries)) for _ in range(3))
    assume(euclidean(origin, first) > 0.1)
    assume(euclidean(origin, second) > 0.1)
    assume(abs(cosine(first - origin, second - origin)) < 0.999)
    return origin, first, second


pairs = arrays(np.float64, 2, elements=entries)


@given(three_points())
def test_the_plane_holds_the_points_with_lengths_and_angle(points):
    origin, first, second = points
    plane = plane_through(*points)
    assert_allclose(plane.axes @ plane.axes.T, np.eye(2), atol=1e-12)
    assert_allclose(plane.flatten(origin), [0, 0], atol=1e-12)
    at_first, at_second = plane.flatten(first), plane.flatten(second)
    assert_allclose(at_first, [euclidean(origin, first), 0], atol=1e-9)
    assert at_second[1] > 0
    assert np.linalg.norm(at_second) == pytest.approx(euclidean(origin, second))
    assert cosine(at_first, at_second) == pytest.approx(cosine(first - origin, second - origin), abs=1e-9)
    assert_allclose(plane.lift([at_first, at_second]), [first, second], atol=1e-9)


@given(three_points(), pairs, pairs)
def test_lifting_keeps_distances_and_flattening_undoes_it(points, p, q):
    plane = plane_through(*points)
    assert_allclose(plane.flatten(plane.lift([p, q])), [p, q], atol=1e-9)
    assert euclidean(plane.lift(p), plane.lift(q)) == pytest.approx(euclidean(p, q), abs=1e-9)


@given(three_points(), pairs, st.integers(0, 2**32 - 1))
def test_moving_within_the_plane_leaves_the_rest_alone(points, to, seed):
    plane = plane_through(*points)
    x = np.random.default_rng(seed).normal(size=(3, len(points[0])))
    moved = plane.move(x, to)
    assert_allclose(plane.flatten(moved), np.tile(to, (3, 1)), atol=1e-11)

    def off_plane(x):
        return x - plane.lift(plane.flatten(x))

    assert_allclose(off_plane(moved), off_plane(x), atol=1e-12)
    assert_allclose(plane.move(x, plane.flatten(x)), x, atol=1e-12)


def test_two_words_span_a_plane_that_bends_nothing():
    """What FIG.05 rests on: lengths and angle in the picture are those of 100 dimensions."""
    vectors = word_vectors()
    for a, b in (("cat", "dog"), ("bank", "river"), ("good", "bad")):
        flat = plane_through(np.zeros(100), vectors[a], vectors[b]).flatten([vectors[a], vectors[b]])
        assert_allclose(np.linalg.norm(flat, axis=1), np.linalg.norm([vectors[a], vectors[b]], axis=1))
        assert cosine(*flat) == pytest.approx(cosine(vectors[a], vectors[b]), abs=1e-6)


def test_shapes_of_one_point_and_of_many():
    plane = Plane(np.zeros(3), np.eye(3)[:2])
    assert plane.flatten([1, 2, 3]).tolist() == [1, 2]
    assert plane.lift([1, 2]).tolist() == [1, 2, 0]
    assert plane.move([1, 2, 3], [5, 6]).tolist() == [5, 6, 3]
    assert plane.flatten(np.ones((4, 5, 3))).shape == (4, 5, 2)
    assert plane.lift(np.ones((4, 5, 2))).shape == plane.move(np.ones((4, 5, 3)), [0, 0]).shape == (4, 5, 3)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (([0, 0], [1, 1], [2, 2]), "not on one line"),
        (([0, 0], [1, 1], [-3, -3]), "not on one line"),
        (([1, 1], [1, 1], [0, 2]), "not on one line"),
        (([1, 1], [0, 2], [1, 1]), "not on one line"),
        (([0], [1], [2]), "not on one line"),
        (([0, 0, 0], [0.1, 0.2, 0.3], [0.3, 0.6, 0.9]), "not on one line"),  # but for rounding
        (([0, 0], [1, 0], [np.nan, 1]), "finite"),
        (([0, 0], [np.inf, 0], [1, 1]), "finite"),
        (([0, 0], [1, 0], [1, 1, 1]), r"found shapes \[\(2,\), \(2,\), \(3,\)\]"),
        (([0], [1, 0], [0, 1]), "found shapes"),
        ((0, 1, 2), "found shapes"),
        (([[0, 0]], [[1, 0]], [[0, 1]]), "found shapes"),
    ],
)
def test_plane_through_refuses(points, message):
    with pytest.raises(ValueError, match=message):
        plane_through(*points)
