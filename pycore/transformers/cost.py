"""How many numbers a decoder multiplies to write one more token, with its cache and without.

What is counted are the products of matrices, which take nearly all of the time: those with the weights,
and, in attention, each query with each key and each weight with each value. Norms and softmax are left out.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """The sizes of a decoder of Llama's form.

    Attributes
    ----------
    vocabulary, width, hidden, blocks
        Tokens, numbers in a vector, numbers within a feed-forward layer, and blocks.
    heads, groups
        Heads of queries, and heads of keys and values.

    Examples
    --------
    >>> Sizes(vocabulary=49152, width=576, hidden=1536, blocks=30, heads=9, groups=3).weights
    134479872
    """

    vocabulary: int
    width: int
    hidden: int
    blocks: int
    heads: int
    groups: int

    @property
    def shared(self) -> int:
        """Numbers in the keys of a token, in one block."""
        return self.width // self.heads * self.groups

    @property
    def attention(self) -> int:
        """Weights of a block's attention: queries and output, keys and values."""
        return 2 * self.width * self.width + 2 * self.width * self.shared

    @property
    def feed_forward(self) -> int:
        """Weights of a block's feed-forward network: up, gate and down."""
        return 3 * self.width * self.hidden

    @property
    def in_blocks(self) -> int:
        """Weights of all matrices in the blocks: each is multiplied once for each token."""
        return self.blocks * (self.attention + self.feed_forward)

    @property
    def weights(self) -> int:
        """Weights of all matrices, the table included."""
        return self.in_blocks + self.vocabulary * self.width


def with_cache(sizes: Sizes, tokens: int) -> int:
    """Count the products for one new token that is the last of so many, when the others' keys are kept.

    >>> sizes = Sizes(vocabulary=10, width=4, hidden=8, blocks=1, heads=2, groups=1)
    >>> with_cache(sizes, 1) == sizes.weights + 2 * 4
    True
    """
    return sizes.weights + sizes.blocks * 2 * sizes.width * tokens


def without_cache(sizes: Sizes, tokens: int) -> int:
    """Count the products when all tokens are read anew: those of every token, each with those before it.

    >>> sizes = Sizes(vocabulary=10, width=4, hidden=8, blocks=1, heads=2, groups=1)
    >>> without_cache(sizes, 1) == with_cache(sizes, 1)
    True
    """
    pairs = tokens * (tokens + 1) // 2
    table = sizes.vocabulary * sizes.width  # only the last token's scores are asked for
    return tokens * sizes.in_blocks + table + sizes.blocks * 2 * sizes.width * pairs


def cache_bytes(sizes: Sizes, tokens: int) -> int:
    """Count the bytes of the keys and values that are kept, in float32."""
    return 4 * 2 * sizes.blocks * sizes.shared * tokens
