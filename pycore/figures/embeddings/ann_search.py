"""FIG.05B: approximate search in HNSW and IVF on the real vectors, recall against the distances it takes.

The indexes and the two curves were made in advance by the code that runs here. What the reader's word finds
is searched live, and so is the whole experiment when it is asked for, a word at a time.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pycore.data.embeddings import word_vectors
from pycore.data.embeddings.indexes import (
    FILE,
    OFFERED,
    QUERIES,
    SETTINGS,
    Answer,
    ask,
    experiment,
    indexes,
    stored,
)
from pycore.data.embeddings.indexes import K as TEN
from pycore.embeddings.ann import Index
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.ivf import IVF
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live import expect
from pycore.live.controls import chip, choice, group, slider
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, percent, signed, tag
from pycore.live.plot import Axis, Plot, dots, line
from pycore.live.readout import headline, readings

METHODS = {"hnsw": ("HNSW", "ef"), "ivf": ("IVF", "nprobe")}

PLOT = Plot(
    560,
    360,
    Axis(100, 10_019, 52, 536, tuple((n, f"{n:,}") for n in (100, 300, 1_000, 3_000, 10_000)), log=True),
    Axis(0.6, 1, 306, 34, tuple((tenth / 10, f"{tenth / 10:.1f}") for tenth in range(6, 11))),
)


@dataclass(frozen=True)
class AnnSearchState:
    """The method, each one's setting by its place, the word, and how far the live experiment is."""

    method: str = "hnsw"
    hnsw: int = len(SETTINGS["hnsw"]) - 1
    ivf: int = 3
    word: str = "love"
    typed: str = ""
    running: bool = False
    measured: int = 0


class AnnSearch(TakesOneWord[AnnSearchState]):
    """Trade recall for distances; type a word and see what is missed; measure the curves anew."""

    State = AnnSearchState
    data = ("embeddings/glove-100d.npz", FILE)
    # Not from outside: a page opened with sixty words measured would have to search for seconds first.
    fixed = frozenset({"measured"})
    code = (HNSW.search, HNSW._search_layer, IVF.search)

    def check(self, state: AnnSearchState) -> None:
        """Refuse an unknown method, setting or word."""
        super().check(state)
        expect.one_of("method", state.method, METHODS)
        for method, settings in SETTINGS.items():
            expect.between(method, getattr(state, method), len(settings) - 1)
        expect.between("measured", state.measured, len(QUERIES))

    @event
    def use(self, method: str) -> None:
        """Search with "hnsw" or with "ivf"."""
        self.state = self.parse({"method": method}, base=self.state)

    @event
    def tune(self, place: str) -> None:
        """Set the method's ef or nprobe, by its place in SETTINGS."""
        self.state = self.parse({self.state.method: place}, base=self.state)

    @event
    def measure(self) -> None:
        """Start the experiment, stop it, or let it go on."""
        done = self.state.measured == len(QUERIES)
        self.state = replace(
            self.state, running=not self.state.running, measured=0 if done else self.state.measured
        )

    @event
    def advance(self) -> None:
        """Let one more word ask, at every setting of both methods."""
        if self.state.running:
            measured = min(self.state.measured + 1, len(QUERIES))
            self.state = replace(self.state, measured=measured, running=measured < len(QUERIES))

    def view(self) -> Parts:
        """Draw the controls, the curves, the means, and what the word finds."""
        s = self.state
        return {
            "controls": _controls(s),
            "stage": _stage(s),
            "readout": _readout(s),
            "experiment": _experiment(s),
            "ask": self.box("your query", OFFERED),
            "found": _found(s),
        }


def _setting(s: AnnSearchState) -> int:
    """Value of ef or nprobe in force."""
    return SETTINGS[s.method][getattr(s, s.method)]


@functools.cache
def _stored(method: str) -> tuple[list[float], list[float]]:
    """Mean recall and mean number of distances of a method at each setting, as stored."""
    m = list(SETTINGS).index(method)
    found = experiment()
    return (found.hits[m].mean(axis=1) / TEN).tolist(), found.evaluations[m].mean(axis=1).tolist()


@functools.lru_cache(maxsize=256)
def _live(method: str, measured: int) -> tuple[list[float], list[float]]:
    """Find the same out here, with the first words of the experiment."""
    words = QUERIES[:measured]
    answers = [[ask(method, setting, word) for word in words] for setting in SETTINGS[method]]
    truth = [ask("exact", 0, word) for word in words]
    recall = [sum(a.hits(t) for a, t in zip(row, truth, strict=True)) / (TEN * measured) for row in answers]
    return recall, [sum(answer.evaluations for answer in row) / measured for row in answers]


# ---------------------------------------------------------------- what is drawn


def _controls(s: AnnSearchState) -> Markup:
    name, knob = METHODS[s.method]
    value = _setting(s)
    what = {"hnsw": "nodes kept while looking", "ivf": "cells looked into, of 100"}[s.method]
    return tag(
        "div",
        group("The index", choice("use", {key: label for key, (label, _) in METHODS.items()}, s.method)),
        slider(
            [f"{knob} = ", tag("b", value, data_out="setting"), f", {what}"],
            "tune",
            "setting",
            getattr(s, s.method),
            len(SETTINGS[s.method]) - 1,
            name=f"{knob} of {name}",
            spoken=f"{knob} {value}",
        ),
        class_="row",
    )


def _stage(s: AnnSearchState) -> Markup:
    recall, distances = _stored(s.method)
    place = getattr(s, s.method)
    ((x, y),) = PLOT.places([distances[place]], [recall[place]])
    return tag(
        "div",
        tag("p", "recall@10, by distances computed for a query", class_="label"),
        PLOT.draw(
            _summary(s),
            _brute_force(),
            (_curve(method, method == s.method) for method in METHODS),
            (_dots(method, s.measured) for method in METHODS) if s.measured else None,
            tag("circle", class_="now", cx=x, cy=y, r=9),
        ),
    )


def _brute_force() -> list[Markup]:
    x, y = PLOT.x.end, PLOT.y.end
    return [
        tag("rect", class_="exact", x=x - 6, y=y - 6, width=12, height=12),
        tag("text", "brute force", class_="name", x=x + 6, y=y - 14, text_anchor="end"),
    ]


def _curve(method: str, chosen: bool) -> Markup:
    recall, distances = _stored(method)
    places = PLOT.places(distances, recall)
    labelled, right, down = {"hnsw": (4, 2, 26), "ivf": (2, 14, 14)}[method]
    x, y = places[labelled]
    return tag(
        "g",
        tag("path", class_="curve", d=line(places)),
        tag("path", class_="marks", d=dots(places)),
        tag("text", METHODS[method][0], class_="name", x=x + right, y=y + down),
        class_=f"{method} chosen" if chosen else method,
    )


def _dots(method: str, measured: int) -> list[Markup]:
    """Draw what the live experiment says so far."""
    recall, distances = _live(method, measured)
    return [tag("circle", class_="live", cx=x, cy=y, r=5) for x, y in PLOT.places(distances, recall)]


def _summary(s: AnnSearchState) -> str:
    """Say what the chart shows."""
    told = []
    for method, (name, knob) in METHODS.items():
        recall, distances = _stored(method)
        first, last = SETTINGS[method][0], SETTINGS[method][-1]
        told.append(
            f"{name}: recall {recall[0]:.3f} with {distances[0]:,.0f} distances at {knob} {first}, "
            f"up to {recall[-1]:.3f} with {distances[-1]:,.0f} at {knob} {last}."
        )
    name, knob = METHODS[s.method]
    recall, distances = _stored(s.method)
    place = getattr(s, s.method)
    told.append(
        f"Chosen: {name} at {knob} {_setting(s)}, recall {recall[place]:.3f} with {distances[place]:,.0f}. "
        f"Brute force: recall 1 with {len(stored()):,}."
    )
    return " ".join(told)


def _readout(s: AnnSearchState) -> Markup:
    place, n = getattr(s, s.method), len(stored())
    recall, distances = (column[place] for column in _stored(s.method))
    rows = (
        ("distances per query", "distances", f"{distances:,.0f}"),
        ("brute force", "brute", f"{n:,}"),
        ("share of it", "share", percent(distances / n, 1)),
        ("true ones missed", "missed", f"{(1 - recall) * TEN * len(QUERIES):.0f} of {TEN * len(QUERIES)}"),
    )
    return tag(
        "div",
        headline(
            f"mean recall@10, {len(QUERIES)} words",
            f"{recall:.3f}",
            "recall",
            f"{n / distances:.0f} times fewer distances than brute force",
        ),
        readings(rows),
    )


def _experiment(s: AnnSearchState) -> Markup:
    """Offer to measure here, and say how far that is and what it gave."""
    label = "stop" if s.running else "go on" if 0 < s.measured < len(QUERIES) else "measure it here"
    told: list[Markup | str] = [
        "The curves were measured when the indexes were built, with the code that this page runs."
    ]
    if s.measured:
        recall, distances = (column[getattr(s, s.method)] for column in _live(s.method, s.measured))
        told = [
            "Here, after ",
            tag("b", f"{s.measured} of {len(QUERIES)}", data_out="measured"),
            f" words, {METHODS[s.method][0]} at this setting: recall ",
            tag("b", f"{recall:.3f}", data_out="live-recall"),
            " with ",
            tag("b", f"{distances:,.0f}", data_out="live-distances"),
            " distances.",
        ]
    return tag(
        "div",
        chip(label, "measure", None, "measure", s.running),
        tag("p", told, data_tick="advance" if s.running else None),
        tag(
            "p",
            f"The {len(QUERIES)} words stand evenly in the list by frequency; none was picked, and none is "
            "in the indexes, where it would be found at once. Both are ready-made: the graph took "
            f"{_millions(indexes().hnsw)} distances, the cells {_millions(indexes().ivf)}. Directions are "
            "rounded to 1/2000. Among ten thousand vectors brute force is fast too; the gap grows with their "
            "number.",
            class_="honest",
        ),
    )


def _millions(index: Index) -> str:
    return f"{index.build_evaluations / 1e6:.1f} million"


def _found(s: AnnSearchState) -> Markup:
    """Show the true ten nearest words, which of them were found, and at what cost."""
    vectors = word_vectors()
    word = vectors.id(s.word)
    truth, answer = ask("exact", 0, word), ask(s.method, _setting(s), word)
    unit = vectors.unit[word].astype(np.float64)
    rows = (
        tag(
            "li",
            tag("span", vectors.words[i], data_out=f"true-{place}"),
            tag("em", "missed") if i not in answer.ids else None,
            tag("span", signed(float(vectors.unit[i].astype(np.float64) @ unit)), class_="value"),
            class_=None if i in answer.ids else "missed",
        )
        for place, i in enumerate(truth.ids, 1)
    )
    name, knob = METHODS[s.method]
    return tag(
        "div",
        tag("p", f"the ten words nearest to “{s.word}”, by brute force", class_="label"),
        tag("ol", rows),
        tag(
            "p",
            f"{name} at {knob} {_setting(s)} found ",
            tag("b", f"{answer.hits(truth)} of {TEN}", data_out="found"),
            " with ",
            tag("b", f"{answer.evaluations:,}", data_out="counted"),
            f" distances; brute force took {truth.evaluations:,}. ",
            _instead(answer, truth.ids),
            f" “{s.word}” is in the index itself, which makes it easy to find." if answer.stored else None,
            class_="told",
            role="status",
        ),
    )


def _instead(answer: Answer, true: Sequence[int]) -> list[Markup | str]:
    """Name what was returned in place of the missed words."""
    words = word_vectors().words
    others = [words[i] for i in answer.ids if i not in true]
    if not others:
        return ["Nothing was missed." if len(answer.ids) == TEN else "The cells held no others."]
    return ["In place of the missed: ", tag("span", ", ".join(others), data_out="instead"), "."]
