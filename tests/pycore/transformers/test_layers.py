import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pycore.transformers.layers import FeedForward, LayerNorm, Linear, erf, gelu

GRID = np.linspace(-8, 8, 40_001)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 2e-8), (np.float32, 3e-7)])
def test_erf_is_as_close_to_the_standard_librarys_as_it_says(dtype, error):
    x = GRID.astype(dtype)
    exact = np.array([math.erf(number) for number in x.tolist()])
    assert erf(x).dtype == dtype
    assert np.abs(erf(x).astype(float) - exact).max() <= error


def test_erf_is_odd_keeps_its_argument_and_passes_nan_through():
    x = np.array([0.0, 0.3, 3.9, 4.0, 1e300, np.inf, np.nan])
    before = x.copy()
    np.testing.assert_array_equal(erf(-x), -erf(x))
    np.testing.assert_array_equal(x, before)
    assert np.isnan(erf(x)).tolist() == [False] * 6 + [True]


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 1e-7), (np.float32, 2e-6)])
def test_gelu_is_torchs(dtype, error):
    x = GRID.astype(dtype)
    np.testing.assert_allclose(gelu(x), F.gelu(torch.tensor(x)).numpy(), atol=error, rtol=0)


def test_linear_is_torchs_for_any_leading_axes(rng):
    weight, bias = rng.normal(size=(3, 5)), rng.normal(size=3)
    for shape in [(5,), (2, 5), (4, 2, 5), (0, 5)]:
        x = rng.normal(size=shape)
        expected = F.linear(*map(torch.tensor, (x, weight, bias))).numpy()
        np.testing.assert_allclose(Linear(weight, bias)(x), expected, atol=1e-12)


def test_layer_norm_is_torchs(rng):
    x, weight, bias = rng.normal(3, 5, size=(4, 6, 32)), rng.normal(size=32), rng.normal(size=32)
    expected = F.layer_norm(torch.tensor(x), (32,), torch.tensor(weight), torch.tensor(bias), eps=1e-5)
    np.testing.assert_allclose(LayerNorm(weight, bias, 1e-5)(x), expected.numpy(), atol=1e-12)


def test_layer_norm_of_a_constant_vector_is_its_bias(rng):
    bias = rng.normal(size=8)
    np.testing.assert_array_equal(LayerNorm(np.ones(8), bias)(np.full((2, 8), 5.0)), [bias, bias])


def test_float32_stays_float32(rng):
    up, down = (
        Linear(rng.normal(size=shape).astype("f"), np.zeros(shape[0], "f")) for shape in [(8, 4), (4, 8)]
    )
    norm = LayerNorm(np.ones(4, "f"), np.zeros(4, "f"))
    assert FeedForward(up, down)(norm(rng.normal(size=(3, 4)).astype("f"))).dtype == np.float32


def test_shapes_that_do_not_fit_are_named(rng):
    with pytest.raises(ValueError, match=r"found \(3, 5\) and \(5,\)"):
        Linear(np.zeros((3, 5)), np.zeros(5))
    with pytest.raises(ValueError, match=r"found \(3,\) and \(4,\)"):
        LayerNorm(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match=r"last axis of 5, found an array of shape \(2, 4\)"):
        Linear.random(rng, 5, 3)(np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"last axis of 5, found an array of shape \(\)"):
        LayerNorm.identity(5)(np.array(1.0))
