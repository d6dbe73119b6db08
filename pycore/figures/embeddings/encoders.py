"""FIG.06B: what n sentences cost a cross-encoder and a bi-encoder.

The times are arithmetic on two published numbers (Reimers & Gurevych 2019, https://arxiv.org/abs/1908.10084).
Sentences of the reader's own are compared for real, by a bi-encoder: MiniLM, on demand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.embeddings.contrastive import mean_pool
from pycore.embeddings.search_cost import Cost, pair_costs, query_costs
from pycore.figures.embeddings import _encoder
from pycore.live import expect
from pycore.live.controls import choice, group, slider
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Child, Markup, number, tag
from pycore.live.plot import Axis, Plot, line
from pycore.live.readout import fold, readings

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)

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
LINES, LONGEST = 20, 2000  # sentences of the reader's own, and characters of all
TASKS = {"pair": "find the closest pair", "query": "answer one query"}


@dataclass(frozen=True)
class EncodersState:
    """Whether a query is asked or the closest pair sought, the size (a place in SIZES), and what is typed."""

    asking: bool = False
    size: int = 0
    typed: str = ""


# Each with its key, its name, and what stands beside its line. The last lies on top where lines meet.
METHODS = (
    ("cross", "cross-encoder", "cross"),
    ("both", "retrieve + re-rank", "re-rank"),
    ("bi", "bi-encoder", "bi"),
)


class Encoders(Figure[EncodersState]):
    """Choose the task and the number of sentences, and see what each method does and how long it takes."""

    State = EncodersState
    code = (pair_costs, query_costs, mean_pool)
    on_demand = _encoder.ON_DEMAND

    def check(self, state: EncodersState) -> None:
        """Refuse a size that is not there."""
        expect.between("a size", state.size, len(SIZES) - 1)
        expect.fits(state.typed, LONGEST)

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
    def type_own(self, text: str) -> None:
        """Take sentences of the reader's own, one a line; the one that changed is read at once."""
        self.change(typed=text)
        self.work()

    @event
    def work(self) -> None:
        """Let MiniLM read the next of them."""
        if _encoder.ON_DEMAND.here:
            _encoder.read_on(sentences(self.state.typed))

    def view(self) -> Parts:
        """Draw the controls, the chart, the counts, and what is closest of the reader's own sentences."""
        s = self.state
        return {
            "controls": _controls(s),
            "stage": _stage(s),
            "readout": _readout(s),
            "own": fold("Closest of your own sentences", _own(s, self.id)),
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
    what, told = _what(s), _times(s)
    return tag(
        "div",
        tag("p", f"{what}, on a V100", class_="label"),
        PLOT.draw(
            f"Chart of the {what}, by the number of sentences. {told}", PLOT.upright(n, "now"), lines, points
        ),
        tag(
            "p",
            "Extrapolated from the two times that the paper gives for 10,000 sentences, as if all took "
            "equally long; cosines are not counted. Re-ranking reads the 100 nearest. Both scales are "
            "logarithmic.",
            class_="honest",
        ),
    )


def _what(s: EncodersState) -> str:
    return "wait for one answer" if s.asking else "time to find the closest pair"


def _times(s: EncodersState) -> str:
    """Say how long each method takes."""
    cross, both, bi = (duration(wait(cost, s)) for cost in costs(SIZES[s.size], s).values())
    return f"For {SIZES[s.size]:,}: cross-encoder {cross}, bi-encoder {bi}, retrieve and re-rank {both}."


def _readout(s: EncodersState) -> Markup:
    found = costs(SIZES[s.size], s)
    return tag(
        "div",
        (_method(key, name, found[key], s) for key, name, _ in METHODS),
        tag("p", f"{_what(s).capitalize()}. {_times(s)}", class_="spoken", role="status"),
    )


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


# ---------------------------------------------------------------- the reader's own sentences


def _own(s: EncodersState, within: str) -> Markup:
    """Draw the box for the reader's sentences, and which are closest."""
    lines = sentences(s.typed)
    vectors = [vector for line in lines if (vector := _encoder.vector(line)) is not None]
    said: Child = ""
    rows: list[tuple[str, float]] = []
    if len(lines) == 1:
        said = "Type another line."
    elif lines and not _encoder.ON_DEMAND.here:
        said = _encoder.WAITING
    elif len(vectors) < len(lines):
        said = [f"MiniLM reads: {len(vectors)} of {len(lines)} …", tag("span", hidden=True, data_tick="work")]
    elif lines:
        said, rows = _closest(lines, np.stack(vectors), s.asking)
    return _encoder.field(
        "one sentence in each line; the first is the query" if s.asking else "one sentence in each line",
        s.typed,
        said,
        rows,
        problem=_problem(s.typed),
        within=within,
        most=LONGEST,
        lines=5,
    )


def sentences(typed: str) -> list[str]:
    r"""Return the lines that are compared.

    >>> sentences("One.\n\n Two. \n")
    ['One.', 'Two.']
    """
    return _lines(typed)[:LINES]


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def _problem(typed: str) -> str:
    """Say what is not read."""
    if len(_lines(typed)) > LINES:
        return f"The first {LINES} lines are read."
    if _encoder.ON_DEMAND.here:
        for place, line in enumerate(sentences(typed), 1):
            if words := _encoder.remark(line):
                return f"Line {place} {words}"
    return ""


def _closest(lines: list[str], vectors: Floats, asking: bool) -> tuple[str, list[tuple[str, float]]]:
    """Say what was compared; return the closest pairs, or what is nearest to the first line."""
    n = len(lines)
    cosines = np.round(vectors @ vectors.T, 9)
    if asking:
        found = [(float(cosines[0, i]), lines[i]) for i in range(1, n)]
        said = f"nearest to your first line: {n} passes, {n - 1} cosines"
    else:
        found = [(float(cosines[i, j]), f"{lines[i]} / {lines[j]}") for j in range(n) for i in range(j)]
        said = f"closest pairs: {n} passes, {len(found)} cosines"
    found.sort(key=lambda each: -each[0])
    return said, [(text, cosine) for cosine, text in found[: _encoder.SHOWN]]
