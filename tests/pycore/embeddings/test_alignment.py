"""Orthogonal Procrustes against scipy, and against what makes a rotation the best one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.linalg import orthogonal_procrustes
from scipy.stats import ortho_group

from pycore.embeddings.alignment import procrustes

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.tuples(st.integers(6, 40), st.integers(2, 6))


@given(SEEDS, SIZES)
def test_the_same_as_scipy(seed, size):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, *size))
    expected, _ = orthogonal_procrustes(a, b)
    assert_allclose(procrustes(a, b), expected, atol=1e-9)


@given(SEEDS, SIZES)
def test_a_turn_is_found_again(seed, size):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=size)
    turn = ortho_group.rvs(size[1], random_state=rng)
    assert_allclose(procrustes(a, a @ turn), turn, atol=1e-7)


@given(SEEDS, SIZES)
def test_no_other_orthogonal_matrix_comes_nearer(seed, size):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, *size))
    best = procrustes(a, b)
    assert_allclose(best @ best.T, np.eye(size[1]), atol=1e-12)
    other = ortho_group.rvs(size[1], random_state=rng)
    assert np.linalg.norm(a @ best - b) <= np.linalg.norm(a @ other - b) + 1e-9


def test_too_few_rows_still_give_an_orthogonal_matrix():
    a = np.array([[1.0, 2.0, 3.0]])
    turn = procrustes(a, a[:, ::-1])
    assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert_allclose(a @ turn, a[:, ::-1], atol=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (np.ones((3, 2)), np.ones((3, 4)), r"found \(3, 2\) and \(3, 4\)"),
        (np.ones(3), np.ones(3), r"found \(3,\) and \(3,\)"),
        (np.ones((0, 2)), np.ones((0, 2)), r"found \(0, 2\)"),
        ([[1.0, np.nan]], [[1.0, 2.0]], "NaN or infinity"),
        ([[1.0, 2.0]], [[1.0, np.inf]], "NaN or infinity"),
    ],
)
def test_bad_input_is_refused(a, b, message):
    with pytest.raises(ValueError, match=message):
        procrustes(a, b)
