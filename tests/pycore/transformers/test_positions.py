import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pycore.transformers.positions import angles, rotate, sinusoidal

PLACE = st.integers(0, 2000)


def test_sinusoidal_positions_follow_the_papers_formula():
    table = sinusoidal(np.arange(50), 16)
    for position, row in enumerate(table):
        for i in range(8):
            angle = position / 10000 ** (2 * i / 16)
            assert row[2 * i : 2 * i + 2] == pytest.approx([math.sin(angle), math.cos(angle)], abs=1e-12)


@given(PLACE, st.integers(0, 100))
def test_a_shift_of_sinusoidal_positions_is_a_linear_map_of_the_shift_alone(position, shift):
    here, there = sinusoidal(np.array([position, position + shift]), 16)
    angle = angles(np.array(shift), 16)
    expected = np.empty(16)
    expected[0::2] = here[0::2] * np.cos(angle) + here[1::2] * np.sin(angle)
    expected[1::2] = here[1::2] * np.cos(angle) - here[0::2] * np.sin(angle)
    np.testing.assert_allclose(there, expected, atol=1e-9)


def test_rotation_is_multiplication_of_complex_numbers():
    rng = np.random.default_rng(0)
    x, positions = rng.normal(size=(2, 3, 7, 10)), rng.integers(0, 500, 7)
    turn = torch.outer(
        torch.tensor(positions), 10000.0 ** -(torch.arange(0, 10, 2, dtype=torch.float64) / 10)
    )
    pairs = torch.view_as_complex(torch.tensor(x).reshape(2, 3, 7, 5, 2))
    expected = torch.view_as_real(pairs * torch.polar(torch.ones_like(turn), turn)).reshape(2, 3, 7, 10)
    np.testing.assert_allclose(rotate(x, positions), expected.numpy(), atol=1e-11)


@given(PLACE, PLACE, PLACE, st.integers(0, 2**32 - 1))
def test_the_dot_product_of_rotated_vectors_depends_only_on_their_distance(query, key, shift, seed):
    x = np.random.default_rng(seed).normal(size=(2, 32))
    first = np.prod(rotate(x, np.array([query, key])), axis=0).sum()
    second = np.prod(rotate(x, np.array([query + shift, key + shift])), axis=0).sum()
    assert first == pytest.approx(second, abs=1e-9)


@given(PLACE, st.integers(0, 2**32 - 1))
def test_rotation_keeps_lengths_and_does_nothing_at_position_zero(position, seed):
    x = np.random.default_rng(seed).normal(size=(1, 8))
    turned = rotate(x, np.array([position]))
    assert np.linalg.norm(turned) == pytest.approx(np.linalg.norm(x))
    np.testing.assert_array_equal(rotate(x, np.array([0])), x)


def test_rotation_keeps_float32():
    assert rotate(np.ones((3, 4), np.float32), np.arange(3)).dtype == np.float32


@pytest.mark.parametrize("dim", [0, 3, -2])
def test_odd_and_empty_widths_are_refused(dim):
    with pytest.raises(ValueError, match=f"positive even width, found {dim}"):
        sinusoidal(np.arange(2), dim)


def test_positions_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="broadcast"):
        rotate(np.ones((3, 4)), np.arange(2))
