"""FIG.00: three ids flow in, three rows of E light up, three vectors come out. Two of the words are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pycore.data.embeddings import word_vectors
from pycore.embeddings.vectors import WordVectors
from pycore.live.figure import Parts
from pycore.live.film import Film, FilmState
from pycore.live.markup import Markup, number, tag
from pycore.live.matrix import strengths

SHOWN = 16  # numbers of each vector
WIDTH, HEIGHT = 520, 330
CHIP, CHIP_HEIGHT = 118, 46
TABLE_LEFT, TABLE_RIGHT, TOP, BOTTOM = 200, 296, 34, HEIGHT - 8
STRIP, CELL, CELL_HEIGHT = 330, 11, 34
GRID = 9  # distance of the lines that stand for the table's many rows


@dataclass(frozen=True)
class ThreeRowsState(FilmState):
    """The words, separated by spaces."""

    words: str = "democracy dog cat"


class ThreeRows(Film[ThreeRowsState]):
    """Each word's id, its row in the table, and the first numbers of the row."""

    State = ThreeRowsState
    data = ("embeddings/glove-100d.npz",)
    code = (WordVectors.id, WordVectors.__getitem__)

    def view(self) -> Parts:
        """Draw the table with its lit rows, and a line through it for each word."""
        words = self.state.words.split()
        vectors = word_vectors()
        ids = [f"{word}, id {vectors.id(word):,}" for word in words]
        picture = tag(
            "svg",
            _table(vectors),
            [_line(word, i, len(words)) for i, word in enumerate(words)],
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            class_=self.film,
            role="img",
            aria_label=(
                f"{'; '.join(ids)}. Each id selects its row of E, {vectors.dim} numbers, of which the first "
                f"{SHOWN} are drawn as colours."
            ),
        )
        return {"stage": tag("div", picture, self.replay_chip())}


def _table(vectors: WordVectors) -> Markup:
    wide, (first, *others) = TABLE_RIGHT - TABLE_LEFT, range(TOP + GRID, BOTTOM, GRID)
    rows = f"M{TABLE_LEFT} {first}h{wide}" + f"m{-wide} {GRID}h{wide}" * len(others)
    return tag(
        "g",
        tag("text", f"E  {len(vectors):,} × {vectors.dim}", x=TABLE_LEFT, y=TOP - 12),
        tag(
            "rect",
            class_="table",
            x=TABLE_LEFT,
            y=TOP,
            width=wide,
            height=BOTTOM - TOP,
        ),
        tag("path", class_="rows", d=rows),
    )


def _line(word: str, place: int, count: int) -> Markup:
    """Draw a word, the way to its row, and the row's first numbers."""
    vectors = word_vectors()
    i = vectors.id(word)
    y = TOP + (BOTTOM - TOP) * (place + 0.5) / count
    row = TOP + (BOTTOM - TOP) * i / len(vectors)
    signs, strong = strengths(np.asarray(vectors[word][:SHOWN]))
    cells = [
        tag("rect", class_=sign, x=k * CELL, width=CELL - 1, height=CELL_HEIGHT, style=f"--v:{v}")
        for k, (sign, v) in enumerate(zip(signs, strong, strict=True))
    ]
    return tag(
        "g",
        tag("rect", class_="chip", x=2, y=y - CHIP_HEIGHT / 2, width=CHIP - 2, height=CHIP_HEIGHT, rx=8),
        tag("text", word, class_="word", x=CHIP / 2 + 1, y=y - 3, text_anchor="middle"),
        tag("text", f"id {i:,}", x=CHIP / 2 + 1, y=y + 16, text_anchor="middle", data_out=f"{word}-id"),
        tag("path", class_="wire in", d=_wire(CHIP, y, TABLE_LEFT, row), pathLength=1),
        tag("rect", class_="lit", x=TABLE_LEFT, y=row - 4, width=TABLE_RIGHT - TABLE_LEFT, height=8),
        tag("path", class_="wire out", d=_wire(TABLE_RIGHT, row, STRIP - 4, y), pathLength=1),
        tag("g", cells, class_="strip", transform=f"translate({STRIP} {number(y - CELL_HEIGHT / 2)})"),
        tag("text", "…", x=STRIP + SHOWN * CELL + 2, y=y + 5),
        style=f"--place:{place}",
    )


def _wire(x: float, y: float, to_x: float, to_y: float) -> str:
    """Write a path that leaves and arrives level."""
    middle = number((x + to_x) / 2)
    return (
        f"M{number(x)} {number(y)}C{middle} {number(y)} {middle} {number(to_y)} {number(to_x)} {number(to_y)}"
    )
