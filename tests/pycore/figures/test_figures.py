"""The figures: what all of them must do, and each one's numbers against formulas worked out here."""

from __future__ import annotations

import importlib
import inspect
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pycore import data
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.projection import Plane
from pycore.figures.embeddings._slice import NEIGHBOURS, space
from pycore.figures.embeddings.cosine import CENTER, PAIRS, REACH, Cosine
from pycore.figures.embeddings.cosine import Scene as CosineScene
from pycore.figures.embeddings.lookup import SENTENCE, Lookup
from pycore.figures.embeddings.three_rows import SHOWN, ThreeRows
from pycore.figures.embeddings.word_map import Scene, WordMapState, _from_map
from pycore.figures.exercise import OUTCOME, Exercise
from pycore.live import catalog, editing
from pycore.live.frozen import FrozenDict
from pycore.live.host import Host
from pycore.live.markup import VOID
from tests.pycore.live.test_live import ATTACKS


class Element:
    """An element with its attributes, children and text."""

    def __init__(self, name, attributes):
        self.name, self.attributes, self.children = name, attributes, []

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def walk(self):
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, attribute):
        """Elements with an attribute, by its value; a value may not come twice."""
        found = [(e.attributes[attribute], e) for e in self.walk() if attribute in e.attributes]
        assert len(dict(found)) == len(found)
        return dict(found)


class Reader(HTMLParser):
    """Read markup strictly: what is opened is closed, in order, and no attribute comes twice."""

    def __init__(self, html):
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]
        self.feed(html)
        self.close()
        assert self.open == [self.root]

    def handle_starttag(self, name, attributes):
        assert name not in VOID, f"{name} is not closed"
        self.open.append(self.add(name, attributes))

    def handle_startendtag(self, name, attributes):
        assert name in VOID, f"{name} may not be closed so"
        self.add(name, attributes)

    def handle_endtag(self, name):
        assert self.open.pop().name == name

    def handle_data(self, text):
        self.open[-1].children.append(text)

    def add(self, name, attributes):
        assert len(dict(attributes)) == len(attributes)
        element = Element(name, dict(attributes))
        self.open[-1].children.append(element)
        return element


def page(figure):
    """All parts of a figure, read."""
    return Reader("".join(figure.view().values())).root


def outs(figure):
    """What a reader reads: the texts of the elements with data-out, by name."""
    return {name: element.text for name, element in page(figure).all("data-out").items()}


def value(text):
    return float(text.replace("−", "-").replace(",", "").rstrip("°"))


# ---------------------------------------------------------------- every figure

SENDERS = ("data-on-click", "data-on-input", "data-on-change", "data-on-file")


@pytest.fixture(params=catalog.paths())
def kind(request):
    return catalog.load(request.param)


def test_a_figure_is_documented_and_its_data_are_there(kind):
    module = inspect.getmodule(kind)
    for documented in (module, kind, kind.State):
        assert documented.__doc__
        assert documented.__doc__.strip()
    for name, method in vars(kind).items():
        if getattr(method, "is_event", False):
            assert method.__doc__, name
    assert all((data.FOLDER / name).is_file() for name in kind.data)
    assert kind.fixed <= kind.fields().keys()


def test_a_figure_draws_itself_the_same_each_time(kind):
    figure = kind()
    first = figure.view()
    assert first
    assert figure.view() == kind().view() == first
    assert list(figure.view()) == list(first)
    assert figure.changes() == {}
    page(figure).all("data-out")


def test_a_figure_takes_back_its_own_state(kind):
    figure = kind()
    state = {name: field for name, field in kind.fields().items() if name not in kind.fixed}
    figure.restore(json.loads(json.dumps(state)))
    assert figure.state == kind().state


def test_controls_are_named_once_and_send_events_that_are_taken(kind):
    root = page(kind())
    root.all("data-control")
    for element in root.walk():
        given = [element.attributes["data-arg"]] if "data-arg" in element.attributes else []
        for sender in SENDERS:
            if sender in element.attributes:
                assert "data-control" in element.attributes
                typed = [] if sender == "data-on-click" else [element.attributes.get("value") or element.text]
                if sender == "data-on-file":
                    typed = ["list.txt", element.text]
                figure = kind()
                figure.handle(element.attributes[sender], given + typed)
                page(figure)
        unknown = {name for name in element.attributes if name.startswith("data-on-")}
        unknown -= {*SENDERS, "data-on-grab"}  # a handle's, beside data-drag
        assert not unknown


def test_what_can_be_dragged_can_be_moved_by_keys_and_has_a_name(kind):
    root = page(kind())
    handles = root.all("data-drag")
    for name, element in handles.items():
        assert element.attributes["tabindex"] == "0"
        assert element.attributes["role"]
        assert element.attributes["aria-label"]
        assert element.attributes["aria-valuetext"]
        figure = kind()
        x, y = figure.position(name)
        if name in kind.handles:
            continue  # it may snap, or move along one axis: the test below
        figure.handle("drag", [name, x + 1, y - 1])
        assert_allclose(figure.position(name), (x + 1, y - 1), atol=0.5)  # a state may be rounded
        figure.handle("nudge", [name, -1, 0])
        assert_allclose(figure.position(name), (x + 1 - figure.step, y - 1), atol=0.5)
        page(figure)
    for element in root.walk():
        if "data-surface" in element.attributes:
            assert element.attributes["data-surface"] in handles


def steps_of(kind, name, way):
    """States before and after each arrow key that moves a handle from one end of an axis to the other."""
    figure = kind()
    figure.handle("nudge", [name, *(-1000 * np.array(way)).tolist()])
    states = [figure.state]
    while len(states) < 2000:
        figure.handle("nudge", [name, *way])
        if figure.state == states[-1]:
            return states
        states.append(figure.state)
    raise AssertionError("it never comes to an end")


def test_handles_that_snap_stop_at_the_same_places_for_keys_and_for_a_drag(kind):
    """Keys go from end to end, along its own axis alone; a drag to where a key led leads there too."""
    for name, knob in kind.handles.items():
        assert page(kind()).all("data-drag")[name].attributes.get("data-axis") == knob.axis
        for axis, way in (("x", (1, 0)), ("y", (0, -1))):
            if knob.axis not in (None, axis):
                continue
            states = steps_of(kind, name, way)
            assert len(states) > 2
            places, spoken = [], []
            for state in states:
                figure = kind()
                figure.state = state
                x, y = figure.position(name)
                figure.handle("drag", [name, round(x, 2), round(y, 2)])
                assert figure.state == state
                places.append((x, y))
                handle = page(figure).all("data-drag")[name].attributes
                spoken.append(handle["aria-valuetext"])
                assert (
                    float(handle["aria-valuemin"])
                    <= float(handle["aria-valuenow"])
                    <= float(handle["aria-valuemax"])
                )
            along = [place["xy".index(axis)] * (1 if axis == "x" else -1) for place in places]
            assert along == sorted(along)
            assert len(set(spoken)) == len(spoken)
            figure = kind()
            for _ in states:
                figure.handle("nudge", [name, *way])
            for before in reversed(states[:-1]):
                figure.handle("nudge", [name, -way[0], -way[1]])
                assert figure.position(name) == pytest.approx(places[states.index(before)])
            # What a drag may send across its axis changes nothing.
            if knob.axis:
                x, y = figure.position(name)
                figure.handle("drag", [name, x, y + 1000] if axis == "x" else [name, x + 1000, y])
                assert figure.position(name) == pytest.approx((x, y))


def test_no_address_fills_a_word_box_with_more_than_it_holds(kind):
    for name in (field for field in kind.fields() if field.startswith("typed")):
        kind().restore({name: "x" * 40})
        long = 200_001 if "<textarea" in "".join(kind().view().values()) else 41
        with pytest.raises(ValueError, match=f"{long:,} characters are too many"):
            kind().restore({name: "x" * long})


def test_no_event_can_poison_a_figure(kind):
    figure = kind()
    state, picture = figure.state, figure.view()
    for name in ("drag", "nudge"):
        for bad in (math.nan, math.inf, -math.inf, None):
            for args in (["b", bad, 0.0], ["b", 0.0, bad]):
                with pytest.raises(ValueError, match="finite numbers"):
                    figure.handle(name, args)
    assert (figure.state, figure.view()) == (state, picture)


def test_load_wants_one_figure_in_a_module(monkeypatch):
    module = importlib.import_module("pycore.figures.embeddings.cosine")
    monkeypatch.delattr(module, "Cosine")
    with pytest.raises(TypeError, match="defines 0 figures; expected one"):
        catalog.load("embeddings/cosine")


# ---------------------------------------------------------------- FIG.05, cosine


def truth(a, b):
    """Cosine, angle, dot product and lengths of two words, in float64."""
    x, y = (word_vectors()[word].astype(np.float64) for word in (a, b))
    lengths = np.sqrt(np.sum(x * x)) * np.sqrt(np.sum(y * y))
    return {
        "cosine": np.sum(x * y) / lengths,
        "angle": np.degrees(np.arccos(np.sum(x * y) / lengths)),
        "dot": np.sum(x * y),
        "norms": lengths,
    }


def assert_shows(shown, expected):
    """Whether printed numbers are the expected ones, rounded as they are printed."""
    for name, number in expected.items():
        decimals = len(shown[name].rstrip("°").partition(".")[2])
        assert value(shown[name]) == pytest.approx(number, abs=0.5000001 * 10**-decimals), name


def nearest(direction):
    """The three words whose vectors point most nearly in a direction."""
    matrix = word_vectors().matrix.astype(np.float64)
    cosines = matrix @ direction / np.linalg.norm(matrix, axis=1)
    return [word_vectors().words[i] for i in np.argsort(-cosines)[:3]]


def nearest_shown(shown):
    return [shown[f"nearest-{place}"] for place in (1, 2, 3)]


@pytest.mark.parametrize("pair", [*PAIRS, "oxygen guitar", "the finance", "paris france"])
def test_cosine_of_two_words(pair):
    a, b = pair.split()
    figure = Cosine({"a": a, "b": b})
    shown = outs(figure)
    assert_shows(shown, truth(a, b))
    assert nearest_shown(shown) == nearest(word_vectors()[b].astype(np.float64))
    assert shown["nearest-1"] == b


def test_the_numbers_of_the_lesson():
    shown = outs(Cosine())
    assert (shown["cosine"], shown["verdict"]) == ("+0.88", "no other word is nearer to cat")
    assert outs(Cosine({"a": "bank", "b": "money"}))["cosine"] == "+0.57"
    assert outs(Cosine({"a": "bank", "b": "river"}))["cosine"] == "+0.34"
    assert outs(Cosine({"a": "good", "b": "bad"}))["cosine"] == "+0.77"
    assert outs(Cosine({"a": "cat", "b": "finance"}))["verdict"] == "nearer to cat than 12 % of all words"


@pytest.mark.parametrize("degrees", [0, 17, 60, 90, 135, 180, -1, -45, -120])
@pytest.mark.parametrize("pixels", [20, 100, REACH])
def test_dragging_turns_the_100_dimensional_vector(degrees, pixels):
    """b at an angle in the picture is the same angle from a in 100 dimensions, in the plane of both words."""
    figure = Cosine({"a": "bank", "b": "river"})
    a, word_b = (word_vectors()[word].astype(np.float64) for word in ("bank", "river"))
    turn = math.radians(degrees)
    figure.handle("drag", ["b", CENTER[0] + pixels * math.cos(turn), CENTER[1] - pixels * math.sin(turn)])
    shown, expected = outs(figure), math.cos(turn)

    # The longer of the two word arrows is 78 units long in the picture.
    length = pixels / 78 * max(np.linalg.norm(a), np.linalg.norm(word_b))
    norms = np.linalg.norm(a) * length
    angle = abs(degrees)
    assert_shows(shown, {"cosine": expected, "angle": angle, "dot": norms * expected, "norms": norms})
    along = a / np.linalg.norm(a)
    across = word_b - along * (word_b @ along)
    direction = math.cos(turn) * along + math.sin(turn) * across / np.linalg.norm(across)
    assert nearest_shown(shown) == nearest(direction)

    handle = page(figure).all("data-drag")["b"].attributes
    assert handle["aria-valuenow"] == str(angle)
    side = "below" if degrees < 0 else "above"
    spoken = f"cosine {shown['cosine']}, {angle} degrees {side} a, length {length:.2f}"
    assert handle["aria-valuetext"] == spoken


def test_the_word_itself_is_the_same_seen_from_the_picture():
    """Dropping b where its word already is changes no number."""
    figure = Cosine({"a": "king", "b": "queen"})
    before = outs(figure)
    figure.handle("drag", ["b", *figure.position("b")])
    assert figure.state.moved
    assert outs(figure) == before


@pytest.mark.parametrize("place", [(1e6, 0), (-1e6, 1e6), (0, 0), (CENTER[0], -1e300), (1e308, 1e308)])
def test_b_stays_inside_the_ring(place):
    figure = Cosine()
    figure.handle("drag", ["b", *place])
    assert math.dist(figure.position("b"), CENTER) <= REACH + 1e-9
    page(figure)
    for _ in range(3):
        figure.handle("nudge", ["b", 1000, -1000])
    assert_allclose(figure.position("b"), np.add(CENTER, np.array([1, -1]) * REACH / math.sqrt(2)), rtol=0.05)


def test_at_the_origin_b_has_no_direction():
    figure = Cosine()
    figure.handle("drag", ["b", *CENTER])
    shown = outs(figure)
    assert shown == {
        "cosine": "undefined",
        "verdict": "no direction: b has length zero",
        "angle": "undefined",
        "dot": "0.00",
        "norms": "0.00",
    }
    handle = page(figure).all("data-drag")["b"].attributes
    assert handle["aria-valuetext"] == "length 0.00"
    figure.handle("nudge", ["b", 0, -1])
    assert outs(figure)["angle"] == "90.0°"  # up, since y points down in the picture
    assert outs(figure)["cosine"] == "+0.00"


@pytest.mark.parametrize(
    "pair", ["cat dog", "bank money", "bank river", "king queen", "likewise dog", "cat the"]
)
def test_a_cosine_is_told_beside_its_crowd(pair):
    a, b = pair.split()
    unit = word_vectors().unit.astype(np.float64)
    others = np.delete(unit @ unit[word_vectors().id(a)], [word_vectors().id(a), word_vectors().id(b)])
    value = unit[word_vectors().id(a)] @ unit[word_vectors().id(b)]
    nearer, share = (
        int((others > value).sum()),
        round(100 * float((others < value).sum()) / (len(others) + 1)),
    )
    told = {0: f"no other word is nearer to {a}", 1: f"one other word is nearer to {a}"}.get(nearer)
    if told is None and nearer <= 100:
        told = f"{nearer} other words are nearer to {a}"
    assert outs(Cosine({"a": a, "b": b}))["verdict"] == (told or f"nearer to {a} than {share} % of all words")


@pytest.mark.parametrize("pair", ["cat responsibility", "responsibility administration", "cat dog"])
def test_a_long_name_stays_in_the_picture(pair):
    a, b = pair.split()
    figure = Cosine({"a": a, "b": b})
    for _ in range(12):
        found = re.search(
            r'<text class="name b" x="([-\d.]+)" y="[-\d.]+" text-anchor="(\w+)">([^<]+)<',
            figure.view()["stage"],
        )
        x, wide = float(found[1]), 18 * 0.6 * len(found[3])  # of a phone’s letters
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[found[2]]
        assert left >= -0.5
        assert left + wide <= 440.5
        figure.handle("nudge", ["b", 12, -3])


@pytest.mark.parametrize(
    ("cosine", "told"),
    [(1, "no other word is nearer to cat"), (0.6, "other words are nearer"), (0, "nearer to cat than 9 %"),
     (-0.15, "nearer to cat than <1 %"), (-0.25, "no word is further"), (-1, "no word is further from cat")],
)  # fmt: skip
def test_an_arrow_that_is_dragged_is_told_beside_the_same_crowd(cosine, told):
    figure = Cosine()
    figure.handle("drag", ["b", CENTER[0] + 100 * cosine, CENTER[1] - 100 * math.sqrt(1 - cosine**2)])
    assert told in outs(figure)["verdict"].replace("&lt;", "<")


def test_typing_brings_a_word_into_force_as_soon_as_it_is_one():
    figure = Cosine()
    figure.handle("type_word", ["b", "kitte"])
    assert (figure.state.b, figure.state.typed_b) == ("dog", "kitte")
    assert "b kitten" in page(figure).all("data-arg")
    figure.handle("drag", ["b", 200.0, 200.0])
    assert figure.state.typed_b == ""
    figure.handle("type_word", ["b", " Kitten "])
    assert (figure.state.a, figure.state.b, figure.state.moved) == ("cat", "kitten", False)
    assert_shows(outs(figure), truth("cat", "kitten"))
    figure.handle("choose", ["a puppy"])
    assert_shows(outs(figure), truth("puppy", "kitten"))
    figure.handle("type_word", ["a", "kitten"])  # already b: it does not come into force
    assert figure.state.a == "puppy"
    figure.handle("pair", ["good bad"])
    assert figure.changes() == {"a": "good", "b": "bad"}
    figure.handle("reset", [])
    assert figure.changes() == {}


def test_a_dragged_state_can_be_shared():
    figure, other = Cosine({"a": "bank"}), Cosine({"a": "bank"})
    figure.handle("pair", ["bank river"])
    figure.handle("drag", ["b", 123.45, 67.89])
    other.restore(json.loads(json.dumps(figure.changes())))
    assert other.view() == figure.view()


@pytest.mark.parametrize(
    ("event", "args", "words"),
    [
        ("drag", ["a", 1, 2], 'expected to drag "b"; found "a"'),
        ("nudge", ["c", 1, 2], 'expected to drag "b"; found "c"'),
        ("type_word", ["c", "cat"], 'expected box "a" or "b"; found "c"'),
        ("choose", ["cat"], "expected box"),
        ("pair", ["cat cat"], 'two different words; found "cat" twice'),
        ("pair", ["cat"], '"" is not in the vocabulary'),
        ("pair", ["cat dgo"], '"dgo" is not in the vocabulary; near spellings: '),
    ],
)
def test_cosine_refuses(event, args, words):
    figure = Cosine()
    with pytest.raises(ValueError, match=words):
        figure.handle(event, args)
    assert figure.changes() == {}


@pytest.mark.parametrize("state", [{"a": "xyzzy"}, {"b": "cat"}, {"x": "nan"}, {"a": "<script>"}])
def test_cosine_refuses_states(state):
    with pytest.raises(ValueError, match=r"not in the vocabulary|two different words|must be float"):
        Cosine().restore(state)


def test_the_ring_counts_all_other_words():
    """The tallest bar of the ring stands at the angle that most words have to a."""
    figure = Cosine({"a": "bank", "b": "river"})
    bars = next(e for e in page(figure).walk() if e.attributes.get("class") == "bars").attributes["d"]
    corners = [[tuple(map(float, c.split())) for c in bar.split("L")] for bar in bars[1:-1].split("ZM")]
    unit = word_vectors().unit.astype(np.float64)
    degrees = np.degrees(
        np.arccos(np.delete(unit @ unit[word_vectors().id("bank")], word_vectors().id("bank")))
    )
    counts = {at: np.sum((degrees >= at) & (degrees < at + 4)) for at in range(0, 180, 4)}
    wanted = {at: high for at, n in counts.items() if (high := n / max(counts.values()) * 32) >= 0.1}
    heights = [math.dist(bar[1], CENTER) - 168 for bar in corners]
    assert_allclose(heights, [*wanted.values()], atol=0.15)
    at = [math.degrees(math.atan2(CENTER[1] - bar[1][1], bar[1][0] - CENTER[0])) for bar in corners]
    assert_allclose(at, np.array([*wanted]) + 0.4, atol=0.1)


@pytest.mark.parametrize("pair", [("cat", "dog"), ("good", "bad"), ("bank", "river")])
def test_the_nearest_words_are_those_of_all_dimensions(pair, monkeypatch):
    unit, words = word_directions(), word_vectors().words
    figure = Cosine({"a": pair[0], "b": pair[1]})
    lifts = Plane.lift
    for shift in (0.0, 0.5):  # as it is, and by a reader's code that leaves the plane
        monkeypatch.setattr(Plane, "lift", lambda plane, flat, shift=shift: lifts(plane, flat) + shift)
        for x, y in np.random.default_rng(5).uniform(60, 380, (20, 2)).tolist():
            figure.handle("drag", ["b", x, y])
            shown = [outs(figure)[f"nearest-{place}"] for place in (1, 2, 3)]
            best = np.argsort(-(unit @ CosineScene.of(figure.state).vector_b), kind="stable")[:3]
            assert shown == [words[i] for i in best]


# ---------------------------------------------------------------- FIG.01, lookup


@pytest.mark.parametrize("word", ["the", "cat", "garden", word_vectors().words[-1]])
def test_lookup_by_index_and_by_product(word):
    vectors = word_vectors()
    i = vectors.words.index(word)
    figure = Lookup({"word": word})
    # What the question above it asks for is not told before the reader multiplies.
    assert {outs(figure)[name] for name in ("product-multiplications", "difference")} == {"?"}
    figure.handle("adjust", ["product=true"])
    shown, root = outs(figure), page(figure)
    one_hot = np.zeros(len(vectors))
    one_hot[i] = 1
    product = one_hot @ vectors.matrix.astype(np.float64)
    for name in ("index", "product"):
        printed = shown[name].strip("[]").replace("…", "").split(", ")[:4]
        assert_allclose([value(text) for text in printed], product[:4], atol=0.0050001)
    assert shown["id"] == f"{i:,}"
    assert shown["index-multiplications"] == "0"
    assert value(shown["product-multiplications"]) == len(vectors) * vectors.dim
    assert shown["difference"] == "0"
    # Seven rows of E, around the token's own but within the table; the one-hot vector is 1 at its row only.
    rows = [e for e in root.walk() if e.name == "tr"][1:]
    first = min(max(i - 3, 0), len(vectors) - 7)
    assert [row.children[0].text for row in rows] == [f"{r:,}" for r in range(first, first + 7)]
    assert [row.children[1].text for row in rows] == vectors.words[first : first + 7]
    assert [row.children[2].text for row in rows] == ["1" if r == i else "0" for r in range(first, first + 7)]
    assert [row.attributes.get("class") for row in rows].index("lit") == i - first


def test_lookup_events():
    figure, vectors = Lookup(), word_vectors()
    figure.handle("pick", ["mouse"])
    assert outs(figure)["id"] == f"{vectors.id('mouse'):,}"
    figure.handle("step_row", ["1"])
    assert figure.state.word == vectors.words[vectors.id("mouse") + 1]
    figure.handle("step_row", ["-1"])
    assert figure.changes() == {"word": "mouse"}
    figure.handle("type_word", ["word", "Gard"])
    assert (figure.state.word, figure.state.typed) == ("mouse", "Gard")
    figure.handle("choose", ["word garden"])
    assert figure.state.word == "garden"
    for word, by in (("the", "-1"), (vectors.words[-1], "1")):
        figure.handle("pick", [word])
        figure.handle("step_row", [by])
        assert figure.state.word == word  # the table ends there
    figure.handle("step_row", ["-999999"])
    assert figure.state.word == vectors.words[0]
    figure.handle("reset", [])
    assert figure.state.word == "cat"
    assert {chip for chip in page(figure).all("data-control") if chip.startswith("token-")} == {
        f"token-{place}" for place in range(len(SENTENCE))
    }


@pytest.mark.parametrize(("event", "arg"), [("pick", "xyzzy"), ("step_row", "up"), ("pick", "")])
def test_lookup_refuses(event, arg):
    figure = Lookup()
    with pytest.raises(ValueError, match=r"is not in the vocabulary|invalid literal"):
        figure.handle(event, [arg])
    assert figure.changes() == {}


# ---------------------------------------------------------------- what is typed stays text


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_reader_becomes_markup(attack):
    for figure, event, args in (
        (Cosine(), "type_word", ["a"]),
        (Lookup(), "type_word", ["word"]),
        (Exercise(), "edit", []),
    ):
        figure.handle(event, [*args, "zzzz"])
        plain = [(e.name, e.attributes.keys()) for e in page(figure).walk()]
        figure.handle(event, [*args, attack])
        root = page(figure)
        assert [(e.name, e.attributes.keys()) for e in root.walk()] == plain
        shown = [e.attributes.get("value", e.text) for e in root.walk() if e.name in ("input", "textarea")]
        assert attack in [text.removeprefix("\n") for text in shown]


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", catalog.paths())
def test_no_state_from_an_address_becomes_markup(name, attack):
    """Each text field in turn: the figure refuses it, or draws nothing that it would not draw anyway."""
    kind = catalog.load(name)
    for field, default in kind.fields().items():
        if isinstance(default, str):
            host = Host()
            request = {"id": "f", "name": name, "params": {}, "state": {field: attack}}
            reply = json.loads(host.mount(json.dumps(request)))
            html = "".join(reply.get("parts", {}).values())
            names = {e.name for e in Reader(html).root.walk()} if html else set()
            handlers = [a for e in Reader(html).root.walk() for a in e.attributes if a.startswith("on")]
            assert not names & {"script", "img"}
            assert not handlers


# ---------------------------------------------------------------- FIG.00


@pytest.mark.parametrize("words", ["the cat finance", f"dog {word_vectors().words[-1]}"])
def test_three_rows_draws_ids_and_rows_at_their_height(words):
    vectors = word_vectors()
    root = page(ThreeRows({"words": words}))
    rects = [e for e in root.walk() if e.name == "rect"]
    (table,) = [e.attributes for e in rects if e.attributes.get("class") == "table"]
    lit = [e.attributes for e in rects if e.attributes.get("class") == "lit"]
    strips = [e for e in root.walk() if e.attributes.get("class") == "strip"]
    for word, row, strip in zip(words.split(), lit, strips, strict=True):
        i = vectors.words.index(word)
        assert f"id {i:,}" in root.text
        middle = float(row["y"]) + float(row["height"]) / 2
        share = (middle - float(table["y"])) / float(table["height"])
        assert_allclose(share, i / len(vectors), atol=0.001)
        cells = [e.attributes for e in strip.walk() if e.name == "rect"]
        numbers = vectors[word][: len(cells)]
        assert len(cells) == SHOWN
        assert [cell["class"] for cell in cells] == ["n" if x < 0 else "p" for x in numbers]
        strengths = [int(cell["style"].removeprefix("--v:")) for cell in cells]
        assert_allclose(strengths, np.minimum(np.abs(numbers), 1) * 100, atol=2.5001)
    with pytest.raises(ValueError, match="not in the vocabulary"):
        ThreeRows({"words": "the xyzzy"}).view()


# ---------------------------------------------------------------- the exercise

LESSON = {
    "starter": "def cosine(a, b):\n    return 0.0\n",
    "solution": "def cosine(a, b):\n    return a @ b / np.sqrt((a @ a) * (b @ b))\n",
    "tests": (
        "a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])\n"
        "assert abs(cosine(a, b) - 0.96) < 1e-9, 'cos([3, 4], [4, 3]) is 0.96'\n"
        "assert abs(cosine(a, -a) + 1) < 1e-9\n"
    ),
    "hint": "Divide by both lengths.",
}
RIGHT = "Right: every test passes."


def test_exercise_from_starter_to_solution():
    figure = Exercise(LESSON)
    root = page(figure)
    assert next(e for e in root.walk() if e.name == "textarea").text == "\n" + LESSON["starter"]
    assert outs(figure)["outcome"] == "No verdict yet."
    figure.handle("run", [])
    assert outs(figure)["outcome"] == "Not yet: cos([3, 4], [4, 3]) is 0.96"
    assert page(figure).all("data-out")["outcome"].attributes["class"] == "outcome missed"
    figure.handle("edit", [LESSON["solution"]])
    figure.handle("run", [])
    assert outs(figure)["outcome"] == RIGHT
    assert page(figure).all("data-out")["outcome"].attributes["class"] == "outcome passed"
    assert figure.changes() == {"code": LESSON["solution"], "edited": True}
    figure.handle("edit", [""])
    figure.handle("run", [])
    # An emptied editor is not the starter.
    assert outs(figure)["outcome"].startswith("In the tests: NameError")
    figure.handle("reset", [])
    assert page(figure).text == root.text


def test_exercise_shows_and_hides_help():
    figure = Exercise(LESSON)
    assert LESSON["hint"] not in page(figure).text
    figure.handle("show", ["hint"])
    assert LESSON["hint"] in page(figure).text
    figure.handle("show", ["solution"])
    assert LESSON["solution"] in page(figure).text
    assert LESSON["hint"] not in page(figure).text
    figure.handle("show", ["solution"])
    assert figure.changes() == {}
    with pytest.raises(ValueError, match='expected "hint" or "solution"; found "tests"'):
        figure.handle("show", ["tests"])
    without = Exercise({**LESSON, "hint": ""})
    assert page(without).all("data-control").keys() == {"code", "run", "solution"}


def test_what_a_lesson_sets_no_address_may_change():
    for field in (*OUTCOME, "starter", "tests", "solution", "hint"):
        with pytest.raises(ValueError, match="cannot be set from outside"):
            Exercise(LESSON).restore({field: "x"})
    figure, other = Exercise(LESSON), Exercise(LESSON)
    figure.handle("edit", ["x = '</textarea>'"])
    figure.handle("show", ["hint"])
    other.restore(figure.changes())
    assert other.view() == figure.view()


def test_code_that_is_too_long_is_told_and_kept_whole():
    figure, other = Exercise(LESSON), Exercise(LESSON)
    right = LESSON["solution"] + "#" * 99_000
    figure.handle("edit", [right])
    figure.handle("run", [])
    assert outs(figure)["outcome"] == RIGHT
    figure.handle("edit", [right + "#" * 1_000])
    figure.handle("run", [])
    assert outs(figure)["outcome"].startswith(
        "100,064 characters are more than the 100,000 that can be run here."
    )
    assert figure.state.code == right + "#" * 1_000
    other.restore(figure.changes())
    assert other.state.code == figure.state.code


def test_what_code_prints_is_shown_as_text():
    figure = Exercise(LESSON)
    assert "printed" not in outs(figure)
    figure.handle("edit", ["import sys\nprint('<b>&amp;')\nprint('not well', file=sys.stderr)\nnothing"])
    figure.handle("run", [])
    assert outs(figure)["printed"] == "\n<b>&amp;\nnot well\n"
    assert outs(figure)["outcome"] == "Line 4: NameError: name 'nothing' is not defined"
    assert "printed-cut" not in outs(figure)
    figure.handle("edit", ["print('x' * 30_000)\nimport math\nmath.pi = 3"])
    assert "printed" not in outs(figure)
    figure.handle("run", [])
    assert outs(figure)["printed"] == "\n" + "x" * 20_000
    assert outs(figure)["printed-cut"] == "The code printed more; these are the first 20,000 characters."
    assert outs(figure)["put-back"].startswith("The code changed math.pi for everyone.")
    figure.handle("reset", [])
    assert figure.view() == Exercise(LESSON).view()


# ---------------------------------------------------------------- FIG.02


@pytest.mark.parametrize(
    "body",
    [
        "return x + (np.asarray(flat) - self.flatten(x)) @ self.axes",  # within the slice, as it is
        "return np.roll(np.asarray(x), 1)",  # out of the slice
    ],
)
def test_the_map_seeks_neighbours_among_all_words_wherever_a_vector_is_moved_to(body: str) -> None:
    name = "pycore.embeddings.projection.Plane.move"
    editing.edit(name, f"def move(self, x, flat):\n    {body}")
    try:
        unit, i = word_directions(), word_vectors().id("music")
        for x, y in ((60.0, 300.0), (240.0, 200.0), (440.0, 60.0)):
            state = WordMapState(word="music", moved=FrozenDict(music=(x, y)))
            vector = space().plane.move(unit[i], _from_map((x, y)))
            score = unit @ vector / np.linalg.norm(vector)
            score[i] = -np.inf
            assert Scene.of(state).by_cosine == np.argsort(-score, kind="stable")[:NEIGHBOURS].tolist()
    finally:
        editing.edit(name, None)
