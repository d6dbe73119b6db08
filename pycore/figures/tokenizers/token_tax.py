"""FIG.06A: one text in 40 languages: what it costs in tokens, against English, and how it is cut.

Translations differ in length too, so the same text can be counted in code points and in bytes.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pycore.data.tokenizers import declarations as data
from pycore.data.tokenizers.declarations import Declaration, declarations
from pycore.figures.tokenizers._coloured import box, flow, spoken
from pycore.live.controls import button, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, tag
from pycore.live.readout import headline, honest, readings
from pycore.live.settings import chips, flip
from pycore.tokenizers.ranked import RankedTokenizer

UNITS = {
    "gpt2": "GPT-2",
    "cl100k": "GPT-4",
    "o200k": "GPT-4o",
    "bytes": "bytes",
    "characters": "code points",
}
CALLED = {
    "gpt2": "tokens of GPT-2",
    "cl100k": "tokens of GPT-4",
    "o200k": "tokens of GPT-4o",
    "bytes": "bytes",
    "characters": "code points",
}
ENGLISH = "eng"


@dataclass(frozen=True)
class TokenTaxState:
    """What is counted, whether the most costly language comes first, and which one is looked at."""

    counted: str = "gpt2"
    sorted: bool = False
    language: str = "arb"


class TokenTax(Figure[TokenTaxState]):
    """Choose what is counted, sort, and press a language."""

    State = TokenTaxState
    data = (data.FILE,)
    code = (RankedTokenizer.encode,)
    settings = {"counted": UNITS, "sorted": (False, True)}

    def check(self, state: TokenTaxState) -> None:
        """Refuse a language that is not there."""
        if state.language not in declarations():
            raise ValueError("expected a language of the list")

    @event
    def pick(self, language: str) -> None:
        """Look at a language."""
        self.change(language=language)

    def view(self) -> Parts:
        """Draw what is counted, the text in pieces, all languages, and the numbers of one."""
        s = self.state
        return {
            "controls": tag(
                "div",
                chips(self, "counted", UNITS, "What is counted", control="count-{}"),
                flip(self, "sorted", "most costly first", "sorted"),
                class_="row",
            ),
            "stage": tag("div", _article(s), _list(s)),
            "readout": _readout(s),
        }


# ---------------------------------------------------------------- what is computed


def ratio(language: str, counted: str) -> float:
    """Return how many times as much a language takes as English does."""
    return declarations()[language].counts[counted] / declarations()[ENGLISH].counts[counted]


def ordered(s: TokenTaxState) -> list[Declaration]:
    """Return the languages by name, or the most costly first."""
    rows = list(declarations().values())
    return sorted(rows, key=lambda row: -row.counts[s.counted]) if s.sorted else rows


@functools.cache
def most() -> float:
    """Return the largest of all ratios, to which all bars are drawn."""
    return max(ratio(language, counted) for language in declarations() for counted in UNITS)


# ---------------------------------------------------------------- what is drawn


def _times(value: float) -> str:
    return f"{value:.1f}×"


def _article(s: TokenTaxState) -> Markup:
    row = declarations()[s.language]
    pieces = row.pieces(s.counted)
    boxes = (box(piece, place, role="img", aria_label=spoken(piece)) for place, piece in enumerate(pieces))
    count = tag("b", len(pieces), data_out="pieces")
    return tag(
        "div",
        tag("p", f"Article 3 in {row.name}: ", count, f" {CALLED[s.counted]}", class_="label", role="status"),
        flow(
            pieces,
            boxes,
            lang=row.tag,
            tabindex="0",
            role="group",
            aria_label=f"Article 3 in {row.name}, in {CALLED[s.counted]}",
        ),
        class_="article",
    )


def _list(s: TokenTaxState) -> Markup:
    rows = (
        button(
            tag("span", row.name),
            tag("i", class_="track", style=f"--w:{ratio(row.code, s.counted) / most():.4f}"),
            tag("b", _times(ratio(row.code, s.counted)), data_out=f"times-{row.code}"),
            event="pick",
            arg=row.code,
            control=f"pick-{row.code}",
            pressed=row.code == s.language,
            class_="english language" if row.code == ENGLISH else "language",
        )
        for row in ordered(s)
    )
    return group(f"Languages, in {CALLED[s.counted]} against English", *rows, look="list", move="vertical")


def _readout(s: TokenTaxState) -> Markup:
    row = declarations()[s.language]
    rows = (
        (
            CALLED[counted],
            f"count-{counted}",
            f"{row.counts[counted]:,} · {_times(ratio(row.code, counted))}",
        )
        for counted in UNITS
    )
    return tag(
        "div",
        headline(
            f"{row.name} against English", _times(ratio(row.code, s.counted)), "times", CALLED[s.counted]
        ),
        readings(rows),
        honest(
            "The 30 articles, without headings. A translation may say the same in more words: compare "
            "with the code points. A script’s letters take one to four bytes: compare with the bytes."
        ),
    )
