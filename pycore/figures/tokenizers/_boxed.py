"""Rows of tokens to be looked at, each with its number below; and what may be typed to be cut into them."""

from __future__ import annotations

from collections.abc import Container, Sequence

from pycore.figures.tokenizers._coloured import box, flow
from pycore.live import expect
from pycore.live.markup import Markup
from pycore.tokenizers.utf8 import lone_surrogate


def boxed(tokens: Sequence[tuple[bytes, int | None]], lit: Container[int] = ()) -> Markup:
    """Draw tokens one after another.

    Parameters
    ----------
    tokens
        What each holds, and its number, if it has one.
    lit
        Places of those that are pointed out.

    Examples
    --------
    >>> boxed([(b" a", 257), (b"b", None)], lit={1})
    '<p class="flow" dir="ltr"><span class="tok k0"><bdi><i>␣</i>a</bdi><small>257</small></span><span
        class="tok k1 lit"><bdi>b</bdi></span></p>'
    """
    boxes = (
        box(token, place, number, "lit" if place in lit else "")
        for place, (token, number) in enumerate(tokens)
    )
    return flow([token for token, _ in tokens], boxes)


def check_typed(text: str, most: int) -> None:
    """Refuse a text that is too long, or that UTF-8 cannot hold.

    Raises
    ------
    ValueError
        In words for the reader.
    """
    expect.fits(text, most)
    if half := lone_surrogate(text):
        raise ValueError(
            f"This text holds U+{ord(half):04X}, one half of a character (a lone surrogate). "
            "It has no bytes, so no tokens. Nothing was changed."
        )
