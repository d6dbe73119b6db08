"""RMSNorm, SiLU and SwiGLU against torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pycore.transformers.layers import Linear
from pycore.transformers.rmsnorm import RMSNorm
from pycore.transformers.swiglu import SwiGLU, silu


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_rms_norm_is_torchs(rng):
    x, weight = rng.normal(3, 5, size=(4, 6, 32)), rng.normal(size=32)
    expected = F.rms_norm(torch.tensor(x), (32,), torch.tensor(weight), eps=1e-5).numpy()
    np.testing.assert_allclose(RMSNorm(weight, 1e-5)(x), expected, atol=1e-12)
    np.testing.assert_array_equal(RMSNorm(weight)(np.zeros((2, 32))), 0)


def test_silu_is_torchs_from_one_end_to_the_other(rng):
    x = np.concatenate([np.linspace(-60, 60, 10_001), [-1e308, 1e308]])
    np.testing.assert_allclose(silu(x), F.silu(torch.tensor(x)).numpy(), rtol=1e-12, atol=1e-300)


def test_silu_has_the_digits_of_float32_below_zero_too():
    x = np.linspace(-80, 80, 4001, dtype=np.float32)
    expected = F.silu(torch.tensor(x, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(silu(x), expected, rtol=1e-6)
    assert silu(x).dtype == np.float32


def test_swiglu_is_torchs(rng):
    gate, up, down = rng.normal(size=(20, 8)), rng.normal(size=(20, 8)), rng.normal(size=(8, 20))
    x = rng.normal(size=(2, 5, 8))
    t = torch.tensor(x)
    inner = F.silu(F.linear(t, torch.tensor(gate))) * F.linear(t, torch.tensor(up))
    expected = F.linear(inner, torch.tensor(down)).numpy()
    np.testing.assert_allclose(SwiGLU(Linear(gate), Linear(up), Linear(down))(x), expected, atol=1e-12)


def test_float32_stays_float32(rng):
    norm = RMSNorm(np.ones(8, "f"))
    layer = SwiGLU(*(Linear(rng.normal(size=s).astype("f")) for s in ((20, 8), (20, 8), (8, 20))))
    assert layer(norm(rng.normal(size=(3, 8)).astype("f"))).dtype == np.float32


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match=r"expected weight \(d,\), found \(2, 2\)"):
        RMSNorm(np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"last axis of 3, found an array of shape \(2, 4\)"):
        RMSNorm.identity(3)(np.ones((2, 4)))
