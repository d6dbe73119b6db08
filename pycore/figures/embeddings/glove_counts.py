"""FIG.04B: GloVe from the counts of the same text, next to skip-gram, by the same map and the same judge.

GloVe's claim is checked on the counts themselves: w_i . w~_j + b_i + b~_j against log x_ij. How far the two
geometries agree is told by the neighbours that they share, beside a second skip-gram and beside chance.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.embeddings import glove
from pycore.embeddings.agreement import by_chance, shared_neighbours
from pycore.embeddings.glove import Counts, GloVe, cooccurrences
from pycore.embeddings.skipgram import SkipGram
from pycore.embeddings.word_pairs import PairScore, score_pairs
from pycore.figures.embeddings import _company as company
from pycore.figures.embeddings._company import SEED, Run, Trains, counts, met, text
from pycore.live import expect
from pycore.live.controls import button
from pycore.live.figure import Parts, event
from pycore.live.kept import Kept
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.plot import Axis, Plot, dots
from pycore.live.readout import readings
from pycore.live.runs import RunState

ROWS = ("gold", "silver", "ships", "school", "children")
COLUMNS = ("the", "our", "gold", "silver", "high")
PASSES, RATE, X_MAX, BATCH = 10, 0.08, 10.0, 512
POINTS = 240  # counts that the picture of the fit shows
LOW, HIGH = -2.4, 7.4  # logarithms of counts, at the ends of the axes of the picture
LOGS = tuple((float(log), f"{log}".replace("-", "−")) for log in (-2, 0, 2, 4, 6))
PLOT = Plot(300, 316, Axis(LOW, HIGH, 34, 292, LOGS), Axis(LOW, HIGH, 266, 8, LOGS))
OTHER_SEED = SEED + 1
JUDGED = (
    "The same text, the same map and the same outside judge as in FIG.04. Compare how far related pairs are "
    "above random ones, and how often a partner beats a random word; not single cosines: a space may be more "
    "crowded than another. The judge is a GloVe too, trained on six billion other words. Each model has its "
    "own settings here; for either, better ones may exist."
)


@dataclass(frozen=True)
class CountsState(RunState):
    """The chosen cell of the table."""

    row: int = 0
    column: int = 3


class GloveCounts(Trains[CountsState]):
    """Choose a count; train GloVe and skip-gram side by side and see the fit and the two geometries."""

    State = CountsState
    data = company.DATA
    code = (cooccurrences, glove.loss_and_gradients, score_pairs, shared_neighbours)

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._begin()
        self._kept: Kept[tuple[float, Parts]] = Kept()

    def check(self, state: CountsState) -> None:
        """Refuse cells that are not there."""
        super().check(state)
        for name, place, words in (("row", state.row, ROWS), ("column", state.column, COLUMNS)):
            expect.between(f"a {name}", place, len(words) - 1)

    @event
    def choose(self, cell: str) -> None:
        """Choose a cell, by row and column, such as "0 1"."""
        row, _, column = cell.partition(" ")
        self.state = self.parse({"row": row, "column": column}, base=self.state)

    def view(self) -> Parts:
        """Draw the counts, the run, both maps with their scores, and how well GloVe fits the counts."""
        s = self.state
        self._train()
        miss, geometries = self._kept(s.trained, self._judged)
        return {
            "counts": _counts(s.row, s.column),
            "fit": _fit(s, self._glove, miss),
            "run": self.passes_bar("GloVe", PASSES),
            **geometries,
            "judged": tag("div", company.legend(), tag("p", JUDGED, class_="label")),
        }

    def _begin(self) -> None:
        self._glove = GloVe(len(text().vocabulary.words), company.DIM, rng=np.random.default_rng(SEED))
        self._glove.words = self._glove.words.astype(np.float64)
        self._glove.contexts = self._glove.contexts.astype(np.float64)
        steps = self._glove.train(counts(), epochs=PASSES, rate=RATE, x_max=X_MAX, batch=BATCH)
        self._runs = [Run(steps)]
        self._skipgram, run = company.skipgram()
        self._other, other_run = company.skipgram(OTHER_SEED)
        self._runs += [run, other_run]

    def _train(self) -> None:
        """Bring both models to where the state says; back only by starting anew."""
        if self._runs[0].ticks > self.state.trained:
            self._begin()
        for run in self._runs:
            run.to(self.state.trained)

    def _judged(self) -> tuple[float, Parts]:
        """What training alone changes: the typical miss, both maps with their scores, how far they agree."""
        return _miss(self._glove), {
            "glove": _geometry("GloVe", _vectors(self._glove), ""),
            "skipgram": _geometry("skip-gram", _vectors(self._skipgram), "-skipgram"),
            "agreement": self._agreement(),
        }

    def agreement(self) -> dict[str, float]:
        """How many of a word's ten nearest two models share: two methods, two seeds of one, and chance."""
        self._train()
        glove, skipgram, other = (_vectors(m) for m in (self._glove, self._skipgram, self._other))
        return {
            "methods": shared_neighbours(glove, skipgram),
            "seeds": shared_neighbours(other, skipgram),
            "chance": by_chance(len(skipgram)),
        }

    def _agreement(self) -> Markup:
        """Draw it."""
        shared = self.agreement()
        rows = (
            ("GloVe and skip-gram", "methods"),
            ("skip-gram and skip-gram, another seed", "seeds"),
            ("chance", "chance"),
        )
        return tag(
            "div",
            tag("p", "how many of a word’s ten nearest are the same in both", class_="label"),
            tag(
                "dl",
                (
                    tag(
                        "div",
                        tag("dt", label),
                        tag("dd", tag("b", f"{shared[key]:.1f}", data_out=f"shared-{key}")),
                        tag(
                            "i",
                            class_="gauge",
                            style=f"--to:{number(10 * shared[key], 1)}",
                            aria_hidden="true",
                        ),
                    )
                    for label, key in rows
                ),
            ),
        )


# ---------------------------------------------------------------- what is computed


def _vectors(model: GloVe | SkipGram) -> Floats:
    return np.asarray(model.vectors, np.float64)


def predicted(model: GloVe, row: Any, column: Any) -> Floats:
    """What GloVe says of the logarithms of counts."""
    return np.asarray(glove.predict(model.words[row], model.contexts[column]), np.float64)


def _miss(model: GloVe) -> float:
    """Root of the mean squared error over all counts, weighted as the loss weighs them."""
    row, column, x = counts()
    weight = glove.weight(x, X_MAX)
    return float(np.sqrt(np.average((predicted(model, row, column) - np.log(x)) ** 2, weights=weight)))


@functools.cache
def _sample() -> Counts:
    """Take some of the counts for the picture, equally many of each size: most are tiny."""
    row, column, x = counts()
    bins = np.floor(np.log(x) * 2)
    rng = np.random.default_rng(SEED)
    each = POINTS // len(np.unique(bins))
    rows = [rng.permutation(np.flatnonzero(bins == b))[:each] for b in np.unique(bins)]
    chosen = np.sort(np.concatenate(rows))
    return Counts(row[chosen], column[chosen], x[chosen])


# ---------------------------------------------------------------- what is drawn


@functools.lru_cache(maxsize=4)
def _counts(row: int, column: int) -> Markup:
    """Draw counts of a few words as a table of buttons."""
    most = np.log1p(max(met(a, b) for a in ROWS for b in COLUMNS))

    def cell(i: int, j: int) -> Markup:
        count = met(ROWS[i], COLUMNS[j])
        return tag(
            "td",
            button(
                number(count, 1),
                event="choose",
                arg=f"{i} {j}",
                control=f"cell-{i}-{j}",
                pressed=(i, j) == (row, column),
                style=f"--v:{number(100 * float(np.log1p(count) / most), 0)}",
                aria_label=f"{ROWS[i]} and {COLUMNS[j]}: {number(count, 1)}",
            ),
        )

    head = tag("tr", tag("td"), (tag("th", word, scope="col") for word in COLUMNS))
    lines = (
        tag("tr", tag("th", word, scope="row"), (cell(i, j) for j in range(len(COLUMNS))))
        for i, word in enumerate(ROWS)
    )
    words = len(text().vocabulary.words)
    return tag(
        "div",
        tag(
            "p", f"Co-occurrence counts: met d words apart counts 1/d, up to {company.WINDOW}", class_="label"
        ),
        tag("table", tag("thead", head), tag("tbody", lines), data_group="both"),
        tag(
            "p",
            f"A corner of the table: all {words} words have a row and a column. Of its {words**2:,} cells "
            f"{len(counts().x):,} are not zero, and only these take part.",
            class_="label",
        ),
    )


def _fit(s: CountsState, model: GloVe, miss: float) -> Markup:
    """Draw what the model says against the logarithm of the count."""
    row, column, x = _sample()
    places = PLOT.places(np.log(x).tolist(), predicted(model, row, column).tolist())
    words = (ROWS[s.row], COLUMNS[s.column])
    count = met(*words)
    (pair,) = predicted(model, *([i] for i in text().ids(list(words)))).tolist()
    target = signed(float(np.log(count))) if count else "none"
    summary = (
        f"{len(x)} counts. The picture’s height is what GloVe says, its breadth the logarithm of the count. "
        f"{words[0]} and {words[1]}: GloVe says {signed(pair)}, the logarithm is {target}."
    )
    return tag(
        "div",
        tag("p", "GloVe’s claim: w · w̃ + b + b̃ is near log count", class_="label"),
        PLOT.draw(
            summary,
            tag("line", class_="ideal", x1=PLOT.x.start, y1=PLOT.y.start, x2=PLOT.x.end, y2=PLOT.y.end),
            tag("path", class_="dots", d=dots(places)),
            tag("circle", cx=PLOT.x(float(np.log(count))), cy=PLOT.y(pair), r=7) if count else None,
            tag("text", "log count", x=PLOT.x.end, y=310, text_anchor="end"),
            tag("text", "says", x=PLOT.x.start + 6, y=20),
        ),
        readings(
            [
                (f"{words[0]} · {words[1]}: log count", "log-count", target),
                ("GloVe says", "said", signed(pair)),
                ("typical miss, all counts", "miss", f"{miss:.2f}"),
            ]
        ),
    )


def _geometry(name: str, vectors: Floats, key: str) -> Markup:
    """Draw a model's map, and what the judge finds in it."""
    score = company.judge().score(vectors)
    return tag(
        "div",
        tag("p", tag("b", name), class_="name"),
        company.word_map(vectors, name),
        company.score_list(score, _untrained()[name], key),
    )


@functools.cache
def _untrained() -> dict[str, PairScore]:
    """Scores before training."""
    figure = GloveCounts()
    models = {"GloVe": _vectors(figure._glove), "skip-gram": _vectors(figure._skipgram)}
    return {name: company.judge().score(vectors) for name, vectors in models.items()}
