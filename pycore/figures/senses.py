"""FIG.06: one vector for the word *bank*, or one for each sentence: real hidden states, layer by layer.

Cosines and neighbours are those of all 384 dimensions. Only the picture is flat: the best plane (PCA) of a
layer's states, mirrored so that all layers show alike, the last with the river sentences on the left.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.data import bank_states, word_vectors
from pycore.live import expect
from pycore.live.controls import button, chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, number, percent, signed, tag
from pycore.live.readout import headline, nearest_words, readings
from pycore.projection import pca, plane_through
from pycore.similarity import normalize, top_k

Floats = NDArray[np.float64]

WORD = "bank"
LAST = 6  # layer
KINDS = {"static": "static: one for the word", "contextual": "contextual: one a sentence"}
WIDTH, HEIGHT, MARGIN = 520, 400, 36
DOT = 6.0  # half the width of a point
BINS = 80  # bars of the histogram, from cosine -1 to 1
EXACT = 9  # decimals that are compared: equal states have equal cosines only up to the last bits


@dataclass(frozen=True)
class SensesState:
    """Which vectors are shown, whether their mean is taken off, and the chosen sentence."""

    static: bool = False
    layer: int = LAST
    centred: bool = False
    chosen: int = 0


class Senses(Figure[SensesState]):
    """Choose a sentence and a layer; see where its *bank* lies, and which other *bank* is nearest."""

    State = SensesState
    data = ("bank-states.npz", "bank-states.json", "glove-100d.npz")
    code = (pca, top_k)

    def check(self, state: SensesState) -> None:
        """Refuse layers and sentences that are not there."""
        expect.between("a layer", state.layer, LAST)
        expect.between("a sentence", state.chosen, len(bank_states().sentences) - 1)

    @event
    def show(self, kind: str) -> None:
        """Show "static" or "contextual" vectors."""
        expect.one_of("vectors", kind, KINDS)
        self.state = replace(self.state, static=kind == "static")

    @event
    def go_to(self, layer: str) -> None:
        """Show the contextual vectors of a layer."""
        self.state = self.parse({"layer": layer, "static": False}, base=self.state)

    @event
    def centre(self) -> None:
        """Take the mean off the contextual vectors, or put it back."""
        self.state = replace(self.state, centred=self.state.static or not self.state.centred, static=False)

    @event
    def choose(self, sentence: str) -> None:
        """Choose a sentence, by its number."""
        self.state = self.parse({"chosen": sentence}, base=self.state)

    def view(self) -> Parts:
        """Draw controls, picture, sentences, readouts, and the histogram of all cosines."""
        s = self.state
        scene = Scene.of_word() if s.static else Scene.of_layer(s.layer, s.centred)
        return {
            "controls": _controls(s),
            "stage": _stage(scene, s),
            "sentences": _sentences(scene, s),
            "readout": _readout(scene, s),
            "pairs": _pairs(scene, s),
        }


# ---------------------------------------------------------------- what is computed


@dataclass(frozen=True)
class Scene:
    """All that is drawn for one set of vectors, n of them.

    Attributes
    ----------
    flat
        Places in the picture, viewBox units, float64 [n, 2].
    cosines
        Of each vector with each, in the full space, float64 [n, n].
    variance
        Share of the vectors' variance that the picture holds; None where nothing varies.
    words
        Words that are drawn beside the vectors, each with its place and its cosine with them.
    """

    flat: Floats
    cosines: Floats
    variance: float | None
    words: tuple[tuple[str, float, float, float], ...] = ()

    @classmethod
    @functools.cache
    def of_layer(cls, layer: int, centred: bool) -> Scene:
        """Take the hidden states of a layer."""
        x = bank_states().states[:, layer]
        unit = normalize(x - x.mean(axis=0)) if centred else normalize(x)
        flat, variance = _plane(layer)
        return cls(_fit(flat), np.round(unit @ unit.T, EXACT), variance)

    @classmethod
    @functools.cache
    def of_word(cls) -> Scene:
        """Take the word's one vector for every sentence; *money* and *river* lie in its picture too."""
        vectors, n = word_vectors(), len(bank_states().sentences)
        unit = normalize(np.stack([vectors[word].astype(np.float64) for word in (WORD, "money", "river")]))
        # Three points lie in one plane, so their distances in the picture are the real ones.
        flat = _fit(plane_through(*unit).flatten(unit))
        words = tuple(
            (word, *place, float(unit[0] @ vector))
            for word, place, vector in zip(("money", "river"), flat[1:].tolist(), unit[1:], strict=True)
        )
        return cls(np.tile(flat[0], (n, 1)), np.ones((n, n)), None, words)

    @functools.cached_property
    def same(self) -> NDArray[np.bool_]:
        """Whether two different sentences have the same sense, [n, n]."""
        senses = np.array(bank_states().senses)
        return np.asarray((senses[:, np.newaxis] == senses) & ~np.eye(len(senses), dtype=bool))

    @functools.cached_property
    def across(self) -> NDArray[np.bool_]:
        """Whether two sentences differ in sense, [n, n]."""
        return np.asarray(~self.same & ~np.eye(len(self.same), dtype=bool))

    @functools.cached_property
    def others(self) -> Floats:
        """Cosines with all sentences but itself, which is out of the race, [n, n]."""
        return np.where(np.eye(len(self.cosines), dtype=bool), -np.inf, self.cosines)

    @functools.cached_property
    def nearest(self) -> list[int]:
        """Nearest neighbour of each sentence; of several equally near ones, the first."""
        return [int(i) for i in self.others.argmax(axis=1)]

    def right(self, i: int) -> bool:
        """Whether the nearest neighbour of sentence i has its sense."""
        return bool(self.same[i, self.nearest[i]])

    @property
    def score(self) -> int:
        """How many sentences have a nearest neighbour of their own sense."""
        return sum(map(self.right, range(len(self.cosines))))

    def mean(self, sense: str | None) -> float:
        """Mean cosine of two sentences of one sense, or across senses."""
        if sense is None:
            return float(self.cosines[self.across].mean())
        rows = np.array(bank_states().senses) == sense
        return float(self.cosines[rows][self.same[rows]].mean())


@functools.cache
def _plane(layer: int) -> tuple[Floats, float]:
    """Coordinates of a layer's states in their best plane, [n, 2], and the share of variance it holds."""
    x = bank_states().states[:, layer]
    plane, variance = pca(x)
    flat = plane.flatten(x)
    # An axis may point either way. The last layer has river on the left, the others are mirrored to match.
    if layer == LAST:
        river = np.array(bank_states().senses) == "river"
        flat[:, 0] *= -np.sign(flat[river, 0].sum())
    else:
        flat *= np.sign(np.sum(flat * _plane(LAST)[0], axis=0))
    return flat, float(variance.sum())


def _fit(flat: Floats) -> Floats:
    """Scale and shift places so that they fill the picture; both axes keep one scale, and y points up."""
    low, high = flat.min(axis=0), flat.max(axis=0)
    size = np.array([WIDTH, HEIGHT])
    scale = float(np.min((size - 2 * MARGIN) / (high - low)))
    return np.asarray(size / 2 + (flat - (low + high) / 2) * scale * [1, -1])


# ---------------------------------------------------------------- what is drawn


def _controls(s: SensesState) -> Markup:
    layers = {str(k): str(k) for k in range(LAST + 1)}
    layer = None if s.static else str(s.layer)
    return tag(
        "div",
        group("Which vectors of bank", choice("show", KINDS, "static" if s.static else "contextual")),
        tag(
            "div",
            tag("span", "layer", class_="label"),
            group("Layer", choice("go_to", layers, layer, "layer-{}"), look="steps"),
            chip("remove the mean", "centre", None, "centre", s.centred and not s.static),
            class_="row",
        ),
        tag("p", _explain(s), class_="note", role="status"),
    )


def _explain(s: SensesState) -> str:
    """Say what vectors these are."""
    if s.static:
        return (
            "GloVe gives the word one vector, whatever stands around it: 24 sentences, one point. "
            "It lies nearer to money than to river, in a money sentence and in a river sentence alike."
        )
    if s.layer == 0:
        distinct = len(np.unique(bank_states().states[:, 0], axis=0))
        return (
            f"Layer 0 is the word and its position, before any attention: 24 sentences, {distinct} different "
            "points. Often several are equally near, and the first in the list counts as the nearest."
        )
    rounds = f"{s.layer} round{'s' * (s.layer > 1)}"
    return (
        f"Layer {s.layer} of {LAST}: {WORD} after {rounds} of attention to the other words of its sentence. "
        "Each layer is drawn at its own scale."
    )


def _stage(scene: Scene, s: SensesState) -> Markup:
    looks = [("river", "river"), ("money", "money"), ("any hollow", "hollow: nearest has the other sense")]
    if s.static:
        looks = [("any", f"{WORD}, in every sentence")]
    legend = (tag("span", tag("i", class_=f"mark {look}"), " ", name) for look, name in looks)
    return tag(
        "div",
        tag("p", legend, class_="legend"),
        tag(
            "svg",
            None if s.static else _line(scene, s.chosen),
            (_word(scene, *word) for word in scene.words),
            tag("g", (_point(scene, s, i) for i in range(len(scene.flat))), class_="points"),
            None
            if s.static
            else tag("circle", class_="near", r=12, style=_at(scene, scene.nearest[s.chosen])),
            tag("circle", class_="chosen", r=14, style=_at(scene, s.chosen)),
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            class_="static" if s.static else None,
            role="img",
            aria_label=_summary(scene, s),
        ),
        tag("p", _flattened(scene), class_="label"),
    )


def _flattened(scene: Scene) -> list[Markup | str]:
    """Say what the picture cannot show."""
    if scene.variance is None:
        return ["Three points lie in one plane, so their distances here are the real ones."]
    share = tag("b", percent(scene.variance), data_out="variance")
    tail = " of the variance. Neighbours are sought in all 384 dimensions: the nearest need not look nearest."
    return ["This plane, the best one, holds ", share, tail]


def _line(scene: Scene, chosen: int) -> Markup:
    """Draw the line from the chosen sentence to its nearest, dashed when the senses differ."""
    (x1, y1), (x2, y2) = scene.flat[[chosen, scene.nearest[chosen]]].tolist()
    dashes = None if scene.right(chosen) else "4 4"
    return tag("line", class_="link", x1=x1, y1=y1, x2=x2, y2=y2, stroke_dasharray=dashes)


def _word(scene: Scene, word: str, x: float, y: float, cosine: float) -> Markup:
    """Draw a word beside the static vector, and its cosine on the way to it."""
    bx, by = scene.flat[0].tolist()
    middle = {"x": (x + bx) / 2, "y": (y + by) / 2 + 4}
    return tag(
        "g",
        tag("line", x1=bx, y1=by, x2=x, y2=y),
        tag("circle", cx=x, cy=y, r=4),
        tag("text", word, x=x, y=y - 14, text_anchor="middle"),
        tag("text", signed(cosine), class_="cos", text_anchor="middle", **middle),
        class_="word",
    )


def _point(scene: Scene, s: SensesState, i: int) -> Markup:
    # A finger's size, but not so large that the neighbour's point cannot be pressed.
    apart = sorted(np.hypot(*(scene.flat - scene.flat[i]).T).tolist())[1]
    grip = min(max(apart / 2, DOT + 3), 22.0)
    rounded = DOT if s.static or bank_states().senses[i] == "river" else 1
    return tag(
        "g",
        tag("title", bank_states().sentences[i]),
        tag("circle", class_="grip", r=grip),
        tag("rect", class_="dot", x=-DOT, y=-DOT, width=2 * DOT, height=2 * DOT, rx=rounded),
        class_=_look(scene, s, i),
        style=_at(scene, i),
        data_on_click="choose",
        data_arg=i,
        data_control=f"point-{i}",
    )


def _look(scene: Scene, s: SensesState, i: int) -> str:
    """Name the look of a sentence, the same in the picture and in the list."""
    return bank_states().senses[i] + ("" if s.static or scene.right(i) else " hollow")


def _at(scene: Scene, i: int) -> str:
    """Place an element by a style, which the style sheet lets glide from layer to layer."""
    x, y = scene.flat[i].tolist()
    return f"transform:translate({number(x, 1)}px,{number(y, 1)}px)"


def _summary(scene: Scene, s: SensesState) -> str:
    """Say what the picture shows."""
    bank, n = bank_states(), len(scene.flat)
    if s.static:
        near = " and ".join(f"{signed(cosine)} with {word}" for word, _, _, cosine in scene.words)
        return f"One point for {WORD} in all {n} sentences. Its cosine is {near}."
    left = scene.flat[:, 0] < WIDTH / 2
    river = int(sum(left & (np.array(bank.senses) == "river")))
    return (
        f"Layer {s.layer}: a point for {WORD} in each of {n} sentences. The left half holds "
        f"{river} of 12 river and {sum(left) - river} of 12 money sentences. "
        f"{n - scene.score} have a nearest neighbour of the other sense. "
        f"Chosen: {bank.sentences[s.chosen]} Nearest: {bank.sentences[scene.nearest[s.chosen]]}"
    )


def _readout(scene: Scene, s: SensesState) -> Markup:
    bank, near = bank_states(), scene.nearest[s.chosen]
    rows = (
        ("within river", "river", signed(scene.mean("river"), 3)),
        ("within money", "money", signed(scene.mean("money"), 3)),
        ("across", "across", signed(scene.mean(None), 3)),
        ("nearest right", "right", "no nearest" if s.static else f"{scene.score} of {len(bank.senses)}"),
    )
    return tag(
        "div",
        headline(
            f"cosine with {'the others' if s.static else 'its nearest'}",
            signed(float(scene.cosines[s.chosen, near]), 3),
            "nearest-cosine",
            _verdict(scene, s),
        ),
        _nearest_words() if s.static else _both(bank.sentences[s.chosen], bank.sentences[near]),
        tag("p", f"mean cosine{' less the mean' * (s.centred and not s.static)}", class_="label"),
        readings(rows),
    )


def _verdict(scene: Scene, s: SensesState) -> str:
    if s.static:
        return "all alike: one vector cannot take sides"
    bank, near = bank_states(), scene.nearest[s.chosen]
    own, other = bank.senses[s.chosen], bank.senses[near]
    words = f"the same sense: {own}" if own == other else f"the other sense: {own} here, {other} there"
    ties = int(np.sum(scene.others[s.chosen] == scene.others[s.chosen, near]))
    return words if ties == 1 else f"{words} (the first of {ties} equally near)"


def _both(chosen: str, near: str) -> Markup:
    """Show the chosen sentence and its nearest."""
    return tag(
        "dl",
        tag("dt", "chosen"),
        tag("dd", chosen, class_="chosen", data_out="chosen"),
        tag("dt", "nearest of the other 23"),
        tag("dd", near, class_="near", data_out="nearest"),
        class_="both",
    )


def _nearest_words() -> Markup:
    """List the words nearest to the static vector."""
    vectors = word_vectors()
    bank = vectors.id(WORD)
    found = top_k(vectors.unit, vectors.unit[bank], 3, exclude=[bank]).ids.tolist()
    # Their cosines in double precision, so that every Python shows the same.
    unit = vectors.unit[[bank, *found]].astype(np.float64)
    words = [(vectors.words[i], value) for i, value in zip(found, (unit[1:] @ unit[0]).tolist(), strict=True)]
    label = tag("p", f"Nearest words to GloVe’s {WORD}", class_="label")
    return tag("div", label, nearest_words(words, "word-{}"), class_="both")


def _pairs(scene: Scene, s: SensesState) -> Markup:
    """Draw the cosines of all pairs: same sense upward, different senses downward."""
    once = np.triu(np.ones_like(scene.same), 1)
    same, across = scene.cosines[scene.same & once], scene.cosines[scene.across & once]
    up, down = (np.histogram(x, bins=BINS, range=(-1, 1))[0] for x in (same, across))
    tallest = max(up.max(), down.max())
    lowest, highest = signed(same.min(), 3), signed(across.max(), 3)
    title = (
        f"Cosines of all {len(same) + len(across)} pairs: same sense up ({len(same)}), "
        f"different senses down ({len(across)})"
    )
    ranges = (
        f"Histogram from −1 to +1. Same sense: {lowest} to {signed(same.max(), 3)}. "
        f"Different senses: {signed(across.min(), 3)} to {highest}."
    )
    return tag(
        "div",
        tag("p", title, class_="label"),
        tag(
            "svg",
            tag("path", class_="same", d=_bars(up / tallest, -1)),
            tag("path", class_="across", d=_bars(down / tallest, 1)),
            tag("path", class_="axis", d="M0 50H400M200 4V96"),
            viewBox="0 0 400 100",
            preserveAspectRatio="none",
            role="img",
            aria_label=ranges,
        ),
        tag("p", (tag("span", tick) for tick in ("−1", "0", "+1")), class_="ticks", aria_hidden="true"),
        tag(
            "p",
            "Lowest same-sense ",
            tag("b", lowest, data_out="lowest-same"),
            ", highest cross-sense ",
            tag("b", highest, data_out="highest-cross"),
            f". {_overlap(s)}",
            class_="honest",
        ),
    )


def _overlap(s: SensesState) -> str:
    """Say what the two halves of the histogram tell."""
    if s.static:
        return "One vector: every cosine is 1, and there is nothing to tell apart."
    words = "Both halves look alike: no sense is told apart before attention."
    if s.layer > 0:
        words = (
            "They overlap: the nearest neighbour mostly tells the sense, but the senses form no tight "
            "clusters, and no single threshold separates them."
        )
    return words + " The picture stays: a best plane takes the mean off anyway." * s.centred


def _bars(heights: Floats, up: int) -> str:
    """Path of a histogram's bars, 400 wide, standing on or hanging from the middle of 100."""
    wide = 400 / BINS
    return "".join(
        f"M{number(i * wide + 0.4)} 50v{number(46 * up * h, 1)}h{number(wide - 0.8)}V50z"
        for i, h in enumerate(heights.tolist())
        if h > 0
    )


def _sentences(scene: Scene, s: SensesState) -> Markup:
    senses = bank_states().senses
    lists = (
        tag(
            "ol",
            (_sentence(scene, s, i) for i, own in enumerate(senses) if own == sense),
            aria_label=f"Sentences with the {sense} sense",
        )
        for sense in ("river", "money")
    )
    return tag("div", lists, class_="sentences")


def _sentence(scene: Scene, s: SensesState, i: int) -> Markup:
    before, _, after = bank_states().sentences[i].partition(WORD)
    near = not s.static and i == scene.nearest[s.chosen]
    pressable = button(
        tag("i", class_=f"mark {_look(scene, s, i)}"),
        tag("span", before, tag("b", WORD), after),
        tag("span", "nearest", class_="tell") if near else None,
        event="choose",
        arg=i,
        control=f"sentence-{i}",
        pressed=i == s.chosen,
        class_="near" if near else None,
    )
    return tag("li", pressable)
