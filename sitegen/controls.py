"""What a reader can press in a figure as it is drawn, and whether there is more to it than pressing."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser

STEPS = 24  # positions of a slider that is pressed through; one with more is beyond
FIELDS = ("input", "select", "textarea")
MARKS = ("data-on-", "data-drag", "data-surface")
Press = tuple[str, ...]  # an event and its arguments, as the page sends them


def read(parts: Iterable[str]) -> tuple[list[Press], bool]:
    """Find what can be pressed in the parts of a figure.

    Returns
    -------
    presses
        Each event once, in the order of the markup.
    beyond
        Whether there are controls that take more than a press: text boxes, handles, fine sliders.
    """
    found = [_read(html) for html in parts if any(mark in html for mark in MARKS)]
    presses = dict.fromkeys(press for some, _ in found for press in some)
    return list(presses), any(beyond for _, beyond in found)


@functools.lru_cache(maxsize=64)  # most parts stay the same from one state to the next
def _read(html: str) -> tuple[list[Press], bool]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.presses, reader.beyond


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.presses: list[Press] = []
        self.beyond = False
        self._choosers: list[Press] = []  # what the open <select> sends, without the value
        self._option: str | None = None  # text so far of an open <option> that has no value attribute

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if "data-drag" in a or "data-surface" in a:
            self.beyond = True
        if tag == "option":
            self._end_option()
            if "disabled" not in a:
                if "value" in a:
                    self._choose(a["value"])
                else:
                    self._option = ""
        if "disabled" in a:
            return
        arg = (a["data-arg"],) if "data-arg" in a else ()
        self.beyond |= "data-on-file" in a
        if "data-on-click" in a:
            self.presses.append((a["data-on-click"], *arg))
        edits = [(a[key], *arg) for key in ("data-on-input", "data-on-change") if key in a]
        if tag == "select" and "multiple" not in a:
            self._choosers = edits
        elif tag in FIELDS and edits:
            values = _values(a) if tag == "input" else None
            self.beyond |= values is None
            self.presses += [(*edit, value) for value in values or () for edit in edits]

    def handle_data(self, data: str) -> None:
        if self._option is not None:
            self._option += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("option", "select"):
            self._end_option()
        if tag == "select":
            self._choosers = []

    def _end_option(self) -> None:
        if self._option is not None:
            self._choose(" ".join(self._option.split()))
        self._option = None

    def _choose(self, value: str) -> None:
        self.presses += [(*chooser, value) for chooser in self._choosers]


def _values(a: dict[str, str]) -> list[str] | None:
    """List the values that a press can give an <input>; None when it takes more than a press."""
    kind = a.get("type", "text")
    if kind == "checkbox":
        return ["false" if "checked" in a else "true"]
    if kind == "radio":
        return [a.get("value", "on")]
    if kind == "range":
        return _positions(a)
    return None


def _positions(a: dict[str, str]) -> list[str] | None:
    try:
        low, high, step = (
            Decimal(a.get(key, default)) for key, default in (("min", "0"), ("max", "100"), ("step", "1"))
        )
    except InvalidOperation:  # step="any"
        return None
    if step <= 0 or (high - low) / step >= STEPS:
        return None
    return list(_written(low, high, step))


def _written(low: Decimal, high: Decimal, step: Decimal) -> Iterator[str]:
    """Write the positions as a browser does: 0.5, not 0.50."""
    while low <= high:
        text = f"{low:f}"
        yield (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
        low += step
