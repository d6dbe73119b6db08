"""FIG.04A: what training learns from the same speeches with a split and without one."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from pycore.data.tokenizers.unsplit import MERGES, learned
from pycore.figures.tokenizers._pieces import token
from pycore.live import expect
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_box
from pycore.live.markup import Markup, join, percent, tag
from pycore.live.readout import headline, readings, titled
from pycore.tokenizers.byte_alphabet import BYTES
from pycore.tokenizers.pretokenize import split_words

WORDS = {"America": "America", "people": "people", "year": "year", "": "the longest"}
LONGEST = 30  # letters of a word
LISTED = 14  # tokens of each list
How = Literal["split", "whole"]


@dataclass(frozen=True)
class NoSplitState:
    """The word that is looked for; empty for the longest tokens."""

    word: str = "America"


class NoSplit(Figure[NoSplitState]):
    """Look for a word among what was learned."""

    State = NoSplitState
    data = (MERGES,)
    code = (split_words,)

    def check(self, state: NoSplitState) -> None:
        """Refuse a word that is too long."""
        expect.fits(state.word, LONGEST)

    @event
    def write(self, word: str) -> None:
        """Look for a word."""
        self.change(word=word.replace("\0", ""))

    def view(self) -> Parts:
        """Draw the tokens with the word, side by side, and how many cross a word's edge."""
        word = self.state.word
        return {
            "controls": join(
                [
                    group(
                        "Words",
                        (
                            chip(label, "write", key, f"word-{label}", pressed=key == word)
                            for key, label in WORDS.items()
                        ),
                    ),
                    text_box("a word", "write", "word", word, within=self.id, most=LONGEST, dir="auto"),
                ]
            ),
            "stage": titled(
                (_title("with GPT-2's split", "split", word), _list("split", word)),
                (_title("with no split", "whole", word), _list("whole", word)),
            ),
            "readout": _readout(),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def vocabulary(how: How) -> tuple[bytes, ...]:
    """Return the learned tokens, in the order of learning."""
    return tuple(learned(how).vocabulary.values())[len(BYTES) :]


@functools.lru_cache(64)
def having(how: How, word: str) -> list[bytes]:
    """Return the learned tokens that hold a word whole; without one, all of them, the longest first."""
    word = word.strip()
    if not word:
        return sorted(vocabulary(how), key=len, reverse=True)
    found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    return [data for data in vocabulary(how) if found.search(data.decode("utf-8", "replace"))]


@functools.cache
def crossing(how: How) -> float:
    """Return the share of learned tokens that GPT-2's split would have cut."""
    words = vocabulary(how)
    return sum(len(split_words(data.decode("utf-8", "replace"))) > 1 for data in words) / len(words)


# ---------------------------------------------------------------- what is drawn


def _title(name: str, how: How, word: str) -> list[Markup]:
    count = len(having(how, word))
    number = tag("b", f"{count:,}", data_out=f"found-{how}")
    return [tag("span", name, ": "), number, tag("span", " token" if count == 1 else " tokens")]


def _list(how: How, word: str) -> Markup:
    found = having(how, word)
    listed = tag("p", (join([token(data), " "]) for data in found[:LISTED]))
    left = len(found) - LISTED
    told = f"and {left:,} more" if left > 0 else "" if found else "No token holds this word."
    return tag("div", listed, tag("p", told, class_="label") if told else None, class_="found")


def _readout() -> Markup:
    shares = {how: crossing(how) for how in ("split", "whole")}
    return tag(
        "div",
        headline(
            "learned tokens across a word's edge, with no split", percent(shares["whole"]), "crossing-whole"
        ),
        readings(
            [
                ("with GPT-2's split", "crossing-split", percent(shares["split"])),
                ("tokens learned by each", "learned", f"{len(vocabulary('split')):,}"),
            ]
        ),
    )
