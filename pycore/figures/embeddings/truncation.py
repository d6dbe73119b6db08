"""FIG.07A: vectors cut to their first d numbers, as they stand and after a turn that sorts the numbers.

The turn is by the axes of a PCA and does not move the origin, so in all 100 dimensions every cosine stays as
it is. After each cut the vectors are scaled back to length one. The pairs of words and their groups are ours.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.embeddings import word_vectors
from pycore.embeddings.contrastive import truncate
from pycore.embeddings.projection import pca
from pycore.embeddings.rank_correlation import spearman
from pycore.embeddings.similarity import top_k
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live.figure import Parts
from pycore.live.markup import Markup, tag
from pycore.live.plot import Axis, Plot
from pycore.live.readout import headline, honest, legend, nearest_words, readings, titled
from pycore.live.settings import chips, slide

FULL = 100
CUTS = range(10, FULL + 1, 10)
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
KINDS = {False: "as they stand", True: "turned by PCA"}


@dataclass(frozen=True)
class TruncationState:
    """How many numbers are kept, whether the space is turned first, and whose neighbours are shown."""

    d: int = 30
    turned: bool = False
    word: str = "violin"
    typed: str = ""


class Truncation(TakesOneWord[TruncationState]):
    """Move the cut and watch what is left of the neighbourhoods."""

    State = TruncationState
    data = ("embeddings/glove-100d.npz",)
    code = (truncate, pca, spearman)
    settings = {"d": CUTS, "turned": (False, True)}

    def view(self) -> Parts:
        """Draw controls, both curves, numbers, and the neighbours of one word."""
        s = self.state
        spoken = f"{s.d} of {FULL} numbers, {4 * s.d} bytes as float32"
        return {
            "controls": tag(
                "div",
                slide(
                    self,
                    "d",
                    "numbers kept,",
                    f"d = {s.d}",
                    name="Numbers kept of each vector",
                    spoken=spoken,
                ),
                chips(self, "turned", KINDS, "Which numbers come first", control=("plain", "turned")),
                class_="row",
            ),
            "stage": tag(
                "div",
                legend({"": KINDS[False], "turned": KINDS[True]}, "across: bytes a vector"),
                titled(
                    _chart(s, "Kept of the ten nearest", kept, NEAREST),
                    _chart(s, "Rank correlation with our 30 pairs", score, 1),
                ),
            ),
            "readout": _readout(s),
            "box": self.box("Neighbours of"),
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


def _chart(
    s: TruncationState, title: str, measure: Callable[[int, bool], float], top: int
) -> tuple[str, Markup]:
    """Draw a measure for each cut, as the vectors stand and turned, and mark the cut that is chosen."""
    heights = tuple((top / 2 * i, f"{top / 2 * i:g}") for i in range(3))
    plot = Plot(320, 240, Axis(0, FULL, 34, 304), Axis(0, top, 196, 12, heights))
    now = {kind: measure(s.d, kind) for kind in KINDS}
    said = ", ".join(f"{now[kind]:.2f} {name}" for kind, name in KINDS.items())
    cuts = (25, 50, 75, 100)
    rows = (("float32", 213, [4 * d for d in cuts]), ("int8", 229, [d + SCALE_BYTES for d in cuts]))
    return title, plot.draw(
        f"{title}, against bytes a vector, rising to the right. At d = {s.d}: {said}.",
        (tag("text", name, x=4, y=y) for name, y, _ in rows),
        (
            tag("text", size, x=plot.x(d), y=y, text_anchor="middle")
            for _, y, sizes in rows
            for d, size in zip(cuts, sizes, strict=True)
        ),
        plot.upright(s.d),
        plot.curve(CUTS, [measure(d, False) for d in CUTS]),
        plot.curve(CUTS, [measure(d, True) for d in CUTS], "curve turned"),
        plot.points([s.d], [now[not s.turned]], "other", r=3.5),
        plot.points([s.d], [now[s.turned]], "here", r=6),
    )


def _readout(s: TruncationState) -> Markup:
    rows = (
        ("rank correlation", "score", f"{score(s.d, s.turned):.2f}"),
        ("perfect order", "score-best", f"{best_score():.2f}"),
        ("bytes, float32", "float32", f"{4 * s.d}"),
        ("bytes, int8", "int8", f"{s.d + SCALE_BYTES}"),
        ("a million, float32", "million", f"{4 * s.d} MB"),
    )
    told = f"{KINDS[s.turned]}: the average of {len(QUERIES)} words, among {FREQUENT:,}"
    share = f"{kept(s.d, s.turned):.1f}"
    return tag("div", headline("kept of the ten nearest", share, "kept", told), readings(rows))


def _lists(s: TruncationState) -> Markup:
    words = word_vectors().words
    now, full = (
        [(words[i], cosine) for i, cosine in neighbours(s.word, d, turned)]
        for d, turned in ((s.d, s.turned), (FULL, False))
    )
    both = dict(now).keys() & dict(full).keys()
    return tag(
        "div",
        titled(
            (f"d = {s.d}, {KINDS[s.turned]}", nearest_words(now, "now-{}", kept=both)),
            ("all 100 numbers", nearest_words(full, "full-{}", kept=both)),
        ),
        honest(
            "✓ marks words in both lists: ",
            tag("b", f"{len(both)} of {NEAREST}", data_out="kept-here"),
            ". The cosines give no warning: on average they are higher with 10 numbers than with 100. The "
            f"averages are over {len(QUERIES)} words and seek among the {FREQUENT:,} most frequent. These "
            "words and the 30 pairs (ten alike, ten from one scene, ten unrelated) were picked by us, by "
            "hand, and are too few for fine differences.",
        ),
    )
