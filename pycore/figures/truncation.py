"""FIG.07A: vectors cut to their first d numbers, as they stand and after a turn that sorts the numbers.

The turn is by the axes of a PCA and does not move the origin, so in all 100 dimensions every cosine stays as
it is. After each cut the vectors are scaled back to length one. The pairs of words and their groups are ours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.contrastive import truncate
from pycore.data import word_vectors
from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.words import TakesWords, accept, word_box
from pycore.projection import pca
from pycore.rank_correlation import spearman
from pycore.similarity import top_k

Floats = NDArray[np.float64]

FULL = 100
CUTS = tuple(range(10, FULL + 1, 10))
NEAREST = 10
FREQUENT = 5_000  # the averages search these words only: twenty cuts of all would keep a phone busy
SCALE_BYTES = 2  # an int8 row keeps one float16 beside its numbers
QUERIES = tuple(
    """
    dog music doctor river money school computer red king france football summer milk war engine happy
    television judge mountain baby science winter ship market poetry hospital train song moon tax
    """.split()
)
# Ten pairs in each group: very alike, met in the same scenes, nothing to do with each other.
PAIRS = (
    "big large, begin start, shop store, sea ocean, doctor physician, quick fast, car automobile, "
    "street road, rich wealthy, film movie",
    "teacher school, ship harbor, winter snow, judge court, guitar concert, farmer field, key door, "
    "bread kitchen, cloud rain, engine train",
    "apple treaty, piano tax, lawyer cloud, galaxy shoe, butter election, mountain grammar, carpet oxygen, "
    "tiger budget, lemon parliament, cheese army",
)
NAMES = {False: "as they stand", True: "turned by PCA"}
WIDTH, HEIGHT = 320, 240
LEFT, TOP, RIGHT, BOTTOM = 34.0, 12.0, 304.0, 196.0


@dataclass(frozen=True)
class TruncationState:
    """How many numbers are kept, whether the space is turned first, and whose neighbours are shown."""

    d: int = 30
    turned: bool = False
    word: str = "violin"
    typed: str = ""


class Truncation(TakesWords, Figure[TruncationState]):
    """Move the cut and watch what is left of the neighbourhoods."""

    State = TruncationState
    data = ("glove-100d.npz",)
    code = (truncate, pca, spearman)

    def check(self, state: TruncationState) -> None:
        """Refuse cuts that the slider does not have, and words that the vocabulary lacks."""
        if state.d not in CUTS:
            raise ValueError(f"expected d to be one of {', '.join(map(str, CUTS))}; found {state.d}")
        word_vectors().id(state.word)

    @event
    def cut(self, d: str) -> None:
        """Keep the first d numbers."""
        self.state = self.parse({"d": d}, base=self.state)

    @event
    def turn(self, kind: str) -> None:
        """Cut the numbers "plain", as they stand, or "turned"."""
        if kind not in ("plain", "turned"):
            raise ValueError(f'expected "plain" or "turned"; found "{kind}"')
        self.state = replace(self.state, turned=kind == "turned")

    @event
    def type_word(self, key: str, text: str) -> None:
        """Take what is typed; a known word comes into force at once."""
        if key != "word":
            raise ValueError(f'expected box "word"; found "{key}"')
        shown, word = accept(word_vectors(), text)
        self.state = replace(self.state, typed=shown, word=word or self.state.word)

    def view(self) -> Parts:
        """Draw controls, both curves, numbers, and the neighbours of one word."""
        s = self.state
        return {
            "controls": _controls(s),
            "stage": _stage(s),
            "readout": _readout(s),
            "box": word_box(word_vectors(), "word", "Neighbours of", s.word, s.typed or s.word),
            "lists": _lists(s),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def space(turned: bool) -> Floats:
    """Return all vectors, as they stand or turned, [V, 100]."""
    matrix = word_vectors().matrix.astype(np.float64)
    # Only the axes are used, not the mean: to move the origin would change every cosine.
    return np.asarray(matrix @ pca(matrix, FULL)[0].axes.T) if turned else matrix


@functools.lru_cache(maxsize=4)
def cut_space(d: int, turned: bool) -> Floats:
    """Return all vectors cut to d numbers, of length one, [V, d]."""
    return np.asarray(truncate(space(turned), d))


@functools.lru_cache(maxsize=256)
def neighbours(word: str, d: int, turned: bool) -> tuple[tuple[int, float], ...]:
    """Find the ten words nearest to a word after the cut, with their cosines."""
    unit, i = cut_space(d, turned), word_vectors().id(word)
    found = top_k(unit, unit[i], NEAREST, exclude=[i])
    return tuple(zip(found.ids.tolist(), found.scores.tolist(), strict=True))


@functools.cache
def nearest_of_all(d: int, turned: bool) -> NDArray[np.intp]:
    """Find the ten frequent words nearest to each query word after the cut, [30, 10]."""
    rows = [word_vectors().id(word) for word in QUERIES]
    unit = truncate(space(turned)[:FREQUENT], d)
    found = top_k(unit, unit[rows], NEAREST + 1).ids
    # Each word is its own nearest neighbour, and comes first.
    return np.array([[j for j in ids if j != i][:NEAREST] for i, ids in zip(rows, found, strict=True)])


@functools.cache
def kept(d: int, turned: bool) -> float:
    """Average, over the query words, how many of the ten nearest in the full space the cut one keeps."""
    now, full = nearest_of_all(d, turned), nearest_of_all(FULL, False)
    return float((now[:, :, np.newaxis] == full[:, np.newaxis]).sum() / len(QUERIES))


@functools.cache
def pairs() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the ids of our pairs of words, [30, 2], and how close we rate them, from 3 to 1, [30]."""
    groups = [[pair.split() for pair in group.split(", ")] for group in PAIRS]
    ids = [[word_vectors().id(word) for word in pair] for group in groups for pair in group]
    return np.array(ids), np.repeat([3, 2, 1], [len(group) for group in groups])


@functools.cache
def score(d: int, turned: bool) -> float:
    """Rank correlation of our rating of the pairs with their cosines after the cut."""
    ids, closeness = pairs()
    unit = truncate(space(turned)[ids], d)
    return spearman(closeness, np.sum(unit[:, 0] * unit[:, 1], axis=1))


@functools.cache
def best_score() -> float:
    """Rank correlation of cosines in perfect order: below 1, since our rating has only three steps."""
    closeness = pairs()[1]
    return spearman(closeness, np.arange(len(closeness), 0, -1))


# ---------------------------------------------------------------- what is drawn


def _controls(s: TruncationState) -> Markup:
    kinds = ((False, "plain"), (True, "turned"))
    return tag(
        "div",
        tag(
            "label",
            tag("span", "numbers kept, ", tag("b", f"d = {s.d}", data_out="d"), class_="label"),
            tag(
                "input",
                type="range",
                min=CUTS[0],
                max=FULL,
                step=CUTS[1] - CUTS[0],
                value=s.d,
                data_control="d",
                data_on_input="cut",
                aria_label="Numbers kept of each vector",
                aria_valuetext=f"{s.d} of {FULL} numbers, {4 * s.d} bytes as float32",
            ),
            class_="slider",
        ),
        tag(
            "div",
            (chip(NAMES[kind], "turn", name, name, s.turned == kind) for kind, name in kinds),
            class_="chips",
            role="group",
            aria_label="Which numbers come first",
        ),
    )


def _stage(s: TruncationState) -> Markup:
    return tag(
        "div",
        tag(
            "p",
            (tag("span", tag("i", class_="turned" if kind else None), NAMES[kind]) for kind in (False, True)),
            tag("span", "across: bytes a vector"),
            class_="legend",
        ),
        tag(
            "div",
            _chart(s, "Kept of the ten nearest", kept, NEAREST),
            _chart(s, "Rank correlation with our 30 pairs", score, 1),
            class_="charts",
        ),
    )


def _x(d: int) -> float:
    return LEFT + (RIGHT - LEFT) * d / FULL


def _y(share: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * share


def _chart(s: TruncationState, title: str, measure: Callable[[int, bool], float], top: int) -> Markup:
    """Draw a measure for each cut, as the vectors stand and turned, and mark the cut that is chosen."""
    places = {kind: [(_x(d), _y(measure(d, kind) / top)) for d in CUTS] for kind in (False, True)}
    here, other = (places[kind][CUTS.index(s.d)] for kind in (s.turned, not s.turned))
    said = ", ".join(f"{measure(s.d, kind):.2f} {NAMES[kind]}" for kind in (False, True))
    return tag(
        "div",
        tag("p", title, class_="label"),
        tag(
            "svg",
            _axes(top),
            tag("path", class_="cut", d=f"M{number(here[0])} {number(TOP)}V{number(BOTTOM)}"),
            (
                tag(
                    "path",
                    class_="curve turned" if kind else "curve",
                    d="M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in line),
                )
                for kind, line in places.items()
            ),
            tag("circle", class_="other", cx=other[0], cy=other[1], r=3.5),
            tag("circle", class_="here", cx=here[0], cy=here[1], r=6),
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            aria_label=f"{title}, against bytes a vector, rising to the right. At d = {s.d}: {said}.",
        ),
    )


@functools.cache
def _axes(top: int) -> Markup:
    """Draw the axes of a chart: its measure from 0 to `top`, and bytes in both number formats."""
    heights = [(f"{top / 2 * i:g}", _y(i / 2)) for i in range(3)]
    cuts = (25, 50, 75, 100)
    rows = (("float32", 17, [4 * d for d in cuts]), ("int8", 33, [d + SCALE_BYTES for d in cuts]))
    lines = "".join(f"M{number(LEFT)} {number(y)}H{number(RIGHT)}" for _, y in heights)
    return tag(
        "g",
        tag("path", class_="lines", d=lines),
        (tag("text", text, x=LEFT - 7, y=y + 4, text_anchor="end") for text, y in heights),
        (
            (
                tag("text", name, x=4, y=BOTTOM + below),
                (
                    tag("text", size, x=_x(d), y=BOTTOM + below, text_anchor="middle")
                    for d, size in zip(cuts, sizes, strict=True)
                ),
            )
            for name, below, sizes in rows
        ),
        aria_hidden="true",
    )


def _readout(s: TruncationState) -> Markup:
    rows = (
        ("rank correlation", "score", f"{score(s.d, s.turned):.2f}"),
        ("perfect order", "score-best", f"{best_score():.2f}"),
        ("bytes, float32", "float32", f"{4 * s.d}"),
        ("bytes, int8", "int8", f"{s.d + SCALE_BYTES}"),
        ("a million, float32", "million", f"{4 * s.d} MB"),
    )
    return tag(
        "div",
        tag("p", "kept of the ten nearest", class_="label"),
        tag("p", f"{kept(s.d, s.turned):.1f}", class_="big", data_out="kept"),
        tag(
            "p",
            f"{NAMES[s.turned]}: the average of {len(QUERIES)} words, among {FREQUENT:,}",
            class_="verdict",
        ),
        tag("dl", ((tag("dt", label), tag("dd", text, data_out=name)) for label, name, text in rows)),
    )


def _lists(s: TruncationState) -> Markup:
    now, full = neighbours(s.word, s.d, s.turned), neighbours(s.word, FULL, False)
    both = {i for i, _ in now} & {i for i, _ in full}
    return tag(
        "div",
        tag(
            "div",
            _list(f"d = {s.d}, {NAMES[s.turned]}", "now", now, both),
            _list("all 100 numbers", "full", full, both),
            class_="columns",
        ),
        tag(
            "p",
            "✓ marks words in both lists: ",
            tag("b", f"{len(both)} of {NEAREST}", data_out="kept-here"),
            ". The cosines give no warning: on average they are higher with 10 numbers than with 100. The "
            f"averages are over {len(QUERIES)} words and seek among the {FREQUENT:,} most frequent. These "
            "words and the 30 pairs (ten alike, ten from one scene, ten unrelated) were picked by us, by "
            "hand, and are too few for fine differences.",
            class_="honest",
        ),
    )


def _list(title: str, name: str, found: tuple[tuple[int, float], ...], both: set[int]) -> Markup:
    words = word_vectors().words
    rows = (
        tag(
            "li",
            tag("span", words[i], data_out=f"{name}-{place}"),
            tag("span", signed(cosine), class_="value"),
            class_="kept" if i in both else None,
        )
        for place, (i, cosine) in enumerate(found, 1)
    )
    return tag("div", tag("p", title, class_="label"), tag("ol", rows, class_="nearest"))
