"""How weights begin: each way keeps the variance of a signal steady, for its own idea of a layer.

LeCun et al., 1998; Glorot & Bengio, 2010; He et al., 2015.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pycore.arrays import Floats

Initialiser = Callable[[int, int, "np.random.Generator"], Floats]  # a page brings numpy.random only when used


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
