"""Oracle: Python's codec for the bytes, and `ord` for the number that the other bits make."""

from __future__ import annotations

from pycore.tokenizers.utf8 import utf8_bits


def test_bits_of_characters_of_all_lengths() -> None:
    for code in [*range(0x900), *range(0xFF00, 0x10100), 0xD7FF, 0xE000, 0x10FFFF]:
        bits = utf8_bits(chr(code))
        assert bytes(int(mark + own, 2) for mark, own in bits) == chr(code).encode()
        assert int("".join(own for _, own in bits), 2) == code
        assert [mark for mark, _ in bits[1:]] == ["10"] * (len(bits) - 1)
        assert bits[0][0] == {1: "0", 2: "110", 3: "1110", 4: "11110"}[len(bits)]


def test_a_surrogate_has_no_bytes() -> None:
    assert utf8_bits("\ud800") == utf8_bits("\udfff") == []
