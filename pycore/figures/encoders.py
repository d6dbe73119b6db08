"""FIG.06B: what n sentences cost a cross-encoder and a bi-encoder, and a small real search with the latter.

The times are arithmetic on two published numbers (Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084).
The search is real: cosines of stored sentence embeddings. There is no cross-encoder here, only its cost.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from pycore.data import sentences
from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.similarity import top_k

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
PAIR = 65 * 3600 / 49_995_000  # seconds for a pair, from 65 hours for 49,995,000 pairs
ENCODE = 5 / 10_000  # seconds for a sentence, from 5 seconds for 10,000
RERANKED = 100  # candidates of a sentence that the cross-encoder reads, where it comes second
SHOWN = 5  # places of the ranking

YEAR = 365.25 * 86_400
# Names of durations, each with the number of seconds from which it is used, and its own length in seconds.
UNITS = (
    (2 * YEAR, YEAR, "years"),
    (72 * 3600, 86_400, "days"),
    (7200, 3600, "h"),
    (120, 60, "min"),
    (1, 1, "s"),
)
TICKS = ((1e-3, "1 ms"), (1, "1 s"), (60, "1 min"), (3600, "1 h"), (86_400, "1 day"), (YEAR, "1 year"))

WIDTH, HEIGHT = 560, 380
LEFT, RIGHT, TOP, BOTTOM = 74, 464, 16, 330  # the chart within the picture
FASTEST, SLOWEST = 2e-4, 1e10  # seconds at the chart's lower and upper edge


@dataclass(frozen=True)
class EncodersState:
    """Whether a query is asked or the closest pair sought, among how many (a place in SIZES), which query."""

    asking: bool = False
    size: int = 6
    query: int = 0


# Each with its key, its name, and what stands beside its line. The last lies on top where lines meet.
METHODS = (
    ("cross", "cross-encoder", "cross"),
    ("both", "retrieve + re-rank", "re-rank"),
    ("bi", "bi-encoder", "bi"),
)


@dataclass(frozen=True)
class Cost:
    """What a method does with n sentences.

    Attributes
    ----------
    once
        Sentences that are encoded in advance.
    encoded
        Sentences that are encoded when the question comes.
    pairs
        Pairs that the cross-encoder reads then.
    cosines
        Cosines that are computed then; the chart leaves their time out.
    """

    once: int = 0
    encoded: int = 0
    pairs: int = 0
    cosines: int = 0

    @property
    def before(self) -> float:
        """Seconds in advance."""
        return self.once * ENCODE

    @property
    def then(self) -> float:
        """Seconds once the question is there."""
        return self.encoded * ENCODE + self.pairs * PAIR

    def drawn(self, asking: bool) -> float:
        """Seconds that the chart shows: the wait for an answer, or the whole search for the closest pair."""
        return self.then if asking else self.before + self.then


def costs(n: int, asking: bool) -> tuple[Cost, Cost, Cost]:
    """Count what each of METHODS does with n sentences."""
    if asking:
        return Cost(pairs=n), Cost(n, 1, min(RERANKED, n), n), Cost(n, 1, 0, n)
    pairs = n * (n - 1) // 2
    return Cost(pairs=pairs), Cost(n, 0, min(RERANKED * n, pairs), pairs), Cost(n, 0, 0, pairs)


class Encoders(Figure[EncodersState]):
    """Choose the task and the number of sentences; ask a query and see the bi-encoder's answer."""

    State = EncodersState
    data = ("sentences.npz", "sentences.json")
    code: ClassVar[tuple[Callable[..., object], ...]] = (top_k,)

    def check(self, state: EncodersState) -> None:
        """Refuse sizes and queries that are not there."""
        if not 0 <= state.size < len(SIZES):
            raise ValueError(f"expected a size from 0 to {len(SIZES) - 1}; found {state.size}")
        queries = len(sentences().queries)
        if not 0 <= state.query < queries:
            raise ValueError(f"expected a query from 0 to {queries - 1}; found {state.query}")

    @event
    def seek(self, task: str) -> None:
        """Look for the closest "pair", or for the answer to a "query"."""
        if task not in ("pair", "query"):
            raise ValueError(f'expected "pair" or "query"; found "{task}"')
        self.state = replace(self.state, asking=task == "query")

    @event
    def resize(self, size: str) -> None:
        """Take another number of sentences, by its place in SIZES."""
        self.state = self.parse({"size": size}, base=self.state)

    @event
    def ask(self, query: str) -> None:
        """Ask a query, by its number."""
        self.state = self.parse({"query": query, "asking": True}, base=self.state)

    def view(self) -> Parts:
        """Draw the controls, the chart, the counts, and the small search."""
        s = self.state
        return {
            "controls": _controls(s),
            "stage": _stage(s),
            "readout": _readout(s),
            "search": _search(s),
        }


# ---------------------------------------------------------------- the cost


def duration(seconds: float) -> str:
    """Write a time in units that people use.

    >>> [duration(x) for x in (0, 0.0047, 5, 65 * 3600, 2.3e9)]
    ['0 s', '4.7 ms', '5 s', '65 h', '73 years']
    """
    if seconds == 0:
        return "0 s"
    _, length, unit = next((row for row in UNITS if seconds >= row[0]), (0, 1e-3, "ms"))
    amount = seconds / length
    return f"{amount:,.0f} {unit}" if amount >= 10 else f"{number(amount, 1)} {unit}"


def _controls(s: EncodersState) -> Markup:
    n = SIZES[s.size]
    tasks = (("pair", "find the closest pair"), ("query", "answer one query"))
    return tag(
        "div",
        tag(
            "div",
            (chip(label, "seek", task, task, s.asking == (task == "query")) for task, label in tasks),
            class_="chips",
            role="group",
            aria_label="The task",
        ),
        tag(
            "label",
            tag("span", "among ", tag("b", f"{n:,}", data_out="n"), " sentences", class_="label"),
            tag(
                "input",
                type="range",
                min=0,
                max=len(SIZES) - 1,
                step=1,
                value=s.size,
                data_control="size",
                data_on_input="resize",
                aria_label="Number of sentences",
                aria_valuetext=f"{n:,} sentences",
            ),
            class_="slider",
        ),
    )


def _x(n: float) -> float:
    share = math.log(n / SIZES[0]) / math.log(SIZES[-1] / SIZES[0])
    return LEFT + share * (RIGHT - LEFT)


def _y(seconds: float) -> float:
    share = math.log(seconds / FASTEST) / math.log(SLOWEST / FASTEST)
    return BOTTOM - share * (BOTTOM - TOP)


def _stage(s: EncodersState) -> Markup:
    n = SIZES[s.size]
    all_costs = [costs(size, s.asking) for size in SIZES]
    lines, dots = [], []
    for place, (key, _, short) in enumerate(METHODS):
        ys = [_y(row[place].drawn(s.asking)) for row in all_costs]
        path = "L".join(f"{number(_x(size), 1)} {number(y, 1)}" for size, y in zip(SIZES, ys, strict=True))
        lines.append(tag("path", class_=f"line {key}", d=f"M{path}"))
        lines.append(tag("text", short, class_=f"name {key}", x=RIGHT + 12, y=ys[-1] + 5))
        dots.append(tag("circle", class_=f"dot {key}", cx=_x(n), cy=ys[s.size], r=6))
    what = "wait for one answer" if s.asking else "time to find the closest pair"
    return tag(
        "div",
        tag("p", f"{what}, on a V100", class_="label"),
        tag(
            "svg",
            _grid(),
            tag("line", class_="now", x1=_x(n), y1=TOP, x2=_x(n), y2=BOTTOM),
            lines,
            dots,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            aria_label=_summary(s, what),
        ),
        tag(
            "p",
            "Extrapolated from the paper’s two figures, 65 hours for 49,995,000 pairs and 5 seconds for "
            "10,000 sentences, as if all took equally long; cosines are not counted. Re-ranking reads the "
            "100 nearest. Both scales are logarithmic.",
            class_="honest",
        ),
    )


@functools.cache
def _grid() -> Markup:
    """Draw what never changes: the lines for round times and round numbers, with their names."""
    across = (
        (
            tag("line", x1=LEFT, y1=_y(seconds), x2=RIGHT, y2=_y(seconds)),
            tag("text", label, x=LEFT - 8, y=_y(seconds) + 4, text_anchor="end"),
        )
        for seconds, label in (*TICKS, (100 * YEAR, "100 y"))
    )
    down = (
        (
            tag("line", x1=_x(n), y1=TOP, x2=_x(n), y2=BOTTOM),
            tag("text", label, x=_x(n), y=BOTTOM + 24, text_anchor="middle"),
        )
        for n, label in zip(SIZES[::2], ("10", "100", "1k", "10k", "100k", "1M"), strict=True)
    )
    return tag("g", across, down, class_="grid")


def _summary(s: EncodersState, what: str) -> str:
    """Say what the chart shows."""
    cross, both, bi = (duration(cost.drawn(s.asking)) for cost in costs(SIZES[s.size], s.asking))
    return (
        f"Chart of the {what}, by the number of sentences. For {SIZES[s.size]:,}: cross-encoder {cross}, "
        f"bi-encoder {bi}, retrieve and re-rank {both}."
    )


def _readout(s: EncodersState) -> Markup:
    found = costs(SIZES[s.size], s.asking)
    return tag("div", (_method(key, name, found[k], s) for k, (key, name, _) in enumerate(METHODS)))


def _method(key: str, name: str, cost: Cost, s: EncodersState) -> Markup:
    """Say what one method does in advance and then, and how long it takes."""
    then = "per query" if s.asking else "then"
    work = [f"{cost.pairs:,} pairs"] if cost.pairs else []
    if cost.encoded:
        work.insert(0, "query")
    if key == "bi":
        work.append(f"{cost.cosines:,} cosines")
    before = f"{cost.once:,} sentences" if cost.once else "nothing"
    passes = cost.once + cost.encoded + cost.pairs
    return tag(
        "section",
        tag("h4", tag("i", class_=f"mark {key}"), " ", name),
        tag("p", duration(cost.drawn(s.asking)), class_="time", data_out=f"{key}-time"),
        tag(
            "dl",
            tag("dt", "in advance"),
            tag("dd", before, data_out=f"{key}-before"),
            tag("dt", then),
            tag("dd", " + ".join(work), data_out=f"{key}-then"),
            tag("dt", "passes"),
            tag("dd", f"{passes:,}", data_out=f"{key}-passes"),
        ),
        class_=key,
    )


# ---------------------------------------------------------------- the small real search


def _search(s: EncodersState) -> Markup:
    data = sentences()
    n = len(data.documents)
    queries = (
        tag(
            "li",
            tag(
                "button",
                text,
                type="button",
                data_control=f"query-{i}",
                data_on_click="ask",
                data_arg=i,
                aria_pressed=str(s.asking and i == s.query).lower(),
            ),
        )
        for i, text in enumerate(data.queries)
    )
    return tag(
        "div",
        tag("h4", f"A bi-encoder at work: {n} sentences, {n} stored vectors"),
        tag(
            "div",
            tag("ol", queries, class_="queries", aria_label="Queries to ask"),
            _answers(s.query) if s.asking else _pairs(),
            class_="columns",
        ),
    )


@functools.lru_cache(maxsize=16)
def _answers(query: int) -> Markup:
    """Rank the texts for a query."""
    data = sentences()
    n = len(data.documents)
    found = top_k(data.document_vectors, data.query_vectors[query], n)
    ids = found.ids.tolist()
    rows = [
        _place(place, data.documents[i], float(found.scores[place - 1]), i == query)
        for place, i in enumerate(ids[:SHOWN], 1)
    ]
    rank = ids.index(query) + 1
    told = "first" if rank == 1 else f"in place {rank}, after texts that do not answer"
    return _ranking(
        f"nearest to the query, of {n}",
        rows,
        [
            "The text that answers is ",
            tag("b", told, data_out="answer-rank"),
            ". A cross-encoder would have had to read the query "
            f"with all {n}, or, coming second, with the {SHOWN} shown here.",
        ],
    )


@functools.cache
def _pairs() -> Markup:
    """Rank all pairs of texts."""
    data = sentences()
    n = len(data.documents)
    found = top_k(data.document_vectors, data.document_vectors, n)
    pairs = sorted(
        (
            (-round(score, 9), i, j)
            for i, (ids, scores) in enumerate(zip(found.ids.tolist(), found.scores.tolist(), strict=True))
            for j, score in zip(ids, scores, strict=True)
            if i < j
        )
    )
    rows = [
        _place(place, f"{data.documents[i]} / {data.documents[j]}", -score, False)
        for place, (score, i, j) in enumerate(pairs[:SHOWN], 1)
    ]
    return _ranking(
        f"closest of {len(pairs)} pairs",
        rows,
        [
            f"{n} passes, made once, and then {len(pairs)} cosines. A cross-encoder would have needed ",
            tag("b", f"{len(pairs)} passes", data_out="pair-passes"),
            ". Press a query to ask it.",
        ],
    )


def _place(place: int, text: str, cosine: float, answer: bool) -> Markup:
    mark = [" ", tag("em", "answers it")] if answer else None
    return tag(
        "li",
        tag("span", tag("span", text, data_out=f"found-{place}"), mark),
        tag("span", signed(cosine), class_="value", data_out=f"found-{place}-cosine"),
        class_="answer" if answer else None,
        style=f"--c:{max(round(100 * cosine), 0)}%",
    )


def _ranking(title: str, rows: list[Markup], note: list[Markup | str]) -> Markup:
    return tag(
        "div",
        tag("p", title, class_="label"),
        tag("ol", rows, class_="found"),
        tag("p", note, class_="note", role="status"),
        tag(
            "p",
            "No cross-encoder ships with this page: the figure shows what one costs, not what it answers. "
            "The 32 sentences are ours, and two in three texts were written to mislead.",
            class_="honest",
        ),
    )
