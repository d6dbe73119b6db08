"""What a network is trained to make small: the cross-entropy of classes, and the mean squared error.

`cross_entropy` takes the scores before a softmax: its logarithm, taken together with it, is finite for every
score. PyTorch has both as `torch.nn.functional.cross_entropy` and `mse_loss`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Ints
from pycore.networks.autograd import Tensor


def cross_entropy(logits: Tensor, targets: ArrayLike) -> Tensor:
    """Mean of -log softmax(logits)[target]: how surprised the model is by the right answers, in nats.

    Parameters
    ----------
    logits
        Scores of shape (..., n_classes).
    targets
        The right class of each row: integers from 0 to n_classes - 1, of shape (...).

    Returns
    -------
    Tensor
        One number; log(n_classes) for a model that knows nothing.

    Raises
    ------
    ValueError
        If the targets are not such classes, as `class_ids` tells, or if there are none.

    Examples
    --------
    >>> cross_entropy(Tensor([[0.0, 0.0], [0.0, 0.0]]), [0, 1]).item()
    0.6931471805599453
    """
    ids = class_ids(targets, logits.shape)
    log_p = logits.log_softmax().reshape(-1, logits.shape[-1])
    return -log_p[np.arange(ids.size), ids.ravel()].mean()


def mse(prediction: Tensor, target: Tensor | ArrayLike) -> Tensor:
    """Mean squared error over all elements.

    Raises
    ------
    ValueError
        If the shapes differ, as `check_shape` tells, or if there is nothing to average.

    Examples
    --------
    >>> mse(Tensor([1.0, 2.0]), [1.0, 4.0])
    Tensor(2.0)
    """
    check_shape(target.shape if isinstance(target, Tensor) else np.shape(target), prediction.shape)
    return ((prediction - target) ** 2).mean()


def class_ids(targets: ArrayLike, scores: tuple[int, ...]) -> Ints:
    """Return the right classes as an array, if they can be those of scores of a shape (..., n_classes).

    Raises
    ------
    ValueError
        If the targets are not integers of that shape and range, or if there are none.

    Examples
    --------
    >>> class_ids([0, 2], (2, 3))
    array([0, 2])
    """
    ids = np.asarray(targets)
    if ids.size == 0 or ids.dtype.kind not in "iu" or ids.shape != scores[:-1]:
        raise ValueError(
            f"expected at least one target, integers of shape {scores[:-1]} for logits of shape "
            f"{scores}; found {ids.dtype} of shape {ids.shape}"
        )
    # A negative id would be a valid index for numpy, counted from the end.
    if ids.min() < 0 or ids.max() >= scores[-1]:
        raise ValueError(f"expected targets from 0 to {scores[-1] - 1}, found {ids.min()} to {ids.max()}")
    return ids


def check_shape(target: tuple[int, ...], prediction: tuple[int, ...]) -> None:
    """Refuse a target of another shape: (n, 1) minus (n,) would broadcast and average the wrong numbers.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if target != prediction:
        raise ValueError(f"expected a target of shape {prediction}, found {target}")
