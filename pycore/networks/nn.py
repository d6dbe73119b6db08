"""Neural networks in small: layers on top of `pycore.networks.autograd`.

A layer is anything that takes a tensor and returns one, so an activation needs no class of its own:
`Tensor.relu`, `Tensor.tanh` or `Tensor.gelu` is put between two `Dense` layers as it is. Softmax belongs to
the loss (`losses.cross_entropy`), so a classifier ends with a `Dense` layer. Weights begin by one of
`initialisers` and move by one of `optimisers`. Left out: dropout, normalisation, convolution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from pycore.networks.autograd import Tensor
from pycore.networks.initialisers import Initialiser, he_normal

Layer = Callable[[Tensor], Tensor]


class Module:
    """A layer with parameters.

    The convention: each `Tensor` that is stored on a module, also in a module of its own and in lists, tuples
    and dicts of these, however deep, is a parameter and gets trained. Keep constants as numpy arrays.

    Examples
    --------
    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = Tensor(1.0)
    >>> Scale().parameters()
    [Tensor(1.0)]
    """

    def parameters(self) -> list[Tensor]:
        """List the parameters, one that is shared between layers only once."""
        return list(dict.fromkeys(_parameters(vars(self))))


def _parameters(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Module):
        yield from value.parameters()
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _parameters(item)


class Dense(Module):
    """A fully connected layer: x @ weight + bias.

    Parameters
    ----------
    n_in, n_out
        Lengths of the input and output vectors, at least 1.
    rng
        Where the weights are drawn from. The biases start at zero.
    init
        `lecun_normal`, `glorot_uniform`, `he_normal` or a function like them.

    Attributes
    ----------
    weight : Tensor of shape (n_in, n_out)
        torch keeps the transpose of this.
    bias : Tensor of shape (n_out,)
        It holds float64, and so the output does, for an input of float32 too.

    Raises
    ------
    ValueError
        If a length is below 1; when called, if the last axis of the input is not n_in long.

    Examples
    --------
    >>> layer = Dense(3, 2, np.random.default_rng(0))
    >>> layer(Tensor(np.ones((5, 3)))).shape
    (5, 2)
    """

    def __init__(
        self, n_in: int, n_out: int, rng: np.random.Generator, init: Initialiser = he_normal
    ) -> None:
        if n_in < 1 or n_out < 1:
            raise ValueError(f"expected lengths of at least 1, found n_in={n_in} and n_out={n_out}")
        self.weight = Tensor(init(n_in, n_out, rng))
        self.bias = Tensor(np.zeros(n_out))

    def __call__(self, x: Tensor) -> Tensor:
        """Map (..., n_in) to (..., n_out)."""
        n_in = self.weight.shape[0]
        if x.shape[-1:] != (n_in,):
            raise ValueError(f"expected an input of shape (..., {n_in}), found {x.shape}")
        return x @ self.weight + self.bias


class Sequential(Module):
    """Layers one after the other, each fed with the output of the one before.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> model = Sequential(Dense(2, 8, rng), Tensor.gelu, Dense(8, 1, rng))
    >>> [p.shape for p in model.parameters()]
    [(2, 8), (8,), (8, 1), (1,)]
    """

    def __init__(self, *layers: Layer) -> None:
        self.layers = list(layers)

    def __call__(self, x: Tensor) -> Tensor:
        """Apply all layers to `x`."""
        for layer in self.layers:
            x = layer(x)
        return x


class MLP(Sequential):
    """Multilayer perceptron: dense layers with an activation between them, and none after the last.

    Parameters
    ----------
    sizes
        Lengths of the input, of each hidden layer and of the output: at least two numbers.
    rng
        Where the weights are drawn from.
    activation, init
        The defaults, relu and `he_normal`, belong together; `glorot_uniform` goes with `Tensor.tanh`.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is below 1.

    Examples
    --------
    Exclusive or, which no single dense layer can compute:

    >>> from pycore.networks.initialisers import glorot_uniform
    >>> from pycore.networks.losses import mse
    >>> from pycore.networks.optimisers import Adam
    >>> x, y = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]]), Tensor([[0], [1], [1], [0]])
    >>> model = MLP([2, 8, 1], np.random.default_rng(0), Tensor.tanh, glorot_uniform)
    >>> optimiser = Adam(model.parameters(), lr=0.1)
    >>> for _ in range(100):
    ...     loss = mse(model(x), y)
    ...     optimiser.zero_grad()
    ...     loss.backward()
    ...     optimiser.step()
    >>> model(x).data.round(1).ravel() + 0.0
    array([0., 1., 1., 0.])
    """

    def __init__(
        self,
        sizes: Sequence[int],
        rng: np.random.Generator,
        activation: Layer = Tensor.relu,
        init: Initialiser = he_normal,
    ) -> None:
        if len(sizes) < 2:
            raise ValueError(f"expected at least an input and an output size, found {list(sizes)}")
        layers: list[Layer] = []
        for n_in, n_out in pairwise(sizes):
            layers += [Dense(n_in, n_out, rng, init), activation]
        super().__init__(*layers[:-1])
