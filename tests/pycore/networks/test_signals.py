"""The sizes of signals against torch, and the four ways in which a deep stack goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from pycore.data.networks.digits import digits
from pycore.networks.backprop import Network
from pycore.networks.signals import Signals, signals
from tests.pycore.networks.test_backprop import twin_of

X, Y = digits().ink[:100], digits().labels[:100]


def stack(kind: str, depth: int, gain: float = 1.0, seed: int = 1) -> Network:
    return Network([64, *[32] * depth, 10], [kind] * depth, np.random.default_rng(seed), gain)


def found(kind: str, depth: int, gain: float = 1.0) -> Signals:
    return signals(stack(kind, depth, gain), X, Y)


@pytest.mark.parametrize("kind", ["tanh", "relu", "sigmoid"])
def test_sizes_are_those_that_torch_finds(kind: str) -> None:
    network = stack(kind, 6)
    twin, kept = twin_of(network, [kind] * 6), []
    value = torch.tensor(X)
    for module in twin:
        value = module(value)
        if not isinstance(module, torch.nn.Linear):
            value.retain_grad()
            kept.append(value)
    loss = torch.nn.functional.cross_entropy(value, torch.tensor(Y))
    loss.backward()
    ours = signals(network, X, Y)
    assert_allclose(ours.activations, [float(v.detach().std(correction=0)) for v in kept], rtol=1e-9)
    assert_allclose(ours.gradients, [float(v.grad.std(correction=0)) for v in kept], rtol=1e-9)
    assert ours.loss == pytest.approx(loss.item(), rel=1e-12)
    assert ours.dead == sum(int((v.detach() == 0).all(dim=0).sum()) for v in kept)


def test_sigmoid_lets_gradients_vanish_and_he_keeps_relu_level() -> None:
    sigmoid, relu = found("sigmoid", 20), found("relu", 20)
    assert sigmoid.gradients[0] < 1e-9 * sigmoid.gradients[-1]
    assert 0.05 < relu.gradients[0] / relu.gradients[-1] < 20
    assert 0.05 < relu.activations[-1] / relu.activations[0] < 20


def test_weights_too_large_explode_and_too_small_vanish() -> None:
    """Each layer of relu multiplies by the gain, whatever else it does."""
    level, large, small = (found("relu", 20, gain) for gain in (1.0, 2.0, 0.5))
    assert_allclose(large.activations / level.activations, 2.0 ** np.arange(1, 21), rtol=1e-9)
    assert_allclose(small.activations / level.activations, 0.5 ** np.arange(1, 21), rtol=1e-9)


def test_zeros_make_all_units_alike() -> None:
    for kind in ("tanh", "relu", "sigmoid"):
        assert set(found(kind, 4, 0.0).kinds) == {1}
        assert set(found(kind, 4, 1.0).kinds[:1]) != {1}
    assert found("relu", 4, 0.0).dead == 4 * 32


def test_zero_is_one_kind_whatever_its_sign() -> None:
    network = Network([1, 3, 2], ["tanh"], np.random.default_rng(0))
    network.weights[0][:] = [[1.0, 1e-12, -1e-12]]
    assert signals(network, np.array([[1.0], [2.0]]), np.array([0, 1])).kinds == (2,)


def test_dead_units_grow_with_depth() -> None:
    counts = [found("relu", depth).dead / depth for depth in (2, 10, 30)]
    assert counts[0] < counts[1] < counts[2]
