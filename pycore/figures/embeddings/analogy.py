"""FIG.03: king − man + woman as arrows, the words nearest to where they lead, and what leaving out hides.

All words are scaled to length one, and ranked as in Mikolov et al. 2013. The three words of an analogy span a
plane, and their sum lies in it, so the arrows are not flattened; other words stand off that plane, and the
figure says how far. Nearest by cosine is nearest by distance too, since all words have one length.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.projection import plane_through
from pycore.embeddings.similarity import Ranking, analogy, cosine, euclidean
from pycore.figures.embeddings._words import LONGEST, TakesWords, accept, check_typed, word_box
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.labels import Box, crossings
from pycore.live.markup import Markup, moved, number, signed, tag
from pycore.live.readout import fold, headline

WIDTH, HEIGHT = 440, 392
MARGIN = (48.0, 34.0)  # kept free at the sides, and above and below
SEEN = 0.84  # how much of the circle must stay clear of the margins
LETTER, LINE = 10.8, 18.0  # size of a letter of a name where it is largest, on a phone
NEAREST = 5  # neighbours listed
OFFERED = 6  # analogies in sight; the others are folded away
STEPS = 4
RESULT = "result"
KEYS = ("start", "minus", "plus")
# start − minus + plus, and the word that should come out. Picked by hand: the last four fail.
LISTED = (
    "king man woman queen",
    "paris france italy rome",
    "take go went took",
    "actor prince princess actress",
    "walk walking swimming swim",
    "better good bad worse",
    "dog cat cats dogs",
    "dog cat kitten puppy",
    "dollar usa japan yen",
    "summer day night winter",
    "south north west east",
    "sister brother son daughter",
    "tokyo japan germany berlin",
    "small big biggest smallest",
    "aunt uncle brother sister",
    "cold hot good bad",
)
EXPECTED = {(c, a, b): answer for c, a, b, answer in map(str.split, LISTED)}
SPACE = tuple[float, float]


@dataclass(frozen=True)
class AnalogyState:
    """Three words, what stands in their boxes, the step shown, and whether inputs may be answers."""

    start: str = "king"
    minus: str = "man"
    plus: str = "woman"
    typed_start: str = ""
    typed_minus: str = ""
    typed_plus: str = ""
    step: int = 1
    inputs: bool = False

    @property
    def words(self) -> tuple[str, str, str]:
        """The three words, in the order in which they are read."""
        return self.start, self.minus, self.plus


class Analogy(TakesWords, Figure[AnalogyState]):
    """Walk through start − minus + plus, and see which word is nearest."""

    State = AnalogyState
    data = ("embeddings/glove-100d.npz",)
    code = (analogy,)

    def check(self, state: AnalogyState) -> None:
        """Refuse unknown words, a word that comes twice, and a step that there is not."""
        for word in state.words:
            word_vectors().id(word)
        if len(set(state.words)) < 3:
            raise ValueError(f"expected three different words; found {', '.join(state.words)}")
        expect.between("a step", state.step, STEPS, least=1)
        check_typed(*(_typed(state, key) for key in KEYS))

    @event
    def type_word(self, key: str, text: str) -> None:
        """Take what is typed into a box; a known word that is not in use comes into force at once."""
        expect.one_of("box", key, KEYS)
        shown, word = accept(word_vectors(), text)
        changes = {f"typed_{key}": shown}
        if word and word not in self.state.words:
            changes[key] = word
        self.state = self.parse(changes, base=self.state)

    @event
    def pick(self, words: str) -> None:
        """Show an analogy: "king man woman"."""
        found = words.split()
        if len(found) != len(KEYS):
            raise ValueError(f'expected three words; found "{words[:LONGEST]}"')
        shown = AnalogyState(step=self.state.step, inputs=self.state.inputs)
        self.state = self.parse(dict(zip(KEYS, found, strict=True)), base=shown)

    @event
    def walk(self, step: str) -> None:
        """Show a step, 1 to 4."""
        self.state = self.parse({"step": step}, base=self.state)

    @event
    def advance(self) -> None:
        """Show the next step; after the last comes the first."""
        self.state = replace(self.state, step=self.state.step % STEPS + 1)

    @event
    def switch_inputs(self) -> None:
        """Let the three words be answers, or leave them out again; the answer is shown at once."""
        self.state = replace(self.state, inputs=not self.state.inputs, step=STEPS)

    def view(self) -> Parts:
        """Draw controls, steps, picture, answer, what is flattened, and how the whole list does."""
        s = self.state
        scene = Scene.of(*s.words)
        return {
            "controls": _controls(s),
            "steps": _steps(s),
            "answer": _headline(s),
            "stage": _stage(s, scene),
            "readout": _readout(s, scene),
            "flattened": _flattened(s, scene),
            "board": _board(s),
        }


def _typed(state: AnalogyState, key: str) -> str:
    return str(getattr(state, f"typed_{key}"))


@functools.lru_cache(maxsize=128)
def _answers(words: tuple[str, str, str], inputs: bool) -> Ranking:
    """Rank the words nearest to start − minus + plus."""
    start, minus, plus = (word_vectors().id(word) for word in words)
    return analogy(word_directions(), minus, plus, start, NEAREST, exclude_inputs=not inputs)


def _answer(words: tuple[str, str, str], inputs: bool) -> str:
    best: int = _answers(words, inputs).ids[0]
    return word_vectors().words[best]


class Verdict(NamedTuple):
    """A listed analogy and what comes out of it."""

    words: tuple[str, str, str]
    expected: str
    without: str  # the answer with the inputs left out
    within: str  # and with them left in


@functools.cache
def _verdicts() -> tuple[Verdict, ...]:
    return tuple(
        Verdict(words, expected, _answer(words, inputs=False), _answer(words, inputs=True))
        for words, expected in EXPECTED.items()
    )


@dataclass(frozen=True)
class Scene:
    """All that the picture is drawn from: places are viewBox units, distances those of 100 dimensions."""

    start: str
    minus: str
    plus: str
    other: str  # the nearest word that is none of the three
    places: dict[str, SPACE]  # of the four words, and of the result under ""
    distance: float  # from the result to `other`
    drawn: float  # the same distance in the picture
    input: str  # the nearest of the three
    back: float  # from the result to `input`
    height: float  # how far `other` stands off the plane
    scale: float  # viewBox units for one unit of length
    parallel: float  # cosine of the directions minus → plus and start → other

    @classmethod
    @functools.lru_cache(maxsize=64)
    def of(cls, start: str, minus: str, plus: str) -> Scene:
        """Lay the plane through three words and find the scale at which all is seen."""
        unit, vectors = word_directions(), word_vectors()
        other = _answer((start, minus, plus), inputs=False)
        c, a, b, w = (unit[vectors.id(word)] for word in (start, minus, plus, other))
        result = c - a + b
        plane = plane_through(a, b, c)
        flat = plane.flatten([c, a, b, w, result])
        distance = euclidean(result, w)
        low = np.minimum(flat.min(axis=0), flat[4] - SEEN * distance)
        high = np.maximum(flat.max(axis=0), flat[4] + SEEN * distance)
        room = np.array([WIDTH, HEIGHT]) - 2 * np.array(MARGIN)
        scale = float(np.min(room / (high - low)))
        seen = np.array([WIDTH, HEIGHT]) / 2 + (flat - (low + high) / 2) * scale * [1, -1]
        names = (start, minus, plus, other, "")
        places = {
            name: (round(float(x), 2), round(float(y), 2)) for name, (x, y) in zip(names, seen, strict=True)
        }
        drawn, height = euclidean(flat[3], flat[4]), euclidean(w, plane.lift(flat[3]))
        back, given = min((euclidean(result, unit[vectors.id(word)]), word) for word in (start, minus, plus))
        parallel = cosine(b - a, w - c)
        return cls(start, minus, plus, other, places, distance, drawn, given, back, height, scale, parallel)

    @property
    def inside(self) -> str:
        """Where the nearest of the three words lies, seen from the circle through `other`."""
        return "inside" if self.back < self.distance else "outside"


# ---------------------------------------------------------------- controls


def _controls(s: AnalogyState) -> Markup:
    vectors = word_vectors()
    chips = [
        chip(f"{words[0]} → {expected}", "pick", " ".join(words), "pick-" + "-".join(words), words == s.words)
        for words, expected in EXPECTED.items()
    ]
    labels = ("start with", "− minus", "+ plus")
    boxes = (
        word_box(vectors, key, label, word, _typed(s, key) or word)
        for key, label, word in zip(KEYS, labels, s.words, strict=True)
    )
    return tag(
        "div",
        group("Analogies, picked by hand", chips[:OFFERED], look="chips slide"),
        fold("More analogies", group("More analogies", chips[OFFERED:], look="chips slide")),
        tag("div", boxes, class_="boxes three"),
    )


def _steps(s: AnalogyState) -> Markup:
    labels = (s.start, f"− {s.minus}", f"+ {s.plus}", "nearest word")
    nearest = _answer(s.words, s.inputs)
    says = (
        f"Start at {s.start}.",
        f"{s.start} − {s.minus} is the arrow that leads from {s.minus} to {s.start}.",
        f"Carried over to {s.plus}, the same arrow ends at the result: a place, not a word.",
        f"The word nearest to that place is {nearest}"
        + (
            ", one of the three that went in."
            if nearest in s.words
            else "."
            if s.inputs
            else f", with {s.start}, {s.minus} and {s.plus} left out."
        ),
    )
    chips = (
        button(
            str(i),
            tag("span", f" {label}", class_="what"),
            event="walk",
            arg=str(i),
            control=f"step-{i}",
            pressed=i == s.step,
            class_="chip",
        )
        for i, label in enumerate(labels, start=1)
    )
    onward = "next step →" if s.step < STEPS else "from the start ↩"
    return tag(
        "div",
        group("Steps", chips, chip(onward, "advance", None, "next")),
        tag("p", says[s.step - 1], class_="says", data_out="says", role="status"),
    )


# ---------------------------------------------------------------- the picture


def _stage(s: AnalogyState, scene: Scene) -> Markup:
    """Draw every step's marks always; the class of the svg says which are seen, so that they can move."""
    at = scene.places
    a, b, c, result, w = at[s.minus], at[s.plus], at[s.start], at[""], at[scene.other]
    nearest = _answer(s.words, s.inputs)
    carried = b if s.step >= 3 else a
    reach = (c[0] - a[0], c[1] - a[1])
    names = _names(s, scene)
    return tag(
        "svg",
        tag("circle", class_="ring at-4", cx=result[0], cy=result[1], r=scene.distance * scene.scale),
        tag("path", class_="area at-3", d=f"M{_xy(a)}L{_xy(b)}L{_xy(result)}L{_xy(c)}Z"),
        tag("path", class_="ghost at-3", d=f"M{_xy(a)}L{_xy(c)}"),
        _arrow("relation at-3", a, (b[0] - a[0], b[1] - a[1])),
        _arrow("relation at-3", c, (b[0] - a[0], b[1] - a[1])),
        _arrow("carried at-2", carried, reach),
        tag("path", class_="snap at-4", d=f"M{_xy(result)}L{_xy(at[nearest])}"),
        _point("word at-2", a, s.minus, names[s.minus], nearest),
        _point("word at-3", b, s.plus, names[s.plus], nearest),
        _point("word at-1", c, s.start, names[s.start], nearest),
        _point("found at-4", w, scene.other, names[scene.other], nearest),
        _point("result at-3", result, RESULT, names[""], nearest),
        class_=f"step-{s.step}",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=_described(s, scene, nearest),
    )


def _described(s: AnalogyState, scene: Scene, nearest: str) -> str:
    """Say what the picture shows now."""
    text = f"A point, {s.start}."
    if s.step == 2:
        text += f" An arrow leads from the point {s.minus} to it."
    if s.step >= 3:
        text = (
            f"A parallelogram: the arrow from {s.minus} to {s.start} is carried over to {s.plus} and "
            f"ends at the result; {s.minus} to {s.plus} is the same arrow as {s.start} to the result."
        )
    if s.step == STEPS:
        text += (
            f" A dashed line leads from the result to the nearest word, {nearest}. A circle around the "
            f"result shows how far {scene.other} truly is; {scene.input} lies {scene.inside} it."
        )
    return text


def _arrow(kind: str, tail: SPACE, reach: SPACE) -> Markup:
    """Draw an arrow as a group that is moved by a transform, so that it can glide."""
    dx, dy = reach
    turn = number(float(np.degrees(np.arctan2(dy, dx))))
    return tag(
        "g",
        tag("path", class_="shaft", d=f"M0 0L{_xy((dx, dy))}"),
        tag("path", class_="head", d="M-8 0l-12 -5v10z", style=f"{moved(dx, dy, 2)} rotate({turn}deg)"),
        class_=kind,
        style=moved(*tail, decimals=2),
    )


def _names(s: AnalogyState, scene: Scene) -> dict[str, SPACE]:
    """Find a place for each name, from its point: the first that covers no other name and no point."""
    taken = [Box.around(x, y, 16, 16) for x, y in scene.places.values()]
    found = {}
    for name, first in ((s.start, -20), ("", -20), (s.minus, 20), (s.plus, 20), (scene.other, 20)):
        x, y = scene.places[name]
        width = LETTER * len(name or RESULT)
        tries = [
            # No name leaves the picture.
            Box.around(min(max(x + dx, width / 2), WIDTH - width / 2), y + dy, width, LINE)
            for dx, dy in ((0, first), (0, -first), (width / 2 + 12, 0), (-width / 2 - 12, 0))
        ]
        box = min(tries, key=lambda box: crossings(box, taken))
        taken.append(box)
        found[name] = (box.left + width / 2 - x, box.top + LINE / 2 - y)
    return found


def _point(kind: str, place: SPACE, name: str, offset: SPACE, nearest: str) -> Markup:
    return tag(
        "g",
        tag("circle", r=6),
        tag("text", name, x=offset[0], y=offset[1] + 5, text_anchor="middle"),
        class_=kind + (" nearest" if name == nearest else ""),
        style=moved(*place, decimals=2),
    )


def _xy(place: SPACE) -> str:
    return f"{number(place[0])} {number(place[1])}"


# ---------------------------------------------------------------- the answer


def _headline(s: AnalogyState) -> Markup:
    """Draw the answer and the switch that changes it: on a phone they stand between steps and picture."""
    done = s.step == STEPS
    names = [word_vectors().words[i] for i in _answers(s.words, s.inputs).ids]
    return tag(
        "div",
        headline(
            f"{s.start} − {s.minus} + {s.plus} ≈",
            names[0] if done else "?",
            "answer",
            _judged(s, names) if done else "Walk to step 4.",
        ),
        chip("leave the input words in", "switch_inputs", None, "inputs", s.inputs),
    )


def _readout(s: AnalogyState, scene: Scene) -> Markup:
    found = _answers(s.words, s.inputs)
    names = [word_vectors().words[i] for i in found.ids]
    done = s.step == STEPS
    rows = (
        tag(
            "li",
            tag("span", tag("span", name if done else "·", data_out=f"nearest-{place}"),
                tag("small", " input") if done and name in s.words else None),
            tag("span", signed(float(score)) if done else "·", class_="value", data_out=f"cosine-{place}"),
        )
        for place, (name, score) in enumerate(zip(names, found.scores, strict=True), start=1)
    )  # fmt: skip
    return tag(
        "div",
        tag("p", f"Nearest of {len(word_vectors()):,} words, by cosine", class_="label"),
        tag("ol", rows, class_="nearest"),
        tag("p", f"How parallel are {s.minus} → {s.plus} and {s.start} → {scene.other if done else '?'}: ",
            "cosine ", tag("b", signed(scene.parallel) if done else "·", data_out="parallel"),
            class_="aside"),
    )  # fmt: skip


def _judged(s: AnalogyState, names: list[str]) -> str:
    """Say whether the answer is the expected one."""
    expected = EXPECTED.get(s.words)
    if names[0] in s.words:
        return "a word that went in comes out again"
    if expected is None:
        return "your own analogy: is it what you expected?"
    if names[0] == expected:
        return "the expected word"
    place = f"number {names.index(expected) + 1}" if expected in names else f"not among these {NEAREST}"
    return f"it fails: {expected} was expected, and is {place}"


def _flattened(s: AnalogyState, scene: Scene) -> Markup:
    """Tell what the picture leaves out, of what it shows at this step."""
    w = scene.other
    truth = (
        f" But “{w}” stands ",
        tag("b", f"{scene.height:.2f}", data_out="height"),
        " off that plane, so its true distance from the result is ",
        tag("b", f"{scene.distance:.2f}", data_out="distance"),
        ", not ",
        tag("b", f"{scene.drawn:.2f}", data_out="drawn"),
        f" as drawn. The circle has the true distance as its radius; “{scene.input}”, at ",
        tag("b", f"{scene.back:.2f}", data_out="back"),
        f", lies {scene.inside} it",
        ": nearer than any word that did not go in." if scene.inside == "inside" else ".",
    )
    return tag(
        "p",
        "What is flattened: not the arrows, since three words and their sum lie in one plane of the "
        f"{word_vectors().dim}-dimensional space.",
        truth if s.step == STEPS else None,
    )


# ---------------------------------------------------------------- the whole list


def _board(s: AnalogyState) -> Markup:
    verdicts = _verdicts()
    half = len(verdicts) // 2
    without, within = (
        tag("b", f"{sum(hits)} of {len(verdicts)}", data_out=name)
        for name, hits in (
            ("score-out", [v.without == v.expected for v in verdicts]),
            ("score-in", [v.within == v.expected for v in verdicts]),
        )
    )
    return fold(
        "How often does the list come out right?",
        tag("p", "How often the expected word is the nearest: ", without, " with the input words left out, ",
            within, " with them left in. This list is cherry-picked: we chose analogies known to work, and "
            "four that fail.", class_="sum"),
        tag("div", _table(verdicts[:half], s, 1), _table(verdicts[half:], s, half + 1),
            class_="tables " + ("with-in" if s.inputs else "with-out")),
    )  # fmt: skip


def _table(verdicts: tuple[Verdict, ...], s: AnalogyState, first: int) -> Markup:
    rows = (
        tag(
            "tr",
            tag("th", f"{v.words[0]} − {v.words[1]} + {v.words[2]}", scope="row"),
            (
                tag("td", ("= " if answer == v.expected else "≠ ") + answer,
                    class_="hit" if answer == v.expected else None)
                for answer in (v.without, v.within)
            ),
            aria_current="true" if v.words == s.words else None,
        )
        for v in verdicts
    )  # fmt: skip
    head = (tag("th", text, scope="col") for text in ("listed analogy", "inputs out", "inputs in"))
    return tag(
        "table",
        tag("thead", tag("tr", head)),
        tag("tbody", rows),
        aria_label=f"Listed analogies, {first} to {first + len(verdicts) - 1}",
    )
