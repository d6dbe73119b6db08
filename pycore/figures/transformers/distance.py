"""FIG.05A: a query and a key, each turned by its position: their score hangs on the distance alone.

The picture is one pair of the 64 coordinates; the score is of all. With sinusoids, the two vectors are
those of the positions themselves, and their product hangs on the distance alone as well.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.data.transformers.one_head import head_run
from pycore.live.controls import button, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.handle import Along, Knob
from pycore.live.markup import Markup, signed, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, readings
from pycore.live.scale import Scale, ticks
from pycore.live.settings import chips
from pycore.transformers.positions import rotate, sinusoidal

LAST = 40
PAIR = 4  # of 32; the pairs before it turn faster, those after it slower
QUERY, KEY = 8, 4  # *it* and *cake* in FIG.03's first sentence
WAYS = {"rotation": "rotation", "sinusoids": "sinusoids"}
PLACES = Scale(0, LAST, steps=LAST)
RULER = Plot.of(PLACES, Scale(0, 3), x_title="position in the text", y_ticks=(), width=440, height=150)
SIZE = 200.0  # of the picture of one pair
FAR = tuple(range(-LAST, LAST + 1))


@dataclass(frozen=True)
class DistanceState:
    """Where the query and the key stand, and the way in which they know it."""

    query: float = 10
    key: float = 6
    way: str = "rotation"


class Distance(Figure[DistanceState]):
    """Drag two positions, and move both together."""

    State = DistanceState
    data = ("transformers/one-head.npz", "transformers/one-head.json")
    code = (rotate, sinusoidal)
    settings = {"way": tuple(WAYS)}
    handles = {
        "query": Knob(RULER, x=Along("query", PLACES), y=lambda s: 2.1),
        "key": Knob(RULER, x=Along("key", PLACES), y=lambda s: 0.8),
    }

    def check(self, state: DistanceState) -> None:
        """Refuse positions that the ruler does not have."""
        for at in (state.query, state.key):
            if not (0 <= at <= LAST and at == int(at)):
                raise ValueError(f"expected whole positions from 0 to {LAST}; found {at:g}")

    @event
    def both(self, by: str) -> None:
        """Move both by some places, unless one would leave the ruler."""
        if by not in ("-5", "-1", "1", "5"):
            raise ValueError(f"expected -5, -1, 1 or 5; found {by!r}")
        if self._fits(int(by)):
            self.change(query=self.state.query + int(by), key=self.state.key + int(by))

    def _fits(self, step: int) -> bool:
        return all(0 <= at + step <= LAST for at in (self.state.query, self.state.key))

    def view(self) -> Parts:
        """Draw the ruler, one pair of coordinates, and the score over the distance."""
        s = self.state
        moves = [
            button(
                label,
                event="both",
                arg=by,
                control=f"both{by}",
                class_="chip",
                aria_label=f"both {told}",
                aria_disabled=None if self._fits(int(by)) else "true",
            )
            for by, label, told in (
                ("-5", "−5", "back by five"),
                ("-1", "−1", "back by one"),
                ("1", "+1", "on by one"),
                ("5", "+5", "on by five"),
            )
        ]
        return {
            "controls": tag(
                "div",
                chips(self, "way", WAYS, "Positions by", control="way-{}"),
                tag("div", tag("span", "both", class_="label"), group("Move both", *moves), class_="both"),
                class_="row",
            ),
            "stage": tag("div", self._ruler(), _pair(s), _curve(s), class_="charts"),
            "readout": _readout(s),
        }

    def _ruler(self) -> Markup:
        s = self.state
        named = {"query": (2.1, s.query), "key": (0.8, s.key)}
        return RULER.draw(
            f"The query stands at {s.query:.0f}, the key at {s.key:.0f}.",
            [RULER.level(y, "rail") for y, _ in named.values()],
            # Beside the handles, not in them: who grabs a handle's middle must find the knob there.
            [_at(name, y, at) for name, (y, at) in named.items()],
            [
                self.knob(name, label=f"Position of the {name}", spoken=f"{at:.0f}")
                for name, (_, at) in named.items()
            ],
            handles=True,
        )


# ---------------------------------------------------------------- what is computed


def vectors(way: str, query: float, key: float) -> tuple[Floats, Floats]:
    """Return the query and the key, float64 [64] each, as they are at their positions."""
    places = np.array([int(query), int(key)])
    if way == "sinusoids":
        first, second = sinusoidal(places, 64)
        return first, second
    run = head_run("cake")
    first, second = rotate(np.stack([run.query[QUERY], run.key[KEY]]), places, run.base)
    return first, second


@functools.lru_cache(maxsize=256)
def score(way: str, query: float, key: float) -> float:
    """Return their dot product over the root of 64."""
    first, second = vectors(way, query, key)
    return float(first @ second) / math.sqrt(len(first))


@functools.cache
def over_distance(way: str) -> tuple[float, ...]:
    """Return the score at each distance, from −40 to 40: the query's position less the key's."""
    return tuple(score(way, max(far, 0), max(-far, 0)) for far in FAR)


# ---------------------------------------------------------------- what is drawn


def _at(name: str, y: float, at: float) -> Markup:
    """Write beside a handle what it is and where."""
    side = 1 if at < 25 else -1
    return tag(
        "text",
        f"{name} at {at:.0f}",
        class_="name",
        x=RULER.x(at) + 18 * side,
        y=RULER.y(y) - 9,
        text_anchor="start" if side > 0 else "end",
    )


def _pair(s: DistanceState) -> Markup:
    """Draw one pair of coordinates of query and key as two arrows."""
    arrows = [vector[2 * PAIR : 2 * PAIR + 2] for vector in vectors(s.way, s.query, s.key)]
    middle, reach = SIZE / 2, SIZE * 0.4
    drawn = []
    for name, arrow in zip(("query", "key"), arrows, strict=True):
        x, y = (arrow / np.linalg.norm(arrow) * reach).tolist()
        drawn.append(
            tag(
                "g",
                tag("line", x1=middle, y1=middle, x2=middle + x, y2=middle - y),
                tag("circle", cx=middle + x, cy=middle - y, r=6),
                class_=name,
            )
        )
    return tag(
        "svg",
        tag("circle", class_="dial", cx=middle, cy=middle, r=reach),
        drawn,
        viewBox=f"0 0 {SIZE:.0f} {SIZE:.0f}",
        class_="pair",
        role="img",
        aria_label=f"Directions of one pair of coordinates: {_between(s):.0f} degrees between them.",
    )


def _between(s: DistanceState) -> float:
    """Return the angle between the key's pair and the query's, in degrees from 0 to 180."""
    turns = [math.atan2(v[2 * PAIR + 1], v[2 * PAIR]) for v in vectors(s.way, s.query, s.key)]
    turned = round(math.degrees(turns[0] - turns[1]) % 360, 3) % 360
    return min(turned, 360 - turned)


@functools.cache
def _plot(way: str) -> Plot:
    scores = Scale.around(over_distance(way))
    return Plot.of(
        Scale(-LAST, LAST),
        scores,
        x_ticks=tuple((float(far), signed(far, 0)) for far in (-40, -20, 0, 20, 40)),
        y_ticks=ticks(scores, about=3),
        x_title="distance: query − key",
        y_title="score",
        width=440,
        height=300,
    )


def _curve(s: DistanceState) -> Markup:
    plot, scores = _plot(s.way), over_distance(s.way)
    far = s.query - s.key
    return plot.draw(
        f"The score over the distance; at {far:.0f} it is {signed(score(s.way, s.query, s.key))}.",
        plot.curve(FAR, scores),
        plot.upright(far),
        plot.points([far], [score(s.way, s.query, s.key)], "here", r=7),
    )


def _readout(s: DistanceState) -> Markup:
    far = int(s.query - s.key)
    verdict = (
        "the key comes earlier" if far > 0 else "the key comes later" if far < 0 else "both in one place"
    )
    return tag(
        "div",
        headline("score", signed(score(s.way, s.query, s.key), 4), "score", verdict),
        readings(
            [
                ("distance", "distance", f"{far}".replace("-", "−")),
                ("angle of the arrows", "angle", f"{_between(s):.1f}°"),
            ]
        ),
    )
