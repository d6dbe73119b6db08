"""Neural networks in small: layers, initialisations and optimisers on top of `pycore.networks.autograd`.

A layer is anything that takes a tensor and returns one, so an activation needs no class of its own:
`Tensor.relu`, `Tensor.tanh` or `Tensor.gelu` is put between two `Dense` layers as it is. Softmax belongs to
the loss (`cross_entropy` takes the scores before it), so a classifier ends with a `Dense` layer.

Initialisations: LeCun et al., 1998; Glorot & Bengio, 2010; He et al., 2015. Optimisers: stochastic gradient
descent; momentum (Polyak, 1964); Adam (Kingma & Ba, 2015). Left out: dropout, normalisation, convolution,
weight decay, schedules of the learning rate. A loss that runs off to infinity or NaN is not stopped, so look
at it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from pycore.arrays import Floats
from pycore.networks.autograd import Tensor, cross_entropy, mse

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "Dense",
    "Module",
    "Momentum",
    "Optimiser",
    "Sequential",
    "cross_entropy",
    "glorot_uniform",
    "he_normal",
    "lecun_normal",
    "mse",
]

Layer = Callable[[Tensor], Tensor]
Initialiser = Callable[[int, int, "np.random.Generator"], Floats]  # a page brings numpy.random only when used


# ---------------------------------------------------------------- initialisations
# Each keeps the variance of a signal steady from layer to layer, for a different idea of the layer.


def lecun_normal(n_in: int, n_out: int, rng: np.random.Generator) -> Floats:
    """Draw weights with variance 1 / n_in, which keeps a linear layer's outputs as large as its inputs.

    LeCun, Bottou, Orr & Müller, 1998, "Efficient BackProp" (https://doi.org/10.1007/3-540-49430-8_2).

    Returns
    -------
    float64 array of shape (n_in, n_out)

    Examples
    --------
    >>> lecun_normal(400, 100, np.random.default_rng(0)).std().round(3)
    np.float64(0.05)
    """
    return rng.normal(0.0, np.sqrt(1 / n_in), (n_in, n_out))


def glorot_uniform(n_in: int, n_out: int, rng: np.random.Generator) -> Floats:
    """Draw weights with variance 2 / (n_in + n_out): a compromise between the way forward and the way back.

    Glorot & Bengio, 2010 (https://proceedings.mlr.press/v9/glorot10a.html), for tanh; also named Xavier.

    Returns
    -------
    float64 array of shape (n_in, n_out)

    Examples
    --------
    >>> bool(np.abs(glorot_uniform(20, 4, np.random.default_rng(0))).max() < 0.5)
    True
    """
    bound = np.sqrt(6 / (n_in + n_out))
    return rng.uniform(-bound, bound, (n_in, n_out))


def he_normal(n_in: int, n_out: int, rng: np.random.Generator) -> Floats:
    """Draw weights with variance 2 / n_in: relu sets half of the signal to zero, so the rest is doubled.

    He, Zhang, Ren & Sun, 2015 (https://arxiv.org/abs/1502.01852); also named Kaiming.

    Returns
    -------
    float64 array of shape (n_in, n_out)

    Examples
    --------
    >>> he_normal(200, 100, np.random.default_rng(0)).std().round(2)
    np.float64(0.1)
    """
    return rng.normal(0.0, np.sqrt(2 / n_in), (n_in, n_out))


# ---------------------------------------------------------------- layers


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


# ---------------------------------------------------------------- optimisers


class Optimiser:
    """Moves each parameter by -lr times a direction; the optimisers differ in how they choose it.

    Parameters
    ----------
    parameters
        The tensors to train, at least one; `Module.parameters` lists them. One that comes twice moves once.
    lr
        Learning rate: the length of a step, above 0.

    Raises
    ------
    ValueError
        If there are no parameters, or a setting is out of its range.
    TypeError
        If one tensor is given in place of a list: its rows would be trained, which are no parameters.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        if isinstance(parameters, Tensor):
            raise TypeError("expected a list of tensors to train, found a tensor: put it into a list")
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError("expected at least one parameter, found none")
        _check("lr", lr, "above 0 and finite", 0 < lr < np.inf)
        self.lr = lr
        self.steps = 0

    def zero_grad(self) -> None:
        """Forget the gradients; without this, the next `backward` adds to them."""
        for p in self.parameters:
            p.grad = np.zeros_like(p.data)

    def step(self) -> None:
        """Move every parameter once, by the gradients that `backward` has left in them."""
        self.steps += 1
        for i, p in enumerate(self.parameters):
            # A new array, not `-=`: the old one may belong to the caller, and the last graph refers to it.
            p.data = np.asarray(p.data - self.lr * self.direction(i, p.grad), p.data.dtype)

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the direction to move parameter number `i` away from, an array shaped like its gradient."""
        raise NotImplementedError


class SGD(Optimiser):
    """Stochastic gradient descent: straight down the gradient of the batch.

    Parameters and errors are those of `Optimiser`.

    Examples
    --------
    >>> w = Tensor([3.0])
    >>> optimiser = SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimiser.step()
    >>> w
    Tensor([2.4])
    """

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the gradient itself."""
        return grad


class Momentum(Optimiser):
    """Gradient descent with momentum: velocity = momentum * velocity + gradient, as a heavy ball rolls.

    Polyak, 1964 (https://doi.org/10.1016/0041-5553(64)90137-5), in the form that torch's SGD uses.

    Parameters
    ----------
    parameters, lr
        As in `Optimiser`.
    momentum
        How much of the velocity is left after a step, from 0 to below 1.

    Examples
    --------
    >>> w = Tensor([3.0])
    >>> optimiser = Momentum([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     optimiser.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimiser.step()
    >>> w.data.round(2)
    array([1.62])
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr)
        _check("momentum", momentum, "from 0 to below 1", 0 <= momentum < 1)
        self.momentum = momentum
        self.velocity = [np.zeros_like(p.data) for p in self.parameters]

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the velocity."""
        self.velocity[i] = self.momentum * self.velocity[i] + grad
        return self.velocity[i]


class Adam(Optimiser):
    """Adam: momentum, with a step size of its own for each number, set by how large its gradients were.

    Kingma & Ba, 2015 (https://arxiv.org/abs/1412.6980). Running means of the gradient and of its square start
    at zero and are divided by 1 - beta ** steps to make up for that. The first step moves each number by lr.

    Parameters
    ----------
    parameters, lr
        As in `Optimiser`.
    beta1, beta2
        How much of the running mean of the gradient, and of its square, is kept; from 0 to below 1.
    eps
        Added to the divisor, which may be zero; above 0.

    Examples
    --------
    >>> w = Tensor([3.0, -0.001])
    >>> optimiser = Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimiser.step()
    >>> w.data.round(3)
    array([2.9  , 0.099])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        _check("beta1", beta1, "from 0 to below 1", 0 <= beta1 < 1)
        _check("beta2", beta2, "from 0 to below 1", 0 <= beta2 < 1)
        _check("eps", eps, "above 0 and finite", 0 < eps < np.inf)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.mean = [np.zeros_like(p.data) for p in self.parameters]
        self.mean_square = [np.zeros_like(p.data) for p in self.parameters]

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the mean gradient divided by the root of the mean square gradient."""
        self.mean[i] = self.beta1 * self.mean[i] + (1 - self.beta1) * grad
        self.mean_square[i] = self.beta2 * self.mean_square[i] + (1 - self.beta2) * grad * grad
        mean = self.mean[i] / (1 - self.beta1**self.steps)
        mean_square = self.mean_square[i] / (1 - self.beta2**self.steps)
        return np.asarray(mean / (np.sqrt(mean_square) + self.eps))


def _check(name: str, value: float, expected: str, fits: bool) -> None:
    if not fits:
        raise ValueError(f"expected {name} {expected}, found {value}")
