"""Rows of tokens to be looked at, each with its number below."""

from __future__ import annotations

from collections.abc import Container, Sequence

from pycore.figures.tokenizers._coloured import box, flow
from pycore.live.markup import Markup


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
