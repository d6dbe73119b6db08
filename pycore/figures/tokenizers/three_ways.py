"""FIG.07A: one text, cut by byte-level BPE, by WordPiece and, folded away, by unigram with its lattice.

The three lists differ in size and in what they were learned from: GPT-2's from web pages, BERT's from
Wikipedia and books, the unigram pieces from American speeches and *Moby Dick*. So counts compare these
tokenizers, not the three algorithms.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from pycore.data.tokenizers import unigram as pieces
from pycore.data.tokenizers import wordpiece as bert
from pycore.data.tokenizers.unigram import unigram
from pycore.data.tokenizers.vocabularies import GPT2, gpt2
from pycore.data.tokenizers.wordpiece import wordpiece
from pycore.figures.tokenizers._boxed import boxed
from pycore.figures.tokenizers._pieces import SIGNS, shown
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_box
from pycore.live.markup import Child, Markup, tag
from pycore.live.readout import fold, honest, readings
from pycore.tokenizers.unigram import (
    UNKNOWN,
    Step,
    best_path,
    best_path_through,
    best_steps,
    count_paths,
    split_words,
)
from pycore.tokenizers.wordpiece import WordPieceTokenizer

LONGEST = 120  # characters of the text
WORDS = 10  # words that are offered for the lattice
LETTERS = 20  # of a word, that the lattice has room for
TEXTS = {
    "lighthouse": "The unhappiest lighthouse-keeper",
    "cafe": "Naïve cafés, unaffordable!",
    "symbols": "I ♥ 北京 🙂",
}


@dataclass(frozen=True)
class ThreeWaysState:
    """The text, which of its words is looked at, and the piece that its path must take, as its two edges."""

    text: str = TEXTS["lighthouse"]
    word: int = 1
    start: int = 0
    end: int = 0


class ThreeWays(Figure[ThreeWaysState]):
    """Type a text and see three tokenizers cut it."""

    State = ThreeWaysState
    data = (GPT2, bert.FILE, pieces.FILE)
    code = (WordPieceTokenizer.tokenize, best_steps)

    def check(self, state: ThreeWaysState) -> None:
        """Refuse a text that cannot be cut, a word that is not there, and a piece that it does not hold."""
        expect.fits(state.text, LONGEST)
        expect.between("a word", state.word, max(len(offered(state.text)) - 1, 0))
        if (state.start, state.end) != (0, 0) and _forced(state) is None:
            raise ValueError(f"expected the edges of a piece; found {state.start} and {state.end}")

    @event
    def type_text(self, text: str) -> None:
        """Take what is typed."""
        self.change(text=text, word=0, start=0, end=0)

    @event
    def take(self, key: str) -> None:
        """Take one of the texts that are offered."""
        expect.one_of("text", key, TEXTS)
        self.change(text=TEXTS[key], word=1, start=0, end=0)

    @event
    def pick_word(self, place: str) -> None:
        """Look at a word."""
        self.change(word=place, start=0, end=0)

    @event
    def pick_piece(self, edges: str) -> None:
        """Make the path take a piece, given by its two edges; or no longer, when it is pressed again."""
        start, _, end = edges.partition(" ")
        s = self.state
        again = edges == f"{s.start} {s.end}"
        self.change(start=0 if again else start, end=0 if again else end)

    def view(self) -> Parts:
        """Draw the box, two ways to cut what is in it, and the third, folded away."""
        s = self.state
        chips = [chip(text, "take", key, f"take-{key}", s.text == text) for key, text in TEXTS.items()]
        return {
            "controls": tag(
                "div",
                group("Texts to try", *chips),
                text_box(
                    "or your own", "type_text", "text", s.text, within=self.id, most=LONGEST, dir="auto"
                ),
            ),
            "stage": tag("div", _by_bytes(s.text), _by_words(s.text), class_="ways"),
            "third": fold("The third way: unigram, and all the ways to cut a word", _by_paths(s)),
        }


# ---------------------------------------------------------------- what is computed


@functools.lru_cache(maxsize=64)
def offered(text: str) -> tuple[str, ...]:
    """Words of a text that the lattice is drawn for: the first ones, and of each its first letters."""
    return tuple(word[:LETTERS] for word in split_words(text)[:WORDS])


@functools.lru_cache(maxsize=64)
def lattice(word: str) -> tuple[Step, ...]:
    """All steps through a word."""
    return tuple(unigram().lattice(word))


def _forced(s: ThreeWaysState) -> Step | None:
    """The piece that the path must take, if the reader has pressed one."""
    words = offered(s.text)
    steps = lattice(words[s.word]) if words else ()
    return next((step for step in steps if (step.start, step.end) == (s.start, s.end)), None)


def joined_again(found: list[str]) -> str:
    """Join the tokens of WordPiece, as far as they can tell: words with a space between them."""
    return " ".join(found).replace(" ##", "")


def lanes(steps: tuple[Step, ...]) -> list[tuple[Step, int]]:
    """Put steps into rows, from 1, where none covers another: the shortest first, each in the first free."""
    placed: list[tuple[Step, int]] = []
    by_size = sorted(steps, key=lambda step: (step.end - step.start, step.start))
    taken: list[list[Step]] = []
    for step in by_size:
        for row in taken:
            if all(step.end <= other.start or step.start >= other.end for other in row):
                break
        else:
            row = []
            taken.append(row)
        row.append(step)
        placed.append((step, taken.index(row) + 1))
    return placed


# ---------------------------------------------------------------- what is drawn


def _way(name: str, about: str, cut: Markup, rows: list[tuple[Child, str, str]]) -> Markup:
    return tag("section", tag("p", tag("b", name), " ", about, class_="label"), cut, readings(rows))


def _plain(text: str) -> Markup:
    """Write what comes back: spaces as they are, all else that cannot be seen as signs."""
    return tag("bdi", shown(text).replace(SIGNS[" "], " "))


def _by_bytes(text: str) -> Markup:
    ids = gpt2().encode(text)
    return _way(
        "Byte-level BPE",
        f"GPT-2’s list of {len(gpt2().vocabulary):,}",
        boxed([(gpt2().vocabulary[id_], id_) for id_ in ids]),
        [
            ("tokens", "bpe-count", str(len(ids))),
            ("joined again", "bpe-back", _plain(gpt2().decode(ids))),
        ],
    )


def _by_words(text: str) -> Markup:
    found = wordpiece().tokenize(text)
    ids = [wordpiece().ids[token] for token in found]
    unknown = {place for place, id_ in enumerate(ids) if id_ == wordpiece().ids["[UNK]"]}
    return _way(
        "WordPiece",
        f"BERT’s list of {len(wordpiece().vocabulary):,}",
        boxed([(token.encode(), id_) for token, id_ in zip(found, ids, strict=True)], unknown),
        [
            ("tokens", "wordpiece-count", str(len(found))),
            ("joined again", "wordpiece-back", _plain(joined_again(found))),
        ],
    )


def _by_paths(s: ThreeWaysState) -> Markup:
    found, ids = unigram().tokenize(s.text), unigram().encode(s.text)
    unknown = {place for place, id_ in enumerate(ids) if id_ == UNKNOWN}
    words = offered(s.text)
    whole_text = _way(
        "Unigram",
        f"our list of {len(unigram().scores):,}",
        boxed([(piece.encode(), id_ or None) for piece, id_ in zip(found, ids, strict=True)], unknown),
        [
            ("tokens", "unigram-count", str(len(found))),
            ("joined again", "unigram-back", _plain(unigram().decode(ids))),
        ],
    )
    if not words:
        return tag("div", whole_text)
    choices = [
        chip(shown(word), "pick_word", str(i), f"word-{i}", i == s.word) for i, word in enumerate(words)
    ]
    return tag(
        "div",
        whole_text,
        group("The word to look at", *choices),
        _lattice(s, words[s.word]),
        honest(
            "The three lists differ in size and in what they were learned from, so the counts compare these "
            "tokenizers, not the algorithms. A cost is minus the natural logarithm of a probability. What no "
            "piece holds costs 10 more than the dearest piece. “▁” is the space before the word; of a long "
            f"word the first {LETTERS} characters are drawn."
        ),
    )


def _lattice(s: ThreeWaysState, word: str) -> Markup:
    steps, forced = lattice(word), _forced(s)
    best = best_path(steps, len(word))
    path = best_path_through(steps, len(word), forced) if forced else best
    least, cost = _cost(best), _cost(path)
    placed = lanes(steps)
    bars = [_bar(word, step, row, step in path, step == forced) for step, row in placed]
    letters = [tag("b", shown(letter), style=f"--at:{i + 1}") for i, letter in enumerate(word)]
    ways = [
        tag("i", f"{-score:.1f}", style=f"--at:{i + 1}")
        for i, (score, _) in enumerate(best_steps(steps, len(word))[1:])
    ]
    rows = max(row for _, row in placed)
    grid = tag(
        "div",
        letters,
        bars,
        ways,
        class_="lattice",
        style=f"--n:{len(word)};--rows:{rows}",
        data_group="both",
    )
    dearer = (
        "the best of all"
        if cost - least < 5e-3
        else f"{_times(math.exp(cost - least))} less probable than the best"
    )
    return tag(
        "div",
        tag(
            "div",
            grid,
            class_="slide-box",
            tabindex="0",
            role="group",
            aria_label=f"Pieces of {shown(word)}",
        ),
        tag("p", "in the last row: the least cost of a way to there", class_="label"),
        readings(
            [
                ("ways to cut it", "paths", f"{count_paths(steps, len(word)):,}"),
                ("this one", "path", " ".join(shown(word[step.start : step.end]) for step in path)),
                ("its cost", "cost", f"{cost:.2f}"),
                ("which is", "verdict", dearer),
            ]
        ),
    )


def _bar(word: str, step: Step, row: int, on: bool, forced: bool) -> Markup:
    piece = shown(word[step.start : step.end])
    kind = " ".join(name for name, is_so in (("on", on), ("unknown", step.id == UNKNOWN)) if is_so)
    return button(
        tag("span", piece),
        tag("small", f"{-step.score:.1f}"),
        event="pick_piece",
        arg=f"{step.start} {step.end}",
        control=f"piece-{step.start}-{step.end}",
        pressed=forced,
        class_=kind or None,
        style=f"--at:{step.start + 1};--span:{step.end - step.start};--row:{row + 1}",
        aria_label=f"{piece}, cost {-step.score:.2f}{', on the path' if on else ''}",
    )


def _cost(path: list[Step]) -> float:
    return -math.fsum(step.score for step in path)


def _times(factor: float) -> str:
    """Say how many times, in a few digits."""
    if factor < 10:
        return f"{factor:.1f} times"
    return f"{factor:,.0f} times" if factor < 1e6 else f"10^{math.log10(factor):.0f} times"
