"""A hidden layer on a plane of inputs: it maps the plane elsewhere, and bends it on the way.

The layer's neurons are given; the neuron behind them is trained on what they make of the points, so it is as
good as it can be for them. That no neuron alone can compute XOR is Minsky & Papert, 1969, "Perceptrons".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats
from pycore.networks.neuron import Neuron, train

RATE, STEPS = 4.0, 200  # of the output neuron's training


@dataclass(frozen=True)
class HiddenLayer:
    """Neurons side by side, all with tanh.

    Attributes
    ----------
    neurons
        The k neurons.

    Examples
    --------
    >>> layer = HiddenLayer((Neuron(np.array([1.0, 0.0]), 0.0), Neuron(np.array([0.0, 1.0]), 0.0)))
    >>> layer([[0.0, 0.5]]).round(2)
    array([[0.  , 0.46]])
    """

    neurons: tuple[Neuron, ...]

    def __call__(self, x: ArrayLike) -> Floats:
        """Map points [..., 2] of the input plane to their outputs [..., k], each from -1 to 1."""
        return np.stack([neuron.output(x, "tanh") for neuron in self.neurons], axis=-1)

    def read_out(self, x: ArrayLike, labels: ArrayLike) -> Neuron:
        """Train the output neuron on what the layer makes of points [n, 2] with labels 0 or 1."""
        return train(self(x), labels, RATE, STEPS)


def edge_on(neuron: Neuron) -> Floats:
    """Return two directions, each of length one, in which a neuron's plane is a line, float64 [2, k].

    The second is along its weights, the first at a right angle to them, as near as can be to a fixed one, or
    to an axis if the weights point along that one. Weights of zero, or shorter than 1e-9, have no direction:
    then the second is the first axis.

    Parameters
    ----------
    neuron
        One with k weights, 2 or 3.

    Raises
    ------
    ValueError
        If it has another number of weights.

    Examples
    --------
    >>> edge_on(Neuron(np.array([0.0, 0.0, 2.0]), 1.0)).round(2)
    array([[ 0.27, -0.96,  0.  ],
           [ 0.  ,  0.  ,  1.  ]])
    """
    weights = np.asarray(neuron.weights, np.float64)
    size = len(weights)
    if size not in (2, 3):
        raise ValueError(f"expected a neuron with 2 or 3 weights, found {size}")
    length = float(np.sqrt(weights @ weights))
    along = weights / length if length > 1e-9 else np.eye(size)[0]
    fixed = np.array([0.2, -0.7, 0.68])[:size]
    across = fixed - (fixed @ along) * along
    if across @ across < 1e-6:
        # Along the fixed direction, what is left is rounding: take the axis that the weights use least.
        least = np.eye(size)[np.abs(along).argmin()]
        across = least - (least @ along) * along
    return np.stack([across / np.sqrt(across @ across), along])
