"""FIG.05: without positions, attention sees a set: shuffling the words only shuffles the answers.

A real head of the model's first block gets rows of its table, five words in an order of the reader's. Its
rotation can be left out. There is no mask here, since a mask alone tells something of order.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.data.transformers.one_head import head_run
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Markup, tag
from pycore.live.matrix import cells
from pycore.live.readout import headline
from pycore.live.settings import chips, flip
from pycore.transformers.attention import attention
from pycore.transformers.positions import rotate

ORDERS = {
    "written": (0, 1, 2, 3, 4),
    "swapped": (0, 4, 2, 3, 1),
    "backwards": (4, 3, 2, 1, 0),
    "mixed": (2, 4, 0, 1, 3),
}
LABELS = {"written": "as written", "swapped": "swap dog, man", "backwards": "backwards", "mixed": "mixed"}
DIGITS = 12
STRONGEST = 0.08  # the number that has the full colour


@dataclass(frozen=True)
class ShuffledState:
    """The order of the words, and whether the head is told of positions."""

    order: str = "written"
    positions: bool = False


class Shuffled(Figure[ShuffledState]):
    """Shuffle the words and compare the answers to the last digit."""

    State = ShuffledState
    data = ("transformers/one-head.npz", "transformers/one-head.json")
    code = (attention, rotate)
    settings = {"order": tuple(ORDERS), "positions": (False, True)}

    def view(self) -> Parts:
        """Draw each word with its answer, and what has changed."""
        s = self.state
        return {
            "controls": tag(
                "div",
                chips(self, "order", LABELS, "The order of the words", control="order-{}"),
                flip(self, "positions", "positions", control="positions"),
                class_="row",
            ),
            "stage": _answers(s),
            "readout": _readout(s),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def answers(s: ShuffledState) -> Floats:
    """Run the head on the words in their order, float64 [5, 64]: a row for each place."""
    run, order = head_run("bite"), list(ORDERS[s.order])
    query: Floats = run.query[order]
    key: Floats = run.key[order]
    if s.positions:
        places = np.arange(len(order))
        query, key = rotate(query, places, run.base), rotate(key, places, run.base)
    return attention(query, key, run.value[order])[0]


@functools.cache
def changes(s: ShuffledState) -> Floats:
    """Return how far each word's answer is from its answer as written: the largest of 64 differences."""
    before = answers(ShuffledState("written", s.positions))[list(ORDERS[s.order])]
    return np.asarray(np.abs(answers(s) - before).max(axis=1))


# ---------------------------------------------------------------- what is drawn


def _answers(s: ShuffledState) -> Markup:
    words = head_run("bite").words
    names = [f"{word} {1 if i == 0 else 2}" if word == "the" else word for i, word in enumerate(words)]
    made, moved = answers(s), changes(s).tolist()
    rows = [
        tag(
            "div",
            tag("span", names[which], class_="word"),
            tag(
                "span",
                cells(made[place] / STRONGEST),
                class_="cells",
                role="img",
                aria_label=f"The answer of {names[which]}: 64 numbers as colours",
            ),
            tag(
                "span",
                f"{moved[place]:.{DIGITS}f}",
                class_="moved same" if moved[place] < 1e-12 else "moved",
                data_out=f"change-{which}",
            ),
            class_="answer",
        )
        for place, which in enumerate(ORDERS[s.order])
    ]
    return tag(
        "div",
        tag("p", "each word, its new vector, and the largest change in it", class_="label"),
        rows,
    )


def _readout(s: ShuffledState) -> Markup:
    most = float(changes(s).max())
    first, second = (answers(s)[ORDERS[s.order].index(the)] for the in (0, 3))
    alike = float(np.abs(first - second).max())
    verdict = (
        "as written: nothing to compare yet"
        if s.order == "written"
        else "the same answers, in another order"
        if most < 1e-12
        else "other answers"
    )
    return tag(
        "div",
        headline("largest change", f"{most:.4f}", "most", verdict),
        tag(
            "p",
            "the two ",
            tag("i", "the"),
            ": ",
            tag("b", "one and the same vector" if alike < 1e-12 else "two vectors", data_out="twins"),
            class_="twins",
        ),
    )
