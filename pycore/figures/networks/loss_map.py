"""FIG.03: a line through 342 penguins, and its loss as a map over the line's two numbers.

The map is that of FIG.04. Dragging the line moves the point on the map, dragging the point moves the line:
they are one state, w and b.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.figures.networks import _valley as valley
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.handle import Along, Knob, handle
from pycore.live.markup import Child, Markup, signed, tag
from pycore.live.plot import Plot, dots
from pycore.live.readout import headline, readings
from pycore.live.scale import Scale
from pycore.networks.line_fit import Bowl
from pycore.networks.losses import mse

PIVOT = 3.0  # cm beyond 18: where the handle stands that tilts the line
FIT = Plot.of(
    Scale(-1, 5.4),
    Scale(1, 9),
    x_title="flipper, cm",
    y_title="mass, kg",
    x_ticks=tuple((cm - valley.SHORTEST, str(cm)) for cm in range(17, 24)),
    y_ticks=tuple((kg, str(kg)) for kg in range(1, 10)),
    width=440,
    height=400,
)


@dataclass(frozen=True)
class LossMapState:
    """The two numbers of the line."""

    w: float = 0.2
    b: float = 4.8


@dataclass(frozen=True)
class Tilt:
    """The handle that tilts the line: it moves up and down at `PIVOT`, and changes w alone."""

    axis = "y"

    def position(self, state: Any) -> tuple[float, float]:
        """Where it is drawn."""
        return FIT.x(PIVOT), FIT.y(state.b + state.w * PIVOT)

    def dragged(self, state: Any, x: float, y: float) -> Mapping[str, object]:
        """Return the w with which the line goes through that height."""
        return {"w": valley.SLOPES.snap((FIT.y.value(y) - state.b) / PIVOT)}

    def nudged(self, state: Any, dx: float, dy: float) -> Mapping[str, object]:
        """Return w, some steps higher for right and up."""
        at = valley.SLOPES.position(state.w) + round(dx or -dy)
        return {"w": valley.SLOPES.value(min(max(at, 0), valley.SLOPES.steps))}

    def draw(self, state: Any, name: str, *children: Child, label: str, spoken: str) -> Markup:
        """Draw it."""
        x, y = self.position(state)
        return handle(
            name, x, y, *children, label=label, spoken=spoken, value=state.w, least=0, most=1, axis="y"
        )


class LossMap(Figure[LossMapState]):
    """Drag the line or the point: the other follows."""

    State = LossMapState
    data = ("networks/penguins.csv",)
    code = (mse, Bowl.of_line)
    handles = {
        "shift": Knob(FIT, x=lambda _: 0.0, y=Along("b", valley.HEIGHTS)),
        "tilt": Tilt(),
        "point": Knob(valley.MAP, x=Along("w", valley.SLOPES), y=Along("b", valley.HEIGHTS)),
    }
    formulas = {"line": r"\text{mass} = w \cdot \text{flipper} + b"}

    def check(self, state: LossMapState) -> None:
        """Refuse places off the map."""
        for name, value, scale in (("w", state.w, valley.SLOPES), ("b", state.b, valley.HEIGHTS)):
            if not scale.low <= value <= scale.high:
                raise ValueError(f"expected {name} from {scale.low:g} to {scale.high:g}; found {value:g}")

    @event
    def go(self, place: str) -> None:
        """Take a line that has a name."""
        if place not in PLACES:
            raise ValueError(f"expected {' or '.join(PLACES)}; found {place[:40]}")
        w, b = valley.bowl().best.tolist() if place == "best" else PLACES[place]
        self.change(w=valley.SLOPES.snap(w), b=valley.HEIGHTS.snap(b))

    def view(self) -> Parts:
        """Draw the line with its errors, the map, and the loss."""
        s = self.state
        loss = valley.bowl().loss([s.w, s.b])
        return {
            "fit": self._fit(s),
            "map": valley.draw_map(
                self.id,
                f"The loss as a map over w and b: a long valley. Here it is {loss:.3f}.",
                self.knob(
                    "point",
                    label="This line, as a point",
                    spoken=f"w {s.w:.2f}, b {s.b:.2f}, loss {loss:.3f}",
                ),
                surface="point",
            ),
            "sum": _sum(s, loss),
        }

    def _fit(self, s: LossMapState) -> Markup:
        return FIT.draw(
            f"342 penguins by flipper and mass, and the line with w {s.w:.2f} and b {s.b:.2f}.",
            tag("path", class_="sticks", d=_sticks(s.w, s.b)),
            _birds(),
            tag("path", class_="fit", d=_line(s.w, s.b)),
            self.knob("shift", label="Shift the line, b", spoken=f"{s.b:.2f} kg at 18 cm"),
            self.knob("tilt", label="Tilt the line, w", spoken=f"{s.w:.2f} kg for each cm"),
            surface="tilt",
        )


PLACES: dict[str, tuple[float, float]] = {"flat": (0.0, 4.2), "best": (0.0, 0.0)}


# ---------------------------------------------------------------- what is computed


def squares(w: float, b: float) -> Floats:
    """Return the squared error of each bird, in kg squared, float64 [342]."""
    x, y = valley.birds()
    return np.asarray((w * x + b - y) ** 2)


# ---------------------------------------------------------------- what is drawn


@functools.cache
def _birds() -> Markup:
    return tag("path", class_="birds", d=dots(FIT.places(*(v.tolist() for v in valley.birds()))))


def _sticks(w: float, b: float) -> str:
    """Write the path of each bird's error: from the bird up or down to the line."""
    x, y = valley.birds()
    return "".join(
        f"M{FIT.x(at):.0f} {FIT.y(mass):.0f}V{FIT.y(w * at + b):.0f}"
        for at, mass in zip(x.tolist(), y.tolist(), strict=True)
    )


def _line(w: float, b: float) -> str:
    """Write the path of the line, from edge to edge of the chart."""
    ends = [FIT.x.low, FIT.x.high]
    if w:
        ends += [(FIT.y.low - b) / w, (FIT.y.high - b) / w]
    inside = sorted(at for at in ends if FIT.x.low <= at <= FIT.x.high and 1 - 1e-9 <= w * at + b <= 9 + 1e-9)
    start, end = inside[0], inside[-1]
    return f"M{FIT.x(start):.1f} {FIT.y(w * start + b):.1f}L{FIT.x(end):.1f} {FIT.y(w * end + b):.1f}"


def _sum(s: LossMapState, loss: float) -> Markup:
    each = squares(s.w, s.b)
    worst = float(each.max())
    rows = (
        ("w, kg for each cm", "w", signed(s.w)),
        ("b, kg at 18 cm", "b", f"{s.b:.2f}"),
        ("sum of 342 squares", "sum", f"{each.sum():.1f}"),
        ("the largest of them", "worst", f"{worst:.2f}"),
    )
    return tag(
        "div",
        tag(
            "div",
            headline("loss: the mean square, kg²", f"{loss:.3f}", "loss"),
            group(
                "Lines with a name",
                chip("flat line", "go", "flat", "go-flat", (s.w, s.b) == PLACES["flat"]),
                chip("to the bottom", "go", "best", "go-best"),
            ),
        ),
        readings(rows),
        class_="columns",
    )
