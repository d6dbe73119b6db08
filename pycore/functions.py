"""Functions of each number that more than one subject of the course needs."""

from __future__ import annotations

import numpy as np

from pycore.arrays import Floats


def sigmoid(x: Floats) -> Floats:
    """The logistic function, 1 / (1 + exp(-x)), without an exp that overflows.

    It keeps all digits far below 0 too, where (1 + tanh(x / 2)) / 2 would round to 0.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    Numbers from 0 to 1, of the shape and dtype of `x`. NaN stays NaN.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, -40.0, 0.0, 40.0]))
    array([0.00000000e+00, 4.24835426e-18, 5.00000000e-01, 1.00000000e+00])
    """
    power = np.exp(-np.abs(x))  # never above 1
    return np.asarray(np.where(x < 0, power, 1) / (1 + power))
