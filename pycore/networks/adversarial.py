"""The smallest change of an input that makes a network answer otherwise.

Szegedy et al. (2013, https://arxiv.org/abs/1312.6199) found that such changes are tiny; Goodfellow et al.
(2014, https://arxiv.org/abs/1412.6572) explain them by the many inputs that each add a little. The search is
DeepFool (Moosavi-Dezfooli et al., 2016, https://arxiv.org/abs/1511.04599): treat the network as if it were
linear, go to the nearest border, and look again. It finds a small change, and may miss the smallest.

Left out: any defence.
"""

from __future__ import annotations

import numpy as np

from pycore.arrays import Floats
from pycore.networks.backprop import Network

ROUNDS = 60
BEYOND = 1.02  # a step goes a little beyond the border


def score_gradient(network: Network, x: Floats, direction: Floats) -> Floats:
    """Return the gradient of direction · scores with respect to one input, [n_in].

    Parameters
    ----------
    network
        What answers.
    x, direction
        An input [n_in], and a weight for each score [n_out].
    """
    values = network.forward(x[np.newaxis])
    return np.asarray(network.backward(values, direction[np.newaxis])[0][0])


def smallest_change(network: Network, x: Floats, low: float = 0.0, high: float = 1.0) -> Floats:
    """Return what to add to an input [n_in] so that the network's answer is another one, [n_in].

    Every number stays between `low` and `high`, as ink does.

    Raises
    ------
    ValueError
        When no such change was found.

    Examples
    --------
    >>> network = Network([2, 2], [], np.random.default_rng(0))
    >>> network.weights[0][:] = [[1.0, 0.0], [0.0, 1.0]]
    >>> smallest_change(network, np.array([0.6, 0.4])).round(2)
    array([-0.1,  0.1])
    """
    answer = int(network.scores(x[np.newaxis])[0].argmax())
    changed = x.astype(np.float64)
    for _ in range(ROUNDS):
        scores = network.scores(changed[np.newaxis])[0]
        if int(scores.argmax()) != answer:
            return changed - x
        steps = []
        for other in range(len(scores)):
            if other == answer:
                continue
            direction = np.zeros(len(scores))
            direction[other], direction[answer] = 1.0, -1.0
            slope = score_gradient(network, changed, direction)
            # What is at its end already cannot go further.
            slope[((slope < 0) & (changed <= low)) | ((slope > 0) & (changed >= high))] = 0
            length = float(slope @ slope)
            if length:
                steps.append(((scores[answer] - scores[other]) / length**0.5, slope, length))
        if not steps:
            break
        distance, slope, length = min(steps, key=lambda step: step[0])
        step = (max(distance, 1e-6) * BEYOND) * slope / length**0.5
        changed = np.clip(changed + step, low, high)
    raise ValueError("no small change of this input makes the network answer otherwise")
