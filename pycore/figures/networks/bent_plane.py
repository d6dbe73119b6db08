"""FIG.02A: points that no line parts, and a hidden layer that bends the plane until one does.

On the left the plane of inputs, on the right what the hidden neurons make of it: of two, the first one's
output is across, the second one's is upward; three are seen from a side on which the output neuron's plane is
a line. The output neuron is trained anew after every move. Without a hidden layer the first neuron stands
alone, and the plane stays flat.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.figures.networks import _plane as plane
from pycore.figures.networks._plane import LONGEST, Line
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.plot import Plot
from pycore.live.plot import line as path
from pycore.live.readout import fold, headline, legend
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.networks.hidden_layer import HiddenLayer, edge_on
from pycore.networks.neuron import Neuron
from pycore.networks.two_classes import SHAPES

REACH = 2.6  # of the plane, from its middle
FINE = 60  # cells along a side, in which the answer is drawn
WEIGHTS = Scale(-LONGEST, LONGEST, steps=120)
SHOWN = {"clouds": "clouds", "moons": "moons", "ring": "ring"}
LAYERS = {"none": "1 neuron", "two": "2 hidden", "three": "3 hidden"}
TURNS = {"1": "neuron 1", "2": "neuron 2", "3": "neuron 3"}
IN_USE = {"none": 1, "two": 2, "three": 3}  # neurons that the reader places
HANDLES = {
    f"{name}{which}": (which, part) for which in TURNS for name, part in (("line", "foot"), ("tip", "tip"))
}


def _square(x_title: str, y_title: str, reach: float, ticks: tuple[int, ...]) -> Plot:
    marks = tuple((float(v), f"{v}".replace("-", "−")) for v in ticks)
    scale = Scale(-reach, reach)
    plot = Plot.of(
        scale, scale, x_title=x_title, y_title=y_title, x_ticks=marks, y_ticks=marks, width=420, height=430
    )
    return plane.even(plot, 0.0)


INPUT = _square("x₁", "x₂", REACH, (-2, -1, 0, 1, 2))
HIDDEN = _square("h₁, output of neuron 1", "h₂, output of neuron 2", 1.12, (-1, 0, 1))
SIDE = _square("across", "along the last neuron’s weights", 1.85, (-1, 0, 1))
GRID = np.linspace(-REACH, REACH, 11)


@dataclass(frozen=True)
class BentPlaneState:
    """The points, how many neurons hide, and where each stands."""

    shape: str = "clouds"
    layer: str = "none"
    x1: float = -0.4
    y1: float = 0.3
    u1: float = 0.4
    v1: float = 1.9
    x2: float = 0.9
    y2: float = -0.6
    u2: float = 1.8
    v2: float = -0.5
    x3: float = -1.0
    y3: float = -1.0
    u3: float = -1.2
    v3: float = 1.5
    pressed: str = "1"


class BentPlane(Figure[BentPlaneState]):
    """Drag hidden neurons until the line on the right parts the points."""

    State = BentPlaneState
    code = (Neuron.output, HiddenLayer.__call__, HiddenLayer.read_out, edge_on)
    settings = {
        "shape": tuple(SHAPES),
        "layer": tuple(LAYERS),
        "pressed": tuple(TURNS),
        **dict.fromkeys(("u1", "v1", "u2", "v2", "u3", "v3"), WEIGHTS),
    }
    step = 4.0

    def check(self, state: BentPlaneState) -> None:
        """Refuse places off the plane."""
        for value in (state.x1, state.y1, state.x2, state.y2, state.x3, state.y3):
            if not -REACH <= value <= REACH:
                raise ValueError(f"expected a place from {-REACH:g} to {REACH:g}; found {value:g}")

    def position(self, name: str) -> tuple[float, float]:
        """Where a foot or a tip is drawn."""
        which, part = _known(name)
        line = line_of(self.state, which)
        x, y = (line.x, line.y) if part == "foot" else line.tip
        return INPUT.x(x), INPUT.y(y)

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Hold a neuron's line elsewhere, or turn and stretch its arrow."""
        which, part = _known(name)
        line = line_of(self.state, which)
        self._take(which, line.held(INPUT, x, y) if part == "foot" else line.pointed(INPUT, x, y))

    @event
    def adjust(self, field: str, value: str | None = None) -> None:
        """Set the points, the layer, a weight, or which neuron a press moves."""
        super().adjust(field, value)
        for which in TURNS:
            self._take(which, line_of(self.state, which).within(INPUT))

    def _take(self, which: str, line: Line) -> None:
        values = zip("xyuv", (line.x, line.y, line.w1, line.w2), strict=True)
        self.change(**{f"{name}{which}": value for name, value in values})

    def view(self) -> Parts:
        """Draw the two planes, the count, and the controls."""
        s = self.state
        scene = Scene.of(s)
        return {
            "controls": tag(
                "div",
                chips(self, "layer", LAYERS, "The network", control="layer-{}"),
                chips(self, "shape", SHOWN, "The points", control="shape-{}"),
                class_="row",
            ),
            "input": self._input(s, scene),
            "hidden": _hidden(s, scene),
            "count": _count(s, scene),
            "numbers": self._numbers(s),
        }

    def _input(self, s: BentPlaneState, scene: Scene) -> Markup:
        neurons = list(TURNS)[: IN_USE[s.layer]]
        pressed = s.pressed if s.pressed in neurons else "1"
        return tag(
            "div",
            tag("p", "the plane of inputs", class_="label"),
            INPUT.draw(
                f"Points of two classes. {scene.wrong} of {len(scene.labels)} get the wrong answer.",
                tag("path", class_="yes", d=_cells(s)),
                _points(INPUT, scene.points, scene),
                [plane.stroke(line_of(s, which).neuron, INPUT, f"cut n{which}") for which in neurons],
                [
                    plane.handles(
                        INPUT, line_of(s, which), (f"line{which}", f"tip{which}"), TURNS[which], f"n{which}"
                    )
                    for which in neurons
                ],
                surface=f"line{pressed}",
            ),
        )

    def _numbers(self, s: BentPlaneState) -> Markup:
        w = s.pressed
        return fold(
            "Without dragging",
            tag(
                "div",
                chips(
                    self, "pressed", TURNS, "The neuron that a press on the plane moves", control="press-{}"
                ),
                slide(self, f"u{w}", "w₁", signed(getattr(s, f"u{w}")), name=f"First weight of neuron {w}"),
                slide(self, f"v{w}", "w₂", signed(getattr(s, f"v{w}")), name=f"Second weight of neuron {w}"),
                class_="row",
            ),
        )


def _known(name: str) -> tuple[str, str]:
    if name not in HANDLES:
        raise ValueError(f"expected to drag {', '.join(HANDLES)}; found {name[:40]}")
    return HANDLES[name]


# ---------------------------------------------------------------- what is computed


def line_of(s: BentPlaneState, which: str) -> Line:
    """Return one of the neurons, as a line."""
    x, y, u, v = (getattr(s, f"{name}{which}") for name in "xyuv")
    return Line(x, y, u, v)


def layer_of(s: BentPlaneState) -> HiddenLayer:
    """Return the hidden layer."""
    return HiddenLayer(tuple(line_of(s, which).neuron for which in list(TURNS)[: IN_USE[s.layer]]))


@functools.lru_cache(maxsize=64)
def output_of(s: BentPlaneState) -> Neuron:
    """Return the neuron that gives the answer: on the hidden plane, or the first one alone."""
    if s.layer == "none":
        return line_of(s, "1").neuron
    return layer_of(s).read_out(*SHAPES[s.shape]())


def bent(s: BentPlaneState, x: Floats) -> Floats:
    """Map points to what the output neuron sees."""
    return x if s.layer == "none" else layer_of(s)(x)


@dataclass(frozen=True)
class Scene:
    """The points, where the network sees them, and which get the wrong answer."""

    points: Floats
    labels: Floats
    seen: Floats
    missed: Floats

    @classmethod
    def of(cls, s: BentPlaneState) -> Scene:
        """Work it out."""
        points, labels = SHAPES[s.shape]()
        seen = bent(s, points)
        return cls(points, labels, seen, output_of(s).wrong(seen, labels).astype(np.float64))

    @property
    def wrong(self) -> int:
        """How many get the wrong answer."""
        return int(self.missed.sum())


# ---------------------------------------------------------------- what is drawn


def _points(plot: Plot, places: Floats, scene: Scene) -> list[Markup]:
    return [
        tag(
            "path",
            class_=f"point-{int(label)}{' wrong' if bad else ''}",
            d=plane.squares(plot, places[chosen]),
        )
        for label in (0, 1)
        for bad in (0, 1)
        if (chosen := (scene.labels == label) & (scene.missed == bad)).any()
    ]


def _cells(s: BentPlaneState) -> str:
    """Write the path of all cells of the input plane that get the answer 1, run by run."""
    middles = (np.arange(FINE) + 0.5) / FINE * 2 * REACH - REACH
    x = np.stack(np.meshgrid(middles, middles), axis=-1)
    yes = output_of(s).sum(bent(s, x)) > 0
    size = 2 * REACH / FINE
    drawn = []
    for row, y in zip(yes.tolist(), middles.tolist(), strict=True):
        edges = [i for i in range(FINE + 1) if (i < FINE and row[i]) != (i > 0 and row[i - 1])]
        top, bottom = INPUT.y(y + size / 2), INPUT.y(y - size / 2)
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            left, right = INPUT.x(start * size - REACH), INPUT.x(end * size - REACH)
            drawn.append(f"M{left:.1f} {top:.1f}H{right:.1f}V{bottom:.1f}H{left:.1f}Z")
    return "".join(drawn)


def _hidden(s: BentPlaneState, scene: Scene) -> Markup:
    last = output_of(s)
    turn: Floats = np.eye(2)
    plot, title = HIDDEN, "as the last neuron sees it: bent"
    if s.layer == "none":  # the same plane once more
        plot, title = INPUT, "as the neuron sees it: flat"
    elif s.layer == "three":  # three outputs are a space: turned so that the last neuron's plane is a line
        plot, title, turn = SIDE, "bent in space, seen from a side", edge_on(last)
        last = Neuron(turn @ last.weights, last.bias)
    along = np.linspace(-REACH, REACH, 33)
    lines = [np.stack([np.full(33, v), along], axis=1) for v in GRID]
    lines += [line[:, ::-1] for line in lines]
    grid = "".join(path(plot.places(*(turn @ bent(s, one).T).tolist())) for one in lines)
    return tag(
        "div",
        tag("p", title, class_="label"),
        plot.draw(
            f"The points as the last neuron sees them; its line leaves {scene.wrong} on the wrong side.",
            tag("path", class_="grid", d=grid),
            _points(plot, scene.seen @ turn.T, scene),
            plane.stroke(last, plot, "cut out"),
        ),
    )


def _count(s: BentPlaneState, scene: Scene) -> Markup:
    if scene.wrong == 0:
        verdict = "one line parts them now; in the plane of inputs it is the edge of the tint"
    elif s.layer == "none":
        verdict = "one neuron draws one line"
    else:
        verdict = "not yet: move a hidden neuron"
    return tag(
        "div",
        tag("div", headline(f"wrong answers, of {len(scene.labels)}", number(scene.wrong), "wrong", verdict)),
        legend(
            {"mark zero": "should be 0", "mark one": "should be 1", "mark wrong": "large: wrong answer"},
            "tinted: the network says 1",
        ),
        class_="columns",
    )
