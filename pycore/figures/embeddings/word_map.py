"""FIG.02: a flat slice of the space of words. Pins can be dragged in it; neighbours are sought in all of it.

Every word vector is scaled to length one. The slice is parallel to the plane through three corners, each the
mean of a neighbourhood. Dragging moves a vector along the slice's two axes and leaves the other 98 dimensions
alone, so it need not arrive at the word that seems to lie where it is dropped.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import word_vectors
from pycore.embeddings.projection import Plane, plane_through
from pycore.embeddings.similarity import cosine, normalize, top_k
from pycore.figures.embeddings._slice import CORNERS, GROUP, NEIGHBOURS, PINS, own_nearest, space
from pycore.figures.embeddings._words import TakesWords, accept, check_typed, word_box
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.frozen import FrozenDict
from pycore.live.handle import handle
from pycore.live.labels import Box, crossings
from pycore.live.markup import Markup, number, percent, signed, tag
from pycore.live.plot import dots
from pycore.live.readout import fold, nearest_words, readings

WIDTH, HEIGHT = 480, 408
ORIGIN = (228.0, 224.0)  # where the zero of both axes is drawn
SCALE = 300.0  # viewBox units for one unit of length
LEFT, TOP, RIGHT, BOTTOM = 16.0, 12.0, 464.0, 368.0  # how far pins can be dragged
LABELS = 22  # names written on the map, at most
GRIP = 34  # radius of the part of a pin that can be held
LETTER, LINE = 9.8, 16.0  # room that a name takes where letters are largest, on a phone

Place = tuple[float, float]
FLOOR = 384.0  # no name stands below the axis
# How far above its place a name may stand: beside it, or where a line has to lead to it.
NEAR = (0.0, 10.0, -10.0, 19.0, -19.0)
FAR = (*NEAR, 28.0, -28.0, 37.0, -37.0, 46.0, -46.0, 55.0, -55.0, 64.0, -64.0, 73.0, -73.0, 82.0, -82.0, 91.0)


@dataclass(frozen=True)
class WordMapState:
    """The word under study, a word that was typed and has a pin too, and where pins were dragged to."""

    word: str = "pet"
    extra: str = ""
    typed: str = ""
    flat: bool = False
    moved: FrozenDict[str, Place] = FrozenDict()  # in viewBox units


class WordMap(TakesWords, Figure[WordMapState]):
    """Drag a pin over the map and watch which words are nearest to it."""

    State = WordMapState
    data = ("embeddings/glove-100d.npz",)
    code = (Plane.move, plane_through, top_k)
    step = 4.0

    def check(self, state: WordMapState) -> None:
        """Refuse unknown words, pins that are not there, and places outside the map."""
        if state.extra:
            word_vectors().id(state.extra)
        check_typed(state.typed)
        pins = _pins(state)
        for word in (state.word, *state.moved):
            if word not in pins:
                raise ValueError(f"expected one of the pins {', '.join(pins)}; found {word!r}")
        for place in state.moved.values():
            if place != _inside(*place):
                raise ValueError(f"expected places on the map; found {place[0]:g}, {place[1]:g}")

    @event
    def type_word(self, key: str, text: str) -> None:
        """Take what is typed; a known word comes into force at once, with a pin of its own."""
        expect.one_of("box", key, ("word",))
        shown, word = accept(word_vectors(), text)
        self.state = replace(self.state, typed=shown)
        if word in PINS:
            self.state = replace(self.state, word=word)
        elif word:
            kept = self.state.moved
            if self.state.extra != word:
                kept = kept.without(self.state.extra)
            self.state = replace(self.state, word=word, extra=word, moved=kept)

    @event
    def pick(self, word: str) -> None:
        """Study the word of a pin."""
        self.state = self.parse({"word": word, "typed": ""}, base=self.state)

    @event
    def put(self, target: str) -> None:
        """Put the word under study where the row of another word is drawn; "" puts it back on its own."""
        if target:
            word_vectors().id(target)
            self.drag(self.state.word, *_home(target))
        else:
            self.state = replace(self.state, moved=self.state.moved.without(self.state.word))

    @event
    def flatten(self) -> None:
        """Judge nearness by the flat map alone, or by all dimensions again."""
        self.state = replace(self.state, flat=not self.state.flat)

    def position(self, name: str) -> Place:
        """Where a pin stands, in viewBox units."""
        if name not in _pins(self.state):
            raise ValueError(f"expected one of the pins {', '.join(_pins(self.state))}; found {name!r}")
        return _places(self.state)[name]

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Put a pin at (x, y), kept on the map, and study its word."""
        self.position(name)  # refuses what is not a pin
        moved = self.state.moved | {name: _inside(x, y)}
        self.state = replace(self.state, word=name, typed="", moved=moved)

    def view(self) -> Parts:
        """Draw controls, the map, the pins and marks over it, and the neighbours."""
        scene = Scene.of(self.state)
        labels = _labels(self.state, scene)
        return {
            "controls": _controls(replace(self.state, moved=FrozenDict())),
            "map": _map(),
            "names": _quiet_names(labels),
            "stage": _stage(self.state, scene, labels),
            "readout": _readout(self.state, scene),
            "note": _note(),
        }


def _pins(state: WordMapState) -> tuple[str, ...]:
    return (*PINS, state.extra) if state.extra else PINS


def _places(state: WordMapState) -> dict[str, Place]:
    """Where each pin stands."""
    return {word: state.moved.get(word) or _home(word) for word in _pins(state)}


def _at_home(word: str, state: WordMapState) -> bool:
    """Whether a pin marks the place of the word's own row."""
    return word in _pins(state) and word not in state.moved


def _inside(x: float, y: float) -> Place:
    return min(max(x, LEFT), RIGHT), min(max(y, TOP), BOTTOM)


# ---------------------------------------------------------------- where things are


def _to_map(flat: Floats) -> Place:
    """Where coordinates in the slice are drawn; rounded, so that every Python lays out the same picture."""
    return round(ORIGIN[0] + SCALE * float(flat[0]), 1), round(ORIGIN[1] - SCALE * float(flat[1]), 1)


def _from_map(place: Place) -> Place:
    """Coordinates in the slice of what is drawn at a place: the other way round."""
    return (place[0] - ORIGIN[0]) / SCALE, (ORIGIN[1] - place[1]) / SCALE


@functools.lru_cache(maxsize=1024)
def _home(word: str) -> Place:
    """Where the table's own row of a word is drawn."""
    return _to_map(space().flat[word_vectors().id(word)])


@dataclass(frozen=True)
class Scene:
    """All that the picture and the readouts are drawn from.

    Attributes
    ----------
    place
        Where the word under study is drawn.
    vector
        Its direction as it lies now, length one, in all dimensions.
    inside
        Share of its squared length that lies in the slice.
    by_cosine, by_map, before
        Ids of its neighbours: by cosine, by distance on the map, and by cosine before it was moved.
    """

    id: int
    place: Place
    vector: Floats
    inside: float
    by_cosine: list[int]
    by_map: list[int]
    before: list[int]

    @classmethod
    def of(cls, state: WordMapState) -> Scene:
        """Work out the scene of a state."""
        words = space()
        i = word_vectors().id(state.word)
        vector, place = words.unit[i], state.moved.get(state.word)
        if place is not None:
            vector = words.plane.move(vector, _from_map(place))
        flat = words.plane.flatten(vector)
        direction: Floats = normalize(vector).astype(np.float64)
        return cls(
            i,
            place or _to_map(flat),
            direction,
            float(flat @ flat / (vector @ vector)),
            words.nearest(i, vector),
            words.nearest_on_the_map(flat, i),
            list(own_nearest(i)),
        )

    def shown(self, flat: bool) -> list[int]:
        """Return the neighbours that the figure shows."""
        return self.by_map if flat else self.by_cosine


# ---------------------------------------------------------------- names that do not cover each other


def _around(place: Place, reach: float) -> Box:
    return Box.around(*place, 2 * reach, 2 * reach)


@functools.lru_cache(maxsize=4096)  # all places but one stay while a pin is dragged
def _name_box(place: Place, text: str, gap: float, side: int, lift: float) -> Box:
    """Room for a name to the right (side 1) or left (-1) of a place, `lift` above it."""
    return Box.beside(place[0], place[1] - lift, side, gap, LETTER * len(text), LINE)


def _free(
    place: Place, text: str, taken: list[Box], gap: float = 7.0, lifts: tuple[float, ...] = NEAR
) -> Box | None:
    """Find room for a name beside a place, `gap` from it, or None; the room is then taken."""
    for lift in lifts:
        for side in (1, -1):
            box = _name_box(place, text, gap, side, lift)
            inside = box.left >= LEFT and box.right <= WIDTH - 2 and box.top >= 0 and box.bottom <= FLOOR
            if inside and not crossings(box, taken):
                taken.append(box)
                return box
    return None


@functools.lru_cache(maxsize=256)
def _name(text: str, box: Box, place: Place, class_: str | None = None) -> Markup:
    left = box.right <= place[0]
    return tag(
        "text",
        text,
        class_=class_,
        x=box.right if left else box.left,
        y=(box.top + box.bottom) / 2 + 4.5,
        text_anchor="end" if left else None,
    )


# ---------------------------------------------------------------- the parts


@functools.lru_cache(maxsize=16)
def _controls(state: WordMapState) -> Markup:
    """Draw what stands above the map; it is drawn anew only when it differs, not during a drag."""
    return tag(
        "div",
        group(
            "Word under study",
            choice("pick", {pin: pin for pin in _pins(state)}, state.word, "pin-{}"),
            look="chips slide",
        ),
        tag(
            "div",
            word_box(word_vectors(), "word", "or any word", state.word, state.typed or state.word),
            group(
                f"Move {state.word}, and how to judge",
                (chip(f"→ {word}", "put", word, f"put-{word}") for word in CORNERS),
                chip("put back", "put", "", "put-back"),
                chip("flat map only", "flatten", None, "flat", state.flat),
            ),
            class_="more",
        ),
    )


@functools.cache
def _map_names() -> dict[int, Box]:
    """Choose the words whose names stand on the map, and where: those nearest to pins come first."""
    words = word_vectors().words
    names: dict[int, Box] = {}
    taken = [_around(_home(pin), 10) for pin in PINS] + [_pin_name_box(pin, _home(pin)) for pin in PINS]
    for i in space().drawn:
        if words[i] not in PINS and len(names) < LABELS and (box := _free(_home(words[i]), words[i], taken)):
            names[i] = box
    return names


@functools.cache
def _map() -> Markup:
    """Draw what never changes: the dots of words, and what the two axes are."""
    # Whole units: what is drawn over them stands where it is, and the page is lighter.
    places = np.rint([_to_map(space().flat[i]) for i in space().drawn]).tolist()
    return tag(
        "svg",
        tag("path", class_="dots", d=dots(places)),
        tag("path", class_="axis", d=f"M{LEFT:.0f} {TOP:.0f}V384H{RIGHT:.0f}"),
        tag("text", "pet’s company → finance’s", x=WIDTH / 2, y=401, text_anchor="middle"),
        tag(
            "text",
            "→ river’s company",
            text_anchor="middle",
            transform=f"translate(10 {HEIGHT / 2:.0f}) rotate(-90)",
        ),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        aria_hidden="true",
    )


def _pin_name_box(word: str, place: Place) -> Box:
    side = -1 if place[0] + 14 + LETTER * len(word) > WIDTH - 4 else 1
    return _name_box(place, word, 13.0, side, 0.0)


@dataclass(frozen=True)
class Labels:
    """What stands over the map: pins, their names and marks, and the names that found room beside marks."""

    fixed: list[Box]
    pins: dict[str, Box]
    neighbours: dict[int, Box]


def _labels(state: WordMapState, scene: Scene) -> Labels:
    words, places = word_vectors().words, _places(state)
    taken = [_around(place, 8) for place in places.values()]
    pins = _pin_names(state.word, places, taken)
    fixed = taken
    found = {i: _home(words[i]) for i in scene.shown(state.flat) if not _at_home(words[i], state)}
    fixed += [_around(place, 3) for place in found.values()]
    taken = [*fixed]
    named = {i: _free(place, words[i], taken, lifts=FAR) for i, place in found.items()}
    return Labels(fixed, pins, {i: box for i, box in named.items() if box})


def _pin_names(chosen: str, places: dict[str, Place], taken: list[Box]) -> dict[str, Box]:
    """Find room for the names of all pins: where pins meet, the one under study stays and others make way."""
    names = {}
    for word in sorted(places, key=lambda word: word != chosen):
        room, own = _pin_name_box(word, places[word]), _around(places[word], 8)
        if word == chosen or not crossings(room, [box for box in taken if box != own]):
            taken.append(room)
        else:
            room = _free(places[word], word, taken, 13.0, FAR) or room
        names[word] = room
    return names


def _leader(box: Box, place: Place) -> str:
    """Path of the line from a place to a name that stands far from it; empty where it stands beside it."""
    middle = (box.top + box.bottom) / 2
    if abs(middle - place[1]) < LINE + 4:
        return ""
    x = box.left if box.left >= place[0] else box.right
    return f"M{number(place[0])} {number(place[1])}L{number(x)} {number(middle)}"


def _quiet_names(labels: Labels) -> Markup:
    """Draw the map's own names, except where another name has to stand."""
    words, others = word_vectors().words, [*labels.fixed, *labels.neighbours.values()]
    return tag(
        "svg",
        (
            _name(
                words[i],
                box,
                _home(words[i]),
                "off" if i in labels.neighbours or crossings(box, others) else None,
            )
            for i, box in _map_names().items()
        ),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        aria_hidden="true",
    )


def _stage(state: WordMapState, scene: Scene, labels: Labels) -> Markup:
    """Draw what moves: the neighbours, how the word under study got where it is, and the pins."""
    words, pins = word_vectors().words, _places(state)
    found = {words[i]: _home(words[i]) for i in scene.shown(state.flat)}
    nearest = tuple(found)[:3]
    how = "on the flat map" if state.flat else "by cosine in all dimensions"
    x, y = scene.place
    return tag(
        "svg",
        tag(
            "path",
            class_="ways",
            d="".join(f"M{number(x)} {number(y)}L{number(u)} {number(v)}" for u, v in found.values()),
        ),
        # Each kind has its group, so that a pin stays the same element and keeps the focus when others come.
        tag("g", (_trace(word, place) for word, place in state.moved.items()), class_="traces"),
        tag(
            "g",
            (
                tag("circle", cx=place[0], cy=place[1], r=12.0 if _at_home(word, state) else 4.0)
                for word, place in found.items()
            ),
            tag(
                "path",
                class_="leaders",
                d="".join(_leader(box, found[words[i]]) for i, box in labels.neighbours.items()),
            ),
            (_name(words[i], box, found[words[i]]) for i, box in labels.neighbours.items()),
            class_="marks",
        ),
        tag(
            "g",
            (
                _pin(
                    word,
                    place,
                    labels.pins[word],
                    nearest if word == state.word else (),
                    _role(word, state.word, pins),
                )
                for word, place in pins.items()
            ),
        ),
        # The pin under study once more, for the eye alone: it may lie on another.
        tag(
            "g",
            tag("circle", class_="knob", cx=x, cy=y, r=8),
            _name(state.word, labels.pins[state.word], scene.place, "name"),
            class_="chosen above",
            aria_hidden="true",
        ),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        data_surface=state.word,
        role="group",
        aria_label=f"A map of {len(space().drawn)} words. Nearest to {state.word} {how}: {', '.join(found)}.",
    )


def _trace(word: str, place: Place) -> Markup:
    """Draw the way from a word's own row to where its pin was dragged."""
    x, y = _home(word)
    return tag(
        "g",
        tag("line", x1=x, y1=y, x2=place[0], y2=place[1]),
        tag("circle", cx=x, cy=y, r=4.5),
        class_="trace",
    )


def _role(word: str, chosen: str, pins: dict[str, Place]) -> str:
    """Class of a pin: the one under study is "chosen"; others near it are "under" it."""
    if word == chosen:
        return "chosen"
    return "under" if math.dist(pins[word], pins[chosen]) < GRIP else "free"


@functools.lru_cache(maxsize=64)
def _pin(word: str, place: Place, room: Box, nearest: tuple[str, ...], role: str) -> Markup:
    x, y = place
    spoken = f"x {x - ORIGIN[0]:.0f}, y {ORIGIN[1] - y:.0f}"
    return handle(
        word,
        x,
        y,
        _name(word, room, place, "name"),
        label=f"Pin {word}",
        spoken=f"{spoken}; nearest {', '.join(nearest)}" if nearest else spoken,
        value=round(100 * (x - LEFT) / (RIGHT - LEFT)),
        least=0,
        most=100,
        look=role,
        grip=GRIP,
        knob=8 if role == "chosen" else 5.5,
    )


def _readout(state: WordMapState, scene: Scene) -> Markup:
    words, moved = word_vectors().words, state.word in state.moved
    shown = scene.shown(state.flat)
    cosines = space().unit[shown] @ scene.vector
    kept = len(set(scene.by_cosine) & set(scene.before))
    shared = len(set(scene.by_cosine) & set(scene.by_map))
    own = float(space().unit[scene.id] @ scene.vector)
    rows = (
        ("true ones near on the map", "shared", f"{shared} of {NEIGHBOURS}"),
        ("first ones still there", "kept", f"{kept} of {NEIGHBOURS}"),
        ("cosine with its own row", "own", signed(own)),
        ("length² within the slice", "inside", percent(scene.inside)),
    )
    return tag(
        "div",
        tag(
            "p", f"Nearest to {state.word}" + (", as moved" if moved else ""), class_="label", data_out="who"
        ),
        tag(
            "p",
            "by distance on the flat map; beside it the real cosine"
            if state.flat
            else f"by cosine in all {word_vectors().dim} dimensions",
            class_="how",
            data_out="how",
        ),
        nearest_words(zip((words[i] for i in shown), cosines.tolist(), strict=True), cosine_out="cosine-{}"),
        tag("p", f"Nearest: {', '.join(words[i] for i in shown[:3])}", class_="spoken", role="status"),
        fold("Four more readings", readings(rows)),
    )


@functools.cache
def _note() -> Markup:
    words, ids = space(), word_vectors()
    music, doctor = (words.unit[ids.id(word)] for word in ("music", "doctor"))
    return tag(
        "p",
        "What is flattened: ",
        tag("b", len(words.drawn), data_out="drawn"),
        " words are drawn, ",
        tag("b", f"{len(ids):,}", data_out="searched"),
        f" are searched. The slice was chosen to hold three corners apart, each the mean of the {GROUP} ",
        f"words nearest to {CORNERS[0]}, {CORNERS[1]} or {CORNERS[2]}. It holds ",
        tag("b", percent(words.variance_held(slice(None)), 1), data_out="variance"),
        " of the variance of all words, ",
        tag("b", percent(words.variance_held(words.drawn), 1), data_out="variance-drawn"),
        " of that of the words drawn. What meets in the middle, such as music and doctor (cosine ",
        tag("b", signed(cosine(music, doctor)), data_out="middle"),
        "), differs in directions that the slice does not have.",
    )
