"""A vocabulary by ranks in few bytes: each token but the single bytes is two tokens of lower numbers.

Numbers of the two, cut into columns of low, middle and high bytes and compressed, take a fifth of what
tiktoken's files do: 0.34 MB for cl100k_base and 0.72 MB for o200k_base. Sorted tokens that share beginnings,
with the column of their ranks, took 14 % more.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

BYTES = 256
DEPTH = 3  # bytes of a number


def pack(ranks: Mapping[bytes, int]) -> bytes:
    r"""Write a vocabulary.

    Parameters
    ----------
    ranks
        Bytes of each token to its number; the numbers are 0, 1, 2 and so on, those of the single bytes first.

    Raises
    ------
    ValueError
        When the numbers are others, or a token is not made of two with lower numbers.

    Examples
    --------
    >>> single = {bytes([byte]): byte for byte in range(256)}
    >>> list(unpack(pack(single | {b"ow": 256, b"low": 257})))[256:]
    [b'ow', b'low']
    """
    tokens = sorted(ranks, key=ranks.__getitem__)
    if [ranks[token] for token in tokens] != list(range(len(tokens))):
        raise ValueError(f"expected the numbers 0 to {len(tokens) - 1}, each once")
    if {len(token) for token in tokens[:BYTES]} != {1} or len(tokens) < BYTES:
        raise ValueError(f"expected the single bytes to be the first {BYTES} tokens")
    pairs = np.array([_pair(token, ranks) for token in tokens[BYTES:]], "<u4").reshape(-1, 2)
    columns = pairs.view(np.uint8).reshape(-1, 8).T
    kept = np.concatenate([columns[:DEPTH], columns[4 : 4 + DEPTH]])
    return zlib.compress(b"".join(tokens[:BYTES]) + kept.tobytes(), 9)


def _pair(token: bytes, ranks: Mapping[bytes, int]) -> tuple[int, int]:
    """Find two tokens that make one: the way whose larger number is least compresses best."""
    find, least = ranks.get, ranks[token]
    best = None
    for cut in range(1, len(token)):
        left = find(token[:cut], least)
        if left < least and (right := find(token[cut:], least)) < least:
            best, least = (left, right), max(left, right)
    if best is None:
        raise ValueError(f"expected {token!r} to be made of two tokens of lower numbers")
    return best


def unpack(packed: bytes | memoryview) -> dict[bytes, int]:
    """Read a vocabulary: bytes of each token to its number, in order."""
    content = zlib.decompress(packed)
    columns = np.frombuffer(content, np.uint8, offset=BYTES).reshape(2, DEPTH, -1).astype(np.uint32)
    weights = np.array([1, 256, 65536], np.uint32)
    left, right = np.einsum("sdn,d->sn", columns, weights).tolist()
    tokens = [bytes([byte]) for byte in content[:BYTES]]
    for one, other in zip(left, right, strict=True):
        tokens.append(tokens[one] + tokens[other])
    return {token: number for number, token in enumerate(tokens)}
