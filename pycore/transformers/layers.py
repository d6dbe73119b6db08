"""The layers of a transformer that look at one vector at a time: linear, GELU, layer norm, feed-forward.

Layer normalisation follows Ba et al. 2016 (arXiv 1607.06450), GELU follows Hendrycks & Gimpel 2016
(arXiv 1606.08415) in its exact form with erf, and the feed-forward layer follows Vaswani et al. 2017
(arXiv 1706.03762). Everything here is inference only: no dropout and no gradients.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats, like, wide

# erf is odd, so erf(x) = x * g(x²) with a smooth g. g is interpolated once from the standard library's erf;
# past |x| = 4, erf is within 1.6e-8 of ±1.
_EDGE = 4.0
_NODES = np.cos((np.arange(17) + 0.5) * np.pi / 17)  # Chebyshev's, in [-1, 1]; not x² itself
_ROOTS = np.sqrt((_NODES + 1) * _EDGE**2 / 2).tolist()
_G = np.linalg.solve(np.vander(_NODES, increasing=True), [math.erf(root) / root for root in _ROOTS])


def erf(x: Floats) -> Floats:
    """Error function of each number, which numpy does not have.

    Parameters
    ----------
    x
        Real numbers, any shape, float32 or float64.

    Returns
    -------
    Array of the shape and dtype of `x`, within 2e-8 of the exact value in float64 and within 3e-7 in float32.
    NaN stays NaN.

    Examples
    --------
    >>> erf(np.array([-9.0, 0.0, 0.5])).round(6)
    array([-1.    ,  0.    ,  0.5205])
    """
    x = np.clip(x, -_EDGE, _EDGE)
    scaled = x * x
    scaled *= 2 / _EDGE**2
    scaled -= 1
    *rest, leading = _G.tolist()
    result = np.full_like(x, leading)
    for coefficient in reversed(rest):
        result *= scaled
        result += coefficient
    result *= x
    # There it is 1.6e-8 short of them, which would show where `gelu` multiplies it with a large number.
    np.copysign(1, x, out=result, where=np.abs(x) == _EDGE)
    return result


def gelu(x: Floats) -> Floats:
    """Gaussian error linear unit: each number times the chance that a standard normal draw is below it.

    Parameters
    ----------
    x
        Any shape, float32 or float64.

    Returns
    -------
    ``x / 2 * (1 + erf(x / sqrt(2)))``, of the shape and dtype of `x`.

    Examples
    --------
    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    result = erf(x * math.sqrt(0.5))
    result += 1
    result *= x
    result *= 0.5
    return result


@dataclass(frozen=True, eq=False)
class Linear:
    """An affine map of the last axis, ``x @ weight.T + bias``, or a linear one without a bias.

    Parameters
    ----------
    weight
        Shape ``(outputs, inputs)``, the layout in which PyTorch stores it; best with rows contiguous, since
        ``x @ weight.T`` reads it row by row.
    bias
        Shape ``(outputs,)``; none in Llama and its successors.

    Raises
    ------
    ValueError
        When the shapes do not fit each other.

    Examples
    --------
    >>> double = Linear(2 * np.eye(3), np.ones(3))
    >>> double(np.array([[1.0, 2.0, 3.0]]))
    array([[3., 5., 7.]])
    """

    weight: Floats
    bias: Floats | None = None

    def __post_init__(self) -> None:
        bias = self.weight.shape[:1] if self.bias is None else self.bias.shape
        if self.weight.ndim != 2 or bias != self.weight.shape[:1]:
            raise ValueError(
                f"expected weight (outputs, inputs) and bias (outputs,), found {self.weight.shape} and {bias}"
            )

    @classmethod
    def random(cls, rng: np.random.Generator, inputs: int, outputs: int) -> Linear:
        """Draw weights that keep the variance of their input, and a bias of zero; float64."""
        return cls(rng.normal(0.0, inputs**-0.5, (outputs, inputs)), np.zeros(outputs))

    def __call__(self, x: Floats) -> Floats:
        """Map `x` of shape ``(..., inputs)`` to ``(..., outputs)``; a ValueError names a wrong last axis."""
        check_last_axis(x, self.weight.shape[1])
        # One large matrix product; on more than two axes numpy would do a small one for each sentence.
        flat: Floats = x.reshape(-1, x.shape[-1]) @ self.weight.T
        if self.bias is not None:
            flat += self.bias
        return flat.reshape(*x.shape[:-1], self.weight.shape[0])


@dataclass(frozen=True, eq=False)
class LayerNorm:
    """Shift and scale each vector to mean 0 and variance 1, then by a learnt bias and weight.

    Parameters
    ----------
    weight, bias
        Shape ``(d,)`` each.
    eps
        Added to the variance, so that a constant vector gives `bias` and not a division by zero.

    Raises
    ------
    ValueError
        When the shapes differ.

    Examples
    --------
    >>> norm = LayerNorm.identity(4)
    >>> norm(np.array([1.0, 2.0, 3.0, 4.0])).round(3)
    array([-1.342, -0.447,  0.447,  1.342])
    >>> norm(np.full(4, 7.0))
    array([0., 0., 0., 0.])
    """

    weight: Floats
    bias: Floats
    eps: float = 1e-12

    def __post_init__(self) -> None:
        if self.weight.ndim != 1 or self.bias.shape != self.weight.shape:
            raise ValueError(
                f"expected weight (d,) and bias (d,), found {self.weight.shape} and {self.bias.shape}"
            )

    @classmethod
    def identity(cls, dim: int) -> LayerNorm:
        """Weight 1 and bias 0, as before training; float64."""
        return cls(np.ones(dim), np.zeros(dim))

    def __call__(self, x: Floats) -> Floats:
        """Normalise the last axis of `x`, shape ``(..., d)``; a ValueError names a wrong last axis."""
        check_last_axis(x, self.weight.shape[0])
        centred = wide(x)
        centred = centred - centred.mean(axis=-1, keepdims=True)
        # The variance divides by d, not by d - 1.
        variance = np.mean(centred * centred, axis=-1, keepdims=True)
        centred /= np.sqrt(variance + self.eps)
        centred *= self.weight
        centred += self.bias
        return like(x, centred)


@dataclass(frozen=True, eq=False)
class FeedForward:
    """Two linear maps with a non-linear function between them, applied to each position on its own.

    Parameters
    ----------
    up
        From ``d`` to the hidden width, usually ``4 * d``.
    down
        From the hidden width back to ``d``.
    activation
        The function between them; BERT and GPT use GELU.

    Examples
    --------
    >>> layer = FeedForward.random(np.random.default_rng(0), 8)
    >>> layer(np.ones((2, 5, 8))).shape
    (2, 5, 8)
    """

    up: Linear
    down: Linear
    activation: Callable[[Floats], Floats] = gelu

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int) -> FeedForward:
        """Draw random weights with a hidden width of ``4 * dim``; float64."""
        return cls(Linear.random(rng, dim, 4 * dim), Linear.random(rng, 4 * dim, dim))

    def __call__(self, x: Floats) -> Floats:
        """Map `x` of shape ``(..., d)`` to the same shape."""
        return self.down(self.activation(self.up(x)))


def check_last_axis(x: Floats, expected: int) -> None:
    """Refuse vectors `x`, shape ``(..., d)``, whose d is not the expected one: a ValueError names both."""
    if x.ndim == 0 or x.shape[-1] != expected:
        raise ValueError(f"expected a last axis of {expected}, found an array of shape {x.shape}")
