"""Settings and the controls tied to them, fields of every kind, the player, and states that are shared."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.live import catalog
from pycore.live.fields import convert
from pycore.live.figure import Figure
from pycore.live.frozen import FrozenDict
from pycore.live.host import Host
from pycore.live.inputs import open_file, text_area, text_box
from pycore.live.markup import tag
from pycore.live.parsing import parse_float, parse_floats, parse_points
from pycore.live.player import LONGEST, Plays
from pycore.live.scale import Scale
from pycore.live.settings import chips, flip, slide, toggle
from sitegen import controls
from tests.pycore.live.test_live import ATTACKS

RATE = Scale(0.001, 1, steps=6, log=True)


@dataclass(frozen=True)
class PanelState:
    """One field of each kind."""

    rate: float = 0.01
    layer: int = 2
    kind: str = "a"
    on: bool = False
    secret: str = "hidden"
    sizes: tuple[int, ...] = ()
    weights: FrozenDict[str, float] = FrozenDict()
    playing: bool = False
    time: float = 0.0


class Panel(Plays[PanelState]):
    """Controls for each of them."""

    State = PanelState
    settings = {"rate": RATE, "layer": range(0, 7, 2), "kind": {"a": "A", "b": "B"}, "on": (False, True)}  # noqa: RUF012
    formulas = {"half": r"\frac{1}{2}"}  # noqa: RUF012

    def advance(self, seconds):
        self.change(time=self.state.time + seconds)

    def view(self):
        return {
            "controls": tag(
                "div",
                slide(self, "rate", "rate", f"{self.state.rate:g}"),
                slide(self, "layer", "layer", f"{self.state.layer}", control="depth", spoken="so deep"),
                chips(self, "kind", {"a": "A", "b": "B"}, "Kind", control="kind-{}"),
                toggle(self, "on", "on"),
                flip(self, "on", "on", "switch"),
                self.player(),
            ),
            "stage": tag("p", self.formula("half")),
        }


class Attributes(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, name, attributes):
        self.found.append((name, dict(attributes)))

    def handle_data(self, text):
        self.text += text


def control(figure, name):
    elements = Attributes("".join(figure.view().values())).found
    (found,) = [a for _, a in elements if a.get("data-control") == name]
    return found


def test_a_control_shows_its_field_and_sets_it():
    panel = Panel()
    assert (control(panel, "rate")["value"], control(panel, "rate")["max"]) == ("2", "6")
    panel.handle("adjust", ["rate", "5"])
    assert panel.state.rate == 0.316
    assert control(panel, "rate")["aria-valuetext"] == "0.316"
    slider = control(panel, "depth")
    assert [slider[key] for key in ("min", "max", "step", "value")] == ["0", "6", "2", "2"]
    panel.handle(slider["data-on-input"], [slider["data-arg"], "6"])
    assert panel.state.layer == 6
    assert control(panel, "kind-a")["aria-pressed"] == "true"
    panel.handle("adjust", [control(panel, "kind-b")["data-arg"]])
    assert [control(panel, f"kind-{kind}")["aria-pressed"] for kind in "ab"] == ["false", "true"]
    for name, shown in (("on", "aria-pressed"), ("switch", "aria-checked")):
        before = control(panel, name)
        panel.handle("adjust", [before["data-arg"]])
        assert {before[shown], control(panel, name)[shown]} == {"false", "true"}


def test_the_store_can_press_every_control_that_is_tied_to_a_setting():
    panel = Panel()
    presses, beyond = controls.read(panel.view().values())
    assert not beyond
    assert {press[1:] for press in presses if press[:2] == ("adjust", "rate")} == {
        ("rate", str(position)) for position in range(7)
    }
    for press in presses:
        Panel().handle(press[0], list(press[1:]))


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["secret=x"], 'expected one of the settings rate, layer, kind, on; found "secret"'),
        (["rate", "7"], "expected a position from 0 to 6; found 7"),
        (["rate=0.01"], "expected a position from 0 to 6; found 0.01"),
        (["layer", "3"], "expected layer to be 0, 2, 4 or 6; found 3"),
        (["kind=c"], "expected kind to be a or b; found c"),
        (["on=maybe"], '"on" must be bool'),
        (["on"], '"on" must be bool'),
        ([""], "expected one of the settings"),
    ],
)
def test_nothing_else_can_be_set(args, words):
    panel = Panel()
    with pytest.raises(ValueError, match=words):
        panel.handle("adjust", args)
    assert panel.state == PanelState()


@pytest.mark.parametrize("state", [{"layer": 3}, {"rate": 2}, {"rate": 0.0001}, {"kind": "<b>"}])
def test_no_address_sets_what_no_control_can(state):
    with pytest.raises(ValueError, match=r"expected (layer|rate|kind)"):
        Panel().restore(state)
    with pytest.raises(ValueError, match=r"expected (layer|rate|kind)"):
        Panel(state)


def test_a_slider_needs_a_scale_or_a_range():
    with pytest.raises(TypeError, match=r'settings\["kind"\] to be a Scale or a range; found dict'):
        slide(Panel(), "kind", "kind", "a")


# ---------------------------------------------------------------- fields


def test_a_lesson_sets_tuples_and_mappings():
    panel = Panel({"sizes": "1, 2,3", "weights": "a: 0.5, b: 2"})
    assert panel.state.sizes == (1, 2, 3)
    assert panel.state.weights == {"a": 0.5, "b": 2.0}
    assert Panel({"sizes": "", "weights": ""}).state == PanelState()
    one, other = Panel(), Panel()
    one.restore({"sizes": [1, 2, 3], "weights": {"a": 0.5, "b": 2}})
    other.restore(json.loads(json.dumps(one.changes())))
    assert other.state == one.state == panel.state
    assert hash(other.state) == hash(panel.state)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1, x", tuple[int, ...]),
        ([1, None], tuple[float, ...]),
        ([1], tuple[float, float]),
        ([1, math.nan], tuple[float, float]),
        (3, tuple[int, ...]),
        ("a", FrozenDict[str, float]),
        ("a: x", FrozenDict[str, float]),
        ({"a": math.inf}, FrozenDict[str, float]),
        ({1: 2}, FrozenDict[str, float]),
        ([1], FrozenDict[str, float]),
        ({"a": [1]}, FrozenDict[str, tuple[float, float]]),
    ],
)
def test_what_does_not_fit_a_field_is_refused(value, kind):
    with pytest.raises(ValueError, match=r'"field" must be (tuple|mapping); found'):
        convert("field", value, kind)


@given(st.dictionaries(st.text(max_size=3), st.tuples(st.floats(-9, 9), st.floats(-9, 9)), max_size=3))
def test_a_mapping_comes_back_through_json(found):
    back = convert("field", json.loads(json.dumps(FrozenDict(found))), FrozenDict[str, tuple[float, float]])
    assert back == found
    assert hash(back) == hash(FrozenDict(found))
    assert pickle.loads(pickle.dumps(back)) == back


def test_a_frozen_mapping_cannot_be_changed():
    frozen = FrozenDict(a=1)
    for change in (
        lambda: frozen.update(b=2),
        lambda: frozen.pop("a"),
        lambda: frozen.setdefault("b", 2),
        lambda: frozen.clear(),
        lambda: frozen.__delitem__("a"),
        lambda: frozen.__ior__({"b": 2}),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert frozen | {"a": 2} == {"a": 2}
    assert isinstance(frozen | {"b": 2}, FrozenDict)
    assert frozen == {"a": 1}
    assert dataclasses.asdict(PanelState(weights=FrozenDict(a=1.0)))["weights"] == {"a": 1.0}


# ---------------------------------------------------------------- text, files, and what is read in them


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_stands_in_a_field_stays_text(attack):
    for draw in (text_box, text_area):
        page = Attributes(draw("label", "type", "box", attack, problem=attack, within="fig-1"))
        assert {name for name, _ in page.found} <= {"div", "label", "span", "input", "textarea", "p"}
        (described,) = [a["aria-describedby"] for _, a in page.found if "aria-describedby" in a]
        assert described in [a.get("id") for name, a in page.found if name == "p"]
        assert page.text.endswith(attack)


@given(st.text(max_size=40))
def test_reading_gives_a_value_or_says_why_not(text):
    for read in (parse_float(text), parse_floats(text), parse_points(text)):
        assert (read.value is None) == bool(read.problem)


@pytest.mark.parametrize(
    ("read", "problem"),
    [
        (parse_float("nan"), "nan is not from −1e+09 to 1e+09."),
        (parse_float("1e400"), "1e400 is not from −1e+09 to 1e+09."),
        (parse_float(""), "A number is missing."),
        (parse_floats(""), "Numbers so far: 0; at least 1 are needed."),
        (parse_floats("1 2 3", most=2), "Numbers: 3; at most 2 find room."),
        (parse_points(""), "Points so far: 0; at least 1 are needed."),
        (parse_points("1,2,a\n1,x,b"), "Line 2: “x” is no number yet."),
        (parse_points("1,2,a,b"), "Line 1: expected x, y, class."),
    ],
)
def test_problems_in_words(read, problem):
    assert (read.value, read.problem) == (None, problem)


def test_a_file_is_beyond_the_store_and_says_what_it_may_hold():
    drawn = open_file("Open", "take", "file", most_bytes=500, arg="points")
    (field,) = [a for name, a in Attributes(drawn).found if name == "input"]
    assert (field["type"], field["data-most-bytes"], field["data-arg"]) == ("file", "500", "points")
    assert controls.read([drawn]) == ([], True)


# ---------------------------------------------------------------- time


def test_time_goes_on_only_while_it_plays_and_never_far_at_once():
    panel = Panel()
    panel.handle("tick", [0.1])
    assert panel.state.time == 0
    panel.handle("play", [])
    assert 'data-tick="tick" data-tick-seconds' in panel.view()["controls"]
    assert control(panel, "play")["data-on-click"] == "play"
    for seconds, time in ((0, 0), (0.1, 0.1), (60, 0.1 + LONGEST), (-5, 0.1 + LONGEST)):
        panel.handle("tick", [seconds])
        assert panel.state.time == pytest.approx(time)
    panel.handle("tick", [])  # a page that counts no seconds
    panel.handle("step_once", [])
    assert panel.state.time == pytest.approx(0.2 + LONGEST)
    assert not panel.state.playing
    assert "data-tick" not in panel.view()["controls"]


def test_without_a_build_a_formula_is_shown_as_latex():
    assert Panel().view()["stage"] == r"<p><code>\frac{1}{2}</code></p>"
    assert Panel({"@formula half": "<math>½</math>"}).view()["stage"] == "<p><math>½</math></p>"
    with pytest.raises(KeyError):
        Panel().formula("third")


# ---------------------------------------------------------------- states that are shared


class Other(Figure[PanelState]):
    """Shows the same state differently."""

    State = PanelState
    model = "panel"

    def view(self):
        if self.state.kind == "b":
            raise ZeroDivisionError("cannot draw")
        return {"stage": tag("p", self.state.layer)}


@pytest.fixture
def host(monkeypatch):
    kinds = {"panel": Panel, "other": Other, "counter": catalog.load("examples/counter")}
    monkeypatch.setattr(catalog, "load", kinds.__getitem__)
    monkeypatch.setattr(catalog, "find", lambda name: name)
    return Host()


def mount(host, key, name, state=None, **params):
    return json.loads(host.mount(json.dumps({"id": key, "name": name, "params": params, "state": state})))


def send(host, key, event, *args):
    return json.loads(host.send(json.dumps({"id": key, "event": event, "args": args})))


def test_figures_of_one_model_share_a_state(host):
    assert "others" not in mount(host, "a", "panel", **{"@model": "panel"})
    mount(host, "b", "other")
    assert "others" not in mount(host, "c", "panel")
    reply = send(host, "a", "adjust", "layer", "4")
    assert reply["others"] == [{"id": "b", "parts": {"stage": "<p>4</p>"}, "state": {"layer": 4}}]
    assert reply["state"] == {"layer": 4}
    reply = send(host, "b", "reset")
    assert reply["others"][0]["id"] == "a"
    assert 'value="2"' in reply["others"][0]["parts"]["controls"]
    assert "others" not in send(host, "c", "adjust", "layer", "6")


def test_a_figure_that_comes_later_takes_up_the_state_unless_it_is_asked_for_one(host):
    mount(host, "a", "panel", **{"@model": "panel"})
    send(host, "a", "adjust", "layer", "6")
    assert mount(host, "b", "other")["parts"] == {"stage": "<p>6</p>"}
    reply = mount(host, "b", "other", {"layer": 0})
    assert reply["parts"] == {"stage": "<p>0</p>"}
    assert reply["others"][0]["state"] == {"layer": 0}


def test_what_one_figure_cannot_draw_does_not_stop_the_other(host):
    mount(host, "a", "panel", **{"@model": "panel"})
    mount(host, "b", "other")
    reply = send(host, "a", "adjust", "kind=b")
    assert reply["state"] == {"kind": "b"}
    (other,) = reply["others"]
    assert other["error"] == "ZeroDivisionError: cannot draw"
    assert send(host, "a", "adjust", "kind=a")["others"][0]["state"] == {}


def test_a_model_has_one_kind_of_state(host):
    mount(host, "a", "counter", **{"@model": "panel"})
    reply = mount(host, "b", "other")
    words = 'figures of the model "panel" need one State; found PanelState and CounterState'
    assert words in (reply.get("error"), reply.get("refused"))


def test_a_state_that_no_link_could_bring_back_is_refused_at_once(host):
    mount(host, "a", "counter")
    assert send(host, "a", "add", "999999999")["state"] == {"count": 999_999_999}
    reply = send(host, "a", "add", "9" * 400)
    assert reply["refused"].startswith('"count" must be int; found 1')
    assert "state" not in reply
    assert mount(host, "b", "counter", {"count": 999_999_999})["state"] == {"count": 999_999_999}
    assert send(host, "a", "add", "-1")["state"] == {"count": 999_999_998}
