"""FIG.06B: what n sentences cost a cross-encoder and a bi-encoder, and a small real search with the latter.

The times are arithmetic on two published numbers (Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084).
The search is real: cosines of stored sentence embeddings. There is no cross-encoder here, only its cost.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from pycore.data import sentences
from pycore.live import expect
from pycore.live.controls import button, choice, group, slider
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.plot import Axis, Plot, line
from pycore.live.readout import readings
from pycore.search_cost import Cost, pair_costs, query_costs
from pycore.similarity import top_k

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
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
DECADES = ((10, "10"), (100, "100"), (1_000, "1k"), (10_000, "10k"), (100_000, "100k"), (1_000_000, "1M"))
TIMES = (
    (1e-3, "1 ms"),
    (1, "1 s"),
    (60, "1 min"),
    (3600, "1 h"),
    (86_400, "1 day"),
    (YEAR, "1 year"),
    (100 * YEAR, "100 y"),
)
PLOT = Plot(
    560,
    380,
    Axis(SIZES[0], SIZES[-1], 74, 464, DECADES, log=True),
    Axis(2e-4, 1e10, 330, 16, TIMES, log=True),
)
TASKS = {"pair": "find the closest pair", "query": "answer one query"}


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


class Encoders(Figure[EncodersState]):
    """Choose the task and the number of sentences; ask a query and see the bi-encoder's answer."""

    State = EncodersState
    data = ("sentences.npz", "sentences.json")
    code = (pair_costs, query_costs, top_k)

    def check(self, state: EncodersState) -> None:
        """Refuse sizes and queries that are not there."""
        expect.between("a size", state.size, len(SIZES) - 1)
        expect.between("a query", state.query, len(sentences().queries) - 1)

    @event
    def seek(self, task: str) -> None:
        """Look for the closest "pair", or for the answer to a "query"."""
        expect.one_of("task", task, TASKS)
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


def costs(n: int, s: EncodersState) -> dict[str, Cost]:
    """Count what each method does with n sentences."""
    return query_costs(n) if s.asking else pair_costs(n)


def wait(cost: Cost, s: EncodersState) -> float:
    """Seconds that the chart shows: the wait for an answer, or the whole search for the closest pair."""
    return cost.then if s.asking else cost.before + cost.then


def _controls(s: EncodersState) -> Markup:
    n = f"{SIZES[s.size]:,}"
    return tag(
        "div",
        group("The task", choice("seek", TASKS, "query" if s.asking else "pair")),
        slider(
            ["among ", tag("b", n, data_out="n"), " sentences"],
            "resize",
            "size",
            s.size,
            len(SIZES) - 1,
            name="Number of sentences",
            spoken=f"{n} sentences",
        ),
        class_="row",
    )


def _stage(s: EncodersState) -> Markup:
    n = SIZES[s.size]
    found = [costs(size, s) for size in SIZES]
    lines, points = [], []
    for key, _, short in METHODS:
        places = PLOT.places(SIZES, [wait(cost[key], s) for cost in found])
        lines.append(tag("path", class_=f"curve {key}", d=line(places)))
        (x, y), (_, last) = places[s.size], places[-1]
        lines.append(tag("text", short, class_=f"name {key}", x=PLOT.x.end + 12, y=last + 5))
        points.append(tag("circle", class_=f"dot {key}", cx=x, cy=y, r=6))
    what = "wait for one answer" if s.asking else "time to find the closest pair"
    return tag(
        "div",
        tag("p", f"{what}, on a V100", class_="label"),
        PLOT.draw(_summary(s, what), PLOT.upright(n, "now"), lines, points),
        tag(
            "p",
            "Extrapolated from the paper’s two figures, 65 hours for 49,995,000 pairs and 5 seconds for "
            "10,000 sentences, as if all took equally long; cosines are not counted. Re-ranking reads the "
            "100 nearest. Both scales are logarithmic.",
            class_="honest",
        ),
    )


def _summary(s: EncodersState, what: str) -> str:
    """Say what the chart shows."""
    cross, both, bi = (duration(wait(cost, s)) for cost in costs(SIZES[s.size], s).values())
    return (
        f"Chart of the {what}, by the number of sentences. For {SIZES[s.size]:,}: cross-encoder {cross}, "
        f"bi-encoder {bi}, retrieve and re-rank {both}."
    )


def _readout(s: EncodersState) -> Markup:
    found = costs(SIZES[s.size], s)
    return tag("div", (_method(key, name, found[key], s) for key, name, _ in METHODS))


def _method(key: str, name: str, cost: Cost, s: EncodersState) -> Markup:
    """Say what one method does in advance and then, and how long it takes."""
    then = "per query" if s.asking else "then"
    work = [f"{cost.pairs:,} pairs"] if cost.pairs else []
    if cost.encoded:
        work.insert(0, "query")
    if key == "bi":
        work.append(f"{cost.cosines:,} cosines")
    before = f"{cost.once:,} sentences" if cost.once else "nothing"
    return tag(
        "section",
        tag("h4", tag("i", class_=f"mark {key}"), " ", name),
        tag("p", duration(wait(cost, s)), class_="time", data_out=f"{key}-time"),
        readings(
            [
                ("in advance", f"{key}-before", before),
                (then, f"{key}-then", " + ".join(work)),
                ("passes", f"{key}-passes", f"{cost.passes:,}"),
            ]
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
            button(text, event="ask", arg=i, control=f"query-{i}", pressed=s.asking and i == s.query),
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
