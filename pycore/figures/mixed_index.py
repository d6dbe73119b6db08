"""FIG.07B: an index in which some vectors come from another model, and the search that does not notice.

Both models are skip-gram on the same text with the same settings, and differ only in the random seed. Which
words have been re-embedded is scattered over the vocabulary. Right answers are those of an index that holds
only vectors of the model that embeds the query.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.alignment import procrustes
from pycore.data import two_spaces
from pycore.live import expect
from pycore.live.controls import chip, choice, group, slider
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, signed, tag
from pycore.live.plot import Axis, Plot, line
from pycore.live.readout import headline, readings
from pycore.live.words import TakesOneWord
from pycore.similarity import cosine, normalize, top_k
from pycore.vectors import WordVectors

Floats = NDArray[np.float64]
Answers = tuple[tuple[int, float], ...]  # row and cosine, best first

SHARES = tuple(range(0, 101, 10))  # percent
MODELS = {"old": "query: old model", "new": "query: new model"}
NEAREST = 10
KNOWN = 400  # the most frequent words, from which the rotation is learned
EVERY = 14  # each so-manieth word is a query for the averages: 100 of 1,400
STRIDE = 617  # shares no factor with 1,400, so its multiples visit every word
PLOT = Plot(
    560,
    200,
    Axis(0, 100, 34, 544, tuple((share, f"{share} %") for share in (0, 50, 100))),
    Axis(0, NEAREST, 156, 12, tuple((hits, str(hits)) for hits in (0, 5, 10))),
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
    data = ("space-old.npz", "space-new.npz")
    code = (top_k, procrustes)

    def vocabulary(self) -> WordVectors:
        """The words, which both models share."""
        return vocabulary()

    def check(self, state: MixedIndexState) -> None:
        """Refuse words, shares and models that are not there."""
        super().check(state)
        if state.share not in SHARES:
            raise ValueError(
                f"expected a share of {', '.join(map(str, SHARES))} percent; found {state.share}"
            )
        expect.one_of("the model", state.query, MODELS)

    @event
    def re_embed(self, share: str) -> None:
        """Let so many percent of the index come from the new model."""
        self.state = self.parse({"share": share}, base=self.state)

    @event
    def ask(self, model: str) -> None:
        """Embed the query with the "old" or the "new" model."""
        self.state = self.parse({"query": model}, base=self.state)

    @event
    def align(self) -> None:
        """Rotate the new vectors onto the old space, or leave them as they are."""
        self.state = replace(self.state, aligned=not self.state.aligned)

    def view(self) -> Parts:
        """Draw controls, the answers beside the right ones, the curve, and the numbers."""
        s = self.state
        return {
            "controls": _controls(s),
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


# ---------------------------------------------------------------- what is drawn


def _controls(s: MixedIndexState) -> Markup:
    return tag(
        "div",
        slider(
            ["re-embedded with the new model: ", tag("b", f"{s.share} %", data_out="share")],
            "re_embed",
            "share",
            s.share,
            SHARES[-1],
            step=SHARES[1],
            name="Share of the index that comes from the new model",
            spoken=f"{s.share} percent",
        ),
        group(
            "The model that embeds the query, and a repair",
            choice("ask", MODELS, s.query, "ask-{}"),
            chip("align by rotation", "align", None, "align", s.aligned),
        ),
        class_="row",
    )


def _stage(s: MixedIndexState) -> Markup:
    i = vocabulary().id(s.word)
    given, wanted = search(i, s.query, s.share, s.aligned), right(i, s.query)
    both = {j for j, _ in given} & {j for j, _ in wanted}
    marks = ["new" if new else "old" for new in renewed(s.share)]
    return tag(
        "div",
        tag(
            "p",
            tag("span", tag("i", class_="mark old"), "vector from the old model"),
            tag("span", tag("i", class_="mark new"), "from the new"),
            tag("span", tag("i", "✓"), "right"),
            class_="legend",
        ),
        tag(
            "div",
            _list("What this index answers", "found", given, both, marks),
            _list(f"An index of {s.query} vectors only", "right", wanted, both, [s.query] * len(marks)),
            class_="columns",
        ),
    )


def _list(title: str, name: str, answers: Answers, both: set[int], marks: list[str]) -> Markup:
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
    return tag("div", tag("p", title, class_="label"), tag("ol", rows, class_="nearest"))


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

    def curve(aligned: bool) -> str:
        return line(PLOT.places(SHARES, [averages(s.query, share, aligned)[0] for share in SHARES]))

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
            tag("path", class_="curve without" if s.aligned else "curve", d=curve(False)),
            tag("path", class_="curve", d=curve(True)) if s.aligned else None,
            PLOT.upright(s.share, "now"),
            tag("circle", class_="here", cx=PLOT.x(s.share), cy=PLOT.y(mean), r=6),
        ),
        tag(
            "p",
            f"Aligning learns one rotation from the {KNOWN} most frequent words, known in both models, and "
            "applies it to all. It is a repair for like models, here the mildest case there is; models that "
            "differ in text, size or design need not have one shape. To re-embed everything is the safe way.",
            class_="honest",
        ),
    )
