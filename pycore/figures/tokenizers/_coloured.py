"""Tokens as coloured boxes in a running text: what they hold, their numbers, and the way they are read."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from pycore.figures.tokenizers._pieces import sign, text_of
from pycore.live.markup import Child, Markup, join, tag

COLOURS = 4  # of neighbours; _coloured.css has as many
_BYTE = 0xDC00  # "surrogateescape" writes a byte that is no character as this and its value
_READ = {"L": "ltr", "EN": "ltr", "AN": "ltr", "R": "rtl", "AL": "rtl"}  # Unicode's bidirectional classes


@functools.lru_cache(1 << 14)
def held(token: bytes) -> Markup:
    r"""Write what a token holds: its letters, and signs for what is invisible or no whole character.

    >>> held(b" low"), held(b"a\xf0\x9f")
    ('<i>␣</i>low', 'a<i class="byte">F0</i><i class="byte">9F</i>')
    """
    parts: list[str] = []
    for place, character in enumerate(token.decode("utf-8", "surrogateescape")):
        byte = ord(character) - _BYTE
        shown = sign(character)
        if 0x80 <= byte <= 0xFF:
            parts.append(tag("i", f"{byte:02X}", class_="byte"))
        elif not shown.endswith(character):
            parts.append(tag("i", shown))
        else:
            parts.append(character if place else shown)  # a mark joins the letter before it
    return join(parts)


@functools.lru_cache(1 << 14)
def spoken(token: bytes) -> str:
    r"""Say what a token holds.

    >>> spoken(b" low\n"), spoken(b"\xf0\x9f")
    ('space low ↵', 'bytes F0 9F')
    """
    text = text_of(token)
    if text is None:
        return f"bytes {token.hex(' ').upper()}"
    signs = ((c if (s := sign(c)).endswith(c) else " space " if c == " " else f" {s} ") for c in text)
    return " ".join("".join(signs).split())


@functools.lru_cache(1 << 14)
def way(token: bytes) -> str:
    """Return which way a token is read, "ltr" or "rtl"; "" if it goes with what is before it.

    >>> way(b" low"), way("سلام".encode()), way(b"!?")
    ('ltr', 'rtl', '')
    """
    text = token.decode("utf-8", "ignore")
    return next((_READ[kind] for kind in map(unicodedata.bidirectional, text) if kind in _READ), "")


def box(token: bytes, place: int, under: Child = None, look: str = "", **attributes: str) -> Markup:
    """Draw a token as a box, in the colour of its place.

    >>> box(b" a", 5, 257, "lit")
    '<span class="tok k1 lit"><bdi><i>␣</i>a</bdi><small>257</small></span>'
    """
    small = None if under is None else tag("small", under)
    kind = f"tok k{place % COLOURS} {look}".rstrip()
    return tag("span", tag("bdi", held(token)), small, class_=kind, **attributes)


def flow(tokens: Sequence[bytes], boxes: Iterable[Markup], **attributes: str) -> Markup:
    r"""Put boxes of tokens one after another, as their text is read; a line break in it breaks the line.

    >>> flow([b"a", b"\n", b"b"], [Markup("<u>a</u>"), Markup("<u>↵</u>"), Markup("<u>b</u>")])
    '<p class="flow" dir="ltr"><u>a</u><u>↵</u><br/><u>b</u></p>'
    >>> flow([b"a", "ش".encode()], [Markup("<u>a</u>"), Markup("<u>b</u>")])
    '<p class="flow" dir="ltr"><span dir="ltr"><u>a</u></span><span dir="rtl"><u>b</u></span></p>'
    """
    ways: list[str] = []
    first = next(filter(None, map(way, tokens)), "ltr")
    for token in tokens:
        ways.append(way(token) or (ways[-1] if ways else first))
    lines = (
        (read, box if not token.endswith(b"\n") else Markup(box + tag("br")))
        for token, read, box in zip(tokens, ways, boxes, strict=True)
    )
    if "rtl" not in ways:
        return tag("p", (box for _, box in lines), class_="flow", dir=first, **attributes)
    runs = (
        tag("span", (box for _, box in run), dir=read) for read, run in groupby(lines, lambda each: each[0])
    )
    return tag("p", runs, class_="flow", dir=first, **attributes)
