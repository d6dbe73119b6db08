"""Charts: axes, grid, and the marks that figures share. All places are units of the picture's viewBox.

A chart that `Plot.of` lays out chooses its ticks and the room for them; the style sheet makes letters larger,
in these units, where the picture is shown small, so the room is that of the largest letters.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pycore.live.markup import Child, Markup, number, tag
from pycore.live.scale import Scale, Ticks, ticks

GLYPH = 0.61  # width of a character of a tick, in its size
LETTER = 0.036  # of the width: the size of a letter on a phone; the style sheet says it too
SMALLEST = 13.0  # size of a letter where there is room

Place = tuple[float, float]


def line(places: Iterable[Place]) -> str:
    """Write the path of a line through places; it has a gap where a place is not finite.

    >>> line([(0, 1.25), (2 / 3, 1)]), line([(0, 0), (1, float("nan")), (2, 0), (3, 1)])
    ('M0 1.2L0.7 1', 'M0 0M2 0L3 1')
    """
    path, broken = "", True
    for x, y in places:
        if math.isfinite(x) and math.isfinite(y):
            path += f"{'M' if broken else 'L'}{number(x, 1)} {number(y, 1)}"
            broken = False
        else:
            broken = True
    return path


def dots(places: Iterable[Place]) -> str:
    """Write the path of a dot at each place: the style sheet gives it a wide stroke with round ends.

    Places are rounded to halves and sorted, which nobody sees, and each is told once, by its way from the one
    before: so a page of many dots is lighter.

    >>> dots([(2, 1.1), (0, 1.5), (2, 0.9)])
    'm0 1.5h0m2 -0.5h0'
    """
    near = sorted({(round(2 * x) / 2, round(2 * y) / 2) for x, y in places})
    ways = ((x - u, y - v) for (u, v), (x, y) in itertools.pairwise([(0.0, 0.0), *near]))
    return "".join(f"m{number(x, 1)} {number(y, 1)}h0" for x, y in ways)


@dataclass(frozen=True)
class Axis:
    """A scale, linear or logarithmic; what lies beyond an end is drawn at that end.

    Attributes
    ----------
    low, high
        Values at its ends; above 0 if it is logarithmic. If they are equal, all is drawn in the middle.
    start, end
        Where those are drawn.
    ticks
        Values that have a line in the grid, with their texts.
    log
        Whether it is logarithmic.

    Examples
    --------
    >>> axis = Axis(1, 100, 0, 50, log=True)
    >>> axis(10), axis.value(25), Axis(0, 1, 50, 0)(2)
    (25.0, 10.0, 0.0)
    """

    low: float
    high: float
    start: float
    end: float
    ticks: Ticks = ()
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value is drawn; NaN is drawn nowhere, which is NaN."""
        return self.free(min(max(value, self.low), self.high))

    def free(self, value: float) -> float:
        """Where a value lies, also beyond an end; on a logarithmic axis it must be above 0.

        >>> Axis(0, 1, 50, 0).free(2)
        -50.0
        """
        if math.isnan(value):
            return math.nan
        if self.low == self.high:
            return (self.start + self.end) / 2
        if self.log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def value(self, place: float) -> float:
        """Which value is drawn at a place; beyond an end it is that end's."""
        share = min(max((place - self.start) / (self.end - self.start), 0.0), 1.0)
        if share in (0.0, 1.0):
            return float(self.high if share else self.low)
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Plot:
    """A chart with two axes.

    Attributes
    ----------
    width, height
        Size of the picture.
    x, y
        The axes, from left to right and from bottom to top.
    x_title, y_title
        What they measure, written below the chart and above it.
    letter
        The largest size that its letters take.

    Examples
    --------
    >>> plot = Plot.of(Scale(0, 10), Scale(0, 1), x_title="epoch", y_title="loss", width=300, height=200)
    >>> plot.curve([0, 10], [1, 0])
    '<path class="curve" d="M36 26L286 163.4"/>'
    """

    width: int
    height: int
    x: Axis
    y: Axis
    x_title: str = ""
    y_title: str = ""
    letter: float = 20.0

    @classmethod
    def of(
        cls,
        x: Scale,
        y: Scale,
        *,
        x_title: str = "",
        y_title: str = "",
        x_ticks: Ticks | None = None,
        y_ticks: Ticks | None = None,
        width: int = 560,
        height: int = 300,
    ) -> Plot:
        """Lay out a chart of two scales; ticks that are not given choose themselves."""
        letter = max(SMALLEST, LETTER * width)
        glyph = GLYPH * letter
        beside = (
            y_ticks if y_ticks is not None else _fitting(y, height - 3 * letter, lambda text: 1.8 * letter)
        )
        left = max((len(text) for _, text in beside), default=0) * glyph + 12
        below = x_ticks
        if below is None:
            below = _fitting(x, width - left - 14, lambda text: (len(text) + 1) * glyph)
        first, last = ((len(below[i][1]) if below else 0) * glyph / 2 for i in (0, -1))
        top = letter * (2.0 if y_title else 0.6)
        bottom = height - 8 - letter * ((1.0 if below else 0.0) + (1.2 if x_title else 0.0))
        across = Axis(x.low, x.high, round(max(left, first), 0), width - round(max(last, 14.0)), below, x.log)
        return cls(
            width,
            height,
            across,
            Axis(y.low, y.high, round(bottom, 1), round(top, 1), beside, y.log),
            x_title,
            y_title,
            letter,
        )

    def places(self, xs: Iterable[float], ys: Iterable[float]) -> list[Place]:
        """Where points are drawn."""
        return [(self.x(x), self.y(y)) for x, y in zip(xs, ys, strict=True)]

    # ------------------------------------------------------------ marks

    def curve(self, xs: Iterable[float], ys: Iterable[float], class_: str = "curve") -> Markup:
        """Draw a line through points, with a gap where one is NaN."""
        return tag("path", class_=class_, d=line(self.places(xs, ys)))

    def area(
        self,
        xs: Sequence[float],
        ys: Iterable[float],
        lows: Iterable[float] | None = None,
        class_: str = "area",
    ) -> Markup:
        """Fill what lies between a line and the ground, or between two lines; NaN is left out."""
        ground = [max(self.y.low, 0.0 if not self.y.log else self.y.low)] * len(xs) if lows is None else lows
        upper, lower = self.places(xs, ys), self.places(xs, ground)
        whole = [pair for pair in zip(upper, lower, strict=True) if all(map(math.isfinite, sum(pair, ())))]
        edge = [up for up, _ in whole] + [low for _, low in reversed(whole)]
        return tag("path", class_=class_, d=line(edge) + "Z" if edge else "")

    def bars(self, edges: Sequence[float], heights: Sequence[float], class_: str = "bars") -> Markup:
        """Draw bars: `edges` are one more than `heights`, as `np.histogram` returns them.

        >>> Plot(10, 10, Axis(0, 2, 0, 10), Axis(0, 4, 10, 0)).bars([0, 1, 2], [4, 1])
        '<path class="bars" d="M0.4 10V0H4.6V10ZM5.4 10V7.5H9.6V10Z"/>'
        """
        ground = self.y(0.0 if not self.y.log else self.y.low)
        path = "".join(
            f"M{number(self.x(left) + 0.4, 1)} {number(ground, 1)}V{number(self.y(height), 1)}"
            f"H{number(self.x(right) - 0.4, 1)}V{number(ground, 1)}Z"
            for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True)
            if math.isfinite(height) and self.y(height) != ground
        )
        return tag("path", class_=class_, d=path)

    def points(
        self, xs: Iterable[float], ys: Iterable[float], class_: str = "point", r: float = 5
    ) -> list[Markup]:
        """Draw a circle at each point that is not NaN."""
        return [
            tag("circle", class_=class_, cx=float(x), cy=float(y), r=r)
            for x, y in self.places(xs, ys)
            if math.isfinite(x) and math.isfinite(y)
        ]

    def name(self, x: float, y: float, text: str, class_: str = "name") -> Markup:
        """Write a name above a point, within the picture."""
        at = self.x(x)
        side = "start" if at < self.width / 4 else "end" if at > self.width * 3 / 4 else "middle"
        return tag("text", text, class_=class_, x=at, y=self.y(y) - 14, text_anchor=side)

    def upright(self, x: float, class_: str = "now") -> Markup:
        """Draw a line from bottom to top."""
        at = self.x(x)
        return tag("line", class_=class_, x1=at, y1=self.y.end, x2=at, y2=self.y.start)

    def level(self, y: float, class_: str = "now") -> Markup:
        """Draw a line from left to right."""
        at = self.y(y)
        return tag("line", class_=class_, x1=self.x.start, y1=at, x2=self.x.end, y2=at)

    # ------------------------------------------------------------ the whole

    def draw(self, told: str, *children: Child, surface: str | None = None, handles: bool = False) -> Markup:
        """Draw the picture: the grid and what is to stand on it.

        Parameters
        ----------
        told
            What it shows, in words.
        surface
            The handle that a press anywhere in the picture moves; it is among the children.
        handles
            Whether there are handles among the children, if no press elsewhere moves one of them.
        """
        return tag(
            "svg",
            self.grid,
            *children,
            class_="plot",
            viewBox=f"0 0 {self.width} {self.height}",
            style=f"--w:{self.width}",
            data_surface=surface,
            role="group" if surface or handles else "img",  # what is in an image cannot be reached
            aria_label=told,
        )

    @functools.cached_property
    def grid(self) -> Markup:
        """The lines of the ticks, their texts below and on the left, and the titles."""
        x, y = self.x, self.y
        across = "".join(f"M{number(x.start)} {number(y(v), 1)}H{number(x.end)}" for v, _ in y.ticks)
        upright = "".join(f"M{number(x(v), 1)} {number(y.end)}V{number(y.start)}" for v, _ in x.ticks)
        below = y.start + 4 + self.letter
        return tag(
            "g",
            tag("path", class_="lines", d=across + upright),
            (tag("text", text, x=x.start - 8, y=y(v) + 4, text_anchor="end") for v, text in y.ticks),
            (tag("text", text, x=x(v), y=below, text_anchor=self._anchor(x(v), text)) for v, text in x.ticks),
            tag("text", self.y_title, class_="title", x=2, y=self.letter) if self.y_title else None,
            tag("text", self.x_title, class_="title", x=x.end, y=self.height - 5, text_anchor="end")
            if self.x_title
            else None,
        )

    def _anchor(self, x: float, text: str) -> str:
        """Centre a text below its line, but where it would leave the picture."""
        beyond = x + GLYPH * max(SMALLEST, LETTER * self.width) * len(text) / 2 - self.width
        return "end" if beyond > 0.5 else "middle"  # places are rounded


def _fitting(scale: Scale, length: float, room: Callable[[str], float]) -> Ticks:
    """Choose as many ticks, up to eight, as have room for their texts along an axis."""
    axis = Axis(scale.low, scale.high, 0, length, log=scale.log)
    for about in range(8, 1, -1):
        chosen = ticks(scale, about)
        places = [axis(value) for value, _ in chosen]
        widest = max((room(text) for _, text in chosen), default=0)
        if all(b - a >= widest for a, b in itertools.pairwise(places)):
            return chosen
    return chosen[:1]
