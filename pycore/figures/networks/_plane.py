"""What FIG.01 and FIG.02A share: a neuron on a plane, as a line with an arrow that is its weights.

The line is where the weighted sum is zero. The arrow stands on it at its foot, at a right angle, and points
to where the sum grows; the longer it is, the faster. Both axes have one scale, so that a right angle looks
like one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.live.handle import handle
from pycore.live.markup import Markup, signed, tag
from pycore.live.plot import Axis, Plot
from pycore.live.plot import line as line_path
from pycore.networks.neuron import Neuron

ARROW = 0.35  # length of the arrow of weights of length one, in units of the plane
LONGEST = 6.0  # of the weights
SIDES = ("left", "right")


def even(plot: Plot, middle: float) -> Plot:
    """Give a chart's upward axis the scale of the other, around a value in its middle."""
    unit = (plot.x.end - plot.x.start) / (plot.x.high - plot.x.low)
    half = (plot.y.start - plot.y.end) / unit / 2
    y = Axis(middle - half, middle + half, plot.y.start, plot.y.end, plot.y.ticks)
    return Plot(plot.width, plot.height, plot.x, y, plot.x_title, plot.y_title, plot.letter)


@dataclass(frozen=True)
class Line:
    """Where a neuron's line is held, and its weights, in units of the plane."""

    x: float
    y: float
    w1: float
    w2: float

    @property
    def neuron(self) -> Neuron:
        """The neuron whose sum is zero on the line."""
        weights = np.array([self.w1, self.w2])
        return Neuron(weights, -(self.w1 * self.x + self.w2 * self.y))

    @property
    def tip(self) -> tuple[float, float]:
        """Where the arrow ends."""
        return self.x + ARROW * self.w1, self.y + ARROW * self.w2

    @property
    def length(self) -> float:
        """Length of the weights."""
        return math.hypot(self.w1, self.w2)

    def within(self, plot: Plot) -> Line:
        """Move the foot so that foot and tip lie on the chart."""
        (dx, dy), x, y = (ARROW * self.w1, ARROW * self.w2), plot.x, plot.y
        return Line(
            min(max(self.x, x.low - min(dx, 0)), x.high - max(dx, 0)),
            min(max(self.y, y.low - min(dy, 0)), y.high - max(dy, 0)),
            self.w1,
            self.w2,
        )

    def held(self, plot: Plot, x: float, y: float) -> Line:
        """Hold it at a place of the picture: the arrow goes along."""
        return Line(plot.x.value(x), plot.y.value(y), self.w1, self.w2).within(plot)

    def pointed(self, plot: Plot, x: float, y: float) -> Line:
        """Put the arrow's tip at a place of the picture: the foot stays."""
        w1, w2 = (plot.x.value(x) - self.x) / ARROW, (plot.y.value(y) - self.y) / ARROW
        shrink = min(1.0, LONGEST / max(math.hypot(w1, w2), 1e-9))
        return Line(self.x, self.y, w1 * shrink, w2 * shrink)

    def ends(self, plot: Plot) -> list[tuple[float, float]]:
        """Where the line enters and leaves the chart, in the picture; nothing where it is no line."""
        return ends(self.neuron, plot)


def ends(neuron: Neuron, plot: Plot) -> list[tuple[float, float]]:
    """Where a neuron's line enters and leaves a chart, in the picture; nothing where it does not."""
    (w1, w2), b = neuron.weights.tolist(), neuron.bias
    found = []
    if abs(w2) > 1e-9:
        found += [(x, -(w1 * x + b) / w2) for x in (plot.x.low, plot.x.high)]
    if abs(w1) > 1e-9:
        found += [(-(w2 * y + b) / w1, y) for y in (plot.y.low, plot.y.high)]
    slack = 1e-9
    inside = sorted(
        (x, y)
        for x, y in found
        if plot.x.low - slack <= x <= plot.x.high + slack and plot.y.low - slack <= y <= plot.y.high + slack
    )
    return [(plot.x(x), plot.y(y)) for x, y in (inside[0], inside[-1])] if inside else []


def stroke(neuron: Neuron, plot: Plot, look: str) -> Markup | None:
    """Draw a neuron's line across a chart."""
    found = ends(neuron, plot)
    if not found:
        return None
    (x1, y1), (x2, y2) = found
    return tag("line", class_=look, x1=x1, y1=y1, x2=x2, y2=y2)


def handles(plot: Plot, line: Line, names: tuple[str, str], called: str, look: str = "") -> list[Markup]:
    """Draw a line's arrow and its two handles: the foot, which holds the line, and the tip."""
    (x, y), (tx, ty) = (plot.x(line.x), plot.y(line.y)), (plot.x(line.tip[0]), plot.y(line.tip[1]))
    far = math.hypot(tx - x, ty - y)
    drawn = []
    if far > 1:
        ux, uy = (tx - x) / far, (ty - y) / far
        back, side = (tx - 16 * ux, ty - 16 * uy), (-6 * uy, 6 * ux)
        corners = [(tx - 4 * ux, ty - 4 * uy)]
        corners += [(back[0] + sign * side[0], back[1] + sign * side[1]) for sign in (1, -1)]
        drawn = [
            tag("line", class_=f"arrow {look}".strip(), x1=x, y1=y, x2=tx - 9 * ux, y2=ty - 9 * uy),
            tag("path", class_=f"head {look}".strip(), d=line_path(corners) + "Z"),
        ]
    spoken = f"w {signed(line.w1)} and {signed(line.w2)}, b {signed(line.neuron.bias)}"
    foot, tip = names
    return [
        *drawn,
        handle(
            foot,
            x,
            y,
            label=f"{called}: hold the line",
            spoken=f"at {signed(line.x)}, {signed(line.y)}; {spoken}",
            value=line.x,
            least=plot.x.low,
            most=plot.x.high,
            look=look or None,
            knob=8,
        ),
        handle(
            tip,
            tx,
            ty,
            label=f"{called}: tip of the weights",
            spoken=spoken,
            value=line.w1,
            least=-LONGEST,
            most=LONGEST,
            look=look or None,
            knob=6,
        ),
    ]


def squares(plot: Plot, x: Floats) -> str:
    """Write the path of a mark at each point [n, 2]: its stroke's ends, round or square, are what is seen."""
    return "".join(f"M{plot.x(a):.1f} {plot.y(b):.1f}h0" for a, b in x.tolist())
