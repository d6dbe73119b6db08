"""Transformer blocks: BERT's encoder (norm after each step) and GPT's decoder (norm before, causal, cached).

The encoder block follows Devlin et al. 2019 (arXiv 1810.04805), which keeps the order of Vaswani et al. 2017
(arXiv 1706.03762). The decoder normalises first, as GPT-2 and its successors do, and tells positions by
rotation (RoFormer, arXiv 2104.09864); which norm and which feed-forward layer it has, is for the model to say
(`pycore.transformers.llama` has those of Llama). Inference only: no dropout, no gradients; the
cross-attention of translation models is left out, though `MultiHead` can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.transformers.attention import KVCache, MultiHead, causal_mask, grouped_attention
from pycore.transformers.layers import FeedForward, LayerNorm
from pycore.transformers.positions import rotate


@dataclass(frozen=True, eq=False)
class EncoderBlock:
    """Attention in both directions, then feed-forward; each is added to its input and then normalised.

    Parameters
    ----------
    attention, attention_norm, feed_forward, output_norm
        The parts, in the order in which they run; all of width ``d``.

    Examples
    --------
    >>> block = EncoderBlock.random(np.random.default_rng(0), 8, heads=2)
    >>> output, weights = block(np.ones((5, 8)))
    >>> output.shape, weights.shape
    ((5, 8), (2, 5, 5))
    """

    attention: MultiHead
    attention_norm: LayerNorm
    feed_forward: FeedForward
    output_norm: LayerNorm

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int, heads: int) -> EncoderBlock:
        """Draw random weights; float64."""
        return cls(
            MultiHead.random(rng, dim, heads),
            LayerNorm.identity(dim),
            FeedForward.random(rng, dim),
            LayerNorm.identity(dim),
        )

    def __call__(self, x: Floats, mask: NDArray[np.bool_] | None = None) -> tuple[Floats, Floats]:
        """Run the block.

        Parameters
        ----------
        x
            Shape ``(..., n, d)``.
        mask
            True where a token may be seen; broadcasts to ``(..., heads, n, n)``.

        Returns
        -------
        output
            Shape ``(..., n, d)``.
        weights
            Attention weights, shape ``(..., heads, n, n)``.
        """
        attended, weights = self.attention(x, mask=mask)
        x = self.attention_norm(x + attended)
        return self.output_norm(x + self.feed_forward(x)), weights


@dataclass(frozen=True, eq=False)
class DecoderBlock:
    """Attention to earlier positions only, then feed-forward; each normalises its input and is added to it.

    Parameters
    ----------
    attention_norm, attention, output_norm, feed_forward
        The parts, in the order in which they run; all of width ``d``.
    rotary
        Whether queries and keys are rotated by their positions; ``d / heads`` must then be even.
    base
        Of the rotation, as for `rotate`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> block, x = DecoderBlock.random(rng, 8, heads=2), rng.normal(size=(5, 8))
    >>> cache = KVCache()
    >>> steps = [block(x[i : i + 1], cache) for i in range(5)]
    >>> np.allclose(np.concatenate(steps), block(x))
    True
    """

    attention_norm: Callable[[Floats], Floats]
    attention: MultiHead
    output_norm: Callable[[Floats], Floats]
    feed_forward: Callable[[Floats], Floats]
    rotary: bool = True
    base: float = 10000.0

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int, heads: int) -> DecoderBlock:
        """Draw random weights; float64."""
        return cls(
            LayerNorm.identity(dim),
            MultiHead.random(rng, dim, heads),
            LayerNorm.identity(dim),
            FeedForward.random(rng, dim),
        )

    def __call__(self, x: Floats, cache: KVCache | None = None) -> Floats:
        """Run the block on new tokens, which follow those in the cache.

        Parameters
        ----------
        x
            Shape ``(..., n, d)``.
        cache
            This block's own cache; it grows by ``n``. Without one, `x` is the whole text.

        Returns
        -------
        Shape ``(..., n, d)``.
        """
        x = x + self.attend(x, cache)[0]
        return x + self.feed_forward(self.output_norm(x))

    def attend(self, x: Floats, cache: KVCache | None = None) -> tuple[Floats, Floats]:
        """Run the first half, and return what it adds to `x` and where each token looked.

        Parameters
        ----------
        x, cache
            As for a call.

        Returns
        -------
        added
            Shape ``(..., n, d)``.
        weights
            Shape ``(..., heads, n, m)``: how much each new token took from each of the m tokens so far.
        """
        layer, normed = self.attention, self.attention_norm(x)
        query = layer.split(layer.query(normed))
        key = layer.split(layer.key(normed))
        value = layer.split(layer.value(normed))
        cache = KVCache() if cache is None else cache
        if self.rotary:
            positions = len(cache) + np.arange(x.shape[-2])
            query, key = rotate(query, positions, self.base), rotate(key, positions, self.base)
        key, value = cache.extend(key, value)
        mask = causal_mask(query.shape[-2], key.shape[-2])
        mixed, weights = grouped_attention(query, key, value, mask)
        return layer.join(mixed), weights


@dataclass(frozen=True, eq=False)
class Decoder:
    """Decoder blocks one after the other, and a last normalisation.

    Parameters
    ----------
    blocks
        The blocks, in the order in which they run.
    norm
        Applied to what leaves the last block.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> decoder, x = Decoder.random(rng, 8, heads=2, layers=3), rng.normal(size=(5, 8))
    >>> caches = decoder.caches()
    >>> read, written = decoder(x[:4], caches), decoder(x[4:], caches)
    >>> np.allclose(np.concatenate([read, written]), decoder(x))
    True
    """

    blocks: Sequence[DecoderBlock]
    norm: Callable[[Floats], Floats]

    @classmethod
    def random(cls, rng: np.random.Generator, dim: int, heads: int, layers: int) -> Decoder:
        """Draw random weights; float64."""
        return cls([DecoderBlock.random(rng, dim, heads) for _ in range(layers)], LayerNorm.identity(dim))

    def caches(self) -> list[KVCache]:
        """Return an empty cache for each block."""
        return [KVCache() for _ in self.blocks]

    def __call__(self, x: Floats, caches: Sequence[KVCache] | None = None) -> Floats:
        """Run all blocks.

        Parameters
        ----------
        x
            Shape ``(..., n, d)``: the whole text, or the tokens that follow those in the caches.
        caches
            One for each block, such as `caches` returns; they grow by ``n``.

        Returns
        -------
        Shape ``(..., n, d)``.

        Raises
        ------
        ValueError
            When there is not one cache for each block.
        """
        caches = self.caches() if caches is None else caches
        for block, cache in zip(self.blocks, caches, strict=True):
            x = block(x, cache)
        return self.norm(x)
