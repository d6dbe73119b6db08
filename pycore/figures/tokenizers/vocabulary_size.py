"""FIG.06: how many tokens texts have for vocabularies of many sizes, and what a table of embeddings costs.

The curves are drawn as far as the reader has gone.

Merges learned from speeches, once: the first ones of them make each smaller vocabulary. The texts that are
counted are no part of what was learned from. Counted ahead of time by tools/make_vocabulary_curve.py.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from pycore.data import FOLDER
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Markup, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, honest, legend, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.tokenizers.bpe_training import learn_merges

FILE = "tokenizers/vocabulary-curve.json"
STEPS = 13  # of the size, each by the root of two
NAMES = {"speeches": "other speeches", "novel": "a novel of 1851", "german": "a German text"}
DIMENSIONS = {768: "d = 768", 4096: "d = 4,096"}
SIZES = Scale(256, 23171, log=True)
SIZE_TICKS = ((256, "256"), (1024, "1,024"), (4096, "4,096"), (16384, "16,384"))
TOKENS = Plot.of(
    SIZES,
    Scale(0, 1050),
    y_title="tokens per 1,000 characters",
    x_ticks=SIZE_TICKS,
    y_ticks=((0, "0"), (500, "500"), (1000, "1,000")),
    height=300,
)
TABLE = Plot.of(
    SIZES,
    Scale(0, 100),
    x_title="tokens in the vocabulary",
    y_title="numbers in the table (M: a million)",
    x_ticks=SIZE_TICKS,
    y_ticks=((0, "0"), (50, "50 M"), (100, "100 M")),  # as wide as those above, so that both lie alike
    height=210,
)


@dataclass(frozen=True)
class VocabularySizeState:
    """Which size, counted in half doublings from 256, and how many numbers a token's row has."""

    size: int = 0
    d: int = 768


class VocabularySize(Figure[VocabularySizeState]):
    """Move the size of the vocabulary."""

    State = VocabularySizeState
    data = (FILE,)
    code = (learn_merges,)
    settings = {"size": range(STEPS + 1), "d": DIMENSIONS}

    def view(self) -> Parts:
        """Draw the size, both plots, and the numbers."""
        s = self.state
        v = record()["sizes"][s.size]
        return {
            "controls": tag(
                "div",
                slide(
                    self,
                    "size",
                    "vocabulary:",
                    f"{v:,} tokens",
                    name="Size of the vocabulary",
                    spoken=f"{v:,} tokens",
                ),
                chips(self, "d", DIMENSIONS, "Numbers in a token’s row", control="d-{}"),
                class_="row",
            ),
            "stage": tag(
                "div",
                legend({f"mark {text}": name for text, name in NAMES.items()}),
                _tokens(s, v),
                _table(s, v),
            ),
            "readout": _readout(s, v),
        }


@functools.cache
def record() -> dict[str, Any]:
    """Read what was counted: sizes, and for each text its characters and its tokens by size."""
    found: dict[str, Any] = json.loads((FOLDER / FILE).read_text("utf-8"))
    return found


@functools.cache
def rates(text: str) -> list[float]:
    """Return a text's tokens per 1,000 characters, by size."""
    counted = record()["texts"][text]
    return [1000 * tokens / counted["characters"] for tokens in counted["tokens"]]


def _tokens(s: VocabularySizeState, v: int) -> Markup:
    sizes = record()["sizes"]
    said = ", ".join(f"{rates(text)[s.size]:.0f} in {name}" for text, name in NAMES.items())
    return TOKENS.draw(
        f"Tokens per 1,000 characters against the size of the vocabulary; with {v:,} tokens: {said}.",
        TOKENS.upright(v),
        (
            [
                TOKENS.curve(sizes[: s.size + 1], rates(text)[: s.size + 1], f"curve {text}"),
                TOKENS.points([v], [rates(text)[s.size]], f"point {text}"),
            ]
            for text in reversed(NAMES)
        ),
    )


def _table(s: VocabularySizeState, v: int) -> Markup:
    shown = record()["sizes"][: s.size + 1]
    return TABLE.draw(
        f"Numbers in a table of {s.d:,} for each token; with {v:,} tokens {v * s.d / 1e6:.1f} million.",
        TABLE.upright(v),
        TABLE.curve(shown, [size * s.d / 1e6 for size in shown], "curve cost"),
        TABLE.points([v], [v * s.d / 1e6], "point cost"),
    )


def _readout(s: VocabularySizeState, v: int) -> Markup:
    now, before = rates("speeches")[s.size], rates("speeches")[s.size - 2] if s.size > 1 else None
    verdict = "bytes alone" if v == 256 else f"{v - 256:,} merges"
    rows = [
        *((NAMES[text], f"rate-{text}", f"{rates(text)[s.size]:,.0f}") for text in ("novel", "german")),
        (
            "speeches: fewer since half the size",
            "saved",
            "–" if before is None else f"{100 * (1 - now / before):.0f} %",
        ),
        (f"numbers in the table, {v:,} × {s.d:,}", "table", f"{v * s.d / 1e6:.1f} million"),
    ]
    return tag(
        "div",
        headline("tokens per 1,000 characters, speeches", f"{now:,.0f}", "rate-speeches", verdict),
        readings(rows),
        honest(
            f"Learned from {record()['learned'] / 1e6:.0f} million characters. Larger models learn from more "
            "text, and lists of 100,000 tokens and more pay for it in many languages and in code."
        ),
    )
