"""What figures refuse, in words for the reader: a number out of range, an answer that is not on offer."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 40  # characters of what was found that are told


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
