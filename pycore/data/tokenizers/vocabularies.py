"""GPT-2's vocabulary: 256 bytes, 50,000 merges in the order of learning, and one special token.

Radford et al. 2019. The file holds the two ids of each merge; ids are those of `pycore.tokenizers.bpe`.
"""

from __future__ import annotations

import functools

import numpy as np

from pycore.data import FOLDER
from pycore.tokenizers.byte_alphabet import BYTES
from pycore.tokenizers.ranked import RankedTokenizer

GPT2 = "tokenizers/gpt2-merges.npz"
END_OF_TEXT = "<|endoftext|>"


@functools.cache
def gpt2_merges() -> tuple[tuple[int, int], ...]:
    """Read the merges: pairs of ids; merge k makes id 256 + k.

    >>> len(gpt2_merges()), gpt2_merges()[0]
    (50000, (220, 83))
    """
    with np.load(FOLDER / GPT2) as arrays:
        pairs = arrays["low"].astype(np.int64) + 256 * arrays["high"].astype(np.int64)
    left, right = pairs.tolist()
    return tuple(zip(left, right, strict=True))


@functools.cache
def gpt2() -> RankedTokenizer:
    """Return GPT-2's tokenizer.

    >>> gpt2().encode("Hello world"), gpt2().decode([50256])
    ([15496, 995], '<|endoftext|>')
    """
    tokens = [bytes([byte]) for byte in BYTES]
    for left, right in gpt2_merges():
        tokens.append(tokens[left] + tokens[right])
    ranks = {token: id_ for id_, token in enumerate(tokens)}
    return RankedTokenizer(ranks, "gpt2", {END_OF_TEXT: len(tokens)})
