"""The gradient of a score against torch's, and changes that do flip the answer, by little."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from pycore.data.networks.digits import digit_reader, digits
from pycore.networks.adversarial import score_gradient, smallest_change
from pycore.networks.backprop import Network
from tests.pycore.networks.test_backprop import twin_of


def test_the_gradient_is_that_of_torch() -> None:
    network, x = digit_reader(), digits().ink[7]
    direction = np.random.default_rng(0).normal(size=10)
    value = torch.tensor(x[np.newaxis], requires_grad=True)
    (twin_of(network, ["relu"])(value) @ torch.tensor(direction)).sum().backward()
    assert value.grad is not None
    assert_allclose(score_gradient(network, x, direction), value.grad[0].numpy(), rtol=1e-9, atol=1e-12)


def test_a_linear_border_is_reached_by_the_shortest_way() -> None:
    network = Network([5, 2], [], np.random.default_rng(1))
    x = np.full(5, 0.5)
    normal = network.weights[0][:, 0] - network.weights[0][:, 1]
    distance = abs(float(x @ normal)) / float(np.linalg.norm(normal))
    change = smallest_change(network, x, -10, 10)
    assert np.linalg.norm(change) == pytest.approx(distance, rel=0.03)
    assert abs(float(change @ normal)) == pytest.approx(
        float(np.linalg.norm(change) * np.linalg.norm(normal)), rel=1e-9
    )


def test_changes_of_digits_are_small_stay_ink_and_beat_chance() -> None:
    network, data, rng = digit_reader(), digits(), np.random.default_rng(0)
    lengths = []
    for i in data.held_out[:40]:
        x = data.ink[i]
        change = smallest_change(network, x)
        before, after = (int(network.scores(v[np.newaxis]).argmax()) for v in (x, x + change))
        assert before != after
        assert (x + change).min() >= 0
        assert (x + change).max() <= 1
        lengths.append(float(np.linalg.norm(change) / np.linalg.norm(x)))
        # A tenth less of it does not flip the answer by much more than chance would: it is near the border.
        assert int(network.scores((x + 0.5 * change)[np.newaxis]).argmax()) == before
        random = rng.normal(size=64)
        random *= np.linalg.norm(change) / np.linalg.norm(random)
        assert int(network.scores((x + 0.5 * random)[np.newaxis]).argmax()) == before
    assert np.median(lengths) < 0.3


def test_what_cannot_be_flipped_is_told() -> None:
    network = Network([2, 2], [], np.random.default_rng(0))
    network.weights[0][:] = 0
    network.biases[0][:] = [1, 0]
    with pytest.raises(ValueError, match="no small change"):
        smallest_change(network, np.array([0.5, 0.5]))
