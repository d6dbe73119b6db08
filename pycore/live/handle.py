"""What a reader can drag: how it is drawn, and how its place and the state's values depend on each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pycore.live.markup import Child, Markup, number, tag
from pycore.live.plot import Plot
from pycore.live.scale import Scale


def handle(
    name: str,
    x: float,
    y: float,
    *children: Child,
    label: str,
    spoken: str,
    value: float,
    least: float,
    most: float,
    axis: str | None = None,
    look: str | None = None,
    grip: float = 24,
    knob: float = 9,
) -> Markup:
    """Draw what can be dragged: a knob, and around it a wide grip that cannot be seen.

    Parameters
    ----------
    name
        What the figure is told was dragged.
    x, y
        Where it is, in units of the viewBox.
    children
        What moves with it, such as a name.
    label, spoken
        What a screen reader calls it, and where it stands, in words.
    value, least, most
        Where it stands, as a number, and where it can.
    axis
        "x" or "y" if it moves along that one alone.
    look
        A class of its own.
    grip, knob
        Radii. A grip of 24 is wide enough for a finger where a unit is a pixel.

    Examples
    --------
    >>> handle("rate", 40, 20, label="Rate", spoken="0.5", value=0.5, least=0, most=1, axis="x")
    '<g class="handle" data-drag="rate" data-axis="x" tabindex="0" role="slider" aria-label="Rate"
        aria-valuemin="0" aria-valuemax="1" aria-valuenow="0.5" aria-valuetext="0.5"><circle class="grip"
        cx="40" cy="20" r="24"/><circle class="knob" cx="40" cy="20" r="9"/></g>'
    """
    return tag(
        "g",
        tag("circle", class_="grip", cx=float(x), cy=float(y), r=grip),
        tag("circle", class_="knob", cx=float(x), cy=float(y), r=knob),
        *children,
        class_=f"handle {look}" if look else "handle",
        data_drag=name,
        data_axis=axis,
        tabindex=0,
        role="slider",
        aria_roledescription=None if axis else "slider in two directions",
        aria_label=label,
        aria_valuemin=number(least, 6),
        aria_valuemax=number(most, 6),
        aria_valuenow=number(value, 6),
        aria_valuetext=spoken,
        aria_orientation="vertical" if axis == "y" else None,
    )


class Along(NamedTuple):
    """A field of the state that a handle moves, and the values that it snaps to."""

    field: str
    scale: Scale


@dataclass(frozen=True)
class Knob:
    """A handle on a chart: values become places and places values.

    Attributes
    ----------
    plot
        The chart that it stands on.
    x, y
        What dragging along that axis changes, or the value at which it stands, worked out from the state.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> plot = Plot.of(Scale(0, 10), Scale(0, 100), width=300, height=200)
    >>> knob = Knob(plot, x=Along("a", Scale(0, 10, steps=10)), y=lambda state: state.a**2)
    >>> knob.dragged(SimpleNamespace(a=2), plot.x(3.4), 0), knob.nudged(SimpleNamespace(a=2), 0, -1)
    ({'a': 3.0}, {'a': 3.0})
    """

    plot: Plot
    x: Along | Callable[[Any], float]
    y: Along | Callable[[Any], float]

    def __post_init__(self) -> None:
        if not isinstance(self.x, Along) and not isinstance(self.y, Along):
            raise ValueError("expected a handle to move along x, y or both; found neither")

    @property
    def axis(self) -> str | None:
        """The one axis along which it moves; None for both."""
        if isinstance(self.x, Along) and isinstance(self.y, Along):
            return None
        return "x" if isinstance(self.x, Along) else "y"

    def position(self, state: Any) -> tuple[float, float]:
        """Where it is drawn."""
        return self.plot.x(_value(self.x, state)), self.plot.y(_value(self.y, state))

    def dragged(self, state: Any, x: float, y: float) -> dict[str, float]:
        """Return the fields that dragging it to a place changes: it snaps, and stays on the chart."""
        ways = ((self.x, self.plot.x, x), (self.y, self.plot.y, y))
        return {w.field: w.scale.snap(axis.value(at)) for w, axis, at in ways if isinstance(w, Along)}

    def nudged(self, state: Any, dx: float, dy: float) -> dict[str, float]:
        """Return the fields that arrow keys change: dx and dy count steps, right and down."""
        right, up = dx, -dy
        if self.axis:  # as of any slider, right and up are more
            right = up = dx or -dy
        return {
            w.field: _step(w, state, by) for w, by in ((self.x, right), (self.y, up)) if isinstance(w, Along)
        }

    def draw(self, state: Any, name: str, *children: Child, label: str, spoken: str, **look: Any) -> Markup:
        """Draw it as `handle` does."""
        way = self.x if isinstance(self.x, Along) else self.y
        assert isinstance(way, Along)
        return handle(
            name,
            *self.position(state),
            *children,
            label=label,
            spoken=spoken,
            value=_value(way, state),
            least=way.scale.low,
            most=way.scale.high,
            axis=self.axis,
            **look,
        )


def _value(way: Along | Callable[[Any], float], state: Any) -> float:
    return float(getattr(state, way.field) if isinstance(way, Along) else way(state))


def _step(way: Along, state: Any, by: float) -> float:
    at = way.scale.position(_value(way, state)) + round(by)
    return way.scale.value(min(max(at, 0), way.scale.steps))
