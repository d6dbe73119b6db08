"""Vocabularies in few bytes: what is unpacked is what tiktoken's own file holds."""

from __future__ import annotations

import pytest

from pycore.data.tokenizers.packed import pack, unpack
from pycore.tokenizers.ranked import read_ranks
from sitegen.vendor import fetch

SINGLE = {bytes([byte]): byte for byte in range(256)}


@pytest.mark.parametrize(("name", "most"), [("cl100k_base", 345_000), ("o200k_base", 730_000)])
def test_all_tokens_come_back_with_their_numbers(name: str, most: int) -> None:
    ranks = read_ranks(fetch("gpt-tokenizer", f"{name}.tiktoken").read_text("ascii"))
    packed = pack(ranks)
    assert unpack(packed) == ranks
    assert len(packed) <= most


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({b"ab": 257}, "the numbers 0 to 256"),
        ({b"abc": 256}, "two tokens of lower numbers"),
        ({b"abc": 256, b"ab": 257}, "two tokens of lower numbers"),
        ({b"": 256}, "two tokens of lower numbers"),
    ],
)
def test_what_cannot_be_packed_is_refused(more: dict[bytes, int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pack(SINGLE | more)
    with pytest.raises(ValueError, match="the single bytes"):
        pack({b"a": 0, b"b": 1})
