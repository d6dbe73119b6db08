"""One neuron: a weighted sum of its inputs, and a bend.

McCulloch & Pitts, 1943 (https://doi.org/10.1007/BF02478259), gave it a step for a bend; a smooth one can be
trained by its gradient. Left out: units with memory, and sums that are not linear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.arrays import Floats
from pycore.functions import sigmoid

BENDS: Mapping[str, Callable[[Floats], Floats]] = {
    "step": lambda z: np.where(z > 0, 1.0, 0.0),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
}


def standardize(x: ArrayLike) -> Floats:
    """Bring each column to mean 0 and spread 1, float64 [n, d].

    >>> standardize([[1, 10], [3, 30]])
    array([[-1., -1.],
           [ 1.,  1.]])
    """
    x = np.asarray(x, np.float64)
    return np.asarray((x - x.mean(axis=0)) / x.std(axis=0))


@dataclass(frozen=True)
class Neuron:
    """y = f(w . x + b).

    Attributes
    ----------
    weights
        w, float64 [d].
    bias
        b.

    Examples
    --------
    >>> neuron = Neuron(np.array([2.0, -1.0]), 0.5)
    >>> neuron.sum([[1, 1], [0, 1]]), neuron.output([[1, 1], [0, 1]], "relu")
    (array([ 1.5, -0.5]), array([1.5, 0. ]))
    """

    weights: Floats
    bias: float

    def sum(self, x: ArrayLike) -> Floats:
        """Return z = w . x + b for inputs [..., d], float64 [...]."""
        return np.asarray(np.asarray(x, np.float64) @ self.weights + self.bias)

    def output(self, x: ArrayLike, bend: str) -> Floats:
        """Return f(z); `bend` is a key of `BENDS`."""
        return np.asarray(BENDS[bend](self.sum(x)))

    def wrong(self, x: ArrayLike, labels: ArrayLike) -> NDArray[np.bool_]:
        """Return which inputs lie on the wrong side: z > 0 is to mean label 1; bool [n]."""
        return np.asarray((self.sum(x) > 0) != (np.asarray(labels) == 1))


def train(x: ArrayLike, labels: ArrayLike, rate: float = 1.0, steps: int = 400) -> Neuron:
    """Fit a neuron with a sigmoid to two classes, by gradient descent on the cross-entropy, from zero.

    Parameters
    ----------
    x, labels
        Inputs [n, d], and 0 or 1 for each.
    rate, steps
        Of gradient descent, each step on all inputs.

    Examples
    --------
    >>> train([[-1.0], [1.0]], [0, 1], steps=10).sum([[-1], [1]]).round(1)
    array([-2.3,  2.3])
    """
    x, labels = np.asarray(x, np.float64), np.asarray(labels, np.float64)
    weights, bias = np.zeros(x.shape[1]), 0.0
    for _ in range(steps):
        # The loss grows with z by p - label: how much too large the probability of class 1 is.
        excess = sigmoid(x @ weights + bias) - labels
        weights = weights - rate * (excess @ x) / len(x)
        bias -= rate * float(excess.mean())
    return Neuron(weights, bias)
