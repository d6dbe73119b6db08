"""FIG.01: a token's row of E, found by indexing and again by a matrix product with a one-hot vector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.data.embeddings import word_vectors
from pycore.embeddings.vectors import WordVectors
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live.controls import chip, group
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, signed, tag
from pycore.live.matrix import cells
from pycore.live.readout import headline
from pycore.live.settings import flip

SENTENCE = ("the", "cat", "chased", "the", "mouse", "into", "the", "garden")
AROUND = 3  # rows of E shown above and below the token's own
COLUMNS = 24  # columns of E shown
PRINTED = 4  # numbers printed


@dataclass(frozen=True)
class LookupState:
    """The token, whether it is multiplied too, and what stands in the box."""

    word: str = "cat"
    product: bool = False
    typed: str = ""


class Lookup(TakesOneWord[LookupState]):
    """Pick a token; its row lights up, and both ways of computing it agree."""

    State = LookupState
    data = ("embeddings/glove-100d.npz",)
    code = (WordVectors.one_hot, WordVectors.id)
    settings = {"product": (True, False)}

    @event
    def step_row(self, by: str) -> None:
        """Go to the row above or below."""
        vectors = word_vectors()
        row = min(max(vectors.id(self.state.word) + int(by), 0), len(vectors) - 1)
        self.change(word=vectors.words[row], typed="")

    def view(self) -> Parts:
        """Draw the sentence and the box, the table, the vector, and the two computations."""
        vectors = word_vectors()
        i = vectors.id(self.state.word)
        indexed = vectors.matrix[i]
        return {
            "controls": self._controls(),
            "stage": _table(i),
            "readout": self._readout(i, indexed),
            "vector": _vector(self.state.word, indexed),
        }

    def _controls(self) -> Markup:
        s, vectors = self.state, word_vectors()
        tokens = (
            tag(
                "li",
                chip(word, "pick", word, f"token-{place}", word == s.word),
                tag("small", f"{vectors.id(word):,}", data_out=f"token-{place}-id"),
            )
            for place, word in enumerate(SENTENCE)
        )
        return tag(
            "div",
            tag(
                "ol",
                tokens,
                class_="tokens",
                aria_label="Tokens of a sentence, each with its id",
                data_group="horizontal",
            ),
            self.box("or any word"),
        )

    def _readout(self, i: int, indexed: NDArray[np.float32]) -> Markup:
        vectors = word_vectors()
        product = vectors.one_hot(i) @ vectors.matrix if self.state.product else None
        difference = "?" if product is None else f"{np.max(np.abs(indexed - product)):.3g}"
        cost = len(vectors) * vectors.dim
        return tag(
            "div",
            headline("id", f"{i:,}", "id"),
            _way(tag("b", "index"), f"E[{i:,}]", "index", indexed, 0),
            _way(flip(self, "product", "multiply"), "onehot · E", "product", product, cost),
            tag("p", "Largest difference: ", tag("b", difference, data_out="difference")),
        )


def _table(i: int) -> Markup:
    """Draw the rows of E around row i, each with its place in the one-hot vector."""
    vectors = word_vectors()
    first = min(max(i - AROUND, 0), len(vectors) - 2 * AROUND - 1)
    rows = [_row(row, row == i) for row in range(first, first + 2 * AROUND + 1)]
    return tag(
        "div",
        group(
            "Go to the row above or below",
            chip("↑", "step_row", "-1", "row-up", name="The row above"),
            chip("↓", "step_row", "1", "row-down", name="The row below"),
            look="steps",
            move="vertical",
        ),
        tag(
            "table",
            tag(
                "caption",
                f"E, {len(vectors):,} rows × {vectors.dim} columns; here 7 rows, {COLUMNS} columns",
            ),
            tag(
                "thead",
                tag("tr", (tag("th", text, scope="col") for text in ("id", "token", "one-hot", "row of E"))),
            ),
            tag("tbody", rows),
        ),
        class_="matrix",
    )


def _row(row: int, lit: bool) -> Markup:
    vectors = word_vectors()
    return tag(
        "tr",
        tag("td", f"{row:,}", class_="id"),
        tag("th", vectors.words[row], scope="row"),
        tag("td", int(lit), class_="hot"),
        tag("td", tag("span", cells(vectors.matrix[row, :COLUMNS]), class_="cells", aria_hidden="true")),
        class_="lit" if lit else None,
        aria_current="true" if lit else None,
    )


def _vector(word: str, vector: NDArray[np.float32]) -> Markup:
    return tag(
        "div",
        tag("p", f"The vector of “{word}”, all {len(vector)} numbers", class_="label"),
        tag("div", cells(vector), class_="cells whole", role="img", aria_label=f"Row {word} of E as colours"),
    )


def _way(title: Markup, code: str, name: str, values: NDArray[np.float32] | None, cost: int) -> Markup:
    """Tell what a way gives, and what it costs; question marks until it is gone."""
    return tag(
        "div",
        tag("div", title, " ", tag("code", code), class_="label"),
        tag("p", "[?, ?, ?, ?, …]" if values is None else _printed(values), class_="numbers", data_out=name),
        tag(
            "p",
            tag("b", "?" if values is None else f"{cost:,}", data_out=f"{name}-multiplications"),
            " multiplications",
        ),
        class_="way",
    )


def _printed(values: NDArray[np.float32]) -> str:
    return "[" + ", ".join(signed(float(x)) for x in values[:PRINTED]) + ", …]"
