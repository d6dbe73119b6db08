"""FIG.0A: the id selects a row of E. A still drawing; only the row's place and colours are data."""

from __future__ import annotations

from dataclasses import dataclass

from pycore.data import word_vectors
from pycore.live.figure import Figure, Parts
from pycore.live.markup import tag
from pycore.vectors import WordVectors

ROWS = 13
TOP, HEIGHT, LEFT, WIDTH = 34, 16, 132, 140


@dataclass(frozen=True)
class RowState:
    """The token whose row is taken."""

    word: str = "cat"


class RowOfE(Figure[RowState]):
    """An id on the left, the table in the middle, a vector on the right."""

    State = RowState
    data = ("glove-100d.npz",)
    code = (WordVectors.id,)

    def view(self) -> Parts:
        """Draw the table as a stack of rows, one lit at the height of the token's id."""
        vectors = word_vectors()
        i = vectors.id(self.state.word)
        lit = min(i * ROWS // len(vectors), ROWS - 1)
        y, bottom = TOP + lit * HEIGHT, TOP + ROWS * HEIGHT
        middle = y + HEIGHT / 2
        picture = tag(
            "svg",
            tag("rect", class_="table", x=LEFT, y=TOP, width=WIDTH, height=ROWS * HEIGHT),
            tag(
                "path",
                class_="rows",
                d="".join(f"M{LEFT} {TOP + r * HEIGHT}h{WIDTH}" for r in range(1, ROWS)),
            ),
            tag("rect", class_="lit", x=LEFT, y=y, width=WIDTH, height=HEIGHT),
            tag("path", class_="wire", d=f"M{LEFT - 46} {middle:.0f}H{LEFT - 8}"),
            tag("path", class_="head", d=f"M{LEFT - 2} {middle:.0f}l-9 -4v8z"),
            tag("path", class_="wire", d=f"M{LEFT + WIDTH} {middle:.0f}H{LEFT + WIDTH + 38}"),
            tag("path", class_="head", d=f"M{LEFT + WIDTH + 46} {middle:.0f}l-9 -4v8z"),
            tag("text", f"id {i:,}", class_="strong", x=LEFT - 54, y=middle + 4, text_anchor="end"),
            tag("text", f"“{self.state.word}”", x=LEFT - 54, y=middle + 21, text_anchor="end"),
            tag("text", f"E   [{len(vectors):,} × {vectors.dim}]", class_="strong", x=LEFT, y=TOP - 11),
            tag("text", "row 0", x=LEFT + WIDTH + 8, y=TOP + 12),
            tag("text", f"row {len(vectors) - 1:,}", x=LEFT + WIDTH + 8, y=bottom - 4),
            tag("text", "the vector", class_="strong", x=LEFT + WIDTH + 52, y=middle + 4),
            tag("text", f"{vectors.dim} numbers", x=LEFT + WIDTH + 52, y=middle + 21),
            viewBox=f"0 0 440 {bottom + 12}",
            role="img",
            aria_label=f"The id {i:,} selects row {i:,} of E: the vector of {self.state.word}.",
        )
        return {"stage": picture}
