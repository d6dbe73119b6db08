"""Heads of attention, seen from outside: where each looks, what it does by measure, the model without it.

The measures follow Olsson et al. 2022 (arXiv 2209.11895): on random tokens, where nothing means anything, a
head's habit is all that is left, and the second time that such a text comes, a head that looks behind the
token's first place has found it by the pattern alone. The habit of looking at the first token is the sink of
Xiao et al. 2023 (arXiv 2309.17453). Left out: what a head writes when it looks, and heads that only work
together, which none of these numbers shows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.transformers.llama import Llama


def where_they_look(model: Llama, ids: Sequence[int] | NDArray[np.integer[Any]]) -> Floats:
    """Return all attention weights of a text: the share that each token takes from each.

    Parameters
    ----------
    model
        With b blocks of h heads.
    ids
        Token numbers, shape ``(n,)``.

    Returns
    -------
    Shape ``(b, h, n, n)``; each row sums to 1, and is zero after the token itself.

    Examples
    --------
    >>> model = Llama.random(np.random.default_rng(0), vocabulary=50, dim=16, heads=4, groups=2, blocks=3)
    >>> where_they_look(model, [3, 1, 4]).shape
    (3, 4, 3, 3)
    """
    entering = model.states(ids)[:-1]
    return np.stack([block.attend(x)[1] for block, x in zip(model.decoder.blocks, entering, strict=True)])


def to_previous(weights: Floats) -> Floats:
    """Measure how much of its attention a head gives to the token just before.

    Parameters
    ----------
    weights
        Shape ``(..., n, n)`` with n of at least 3. The first two rows do not count: for the second token the
        one before is also the first.

    Returns
    -------
    Mean of the others' shares, shape ``(...)``.

    Examples
    --------
    >>> to_previous(np.eye(4, k=-1))
    np.float64(1.0)
    """
    means: Floats = np.diagonal(weights, -1, -2, -1)[..., 1:].mean(-1)
    return means


def to_first(weights: Floats) -> Floats:
    """Measure how much of its attention a head gives to the text's first token.

    Parameters
    ----------
    weights
        Shape ``(..., n, n)`` with n of at least 2. Only the first row does not count: the first token has no
        other to look at.

    Returns
    -------
    Mean of the others' shares, shape ``(...)``.

    Examples
    --------
    >>> to_first(np.tril(np.full((3, 3), [0.75, 0.25, 0.0])))
    np.float64(0.75)
    """
    means: Floats = weights[..., 1:, 0].mean(-1)
    return means


def to_what_followed(weights: Floats, period: int) -> Floats:
    """Measure induction: how much the second time looks behind the same token's first time.

    Parameters
    ----------
    weights
        Shape ``(..., n, n)`` for one token, then `period` random tokens, then the same ones again.
    period
        How many there are. At place ``i`` of the second time, what followed the first is at
        ``i - period + 1``.

    Returns
    -------
    Mean share, shape ``(...)``; the last token's is left out, since what followed its first time is the
    second time's beginning.

    Examples
    --------
    >>> to_what_followed(np.eye(7, k=-2), period=3)
    np.float64(1.0)
    """
    again = np.diagonal(weights, 1 - period, -2, -1)[..., 2:-1]
    means: Floats = again.mean(-1)
    return means


def without(model: Llama, heads: Collection[tuple[int, int]]) -> Llama:
    """Turn heads off: what they found is replaced by zeros before it is mixed into the token's vector.

    Parameters
    ----------
    heads
        Pairs of a block and a head, from 0.

    Returns
    -------
    A model that shares all other weights with `model`.

    Raises
    ------
    ValueError
        When there is no such head.

    Examples
    --------
    >>> model = Llama.random(np.random.default_rng(0), vocabulary=50, dim=16, heads=4, groups=2, blocks=3)
    >>> bool(np.allclose(without(model, [(1, 2)])([3, 1, 4]), model([3, 1, 4])))
    False
    """
    blocks = list(model.decoder.blocks)
    for number, head in heads:
        if not 0 <= number < len(blocks) or not 0 <= head < blocks[number].attention.heads:
            raise ValueError(
                f"expected a head of one of {len(blocks)} blocks, found {head} of block {number}"
            )
        layer = blocks[number].attention
        size = len(layer.query.weight) // layer.heads
        # Each head owns some columns of the output map: without them, nothing of it arrives.
        weight = layer.output.weight.copy()
        weight[:, head * size : (head + 1) * size] = 0
        attention = replace(layer, output=replace(layer.output, weight=weight))
        blocks[number] = replace(blocks[number], attention=attention)
    return replace(model, decoder=replace(model.decoder, blocks=blocks))
