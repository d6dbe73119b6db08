"""What figures refuse, in words for the reader: a number out of range, an answer that is not on offer."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 40  # characters of what was found that are told
ECHO = 60  # and of a value of any kind


def between(what: str, found: int, most: int, least: int = 0) -> None:
    """Refuse a number outside a range.

    >>> between("a layer", 6, most=6)
    >>> between("a layer", 7, most=6)
    Traceback (most recent call last):
        ...
    ValueError: expected a layer from 0 to 6; found 7
    """
    if not least <= found <= most:
        raise ValueError(f"expected {what} from {least} to {most}; found {found}")


def one_of(what: str, found: str, allowed: Iterable[str]) -> None:
    """Refuse a text that is none of those allowed.

    >>> one_of("box", "a", ("a", "b"))
    >>> one_of("box", "d", ("a", "b", "c"))
    Traceback (most recent call last):
        ...
    ValueError: expected box "a", "b" or "c"; found "d"
    """
    *others, last = (f'"{text}"' for text in allowed)
    if f'"{found}"' not in (*others, last):
        either = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(f'expected {what} {either}; found "{str(found)[:LONGEST]}"')


def fits(text: str, most: int) -> None:
    r"""Refuse a text that no box holds, or no UTF-8: a paste, a script or a link may bring anything.

    >>> fits("x" * 41, most=40)
    Traceback (most recent call last):
        ...
    ValueError: 41 characters are too many: 40 find room. Nothing was changed.
    >>> fits("a\ud83d", most=40)
    Traceback (most recent call last):
        ...
    ValueError: U+D83D is half of a character (a lone surrogate), which has no bytes. Nothing was changed.
    """
    if len(text) > most:
        raise ValueError(f"{len(text):,} characters are too many: {most:,} find room. Nothing was changed.")
    if half := lone_surrogate(text):
        raise ValueError(
            f"U+{ord(half):04X} is half of a character (a lone surrogate), which has no bytes. "
            "Nothing was changed."
        )


def lone_surrogate(text: str) -> str:
    r"""Return the first half of a pair that a text holds by itself, as UTF-8 holds none; "" if there is none.

    >>> lone_surrogate("a\udc00"), lone_surrogate("🙂")
    ('\udc00', '')
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return text[error.start]
    return ""


def cut(text: str, length: int) -> str:
    """Shorten a text that is too long to be told.

    >>> cut("abcdef", 3)
    'abc…'
    """
    return text if len(text) <= length else f"{text[:length]}…"


def echo(value: object) -> str:
    """What was found, as a message tells it: a link may hold anything, and as much of it as it likes.

    >>> echo([1, "x"])
    "[1, 'x']"
    >>> len(echo("x" * 1_000_000))
    61
    """
    if isinstance(value, str | bytes):
        return cut(repr(value[: ECHO + 1]), ECHO)
    try:
        return cut(repr(value), ECHO)
    except RecursionError:
        return f"a {type(value).__name__} that is nested too deep"
