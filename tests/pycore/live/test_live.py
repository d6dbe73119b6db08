"""Figures as state machines: their markup, their states, their events, and the host that talks for them."""

from __future__ import annotations

import json
import math
import string
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore import data
from pycore.embeddings.vectors import WordVectors
from pycore.figures.embeddings._words import LONGEST, accept, word_box
from pycore.live import catalog, later
from pycore.live import host as hosts
from pycore.live.controls import chip, choice, slider
from pycore.live.figure import Figure, event
from pycore.live.host import Host
from pycore.live.labels import Box, crossings
from pycore.live.markup import Markup, join, number, signed, tag
from pycore.live.matrix import cells
from pycore.live.plot import Axis, Plot
from pycore.live.readout import headline, nearest_words, readings

ATTACKS = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onfocus='alert(1)' autofocus='",
    '" onmouseover="alert(1)',
    "&lt;script&gt;",
    "</textarea><img src=x onerror=alert(1)>",
    "<!-- x --><svg/onload=alert(1)>",
)
anything = st.text(
    st.one_of(st.sampled_from("<>&\"'/=;#x-! \n\t"), st.characters(codec="utf-8")), max_size=30
)


class Page(HTMLParser):
    """Read markup back: the elements with their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))

    def handle_data(self, text):
        self.text += text


# ---------------------------------------------------------------- markup


@given(anything, anything)
def test_text_and_attributes_come_back_as_they_were(text, value):
    page = Page(tag("p", text, title=value))
    assert page.elements == [("p", {"title": value})]
    assert page.text == text


@given(st.lists(anything, max_size=4))
def test_children_are_flattened_and_escaped_each(texts):
    page = Page(join([texts, None, tag("b", iter(texts)), 7]))
    assert page.text == "".join(texts) * 2 + "7"
    assert page.elements == [("b", {})]


def test_markup_stays_but_what_is_added_to_it_becomes_text():
    inner = tag("b", "x")
    assert isinstance(inner, Markup)
    assert tag("p", inner) == "<p><b>x</b></p>"
    assert tag("p", inner + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"
    assert tag("p", title=inner) == '<p title="&lt;b&gt;x&lt;/b&gt;"></p>'


def test_attributes():
    assert tag("g", class_="a", data_on_click="b", aria_pressed=None, hidden=False) == (
        '<g class="a" data-on-click="b"></g>'
    )
    assert tag("input", disabled=True, value=0) == '<input disabled value="0"/>'
    assert tag("line", x1=-0.0, y1=-0.001, x2=1 / 3, y2=2.0) == '<line x1="0" y1="0" x2="0.33" y2="2"/>'
    assert tag("line", x1=np.float64(1.005)) == tag("line", x1=1.005)


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_number_is_the_shortest_text_of_the_rounded_value(x, decimals):
    text = number(x, decimals)
    assert float(text) == float(f"{x:.{decimals}f}")
    assert text != "-0"
    assert set(text) <= set(string.digits + ".-")
    assert "." not in text or text[-1] not in "0."


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_signed_has_a_sign_and_all_its_decimals(x, decimals):
    text = signed(x, decimals)
    plain = text.replace("−", "-")
    assert float(plain) == float(f"{x:.{decimals}f}")
    assert text[0] in "+−"
    assert "-" not in text
    assert len(text.partition(".")[2]) == decimals
    assert text[0] == "+" or float(plain) < 0  # no negative zero


def test_numbers_do_not_depend_on_a_locale():
    assert (number(1234567.5), signed(1234.5, 1), number(1e21, 0)) == (
        "1234567.5",
        "+1234.5",
        "1000000000000000000000",
    )
    assert (number(-0.004), number(-0.4, 0), number(100, 0), number(0.1 + 0.2)) == ("0", "0", "100", "0.3")


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=5))
def test_cells_show_sign_and_size(values):
    drawn = [Page(cell).elements[0] for cell in cells(np.array(values))]
    assert [attributes["class"] for _, attributes in drawn] == ["n" if x < 0 else "p" for x in values]
    strengths = [int(attributes["style"].removeprefix("--v:")) for _, attributes in drawn]
    assert strengths == [round(min(abs(x), 1) * 20) * 5 for x in values]


# ---------------------------------------------------------------- controls and the word box


@pytest.fixture(scope="module")
def pets():
    words = [*"cat cats catch cater catfish catalog category catholic dog dogs doggy".split()]
    return WordVectors(words, np.eye(len(words)))


def test_a_chip_says_what_it_sends():
    ((name, attributes),) = Page(chip("Cat & dog", "pair", "cat dog", "pair-1", pressed=True)).elements
    assert name == "button"
    assert attributes == {
        "type": "button",
        "class": "chip",
        "data-control": "pair-1",
        "data-on-click": "pair",
        "data-arg": "cat dog",
        "aria-pressed": "true",
    }
    ((_, attributes),) = Page(chip("Run", "run", None, "run")).elements
    assert attributes.keys() == {"type", "class", "data-control", "data-on-click"}
    assert 'aria-pressed="false"' in chip("Run", "run", None, "run", pressed=False)


def test_one_answer_of_a_choice_is_pressed():
    chips = [Page(c).elements[0][1] for c in choice("turn", {"a": "A", "b": "B"}, "b", "turn-{}")]
    assert [(c["data-control"], c["data-on-click"], c["data-arg"], c["aria-pressed"]) for c in chips] == [
        ("turn-a", "turn", "a", "false"),
        ("turn-b", "turn", "b", "true"),
    ]
    assert 'aria-pressed="true"' not in "".join(choice("turn", {"a": "A"}, None))


def test_a_slider_has_a_range_a_name_and_a_value_in_words():
    page = Page(slider("d = 3", "cut", "d", 3, 9, least=1, step=2, name="Length", spoken="3 numbers"))
    assert page.text == "d = 3"
    assert page.elements[-1][1] == {
        "type": "range",
        "min": "1",
        "max": "9",
        "step": "2",
        "value": "3",
        "data-control": "d",
        "data-on-input": "cut",
        "aria-label": "Length",
        "aria-valuetext": "3 numbers",
    }


def test_a_readout_names_its_numbers():
    page = Page(
        tag(
            "div",
            headline("angle", "3°", "angle", "small"),
            readings([("cosine", "cos", "+1.00")]),
            nearest_words([("cat", 0.5), ("dog", -0.25)], cosine_out="cosine-{}", kept={"dog"}),
        )
    )
    outs = [a["data-out"] for _, a in page.elements if "data-out" in a]
    assert outs == ["angle", "verdict", "cos", "nearest-1", "cosine-1", "nearest-2", "cosine-2"]
    assert page.text == "angle3°smallcosine+1.00cat+0.50dog−0.25"
    assert [a.get("class") for name, a in page.elements if name == "li"] == [None, "kept"]
    assert "verdict" not in tag("div", headline("angle", "3°", "angle"))


@given(st.floats(0.1, 1e6), st.floats(0.1, 1e6), st.booleans())
def test_an_axis_keeps_order_and_ends(one, other, log):
    axis = Axis(1, 1000, 10, 90, log=log)
    assert (axis(1), axis(1000), axis(0), axis(1e9)) == (10, 90, 10, 90)
    low, high = sorted((one, other))
    assert 10 <= axis(low) <= axis(high) <= 90
    assert Axis(1, 1000, 90, 10, log=log)(one) == pytest.approx(100 - axis(one))


def test_a_plot_draws_its_ticks_and_says_what_it_shows():
    x = Axis(0, 10, 20, 100, ((0, "zero"), (10, "ten")))
    page = Page(Plot(110, 60, x, Axis(0, 1, 50, 10, ((1, "one"),))).draw("A rise.", tag("path", d="M0 0")))
    (_, svg), *_ = page.elements
    assert (svg["class"], svg["viewbox"], svg["role"], svg["aria-label"]) == (
        "plot",
        "0 0 110 60",
        "img",
        "A rise.",
    )
    assert (
        next(a["d"] for _, a in page.elements if a.get("class") == "lines") == "M20 10H100M20 10V50M100 10V50"
    )
    # The last text would leave the picture, so it ends at its line.
    assert [a["text-anchor"] for name, a in page.elements if name == "text"] == ["end", "middle", "end"]


def test_boxes_that_only_touch_do_not_cross():
    box = Box.around(10, 10, 4, 4)
    assert box == (8, 8, 12, 12) == Box.beside(5, 10, 1, 3, 4, 4) == Box.beside(15, 10, -1, 3, 4, 4)
    assert crossings(box, [Box(12, 8, 14, 12), Box(8, 12, 12, 14), Box(11, 11, 13, 13), box]) == 2


@pytest.mark.parametrize(
    ("typed", "shown", "word"),
    [
        ("cat", "cat", "cat"),
        (" Cat ", " Cat ", "cat"),
        ("ca", "ca", None),
        ("", "", None),
        ("x" * 100, "x" * LONGEST, None),
        (" " * LONGEST + "cat", " " * LONGEST, None),
    ],
)
def test_accept(pets, typed, shown, word):
    assert accept(pets, typed) == (shown, word)


def hint(pets, word, typed):
    page = Page(word_box(pets, "a", "first", word, typed))
    sent = [attributes["data-arg"] for name, attributes in page.elements if name == "button"]
    return page.text.removeprefix("first"), sent


def test_the_box_completes_what_is_typed(pets):
    assert hint(pets, "cat", "cat") == ("", [])
    assert hint(pets, "cat", "") == ("", [])
    said, choices = hint(pets, "cat", " Dog")
    assert said.startswith("“dog” is in use already")  # it was refused, or it would be in force
    assert choices == []  # Enter takes the first
    _, sent = hint(pets, "dog", "ca")
    assert len(sent) == 6  # of more
    assert all(arg.startswith("a ca") for arg in sent)


def test_the_box_suggests_what_was_meant(pets):
    text, sent = hint(pets, "dog", "Catz")
    assert text.startswith("“catz” is not among these 11 words. Did you mean cat")
    assert "a cat" in sent
    text, sent = hint(pets, "dog", "qqqq")
    assert text == "“qqqq” is not among these 11 words. Still showing “dog”."
    assert sent == []


@pytest.mark.parametrize("typed", ATTACKS)
def test_what_a_reader_types_stays_text(pets, typed):
    page = Page(word_box(pets, "a", "first", "cat", typed))
    assert [name for name, _ in page.elements] == ["div", "label", "input", "div"]
    assert page.elements[2][1]["value"] == typed
    assert f"“{typed.strip().lower()}”" in page.text
    plain = Page(word_box(pets, "a", "first", "cat", "plain"))
    assert page.elements[2][1].keys() == plain.elements[2][1].keys()


# ---------------------------------------------------------------- a figure's state


@dataclass(frozen=True)
class DialState:
    count: int = 3
    angle: float = 0.5
    label: str = "north"
    on: bool = False
    marks: tuple[float, ...] = (1.0, 2.0)
    title: str = "Dial"


class Dial(Figure[DialState]):
    """A figure of every kind of field and of every kind of mistake."""

    State = DialState
    fixed = frozenset({"title"})
    step = 0.25
    plain = "not an event"

    def check(self, state):
        if state.count < 0:
            raise ValueError("count must not be negative")

    @event
    def turn(self, to):
        self.state = replace(self.state, angle=float(to))

    @event
    def say(self, label, again=""):
        self.state = replace(self.state, label=label + again)

    @event
    def spoil(self):
        self.state = replace(self.state, angle=math.pi, label="spoiled")
        raise RuntimeError("half way")

    @event
    def break_view(self):
        self.state = replace(self.state, label="broken")

    def not_an_event(self):
        self.state = replace(self.state, label="hacked")

    def position(self, name):
        return self.state.angle, 0.0

    @event
    def drag(self, name, x, y):
        self.state = replace(self.state, angle=x)

    def view(self):
        if self.state.label == "broken":
            raise ZeroDivisionError("cannot draw")
        return {"stage": tag("p", self.state.label), "readout": tag("b", number(self.state.angle))}


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"count": "7"}, "count", 7),
        ({"count": 7.0}, "count", 7),
        ({"angle": "-1.5e2"}, "angle", -150.0),
        ({"angle": 2}, "angle", 2.0),
        ({"label": "<b>"}, "label", "<b>"),
        ({"label": ""}, "label", ""),
        ({"on": "true"}, "on", True),
        ({"on": "False"}, "on", False),
        ({"on": True}, "on", True),
        ({"marks": [3, "4"]}, "marks", (3.0, 4.0)),
        ({"marks": []}, "marks", ()),
        ({}, "count", 3),
    ],
)
def test_parse_turns_values_into_the_fields_types(values, field, expected):
    state = Dial().parse(values)
    assert getattr(state, field) == expected
    assert type(getattr(state, field)) is type(expected)
    assert Dial(values).state == state
    untouched = {name: value for name, value in Dial.fields().items() if name != field}
    assert {name: getattr(state, name) for name in untouched} == untouched


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cuont": 1}, 'the state has no "cuont"; it has angle, count, label, marks, on, title'),
        ({"count": "seven"}, "\"count\" must be int; found 'seven'"),
        ({"count": 2.5}, '"count" must be int; found 2.5'),
        ({"count": "2.5"}, '"count" must be int'),
        ({"count": 10**9}, '"count" must be int'),
        ({"count": math.inf}, '"count" must be int'),
        ({"count": None}, '"count" must be int'),
        ({"angle": "nan"}, '"angle" must be float'),
        ({"angle": math.nan}, '"angle" must be float'),
        ({"angle": -math.inf}, '"angle" must be float'),
        ({"angle": 10**400}, '"angle" must be float'),
        ({"angle": [1.0]}, '"angle" must be float'),
        ({"label": 7}, '"label" must be str'),
        ({"on": "yes"}, '"on" must be bool'),
        ({"on": 1}, '"on" must be bool'),
        ({"marks": "1 2"}, '"marks" must be tuple'),
        ({"marks": [1, "x"]}, '"marks" must be tuple'),
        ({"marks": [math.nan]}, '"marks" must be tuple'),
        ({"count": -1}, "count must not be negative"),
    ],
)
def test_parse_refuses(values, words):
    dial = Dial()
    for take in (dial.parse, dial.restore, Dial):
        with pytest.raises(ValueError, match=words):
            take(values)
    assert dial.state == DialState()


def test_a_lesson_sets_fixed_fields_and_no_one_else_does():
    dial = Dial({"title": "Compass"})
    assert dial.state.title == "Compass"
    for title in ("x", "Compass"):
        with pytest.raises(ValueError, match='"title" cannot be set from outside'):
            dial.restore({"count": 4, "title": title})
    assert dial.state == DialState(title="Compass")
    dial.state = replace(dial.state, title="changed by the figure", count=9)
    assert dial.changes() == {"count": 9}


def test_reset_goes_back_to_what_the_lesson_set():
    dial = Dial({"count": "5"})
    dial.handle("turn", [9])
    dial.handle("reset", [])
    assert dial.state == DialState(count=5)
    assert dial.changes() == {}


states = st.fixed_dictionaries(
    {},
    optional={
        "count": st.integers(0, 10**9 - 1),
        "angle": st.floats(-1e8, 1e8),
        "label": st.text(max_size=5),
        "on": st.booleans(),
        "marks": st.lists(st.floats(-1e8, 1e8), max_size=3),
    },
)


@given(states, states)
def test_changes_brought_through_json_restore_the_state(initial, values):
    dial, other = Dial(initial), Dial(initial)
    dial.restore(values)
    changes = json.loads(json.dumps(dial.changes()))
    other.restore(changes)
    assert other.state == dial.state
    assert other.changes() == dial.changes()
    assert all(getattr(dial.state, key) != getattr(Dial(initial).state, key) for key in changes)


# ---------------------------------------------------------------- events

REFUSED = (
    "__init__ __class__ view parse restore check changes handle position fields state _initial plain "
    "not_an_event turn2 Turn turn() State".split()
)


@pytest.mark.parametrize("name", [*REFUSED, ""])
def test_only_events_can_be_called(name):
    dial = Dial()
    for args in ([], ["x"], [{}]):
        with pytest.raises(ValueError, match="has no event"):
            dial.handle(name, args)
    assert dial.state == DialState()


def test_events_are_methods_that_say_so():
    dial = Dial()
    dial.handle("turn", ["1.25"])
    dial.handle("say", ["no", "rth"])
    assert (dial.state.angle, dial.state.label) == (1.25, "north")
    dial.handle("drag", ["hand", 4, 5.5])
    assert dial.state.angle == 4
    dial.handle("nudge", ["hand", -8, 0])
    assert dial.state.angle == 4 - 8 * 0.25


@pytest.mark.parametrize(
    "arg", [math.nan, math.inf, -math.inf, np.float64("nan"), None, [], {}, ["x"], {"x": 1}, b"x"]
)
@pytest.mark.parametrize(("name", "before"), [("drag", ["hand", 1.0]), ("nudge", ["hand"]), ("turn", [])])
def test_events_take_text_and_finite_numbers_only(name, before, arg):
    dial = Dial()
    with pytest.raises(ValueError, match=f'"{name}" takes text and finite numbers; found'):
        dial.handle(name, [*before, arg])
    assert dial.state == DialState()


# ---------------------------------------------------------------- the host


@pytest.fixture
def host(monkeypatch):
    """A host with one mounted dial."""
    load, paths = catalog.load, catalog.paths()
    monkeypatch.setattr(catalog, "load", lambda path: Dial if path == "dial" else load(path))
    monkeypatch.setattr(catalog, "paths", lambda: ["dial", *paths])
    host = Host()
    assert mount(host) == {"id": "fig-1", "parts": {}, "state": {}}
    return host


def mount(host, name="dial", params=None, state=None, key="fig-1"):
    request = {"id": key, "name": name, "params": params or {}, "state": state}
    return json.loads(host.mount(json.dumps(request)))


def send(host, name, *args, key="fig-1"):
    return json.loads(host.send(json.dumps({"id": key, "event": name, "args": args})))


def test_the_host_answers_with_the_parts_that_changed(host):
    assert send(host, "turn", 2) == {
        "id": "fig-1",
        "parts": {"readout": "<b>2</b>"},
        "state": {"angle": 2.0},
    }
    assert send(host, "turn", "2") == {"id": "fig-1", "parts": {}, "state": {"angle": 2.0}}
    assert send(host, "say", "south")["parts"] == {"stage": "<p>south</p>"}
    assert send(host, "reset") == {
        "id": "fig-1",
        "parts": {"stage": "<p>north</p>", "readout": "<b>0.5</b>"},
        "state": {},
    }


def test_mounting_with_a_state_gives_what_differs_from_the_page(host):
    assert mount(host, state={"label": "<i>"}) == {
        "id": "fig-1",
        "parts": {"stage": "<p>&lt;i&gt;</p>"},
        "state": {"label": "<i>"},
    }
    assert mount(host, params={"label": "east"}, state={"label": "east"}) == {
        "id": "fig-1",
        "parts": {},
        "state": {},
    }


def test_parts_that_come_and_go_are_told_in_their_order(host, monkeypatch):
    drawn = {"first": Markup("1"), "stage": Markup("2")}
    monkeypatch.setattr(Dial, "view", lambda self: dict(drawn))
    assert send(host, "turn", 2)["order"] == ["first", "stage"]
    assert "order" not in send(host, "turn", 3)


def test_figures_of_a_page_do_not_share_a_state(host):
    mount(host, key="fig-2", params={"angle": "7"})
    send(host, "turn", 1)
    assert send(host, "nudge", "hand", 1, 0, key="fig-2")["state"] == {"angle": 7.25}
    assert send(host, "nudge", "hand", 1, 0)["state"] == {"angle": 1.25}


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("turn", ["east"], "could not convert string to float"),
        ("turn", [math.nan], '"turn" takes text and finite numbers; found nan'),
        ("drag", ["hand", -math.inf, 0], "found -inf"),
        ("drag", ["hand", None, 0], "found None"),
        ("__init__", [{"count": 8}], 'Dial has no event "__init__"'),
        ("view", [], 'Dial has no event "view"'),
        (5, [], 'Dial has no event "5"'),
    ],
)
def test_what_a_figure_refuses_is_told_gently_and_changes_nothing(host, name, args, words):
    send(host, "turn", 2)
    reply = send(host, name, *args)
    assert reply.keys() == {"id", "refused"}
    assert words in reply["refused"]
    assert send(host, "turn", 2) == {"id": "fig-1", "parts": {}, "state": {"angle": 2.0}}


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("spoil", [], "RuntimeError: half way"),
        ("break_view", [], "ZeroDivisionError: cannot draw"),
        ("turn", [], "TypeError: "),
        ("turn", [1, 2], "TypeError: "),
        ("reset", ["x"], "TypeError: "),
        ("turn", [10**400], "OverflowError: "),
        ("say", ["x", "y", "z"], "TypeError: "),
    ],
)
def test_a_failing_event_leaves_state_and_picture_as_they_were(host, name, args, words):
    send(host, "turn", 2)
    reply = send(host, name, *args)
    assert reply.keys() == {"id", "error", "detail"}
    assert reply["id"] == "fig-1"
    assert words in reply["error"]
    assert "Traceback" in reply["detail"]
    assert send(host, "turn", 2) == {"id": "fig-1", "parts": {}, "state": {"angle": 2.0}}


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("turn", ["east"], "could not convert string to float"),
        ("turn", [math.nan], '"turn" takes text and finite numbers; found nan'),
        ("drag", ["hand", -math.inf, 0], "found -inf"),
        ("drag", ["hand", None, 0], "found None"),
        ("__init__", [{"count": 8}], 'Dial has no event "__init__"'),
        ("view", [], 'Dial has no event "view"'),
        ("5", [], 'Dial has no event "5"'),
    ],
)
def test_what_a_figure_refuses_leaves_it_live_and_as_it_was(host, name, args, words):
    send(host, "turn", 2)
    reply = send(host, name, *args)
    assert reply.keys() == {"id", "refused"}
    assert words in reply["refused"]
    assert send(host, "turn", 2) == {"id": "fig-1", "parts": {}, "state": {"angle": 2.0}}


@pytest.mark.parametrize("state", [{"title": "x"}, {"nothing": 1}, {"count": "x"}, {"count": -2}])
def test_a_bad_state_from_an_address_leaves_the_built_picture(host, state):
    assert mount(host, state=state).keys() == {"id", "refused"}
    assert send(host, "turn", 0.5) == {"id": "fig-1", "parts": {}, "state": {}}


def test_a_state_that_cannot_be_drawn_is_an_error(host):
    assert mount(host, state={"label": "broken"}).keys() == {"id", "error", "detail"}
    assert send(host, "turn", 0.5) == {"id": "fig-1", "parts": {}, "state": {}}


def test_what_is_refused_is_not_echoed_at_length(host):
    for state in (
        {"count": "9" * 1_000_000},
        {"x" * 1_000_000: 1},
        {"marks": ["y" * 1_000_000]},
        {"label": [9] * 10**6},
    ):
        assert len(json.dumps(mount(host, state=state))) < 500
    assert len(json.dumps(send(host, "x" * 1_000_000))) < 500
    assert len(json.dumps(send(host, "turn", "x" * 1_000_000))) < 700
    assert len(json.dumps(send(host, "turn", ["x" * 1_000_000]))) < 500


@pytest.mark.parametrize("depth", [100, 3_000, 100_000])
def test_a_state_that_is_nested_deep_is_refused_and_python_goes_on(host, depth):
    nested = "[" * depth + "]" * depth
    for field in ("label", "marks", "nothing"):
        request = f'{{"id": "fig-1", "name": "dial", "params": {{}}, "state": {{"{field}": {nested}}}}}'
        assert json.loads(host.mount(request)).keys() == {"id", "refused"}
    assert json.loads(host.send(f'{{"id": "fig-1", "event": "turn", "args": [{nested}]}}')).keys() == {
        "id",
        "refused",
    }
    assert mount(host) == {"id": "fig-1", "parts": {}, "state": {}}


def test_parts_that_are_no_longer_drawn_are_taken_away_and_lists_are_joined(host, monkeypatch):
    def view(dial):
        parts = {"stage": [tag("p", dial.state.label), tag("p", "again")]}
        return parts | ({"readout": tag("b", number(dial.state.angle))} if dial.state.angle < 1 else {})

    monkeypatch.setattr(Dial, "view", view)
    assert mount(host) == {"id": "fig-1", "parts": {}, "state": {}}
    assert send(host, "turn", 2)["parts"] == {"readout": ""}
    assert send(host, "turn", 3)["parts"] == {}
    assert send(host, "say", "<i>")["parts"] == {"stage": "<p>&lt;i&gt;</p><p>again</p>"}
    assert send(host, "turn", 0.25)["parts"] == {"readout": "<b>0.25</b>"}


def test_a_figure_that_was_not_set_up_says_so(host):
    assert "was not set up" in send(host, "turn", 1, key="fig-4")["error"]


def test_every_reply_is_json_that_a_browser_can_read(host):
    for name, args in (("turn", [1e300]), ("say", ["\u2028 </script> \x00 é"]), ("turn", [math.nan])):
        text = host.send(json.dumps({"id": "fig-1", "event": name, "args": args}))
        json.loads(text, parse_constant=pytest.fail)  # NaN and Infinity are no JSON


def test_the_host_answers_real_figures_as_they_draw_themselves(host):
    reply = mount(host, "lookup", {"word": "dog"}, {"word": "mouse"}, key="fig-9")
    figure = catalog.load("embeddings/lookup")({"word": "mouse"})
    assert reply["parts"] == {key: html for key, html in figure.view().items() if key in reply["parts"]}
    assert reply["state"] == {"word": "mouse"}


def test_put_stores_a_data_file(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    Host().put("glove-100d.npz", b"bytes")
    assert (tmp_path / "glove-100d.npz").read_bytes() == b"bytes"


def test_names_and_load():
    assert {"embeddings/cosine", "exercise", "embeddings/lookup"} <= set(catalog.paths())
    for name in ("nothing", "", "../data", "pycore.data", "Cosine"):
        with pytest.raises(KeyError):
            catalog.load(name)


# ---------------------------------------------------------------- calls that are made twice


@dataclass(frozen=True)
class Imported:
    count: int = 0


class Importing(Figure[Imported]):
    """Counts its presses, and reads from an archive whether or not it is there."""

    State = Imported

    @event
    def press(self) -> None:
        self.state = replace(self.state, count=self.state.count + 1)
        try:
            later.SHELF.read("rest.zip")
        except LookupError as error:
            if "not found" in str(error):
                raise ValueError(str(error)) from error

    def view(self) -> dict[str, Markup]:
        return {"count": Markup(str(self.state.count))}


@pytest.fixture
def importing(monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setattr(later, "SHELF", later.Shelf())
    monkeypatch.setattr(catalog, "load", lambda path: Importing)
    monkeypatch.setattr(catalog, "paths", lambda: ["importing"])
    host = Host()
    host.ask("mount", json.dumps({"id": "a", "name": "importing", "params": {}}))
    return host


PRESS = json.dumps({"id": "a", "event": "press", "args": []})


def test_a_call_that_lacks_an_archive_leaves_all_as_it_was(importing: Host) -> None:
    assert json.loads(importing.ask("send", PRESS)) == {"lacks": "rest.zip"}
    importing.put("rest.zip", b"content")
    assert json.loads(importing.ask("send", PRESS))["parts"] == {"count": "1"}  # and not 2


def test_an_archive_that_cannot_be_had_is_not_asked_for_again(importing: Host) -> None:
    refused = json.dumps({"rest.zip": "rest.zip was not found (404)"})
    reply = json.loads(importing.ask("send", PRESS, refused))
    assert reply["refused"] == "rest.zip was not found (404)"


def test_want_of_memory_ends_python_only_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def press(self: Importing) -> None:
        raise MemoryError("Unable to allocate 74.5 GiB")

    monkeypatch.setattr(Importing, "press", event(press))
    monkeypatch.setattr(catalog, "load", lambda path: Importing)
    monkeypatch.setattr(catalog, "paths", lambda: ["importing"])
    host = Host()
    host.mount(json.dumps({"id": "a", "name": "importing", "params": {}}))
    assert "MemoryError" in json.loads(host.send(PRESS))["error"]  # it asked for too much
    monkeypatch.setattr(hosts, "has_memory", lambda: False)
    with pytest.raises(MemoryError):
        host.send(PRESS)
