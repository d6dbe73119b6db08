"""Layers, initialisations and optimisers against torch, and training on real digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from pycore.networks.autograd import Tensor
from pycore.networks.initialisers import glorot_uniform, he_normal, lecun_normal
from pycore.networks.losses import cross_entropy, mse
from pycore.networks.nn import MLP, Dense, Module, Sequential
from pycore.networks.optimisers import SGD, Adam, Momentum, Optimiser

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def torch_twin(model: MLP, activation: Callable[[], torch.nn.Module]) -> torch.nn.Sequential:
    """Build the same network in torch, with a copy of the weights."""
    layers: list[torch.nn.Module] = []
    for layer in model.layers:
        if isinstance(layer, Dense):
            twin = torch.nn.Linear(*layer.weight.shape, dtype=torch.float64)
            twin.weight.data = torch.tensor(layer.weight.data.T.copy())
            twin.bias.data = torch.tensor(layer.bias.data.copy())
            layers.append(twin)
        else:
            layers.append(activation())
    return torch.nn.Sequential(*layers)


def assert_same_parameters(model: Module, twin: torch.nn.Module) -> None:
    ours, theirs = model.parameters(), list(twin.parameters())
    assert len(ours) == len(theirs)
    for p, q in zip(ours, theirs, strict=True):
        assert_allclose(p.data, q.detach().numpy().T, **TOLERANCE)


# ---------------------------------------------------------------- layers


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Tensor.relu, torch.nn.ReLU), (Tensor.tanh, torch.nn.Tanh), (Tensor.gelu, torch.nn.GELU)],
)
def test_an_mlp_is_that_of_torch(
    ours: Callable[[Tensor], Tensor], theirs: Callable[[], torch.nn.Module]
) -> None:
    model = MLP([5, 7, 6, 3], rng(), ours)
    twin = torch_twin(model, theirs)
    x, classes = rng().normal(size=(4, 5)), np.array([0, 2, 1, 2])

    scores = model(Tensor(x))
    reference = twin(torch.tensor(x))
    assert_allclose(scores.data, reference.detach().numpy(), **TOLERANCE)

    cross_entropy(scores, classes).backward()
    torch.nn.functional.cross_entropy(reference, torch.tensor(classes)).backward()
    for p, q in zip(model.parameters(), twin.parameters(), strict=True):
        assert_allclose(p.grad, q.grad.numpy().T, **TOLERANCE)


def test_a_dense_layer_takes_any_number_of_leading_axes() -> None:
    layer = Dense(3, 2, rng())
    x = rng().normal(size=(4, 5, 3))
    assert_allclose(layer(Tensor(x)).data[2, 1], layer(Tensor(x[2, 1])).data)


def test_a_shared_parameter_is_listed_once_and_moved_once() -> None:
    class Tied(Module):
        def __init__(self) -> None:
            self.encoder = Dense(3, 3, rng())
            self.decoders = [self.encoder, Sequential(self.encoder, Dense(3, 2, rng()))]
            self.table = Tensor(np.ones((4, 3)))
            self.constant = np.ones(3)

    model = Tied()
    assert [p.shape for p in model.parameters()] == [(3, 3), (3,), (3, 2), (2,), (4, 3)]
    before = model.encoder.weight.data
    model.encoder.weight.grad += 1.0
    SGD(model.parameters(), lr=0.5).step()
    assert_allclose(model.encoder.weight.data, before - 0.5)


def test_parameters_are_found_however_deep_they_lie() -> None:
    class Nested(Module):
        def __init__(self) -> None:
            self.blocks = [[Dense(2, 3, rng())], (Dense(3, 4, rng()), [Tensor(np.ones(5))])]
            self.named = {"first": Tensor(np.ones(6)), "more": [{"second": Dense(6, 7, rng())}]}
            self.others = {"a": 1.0, "b": np.ones(8), "c": Tensor.relu}

    shapes = [p.shape for p in Nested().parameters()]
    assert shapes == [(2, 3), (3,), (3, 4), (4,), (5,), (6,), (6, 7), (7,)]


# ---------------------------------------------------------------- initialisations


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (glorot_uniform, torch.nn.init.xavier_uniform_),
        (he_normal, torch.nn.init.kaiming_normal_),
        (
            lecun_normal,
            lambda w, generator: torch.nn.init.kaiming_normal_(w, nonlinearity="linear", generator=generator),
        ),
    ],
)
def test_weights_are_spread_as_torch_spreads_them(
    ours: Callable[[int, int, np.random.Generator], np.ndarray], theirs: Callable[..., torch.Tensor]
) -> None:
    n_in, n_out = 300, 500
    weights = ours(n_in, n_out, rng())
    assert weights.shape == (n_in, n_out)
    reference = theirs(torch.empty(n_out, n_in), generator=torch.Generator().manual_seed(0)).numpy()
    levels = np.linspace(0.02, 0.98, 49)
    # 150,000 draws: a quantile is known to about half a percent of the standard deviation.
    assert_allclose(np.quantile(weights, levels), np.quantile(reference, levels), atol=0.03 * reference.std())


@pytest.mark.parametrize(("init", "activation"), [(he_normal, Tensor.relu), (lecun_normal, lambda x: x)])
def test_a_signal_keeps_its_size_through_many_layers(
    init: Callable[..., np.ndarray], activation: Callable[[Tensor], Tensor]
) -> None:
    generator = rng()
    x = generator.normal(size=(64, 256))
    model = MLP([256] * 21, generator, activation, init)
    # Half or twice the variance would be off by 2 ** 20.
    assert 0.3 < np.square(model(Tensor(x)).data).mean() < 3


# ---------------------------------------------------------------- optimisers

OPTIMISERS: dict[str, tuple[Callable[..., Optimiser], Callable[..., torch.optim.Optimizer]]] = {
    "sgd": (lambda p: SGD(p, 0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (lambda p: Momentum(p, 0.05), lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
    "no momentum": (lambda p: Momentum(p, 0.1, 0.0), lambda p: torch.optim.SGD(p, 0.1)),
    "adam": (lambda p: Adam(p, 0.02), lambda p: torch.optim.Adam(p, 0.02)),
    "adam, other settings": (
        lambda p: Adam(p, 0.05, beta1=0.5, beta2=0.9, eps=1e-3),
        lambda p: torch.optim.Adam(p, 0.05, betas=(0.5, 0.9), eps=1e-3),
    ),
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_ten_steps_are_those_of_torch(name: str) -> None:
    model = MLP([6, 8, 3], rng(), Tensor.tanh)
    twin = torch_twin(model, torch.nn.Tanh)
    ours, theirs = (
        make(list(p))
        for make, p in zip(OPTIMISERS[name], (model.parameters(), twin.parameters()), strict=True)
    )
    start = [p.data.copy() for p in model.parameters()]
    generator = rng()
    for _ in range(10):
        x, y = generator.normal(size=(5, 6)), generator.normal(size=(5, 3))
        ours.zero_grad()
        mse(model(Tensor(x)), y).backward()
        ours.step()
        theirs.zero_grad()
        torch.nn.functional.mse_loss(twin(torch.tensor(x)), torch.tensor(y)).backward()
        theirs.step()
        assert_same_parameters(model, twin)
    moved = [np.abs(p.data - s).max() for p, s in zip(model.parameters(), start, strict=True)]
    assert min(moved) > 0.01


@pytest.mark.parametrize("optimiser", [SGD, Momentum, Adam])
def test_a_step_leaves_the_callers_array_and_the_dtype_alone(optimiser: Callable[..., Optimiser]) -> None:
    table = np.ones((2, 3), np.float32)
    single = Tensor(np.float32(2.0))
    weights = Tensor(table)
    ((weights * single) ** 2).sum().backward()
    optimiser([weights, single], lr=np.float64(0.1)).step()
    assert (table == 1).all()
    assert (weights.data != 1).all()
    assert (weights.data.dtype, single.data.dtype, single.data.shape) == (np.float32, np.float32, ())


@pytest.mark.parametrize("optimiser", [SGD, Momentum, Adam])
@pytest.mark.parametrize("tensor", [Tensor([1.0, 2.0]), Tensor(1.0)])
def test_one_tensor_is_no_list_of_tensors(optimiser: Callable[..., Optimiser], tensor: Tensor) -> None:
    """Its rows would be trained, new tensors, and it would stay as it is."""
    with pytest.raises(TypeError, match="expected a list of tensors to train, found a tensor"):
        optimiser(tensor, lr=0.1)


# ---------------------------------------------------------------- training


def test_a_64_32_10_net_reads_handwritten_digits() -> None:
    images, digits = load_digits(return_X_y=True)
    x, x_test, y, y_test = train_test_split(
        images / 16, digits, test_size=0.25, random_state=0, stratify=digits
    )
    generator = rng()
    model = MLP([64, 32, 10], generator)
    optimiser = Adam(model.parameters(), lr=0.01)

    first = cross_entropy(model(Tensor(x)), y).item()
    assert 2 < first < 3.5  # near log(10): it knows nothing yet
    for _ in range(20):
        for batch in np.array_split(generator.permutation(len(x)), len(x) // 64):
            optimiser.zero_grad()
            cross_entropy(model(Tensor(x[batch])), y[batch]).backward()
            optimiser.step()
    assert cross_entropy(model(Tensor(x)), y).item() < 0.05
    accuracy = (model(Tensor(x_test)).data.argmax(axis=1) == y_test).mean()
    assert accuracy > 0.95


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Dense(0, 2, rng()), "n_in=0 and n_out=2"),
        (lambda: Dense(3, 2, rng())(Tensor(np.ones((2, 4)))), r"shape \(\.\.\., 3\), found \(2, 4\)"),
        (lambda: Dense(3, 2, rng())(Tensor(1.0)), r"found \(\)"),
        (lambda: MLP([4], rng()), r"output size, found \[4\]"),
        (lambda: SGD([], lr=0.1), "at least one parameter"),
        (lambda: SGD([Tensor(1.0)], lr=0), "lr above 0 and finite, found 0"),
        (lambda: SGD([Tensor(1.0)], lr=np.nan), "found nan"),
        (lambda: Adam([Tensor(1.0)], lr=np.inf), "found inf"),
        (lambda: Momentum([Tensor(1.0)], lr=0.1, momentum=1.0), "momentum from 0 to below 1, found 1.0"),
        (lambda: Adam([Tensor(1.0)], beta1=-0.1), "beta1"),
        (lambda: Adam([Tensor(1.0)], beta2=1.0), "beta2"),
        (lambda: Adam([Tensor(1.0)], eps=0.0), "eps"),
    ],
)
def test_bad_input_is_told(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
