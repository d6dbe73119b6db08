"""FIG.07B: an index in which some vectors come from another model, and the search that does not notice.

Both models are skip-gram on the same text with the same settings, and differ only in the random seed. Which
words have been re-embedded is scattered over the vocabulary. Right answers are those of an index that holds
only vectors of the model that embeds the query.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.embeddings import two_spaces
from pycore.embeddings.alignment import procrustes
from pycore.embeddings.similarity import cosine, normalize, top_k
from pycore.embeddings.vectors import WordVectors
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live.figure import Parts
from pycore.live.markup import Markup, signed, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, honest, legend, readings, titled
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide, toggle

Answers = tuple[tuple[int, float], ...]  # row and cosine, best first

SHARES = range(0, 101, 10)  # percent
MODELS = {"old": "query: old model", "new": "query: new model"}
NEAREST = 10
KNOWN = 400  # the most frequent words, from which the rotation is learned
EVERY = 14  # each so-manieth word is a query for the averages: 100 of 1,400
STRIDE = 617  # shares no factor with 1,400, so its multiples visit every word
PLOT = Plot.of(
    Scale(0, 100),
    Scale(0, NEAREST),
    x_ticks=tuple((share, f"{share} %") for share in (0, 50, 100)),
    height=200,
)


@dataclass(frozen=True)
class MixedIndexState:
    """The query, the model that embeds it, the share of new vectors, and whether these are rotated."""

    word: str = "ship"
    typed: str = ""
    share: int = 50
    query: str = "old"
    aligned: bool = False


class MixedIndex(TakesOneWord[MixedIndexState]):
    """Re-embed a part of the index and watch the right answers go, while nothing fails."""

    State = MixedIndexState
    data = ("embeddings/space-old.npz", "embeddings/space-new.npz")
    code = (top_k, procrustes)
    settings = {"share": SHARES, "query": MODELS, "aligned": (False, True)}

    def vocabulary(self) -> WordVectors:
        """The words, which both models share."""
        return vocabulary()

    def view(self) -> Parts:
        """Draw controls, the answers beside the right ones, the curve, and the numbers."""
        s = self.state
        return {
            "controls": tag(
                "div",
                slide(
                    self,
                    "share",
                    "re-embedded with the new model:",
                    f"{s.share} %",
                    name="Share of the index that comes from the new model",
                    spoken=f"{s.share} percent",
                ),
                chips(
                    self,
                    "query",
                    MODELS,
                    "The model that embeds the query, and a repair",
                    toggle(self, "aligned", "align by rotation", "align"),
                    control="ask-{}",
                ),
                class_="row",
            ),
            "box": self.box("Search for"),
            "stage": _stage(s),
            "readout": _readout(s),
            "curve": _curve(s),
        }


# ---------------------------------------------------------------- what is computed


def vocabulary() -> WordVectors:
    """The words, which both models share."""
    return two_spaces()[0]


@functools.cache
def space(model: str, aligned: bool) -> Floats:
    """Return the vectors of a model, of length one; the new ones may be rotated onto the old, [n, d]."""
    unit = np.asarray(
        normalize(two_spaces()[0 if model == "old" else 1].matrix.astype(np.float64)), np.float64
    )
    if not aligned or model == "old":
        return unit
    rotation = procrustes(unit[:KNOWN], space("old", False)[:KNOWN])
    return np.asarray(unit @ rotation)


@functools.cache
def renewed(share: int) -> NDArray[np.bool_]:
    """Which words have been re-embedded, [n]: as the share grows, words are only added."""
    n = len(vocabulary())
    return np.asarray(np.arange(n) * STRIDE % n < n * share // 100)


@functools.cache
def index(share: int, aligned: bool) -> Floats:
    """Return the index as it is searched: new vectors where words have been re-embedded, [n, d]."""
    new = renewed(share)[:, np.newaxis]
    return np.asarray(np.where(new, space("new", aligned), space("old", aligned)))


@functools.lru_cache(maxsize=512)
def search(word: int, query: str, share: int, aligned: bool) -> Answers:
    """Find the ten words of the index nearest to a word, as a model embeds it."""
    found = top_k(index(share, aligned), space(query, aligned)[word], NEAREST, exclude=[word])
    return tuple(zip(found.ids.tolist(), found.scores.tolist(), strict=True))


def right(word: int, query: str) -> Answers:
    """Find what an index of the query's model alone answers."""
    return search(word, query, 0 if query == "old" else 100, False)


@functools.cache
def averages(query: str, share: int, aligned: bool) -> tuple[float, float]:
    """Return how many of ten answers are right, and the best answer's cosine, averaged over 100 queries."""
    words = np.arange(0, len(vocabulary()), EVERY)
    found = top_k(index(share, aligned), space(query, aligned)[words], NEAREST + 1)
    # A word is no answer to itself; if it is not among the eleven, the last one is too many.
    given = [
        [(i, score) for i, score in zip(*row, strict=True) if i != word][:NEAREST]
        for word, *row in zip(words.tolist(), found.ids.tolist(), found.scores.tolist(), strict=True)
    ]
    hits = [
        len({i for i, _ in answers} & {i for i, _ in right(word, query)})
        for word, answers in zip(words.tolist(), given, strict=True)
    ]
    return float(np.mean(hits)), float(np.mean([answers[0][1] for answers in given]))


@functools.cache
def own_lists_agree() -> float:
    """Return how many of ten neighbours are the same in both models, each asked in its own space."""
    words = range(0, len(vocabulary()), EVERY)
    lists = [[{i for i, _ in right(word, query)} for word in words] for query in ("old", "new")]
    return float(np.mean([len(old & new) for old, new in zip(*lists, strict=True)]))


# ---------------------------------------------------------------- what is drawn


def _stage(s: MixedIndexState) -> Markup:
    i = vocabulary().id(s.word)
    given, wanted = search(i, s.query, s.share, s.aligned), right(i, s.query)
    both = {j for j, _ in given} & {j for j, _ in wanted}
    marks = ["new" if new else "old" for new in renewed(s.share)]
    pure = f"An index of {s.query} vectors only"
    return tag(
        "div",
        legend(
            {"mark old": "vector from the old model", "mark new": "from the new"}, [tag("i", "✓"), "right"]
        ),
        titled(
            ("What this index answers", _list("found", given, both, marks)),
            (pure, _list("right", wanted, both, [s.query] * len(marks))),
        ),
    )


def _list(name: str, answers: Answers, both: set[int], marks: list[str]) -> Markup:
    rows = (
        tag(
            "li",
            tag("i", class_=f"mark {marks[i]}", role="img", aria_label=f"{marks[i]} model"),
            tag("span", vocabulary().words[i], data_out=f"{name}-{place}"),
            tag("i", "✓" if i in both else ""),
            tag("span", signed(score), class_="value"),
            class_="kept" if i in both else None,
        )
        for place, (i, score) in enumerate(answers, 1)
    )
    return tag("ol", rows, class_="nearest")


def _readout(s: MixedIndexState) -> Markup:
    i = vocabulary().id(s.word)
    hits = {j for j, _ in search(i, s.query, s.share, s.aligned)} & {j for j, _ in right(i, s.query)}
    mean, best = averages(s.query, s.share, s.aligned)
    _, pure = averages(s.query, 0 if s.query == "old" else 100, False)
    own = cosine(space("old", s.aligned)[i], space("new", s.aligned)[i])
    every = float(np.mean(np.sum(space("old", s.aligned) * space("new", s.aligned), axis=1)))
    rows = (
        ("errors raised", "errors", "none"),
        ("right, 100 words", "mean", f"{mean:.1f} of {NEAREST}"),
        ("best cosine, 100 words", "best", signed(best)),
        ("in a pure index", "best-pure", signed(pure)),
        (f"“{s.word}”, old · new", "own", signed(own)),
        ("all words, old · new", "every", signed(every)),
    )
    return tag(
        "div",
        headline("right answers", f"{len(hits)} of {NEAREST}", "right", _verdict(s)),
        readings(rows),
    )


def _verdict(s: MixedIndexState) -> str:
    """Say what kind of index this is."""
    foreign = s.share if s.query == "old" else 100 - s.share
    if foreign == 0:
        return "a pure index: query and vectors come from one model"
    if s.aligned:
        return f"{foreign} % of the index comes from the other model, rotated"
    if foreign == 100:
        return "nothing here comes from the query’s model: chance decides"
    return f"{foreign} % of the index can hardly be found, and nothing tells"


def _curve(s: MixedIndexState) -> Markup:
    """Draw how many answers are right for each share of new vectors; with the repair, both ways."""
    rights = {
        aligned: [averages(s.query, share, aligned)[0] for share in SHARES]
        for aligned in ((False, True) if s.aligned else (False,))
    }
    mean = averages(s.query, s.share, s.aligned)[0]
    return tag(
        "div",
        tag(
            "p",
            "Right answers of ten, averaged over 100 words, for each share of new vectors",
            class_="label",
        ),
        PLOT.draw(
            (
                f"Right answers of ten against the share of new vectors, query by the {s.query} model"
                f"{', aligned' if s.aligned else ''}. At {s.share} percent: {mean:.1f}."
            ),
            (
                PLOT.curve(SHARES, hits, "curve" if aligned == s.aligned else "curve without")
                for aligned, hits in rights.items()
            ),
            PLOT.upright(s.share),
            PLOT.points([s.share], [mean], "here", r=6),
        ),
        honest(
            f"Aligning learns one rotation from the {KNOWN} most frequent words, known in both models, and "
            "applies it to all. It is a repair for like models, here the mildest case there is; models that "
            "differ in text, size or design need not have one shape. To re-embed everything is the safe way."
        ),
    )
