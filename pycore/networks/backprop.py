"""A multilayer perceptron with its forward and backward pass written out, to train while one looks.

The gradients are those that `pycore.networks.autograd` finds (Rumelhart, Hinton & Williams, 1986,
https://doi.org/10.1038/323533a0), but no graph is recorded: a step costs some thirty calls of numpy. All
parameters lie in one vector, so an optimiser moves them in one go.

Left out: everything but dense layers, and gradients with respect to more than parameters and inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats, Ints
from pycore.functions import sigmoid
from pycore.networks.autograd import Tensor
from pycore.networks.initialisers import Initialiser, glorot_uniform, he_normal
from pycore.networks.losses import check_shape, class_ids
from pycore.networks.optimisers import SGD, Adam, Momentum, Optimiser

__all__ = ["ACTIVATIONS", "OPTIMISERS", "Activation", "Network", "Trainer"]


class Activation(NamedTuple):
    """A function of each number, and its derivative, worked out from what the function returned."""

    function: Callable[[Floats], Floats]
    derivative: Callable[[Floats], Floats]
    init: Initialiser


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda a: 1 - a * a, glorot_uniform),
    "relu": Activation(lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(a.dtype), he_normal),
    "sigmoid": Activation(sigmoid, lambda a: a * (1 - a), glorot_uniform),
    "linear": Activation(lambda z: z, np.ones_like, glorot_uniform),
}
OPTIMISERS: dict[str, Callable[[list[Tensor], float], Optimiser]] = {
    "SGD": SGD,
    "momentum": Momentum,
    "Adam": Adam,
}


class Network:
    """Dense layers, each followed by its activation, and none after the last.

    Parameters
    ----------
    sizes
        Lengths of the input, of each hidden layer and of the output: at least two numbers.
    activations
        A name of ACTIVATIONS for each hidden layer.
    rng
        Where the weights are drawn from: He's for relu, Glorot's for the others. Biases start at zero.
    gain
        What the drawn weights are multiplied by.

    Attributes
    ----------
    parameters, gradient : float64 array [n]
        All weights and biases, and the gradient that `backward` left.
    weights, biases : lists of arrays [n_in, n_out] and [n_out]
        The same numbers, layer by layer.

    Raises
    ------
    ValueError
        If the sizes and activations do not fit each other.

    Examples
    --------
    >>> network = Network([2, 8, 3], ["tanh"], np.random.default_rng(0))
    >>> len(network.parameters), network.scores(np.zeros((5, 2))).shape
    (51, (5, 3))
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[str],
        rng: np.random.Generator,
        gain: float = 1.0,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1 or len(activations) != len(sizes) - 2:
            raise ValueError(
                f"expected sizes from 1 and an activation for each hidden layer; found {list(sizes)} and "
                f"{list(activations)}"
            )
        self.sizes = tuple(sizes)
        self.activations = [ACTIVATIONS[name] for name in activations]
        shapes = list(pairwise(sizes))
        self.parameters: Floats = np.zeros(sum((n_in + 1) * n_out for n_in, n_out in shapes))
        self.gradient: Floats = np.zeros_like(self.parameters)
        self.weights, self.biases = self._views(self.parameters)
        self._weight_gradients, self._bias_gradients = self._views(self.gradient)
        inits = [a.init for a in self.activations] + [glorot_uniform]
        for weight, init in zip(self.weights, inits, strict=True):
            weight[:] = gain * init(weight.shape[0], weight.shape[1], rng)

    def _views(self, numbers: Floats) -> tuple[list[Floats], list[Floats]]:
        """Cut a vector of parameters into matrices and rows, which share its memory."""
        weights, biases, at = [], [], 0
        for n_in, n_out in pairwise(self.sizes):
            weights.append(numbers[at : at + n_in * n_out].reshape(n_in, n_out))
            at += n_in * n_out
            biases.append(numbers[at : at + n_out])
            at += n_out
        return weights, biases

    def forward(self, x: Floats) -> list[Floats]:
        """Run inputs [n, n_in] through all layers; return them and what each layer makes of them."""
        values = [x]
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = values[-1] @ weight + bias
            values.append(self.activations[i].function(z) if i < len(self.activations) else z)
        return values

    def scores(self, x: Floats) -> Floats:
        """Return what the last layer makes of inputs [n, n_in]: [n, n_out]."""
        return self.forward(x)[-1]

    def backward(self, values: list[Floats], upstream: Floats) -> list[Floats]:
        """Bring the gradient of a loss back through all layers.

        Parameters
        ----------
        values
            What `forward` returned.
        upstream
            The gradient with respect to the scores, [n, n_out].

        Returns
        -------
        list of arrays
            The gradient with respect to each of `values`, in their order. Those with respect to the
            parameters are put into `gradient`.
        """
        back = [upstream]
        for i in range(len(self.weights) - 1, -1, -1):
            if i < len(self.activations):
                upstream = back[-1] * self.activations[i].derivative(values[i + 1])
            np.matmul(values[i].T, upstream, out=self._weight_gradients[i])
            upstream.sum(axis=0, out=self._bias_gradients[i])
            back.append(upstream @ self.weights[i].T)
        return back[::-1]

    def learn_from(self, x: Floats, targets: Floats | Ints, l2: float = 0.0) -> float:
        """Put the gradient of the mean loss on a batch into `gradient`, and return the loss.

        Parameters
        ----------
        x
            Inputs [n, n_in].
        targets
            Integers [n] are classes, judged by cross-entropy in nats; floats [n, n_out] are values, judged by
            the mean squared error.
        l2
            Half of this times the sum of all squared weights, without the biases, is added to the loss.

        Raises
        ------
        ValueError
            As from `loss_and_gradient`.
        """
        values = self.forward(x)
        loss, upstream = loss_and_gradient(values[-1], targets)
        self.backward(values, upstream)
        if l2:
            for weight, its in zip(self.weights, self._weight_gradients, strict=True):
                its += l2 * weight
                loss += 0.5 * l2 * float(np.vdot(weight, weight))
        return loss

    def loss(self, x: Floats, targets: Floats | Ints) -> float:
        """Return the mean loss on inputs [n, n_in], without the part of the weights.

        Targets and errors are those of `loss_and_gradient`.
        """
        return loss_and_gradient(self.scores(x), targets)[0]

    def probabilities(self, x: Floats) -> Floats:
        """Return the softmax of the scores of inputs [n, n_in]: [n, n_out]."""
        return Tensor(self.scores(x)).softmax().data


def loss_and_gradient(scores: Floats, targets: Floats | Ints) -> tuple[float, Floats]:
    """Return the mean loss of scores [n, n_out], and its gradient with respect to them.

    Targets are integers [n] or floats [n, n_out], as `Network.learn_from` tells.

    Raises
    ------
    ValueError
        If the targets do not fit the scores, or if there are none: what `losses.cross_entropy` and
        `losses.mse` refuse.

    Examples
    --------
    >>> loss, gradient = loss_and_gradient(np.zeros((1, 2)), np.array([0]))
    >>> round(loss, 4), gradient
    (0.6931, array([[-0.5,  0.5]]))
    """
    if targets.dtype.kind == "f":
        check_shape(targets.shape, scores.shape)
        if not scores.size:
            raise ValueError(f"expected something to average, found shape {scores.shape}")
        difference = scores - targets
        return float((difference * difference).mean()), 2 * difference / difference.size
    classes = class_ids(targets, scores.shape)
    rows = np.arange(len(classes))
    shifted = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    sums = powers.sum(axis=1, keepdims=True)
    loss = float((np.log(sums[:, 0]) - shifted[rows, classes]).mean())
    gradient = powers / sums
    gradient[rows, classes] -= 1
    gradient /= len(classes)
    return loss, gradient


class Trainer:
    """Trains a network in steps, a batch each; every point is seen once before one is seen again.

    Parameters
    ----------
    network
        What is trained, in place.
    x, targets
        Inputs [n, n_in], and as many targets, as `Network.learn_from` takes them.
    optimiser, rate
        A name of OPTIMISERS, and its learning rate.
    batch
        Points a step, at least 1; a pass through the points may end with fewer.
    l2
        As in `Network.learn_from`.
    rng
        In which order the points are seen.

    Attributes
    ----------
    steps
        Steps done.
    overflowed
        Whether a loss or a parameter was no finite number any more. The network then keeps the last
        parameters that were, and no further step is done.

    Raises
    ------
    ValueError
        If `batch` or the rate is out of its range, or if there are not as many targets as inputs; from
        `train`, if targets are not what `Network.learn_from` takes.

    Examples
    --------
    >>> x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
    >>> network = Network([2, 8, 2], ["tanh"], np.random.default_rng(0))
    >>> trainer = Trainer(network, x, y, "Adam", 0.05, 4, rng=np.random.default_rng(0))
    >>> trainer.train(100)
    >>> network.scores(x).argmax(axis=1)
    array([0, 1, 1, 0])
    """

    def __init__(
        self,
        network: Network,
        x: Floats,
        targets: Floats | Ints,
        optimiser: str,
        rate: float,
        batch: int,
        l2: float = 0.0,
        *,
        rng: np.random.Generator,
    ) -> None:
        if batch < 1:
            raise ValueError(f"expected a batch of at least 1, found {batch}")
        if len(x) != len(targets):
            raise ValueError(f"expected as many targets as inputs, found {len(targets)} and {len(x)}")
        self.network, self.x, self.targets = network, x, targets
        self.batch, self.l2, self.rng = batch, l2, rng
        self.steps, self.overflowed = 0, False
        self._moved = Tensor(network.parameters.copy())
        self._optimiser = OPTIMISERS[optimiser]([self._moved], rate)
        self._order: NDArray[np.intp] = np.zeros(0, np.intp)

    def train(self, steps: int) -> None:
        """Do so many steps; what overflows ends them."""
        with np.errstate(all="ignore"):
            for _ in range(steps):
                if not self.overflowed:
                    self._step()

    def _step(self) -> None:
        if not len(self._order):
            self._order = self.rng.permutation(len(self.x))
        chosen, self._order = self._order[: self.batch], self._order[self.batch :]
        loss = self.network.learn_from(self.x[chosen], self.targets[chosen], self.l2)
        self._moved.grad = self.network.gradient
        self._optimiser.step()
        # One sum tells: it is finite only if every parameter is.
        if math.isfinite(loss) and math.isfinite(float(np.vdot(self._moved.data, self._moved.data))):
            self.network.parameters[:] = self._moved.data
            self.steps += 1
        else:
            self.overflowed = True
