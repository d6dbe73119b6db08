"""FIG.00: a real head at work: what *it* looks at in a sentence.

The head was found by measure among SmolLM2's 270: on sentences written for this, its *it* takes most from the
noun that it stands for. Words after the chosen one are drawn weak, since the model has not read them yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import shown
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Parts, event
from pycore.live.film import Film, FilmState
from pycore.live.markup import Markup, number, tag
from pycore.transformers.heads import where_they_look

SENTENCES = {"key": "the key", "ball": "the ball", "street": "the street"}
WIDTH, LETTER = 360, 9.6  # units; a letter of the fixed-width face at 16
LINE, TOP, BELOW = 72, 44, 40  # from line to line, to the first line, below the last
ACROSS = 35  # letters in a line: each of the sentences takes two lines, so the picture keeps its height
LEAST = 3  # percent: weaker looks are left out


@dataclass(frozen=True)
class ItLooksState(FilmState):
    """Which sentence, and which of its words looks (0: *it*)."""

    shown: str = "key"
    word: int = 0


class ItLooks(Film[ItLooksState]):
    """Take a sentence, press a word, and see where the head looks from there."""

    State = ItLooksState
    data = ("transformers/sentences.json",)
    code = (where_they_look,)
    settings = {"shown": SENTENCES}

    def check(self, state: ItLooksState) -> None:
        """Refuse words that the sentence does not have."""
        expect.between("a word", state.word, len(heads.it().texts[state.shown][0]) - 1)

    @event
    def show(self, which: str) -> None:
        """Take another sentence; its *it* looks."""
        self.state = self.parse(
            {"shown": which}, base=replace(self.state, word=0, again=not self.state.again)
        )

    @event
    def look(self, word: str) -> None:
        """Let another word look."""
        self.change(word=word, again=not self.state.again)

    def view(self) -> Parts:
        """Draw the sentence with what one of its words looks at."""
        s = self.state
        tokens, percent = heads.it().texts[s.shown]
        word = s.word or tokens.index(" it")
        return {
            "stage": tag(
                "div",
                _film(tokens, percent[word], word),
                tag("p", _said(tokens, percent[word], word), class_="said", data_out="said", role="status"),
                class_=self.film,
            ),
            "controls": group(
                "Sentences",
                (chip(name, "show", key, f"show-{key}", key == s.shown) for key, name in SENTENCES.items()),
                self.replay_chip(),
            ),
        }


def places(tokens: Sequence[str]) -> list[tuple[float, float, float]]:
    """Lay tokens out in lines: for each the left edge, the middle of its line, and the width, in units."""
    found, x, y = [], 0.0, float(TOP)
    for place, token in enumerate(tokens):
        width = len(shown(token)) * LETTER
        if token.startswith(" ") or place == 1:
            if x + LETTER + width > ACROSS * LETTER:
                x, y = 0.0, y + LINE
            elif place:
                x += LETTER
        found.append((x, y, width))
        x += width
    shift = (WIDTH - max(x + width for x, _, width in found)) / 2
    return [(x + shift, y, width) for x, y, width in found]


def _film(tokens: Sequence[str], percent: Sequence[int], word: int) -> Markup:
    laid = places(tokens)
    height = laid[-1][1] + BELOW
    looked = [place for place in range(word) if percent[place] >= LEAST]
    return tag(
        "div",
        tag(
            "svg",
            (_beam(laid[word], laid[place], percent[place], place == 0) for place in looked),
            viewBox=f"0 0 {WIDTH} {number(height)}",
            aria_hidden="true",
        ),
        group(
            "Words",
            (_word(token, place, laid[place], height, percent, word) for place, token in enumerate(tokens)),
            look="words",
        ),
        class_="picture",
        style=f"--h:{number(height)}",
    )


def _beam(
    start: tuple[float, float, float], end: tuple[float, float, float], percent: int, sink: bool
) -> Markup:
    """Draw a look from one word to another: upward to a line above, and in one line as a bow below it."""
    x1, x2 = start[0] + start[2] / 2, end[0] + end[2] / 2
    above = end[1] < start[1]
    y1, y2 = start[1] + (-13 if above else 13), end[1] + 13
    bend = (
        (y1 - y2) / 2 if above else -24
    )  # how far the bow leaves its ends: it meets in the middle, or hangs
    return tag(
        "path",
        class_="beam sink" if sink else "beam",
        d=f"M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 - bend:.0f} {x2:.0f} {y2 + abs(bend):.0f} {x2:.0f} {y2:.0f}",
        pathLength=1,
        style=f"--w:{1 + 9 * percent / 100:.0f}px",
    )


def _word(
    token: str,
    place: int,
    laid: tuple[float, float, float],
    height: float,
    percent: Sequence[int],
    word: int,
) -> Markup:
    x, y, width = laid
    look = "word mark" if place == 0 else "word"
    where = (
        f"left:{number(100 * x / WIDTH, 1)}%;top:{number(100 * y / height, 1)}%;"
        f"width:{number(100 * width / WIDTH, 1)}%"
    )
    taken = percent[place] if place < word else 0
    share = [" ", tag("small", f"{taken} %")] if taken >= LEAST else None
    # What changes with each press is in a tag of its own, which keeps what is stored of all presses small.
    box = tag("span", shown(token), share, class_="box", style=f"--v:{taken}%")
    if place == 0:  # it can look at nothing but itself
        return tag("span", box, class_=look, style=where)
    return button(
        box,
        event="look",
        arg=place,
        control=f"word-{place}",
        pressed=place == word,
        class_=look,
        style=where,
    )


def _said(tokens: Sequence[str], percent: Sequence[int], word: int) -> list[str | Markup]:
    own = tag("b", tokens[word].strip())
    if word == 1:
        return [
            "Before ",
            own,
            " there is only the mark at the start: ",
            own,
            f" takes {percent[0]} % from it.",
        ]
    most = max(range(1, word), key=lambda place: percent[place])
    if percent[0] > percent[most]:
        return [
            own,
            f" takes most from the mark at the start, {percent[0]} %, and {percent[most]} % from ",
            tag("b", tokens[most].strip()),
            ".",
        ]
    return [
        own,
        f" takes {percent[most]} % from ",
        tag("b", tokens[most].strip()),
        f". From the mark at the start it takes {percent[0]} %.",
    ]
