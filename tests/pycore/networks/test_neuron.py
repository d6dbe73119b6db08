"""One neuron against torch and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from pycore.networks.neuron import BENDS, Neuron, standardize, train

RNG = np.random.default_rng(5)
X = RNG.normal(size=(60, 2)) + np.repeat([[-0.6, 0.2], [0.6, -0.2]], 30, axis=0)
LABELS = np.repeat([0, 1], 30)


@pytest.mark.parametrize("bend", ["sigmoid", "tanh", "relu"])
def test_bends_are_torchs(bend: str) -> None:
    z = np.linspace(-800, 800, 1001)
    assert_allclose(BENDS[bend](z), getattr(torch, bend)(torch.tensor(z)).numpy(), rtol=1e-13, atol=1e-300)


def test_a_step_says_yes_only_above_zero() -> None:
    assert BENDS["step"](np.array([-1.0, 0.0, 1e-9])).tolist() == [0, 0, 1]


def test_fifty_steps_are_torchs() -> None:
    neuron = train(X, LABELS, rate=0.7, steps=50)
    layer = torch.nn.Linear(2, 1, dtype=torch.float64)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD(layer.parameters(), 0.7)
    for _ in range(50):
        optimiser.zero_grad()
        z = layer(torch.tensor(X))[:, 0]
        torch.nn.functional.binary_cross_entropy_with_logits(
            z, torch.tensor(LABELS, dtype=torch.float64)
        ).backward()
        optimiser.step()
    assert_allclose(neuron.weights, layer.weight.detach().numpy()[0], rtol=1e-9)
    assert_allclose(neuron.bias, layer.bias.item(), rtol=1e-9)


def test_long_training_comes_to_logistic_regression() -> None:
    neuron = train(X, LABELS, steps=4000)
    oracle = LogisticRegression(C=np.inf, tol=1e-10).fit(X, LABELS)
    assert_allclose(neuron.weights, oracle.coef_[0], rtol=1e-4)
    assert neuron.wrong(X, LABELS).sum() == (oracle.predict(X) != LABELS).sum()


def test_sums_and_sides() -> None:
    neuron = Neuron(np.array([1.0, -2.0]), 0.5)
    assert neuron.sum([3, 1]) == 1.5
    assert neuron.wrong([[3, 1], [0, 1]], [1, 1]).tolist() == [False, True]
    assert_allclose(standardize(X).std(axis=0), 1)
