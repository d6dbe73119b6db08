"""UTF-8 bit by bit (RFC 3629): some bits say where a byte belongs, the others which character it is."""

from __future__ import annotations

import re

SURROGATES = range(0xD800, 0xE000)

# By the number of bytes, how many bits of the first one only say that number; all later bytes begin with 10.
_FIRST = {1: 1, 2: 3, 3: 4, 4: 5}
_LATER = 2
_TWO_UNITS = re.compile("[\U00010000-\U0010ffff]")


def utf16_units(text: str) -> int:
    """Count the UTF-16 units of a text, as text boxes and JavaScript do.

    >>> utf16_units("é"), utf16_units("🙂")
    (1, 2)
    """
    return len(text) + len(_TWO_UNITS.findall(text))


def utf8_bits(character: str) -> list[tuple[str, str]]:
    r"""Write a character's bytes in bits.

    Parameters
    ----------
    character
        One code point.

    Returns
    -------
    list of (str, str)
        For each byte the bits that mark its place and those of the code point, which joined make its number;
        nothing for a surrogate, which UTF-8 does not hold.

    Examples
    --------
    >>> utf8_bits("A"), utf8_bits("é")
    ([('0', '1000001')], [('110', '00011'), ('10', '101001')])
    >>> utf8_bits("\ud83d")
    []
    """
    if ord(character) in SURROGATES:
        return []
    data = character.encode("utf-8")
    cuts = [_FIRST[len(data)], *[_LATER] * (len(data) - 1)]
    return [(f"{byte:08b}"[:cut], f"{byte:08b}"[cut:]) for byte, cut in zip(data, cuts, strict=True)]
