"""A hidden layer against torch, and points that no line parts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from pycore.networks.hidden_layer import HiddenLayer, edge_on
from pycore.networks.neuron import Neuron
from pycore.networks.two_classes import SHAPES, clouds

RNG = np.random.default_rng(2)
LAYER = HiddenLayer((Neuron(RNG.normal(size=2), 0.3), Neuron(RNG.normal(size=2), -0.4)))
APART = HiddenLayer((Neuron(np.array([2.0, 2.0]), 2.0), Neuron(np.array([2.0, 2.0]), -2.0)))


def test_the_map_is_torchs() -> None:
    twin = torch.nn.Linear(2, 2, dtype=torch.float64)
    twin.weight.data = torch.tensor(np.array([neuron.weights for neuron in LAYER.neurons]))
    twin.bias.data = torch.tensor([neuron.bias for neuron in LAYER.neurons], dtype=torch.float64)
    x = RNG.normal(size=(20, 2))
    assert_allclose(LAYER(x), torch.tanh(twin(torch.tensor(x))).detach().numpy())


def test_two_neurons_side_by_side_part_the_clouds() -> None:
    points, labels = clouds()
    assert APART.read_out(points, labels).wrong(APART(points), labels).sum() == 0


def test_the_output_neuron_is_about_as_good_as_can_be() -> None:
    points, labels = clouds()
    ours = LAYER.read_out(points, labels).wrong(LAYER(points), labels).sum()
    oracle = LogisticRegression(C=np.inf).fit(LAYER(points), labels)
    assert abs(ours - (oracle.predict(LAYER(points)) != labels).sum()) <= 1


@pytest.mark.parametrize(("shape", "best"), [("clouds", 16), ("moons", 6), ("ring", 24)])
def test_no_line_parts_the_shapes(shape: str, best: int) -> None:
    """Of all directions and places in small steps; what the questions say."""
    points, labels = SHAPES[shape]()
    counts = [
        Neuron(np.array([np.cos(turn), np.sin(turn)]), bias).wrong(points, labels).sum()
        for turn in np.linspace(0, 2 * np.pi, 180)
        for bias in np.linspace(-3, 3, 121)
    ]
    assert min(counts) == best


TRIANGLE = HiddenLayer(
    tuple(
        Neuron(2.5 * np.array([np.cos(turn), np.sin(turn)]), 2.75)
        for turn in np.pi * np.array([0.5, 7 / 6, 11 / 6])
    )
)


def test_three_neurons_in_a_triangle_part_the_ring() -> None:
    points, labels = SHAPES["ring"]()
    assert TRIANGLE.read_out(points, labels).wrong(TRIANGLE(points), labels).sum() == 0


def test_edge_on_a_plane_is_a_line() -> None:
    points, labels = SHAPES["ring"]()
    last = TRIANGLE.read_out(points, labels)
    turn = edge_on(last)
    assert_allclose(turn @ turn.T, np.eye(2), atol=1e-12)
    flat = Neuron(turn @ last.weights, last.bias)
    assert_allclose(flat.sum(TRIANGLE(points) @ turn.T), last.sum(TRIANGLE(points)))
    assert abs(flat.weights[0]) < 1e-9


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "weights",
    [
        [0.2, -0.7, 0.68],  # along the fixed direction
        [0.2000001, -0.7, 0.68],
        [0.2, -0.7],
        [-2.0, 7.0, -6.8],
        [0.0, 0.0, 0.0],
        [0.0, -3.0],
        [1e-12, 1.0, 0.3],
    ],
)
def test_edge_on_has_two_directions_at_a_right_angle(weights: list[float], dtype: type) -> None:
    turn = edge_on(Neuron(np.array(weights, dtype), 0.0))
    assert_allclose(turn @ turn.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize("size", [1, 4])
def test_edge_on_refuses_what_has_no_such_side(size: int) -> None:
    with pytest.raises(ValueError, match=f"2 or 3 weights, found {size}"):
        edge_on(Neuron(np.ones(size), 0.0))


def test_two_neurons_never_take_the_ring_apart() -> None:
    """Torch, from many starts, finds none without mistakes; what the prose says."""
    points, labels = (torch.tensor(part) for part in SHAPES["ring"]())
    for seed in range(6):
        torch.manual_seed(seed)
        model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)).double()
        optimiser = torch.optim.Adam(model.parameters(), 0.05)
        for _ in range(300):
            optimiser.zero_grad()
            scores = model(points)[:, 0]
            torch.nn.functional.binary_cross_entropy_with_logits(scores, labels).backward()
            optimiser.step()
        assert ((model(points)[:, 0] > 0).double() != labels).sum() > 5
