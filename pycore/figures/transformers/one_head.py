"""FIG.03: the matrices of a real head on a short sentence: every weight, and the dot product behind it.

What is stored is what the head's matrices made of each token; positions turn queries and keys here, then all
of it is `pycore.transformers.attention`. The mask can be taken off, which the model never met in training.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.data.transformers.one_head import HeadRun, head_run
from pycore.live.controls import button
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, percent, signed, tag
from pycore.live.matrix import cells
from pycore.live.readout import fold, headline, readings
from pycore.live.settings import chips, flip
from pycore.transformers.attention import attention, causal_mask, softmax
from pycore.transformers.positions import rotate

TEXTS = {"cake": "Ann baked a cake …", "bank": "The bank …"}
FIRST = {"cake": (7, 6), "bank": (7, 2)}  # the cell that is looked at first
LONGEST = 9


@dataclass(frozen=True)
class OneHeadState:
    """The sentence, whether the mask is on, and the cell that is looked at."""

    text: str = "cake"
    mask: bool = True
    row: int = 7
    column: int = 6


@dataclass(frozen=True, eq=False)
class Matrices:
    """All that the picture shows of one sentence: queries and keys as turned, scores, weights, outputs."""

    run: HeadRun
    query: Floats
    key: Floats
    scores: Floats
    weights: Floats
    output: Floats


class OneHead(Figure[OneHeadState]):
    """Press a cell and see the dot product that makes it."""

    State = OneHeadState
    data = ("transformers/one-head.npz", "transformers/one-head.json")
    code = (attention, causal_mask, softmax)
    settings = {
        "text": tuple(TEXTS),
        "mask": (True, False),
        "row": range(LONGEST),
        "column": range(LONGEST),
    }

    def check(self, state: OneHeadState) -> None:
        """Refuse a cell that the sentence does not have."""
        n = len(head_run(state.text).tokens)
        if max(state.row, state.column) >= n:
            raise ValueError(f"expected a cell of {n} rows and columns; found {state.row} {state.column}")

    @event
    def pick(self, place: str) -> None:
        """Look at a cell: its row and its column, from 0."""
        row, _, column = place.partition(" ")
        self.change(row=row, column=column)

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Look at another sentence's first cell."""
        return dict(zip(("row", "column"), FIRST[value], strict=True)) if field == "text" else {}

    def view(self) -> Parts:
        """Draw the weights, the product behind one of them, and its way to a weight."""
        s = self.state
        made = matrices(s.text, s.mask)
        return {
            "controls": tag(
                "div",
                chips(self, "text", TEXTS, "The sentence", control="text-{}"),
                flip(self, "mask", "mask", control="mask"),
                class_="row",
            ),
            "stage": _grid(s, made),
            "readout": _made(s, made),
            "product": _product(s, made),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def matrices(text: str, mask: bool) -> Matrices:
    """Run the head on a sentence, with the causal mask or without it; float64."""
    run = head_run(text)
    places = np.arange(len(run.tokens))
    query, key = rotate(run.query, places, run.base), rotate(run.key, places, run.base)
    output, weights = attention(query, key, run.value, causal_mask(len(places)) if mask else None)
    return Matrices(run, query, key, query @ key.T, weights, output)


# ---------------------------------------------------------------- what is drawn


def _grid(s: OneHeadState, made: Matrices) -> Markup:
    """Draw the weights: a row for each token that looks, a column for each that is looked at."""
    words, weights = made.run.words, made.weights.tolist()
    head = [tag("td", class_="corner"), *(tag("th", tag("span", word), scope="col") for word in words)]
    rows = [
        tag("tr", tag("th", word, scope="row"), (_cell(s, i, j, words, w) for j, w in enumerate(weights[i])))
        for i, word in enumerate(words)
    ]
    # A shorter sentence leaves the room of the longest, so that nothing below moves.
    room = [tag("tr", tag("td", class_="room"), aria_hidden="true")] * (LONGEST - len(words))
    return tag(
        "table",
        tag("caption", "down: who looks; across: at whom; in a cell: the weight in percent"),
        tag("thead", tag("tr", head)),
        tag("tbody", rows, data_group="both"),
        tag("tbody", room) if room else None,
        class_="weights",
    )


def _cell(s: OneHeadState, i: int, j: int, words: tuple[str, ...], weight: float) -> Markup:
    hidden = s.mask and j > i
    share = round(100 * weight)
    told = "hidden" if hidden else percent(weight)
    return tag(
        "td",
        button(
            "" if hidden else share,
            event="pick",
            arg=f"{i} {j}",
            control=f"cell-{i}-{j}",
            pressed=(i, j) == (s.row, s.column),
            aria_label=f"{words[i]} looks at {words[j]}: {told}",
            style=None if hidden else f"--v:{share}",
        ),
        class_=("hidden" if hidden else "answer" if j == i + 1 else None),
    )


def _made(s: OneHeadState, made: Matrices) -> Markup:
    """Follow one score on its way to a weight."""
    i, j, words = s.row, s.column, made.run.words
    score, weight = float(made.scores[i, j]), float(made.weights[i, j])
    scaled = score / math.sqrt(made.query.shape[1])
    hidden = s.mask and j > i
    verdict = "hidden by the mask" if hidden else "what was before may be seen"
    if i == j:
        verdict = "a token may look at itself"
    elif j == i + 1 and not hidden:
        verdict = "the very word to foretell here"
    elif j > i and not hidden:
        verdict = "a word still to come"
    # What the row divides by, beside this one's share; "hidden" tells of minus infinity.
    visible = made.scores[i, : i + 1] if s.mask else made.scores[i]
    total = float(np.exp(visible / math.sqrt(made.query.shape[1])).sum())
    return tag(
        "div",
        headline(f"{words[i]} → {words[j]}", percent(weight), "weight", verdict),
        readings(
            [
                ("q · k", "score", signed(score)),
                ("÷ √64", "scaled", signed(scaled)),
                ("mask", "added", "−∞" if hidden else "+0"),
                ("e to that", "power", "0" if hidden else f"{math.exp(scaled):.2f}"),
                ("÷ sum of the row", "total", f"{total:.2f}"),
            ]
        ),
    )


def _product(s: OneHeadState, made: Matrices) -> Markup:
    """Draw the query, the key and their products, number over number, and what comes of the row."""
    i, j, words = s.row, s.column, made.run.words
    query, key = made.query[i], made.key[j]
    products = query * key
    largest = np.argsort(-np.abs(products), kind="stable")[:3].tolist()
    rest = float(products.sum() - products[largest].sum())
    spelled = [
        (f"place {at + 1}", f"term-{n}", f"{signed(query[at])} · {signed(key[at])} = {signed(products[at])}")
        for n, at in enumerate(largest, 1)
    ]
    others = [(f"the other {len(products) - 3}", "term-rest", signed(rest))]
    return tag(
        "div",
        _strip(f"query of {words[i]}", query),
        _strip(f"key of {words[j]}", key),
        _strip("their products", products),
        tag("p", "Blue is above zero, ochre below; the strongest of a strip is its largest.", class_="label"),
        fold("The largest products, and what the row takes", readings([*spelled, *others]), _taken(s, made)),
        class_="product",
    )


def _taken(s: OneHeadState, made: Matrices) -> Markup:
    words, weights = made.run.words, made.weights[s.row]
    first = np.argsort(-weights, kind="stable")[:2].tolist()
    values = [
        _strip(f"value of {words[j]}, weight {percent(float(weights[j]))}", made.run.value[j]) for j in first
    ]
    return tag("div", values, _strip(f"the sum over all: what {words[s.row]} takes", made.output[s.row]))


def _strip(name: str, values: Floats) -> Markup:
    """Draw 64 numbers as colours; the strongest colour is the largest of them."""
    largest = signed(float(values[np.abs(values).argmax()]))
    most = float(np.abs(values).max())
    return tag(
        "div",
        tag("p", name, class_="label"),
        tag(
            "div",
            cells(values / most),
            class_="cells",
            role="img",
            aria_label=f"{len(values)} numbers as colours, the largest {largest}",
        ),
        class_="strip",
    )
