"""Sinusoidal and rotary positions: how a transformer, which else sees a set, is told the order of its tokens.

Sinusoidal positions (Vaswani et al. 2017, arXiv 1706.03762) are added to the embeddings once, before the
first block. Rotary positions (RoFormer, Su et al. 2021, arXiv 2104.09864) turn each query and each key
inside attention, so that their dot product depends only on how far apart they stand. Left out: learnt
positions, which BERT uses and which are just a table, and ways to stretch rotary positions to longer texts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats, like, wide


def angles(positions: NDArray[np.integer[Any]], dim: int, base: float = 10000.0) -> NDArray[np.float64]:
    """Angle of each pair of coordinates at each position: ``position / base ** (2 * i / dim)`` for pair i.

    Parameters
    ----------
    positions
        Whole numbers, any shape ``(...)``.
    dim
        Width of the vectors, even.
    base
        How slowly the last pair turns: its wavelength is almost ``2 * pi * base`` tokens.

    Returns
    -------
    Radians, shape ``(..., dim // 2)``.

    Raises
    ------
    ValueError
        When `dim` is odd or not positive.

    Examples
    --------
    >>> angles(np.arange(3), 4)
    array([[0.  , 0.  ],
           [1.  , 0.01],
           [2.  , 0.02]])
    """
    if dim <= 0 or dim % 2:
        raise ValueError(f"expected a positive even width, found {dim}")
    frequencies = base ** -(np.arange(0, dim, 2) / dim)
    return np.asarray(positions)[..., None] * frequencies


def sinusoidal(positions: NDArray[np.integer[Any]], dim: int, base: float = 10000.0) -> NDArray[np.float64]:
    """Position vectors in which coordinates 2i and 2i + 1 are the sine and the cosine of one angle.

    Parameters
    ----------
    positions, dim, base
        As for `angles`.

    Returns
    -------
    Shape ``(..., dim)``.

    Raises
    ------
    ValueError
        When `dim` is odd or not positive.

    Examples
    --------
    >>> sinusoidal(np.arange(2), 4).round(3)
    array([[0.   , 1.   , 0.   , 1.   ],
           [0.841, 0.54 , 0.01 , 1.   ]])
    """
    angle = angles(positions, dim, base)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(*angle.shape[:-1], dim)


def rotate(x: Floats, positions: NDArray[np.integer[Any]], base: float = 10000.0) -> Floats:
    """Turn each pair of coordinates (2i, 2i + 1) by the angle of its position.

    Parameters
    ----------
    x
        Queries or keys, shape ``(..., n, dim)`` with an even `dim`.
    positions
        Shape ``(n,)``, or any shape that broadcasts to ``(..., n)``.
    base
        As for `angles`.

    Returns
    -------
    Shape and dtype of `x`, lengths unchanged. Some libraries pair i with i + dim // 2 instead: weights
    trained for one order are wrong for the other.

    Raises
    ------
    ValueError
        When `dim` is odd, or the positions do not broadcast to the vectors.

    Examples
    --------
    >>> rotate(np.array([[1.0, 0.0], [1.0, 0.0]]), np.arange(2)).round(3)
    array([[1.   , 0.   ],
           [0.54 , 0.841]])
    """
    # A narrow angle would be wrong far into a text: float16 has no 2049, float32 steps of 0.06 at a million.
    vectors, angle = wide(x), angles(positions, x.shape[-1], base)
    cos, sin = np.cos(angle).astype(vectors.dtype), np.sin(angle).astype(vectors.dtype)
    even, odd = vectors[..., 0::2], vectors[..., 1::2]
    turned = np.empty_like(vectors)
    turned[..., 0::2] = even * cos - odd * sin
    turned[..., 1::2] = even * sin + odd * cos
    return like(x, turned)
