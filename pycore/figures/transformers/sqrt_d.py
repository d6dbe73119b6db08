"""FIG.02A: why scores are divided by the root of d: with it a softmax stays soft, without it it hardens.

Random vectors of growing width, and a real head of width 64, which was trained with the factor and is run
here without it too. What is measured is how far the weights still answer to their scores.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.figures.transformers.one_head import matrices
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Markup, percent, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, flip
from pycore.transformers.attention import softmax
from pycore.transformers.saturation import random_scores, responsiveness

WIDTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
OFFERED = (1, 4, 16, 64, 256)
KEYS, ROWS = 8, 200
SHOWN = 3  # the row whose weights are drawn
ROW = 7  # of the real head: *ate*, which sees eight tokens
CURVE = Plot.of(
    Scale(1, 512, log=True),
    Scale(0, 1),
    x_title="d",
    y_title="how far weights still answer",
    x_ticks=tuple((float(d), str(d)) for d in (1, 4, 16, 64, 256)),
    y_ticks=((0.0, "0"), (0.5, "0.5"), (1.0, "1")),
    width=440,
    height=260,
)
BARS = Plot.of(
    Scale(0, 8),
    Scale(0, 1),
    y_title="eight weights of one token",
    x_ticks=(),
    y_ticks=((0.0, "0"), (0.5, "0.5"), (1.0, "1")),
    width=440,
    height=230,
)


@dataclass(frozen=True)
class SqrtDState:
    """Whose vectors, their width, and whether scores are divided by its root."""

    source: str = "random"
    d: int = 4
    factor: bool = False


class SqrtD(Figure[SqrtDState]):
    """Let the vectors grow wider, and see what the factor does."""

    State = SqrtDState
    data = ("transformers/one-head.npz", "transformers/one-head.json")
    code = (responsiveness, random_scores)
    settings = {"source": ("random", "head"), "d": OFFERED, "factor": (False, True)}

    def view(self) -> Parts:
        """Draw one row of weights, the curves over d, and the numbers."""
        s = self.state
        real = s.source == "head"
        return {
            "controls": tag(
                "div",
                chips(
                    self,
                    "source",
                    {"random": "random vectors", "head": "a real head, d = 64"},
                    "Vectors",
                    control="source-{}",
                ),
                chips(self, "d", {d: f"{d}" for d in OFFERED}, "Width d", control="d-{}")
                if not real
                else tag("p", "its width is fixed", class_="label fixed"),
                flip(self, "factor", "divide by √d", control="factor"),
                class_="row",
            ),
            "stage": tag("div", _bars(s), _curves(s), class_="charts"),
            "readout": _readout(s),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def _random() -> dict[int, Floats]:
    return random_scores(WIDTHS, KEYS, ROWS)


def scores(s: SqrtDState) -> list[Floats]:
    """Return rows of scores, divided or not; each of what one token sees."""
    if s.source == "head":
        made = matrices("cake", True).scores
        rows = [made[i, : i + 1] for i in range(1, len(made))]
    else:
        rows = list(_random()[s.d])
    return [row / math.sqrt(_width(s)) if s.factor else row for row in rows]


def _width(s: SqrtDState) -> int:
    return 64 if s.source == "head" else s.d


@functools.lru_cache(maxsize=64)
def measured(source: str, d: int, factor: bool) -> tuple[float, float, float]:
    """Return the spread of the scores, the mean of the largest weights, and how far weights still answer."""
    rows = scores(SqrtDState(source, d, factor))
    weights = [softmax(row) for row in rows]
    return (
        float(np.concatenate(rows).std()),
        float(np.mean([w.max() for w in weights])),
        float(np.mean([responsiveness(w) for w in weights])),
    )


# ---------------------------------------------------------------- what is drawn


def _bars(s: SqrtDState) -> Markup:
    row = scores(s)[SHOWN if s.source == "random" else ROW - 1]
    weights = softmax(row)
    return BARS.draw(
        f"Eight weights, the largest {percent(float(weights.max()))}.",
        BARS.bars([*range(KEYS + 1)], weights.tolist()),
    )


def _curves(s: SqrtDState) -> Markup:
    lines = [
        CURVE.curve(WIDTHS, [measured("random", d, factor)[2] for d in WIDTHS], f"curve {name}")
        for factor, name in ((False, "bare"), (True, "divided"))
    ]
    d = _width(s)
    here = measured(s.source, d, s.factor)[2]
    return CURVE.draw(
        "How far weights still answer, over the width: with the factor level, without it falling to nothing.",
        lines,
        CURVE.name(256, measured("random", 256, True)[2], "÷ √d"),
        CURVE.name(4, measured("random", 64, False)[2], "without"),
        CURVE.points([d], [here], "here", r=7),
    )


def _readout(s: SqrtDState) -> Markup:
    spread, largest, slope = measured(s.source, _width(s), s.factor)
    verdict = (
        "soft: weights answer"
        if slope > 0.5
        else "harder"
        if slope > 0.2
        else "hard: hardly anything answers"
    )
    return tag(
        "div",
        headline("weights still answer", f"{slope:.2f}", "slope", verdict),
        readings(
            [
                ("spread of scores", "spread", f"{spread:.2f}"),
                ("largest weight, mean", "largest", percent(largest)),
            ]
        ),
    )
