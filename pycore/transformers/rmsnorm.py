"""Root-mean-square normalisation: each vector is scaled to one size, and not shifted.

Follows Zhang & Sennrich 2019 (arXiv 1910.07467), as Llama and its successors use it: what layer normalisation
does beyond the scale, taking off the mean and adding a bias, turned out not to be needed. Left out: the
partial form, which estimates the size from a part of the coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats, like, wide
from pycore.transformers.layers import check_last_axis


@dataclass(frozen=True, eq=False)
class RMSNorm:
    """Divide each vector by the root of its mean square, then scale each coordinate by a learnt weight.

    Parameters
    ----------
    weight
        Shape ``(d,)``.
    eps
        Added to the mean square, so that a vector of zeros stays one.

    Raises
    ------
    ValueError
        When `weight` is not a vector.

    Examples
    --------
    >>> norm = RMSNorm.identity(2)
    >>> norm(np.array([[3.0, 4.0], [300.0, 400.0], [0.0, 0.0]])).round(3)
    array([[0.849, 1.131],
           [0.849, 1.131],
           [0.   , 0.   ]])
    """

    weight: Floats
    eps: float = 1e-5

    def __post_init__(self) -> None:
        if self.weight.ndim != 1:
            raise ValueError(f"expected weight (d,), found {self.weight.shape}")

    @classmethod
    def identity(cls, dim: int) -> RMSNorm:
        """Weight 1, as before training; float64."""
        return cls(np.ones(dim))

    def __call__(self, x: Floats) -> Floats:
        """Normalise the last axis of `x`, shape ``(..., d)``; a ValueError names a wrong last axis."""
        check_last_axis(x, self.weight.shape[0])
        vectors = wide(x)
        square = np.mean(vectors * vectors, axis=-1, keepdims=True)
        scaled: Floats = vectors / np.sqrt(square + self.eps)
        scaled *= self.weight
        return like(x, scaled)
