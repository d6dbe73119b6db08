"""FIG.02: a layer as a matrix, on real penguins: a row of W is a neuron, a row of X is a bird.

Three neurons, one for each species, were trained apart from each other, each to say yes to its own. The
product is laid out as it is done: a number of the result stands where its row of X meets its column of W
transposed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.data.networks.penguins import SPECIES, penguins
from pycore.live.controls import button
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Child, Markup, signed, tag
from pycore.live.readout import headline, readings
from pycore.live.settings import chips
from pycore.networks.neuron import BENDS, Neuron, standardize, train

MEASURES = ("bill", "depth", "flip.", "mass")
CALLED = ("bill length", "bill depth", "flipper", "body mass")
KINDS = ("Adel.", "Chin.", "Gent.")
CHOSEN = (0, 200, 300, 60, 330)  # birds of the batch, by their rows in the file
BATCHES = {1: "1 bird", 2: "2 birds", 5: "5 birds"}
Lit = Callable[[int, int], bool]  # whether the number in a row and a column is lit
ANSWERS = {"none": "no bend", "sigmoid": "sigmoid"}


@dataclass(frozen=True)
class LayerState:
    """How many birds, the bend, and which number of the result is looked at."""

    batch: int = 2
    bend: str = "none"
    row: int = 0
    column: int = 0


class Layer(Figure[LayerState]):
    """Press a number of the result and see what it is made of."""

    State = LayerState
    data = ("networks/penguins.csv",)
    code = (Neuron.sum, train)
    settings = {
        "batch": tuple(BATCHES),
        "bend": tuple(ANSWERS),
        "row": range(len(CHOSEN)),
        "column": range(len(KINDS)),
    }
    formulas = {"layer": r"Y = f(X W^{\top} + b)"}

    def check(self, state: LayerState) -> None:
        """Refuse a row that the batch does not have."""
        if state.row >= state.batch:
            raise ValueError(f"expected a row below {state.batch}; found {state.row}")

    @event
    def pick(self, place: str) -> None:
        """Look at a number of the result: its row and its column, from 0."""
        row, _, column = place.partition(" ")
        self.change(row=row, column=column)

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Stay within the batch."""
        return {"row": min(self.state.row, value - 1)} if field == "batch" else {}

    def view(self) -> Parts:
        """Draw the matrices where they meet, and the sum that makes one number."""
        s = self.state
        return {
            "controls": tag(
                "div",
                chips(self, "batch", BATCHES, "The batch", control="batch-{}"),
                chips(self, "bend", ANSWERS, "The bend", control="bend-{}"),
                class_="row",
            ),
            "stage": self._stage(s),
            "readout": _made(s),
        }

    def _stage(self, s: LayerState) -> Markup:
        x, (w, b) = batch(), weights()
        n = s.batch
        y = results(s)
        top = _table("Wᵀ", f"[{len(MEASURES)} × {len(KINDS)}]", KINDS, w.T, lambda i, j: j == s.column)
        bias = _rows([b], lambda i, j: j == s.column)
        corner = tag("div", tag("p", self.formula("layer")), tag("p", "b", class_="plus"), class_="corner")
        return tag(
            "div",
            corner,
            tag("div", top, tag("table", tag("tbody", bias), class_="bias", aria_label=f"b [{len(KINDS)}]")),
            _table("X", f"[{n} × {len(MEASURES)}]", MEASURES, x[:n], lambda i, j: i == s.row),
            _result(s, y),
            class_="meet",
        )


# ---------------------------------------------------------------- what is computed


@functools.cache
def _inputs() -> Floats:
    """All birds at mean 0 and spread 1, float64 [342, 4]."""
    return standardize(penguins().measures)


def batch() -> Floats:
    """The birds that are shown, float64 [5, 4]."""
    return _inputs()[list(CHOSEN)]


@functools.cache
def weights() -> tuple[Floats, Floats]:
    """The layer: W, float64 [3, 4], a row for each neuron, and b, float64 [3]."""
    neurons = [train(_inputs(), penguins().species == kind) for kind in range(len(KINDS))]
    return np.array([neuron.weights for neuron in neurons]), np.array([neuron.bias for neuron in neurons])


def results(s: LayerState) -> Floats:
    """Return what the layer makes of the batch, float64 [batch, 3]."""
    w, b = weights()
    z = batch()[: s.batch] @ w.T + b
    return np.asarray(z if s.bend == "none" else BENDS[s.bend](z))


# ---------------------------------------------------------------- what is drawn


def _short(value: float) -> str:
    """Write a number in at most five signs."""
    return signed(value) if abs(value) < 9.995 else signed(value, 1)


def _rows(values: Iterable[Floats], lit: Lit) -> list[Markup]:
    return [
        tag(
            "tr",
            (tag("td", _short(v), class_="on" if lit(i, j) else None) for j, v in enumerate(row.tolist())),
        )
        for i, row in enumerate(values)
    ]


def _table(name: str, shape: str, heads: Iterable[str], values: Floats, lit: Lit) -> Markup:
    rows: list[Child] = list(_rows(values, lit))
    return tag(
        "table",
        tag("caption", tag("b", name), " ", tag("span", shape, data_out=f"shape-{name[0].lower()}")),
        tag("thead", tag("tr", (tag("th", head, scope="col") for head in heads))),
        tag("tbody", rows),
    )


def _result(s: LayerState, y: Floats) -> Markup:
    """Draw the result: a button for each number; rows that the batch lacks keep their room."""
    rows = [
        tag(
            "tr",
            (
                tag(
                    "td",
                    button(
                        _short(value),
                        event="pick",
                        arg=f"{i} {j}",
                        control=f"pick-{i}-{j}",
                        pressed=(i, j) == (s.row, s.column),
                        aria_label=f"Row {i + 1}, neuron {SPECIES[j]}: {_short(value)}",
                    ),
                    class_="most" if value == max(row) else None,
                )
                for j, value in enumerate(row)
            ),
        )
        for i, row in enumerate(y.tolist())
    ]
    return tag(
        "table",
        tag("caption", tag("b", "Y"), " ", tag("span", f"[{s.batch} × {len(KINDS)}]", data_out="shape-y")),
        tag("thead", tag("tr", (tag("th", kind, scope="col") for kind in KINDS))),
        tag("tbody", rows, data_group="both"),
    )


def _made(s: LayerState) -> Markup:
    """Write out the sum behind the number that is looked at."""
    x, (w, b) = batch()[s.row], weights()
    row, z = w[s.column], float(batch()[s.row] @ w[s.column] + b[s.column])
    y = float(results(s)[s.row, s.column])
    kind = SPECIES[int(penguins().species[CHOSEN[s.row]])]
    parts = [
        (called, f"part-{i + 1}", f"{signed(a)} · {signed(v)} = {signed(a * v)}")
        for i, (called, a, v) in enumerate(zip(CALLED, x.tolist(), row.tolist(), strict=True))
    ]
    best = SPECIES[int(np.argmax(results(s)[s.row]))]
    verdict = f"the bird: {kind}; the largest score says {best}"
    return tag(
        "div",
        headline(f"row {s.row + 1}, the neuron for {SPECIES[s.column]}", signed(y), "value", verdict),
        readings(
            [
                *parts,
                ("b", "bias", signed(float(b[s.column]))),
                ("the sum", "sum", signed(z)),
                ("f(the sum)", "bent", signed(y)),
            ]
        ),
    )
