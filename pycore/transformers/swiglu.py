"""SwiGLU: a feed-forward layer in which one map opens and closes what another lets through.

Follows Shazeer 2020 (arXiv 2002.05202): ``down(silu(gate(x)) * up(x))``, where SiLU, also called Swish, is
``x * sigmoid(x)`` (Elfwing et al. 2017, arXiv 1702.03118). Left out: the other gates that the paper tries,
and biases, which the models of this kind do without.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.functions import sigmoid
from pycore.transformers.layers import Linear


def silu(x: Floats) -> Floats:
    """Each number times its sigmoid; near `x` for large numbers, near zero for very negative ones.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    Shape and dtype of `x`.

    Examples
    --------
    >>> silu(np.array([-1000.0, 0.0, 1.0])).round(4) + 0
    array([0.    , 0.    , 0.7311])
    """
    gate = sigmoid(x)
    gate *= x
    return gate


@dataclass(frozen=True, eq=False)
class SwiGLU:
    """The gated feed-forward layer, applied to each position on its own.

    Parameters
    ----------
    gate, up
        From ``d`` to the hidden width: what decides, and what is let through.
    down
        From the hidden width back to ``d``.

    Examples
    --------
    >>> layer = SwiGLU.random(np.random.default_rng(0), 8, hidden=20)
    >>> layer(np.ones((2, 5, 8))).shape
    (2, 5, 8)
    """

    gate: Linear
    up: Linear
    down: Linear

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int, hidden: int) -> SwiGLU:
        """Draw random weights; float64."""
        return cls(*(Linear.random(rng, *sizes) for sizes in ((dim, hidden), (dim, hidden), (hidden, dim))))

    def __call__(self, x: Floats) -> Floats:
        """Map `x` of shape ``(..., d)`` to the same shape."""
        hidden = silu(self.gate(x))
        hidden *= self.up(x)
        return self.down(hidden)
