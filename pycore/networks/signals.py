"""How large the signals of a deep network are, layer by layer, on the way forward and on the way back.

What Glorot & Bengio (2010, https://proceedings.mlr.press/v9/glorot10a.html) looked at, and He et al. (2015,
https://arxiv.org/abs/1502.01852) for relu: where each layer makes signals a little smaller or larger, depth
makes that a power. Lu et al. (2019, https://arxiv.org/abs/1903.06733) counted units that are dead at first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.networks.backprop import Network, loss_and_gradient


@dataclass(frozen=True)
class Signals:
    """What a network's hidden layers hold for a batch.

    Attributes
    ----------
    activations
        Standard deviation over all units and inputs, [layers].
    gradients
        Standard deviation of the loss's gradient with respect to these, [layers].
    dead
        How many units are 0 for every input, in all layers together.
    kinds
        How many units of a layer differ from each other for some input, [layers].
    loss
        The mean loss of the batch.
    """

    activations: Floats
    gradients: Floats
    dead: int
    kinds: tuple[int, ...]
    loss: float


def signals(network: Network, x: Floats, targets: Ints) -> Signals:
    """Run a batch [n, n_in] through a network and back.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> network = Network([64, *[32] * 20, 10], ["sigmoid"] * 20, rng)
    >>> found = signals(network, rng.uniform(size=(50, 64)), np.arange(50) % 10)
    >>> bool(found.gradients[0] < 1e-9 * found.gradients[-1])
    True
    """
    with np.errstate(all="ignore"):
        values = network.forward(x)
        loss, gradient = loss_and_gradient(values[-1], targets)
        hidden, back = values[1:-1], network.backward(values, gradient)[1:-1]
        return Signals(
            np.array([layer.std() for layer in hidden]),
            np.array([layer.std() for layer in back]),
            sum(int((layer == 0).all(axis=0).sum()) for layer in hidden),
            tuple(_kinds(layer) for layer in hidden),
            loss,
        )


def _kinds(layer: Floats) -> int:
    """Count the different columns; what differs by a billionth of the largest number is the same."""
    most = float(np.abs(layer).max())
    columns = np.round(layer / most, 9) if most and np.isfinite(most) else layer
    # What is compared is bytes, and -0.0 has others than 0.0.
    return len({column.tobytes() for column in columns.T + 0.0})
