"""FIG.04: gradient descent on the map of a loss, step by step; and momentum and Adam from the same start.

The loss is a quadratic bowl, so theory says what one step of plain gradient descent does: along the steep
direction it multiplies the distance to the bottom by 1 - rate * 14.1, along the flat one by 1 - rate * 0.56.
Beyond 2 / 14.1 the first factor is below -1. All ways are worked out by pycore.networks.optimisers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.figures.networks import _valley as valley
from pycore.figures.networks._edges import cut_curve
from pycore.live.controls import button
from pycore.live.figure import Parts, event
from pycore.live.handle import Along, Knob
from pycore.live.markup import Markup, signed, tag
from pycore.live.player import Plays
from pycore.live.plot import Plot
from pycore.live.readout import fold, headline, readings
from pycore.live.scale import Scale
from pycore.live.settings import slide, toggle
from pycore.networks.autograd import Tensor
from pycore.networks.line_fit import Bowl, descend
from pycore.networks.optimisers import SGD, Adam, Momentum, Optimiser

LAST = 200  # steps
PACE = 12  # steps a second
RATES = Scale(0, 0.2, steps=200)
NEAR = 1.01  # there when the loss is at most so many times the least
FAR = 1e6  # a loss beyond this has run off
METHODS = {"sgd": "plain descent", "momentum": "momentum", "adam": "Adam"}
CURVES = Plot.of(
    Scale(0, LAST),
    Scale(0.1, 100, log=True),
    x_title="step",
    y_title="loss",
    height=190,
    x_ticks=tuple((at, f"{at}") for at in range(0, LAST + 1, 50)),
    y_ticks=((0.1, "0.1"), (1, "1"), (10, "10"), (100, "100")),
)


@dataclass(frozen=True)
class DownhillState:
    """Where it starts, the learning rate, who else races, and how many steps have been taken."""

    w: float = 0.14
    b: float = 2.0
    rate: float = 0.02
    momentum: bool = False
    adam: bool = False
    clock: float = 0.0  # steps and a part of the next
    playing: bool = False


class Downhill(Plays[DownhillState]):
    """Drag the start, set the rate, step or run; see where it comes to."""

    State = DownhillState
    data = ("networks/penguins.csv",)
    code = (Bowl.gradient, SGD.direction, Momentum.direction, Adam.direction, descend)
    settings = {"rate": RATES, "momentum": (False, True), "adam": (False, True)}
    handles = {"start": Knob(valley.MAP, x=Along("w", valley.SLOPES), y=Along("b", valley.HEIGHTS))}
    formulas = {"step": r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w}"}

    def check(self, state: DownhillState) -> None:
        """Refuse places off the map, and more steps than there are."""
        for name, value, scale in (("w", state.w, valley.SLOPES), ("b", state.b, valley.HEIGHTS)):
            if not scale.low <= value <= scale.high:
                raise ValueError(f"expected {name} from {scale.low:g} to {scale.high:g}; found {value:g}")
        if not 0 <= state.clock <= LAST:
            raise ValueError(f"expected 0 to {LAST} steps; found {state.clock:g}")

    @event
    def play(self) -> None:
        """Let it run, or pause it; from the end it starts again."""
        if not self.state.playing and self.state.clock >= self._end():
            self.change(clock=0.0)
        super().play()

    @event
    def step_once(self) -> None:
        """Take one step."""
        self.change(playing=False, clock=float(min(int(self.state.clock) + 1, self._end())))

    @event
    def back(self) -> None:
        """Go back to the start."""
        self.change(playing=False, clock=0.0)

    def advance(self, seconds: float) -> None:
        """Take the steps that fit into the time; it stops at the last one, or when all have run off."""
        end = self._end()
        clock = min(round(self.state.clock + PACE * seconds, 3), float(end))
        self.change(clock=clock, playing=clock < end)

    def _end(self) -> int:
        """Return the step after which nothing moves any more."""
        s = self.state
        return max(len(_whole_way(name, s.w, s.b, s.rate)) for name in self._racing()) - 1

    def view(self) -> Parts:
        """Draw the bar, the map with the ways, the numbers, and the losses."""
        s = self.state
        ways = {name: way_of(s, name) for name in self._racing()}
        return {
            "controls": tag("div", self._bar(), _rate(self), class_="row"),
            "stage": self._stage(ways),
            "readout": tag("div", _headline(s, ways["sgd"]), _race(s, ways), _numbers(s, ways["sgd"])),
            "curve": CURVES.draw(
                f"The loss at each step, up to step {int(s.clock)}.",
                CURVES.level(valley.bowl().least, "floor"),
                [cut_curve(CURVES, range(len(way)), losses(way), name) for name, way in ways.items()],
            ),
        }

    def _bar(self) -> Markup:
        return self.player(
            button(
                "↺", event="back", arg=None, control="back", class_="chip", aria_label="Back to the start"
            ),
            toggle(self, "momentum", "+ momentum"),
            toggle(self, "adam", "+ Adam"),
        )

    def _racing(self) -> list[str]:
        s = self.state
        return ["sgd", *(["momentum"] if s.momentum else []), *(["adam"] if s.adam else [])]

    def _stage(self, ways: dict[str, Floats]) -> Markup:
        s, steps = self.state, int(self.state.clock)
        drawn = [
            (
                tag("path", class_=f"way {name}", d=valley.way(way)),
                tag("path", class_=f"stops {name}", d=valley.stops(way)),
            )
            for name, way in reversed(ways.items())
        ]
        at = f"w {s.w:.2f}, b {s.b:.2f}, loss {valley.bowl().loss([s.w, s.b]):.2f}"
        return valley.draw_map(
            self.id,
            f"The loss as a map with a long valley. The ways from the start, up to step {steps}.",
            valley.cut(self.id, drawn),
            self.knob("start", label="The start", spoken=at),
            surface="start",
        )


# ---------------------------------------------------------------- what is computed


def _optimiser(name: str, rate: float) -> Callable[[Tensor], Optimiser]:
    makers: dict[str, Callable[[Tensor], Optimiser]] = {
        "sgd": lambda p: SGD([p], rate),
        "momentum": lambda p: Momentum([p], rate),
        "adam": lambda p: Adam([p], rate),
    }
    return makers[name]


@functools.lru_cache(maxsize=256)
def _whole_way(name: str, w: float, b: float, rate: float) -> Floats:
    if rate == 0:  # an optimiser wants a rate above zero: with none, nothing moves
        return np.full((LAST + 1, 2), [w, b])
    return descend(valley.bowl(), _optimiser(name, rate), [w, b], LAST, most=FAR)


def way_of(s: DownhillState, name: str) -> Floats:
    """Return the places so far, [steps + 1, 2]; fewer where it has run off."""
    return _whole_way(name, s.w, s.b, s.rate)[: int(s.clock) + 1]


def losses(way: Floats) -> list[float]:
    """Return the loss at each place."""
    found: list[float] = valley.bowl().losses(way).tolist()
    return found


def arrival(s: DownhillState, name: str) -> int | None:
    """Return the step from which on the loss stays within a percent of the least, if there is one."""
    near = valley.bowl().losses(_whole_way(name, s.w, s.b, s.rate)) <= NEAR * valley.bowl().least
    if not near[-1]:
        return None
    away = np.flatnonzero(~near)
    return int(away[-1]) + 1 if len(away) else 0


def ran_off(way: Floats) -> bool:
    """Whether the loss has grown beyond all measure."""
    return losses(way[-1:])[0] > FAR


# ---------------------------------------------------------------- what is drawn


def _rate(figure: Downhill) -> Markup:
    """Draw the slider, and below it where the largest rate lies, once something has been tried."""
    s, largest = figure.state, valley.bowl().largest_rate()
    tried = s.clock > 0 or s.rate != DownhillState.rate  # before, it would tell the question's answer
    mark = tag("span", "the edge, ", tag("b", f"{largest:.4f}", data_out="largest")) if tried else None
    return tag(
        "div",
        slide(figure, "rate", "learning rate η", f"{s.rate:.3f}"),
        tag("p", mark, class_="label largest", style=f"--at:{RATES.share(largest):.4f}"),
        class_="rate",
    )


def _headline(s: DownhillState, way: Floats) -> list[Markup]:
    loss = losses(way[-1:])[0]
    text = "over a million" if ran_off(way) else f"{loss:.3f}" if loss < 1000 else f"{loss:,.0f}"
    return headline(f"loss at step {len(way) - 1}, plain descent", text, "loss", _verdict(s, way))


def _short(value: float) -> str:
    """Write a number that may be very large."""
    return signed(value, 3) if abs(value) < 1000 else f"{value:+,.0f}".replace("-", "−")


def _verdict(s: DownhillState, way: Floats) -> str:
    taken = len(way) - 1
    loss = losses(way[-1:])[0]
    if s.rate == 0:
        return "with a rate of zero nothing moves"
    if not taken:
        return "at the start: press step or play"
    if ran_off(way):
        return f"it ran off: after {taken} steps the loss is beyond a million"
    if s.rate > valley.bowl().largest_rate():
        return "each step overshoots by more than the last: it runs off"
    if loss <= NEAR * valley.bowl().least:
        return f"at the bottom, within a percent, from step {arrival(s, 'sgd')} on"
    if s.rate * valley.bowl().curvatures()[0] > 1:
        return "it leaps from slope to slope, each time a little lower"
    return "down the slope, then slowly along the valley"


def _race(s: DownhillState, ways: dict[str, Floats]) -> Markup:
    """Draw how many steps each needs to come within a percent of the least loss."""
    rows = (
        (
            tag("span", tag("i", class_=f"mark {name}"), " ", title),
            f"there-{name}",
            _there(s, name, ways.get(name)),
        )
        for name, title in METHODS.items()
    )
    return tag(
        "div", tag("p", "steps until the loss stays within 1 % of the least", class_="label"), readings(rows)
    )


def _there(s: DownhillState, name: str, way: Floats | None) -> str:
    if way is None:
        return "–"
    there, taken = arrival(s, name), int(s.clock)
    if there is not None and there <= taken:
        return f"{there}"
    if ran_off(way):
        return "ran off"
    return f"not in {LAST}" if taken >= LAST else "…"


def _numbers(s: DownhillState, way: Floats) -> Markup:
    """Draw where plain descent is, and what one step does there."""
    (w, b), slope = way[-1].tolist(), valley.bowl().gradient(way[-1]).tolist()
    steep, flat = valley.bowl().curvatures()
    return fold(
        "What one step does",
        readings(
            [
                ("w, b", "place", f"{_short(w)}, {_short(b)}"),
                ("∂L/∂w", "slope-w", _short(slope[0])),
                ("∂L/∂b", "slope-b", _short(slope[1])),
                (f"across the valley, λ = {steep:.2f}", "steep", f"× {signed(1 - s.rate * steep, 3)}"),
                (f"along it, λ = {flat:.3f}", "flat", f"× {signed(1 - s.rate * flat, 3)}"),
            ]
        ),
        tag(
            "p",
            "Either way, a step of plain descent multiplies the distance to the bottom by 1 − ηλ. It "
            "shrinks while that number lies between −1 and +1, so for every η below 2/λ.",
            class_="honest",
        ),
    )
