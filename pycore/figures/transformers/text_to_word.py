"""The whole way at a glance: text, tokens, vectors, attention, next word; and the word joins the text.

One model gives every stage, SmolLM2-135M-Instruct: its tokens, the rows of its table, one of its 270 heads,
and what it says next. A row of the picture is a token; from left to right it is what the model makes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from pycore.data.transformers import text_to_word
from pycore.data.transformers.heads import Guess
from pycore.data.transformers.text_to_word import Step, Way, ways
from pycore.data.transformers.tokens import shown
from pycore.figures.transformers._heads import called
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Parts, event
from pycore.live.film import Film, FilmState
from pycore.live.markup import Child, Markup, number, percent, tag
from pycore.live.matrix import cells
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.heads import where_they_look
from pycore.transformers.llama import Llama

NAMES = {"france": "France", "count": "one, two", "hot": "hot", "roses": "roses"}
LEAST = 1  # percent: a look that takes less is left out
AIM = 2.5  # rows from the bottom: where what is taken comes together, at the middle of the five next words


@dataclass(frozen=True)
class TextToWordState(FilmState):
    """Which text, and how many tokens have been written to it."""

    text: str = "france"
    written: int = 0


class TextToWord(Film[TextToWordState]):
    """Take a text, see what the model makes of it, and let it write the next word."""

    State = TextToWordState
    data = ("transformers/text-to-word.json",)
    code = (GGUFTokenizer.encode, where_they_look, Llama.read)
    settings = {"text": NAMES}

    def check(self, state: TextToWordState) -> None:
        """Refuse more than is known to be written."""
        expect.between("tokens written", state.written, len(ways()[state.text].steps) - 1)

    @event
    def show(self, which: str) -> None:
        """Take a text, from its beginning."""
        base = replace(self.state, written=0, again=not self.state.again)
        self.state = self.parse({"text": which}, base=base)

    @event
    def write(self) -> None:
        """Write what is likeliest, and read it too."""
        self.change(written=self.state.written + 1, again=not self.state.again)

    def view(self) -> Parts:
        """Draw the text and its way."""
        s = self.state
        way = ways()[s.text]
        step, n = way.steps[s.written], way.given + s.written
        return {
            "controls": group(
                "Texts",
                (chip(name, "show", key, f"show-{key}", key == s.text) for key, name in NAMES.items()),
                look="chips slide",
            ),
            "stage": tag("div", _text(way, s.written), _way(way, step, n), class_=self.film),
            "next": tag("div", self._next(way, step), class_="onwards"),
        }

    def _next(self, way: Way, step: Step) -> list[Child]:
        if self.state.written + 1 < len(way.steps):
            label: list[Child] = ["write ", _quoted(step.next[0].token), ", and read on"]
            pen = button(label, event="write", arg=None, control="write", class_="chip")
        else:
            pen = button(
                "back to the first word", event="show", arg=self.state.text, control="write", class_="chip"
            )
        return [pen, self.replay_chip()]


def _quoted(token: str) -> Markup:
    return tag("b", "“", shown(token), "”")


def _text(way: Way, written: int) -> Markup:
    own = "".join(way.tokens[way.given : way.given + written])
    return tag(
        "p",
        tag("span", "Text", class_="label"),
        tag("span", way.text, tag("b", own) if own else None, tag("i", class_="caret"), class_="words"),
        class_="text",
        data_out="text",
    )


def _way(way: Way, step: Step, n: int) -> Markup:
    """Draw the four stages beside each other; those of a token stand in one row."""
    last = shown(way.tokens[n - 1])
    strongest = float(np.abs(way.rows).max())
    vocabulary, width = text_to_word.size()
    return tag(
        "div",
        _stage("tokens", "Tokens", (_token(way, step, i) for i in range(n)), "Each with its number"),
        _stage(
            "vectors",
            "Vectors",
            (tag("li", cells(row / strongest), class_="cells") for row in way.rows[:n]),
            f"The first {way.rows.shape[1]} of {width} numbers",
        ),
        _stage(
            "looks",
            "Attention",
            [
                *(tag("li", _share(share)) for share in step.percent),
                tag("li", _beams(step.percent, n), class_="beams"),
            ],
            f"What “{last}” takes: {called(text_to_word.block(), step.head)}",
        ),
        _stage(
            "guesses",
            "Next token",
            map(_guess, step.next),
            f"The likeliest {len(step.next)}, of {vocabulary:,}",
        ),
        class_="way",
        style=f"--n:{n}",
    )


def _stage(look: str, name: str, rows: Iterable[Markup], note: str) -> Markup:
    return tag(
        "div",
        tag("p", name, class_="label"),
        tag("ol", rows),
        tag("p", note, class_="label note"),
        class_=look,
    )


def _token(way: Way, step: Step, i: int) -> Markup:
    own = i >= way.given
    return tag(
        "li",
        tag("span", shown(way.tokens[i]), class_="own" if own else None),
        tag("small", way.ids[i]),
        style=f"--i:{i};--v:{step.percent[i]}%",
        class_="begin" if i == 0 else None,
    )


def _share(share: int) -> str | None:
    return f"{share} %" if share >= LEAST else None


def _beams(shares: tuple[int, ...], n: int) -> Markup:
    """Draw what the last token takes, a beam from each row to where it comes together."""
    aim = number(n - AIM)
    paths = (
        tag(
            "path",
            class_="sink" if i == 0 else None,
            d=f"M0 {i + 0.5}C50 {i + 0.5} 50 {aim} 100 {aim}",
            pathLength=1,
            style=f"--w:{1 + 9 * share / 100:.0f}px",
        )
        for i, share in enumerate(shares)
        if share >= LEAST
    )
    return tag("svg", paths, viewBox=f"0 0 100 {n}", preserveAspectRatio="none", aria_hidden="true")


def _guess(guess: Guess) -> Markup:
    return tag(
        "li",
        tag("span", shown(guess.token)),
        tag("i", style=f"--v:{100 * guess.p:.0f}%"),
        tag("small", percent(guess.p)),
    )
