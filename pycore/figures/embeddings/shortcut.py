"""FIG.05A: dot product, cosine and distance rank alike on unit vectors, and not on vectors as they come.

Everything is ranked in float64 and by brute force, so that no rank hangs on a rounded digit.
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.rank_correlation import spearman
from pycore.embeddings.similarity import euclidean, normalize, top_k
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live import expect
from pycore.live.controls import choice, group
from pycore.live.figure import Parts, event
from pycore.live.labels import Box, crossings
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.plot import Axis, Plot, line
from pycore.live.readout import fold, headline, readings

FIVE = 5
LETTER, LINE = 12.8, 18.0  # room of a name in the chart where its letters are largest, on a phone
WORDS = ("love", "kitten", "the", "likewise")
LONGEST = 10.5  # at the right edge of a bar, at the upper edge of the chart

TENS = tuple((10**i, f"{10**i:,}") for i in range(5))
PLOT = Plot(
    560,
    270,
    Axis(1, 10_019, 42, 544, TENS, log=True),  # rank of frequency
    Axis(2, LONGEST, 226, 14, tuple((length, str(length)) for length in (2, 4, 6, 8, 10))),
)
MEASURES = {"dot": "dot product", "cosine": "cosine", "distance": "distance"}
KINDS = {"raw": "as they come", "unit": "scaled to length one"}
EDGES = (0, 10, 30, 100, 300, 1_000, 3_000, 6_000, 10_019)  # ranks that bound the groups


@dataclass(frozen=True)
class ShortcutState:
    """The word, and whether vectors are scaled to length one."""

    word: str = "love"
    typed: str = ""
    unit: bool = False


class Shortcut(TakesOneWord[ShortcutState]):
    """Scale all vectors to length one, and three rankings become one."""

    State = ShortcutState
    data = ("embeddings/glove-100d.npz",)
    code = (normalize, top_k, euclidean)

    @event
    def scale(self, kind: str) -> None:
        """Take the vectors "raw", or scaled to length one ("unit")."""
        expect.one_of("vectors", kind, KINDS)
        self.state = replace(self.state, unit=kind == "unit")

    def view(self) -> Parts:
        """Draw the controls, the three rankings, what they share, and all lengths."""
        s = self.state
        scene = _scene(s.word, s.unit)
        return {
            "controls": self._controls(),
            "stage": _stage(scene, s),
            "readout": _readout(scene, s),
            "lengths": _chart(s.word, scene),
        }

    def _controls(self) -> Markup:
        kind = "unit" if self.state.unit else "raw"
        return tag(
            "div",
            group("The vectors", choice("scale", KINDS, kind)),
            self.box("nearest to", WORDS),
        )


# ---------------------------------------------------------------- the numbers


class Scene(NamedTuple):
    """Nearest five of a word by each measure: rows of the table, and what the measure says of each."""

    dot: list[tuple[int, float]]
    cosine: list[tuple[int, float]]
    distance: list[tuple[int, float]]

    def ids(self, measure: str) -> list[int]:
        """Rows of one ranking."""
        return [i for i, _ in getattr(self, measure)]

    def shared(self, measure: str) -> int:
        """How many words a ranking shares with that of the cosine."""
        return len(set(self.ids(measure)) & set(self.ids("cosine")))

    @property
    def same(self) -> bool:
        """Whether all three rankings hold the same words in the same order."""
        return self.ids("dot") == self.ids("cosine") == self.ids("distance")


@functools.cache
def _rows(unit: bool) -> Floats:
    """All word vectors in float64, as they come or scaled to length one."""
    return word_directions() if unit else word_vectors().matrix.astype(np.float64)


@functools.cache
def _lengths() -> Floats:
    """Length of each word's vector."""
    return np.asarray(np.linalg.norm(_rows(False), axis=1))


@functools.cache
def correlation() -> float:
    """Rank correlation of rank of frequency and length."""
    return spearman(np.arange(len(word_vectors())), _lengths())


@functools.lru_cache(maxsize=16)
def _scene(word: str, unit: bool) -> Scene:
    i = word_vectors().id(word)
    rows, directions = _rows(unit), _rows(True)
    apart = np.linalg.norm(rows - rows[i], axis=1)
    near = [j for j in np.argsort(apart, kind="stable")[: FIVE + 1].tolist() if j != i][:FIVE]
    return Scene(
        _best(rows, i),
        _best(directions, i),
        [(j, euclidean(rows[i], rows[j])) for j in near],
    )


def _best(rows: Floats, i: int) -> list[tuple[int, float]]:
    """Rows with the largest dot products with row i, itself left out."""
    found = top_k(rows, rows[i], FIVE, exclude=[i])
    return [*zip(found.ids.tolist(), found.scores.tolist(), strict=True)]


@functools.cache
def _groups() -> list[tuple[float, float, float]]:
    """Length below which a tenth, a half and nine tenths of each group lie, most frequent words first."""
    groups = (_lengths()[a:b] for a, b in itertools.pairwise(EDGES))
    return [tuple(np.quantile(group, (0.1, 0.5, 0.9)).tolist()) for group in groups]


# ---------------------------------------------------------------- what is drawn


def _stage(scene: Scene, s: ShortcutState) -> Markup:
    return tag(
        "div",
        tag("div", (_column(scene, key, label, s.unit) for key, label in MEASURES.items()), class_="columns"),
        tag("p", "Bar: length of the word’s vector. Grey: not among the cosine’s five.", class_="label key"),
    )


def _column(scene: Scene, key: str, label: str, unit: bool) -> Markup:
    """Draw one ranking; a word that the cosine does not have among its five is marked."""
    words, known = word_vectors().words, scene.ids("cosine")
    rows = (
        tag(
            "li",
            tag("b", words[i], data_out=f"{key}-{place}"),
            tag("span", _value(key, value), class_="value", data_out=f"{key}-{place}-value"),
            tag("i", class_="bar"),
            class_=None if i in known else "other",
            style=f"--c:{_share(1.0 if unit else float(_lengths()[i]))}%",
        )
        for place, (i, value) in enumerate(getattr(scene, key), 1)
    )
    order = "smallest" if key == "distance" else "largest"
    return tag("div", tag("h4", f"{order} ", tag("span", label)), tag("ol", rows))


def _value(key: str, value: float) -> str:
    """Write what a measure says: a distance has no sign."""
    return f"{value:.2f}" if key == "distance" else signed(value)


def _share(length: float) -> str:
    return number(100 * length / LONGEST, 1)


def _readout(scene: Scene, s: ShortcutState) -> Markup:
    length = 1.0 if s.unit else float(_lengths()[word_vectors().id(s.word)])
    if scene.same:
        verdict = "All three lists are the same, in the same order."
    else:
        verdict = (
            f"With the cosine’s five, the dot product shares {scene.shared('dot')}, "
            f"the distance {scene.shared('distance')}."
        )
    means = (
        (label, f"{key}-mean", f"{1.0 if s.unit else float(_lengths()[scene.ids(key)].mean()):.2f}")
        for key, label in MEASURES.items()
    )
    return tag(
        "div",
        headline(f"length of “{s.word}”", f"{length:.2f}", "length", verdict),
        fold(
            "More numbers",
            tag("p", "mean length of the five", class_="label"),
            readings(means),
            _identity(scene, s),
        ),
    )


def _identity(scene: Scene, s: ShortcutState) -> Markup:
    """Check ‖a − b‖² = 2 − 2 cos on the nearest word."""
    words = word_vectors().words
    i, cosine = scene.cosine[0]
    a, b = (_rows(s.unit)[j] for j in (word_vectors().id(s.word), i))
    squared = euclidean(a, b) ** 2
    return tag(
        "div",
        tag("p", f"{s.word}, {words[i]}", class_="label"),
        readings(
            [
                ("distance²", "squared", f"{squared:.3f}"),
                ("2 − 2 cos", "two-less", f"{2 - 2 * cosine:.3f}"),
            ]
        ),
    )


def _chart(word: str, scene: Scene) -> Markup:
    """Draw length by frequency: all words as a band and a line, the word and its five as dots."""
    vectors, lengths = word_vectors(), _lengths()
    i = vectors.id(word)
    x, y = PLOT.x(i + 1), PLOT.y(float(lengths[i]))
    near = scene.ids("cosine")
    places = PLOT.places([j + 1 for j in near], lengths[near].tolist())
    five = (tag("circle", cx=cx, cy=cy, r=5) for cx, cy in places)
    name = _name_room(word, x, y, places)
    first, last = (_groups()[g][1] for g in (0, -1))
    shown = (
        f"Length by rank of frequency. The median falls from {first:.1f} for the ten most frequent words to "
        f"{last:.1f} for the rarest four thousand. {word}: rank {i + 1:,}, length {lengths[i]:.2f}."
    )
    return fold(
        "How long are vectors?",
        tag("p", "length of the vector, by rank of frequency: median and middle 80 %", class_="label"),
        PLOT.draw(
            shown,
            _all_lengths(),
            tag("g", five, class_="five"),
            tag("circle", class_="own", cx=x, cy=y, r=7),
            tag(
                "text",
                word,
                class_="name",
                x=(name.left + name.right) / 2,
                y=name.top + LINE / 2 + 5,
                text_anchor="middle",
            ),
        ),
        tag(
            "p",
            "Rarer words are a little shorter, but only a little: the rank correlation of rank and length",
            " is ",
            tag("b", signed(correlation()), data_out="rho"),
            ", and among words of one frequency lengths differ more than that. None of this lesson’s 10,019 "
            "words is rare. Dots: the word, and the cosine’s five.",
            class_="honest",
        ),
    )


def _name_room(word: str, x: float, y: float, dots: list[tuple[float, float]]) -> Box:
    """Find room for the word's name near its dot, where it covers the fewest of the five."""
    wide = LETTER * len(word)
    taken = [Box.around(*dot, 14, 14) for dot in dots]
    tries = [
        Box.around(min(max(x + dx, 44 + wide / 2), PLOT.width - wide / 2), y + dy, wide, LINE)
        for dy in (-20, 20, -36, 36, -52, 52)
        for dx in (0, wide / 2, -wide / 2)
    ]
    return min(
        (box for box in tries if box.top >= 0 and box.bottom <= PLOT.y.start),
        key=lambda box: crossings(box, taken),
    )


@functools.cache
def _all_lengths() -> Markup:
    """Draw what stays: the band and the median."""
    # A group stands at the middle of its ranks, as the scale has it; the outer two reach the edges.
    middles = [math.sqrt(max(a, 1) * b) for a, b in itertools.pairwise(EDGES)]
    middles[0], middles[-1] = 1, EDGES[-1]
    low, middle, high = (PLOT.places(middles, ys) for ys in zip(*_groups(), strict=True))
    return tag(
        "g",
        tag("path", class_="band", d=line([*high, *reversed(low)]) + "z"),
        tag("path", class_="median", d=line(middle)),
    )
