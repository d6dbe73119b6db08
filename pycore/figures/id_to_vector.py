"""FIG.00: ids flow in, vectors come out. A still picture of real rows."""

from __future__ import annotations

from dataclasses import dataclass

from pycore.data import word_vectors
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Markup, tag
from pycore.live.matrix import cells
from pycore.vectors import WordVectors

SHOWN = 20  # numbers of each vector


@dataclass(frozen=True)
class FlowState:
    """The tokens, separated by spaces."""

    tokens: str = "the cat chased"


class IdToVector(Figure[FlowState]):
    """Each token's id, and the first numbers of its row."""

    State = FlowState
    data = ("glove-100d.npz",)
    code = (WordVectors.__getitem__, WordVectors.id)

    def view(self) -> Parts:
        """Draw a line for each token."""
        return {"stage": tag("ol", (_line(word) for word in self.state.tokens.split()), class_="flow")}


def _line(word: str) -> Markup:
    vectors = word_vectors()
    arrow = tag("span", "→", class_="to", aria_hidden="true")
    label = f"the first {SHOWN} of {vectors.dim} numbers, as colours"
    return tag(
        "li",
        tag("span", word, class_="token"),
        arrow,
        tag("span", f"{vectors.id(word):,}", class_="id", data_out=f"{word}-id"),
        arrow,
        tag("span", cells(vectors[word][:SHOWN]), class_="cells", role="img", aria_label=label),
    )
