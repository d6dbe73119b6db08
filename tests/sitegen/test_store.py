"""The store: the walk over a figure's buttons, its limits, and its answers against those of a live host."""

from __future__ import annotations

import gzip
import html
import itertools
import json
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pycore.live import catalog
from pycore.live.controls import chip
from pycore.live.figure import ID, Figure, Parts, event
from pycore.live.host import Host
from pycore.live.markup import Markup, tag
from sitegen import controls, store
from sitegen.figures import is_live
from tests.sitegen.small_course import SmallCourse


@dataclass(frozen=True)
class RingState:
    """A place on a ring, and what happened on the way."""

    at: int = 0
    size: int = 5
    note: str = ""
    outcome: str = ""
    trains: bool = False


class Ring(Figure[RingState]):
    """Goes round; some of its buttons lead where no store can follow."""

    State = RingState
    fixed = frozenset({"size", "outcome"})
    extra = Markup()

    @event
    def go(self, by: str) -> None:
        """Go on."""
        self.state = replace(self.state, at=(self.state.at + int(by)) % self.state.size)

    @event
    def fail(self) -> None:
        """Raise, after a change."""
        self.state = replace(self.state, at=3)
        raise ValueError("no")

    @event
    def run(self) -> None:
        """Change a field that does not travel."""
        self.state = replace(self.state, outcome="done")

    @event
    def train(self) -> None:
        """Begin what goes on by itself."""
        self.state = replace(self.state, trains=True)

    def view(self) -> Parts:
        """Draw the place, and the buttons."""
        s = self.state
        ticks = tag("p", s.outcome, data_tick="go" if s.trains else None)
        return {
            "controls": Markup(chip("→", "go", "1", "on") + chip("←", "go", "-1", "back") + self.extra),
            "place": tag("ol", (tag("li", i, class_="here" if i == s.at else None) for i in range(s.size))),
            "outcome": ticks,
        }


class Counter(Ring):
    """Has no end."""

    @event
    def go(self, by: str) -> None:
        """Count."""
        self.state = replace(self.state, at=self.state.at + int(by))

    def view(self) -> Parts:
        """Draw the number."""
        return {"place": tag("p", self.state.at, chip("+", "go", "1", "on"))}


def made(kind: type[Figure[Any]], params: dict[str, object], **options: int) -> tuple[Answers, bool]:
    found = store.build(kind, params, **options)
    assert found is not None
    return Answers(found.text), found.complete


class Answers:
    """A store, read again by the rules that `encode` states."""

    def __init__(self, text: str) -> None:
        written = json.loads(text)
        self.states: list[dict[str, Any]] = written["states"]
        self.answers = {
            tuple(event): list(itertools.accumulate(column))
            for event, column in zip(written["events"], written["answers"], strict=True)
        }
        self.pieces = written["pieces"]
        self.parts = {name: self._pictures(*part) for name, part in written["parts"].items()}

    def _pictures(self, edits: list[list[int]], column: list[int]) -> list[str]:
        texts, before = [], list[int]()
        for start, end, *between in edits:
            before = [*before[:start], *between, *before[len(before) - end :]]
            texts.append("".join(self.pieces[piece] for piece in before))
        return [texts[i] for i in itertools.accumulate(column)]

    def view(self, state: int) -> dict[str, str]:
        return {name: texts[state] for name, texts in self.parts.items()}


def with_buttons(*names: str) -> type[Ring]:
    buttons = Markup("".join(chip(name, name, None, name) for name in names))
    return type("MoreRing", (Ring,), {"extra": buttons})


# ---------------------------------------------------------------- the walk


def test_every_state_is_found_and_answered() -> None:
    answers, complete = made(Ring, {"size": "5"})
    assert complete
    assert [state.get("at", 0) for state in answers.states] == [0, 1, 4, 2, 3]  # breadth first
    for i, state in enumerate(answers.states):
        at = state.get("at", 0)
        assert answers.view(i) == Ring({"size": 5, "at": at}).view()
        for press, by in ((("go", "1"), 1), (("go", "-1"), -1), (("reset",), -at)):
            assert answers.states[answers.answers[press][i]].get("at", 0) == (at + by) % 5


def test_the_initial_state_is_that_of_the_lesson() -> None:
    answers, _ = made(Ring, {"at": "2"})
    assert answers.states[0] == {}
    assert {"at": 0} in answers.states
    assert answers.view(0) == Ring({"at": 2}).view()


@pytest.mark.parametrize("name", ["fail", "run", "train"])
def test_what_a_store_cannot_answer_is_left_to_python(name: str) -> None:
    answers, complete = made(with_buttons(name), {})
    assert not complete
    assert set(answers.answers[(name,)]) == {-1}
    assert len(answers.states) == 5


def test_a_handle_or_a_text_box_makes_it_incomplete() -> None:
    handle = type("Held", (Ring,), {"extra": tag("g", data_drag="b"), "drag": lambda *_: None})
    answers, complete = made(handle, {})
    assert not complete
    assert len(answers.states) == 5


def test_the_budget_is_kept_and_nothing_leads_outside() -> None:
    everything, complete = made(Ring, {"size": 300})
    assert complete
    budget = 2000
    some = store.build(Ring, {"size": 300}, budget=budget)
    assert some is not None
    assert not some.complete
    assert 0.9 * budget < len(gzip.compress(some.text.encode(), 9, mtime=0)) <= budget
    few = Answers(some.text)
    assert 10 < len(few.states) < len(everything.states)
    assert few.states == everything.states[: len(few.states)]
    for press, column in few.answers.items():
        whole = everything.answers[press]
        assert column == [to if to < len(few.states) else -1 for to in whole[: len(few.states)]]


def test_endless_figures_end() -> None:
    answers, complete = made(Counter, {}, budget=10**9)
    assert not complete
    assert store.MOST <= len(answers.states) <= store.MOST * store.GROWTH + 3


def test_nothing_to_press_needs_no_store() -> None:
    still = type("Still", (Ring,), {"view": lambda self: {"place": tag("p", "still")}})
    assert store.build(still, {}) is None


def test_it_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCORE_CACHE", str(tmp_path))
    made: list[object] = []
    build = store.build
    monkeypatch.setattr(store, "build", lambda kind, params: made.append(params) or build(kind, params))
    first = store.make("embeddings/lookup", {})
    assert store.make("embeddings/lookup", {}) == first
    assert store.is_kept("embeddings/lookup", {})
    assert made == [{}]
    assert not store.is_kept("embeddings/lookup", {"word": "cat"})


# ---------------------------------------------------------------- the real figures


REAL = [name for name in catalog.paths() if is_live(catalog.load(name))]
SAMPLE = 200  # states of each figure


def test_a_figure_of_buttons_alone_is_complete() -> None:
    found = store.make("embeddings/cone", {})
    assert found is not None
    assert found.complete
    # Models, their layers, words for GloVe, with and without the mean, coordinates that are taken off.
    assert len(Answers(found.text).states) == 3 * 7 * 2 * 2 * 4


@pytest.fixture(scope="session")
def settings(dist: Path) -> dict[str, dict[str, str]]:
    """What figures of lessons are given, by the figure's path: their stores were made for the pages."""
    pages = "".join(page.read_text("utf-8") for page in dist.glob("*.html"))
    placed = re.findall(r'<py-figure id="([^"]*)"[^>]* data-path="([^"]*)" data-params="([^"]*)"', pages)
    found = {}
    for key, path, params in placed:
        told = json.loads(html.unescape(params))
        own = {name: value for name, value in told.items() if not name.startswith("@")}
        found[path] = own | {ID: key} | told  # in the build's order, by which a store is kept
    return found


@pytest.fixture(scope="module", params=REAL)
def stored(
    request: pytest.FixtureRequest, settings: dict[str, dict[str, str]]
) -> tuple[dict[str, Any], Answers]:
    """What mounts a figure, and its store: both tests of one come before the next."""
    params = settings.get(request.param, {ID: "live"})
    found = store.make(request.param, params)
    assert found is not None
    return {"id": params[ID], "name": request.param, "params": params}, Answers(found.text)


def test_every_stored_state_is_what_a_live_figure_shows(stored: tuple[dict[str, Any], Answers]) -> None:
    """As Python takes over: a fresh figure, put into the state."""
    figure, answers = stored
    host = Host()
    for i in range(0, len(answers.states), -(-len(answers.states) // SAMPLE)):
        state = answers.states[i]
        request = figure | {"state": state, "redraw": True}
        live = json.loads(host.mount(json.dumps(request)))
        view = answers.view(i)
        assert live == {"id": figure["id"], "parts": view, "state": state, "order": list(view)}


def test_stored_answers_are_those_of_a_live_figure(stored: tuple[dict[str, Any], Answers]) -> None:
    """One figure that lives through a long walk, with all that it may remember, against the store."""
    figure, answers = stored
    host, rng = Host(), random.Random(5)
    host.mount(json.dumps(figure | {"state": None}))
    at = 0
    for _ in range(200):
        presses, _ = controls.read(answers.view(at).values())
        known = [press for press in [*presses, ("reset",)] if answers.answers[press][at] >= 0]
        press = rng.choice(known)
        to = answers.answers[press][at]
        live = json.loads(host.send(json.dumps({"id": figure["id"], "event": press[0], "args": press[1:]})))
        before, after = answers.view(at), answers.view(to)
        changed = {part: html for part, html in after.items() if before[part] != html}
        assert live == {"id": figure["id"], "parts": changed, "state": answers.states[to]}
        at = to


def test_a_page_names_its_stores(course: SmallCourse) -> None:
    course.write_lesson(
        '::: figure cosine {number=1 title="One" a=bank b=river}\n:::\n'
        '::: figure three_rows {number=2 title="Two"}\n:::\n'
    )
    course.build()
    page = (course.dist / "lesson.html").read_text("utf-8")
    config = json.loads(page.split('id="python-config">')[1].split("</script>")[0])
    (key, (file, complete)), (other, (_, whole)) = config["stores"].items()
    assert (key, complete) == ("fig-1", False)  # its handle needs Python
    assert (other, whole) == ("fig-2", True)
    text = (course.dist / file).read_text("utf-8")
    assert text.startswith("pyStore({")
    assert "a · bank" in text
    assert page.count(file) == 1  # the page does not wait for it
