"""Attention: each position takes a weighted mean of what the others offer.

Follows Vaswani et al. 2017 (arXiv 1706.03762): scaled dot-product attention, the causal mask, several
heads; Ainslie et al. 2023 (arXiv 2305.13245) where several query heads share a head of keys and values; and
the cache of keys and values with which a decoder writes a text token by token. Left out: dropout, and
computing in tiles so that the matrix of weights never exists at once (FlashAttention), which gives the same
result in less memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats, like, wide
from pycore.transformers.layers import Linear


def softmax(scores: Floats, axis: int = -1) -> Floats:
    """Positive weights that sum to 1, in proportion to ``exp(score)``.

    Parameters
    ----------
    scores
        Any shape; ``-inf`` gets weight 0.
    axis
        The axis that sums to 1. If all of its scores are ``-inf``, its weights are NaN.

    Returns
    -------
    Shape and dtype of `scores`.

    Examples
    --------
    >>> softmax(np.array([1000.0, 1000.0, -np.inf]))
    array([0.5, 0.5, 0. ])
    """
    exact = wide(scores)
    # Subtracting the largest score changes no weight and keeps exp from overflowing.
    weights: Floats = np.exp(exact - exact.max(axis=axis, keepdims=True))
    weights /= weights.sum(axis=axis, keepdims=True)
    return like(scores, weights)


def causal_mask(queries: int, keys: int | None = None) -> NDArray[np.bool_]:
    """Which keys each query may see: those up to its own position.

    Parameters
    ----------
    queries
        Number of queries; they are the last positions of the text.
    keys
        Number of keys, those in a cache included; as many as `queries` if not given.

    Returns
    -------
    Shape ``(queries, keys)``, True where a query may look.

    Raises
    ------
    ValueError
        When there are fewer keys than queries.

    Examples
    --------
    >>> causal_mask(3).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    >>> causal_mask(1, 3)
    array([[ True,  True,  True]])
    """
    keys = queries if keys is None else keys
    if keys < queries:
        raise ValueError(f"expected at least as many keys as queries, found {keys} keys, {queries} queries")
    return np.tri(queries, keys, keys - queries, dtype=np.bool_)


def attention(
    query: Floats, key: Floats, value: Floats, mask: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Scaled dot-product attention: ``softmax(query @ key.T / sqrt(d)) @ value``.

    Parameters
    ----------
    query
        Shape ``(..., n, d)``.
    key
        Shape ``(..., m, d)``.
    value
        Shape ``(..., m, e)``. A value that is NaN reaches every output, even if masked: 0 times NaN is NaN.
    mask
        True where a query may see a key; any shape that broadcasts to ``(..., n, m)``. Not a mask of
        numbers to be added to the scores.

    Returns
    -------
    output
        Shape ``(..., n, e)``: for each query a weighted mean of the values, in the query's dtype.
    weights
        Shape ``(..., n, m)``; each row sums to 1.

    Raises
    ------
    ValueError
        When shapes do not fit, the mask is not boolean, or a query may see no key at all.

    Examples
    --------
    >>> key = np.array([[10.0, 0.0], [0.0, 10.0]])
    >>> output, weights = attention(np.array([[5.0, 0.0]]), key, np.array([[1.0], [2.0]]))
    >>> output.round(3), weights.round(3)
    (array([[1.]]), array([[1., 0.]]))
    """
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ValueError(
            f"expected query (..., n, d), key (..., m, d) and value (..., m, e), "
            f"found {query.shape}, {key.shape} and {value.shape}"
        )
    # Without the scale, scores grow with the square root of d, and softmax saturates.
    scores: Floats = (wide(query) * (1 / math.sqrt(query.shape[-1]))) @ wide(key).swapaxes(-1, -2)
    if mask is not None:
        if mask.dtype != np.bool_:
            raise ValueError(f"expected a boolean mask, True where a query may look, found {mask.dtype}")
        if not mask.any(axis=-1).all():
            raise ValueError("expected at least one key for each query, found a row of the mask with none")
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores)
    return like(query, weights @ wide(value)), like(query, weights)


def grouped_attention(
    query: Floats, key: Floats, value: Floats, mask: NDArray[np.bool_] | None = None
) -> tuple[Floats, Floats]:
    """Attention in which a head of keys and values serves several heads of queries side by side.

    Parameters
    ----------
    query
        Shape ``(..., heads, n, d)``.
    key, value
        Shapes ``(..., groups, m, d)`` and ``(..., groups, m, e)``: the first ``heads // groups`` heads of
        queries share the first of these, and so on. With as many groups as heads it is `attention`.
    mask
        As for `attention`; broadcasts to ``(..., heads, n, m)``.

    Returns
    -------
    output
        Shape ``(..., heads, n, e)``.
    weights
        Shape ``(..., heads, n, m)``.

    Raises
    ------
    ValueError
        As `attention`, and when the groups do not divide the heads.

    Examples
    --------
    >>> query, key = np.ones((4, 2, 8)), np.ones((2, 3, 8))
    >>> output, weights = grouped_attention(query, key, key)
    >>> output.shape, weights.shape
    ((4, 2, 8), (4, 2, 3))
    """
    heads, groups = query.shape[-3], key.shape[-3]
    if heads % groups:
        raise ValueError(f"expected groups that divide {heads} heads, found {groups}")

    def fold(x: NDArray[Any]) -> NDArray[Any]:
        return x.reshape(*x.shape[:-3], groups, heads // groups, *x.shape[-2:])

    if mask is not None and mask.ndim > 2:
        mask = fold(np.broadcast_to(mask, (*mask.shape[:-3], heads, *mask.shape[-2:])))
    # An axis of length 1 lets numpy use one head of keys for its whole group, without copies of it.
    output, weights = attention(fold(query), key[..., None, :, :], value[..., None, :, :], mask)
    lead = query.shape[:-1]
    return output.reshape(*lead, output.shape[-1]), weights.reshape(*lead, weights.shape[-1])


@dataclass(frozen=True, eq=False)
class MultiHead:
    """Attention in several heads side by side, each on its own slice of the vectors.

    Parameters
    ----------
    query
        Map from ``d`` to ``d``; head h owns the h-th slice of ``d // heads`` outputs.
    key, value
        The same, or maps to fewer such slices, each of which then serves several heads of queries.
    output
        Mixes the joined heads, ``d`` to ``d``.
    heads
        Number of heads.

    Raises
    ------
    ValueError
        When `heads` does not divide the width, or the slices of the keys do not divide the heads.

    Examples
    --------
    >>> layer = MultiHead.random(np.random.default_rng(0), 8, heads=2)
    >>> output, weights = layer(np.ones((3, 8)), mask=causal_mask(3))
    >>> output.shape, weights.shape
    ((3, 8), (2, 3, 3))
    """

    query: Linear
    key: Linear
    value: Linear
    output: Linear
    heads: int

    def __post_init__(self) -> None:
        width, shared = len(self.query.weight), len(self.key.weight)
        if self.heads < 1 or width % self.heads:
            raise ValueError(f"expected heads that divide {width}, found {self.heads}")
        size = width // self.heads
        if shared % size or width % shared or len(self.value.weight) != shared:
            raise ValueError(
                f"expected keys and values of some slices of {size}, as many as divide {self.heads} heads, "
                f"found {shared} and {len(self.value.weight)} outputs"
            )

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int, heads: int, groups: int | None = None) -> MultiHead:
        """Draw random weights, with as many heads of keys and values as there are `groups`; float64."""
        shared = dim if groups is None else dim // heads * groups
        query, key, value, output = (Linear.random(rng, dim, size) for size in (dim, shared, shared, dim))
        return cls(query, key, value, output, heads)

    def split(self, x: Floats) -> Floats:
        """Cut ``(..., n, width)`` into heads, ``(..., width / size, n, size)``; ``size = d // heads``."""
        size = len(self.query.weight) // self.heads
        return x.reshape(*x.shape[:-1], x.shape[-1] // size, size).swapaxes(-2, -3)

    def join(self, heads: Floats) -> Floats:
        """Undo `split` and mix the heads with the output map."""
        x = heads.swapaxes(-2, -3)
        return self.output(x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1]))

    def __call__(
        self, x: Floats, context: Floats | None = None, mask: NDArray[np.bool_] | None = None
    ) -> tuple[Floats, Floats]:
        """Let each position of `x` look at each position of `context`.

        Parameters
        ----------
        x
            Shape ``(..., n, d)``.
        context
            Shape ``(..., m, d)``; `x` itself if not given (self-attention).
        mask
            As for `attention`; broadcasts to ``(..., heads, n, m)``.

        Returns
        -------
        output
            Shape ``(..., n, d)``.
        weights
            Shape ``(..., heads, n, m)``.
        """
        context = x if context is None else context
        query, key, value = self.query(x), self.key(context), self.value(context)
        mixed, weights = grouped_attention(self.split(query), self.split(key), self.split(value), mask)
        return self.join(mixed), weights


@dataclass
class KVCache:
    """Keys and values of the tokens read so far, so that a decoder computes each of them once.

    It copies on each step, which is simple and costs time in proportion to its length; a production cache
    reserves its memory in advance.

    Examples
    --------
    >>> cache = KVCache()
    >>> key, value = cache.extend(np.zeros((2, 3, 4)), np.zeros((2, 3, 4)))
    >>> key, value = cache.extend(np.zeros((2, 1, 4)), np.zeros((2, 1, 4)))
    >>> len(cache), key.shape
    (4, (2, 4, 4))
    """

    keys: Floats | None = None
    values: Floats | None = None

    def __len__(self) -> int:
        return 0 if self.keys is None else self.keys.shape[-2]

    def extend(self, key: Floats, value: Floats) -> tuple[Floats, Floats]:
        """Append keys and values, shape ``(..., n, d)`` each, and return all that there are.

        What is given is copied; what is returned is the cache's own. A ValueError from numpy says so if the
        other axes are not those of the earlier calls.
        """
        if self.keys is not None and self.values is not None:
            key = np.concatenate([self.keys, key], axis=-2)
            value = np.concatenate([self.values, value], axis=-2)
        else:
            key, value = key.copy(), value.copy()
        self.keys, self.values = key, value
        return key, value

    def keep(self, length: int) -> None:
        """Forget all but the first tokens; a ValueError refuses a negative `length`.

        >>> cache = KVCache(np.arange(6.0).reshape(1, 3, 2), np.zeros((1, 3, 2)))
        >>> cache.keep(2)
        >>> len(cache), cache.keys.tolist()
        (2, [[[0.0, 1.0], [2.0, 3.0]]])
        """
        if length < 0:
            raise ValueError(f"expected a length of 0 or more, found {length}")
        if self.keys is not None and self.values is not None:
            self.keys, self.values = self.keys[..., :length, :], self.values[..., :length, :]
