"""FIG.01: a word's new vector as a weighted average of its sentence's, and what becomes of *bank*.

The vectors are GloVe's, 100 numbers each. The picture is the plane through three corners, each the mean of a
few words that are not in the sentences. Flattening keeps averages: where the new vector is drawn is the
weighted average of where the words are drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.projection import Plane, plane_through
from pycore.embeddings.similarity import cosine, normalize, top_k
from pycore.live import expect
from pycore.live.controls import button, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, percent, signed, tag
from pycore.live.plot import Axis, Plot
from pycore.live.readout import nearest_words, readings
from pycore.live.settings import chips
from pycore.transformers.averaging import by_likeness, by_nearness, equal

SENTENCES = {"river": "we sat on the bank of the river", "loan": "the bank gave her the loan"}
NAMES = {"river": "… of the river", "loan": "… gave her the loan"}
WAYS = {"hand": "by hand", "equal": "all alike", "near": "by nearness", "like": "by likeness"}
CORNERS = {
    "small words": ("the", "of", "on", "and", "which"),
    "water": ("shore", "lake", "stream", "creek"),
    "money": ("credit", "money", "loans", "lending"),
}
MOST = 3  # units of weight that a hand may give a word
OWN = {name: tuple(int(w == "bank") for w in text.split()) for name, text in SENTENCES.items()}
PLOT = Plot(420, 330, Axis(-1.1, 6.6, 0, 420), Axis(-2.0, 5.6, 322, 14))


@dataclass(frozen=True)
class WeightedAverageState:
    """The sentence, the way of weighing, and the units of weight that were given by hand."""

    text: str = "river"
    way: str = "hand"
    units: tuple[int, ...] = OWN["river"]


class WeightedAverage(Figure[WeightedAverageState]):
    """Give the words of a sentence weights, and see where their average lies."""

    State = WeightedAverageState
    data = ("embeddings/glove-100d.npz",)
    code = (by_nearness, by_likeness)
    settings = {"text": tuple(SENTENCES), "way": tuple(WAYS)}

    def check(self, state: WeightedAverageState) -> None:
        """Refuse weights that do not fit the sentence, or that leave nothing to average."""
        if len(state.units) != len(OWN[state.text]) or not sum(state.units):
            raise ValueError(f"expected {len(OWN[state.text])} weights, not all 0; found {state.units}")
        for units in state.units:
            expect.between("a weight", units, most=MOST)

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Put all weight of another sentence on *bank*."""
        return {"units": OWN[value]} if field == "text" and value != self.state.text else {}

    @event
    def give(self, place: str) -> None:
        """Give a word one unit more by hand, and after the most none."""
        units = list(self.state.units)
        expect.one_of("word", place, [str(i) for i in range(len(units))])
        units[int(place)] = (units[int(place)] + 1) % (MOST + 1)
        if not sum(units):
            units[int(place)] = 1  # the last weight there is cannot be taken away
        self.change(way="hand", units=tuple(units))

    def view(self) -> Parts:
        """Draw the weights, the plane, and what the new vector is like."""
        s = self.state
        made = weights(s)
        return {
            "controls": tag(
                "div",
                chips(self, "text", NAMES, "The sentence", control="text-{}"),
                chips(self, "way", WAYS, "The weights", control="way-{}"),
                class_="row",
            ),
            "stage": tag("div", _columns(s, made), _plane(s, made)),
            "readout": _readout(s, made),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def sentence(name: str) -> Floats:
    """Vectors of a sentence's words, float64 [words, 100]."""
    return np.array([word_vectors()[word] for word in SENTENCES[name].split()], dtype=np.float64)


def weights(s: WeightedAverageState) -> Floats:
    """Return the weight of each word, float64 [words]; they sum to 1."""
    vectors, at = sentence(s.text), SENTENCES[s.text].split().index("bank")
    if s.way == "equal":
        return equal(len(vectors))
    if s.way == "near":
        return by_nearness(len(vectors), at)
    if s.way == "like":
        return by_likeness(vectors, at)
    return np.array(s.units) / sum(s.units)


def average(s: WeightedAverageState) -> Floats:
    """Return the new vector of *bank*, float64 [100]."""
    return np.asarray(weights(s) @ sentence(s.text))


def nearest(vector: Floats, k: int) -> list[tuple[str, float]]:
    """Return the words nearest to a vector, and their cosines."""
    best = top_k(word_directions(), normalize(vector), k)
    return [
        (word_vectors().words[i], x) for i, x in zip(best.ids.tolist(), best.scores.tolist(), strict=True)
    ]


@functools.cache
def _corners() -> tuple[Plane, dict[str, tuple[float, float]]]:
    """Return the plane of the picture, and where its corners lie."""
    means = [np.mean([word_vectors()[w] for w in words], axis=0) for words in CORNERS.values()]
    plane = plane_through(*means)
    flat = [plane.flatten(mean).tolist() for mean in means]
    return plane, {name: (x, y) for name, (x, y) in zip(CORNERS, flat, strict=True)}


# ---------------------------------------------------------------- what is drawn


def _columns(s: WeightedAverageState, made: Floats) -> Markup:
    words = SENTENCES[s.text].split()
    columns = [
        button(
            [
                tag("span", f"1/{len(words)}" if s.way == "equal" else percent(w), class_="share"),
                tag("i", style=f"--v:{round(100 * w)}"),
                tag("span", word, class_="bank" if word == "bank" else None),
            ],
            event="give",
            arg=str(i),
            control=f"word-{i}",
            aria_label=f"{word}, weight {percent(w)}: change it",
        )
        for i, (word, w) in enumerate(zip(words, made.tolist(), strict=True))
    ]
    return group("The weight of each word", *columns, look="weights")


def _plane(s: WeightedAverageState, made: Floats) -> Markup:
    plane, corners = _corners()
    words = SENTENCES[s.text].split()
    flat = plane.flatten(sentence(s.text)).tolist()
    # A word that comes twice has one place and the weight of both.
    total = dict.fromkeys(words, 0.0)
    for word, w in zip(words, made.tolist(), strict=True):
        total[word] += w
    new = plane.flatten(average(s)).tolist()
    nx, ny = PLOT.x(new[0]), PLOT.y(new[1])
    threads, dots = [], []
    for word, (x, y) in dict(zip(words, flat, strict=True)).items():
        px, py = PLOT.x(x), PLOT.y(y)
        if total[word] >= 0.005:
            width = 1 + 7 * total[word]
            threads.append(tag("line", x1=px, y1=py, x2=nx, y2=ny, stroke_width=width, class_="thread"))
        dots.append(tag("circle", cx=px, cy=py, r=4, class_="word"))
        if word in ("bank", "river", "loan", "sat", "gave"):
            dots.append(tag("text", word, x=px + 9, y=py + 5))
    names = [
        tag("text", name, x=PLOT.x(x) + dx, y=PLOT.y(y) + dy, text_anchor=anchor, class_="corner")
        for (name, (x, y)), (dx, dy, anchor) in zip(
            corners.items(), ((-34, 42, "start"), (4, -8, "middle"), (0, -12, "middle")), strict=True
        )
    ]
    triangle = "L".join(f"{PLOT.x(x):.1f} {PLOT.y(y):.1f}" for x, y in corners.values())
    return tag(
        "svg",
        tag("path", d=f"M{triangle}Z", class_="triangle"),
        names,
        threads,
        dots,
        tag("circle", cx=nx, cy=ny, r=9, class_="new"),
        viewBox=f"0 0 {PLOT.width} {PLOT.height}",
        role="img",
        aria_label=f"A plane between small words, water and money. The new vector is nearest to "
        f"{nearest(average(s), 1)[0][0]}.",
    )


def _readout(s: WeightedAverageState, made: Floats) -> Markup:
    vector, vectors = average(s), word_vectors()
    own = SENTENCES[s.text].split()
    pairs = [(f"cosine with {w}", w, signed(cosine(vector, vectors[w]))) for w in ("shore", "credit")]
    return tag(
        "div",
        tag("p", "Nearest to the new bank, of all words", class_="label"),
        nearest_words(nearest(vector, 4), cosine_out="nearest-{}-cosine", kept=own),
        readings(pairs),
        tag("p", "Marked: words of the sentence itself.", class_="honest"),
    )
