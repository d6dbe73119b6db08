"""HTML and SVG as text that cannot be mistaken for plain text: what is not `Markup` is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Union

VOID = frozenset(
    {"br", "circle", "ellipse", "hr", "img", "input", "line", "path", "polygon", "polyline", "rect", "use"}
)


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = Union[str, int, None, Iterable["Child"]]  # noqa: UP007  (a recursive alias needs a string)
Attribute = str | int | float | bool | None


def tag(name: str, *children: Child, **attributes: Attribute) -> Markup:
    """Write an element.

    Parameters
    ----------
    name
        The element's name.
    children
        Markup stays as it is, other text is escaped, iterables are flattened, None is left out.
    attributes
        Underscores become hyphens and a trailing one is dropped: `class_`, `data_out`. True writes the bare
        name, None and False leave it out, floats are rounded to two decimals.

    Examples
    --------
    >>> tag("p", "a < b", class_="note", hidden=True, data_out="x")
    '<p class="note" hidden data-out="x">a &lt; b</p>'
    >>> tag("circle", r=1 / 3)
    '<circle r="0.33"/>'
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_attribute(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        return Markup(f"<{name}{written}/>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Child) -> Markup:
    """Put children one after another, escaping what is not markup."""
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    if isinstance(children, str | int):
        return Markup(escape(str(children), quote=False))
    if not isinstance(children, Iterable):
        kind = type(children).__name__
        raise TypeError(f"{children!r} ({kind}) cannot be shown; write it with number() or signed()")
    return Markup("".join(map(join, children)))


def number(x: float, decimals: int = 2) -> str:
    """Round a number to fixed decimals, without a negative zero and without trailing zeros.

    Geometry goes through here, so that every Python writes the same text.

    >>> number(1.5), number(-0.001), number(2), number(0.1254, 3)
    ('1.5', '0', '2', '0.125')
    """
    text = f"{x:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def moved(x: float, y: float, decimals: int = 1) -> str:
    """Place an element by a style, which a style sheet lets glide to another place.

    >>> moved(12.34, 5)
    'transform:translate(12.3px,5px)'
    """
    return f"transform:translate({number(x, decimals)}px,{number(y, decimals)}px)"


def signed(x: float, decimals: int = 2) -> str:
    """Round a number for a reader: with its sign, a real minus, and fixed decimals.

    >>> signed(0.5), signed(-0.25), signed(-0.001)
    ('+0.50', '−0.25', '+0.00')
    """
    text = f"{x:+.{decimals}f}"
    if float(text) == 0:
        text = f"{0:+.{decimals}f}"
    return text.replace("-", "−")


def percent(share: float, decimals: int = 0) -> str:
    """Write a share of one for a reader.

    >>> percent(0.256), percent(0.256, 1)
    ('26 %', '25.6 %')
    """
    return f"{100 * share:.{decimals}f} %"


def rough_percent(share: float) -> str:
    """Write a share of one in whole percent; a small one that is not nothing does not look like nothing.

    >>> rough_percent(0.256), rough_percent(0.001), rough_percent(0)
    ('26 %', '<1 %', '0 %')
    """
    return "<1 %" if 0 < share < 0.005 else percent(share)


def _attribute(value: Attribute) -> str:
    return number(value) if isinstance(value, float) else escape(str(value))
