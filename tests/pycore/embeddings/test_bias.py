"""Bias direction and its removal: closed forms, scikit-learn's PCA and neighbours, and what GloVe holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from pycore.data.embeddings import word_vectors
from pycore.embeddings.bias import bias_direction, neutralize, share_among_nearest
from pycore.embeddings.similarity import analogy, normalize
from pycore.figures.embeddings.bias_direction import NAMED, OCCUPATIONS, BiasDirection, Space


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_one_pair_gives_its_own_difference(rng):
    one, other = rng.normal(size=(2, 1, 20))
    expected = (one - other)[0] / np.linalg.norm(one - other)
    assert_allclose(bias_direction(one, other), expected, atol=1e-12)
    assert_allclose(bias_direction(other, one), -expected, atol=1e-12)


@pytest.mark.parametrize("m", [2, 5, 30])
def test_the_direction_is_the_first_principal_component_of_the_halves(rng, m):
    """As in the paper: every word is taken from the middle of its pair, then scikit-learn's PCA."""
    ones, others = rng.normal(size=(2, m, 12)) + rng.normal(size=(2, 1, 12))
    middle = (ones + others) / 2
    component = PCA(1).fit(np.concatenate([ones - middle, others - middle])).components_[0]
    direction = bias_direction(ones, others)
    assert abs(direction @ component) == pytest.approx(1, abs=1e-9)
    assert ((ones - others) @ direction).mean() > 0


@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_scale_and_shift_do_not_matter(seed, scale):
    rng = np.random.default_rng(seed)
    ones, others = rng.normal(size=(2, 4, 6)) + np.array([[[1.0]], [[0.0]]])
    shift = rng.normal(size=(4, 1))
    moved = bias_direction(scale * ones + shift, scale * others + shift)
    # Two nearly equal components could change places, and a nearly even sum its sign.
    values = np.linalg.svd(ones - others)[1]
    if values[1] < 0.99 * values[0] and abs(np.sum((ones - others) @ moved)) > 1e-6 * scale:
        assert_allclose(moved, bias_direction(ones, others), atol=1e-6)


@given(st.integers(0, 10**6))
def test_what_is_neutralized_has_length_one_and_no_projection_and_stays_so(seed):
    rng = np.random.default_rng(seed)
    x, g = rng.normal(size=(7, 5)), normalize(rng.normal(size=5))
    left = neutralize(x, g)
    assert_allclose(left @ g, 0, atol=1e-12)
    assert_allclose(np.linalg.norm(left, axis=1), 1)
    assert_allclose(neutralize(left, g), left, atol=1e-12)
    # Nothing but the direction and the length has changed: x lies in the plane of both.
    plane = np.stack([np.broadcast_to(g, x.shape), left], axis=1)
    for row, axes in zip(x, plane, strict=True):
        assert_allclose(axes.T @ (axes @ row), row, atol=1e-12)


def test_neutralize_in_closed_form():
    assert_allclose(neutralize([[3.0, 4.0, 0.0], [7.0, 0.0, -2.0]], [1.0, 0.0, 0.0]), [[0, 1, 0], [0, 0, -1]])


def test_neighbours_are_those_of_scikit_learn(rng):
    crowd = normalize(rng.normal(size=(60, 8)))
    queries = normalize(rng.normal(size=(9, 8)))
    marked = rng.random(60) < 0.4
    for k in (1, 7, 59):
        ids = NearestNeighbors(n_neighbors=k, metric="cosine").fit(crowd).kneighbors(queries)[1]
        assert_allclose(share_among_nearest(queries, crowd, marked, k), marked[ids].mean(axis=1))
        # Asked for none, it gives the neighbours of the rows themselves, without themselves.
        own = NearestNeighbors(n_neighbors=k, metric="cosine").fit(crowd).kneighbors()[1]
        found = share_among_nearest(crowd, crowd, marked, k, itself=np.arange(60))
        assert_allclose(found, marked[own].mean(axis=1))
    assert_allclose(share_among_nearest(queries, crowd, marked, 60), marked.mean())


def test_no_row_is_its_own_neighbour_but_its_copy_is(rng):
    rows = normalize(rng.normal(size=(200, 100)).astype(np.float32))
    for i in range(0, 200, 10):
        assert share_among_nearest(rows[[i]], rows, np.arange(200) == i, 5, itself=[i]) == 0
    copies, marked = np.ones((5, 1)), [True, False, False, False, False]
    assert share_among_nearest(copies[:1], copies, marked, 4, itself=[0]) == 0
    assert share_among_nearest(copies[:1], copies, np.logical_not(marked), 4, itself=[0]) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bias_direction([1.0], [2.0]), r"twice \[m, d\]"),
        (lambda: bias_direction(np.ones((0, 3)), np.ones((0, 3))), r"twice \[m, d\]"),
        (lambda: bias_direction([[1.0, 2.0]], [[1.0, 2.0, 3.0]]), r"twice \[m, d\]"),
        (lambda: bias_direction([[1.0, np.nan]], [[1.0, 2.0]]), "finite"),
        (lambda: bias_direction([[1.0, 2.0]], [[1.0, 2.0]]), "differ"),
        (lambda: neutralize([1.0, 2.0], [1.0, 1.0]), "length one"),
        (lambda: neutralize([1.0, 2.0], [1.0]), "length one"),
        (lambda: neutralize([1.0, 2.0], [np.nan, 1.0]), "length one"),
        (lambda: neutralize([3.0, 0.0], [1.0, 0.0]), "nothing is left"),
        (lambda: neutralize([np.nan, 0.0], [1.0, 0.0]), "nothing is left"),
        (lambda: share_among_nearest([[1.0]], [[1.0], [1.0]], [True], 1), "marked"),
        (lambda: share_among_nearest([[1.0]], [[1.0, 0.0]], [True], 1), "crowd"),
        (lambda: share_among_nearest([[1.0]], [[1.0], [-1.0]], [True, False], 3), "k from 1 to 2; found 3"),
        (
            lambda: share_among_nearest([[1.0]], [[1.0], [-1.0]], [True, False], 2, [0]),
            "k from 1 to 1; found 2",
        ),
        (lambda: share_among_nearest([[1.0]], [[1.0]], [True], 1, [1]), "a row from 0 to 0, or -1"),
        (lambda: share_among_nearest([[1.0]], [[1.0]], [True], 1, [0, 0]), "a row from 0 to 0, or -1"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- what the lesson says of GloVe


@pytest.mark.parametrize(
    ("all_pairs", "together", "correlation", "split"),
    [(False, (0.980, 0.9175), (0.76, 0.60), (1.00, 0.74)), (True, (0.973, 0.862), (0.85, 0.69), None)],
)
def test_words_that_leaned_alike_still_keep_company(all_pairs, together, correlation, split):
    before, after = Space.of(all_pairs, False), Space.of(all_pairs, True)
    words = word_vectors().words
    leaning = np.array([-1] * 500 + [1] * 500)
    leans = [before.lean(word) for word in OCCUPATIONS]
    for i, space in enumerate((before, after)):
        rows = space.unit[space.crowd]
        ids = NearestNeighbors(n_neighbors=10, metric="cosine").fit(rows).kneighbors()[1]
        assert np.mean(leaning[ids] == leaning[:, np.newaxis]) == pytest.approx(together[i], abs=0.0005)
        assert space.together == pytest.approx(together[i], abs=0.0005)
        near = [sum(she for _, she in space.neighbours(word)) for word in OCCUPATIONS]
        assert np.corrcoef(leans, near)[0, 1] == pytest.approx(correlation[i], abs=0.005)
        if split:
            group = KMeans(2, n_init=5, random_state=0).fit_predict(rows)
            right = np.mean((group == 1) == (leaning == 1))
            assert max(right, 1 - right) == pytest.approx(split[i], abs=0.005)
    # The crowd is the same before and after, without the pairs' own words.
    assert before.crowd.tolist() == after.crowd.tolist()
    assert not {words[i] for i in before.crowd} & {word for pair in NAMED for word in pair}
    assert_allclose(after.leans, 0, atol=1e-12)


def test_projections_that_the_figure_shows():
    one, nine = Space.of(False, False), Space.of(True, False)
    assert one.leans.mean() == pytest.approx(-0.06, abs=0.005)
    assert one.lean("secretary") == min(one.lean(word) for word in OCCUPATIONS)
    assert abs(one.lean("surgeon")) < 0.02
    assert one.lean("writer") > 0 > nine.lean("writer")
    vectors = word_vectors()
    she, he, nurse = (vectors[word].astype(np.float64) for word in ("she", "he", "nurse"))
    g = she / np.linalg.norm(she) - he / np.linalg.norm(he)
    assert one.lean("nurse") == pytest.approx(nurse @ g / np.linalg.norm(nurse) / np.linalg.norm(g))


def test_the_analogy_with_inputs_left_out_and_in():
    vectors = word_vectors()
    man, woman, doctor = (vectors.id(word) for word in ("man", "woman", "doctor"))
    out, left_in = (
        analogy(vectors.unit, man, woman, doctor, exclude_inputs=barred) for barred in (True, False)
    )
    assert (vectors.words[out.ids[0]], f"{out.scores[0]:.2f}") == ("nurse", "0.77")
    assert (vectors.words[left_in.ids[0]], f"{left_in.scores[0]:.2f}") == ("doctor", "0.87")


@pytest.mark.parametrize("event", [("derive", "two"), ("pick", "xyzzy"), ("type_word", "other")])
def test_the_figure_refuses(event):
    figure = BiasDirection()
    name, arg = event
    with pytest.raises(ValueError, match=r"expected|not in the vocabulary"):
        figure.handle(name, [arg] if name != "type_word" else [arg, "cat"])
    assert figure.changes() == {}
