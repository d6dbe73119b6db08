"""How figures draw a curve that leaves its chart: up to the edge, with an arrow there that points on."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pycore.live.markup import Markup, tag
from pycore.live.plot import Axis, Place, Plot, line

OFF = 1e4  # units of the picture: how far beyond an end those lie that have no place


def _free(axis: Axis, value: float) -> float:
    """Where a value lies, also infinity, and a 0 on a scale of powers."""
    way = math.copysign(OFF, axis.end - axis.start)
    if value == math.inf:
        return axis.end + way
    if axis.log and value <= 0:
        return axis.start - way
    return axis.free(value)


def cut_curve(plot: Plot, xs: Iterable[float], ys: Iterable[float], look: str = "") -> list[Markup]:
    """Draw a line through points; where it leaves the chart at the top or the bottom, an arrow says so.

    Parameters
    ----------
    plot
        The chart. NaN makes a gap; on a scale of powers a 0 lies far below, and infinity far above.
    xs, ys
        The points.
    look
        A class for the line and the arrows, beside "curve"; arrows have "beyond" too.

    Examples
    --------
    >>> from pycore.live.plot import Axis
    >>> for mark in cut_curve(Plot(10, 10, Axis(0, 2, 0, 20), Axis(0, 1, 100, 0)), [0, 1, 2], [0, 0.5, 1.5]):
    ...     print(mark)
    <path class="curve" d="M0 100L10 50L15 0"/>
    <path class="curve beyond" d="M10 8L15 0L20 8"/>
    """
    top, bottom = plot.y.end, plot.y.start
    kept: list[Place] = []
    rims: list[Place] = []
    beyond: Place | None = None  # where a curve that is never in the chart begins, at its edge
    last: Place | None = None
    for x, y in zip(xs, ys, strict=True):
        here = (plot.x(x), _free(plot.y, y))
        if math.isnan(here[1]):
            kept.append(here)
            last = None
            continue
        inside = top <= here[1] <= bottom
        if last is not None and inside != (top <= last[1] <= bottom):
            rim = top if min(here[1], last[1]) < top else bottom
            share = (rim - last[1]) / (here[1] - last[1])
            kept.append((last[0] + share * (here[0] - last[0]), rim))
            rims.append(kept[-1])
        if not inside and beyond is None:
            beyond = (here[0], top if here[1] < top else bottom)
        kept.append(here if inside else (math.nan, math.nan))
        last = here
    if beyond and not rims:
        rims = [beyond]
    named = f" {look}" if look else ""
    arrows = "".join(_arrow(x, y, 8.0 if y == top else -8.0) for x, y in rims)
    return [
        tag("path", class_=f"curve{named}", d=line(kept)),
        *([tag("path", class_=f"curve beyond{named}", d=arrows)] if arrows else []),
    ]


def _arrow(x: float, y: float, back: float) -> str:
    return line([(x - 5, y + back), (x, y), (x + 5, y + back)])
