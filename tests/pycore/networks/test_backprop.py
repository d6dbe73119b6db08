"""The written-out network against autograd and torch: gradients, whole runs, and what overflows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits

from pycore.networks.autograd import Tensor
from pycore.networks.backprop import Network, Trainer, loss_and_gradient
from pycore.networks.losses import cross_entropy, mse

SIZES, LAYERS = [2, 8, 8, 3], ["tanh", "relu"]
OURS = {"tanh": Tensor.tanh, "relu": Tensor.relu, "sigmoid": Tensor.sigmoid, "linear": lambda x: x}
THEIRS = {
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "sigmoid": torch.nn.Sigmoid,
    "linear": torch.nn.Identity,
}
TORCH = {
    "SGD": lambda p, rate: torch.optim.SGD(p, rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, rate, momentum=0.9),
    "Adam": lambda p, rate: torch.optim.Adam(p, rate),
}


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def points(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    x = rng(1).normal(size=(n, 2))
    return x, (x[:, 0] * x[:, 1] > 0).astype(np.int64) + (x[:, 0] > 1)


def twin_of(network: Network, activations: list[str]) -> torch.nn.Sequential:
    """Build the same network in torch, with a copy of the weights."""
    layers: list[torch.nn.Module] = []
    for i, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        layer = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        layer.weight.data, layer.bias.data = torch.tensor(weight.T.copy()), torch.tensor(bias.copy())
        layers += [layer, THEIRS[activations[i]]()] if i < len(activations) else [layer]
    return torch.nn.Sequential(*layers)


@pytest.mark.parametrize("kind", ["classes", "values"])
@pytest.mark.parametrize(
    "layers", [["tanh", "relu"], ["sigmoid", "linear"], ["relu", "relu"], ["tanh", "sigmoid"]]
)
def test_gradients_are_those_of_autograd(layers: list[str], kind: str) -> None:
    network, (x, classes) = Network(SIZES, layers, rng()), points()
    targets = classes if kind == "classes" else rng(2).normal(size=(len(x), 3))
    loss = network.learn_from(x, targets)

    parameters = [(Tensor(w), Tensor(b)) for w, b in zip(network.weights, network.biases, strict=True)]
    inputs = value = Tensor(x)
    for i, (weight, bias) in enumerate(parameters):
        value = value @ weight + bias
        value = OURS[layers[i]](value) if i < len(layers) else value
    expected = cross_entropy(value, classes) if kind == "classes" else mse(value, targets)
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    flat = np.concatenate([np.r_[w.grad.ravel(), b.grad] for w, b in parameters])
    assert_allclose(network.gradient, flat, rtol=1e-10, atol=1e-14)
    back = network.backward(network.forward(x), loss_and_gradient(network.scores(x), targets)[1])
    assert_allclose(back[0], inputs.grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("kind", ["classes", "values"])
@pytest.mark.parametrize("l2", [0.0, 0.01])
@pytest.mark.parametrize("optimiser", TORCH)
def test_fifty_steps_are_those_of_torch(optimiser: str, l2: float, kind: str) -> None:
    """The same initial weights and the same batches, losses within 1e-5."""
    network, (x, classes) = Network(SIZES, LAYERS, rng()), points(100)
    targets = classes if kind == "classes" else rng(2).normal(size=(len(x), 3))
    twin, rate = twin_of(network, LAYERS), 0.02
    theirs = TORCH[optimiser](twin.parameters(), rate)
    trainer = Trainer(network, x, targets, optimiser, rate, 32, l2, rng=rng(3))
    order, orders, losses = np.zeros(0, int), rng(3), []
    for _ in range(50):
        order = order if len(order) else orders.permutation(len(x))
        chosen, order = order[:32], order[32:]
        scores, wanted = twin(torch.tensor(x[chosen])), torch.tensor(targets[chosen])
        judge = torch.nn.functional.cross_entropy if kind == "classes" else torch.nn.functional.mse_loss
        loss = judge(scores, wanted) + 0.5 * l2 * sum((m.weight**2).sum() for m in twin[::2])
        ours = network.learn_from(x[chosen], targets[chosen], l2)
        losses.append((ours, loss.item()))
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        trainer.train(1)
    assert_allclose(*zip(*losses, strict=True), atol=1e-5)
    flat = np.concatenate([np.r_[m.weight.detach().numpy().T.ravel(), m.bias.detach()] for m in twin[::2]])
    assert_allclose(network.parameters, flat, atol=1e-5)


def test_every_point_is_seen_once_before_one_is_seen_again() -> None:
    x, y = points(10)
    trainer = Trainer(Network([2, 3], [], rng()), x, y, "SGD", 0.1, 4, rng=rng())
    seen: list[np.ndarray] = []
    learn_from = trainer.network.learn_from
    trainer.network.learn_from = lambda x, *others: (seen.append(x), learn_from(x, *others))[1]  # type: ignore[method-assign]
    trainer.train(6)
    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    for half in (seen[:3], seen[3:]):
        assert_allclose(np.sort(np.concatenate(half), axis=0), np.sort(x, axis=0))


@pytest.mark.parametrize("layers", [["relu", "relu"], ["linear", "linear"]])
def test_what_overflows_stops_and_keeps_finite_parameters(layers: list[str]) -> None:
    x, _ = points()
    targets = rng().normal(size=(len(x), 1))
    trainer = Trainer(Network([2, 8, 8, 1], layers, rng()), x, targets, "SGD", 1000.0, 32, rng=rng())
    trainer.train(200)
    assert trainer.overflowed
    assert trainer.steps < 200
    assert np.isfinite(trainer.network.parameters).all()
    steps = trainer.steps
    trainer.train(5)
    assert trainer.steps == steps


@pytest.mark.parametrize(
    "targets",
    [
        np.array([1.0, 2.0, 3.0]),  # would broadcast to 3 x 3
        np.array([[1], [0], [1]]),
        np.array([True, False, True]),
        np.array([0, -1, 1]),
        np.array([0, 1, 2]),
        np.array([0, 1]),
        np.zeros(0, int),
    ],
)
def test_targets_that_do_not_fit_are_refused_as_by_autograd(targets: np.ndarray) -> None:
    network, x = Network([2, 2], [], rng()), np.ones((3, 2))
    scores, judge = Tensor(network.scores(x)), mse if targets.dtype.kind == "f" else cross_entropy
    with pytest.raises(ValueError, match="expected") as expected:
        judge(scores, targets)
    for call in (network.loss, network.learn_from):
        with pytest.raises(ValueError, match="expected") as found:
            call(x, targets)
        assert str(found.value) == str(expected.value)


def test_nothing_has_no_mean_error() -> None:
    with pytest.raises(ValueError, match=r"something to average, found shape \(0, 2\)"):
        Network([2, 2], [], rng()).loss(np.ones((0, 2)), np.ones((0, 2)))


@pytest.mark.parametrize(
    ("n", "batch", "message"),
    [
        (40, 0, "batch of at least 1, found 0"),
        (40, -1, "found -1"),
        (39, 4, "as many targets as inputs, found 39 and 40"),
    ],
)
def test_a_trainer_refuses_what_it_cannot_train(n: int, batch: int, message: str) -> None:
    x, y = points()
    with pytest.raises(ValueError, match=message):
        Trainer(Network([2, 3], [], rng()), x, y[:n], "SGD", 0.1, batch, rng=rng())


def test_a_sigmoid_far_below_zero_is_not_zero() -> None:
    network = Network([1, 1, 1], ["sigmoid"], rng())
    network.weights[0][:] = 1
    assert network.forward(np.array([[-40.0]]))[1].item() == pytest.approx(
        4.248354255291589e-18, rel=1e-14, abs=0
    )


def test_sizes_and_activations_must_fit() -> None:
    for sizes, layers in (([2], []), ([2, 0, 1], ["tanh"]), ([2, 3, 1], []), ([2, 1], ["tanh"])):
        with pytest.raises(ValueError, match="an activation for each hidden layer"):
            Network(sizes, layers, rng())


def test_initial_weights_have_the_variance_of_their_initialisation() -> None:
    network = Network([400, 400, 400, 10], ["relu", "tanh"], rng(), gain=3.0)
    found = [float(w.std()) / 3 for w in network.weights]
    assert_allclose(found, [(2 / 400) ** 0.5, (2 / 800) ** 0.5, (2 / 410) ** 0.5], rtol=0.02)
    assert not any(b.any() for b in network.biases)
    assert [w.shape for w in network.weights] == list(pairwise(network.sizes))


def test_digits_are_read_as_well_as_by_scikit_learn() -> None:
    from sklearn.neural_network import MLPClassifier

    x, y = load_digits(return_X_y=True)
    order = rng(0).permutation(len(x))
    x, y, (held, kept) = x / 16, y, (order[:360], order[360:])
    network = Network([64, 32, 10], ["relu"], rng(1))
    Trainer(network, x[kept], y[kept], "Adam", 0.005, 32, rng=rng(2)).train(45 * 25)
    ours = float((network.scores(x[held]).argmax(axis=1) == y[held]).mean())
    theirs = MLPClassifier((32,), max_iter=600, random_state=0).fit(x[kept], y[kept]).score(x[held], y[held])
    assert ours > 0.95
    assert abs(ours - theirs) <= 0.015
