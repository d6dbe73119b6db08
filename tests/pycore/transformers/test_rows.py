from __future__ import annotations

import numpy as np
import pytest

from pycore.transformers.rows import MOST, Rows


@pytest.fixture(scope="module")
def matrix():
    x = np.random.default_rng(0).normal(size=(50, 64)) * np.geomspace(1e-4, 1e3, 50)[:, None]
    x[7] = 0
    x[9, 3] = 40 * np.abs(x[9]).max()  # an outlier
    return x


@pytest.mark.parametrize("fineness", [np.inf, 8.0])
def test_no_entry_is_off_by_more_than_half_a_step(matrix, fineness):
    rows = Rows.quantize(matrix, fineness)
    assert (np.abs(rows.floats() - matrix) <= 0.5001 * rows.scale[:, None]).all()
    assert rows.steps.dtype == np.int8
    assert np.abs(rows.steps.astype(int)).max() <= MOST
    assert not rows[np.array([7])].any()


def test_the_finest_steps_reach_127_and_coarser_ones_are_told_by_the_root_mean_square(matrix):
    finest, coarse = Rows.quantize(matrix), Rows.quantize(matrix, 30.0)
    largest = np.abs(finest.steps.astype(int)).max(axis=1)
    assert set(np.delete(largest, 7)) == {MOST}
    root = np.sqrt(np.mean(matrix**2, axis=1))
    plain = np.delete(np.arange(50), [7, 9])
    np.testing.assert_allclose(coarse.scale[plain], root[plain] / 30, rtol=1e-6)
    assert coarse.scale[9] == pytest.approx(np.abs(matrix[9]).max() / MOST)


def test_rows_are_widened_where_they_are_asked_for(matrix):
    rows = Rows.quantize(matrix)
    ids = np.array([[3, 1, 4], [1, 5, 9]])
    found = rows[ids]
    assert found.shape == (2, 3, 64)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, rows.floats()[ids])
    assert len(rows) == 50


@pytest.mark.parametrize("fineness", [np.inf, 8.0])
@pytest.mark.parametrize("size", [1e-4, 1, 300, 6e4])
def test_float16_is_widened(size, fineness):
    matrix = np.random.default_rng(0).uniform(-size, size, (20, 9)).astype(np.float16)
    found, expected = Rows.quantize(matrix, fineness), Rows.quantize(matrix.astype(np.float32), fineness)
    np.testing.assert_array_equal(found.steps, expected.steps)
    np.testing.assert_array_equal(found.scale, expected.scale)


@pytest.mark.parametrize("row", [[np.nan, 1], [np.inf, 1], [3e38, -3e38], [1e-44, 1e-44]])
def test_what_a_float32_cannot_scale_is_refused(row):
    with pytest.raises(ValueError, match="fit a float32"):
        Rows.quantize(np.float32([[1, 1], row]), 0.1)
