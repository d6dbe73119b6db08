"""FIG.01: one neuron on a plane of two measurements, and real penguins of two species to be told apart.

The inputs are bill length and bill depth, brought to mean 0 and spread 1. They and the weights have two
decimals, so that the factors that are shown are those that are multiplied. The shade is the neuron's output,
worked out at places along the arrow; it is the same along every line at a right angle to it.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.data.networks.penguins import penguins
from pycore.figures.networks import _plane as plane
from pycore.figures.networks._plane import LONGEST, Line
from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.plot import Plot
from pycore.live.plot import line as path
from pycore.live.readout import fold, headline, legend, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide, toggle
from pycore.networks import neuron as algorithm
from pycore.networks.neuron import BENDS, Neuron, standardize

WEIGHTS = Scale(-LONGEST, LONGEST, steps=120)
NAMES = {"step": "step", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
STRIDE = 37  # shares no factor with the number of birds, so that every bird gets its turn
KNOTS = (-8, -5, -3.5, -2.5, -1.8, -1.2, -0.7, -0.3, 0, 0.3, 0.7, 1.2, 1.8, 2.5, 3.5, 5, 8)  # sums
DARKEST = {"step": 1.0, "sigmoid": 1.0, "tanh": 1.0, "relu": 4.0}  # the output with the full shade


@functools.cache
def birds() -> tuple[Floats, Floats]:
    """Bill lengths and depths, [219, 2] in mm, and 1 for each Chinstrap, 0 for each Adelie."""
    two = penguins().of("Adelie", "Chinstrap")
    return two.measures[:, :2], (two.species == 1).astype(np.float64)


@functools.cache
def inputs() -> Floats:
    """The same measurements at mean 0 and spread 1, to two decimals: the ruler told them no finer."""
    return np.round(standardize(birds()[0]), 2)


@functools.cache
def trained() -> Neuron:
    """What gradient descent finds."""
    return algorithm.train(inputs(), birds()[1])


def _plot() -> Plot:
    mean, spread = birds()[0].mean(axis=0), birds()[0].std(axis=0)
    across, up = (
        tuple(((mm - mean[i]) / spread[i], str(mm)) for mm in ticks)
        for i, ticks in enumerate(((35, 40, 45, 50, 55), (16, 17, 18, 19, 20, 21)))
    )
    plot = Plot.of(
        Scale(-2.6, 3.2),
        Scale(-2.7, 2.9),
        x_title="bill length, mm",
        y_title="bill depth, mm",
        x_ticks=across,
        y_ticks=up,
        width=460,
        height=450,
    )
    return plane.even(plot, 0.1)


@functools.cache
def chart() -> Plot:
    """The plane: its units are spreads, its ticks millimetres."""
    return _plot()


@dataclass(frozen=True)
class NeuronState:
    """Where the line is held, the weights, the bend, the bird to look at, and the best count so far."""

    x: float = 0.2
    y: float = 0.7
    w1: float = 0.7
    w2: float = 2.4
    bend: str = "sigmoid"
    bird: int = 4
    best: int = 219
    trained: bool = False


class NeuronFigure(Figure[NeuronState]):
    """Drag the line and its arrow; count the birds on the wrong side."""

    State = NeuronState
    data = ("networks/penguins.csv",)
    code = (Neuron.sum, Neuron.output, algorithm.train)
    settings = {"w1": WEIGHTS, "w2": WEIGHTS, "bend": tuple(BENDS), "trained": (False, True)}
    step = 4.0

    def check(self, state: NeuronState) -> None:
        """Refuse places off the chart, and birds that are not there."""
        for axis, value in ((chart().x, state.x), (chart().y, state.y)):
            if not axis.low <= value <= axis.high:
                raise ValueError(f"expected a place from {axis.low:.2f} to {axis.high:.2f}; found {value:g}")
        count = len(inputs())
        if not 0 <= state.bird < count or not 0 <= state.best <= count:
            raise ValueError(f"expected one of {count} birds; found {state.bird} and {state.best}")

    def position(self, name: str) -> tuple[float, float]:
        """Where the foot or the tip of the arrow is drawn."""
        line = line_of(self.state)
        x, y = {"line": (line.x, line.y), "tip": line.tip}[_known(name)]
        return chart().x(x), chart().y(y)

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Hold the line elsewhere, or turn and stretch its arrow."""
        line = line_of(self.state)
        line = line.held(chart(), x, y) if _known(name) == "line" else line.pointed(chart(), x, y)
        self._take(line)

    @event
    def adjust(self, field: str, value: str | None = None) -> None:
        """Set a weight, the bend, or whether training's line is shown."""
        super().adjust(field, value)
        self._take(line_of(self.state).within(chart()))

    @event
    def another(self) -> None:
        """Look at another bird."""
        self.change(bird=(self.state.bird + STRIDE) % len(inputs()))

    def _take(self, line: Line) -> None:
        """Put the line into the state, weights with two decimals, and note it if it is the best so far."""
        # Towards zero: a shorter arrow stays on the chart.
        w1, w2 = (np.fix(np.round(100 * np.array([line.w1, line.w2]), 4)) / 100).tolist()
        line = replace(line, w1=w1, w2=w2)
        best = min(self.state.best, _wrong(line.neuron)) if line.length > 0 else self.state.best
        self.change(x=line.x, y=line.y, w1=line.w1, w2=line.w2, best=best)

    def view(self) -> Parts:
        """Draw the bends, the plane, one bird's sum, and the counts."""
        s = self.state
        line = line_of(s)
        return {
            "controls": tag(
                "div",
                chips(self, "bend", NAMES, "The bend", control="bend-{}"),
                toggle(self, "trained", "show training’s line"),
                class_="row",
            ),
            "stage": self._stage(s, line),
            "readout": tag("div", _counts(s, line), _sum(s, line.neuron)),
            "numbers": fold(
                "Set the weights",
                tag(
                    "div",
                    slide(self, "w1", "w₁", signed(s.w1), name="Weight of the bill length"),
                    slide(self, "w2", "w₂", signed(s.w2), name="Weight of the bill depth"),
                    class_="row",
                ),
            ),
        }

    def _stage(self, s: NeuronState, line: Line) -> Markup:
        plot, (x, labels) = chart(), (inputs(), birds()[1])
        wrong = line.neuron.wrong(x, labels)
        marks = [
            tag("path", class_=f"bird {kind}{' wrong' if bad else ''}", d=plane.squares(plot, x[chosen]))
            for kind, label in (("adelie", 0), ("chinstrap", 1))
            for bad in (False, True)
            if (chosen := (labels == label) & (wrong == bad)).any()
        ]
        px, py = x[s.bird].tolist()
        return tag(
            "div",
            legend({"mark adelie": "Adelie", "mark chinstrap": "Chinstrap"}, "large: wrong side"),
            plot.draw(
                f"Two kinds of penguins by their bills, and a line. {int(wrong.sum())} of {len(x)} birds "
                "are on the wrong side.",
                _shade(self.id, s.bend, line),
                marks,
                plane.stroke(trained(), plot, "trained") if s.trained else None,
                plane.stroke(line.neuron, plot, "cut"),
                tag("circle", class_="ring", cx=plot.x(px), cy=plot.y(py), r=9),
                plane.handles(plot, line, ("line", "tip"), "The neuron"),
                surface="line",
            ),
        )


def _known(name: str) -> str:
    if name not in ("line", "tip"):
        raise ValueError(f"expected to drag line or tip; found {name[:40]}")
    return name


# ---------------------------------------------------------------- what is computed


def line_of(s: NeuronState) -> Line:
    """Return the line of a state."""
    return Line(s.x, s.y, s.w1, s.w2)


def _wrong(neuron: Neuron) -> int:
    return int(neuron.wrong(inputs(), birds()[1]).sum())


def _one_sided(neuron: Neuron) -> bool:
    labels = birds()[1].astype(bool)
    return len(set((neuron.wrong(inputs(), labels) ^ labels).tolist())) == 1


def trained_wrong() -> int:
    """How many birds lie on the wrong side of training's line."""
    return _wrong(trained())


# ---------------------------------------------------------------- what is drawn


def _shade(figure: str, bend: str, line: Line) -> Markup:
    """Draw the output as a shade that changes along the arrow, from stop to stop."""
    plot = chart()
    reach = 12.0  # units of the plane to either side: beyond every corner
    length = line.length
    if length < 1e-9:
        sums, along = [0.0, 0.0], [-reach, reach]
        ux, uy = 1.0, 0.0
    else:
        ux, uy = line.w1 / length, line.w2 / length
        most = length * reach
        sums = sorted({-most, *(float(z) for z in KNOTS if abs(z) < most), most})
        if bend == "step":
            sums = [-most, 0.0, 1e-9, most]
        along = [z / length for z in sums]
    outputs = BENDS[bend](np.array(sums)).tolist()
    stops = [
        tag(
            "stop",
            offset=f"{(d + reach) / (2 * reach):.4f}",
            class_="above" if y >= 0 else "below",
            stop_opacity=f"{0.5 * min(abs(y) / DARKEST[bend], 1.0):.3f}",
        )
        for d, y in zip(along, outputs, strict=True)
    ]
    unit = (plot.x.end - plot.x.start) / (plot.x.high - plot.x.low)
    x, y = plot.x(line.x), plot.y(line.y)
    dx, dy = ux * reach * unit, -uy * reach * unit
    return tag(
        "g",
        tag(
            "linearGradient",
            stops,
            id=f"{figure}-shade",
            gradientUnits="userSpaceOnUse",
            x1=x - dx,
            y1=y - dy,
            x2=x + dx,
            y2=y + dy,
        ),
        tag(
            "path",
            d=f"M{plot.x.start} {number(plot.y.end)}H{plot.x.end}V{number(plot.y.start)}H{plot.x.start}Z",
            fill=f"url(#{figure}-shade)",
        ),
        class_="shade",
    )


def _counts(s: NeuronState, line: Line) -> list[Markup]:
    count = len(inputs())
    wrong = _wrong(line.neuron)
    if line.length == 0:
        verdict = "both weights are zero: no line, and one answer for all birds"
    elif wrong < trained_wrong():
        verdict = "fewer than on training’s line, which makes something else small"
    elif wrong <= 20:
        verdict = "a good line; can you find a better one?"
    elif _one_sided(line.neuron):
        verdict = "all birds lie on one side of the line"
    elif wrong > count - wrong:
        verdict = "the arrow points at the wrong kind: turn it round"
    else:
        verdict = "the line cuts through both kinds"
    rows = (
        ("your best so far", "best", "–" if s.best == count else f"{s.best}"),
        ("training’s line", "trained-wrong", f"{trained_wrong()}" if s.trained else "–"),
    )
    return [*headline(f"on the wrong side, of {count}", f"{wrong}", "wrong", verdict), readings(rows)]


def _sum(s: NeuronState, neuron: Neuron) -> Markup:
    """Draw how the ringed bird's output is made."""
    x = inputs()[s.bird]
    kind = "Chinstrap" if birds()[1][s.bird] else "Adelie"
    measures = birds()[0][s.bird].tolist()
    z = float(neuron.sum(x))
    y = float(BENDS[s.bend](np.array(z)))
    rows = (
        *(
            (f"x{'₁₂'[i]}", f"x-{i + 1}", f"{mm:.1f} mm → {signed(v)}")
            for i, (mm, v) in enumerate(zip(measures, x.tolist(), strict=True))
        ),
        *(
            (f"w{'₁₂'[i]} · x{'₁₂'[i]}", f"part-{i + 1}", f"{signed(w)} · {signed(v)} = {signed(w * v)}")
            for i, (w, v) in enumerate(zip(neuron.weights.tolist(), x.tolist(), strict=True))
        ),
        ("b", "bias", signed(neuron.bias)),
        ("the sum z", "z", signed(z)),
        ("y = f(z)", "y", signed(y)),
    )
    return tag(
        "div",
        tag("p", f"the ringed bird: {kind}; x: how far from the average, in spreads", class_="label"),
        chip("another bird", "another", None, "another"),
        readings(rows),
        _bend(s.bend, z, y),
        class_="sum",
    )


BEND = Plot.of(
    Scale(-6, 6),
    Scale(-1.2, 2.2),
    x_title="z",
    width=260,
    height=120,
    x_ticks=((-5, "−5"), (0, "0"), (5, "5")),
    y_ticks=((-1, "−1"), (0, "0"), (1, "1"), (2, "2")),
)


@functools.cache
def _curve(bend: str) -> Markup:
    z = np.linspace(-6, 6, 121)
    y = BENDS[bend](z)
    kept = y <= 2.2
    return tag("path", class_="curve", d=path(BEND.places(z[kept].tolist(), y[kept].tolist())))


def _bend(bend: str, z: float, y: float) -> Markup:
    """Draw the curve and the bird on it; ReLU leaves the chart at the top, where z and y are equal."""
    if y > BEND.y.high:
        z = y = BEND.y.high
    return BEND.draw(
        f"The bend {NAMES[bend]}, and this bird on it.", _curve(bend), BEND.points([z], [y], "here", r=6)
    )
