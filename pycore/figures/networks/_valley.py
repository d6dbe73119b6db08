"""What FIG.03 and FIG.04 share: a line through real penguins, and the map of its loss.

A bird's mass, in kg, is guessed from its flipper, in cm beyond 18, by mass = w * flipper + b. The loss is the
mean squared error over all 342 birds: a long valley, since the flippers are not measured from their mean.
"""

from __future__ import annotations

import functools

import numpy as np

from pycore.arrays import Floats
from pycore.data.networks.penguins import penguins
from pycore.live.markup import Child, Markup, tag
from pycore.live.plot import Plot, line
from pycore.live.scale import Scale
from pycore.networks.line_fit import Bowl

SHORTEST = 18.0  # cm: flippers are measured from here
SLOPES = Scale(0, 1, steps=100)  # w
HEIGHTS = Scale(1.4, 5, steps=90)  # b
MAP = Plot.of(
    SLOPES,
    HEIGHTS,
    x_title="w, kg for each cm",
    y_title="b, kg at 18 cm",
    width=440,
    height=400,
)
LEVELS = (0.17, 0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 9.0)
FAR = 5000.0  # units of the picture: a way is drawn up to its first place beyond
NAMED = (0.5, 1.0, 2.0)


@functools.cache
def birds() -> tuple[Floats, Floats]:
    """Flippers in cm beyond 18, and masses in kg, float64 [342] each."""
    measures = penguins().measures
    return measures[:, 2] / 10 - SHORTEST, measures[:, 3] / 1000


@functools.cache
def bowl() -> Bowl:
    """The loss of a line through them."""
    return Bowl.of_line(*birds())


def draw_map(figure: str, told: str, *children: Child, surface: str | None) -> Markup:
    """Draw the map: contours of the loss, its bottom, and what is to stand on it.

    Children of the class "inside" are cut at the map's edge; a figure's id names the cut.
    """
    return MAP.draw(
        told,
        _edge(figure),
        tag("g", _contours(), clip_path=f"url(#{figure}-edge)"),
        *children,
        surface=surface,
    )


def cut(figure: str, *children: Child) -> Markup:
    """Draw something that does not reach over the map's edge."""
    return tag("g", *children, clip_path=f"url(#{figure}-edge)")


def _edge(figure: str) -> Markup:
    x, y = MAP.x, MAP.y
    frame = tag("path", d=f"M{x.start} {y.end}H{x.end}V{y.start}H{x.start}Z")
    return tag("clipPath", frame, id=f"{figure}-edge")


def _free(places: Floats) -> list[tuple[float, float]]:
    """Where places are drawn, also beyond the map's edge."""
    x, y = MAP.x, MAP.y
    across = (x.end - x.start) / (x.high - x.low)
    up = (y.end - y.start) / (y.high - y.low)
    return [(x.start + (w - x.low) * across, y.start + (b - y.low) * up) for w, b in places.tolist()]


def way(places: Floats) -> str:
    """Write the path of a line through places [n, 2], up to the first that lies far off the map."""
    drawn = _free(places)
    far = next((i for i, (x, y) in enumerate(drawn) if max(abs(x), abs(y)) > FAR), len(drawn))
    return line(drawn[: far + 1])


def stops(places: Floats) -> str:
    """Write the path of a dot at each of the places that lie on the map."""
    x, y = MAP.x, MAP.y
    inside = ((px, py) for px, py in _free(places) if x.start <= px <= x.end and y.end <= py <= y.start)
    return "".join(f"M{px:.1f} {py:.1f}h0" for px, py in inside)


@functools.cache
def _contours() -> Markup:
    """Draw the contours, and the loss on some of them, where they cross the steepest line on the left."""
    steep = -bowl().steepest()
    reach = {level: np.sqrt(2 * (level - bowl().least) / bowl().curvatures()[0]) for level in NAMED}
    x, y = zip(*_free(np.array([bowl().best + reach[level] * steep for level in NAMED])), strict=True)
    ((bx, by),) = _free(bowl().best[np.newaxis])
    return tag(
        "g",
        [tag("path", class_="level", d=line(_free(bowl().contour(level))) + "Z") for level in LEVELS],
        [
            tag("text", f"{level:g}", class_="loss", x=float(px), y=float(py) + 4, text_anchor="middle")
            for level, px, py in zip(NAMED, x, y, strict=True)
        ],
        tag("path", class_="bottom", d=f"M{bx - 5:.1f} {by:.1f}h10M{bx:.1f} {by - 5:.1f}v10"),
    )
