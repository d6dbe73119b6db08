"""Ranks and Spearman's correlation against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose
from scipy import stats

from pycore.embeddings.rank_correlation import ranks, spearman

# Few values, so that many are equal.
LISTS = arrays(np.float64, st.tuples(st.just(2), st.integers(2, 30)), elements=st.integers(-4, 4).map(float))


@given(LISTS)
def test_ranks_are_those_of_scipy(lists):
    assert_allclose(ranks(lists[0]), stats.rankdata(lists[0]))


@given(LISTS)
def test_spearman_is_that_of_scipy(lists):
    x, y = lists
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    assert_allclose(spearman(x, y), stats.spearmanr(x, y).statistic, atol=1e-12)


@given(LISTS)
def test_only_the_order_counts(lists):
    x, y = lists
    assume(len(set(x)) > 1 and len(set(y)) > 1)
    assert spearman(np.exp(x), y**3) == spearman(x, y)
    assert_allclose(spearman(-x, y), -spearman(x, y), atol=1e-12)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1.0], [1.0], "2 or more"),
        ([1.0, 2.0], [1.0, 2.0, 3.0], r"found shapes \(2,\) and \(3,\)"),
        ([[1.0, 2.0]], [[1.0, 2.0]], "two lists"),
        ([1.0, np.nan], [1.0, 2.0], "found NaN"),
        ([1.0, 1.0], [1.0, 2.0], "all equal"),
    ],
)
def test_bad_input_is_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        spearman(x, y)
