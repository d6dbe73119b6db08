"""How figures write pieces of text: a sign for what is invisible, numbers for bytes that are no character."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

from pycore.live.markup import Markup, tag

SIGNS = {" ": "␣", "\n": "↵", "\r": "␍", "\t": "⇥"}
SHORT = {
    0x00A0: "NBSP",
    0x00AD: "SHY",
    0x061C: "ALM",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2060: "WJ",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0xFE0E: "VS15",
    0xFE0F: "VS16",
    0xFEFF: "BOM",
}


def sign(character: str) -> str:
    r"""Return what stands for a character that cannot be seen, or would change how its neighbours are shown.

    >>> sign(" "), sign("a"), sign("\x00"), sign("\u200d"), sign("\ud800"), sign("\u0301")[0]
    ('␣', 'a', '␀', 'ZWJ', 'U+D800', '◌')
    """
    code = ord(character)
    if character in SIGNS:
        return SIGNS[character]
    if code < 0x20:
        return chr(0x2400 + code)
    if code in SHORT:
        return SHORT[code]
    category = unicodedata.category(character)
    if category.startswith("M"):
        return "◌" + character
    return f"U+{code:04X}" if category[0] in "CZ" else character


def shown(text: str) -> str:
    r"""Write a text with a sign for all in it that cannot be seen; marks stay on their letters.

    >>> shown(" a\n"), len(shown("e\u0301")), shown("\u0301a")[0]
    ('␣a↵', 2, '◌')
    """
    return "".join(
        character if at and unicodedata.category(character).startswith("M") else sign(character)
        for at, character in enumerate(text)
    )


@functools.lru_cache(1 << 16)
def text_of(token: bytes) -> str | None:
    r"""Return the characters that a token's bytes are; None where they are not whole characters.

    >>> text_of("é".encode()), text_of(b"\xc3")
    ('é', None)
    """
    try:
        return token.decode("utf-8")
    except UnicodeDecodeError:
        return None


def piece(data: bytes) -> tuple[str, bool]:
    r"""Return what a token's bytes are shown as, and whether they are whole characters.

    >>> piece(b" low"), piece("é".encode()[:1]), piece(b"a\xc3")
    (('␣low', True), ('C3', False), ('61 C3', False))
    """
    text = text_of(data)
    return (data.hex(" ").upper(), False) if text is None else (shown(text), True)


def token(data: bytes, look: str = "") -> Markup:
    r"""Draw a token as a small box.

    >>> token(b" low"), token(b"\xc3", "new")
    ('<bdi class="t">␣low</bdi>', '<bdi class="t raw new">C3</bdi>')
    """
    text, whole = piece(data)
    return tag("bdi", text, class_=" ".join(filter(None, ("t", "" if whole else "raw", look))))


def tokens(of: Iterable[bytes]) -> list[Markup]:
    """Draw tokens one after another."""
    return [token(data) for data in of]
