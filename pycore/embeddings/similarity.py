"""How alike two vectors are, and which rows of a matrix are most like a query.

Cosine similarity is the dot product of two directions (Salton 1975). Analogies follow Mikolov et al. 2013
(arXiv 1301.3781, `3CosAdd`) and Levy & Goldberg 2014 (`3CosMul`). Everything here is exact brute force;
`pycore.embeddings.ann` has the approximate searches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.arrays import Floats, like, wide

BLOCK = 256  # queries scored at a time: more would not fit the processor's cache, fewer would idle it
MUL_EPSILON = 1e-3  # keeps 3CosMul from dividing by zero; the value of Levy & Goldberg


class Ranking(NamedTuple):
    """Rows found by a search, best first: `ids` intp [..., k] and `scores` [..., k]."""

    ids: NDArray[np.intp]
    scores: Floats


def dot(a: ArrayLike, b: ArrayLike) -> float:
    """Dot product of two vectors of the same length.

    Raises
    ------
    ValueError
        When the two are not vectors of one length, or hold a value that is not a finite real number.

    Examples
    --------
    >>> dot([1, 2], [3, -1])
    1.0
    """
    a, b = _pair(a, b)
    return float(a @ b)


def cosine(a: ArrayLike, b: ArrayLike) -> float:
    """Cosine of the angle between two vectors: a·b / (‖a‖‖b‖), in [-1, 1].

    Raises
    ------
    ValueError
        As `dot`, and when one of the two has length zero: a point has no direction.

    Examples
    --------
    >>> cosine([1, 0], [0, 2]), cosine([3, 4], [6, 8]), cosine([1, 0], [-3, 0])
    (0.0, 1.0, -1.0)
    """
    a, b = _pair(a, b)
    # Each is normalised first: the product of two lengths could overflow or vanish where neither does.
    return float(np.clip(normalize(a) @ normalize(b), -1.0, 1.0))


def euclidean(a: ArrayLike, b: ArrayLike) -> float:
    """Straight-line distance between two points, ‖a − b‖.

    Raises
    ------
    ValueError
        As `dot`.

    Examples
    --------
    >>> euclidean([0, 0], [3, 4])
    5.0
    """
    a, b = _pair(a, b)
    return math.dist(a, b)  # in double precision, and scaled, so that no square overflows


def normalize(x: ArrayLike) -> Floats:
    """Scale vectors to length one, keeping their direction.

    Parameters
    ----------
    x
        One vector [d] or one vector a row [..., d]; whole numbers are taken as float64.

    Raises
    ------
    ValueError
        When a vector has length zero or holds a value that is not finite.

    Examples
    --------
    >>> normalize([[3.0, 4.0], [0.0, -2.0]])
    array([[ 0.6,  0.8],
           [ 0. , -1. ]])
    """
    given = _finite(x)
    x = wide(given)
    # Divided by the largest entry first, so that squaring neither overflows nor underflows.
    largest = np.max(np.abs(x), axis=-1, keepdims=True, initial=0.0)
    if not np.all(largest > 0):
        raise ValueError(
            "a vector of length zero has no direction; expected at least one entry that is not 0"
        )
    scaled = x / largest
    return like(given, np.asarray(scaled / np.linalg.norm(scaled, axis=-1, keepdims=True)))


def top_k(matrix: ArrayLike, query: ArrayLike, k: int, exclude: Sequence[int] = ()) -> Ranking:
    """Find the k rows of a matrix with the largest dot product with a query.

    With rows and query of length one this ranks by cosine, and just as well by smallest Euclidean distance.

    Parameters
    ----------
    matrix
        [n, d], one candidate a row.
    query
        [d], or [m, d] for m queries at once.
    k
        How many rows to return; at most n less the excluded ones.
    exclude
        Rows that are never returned.

    Returns
    -------
    Ranking
        `ids` and `scores`, [k] or [m, k]; best first, equal scores in order of row.

    Raises
    ------
    ValueError
        When the shapes do not fit, k or an excluded row is out of range, the numbers are not real, the query
        holds one that is not finite, or one of the scores found is not finite.

    Examples
    --------
    >>> top_k([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], [1.0, 0.1], k=2)
    Ranking(ids=array([0, 2]), scores=array([1.  , 0.68]))
    """
    matrix, query = _real(matrix), _finite(query)
    if matrix.ndim != 2 or query.ndim not in (1, 2) or matrix.shape[1] != query.shape[-1]:
        raise ValueError(
            f"expected matrix [n, d] and query [d] or [m, d]; found {matrix.shape}, {query.shape}"
        )
    _check_choice(len(matrix), k, exclude)
    if query.ndim == 1:
        best = _best((matrix @ query)[np.newaxis], k, exclude)
        return Ranking(best.ids[0], best.scores[0])
    ids = np.empty((len(query), k), dtype=np.intp)
    scores = np.empty((len(query), k), dtype=np.result_type(matrix, query))
    for i in range(0, len(query), BLOCK):
        ids[i : i + BLOCK], scores[i : i + BLOCK] = _best(query[i : i + BLOCK] @ matrix.T, k, exclude)
    return Ranking(ids, scores)


def _best(scores: Floats, k: int, exclude: Sequence[int]) -> Ranking:
    """Top k of each row of a block of scores, which may be overwritten."""
    scores[:, list(exclude)] = -np.inf
    n = scores.shape[1]
    # One more than asked for, since a partition takes any of the rows that tie for the last place.
    more = min(k + 1, n)
    found = np.argpartition(scores, n - more, axis=1)[:, n - more :]
    rows = np.arange(len(scores))[:, np.newaxis]
    kept = scores[rows, found]
    order = np.lexsort((found, -kept), axis=1)
    ids, kept = found[rows, order], kept[rows, order]
    tied = np.any(kept[:, k - 1 : k] == kept[:, k:], axis=1)
    ids[tied] = np.argsort(-scores[tied], axis=1, stable=True)[:, :more]
    if not np.all(np.isfinite(kept[:, :k])):
        raise ValueError("expected rows with finite scores; found NaN or infinity")
    return Ranking(ids[:, :k], kept[:, :k])


def analogy(
    matrix: ArrayLike,
    a: int,
    b: int,
    c: int,
    k: int = 1,
    method: Literal["add", "mul"] = "add",
    exclude_inputs: bool = True,
) -> Ranking:
    """Rank answers to "a is to b as c is to …".

    Parameters
    ----------
    matrix
        [n, d], rows of length one.
    a, b, c
        Rows of the three given words: man, woman, king.
    k
        How many answers.
    method
        "add" ranks by cos(x, b − a + c). "mul" ranks by cos(x, b) · cos(x, c) / cos(x, a), with cosines
        moved to [0, 1].
    exclude_inputs
        Whether the three given words may not be answers. Published scores leave them out; left in, the
        answer is often one of them (Linzen 2016, arXiv 1606.07736).

    Raises
    ------
    ValueError
        When the numbers are not real, a row or k is out of range, the method is unknown or b − a + c is zero.

    Examples
    --------
    >>> rows = normalize([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]])
    >>> analogy(rows, 0, 1, 2).ids
    array([3])
    """
    matrix = _real(matrix)
    inputs = (a, b, c)
    if matrix.ndim != 2 or not all(0 <= row < len(matrix) for row in inputs):
        raise ValueError(f"expected matrix [n, d] and rows below n; found {matrix.shape} and rows {inputs}")
    exclude = sorted(set(inputs)) if exclude_inputs else []
    if method == "add":
        return top_k(matrix, normalize(matrix[b] - matrix[a] + matrix[c]), k, exclude)
    if method != "mul":
        raise ValueError(f'expected method "add" or "mul"; found "{method}"')
    _check_choice(len(matrix), k, exclude)
    to_a, to_b, to_c = (1 + matrix @ matrix[list(inputs)].T).T / 2
    best = _best((to_b * to_c / (to_a + MUL_EPSILON))[np.newaxis], k, exclude)
    return Ranking(best.ids[0], best.scores[0])


def _check_choice(n: int, k: int, exclude: Sequence[int]) -> None:
    """Refuse excluded rows that are not among the n, and a k for which too few are left."""
    outside = [row for row in exclude if not 0 <= row < n]
    if outside:
        raise ValueError(f"expected excluded rows from 0 to {n - 1}; found {outside[0]}")
    most = n - len(set(exclude))
    if not 1 <= k <= most:
        raise ValueError(f"expected k from 1 to {most}, the number of rows to choose from; found {k}")


def _real(x: ArrayLike) -> Floats:
    """Take `x` as floats, keeping float32; refuse what is no real number."""
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise ValueError(f"expected real numbers; found dtype {array.dtype}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _finite(x: ArrayLike) -> Floats:
    """Take `x` as `_real` does; refuse NaN and infinity."""
    array = _real(x)
    if not np.all(np.isfinite(array)):
        raise ValueError("expected finite numbers; found NaN or infinity")
    return array


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """Take two vectors in double precision, so that no product of narrower numbers overflows."""
    a, b = _finite(a).astype(np.float64), _finite(b).astype(np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"expected two vectors of one length; found shapes {a.shape} and {b.shape}")
    return a, b
