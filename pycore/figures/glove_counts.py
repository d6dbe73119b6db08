"""FIG.04B: GloVe from the counts of the same text, next to skip-gram, by the same map and the same judge.

GloVe's claim is checked on the counts themselves: w_i . w~_j + b_i + b~_j against log x_ij.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore import glove
from pycore.glove import Counts, GloVe, cooccurrences
from pycore.live import company
from pycore.live.company import SEED, Floats, Run, RunState, Trains, counts, met, text
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.skipgram import SkipGram
from pycore.word_pairs import PairScore, score_pairs

ROWS = ("gold", "silver", "ships", "school", "children")
COLUMNS = ("the", "our", "gold", "silver", "high")
PASSES, RATE, X_MAX, BATCH = 10, 0.08, 10.0, 512
POINTS = 240  # counts that the picture of the fit shows
SIDE, EDGE = 300, 34  # the picture of the fit, and its margin
LOW, HIGH = -2.4, 7.4  # its axes: logarithms of counts
JUDGED = (
    "The same text, the same map and the same outside judge as in FIG.04. Compare the gaps and the last "
    "line, not single cosines: one space may be more crowded than another. The judge is a GloVe too, trained "
    "on six billion other words. Each model has its own settings here; for either, better ones may exist."
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
    code = (cooccurrences, glove.loss_and_gradients, score_pairs)

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._begin()

    def check(self, state: CountsState) -> None:
        """Refuse cells that are not there."""
        super().check(state)
        for name, place, words in (("row", state.row, ROWS), ("column", state.column, COLUMNS)):
            if not 0 <= place < len(words):
                raise ValueError(f"expected a {name} from 0 to {len(words) - 1}; found {place}")

    @event
    def choose(self, cell: str) -> None:
        """Choose a cell, by row and column, such as "0 1"."""
        row, _, column = cell.partition(" ")
        self.state = self.parse({"row": row, "column": column}, base=self.state)

    def view(self) -> Parts:
        """Draw the counts, the run, both maps with their scores, and how well GloVe fits the counts."""
        s = self.state
        self._train()
        return {
            "counts": _counts(s.row, s.column),
            "fit": _fit(s, self._glove),
            "run": company.run_bar(s, "GloVe", PASSES),
            "glove": _geometry("GloVe", _vectors(self._glove), ""),
            "skipgram": _geometry("skip-gram", _vectors(self._skipgram), "-skipgram"),
            "judged": tag("div", company.legend(), tag("p", JUDGED, class_="label")),
        }

    def _begin(self) -> None:
        self._glove = GloVe(len(text().vocabulary.words), company.DIM, rng=np.random.default_rng(SEED))
        self._glove.words = self._glove.words.astype(np.float64)
        self._glove.contexts = self._glove.contexts.astype(np.float64)
        steps = self._glove.train(counts(), epochs=PASSES, rate=RATE, x_max=X_MAX, batch=BATCH)
        self._runs = [Run(steps)]
        self._skipgram, run = company.skipgram()
        self._runs.append(run)

    def _train(self) -> None:
        """Bring both models to where the state says; back only by starting anew."""
        if self._runs[0].ticks > self.state.trained:
            self._begin()
        for run in self._runs:
            run.to(self.state.trained)


# ---------------------------------------------------------------- what is computed


def _vectors(model: GloVe | SkipGram) -> Floats:
    return np.asarray(model.vectors, np.float64)


def predicted(model: GloVe, row: Any, column: Any) -> Floats:
    """What GloVe's vectors and biases say of log counts: w . w~ + b + b~."""
    words, contexts = model.words[row], model.contexts[column]
    dots = np.einsum("nd,nd->n", words[:, :-1], contexts[:, :-1])
    return np.asarray(dots + words[:, -1] + contexts[:, -1], np.float64)


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
            tag(
                "button",
                number(count, 1),
                type="button",
                style=f"--v:{number(100 * float(np.log1p(count) / most), 0)}",
                data_control=f"cell-{i}-{j}",
                data_on_click="choose",
                data_arg=f"{i} {j}",
                aria_pressed=str((i, j) == (row, column)).lower(),
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
        tag("table", tag("thead", head), tag("tbody", lines)),
        tag(
            "p",
            f"A corner of the table: all {words} words have a row and a column. Of its {words**2:,} cells "
            f"{len(counts().x):,} are not zero, and only these take part.",
            class_="label",
        ),
    )


def _fit(s: CountsState, model: GloVe) -> Markup:
    """Draw what the model says against the logarithm of the count."""
    row, column, x = _sample()
    said = np.clip(predicted(model, row, column), LOW, HIGH)
    dots = "".join(
        f"M{number(a, 1)} {number(b, 1)}h0"
        for a, b in zip(_across(np.log(x)).tolist(), _up(said).tolist(), strict=True)
    )
    words = (ROWS[s.row], COLUMNS[s.column])
    count = met(*words)
    (pair,) = predicted(model, *([i] for i in text().ids(list(words)))).tolist()
    target = signed(float(np.log(count))) if count else "none"
    ends = _across(np.array([LOW, HIGH])).tolist(), _up(np.array([LOW, HIGH])).tolist()
    summary = (
        f"{len(x)} counts. The picture's height is what GloVe says, its breadth the logarithm of the count. "
        f"{words[0]} and {words[1]}: GloVe says {signed(pair)}, the logarithm is {target}."
    )
    return tag(
        "div",
        tag("p", "GloVe's claim: w · w̃ + b + b̃ is near log count", class_="label"),
        tag(
            "svg",
            tag("path", class_="axes", d=f"M{EDGE} 8V{SIDE - EDGE}H{SIDE - 8}"),
            tag("line", class_="ideal", x1=ends[0][0], y1=ends[1][0], x2=ends[0][1], y2=ends[1][1]),
            tag("path", class_="dots", d=dots),
            _ticks(),
            tag(
                "circle",
                cx=float(_across(np.log(np.array([count])))[0]),
                cy=float(_up(np.clip(np.array([pair]), LOW, HIGH))[0]),
                r=7,
            )
            if count
            else None,
            tag("text", "log count", x=SIDE - 8, y=SIDE - 4, text_anchor="end"),
            tag("text", "says", x=4, y=16),
            viewBox=f"0 0 {SIDE} {SIDE}",
            role="img",
            aria_label=summary,
        ),
        tag(
            "dl",
            tag("dt", f"{words[0]} · {words[1]}: log count"),
            tag("dd", target, data_out="log-count"),
            tag("dt", "GloVe says"),
            tag("dd", signed(pair), data_out="said"),
            tag("dt", "typical miss, all counts"),
            tag("dd", f"{_miss(model):.2f}", data_out="miss"),
        ),
    )


def _across(log: Floats) -> Floats:
    return np.asarray(EDGE + (log - LOW) / (HIGH - LOW) * (SIDE - 8 - EDGE))


def _up(log: Floats) -> Floats:
    return np.asarray(SIDE - EDGE - (log - LOW) / (HIGH - LOW) * (SIDE - EDGE - 8))


def _ticks() -> list[Markup]:
    at = np.array([-2.0, 0.0, 2.0, 4.0, 6.0])
    across = (
        tag("text", f"{v:.0f}".replace("-", "−"), x=x, y=SIDE - EDGE + 16, text_anchor="middle")
        for v, x in zip(at.tolist(), _across(at).tolist(), strict=True)
    )
    up = (
        tag("text", f"{v:.0f}".replace("-", "−"), x=EDGE - 4, y=y + 4, text_anchor="end")
        for v, y in zip(at.tolist(), _up(at).tolist(), strict=True)
    )
    return [*across, *up]


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
