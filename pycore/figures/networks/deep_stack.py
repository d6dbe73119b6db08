"""FIG.07: a deep stack of layers, and whether signals and gradients come through it.

Each hidden layer has 32 units; the batch is 100 digits. The slider's scale multiplies the weights as Glorot
drew them, for relu as He did. Then plain gradient descent may try to train it.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from pycore.data.networks.digits import DIGITS, digits
from pycore.figures.networks._edges import cut_curve
from pycore.live.figure import Parts
from pycore.live.markup import Markup, number, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, legend, readings
from pycore.live.runs import Runs, RunState
from pycore.live.scale import RAISED, Scale
from pycore.live.settings import chips, slide
from pycore.networks.backprop import Network, Trainer
from pycore.networks.signals import Signals, signals

WIDTH, SEED = 32, 1
DEPTHS = range(2, 31, 2)
KINDS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU"}
GAINS = Scale(0, 4, steps=16)  # quarters; 0 is all zeros
RATE, BATCH, STRIDE, STEPS = 0.02, 32, 10, 200
SHOWN = 100  # digits of the batch that is looked at
LOW, HIGH = 1e-16, 1e8  # what the chart shows
KEY = legend({"stroke": "activations", "stroke back": "gradients"})
CHANCE = math.log(10)  # the loss of who knows nothing


@dataclass(frozen=True)
class DeepStackState(RunState):
    """The run, the activation, how many hidden layers, and the scale of the first weights."""

    kind: str = "relu"
    depth: int = 4
    gain: float = 1.0


class DeepStack(Runs[DeepStackState]):
    """Choose a stack, look at its signals, and try to train it."""

    State = DeepStackState
    data = (DIGITS,)
    code = (signals, Network.backward)
    settings = {"kind": KINDS, "depth": DEPTHS, "gain": GAINS}
    ticks, stride = STEPS, STRIDE
    _trainer: Trainer

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._made: DeepStackState | None = None

    def change(self, **values: object) -> None:
        """Put values into the state; another stack is untrained."""
        if not set(values) <= {f.name for f in fields(RunState)}:
            values = {"trained": 0, "until": 0, "running": False, **values}
        super().change(**values)

    def view(self) -> Parts:
        """Draw the settings, the sizes of signals by layer, and what becomes of training."""
        s = self.state
        trainer = self._trained()
        data = digits()
        now = signals(trainer.network, data.ink[:SHOWN], data.labels[:SHOWN])
        name = "He" if s.kind == "relu" else "Glorot"
        scale = "all zeros" if not s.gain else name if s.gain == 1 else f"{number(s.gain)} × {name}"
        return {
            "controls": tag(
                "div",
                chips(self, "kind", KINDS, "Activation"),
                slide(self, "depth", "hidden layers", str(s.depth)),
                slide(self, "gain", "first weights", scale),
                class_="row",
            ),
            "stage": _chart(s, now, trainer.overflowed),
            "readout": _readout(s, now, trainer.overflowed),
            "run": tag(
                "div",
                self.run_bar(
                    "the stack",
                    f"loss {_loss(now.loss)} at step {trainer.steps}",
                    start="train",
                ),
                tag(
                    "p",
                    _outcome(s, now, trainer.overflowed),
                    class_="outcome",
                    data_out="outcome",
                    role="status",
                ),
            ),
        }

    def _trained(self) -> Trainer:
        s = self.state
        key = replace(s, trained=0, until=0, running=False)
        if self._made != key or self._trainer.steps > s.trained:
            self._trainer = untrained(s)
            self._made = key
        self._trainer.train(s.trained - self._trainer.steps)
        return self._trainer


def untrained(s: DeepStackState) -> Trainer:
    """Make a stack, and what would train it."""
    sizes = [64, *[WIDTH] * s.depth, 10]
    network = Network(sizes, [s.kind] * s.depth, np.random.default_rng(SEED), s.gain)
    data = digits()
    return Trainer(
        network,
        data.ink[data.train],
        data.labels[data.train],
        "SGD",
        RATE,
        BATCH,
        rng=np.random.default_rng([SEED, 1]),
    )


@functools.cache
def _plot(depth: int) -> Plot:
    return Plot.of(
        Scale(1, depth),
        Scale(LOW, HIGH, log=True),
        x_title="hidden layer",
        y_title="spread (standard deviation)",
        x_ticks=tuple((at, str(at)) for at in sorted({1, depth // 2, depth})),
        y_ticks=tuple(
            (10.0**k, f"10{str(k).translate(RAISED)}" if k else "1") for k in (-16, -12, -8, -4, 0, 4, 8)
        ),
        width=520,
        height=300,
    )


def _chart(s: DeepStackState, now: Signals, overflowed: bool) -> Markup:
    plot = _plot(s.depth)
    if overflowed:
        return tag("div", KEY, plot.draw("The numbers ran off: no spread is left to draw."))
    layers = list(range(1, s.depth + 1))
    forward, back = (
        [float(v) if math.isfinite(v) else math.inf for v in sizes]
        for sizes in (now.activations, now.gradients)
    )
    told = f"Activations from {power(now.activations[0])} to {power(now.activations[-1])}; "
    told += f"gradients from {power(now.gradients[0])} in layer 1 to {power(now.gradients[-1])} in the last."
    return tag(
        "div",
        KEY,
        plot.draw(
            told,
            cut_curve(plot, layers, forward),
            plot.points(layers, _within(forward), r=3),
            cut_curve(plot, layers, back, "back"),
            plot.points(layers, _within(back), "point back", r=3),
            # On a scale of powers there is no 0.
            plot.name((1 + s.depth) / 2, LOW, "0 lies below this scale") if 0 in forward + back else None,
        ),
    )


def _within(sizes: list[float]) -> list[float]:
    """Return the sizes that the chart has room for, and NaN for the others."""
    return [v if LOW <= v <= HIGH else math.nan for v in sizes]


def _readout(s: DeepStackState, now: Signals, overflowed: bool) -> Markup:
    first, last = float(now.gradients[0]), float(now.gradients[-1])
    ratio = first / last if last and math.isfinite(first) and math.isfinite(last) else math.nan
    alike = max(now.kinds) == 1 and not overflowed
    if alike:
        verdict = "every unit of a layer is the same, and gets the same gradient: they can never differ"
    elif overflowed:
        verdict = "it ran off: the numbers grew beyond what the machine can hold"
    elif math.isnan(ratio):
        verdict = "no gradient is left to compare"
    elif ratio < 0.05:
        verdict = "vanishing: the first layers hardly learn"
    elif ratio > 100 or now.activations[-1] > 100 * now.activations[0]:
        verdict = "exploding: one step may throw everything off"
    elif now.activations[-1] < 0.01 * now.activations[0]:
        verdict = "the signal dies out on its way"
    elif ratio > 10:
        verdict = "growing: the first layers get much larger gradients"
    else:
        verdict = "level: every layer gets a gradient"
    rows: list[tuple[str, str, str]] = [
        ("activations, last layer", "activations", power(now.activations[-1])),
        ("gradients, layer 1", "gradients", power(first)),
        ("different units in the last layer", "kinds", f"{now.kinds[-1]} of {WIDTH}"),
        ("dead ReLU units", "dead", f"{now.dead} of {WIDTH * s.depth}" if s.kind == "relu" else "–"),
    ]
    if overflowed:  # what training left behind says nothing any more
        rows, ratio = [(label, name, "–") for label, name, _ in rows], math.nan
    return tag(
        "div",
        headline(
            "gradient in layer 1, beside the last",
            "–" if math.isnan(ratio) else power(ratio),
            "ratio",
            verdict,
        ),
        readings(rows),
    )


def _outcome(s: DeepStackState, now: Signals, overflowed: bool) -> str:
    if overflowed:
        return "Overflowed: the numbers ran off to infinity."
    if s.trained < STEPS:
        return f"Plain gradient descent, {STEPS} steps. A loss of {CHANCE:.2f} is pure guessing."
    if now.loss > CHANCE - 0.1:
        return "It has learned next to nothing: still guessing."
    return "It learns."


def power(value: float) -> str:
    """Write a number of any size in few signs: 0.31, 25 or 10⁻⁷."""
    if not math.isfinite(value):
        return "∞"
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(value) + 0.5)
    if -2 <= exponent <= 2:
        return f"{value:.2f}" if value < 10 else f"{value:.0f}"
    return f"10{str(exponent).translate(RAISED)}"


def _loss(value: float) -> str:
    return f"{value:.2f}" if value < 100 else "over 100"
