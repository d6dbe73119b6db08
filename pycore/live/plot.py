"""Charts: scales, grid and lines that figures share. All places are units of the picture's viewBox."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from pycore.live.markup import Child, Markup, number, tag

GLYPH = 5  # half the room that a character of a tick takes, about
WIDE = 400  # pictures that are wider have larger letters on a phone, where they shrink

Place = tuple[float, float]


def line(places: Iterable[Place]) -> str:
    """Write the path of a line through places.

    >>> line([(0, 1.25), (2 / 3, 1)])
    'M0 1.2L0.7 1'
    """
    return "M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in places)


def dots(places: Iterable[Place]) -> str:
    """Write the path of a dot at each place: the style sheet gives it a wide stroke with round ends.

    >>> dots([(0, 1.5), (2, 1)])
    'M0 1.5h0M2 1h0'
    """
    return "".join(f"M{number(x, 1)} {number(y, 1)}h0" for x, y in places)


@dataclass(frozen=True)
class Axis:
    """A scale, linear or logarithmic; what lies beyond an end is drawn at that end.

    Attributes
    ----------
    low, high
        Values at its ends; above 0 if it is logarithmic.
    start, end
        Where those are drawn.
    ticks
        Values that have a line in the grid, with their texts.
    log
        Whether it is logarithmic.

    Examples
    --------
    >>> Axis(1, 100, 0, 50, log=True)(10), Axis(0, 1, 50, 0)(2)
    (25.0, 0.0)
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...] = ()
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value is drawn."""
        value = min(max(value, self.low), self.high)
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True)
class Plot:
    """A chart with two axes.

    Attributes
    ----------
    width, height
        Size of the picture.
    x, y
        The axes, from left to right and from bottom to top.
    """

    width: int
    height: int
    x: Axis
    y: Axis

    def places(self, xs: Iterable[float], ys: Iterable[float]) -> list[Place]:
        """Where points are drawn."""
        return [(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)]

    def upright(self, x: float, class_: str) -> Markup:
        """Draw a line from bottom to top."""
        at = self.x(x)
        return tag("line", class_=class_, x1=at, y1=self.y.end, x2=at, y2=self.y.start)

    def draw(self, told: str, *children: Child) -> Markup:
        """Draw the picture: the grid and what is to stand on it; `told` says what it shows."""
        return tag(
            "svg",
            self.grid,
            *children,
            class_="plot wide" if self.width > WIDE else "plot",
            viewBox=f"0 0 {self.width} {self.height}",
            role="img",
            aria_label=told,
        )

    @functools.cached_property
    def grid(self) -> Markup:
        """The lines of the ticks, and their texts below and on the left."""
        x, y = self.x, self.y
        across = "".join(f"M{number(x.start)} {number(y(v), 1)}H{number(x.end)}" for v, _ in y.ticks)
        upright = "".join(f"M{number(x(v), 1)} {number(y.end)}V{number(y.start)}" for v, _ in x.ticks)
        return tag(
            "g",
            tag("path", class_="lines", d=across + upright),
            (tag("text", text, x=x.start - 8, y=y(v) + 4, text_anchor="end") for v, text in y.ticks),
            (
                tag("text", text, x=x(v), y=y.start + 24, text_anchor=self._anchor(x(v), text))
                for v, text in x.ticks
            ),
        )

    def _anchor(self, x: float, text: str) -> str:
        """Centre a text below its line, but where it would leave the picture."""
        return "end" if x + GLYPH * len(text) > self.width else "middle"
