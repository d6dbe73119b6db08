"""FIG.05: two real word vectors in the one plane that holds both, and the cosine of the angle between them.

Any two directions span a plane, so nothing is flattened here: lengths and angles in the picture are those of
the 100-dimensional space. Dragging b moves the 100-dimensional vector within that plane.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.projection import Plane, plane_through
from pycore.embeddings.similarity import cosine, dot, top_k
from pycore.figures.embeddings._words import TakesWords, accept, check_typed, word_box
from pycore.live import expect
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.handle import handle
from pycore.live.markup import Markup, number, rough_percent, signed, tag
from pycore.live.readout import headline, nearest_words, readings

WIDTH, HEIGHT = 440, 428
CENTER = (220.0, 214.0)
REACH = 156.0  # how far from the center b can be dragged
RIM = 166.0  # radius of the ring that carries the histogram
TALLEST = 32.0  # height of the histogram's tallest bar
SEEN = 0.1  # and of the lowest that is drawn
ARROW = 78.0  # length of the longer of the two word arrows: twice as long still fits the ring
BIN = 4  # degrees
GLYPH = 10.8  # units that a letter takes on a phone
FEW = 100  # words, a percent of all: up to there they are counted
SAME = 1e-6  # cosines that differ by less are of one word
PAIRS = ("cat dog", "bank money", "bank river", "good bad", "king queen", "cat finance")


@dataclass(frozen=True)
class CosineState:
    """Two words, what stands in their boxes, and where b was dragged to (viewBox units; only if moved)."""

    a: str = "cat"
    b: str = "dog"
    typed_a: str = ""
    typed_b: str = ""
    moved: bool = False
    x: float = 0.0
    y: float = 0.0


class Cosine(TakesWords, Figure[CosineState]):
    """Drag b and read cosine, angle, dot product and lengths."""

    State = CosineState
    data = ("embeddings/glove-100d.npz",)
    code = (cosine, dot, plane_through)
    step = 3.0

    def check(self, state: CosineState) -> None:
        """Refuse words that the vocabulary lacks, pairs without a plane, and places outside the ring."""
        word_vectors().id(state.a)
        word_vectors().id(state.b)
        check_typed(state.typed_a, state.typed_b)
        if state.a == state.b:
            raise ValueError(f'expected two different words; found "{state.a}" twice')
        if state.moved and math.hypot(state.x - CENTER[0], state.y - CENTER[1]) > REACH + 0.01:
            raise ValueError(f"expected a place within {REACH:.0f} of the centre; found {state.x}, {state.y}")

    @event
    def type_word(self, key: str, text: str) -> None:
        """Take what is typed into the box of a or b; a known word comes into force at once."""
        expect.one_of("box", key, ("a", "b"))
        shown, word = accept(word_vectors(), text)
        changes: dict[str, object] = {f"typed_{key}": shown}
        if word and word not in (self.state.a, self.state.b):
            changes |= {key: word, "moved": False}
        self.state = self.parse(changes, base=self.state)

    @event
    def pair(self, words: str) -> None:
        """Show a pair from the list."""
        a, _, b = words.partition(" ")
        self.state = self.parse({"a": a, "b": b})

    def position(self, name: str) -> tuple[float, float]:
        """Tip of b, in viewBox units."""
        return Scene.of(self.state).tip

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Put the tip of b at (x, y), kept inside the ring."""
        if name != "b":
            raise ValueError(f'expected to drag "b"; found "{name}"')
        dx, dy = x - CENTER[0], y - CENTER[1]
        shrink = min(1.0, REACH / max(math.hypot(dx, dy), 1e-9))
        self.state = replace(
            self.state,
            moved=True,
            x=CENTER[0] + dx * shrink,
            y=CENTER[1] + dy * shrink,
            typed_a="",
            typed_b="",
        )

    def view(self) -> Parts:
        """Draw controls, picture and readouts."""
        scene = Scene.of(self.state)
        controls = _controls(replace(self.state, x=0.0, y=0.0))
        return {"controls": controls, "stage": _stage(scene), "readout": _readout(scene)}


@functools.lru_cache(maxsize=1)
def _controls(s: CosineState) -> Markup:
    """Draw what stays as it is while b is dragged."""
    vectors = word_vectors()
    shown = "" if s.moved else f"{s.a} {s.b}"
    pairs = [chip(p.replace(" ", " · "), "pair", p, f"pair-{p.replace(' ', '-')}", p == shown) for p in PAIRS]
    return tag(
        "div",
        group("Pairs of words", pairs),
        tag(
            "div",
            word_box(vectors, "a", "a", s.a, s.typed_a or s.a),
            word_box(vectors, "b", "b", s.b, s.typed_b or s.b),
            class_="boxes",
        ),
    )


@dataclass(frozen=True)
class Scene:
    """All that the picture and the readouts are drawn from."""

    a: str
    b: str
    moved: bool
    scale: float  # viewBox units for one unit of length
    length_a: float
    tip: tuple[float, float]
    vector_a: Floats
    vector_b: Floats  # b as drawn, back in 100 dimensions

    @classmethod
    def of(cls, state: CosineState) -> Scene:
        """Work out the scene of a state."""
        vectors = word_vectors()
        a, word_b = vectors[state.a].astype(np.float64), vectors[state.b].astype(np.float64)
        plane = _plane(state.a, state.b)
        scale = ARROW / max(float(np.linalg.norm(a)), float(np.linalg.norm(word_b)))
        if state.moved:
            tip = (state.x, state.y)
            b = plane.lift([(state.x - CENTER[0]) / scale, (CENTER[1] - state.y) / scale])
        else:
            flat = plane.flatten(word_b)
            tip = (CENTER[0] + float(flat[0]) * scale, CENTER[1] - float(flat[1]) * scale)
            b = word_b
        return cls(state.a, state.b, state.moved, scale, float(np.linalg.norm(a)), tip, a, b)

    @property
    def label_b(self) -> str:
        """What b is called: its word, until it is dragged away from it."""
        return "b" if self.moved else f"b · {self.b}"

    @functools.cached_property
    def length_b(self) -> float:
        """Length of b as drawn."""
        return float(np.linalg.norm(self.vector_b))

    @functools.cached_property
    def cosine(self) -> float | None:
        """Cosine of a and b, or None when b has no direction."""
        return cosine(self.vector_a, self.vector_b) if self.length_b > 1e-6 else None

    @functools.cached_property
    def angle(self) -> float | None:
        """Angle between a and b in degrees."""
        return None if self.cosine is None else math.degrees(math.acos(self.cosine))


@functools.lru_cache(maxsize=64)
def _plane(a: str, b: str) -> Plane:
    vectors = word_vectors()
    return plane_through(np.zeros(vectors.dim), vectors[a], vectors[b])


@functools.lru_cache(maxsize=4)
def _in_plane(a: str, b: str) -> Floats:
    """All words' directions in the plane, [V, 2]: b's dot products depend on nothing else of them."""
    return np.asarray(word_directions() @ _plane(a, b).axes.T)


def _stage(scene: Scene) -> Markup:
    (cx, cy), (bx, by) = CENTER, scene.tip
    ax = cx + scene.length_a * scene.scale
    angle = scene.angle
    summary = f"Arrow a, {scene.a}, points right. Arrow {scene.label_b} has length {scene.length_b:.2f}"
    summary += "." if angle is None else f" and stands at {angle:.0f} degrees to a."
    return tag(
        "svg",
        _rim(scene.a),
        _angle_mark(scene),
        tag("line", class_="drop", x1=bx, y1=by, x2=bx, y2=cy) if angle is not None else None,
        tag("line", class_="base", x1=cx, y1=cy, x2=bx, y2=cy) if angle is not None else None,
        tag("line", class_="arrow", x1=cx, y1=cy, x2=ax - 8, y2=cy),
        tag("path", class_="head", d=f"M{number(ax)} {number(cy)}l-13 -5v10z"),
        tag(
            "text",
            f"a · {scene.a}",
            class_="name a",
            x=ax - 4,
            y=cy - 10 if by > cy else cy + 21,
            text_anchor="end",
        ),
        tag("line", class_="shaft", x1=cx, y1=cy, x2=bx, y2=by),
        tag("circle", class_="origin", cx=cx, cy=cy, r=3.5),
        _handle(scene),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        data_surface="b",
        role="group",
        aria_label=summary,
    )


def _handle(scene: Scene) -> Markup:
    (cx, cy), (x, y) = CENTER, scene.tip
    length = max(math.hypot(x - cx, y - cy), 1e-9)
    # The name stands beyond the tip, so that the arrow never runs through it.
    tx, ty = x + (x - cx) / length * 20, y + (y - cy) / length * 20 + 5
    angle = scene.angle
    place = f"length {scene.length_b:.2f}"
    if scene.cosine is not None and angle is not None:
        side = "below" if y > cy else "above"
        place = f"cosine {signed(scene.cosine)}, {angle:.0f} degrees {side} a, {place}"
    anchor = "start" if tx > x + 8 else "end" if tx < x - 8 else "middle"
    if abs(y - cy) < 16 and abs(x - cx) > RIM - 30:  # there the ring's own number stands
        tx, ty, anchor = x, y - 17, "middle"
    # A long name that would leave the picture moves in, and above the tip.
    wide = GLYPH * len(scene.label_b)
    left = tx - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
    inside = min(max(left, 0), WIDTH - wide)
    if inside != left:
        tx, ty, anchor = inside, min(ty, y - 17), "start"
    return handle(
        "b",
        x,
        y,
        tag("text", scene.label_b, class_="name b", x=tx, y=ty, text_anchor=anchor),
        label="Tip of arrow b",
        spoken=place,
        value=0 if angle is None else round(angle),
        least=0,
        most=180,
    )


def _angle_mark(scene: Scene) -> Markup | None:
    if scene.angle is None:
        return None
    (cx, cy), radius = CENTER, 34.0
    below = scene.tip[1] > cy
    turn = math.radians(scene.angle) * (-1 if below else 1)
    x, y = cx + radius * math.cos(turn), cy - radius * math.sin(turn)
    # A narrow wedge has no room for its number, which then stands left of the center.
    narrow = scene.angle < 25
    label = (
        (cx - 22, cy + 4)
        if narrow
        else (cx + (radius + 17) * math.cos(turn / 2), cy - (radius + 17) * math.sin(turn / 2) + 4)
    )
    start = f"M{number(cx + radius)} {number(cy)}"
    arc = f"A{number(radius)} {number(radius)} 0 0 {int(below)} {number(x)} {number(y)}"
    return tag(
        "g",
        tag("path", d=start + arc),
        tag("text", f"{scene.angle:.0f}°", x=label[0], y=label[1], text_anchor="middle"),
        class_="angle",
    )


@functools.lru_cache(maxsize=16)
def _crowd(a: str) -> Floats:
    """Cosines of all other words with a, the smallest first."""
    i = word_vectors().id(a)
    return np.sort(np.delete(word_directions() @ word_directions()[i], i))


@functools.lru_cache(maxsize=16)
def _rim(a: str) -> Markup:
    """Draw the ring: where around a the other words of the vocabulary lie, counted by angle."""
    degrees = np.degrees(np.arccos(np.clip(_crowd(a), -1, 1)))
    counts, _ = np.histogram(degrees, bins=np.arange(0, 180 + BIN, BIN))
    heights = TALLEST * counts / counts.max()
    bars = "".join(_bar(i * BIN, RIM + 2 + high) for i, high in enumerate(heights.tolist()) if high >= SEEN)
    cx, cy = CENTER
    ticks = [
        tag(
            "text",
            label,
            class_="tick",
            x=cx + out * math.cos(math.radians(at)),
            y=cy - out * math.sin(math.radians(at)) + 4,
            text_anchor="middle",
        )
        for at, out, label in (
            (0, RIM + 18, "+1"),
            (60, RIM + TALLEST + 8, "+0.5"),
            (90, RIM + TALLEST + 9, "0"),
            (120, RIM + TALLEST + 8, "−0.5"),
            (180, RIM + 18, "−1"),
        )
    ]
    return tag(
        "g",
        tag("circle", class_="ring", cx=cx, cy=cy, r=RIM),
        tag("path", class_="bars", d=bars),
        tag("line", class_="axis", x1=cx - RIM, y1=cy, x2=cx + RIM, y2=cy),
        tag("line", class_="axis", x1=cx, y1=cy - RIM, x2=cx, y2=cy + RIM),
        ticks,
        class_="rim",
        aria_hidden="true",
    )


def _bar(start: float, outer: float) -> str:
    """Path of one bar of the ring, from the angle `start` in degrees, out to the radius `outer`."""
    cx, cy = CENTER
    corners = (
        (RIM + 2, start + 0.4),
        (outer, start + 0.4),
        (outer, start + BIN - 0.4),
        (RIM + 2, start + BIN - 0.4),
    )
    places = (
        f"{number(cx + r * math.cos(math.radians(t)), 1)} {number(cy - r * math.sin(math.radians(t)), 1)}"
        for r, t in corners
    )
    return "M" + "L".join(places) + "Z"


def _readout(scene: Scene) -> Markup:
    value = scene.cosine
    product = dot(scene.vector_a, scene.vector_b)
    norms = scene.length_a * scene.length_b
    verdict = "no direction: b has length zero" if value is None else _among_all(scene.a, value)
    cos = "undefined" if value is None else signed(value)
    rows = (
        ("angle θ", "angle", "undefined" if scene.angle is None else f"{scene.angle:.1f}°"),
        ("dot product a·b", "dot", signed(product).removeprefix("+")),
        ("‖a‖ · ‖b‖", "norms", f"{norms:.2f}"),
    )
    return tag(
        "div",
        headline("cos(a, b)", cos, "cosine", verdict),
        readings(rows),
        _nearest(scene),
    )


def _among_all(a: str, value: float) -> str:
    """Say how many of all other words are further from a: a cosine means something only beside its crowd."""
    crowd = _crowd(a)
    further, nearer = np.searchsorted(crowd, (value - SAME, value + SAME)).tolist()
    if not further:
        return f"no word is further from {a}"
    few = len(crowd) - nearer
    if few < 2:
        return f"one other word is nearer to {a}" if few else f"no other word is nearer to {a}"
    if few <= FEW:
        return f"{few} other words are nearer to {a}"
    return f"nearer to {a} than {rough_percent(further / len(crowd))} of all words"


def _nearest(scene: Scene) -> Markup | None:
    """List the words whose direction is nearest to b's, among the whole vocabulary."""
    if scene.cosine is None:
        return None
    vectors, plane = word_vectors(), _plane(scene.a, scene.b)
    space, query = _in_plane(scene.a, scene.b), plane.flatten(scene.vector_b)
    if not plane.holds(scene.vector_b):  # code that was edited may leave the plane
        space, query = word_directions(), scene.vector_b
    found = top_k(space, query, 3).ids.tolist()
    # Their cosines in double precision, so that every Python shows the same.
    cosines = vectors.unit[found].astype(np.float64) @ (scene.vector_b / scene.length_b)
    words = [(vectors.words[i], value) for i, value in zip(found, cosines.tolist(), strict=True)]
    return tag(
        "div",
        tag("p", f"Nearest to b, of all {len(vectors):,} words", class_="label"),
        nearest_words(words, cosine_out="nearest-{}-cosine"),
    )
