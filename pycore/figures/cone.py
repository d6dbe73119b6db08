"""FIG.07C: do vectors crowd into a cone? Cosines of all pairs among 80 words, layer by layer, beside GloVe's.

The hidden states are those of 80 different words in as many sentences, all drawn at random. What a few
coordinates do to the mean cosine is computed (Timkey & van Schijndel 2021), and they can be set to zero.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.anisotropy import mean_cosine_by_coordinate, pair_cosines
from pycore.data import cone_states, word_vectors
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Child, Markup, number, percent, signed, tag
from pycore.live.readout import headline, readings

Floats = NDArray[np.float64]

LAST = 6  # layer
ROGUES = 3  # coordinates that can be set to zero
BINS = 80  # bars of the histogram, from cosine -1 to 1
WIDE, MIDDLE, TALL = 400.0, 70.0, 64.0  # of the histogram: width, base line, tallest bar
GLOVES = {"same": "the same 80 words", "spread": "one word in 125"}


@dataclass(frozen=True)
class ConeState:
    """The layer, which words GloVe is asked for, and what is taken off the vectors."""

    layer: int = 5
    glove: str = "same"
    centred: bool = False
    zeroed: int = 0


class Cone(Figure[ConeState]):
    """Step through the layers; take off the mean, or the coordinates that make most of it."""

    State = ConeState
    data = ("cone-states.npz", "cone-states.json", "glove-100d.npz")
    code = (pair_cosines, mean_cosine_by_coordinate)

    def check(self, state: ConeState) -> None:
        """Refuse layers, sets of words and numbers of coordinates that are not there."""
        expect.between("a layer", state.layer, LAST)
        expect.one_of("words", state.glove, GLOVES)
        expect.between("coordinates", state.zeroed, ROGUES)

    @event
    def go_to(self, layer: str) -> None:
        """Show a layer."""
        self.state = self.parse({"layer": layer}, base=self.state)

    @event
    def ask(self, words: str) -> None:
        """Ask GloVe for the "same" words, or for words "spread" over its vocabulary."""
        self.state = self.parse({"glove": words}, base=self.state)

    @event
    def centre(self) -> None:
        """Take the mean off all vectors, or put it back."""
        self.state = replace(self.state, centred=not self.state.centred)

    @event
    def zero(self, count: str) -> None:
        """Set the coordinates that add most to the mean cosine to zero."""
        self.state = self.parse({"zeroed": count}, base=self.state)

    def view(self) -> Parts:
        """Draw controls, histogram, readouts and the coordinates."""
        s = self.state
        model = Crowd.of(str(s.layer), s.centred, s.zeroed)
        glove = Crowd.of(s.glove, s.centred, s.zeroed)
        return {
            "controls": _controls(s),
            "stage": _stage(s, model, glove),
            "readout": _readout(s, model, glove),
            "coordinates": _coordinates(s, model, glove),
        }


# ---------------------------------------------------------------- what is computed


@dataclass(frozen=True)
class Crowd:
    """A set of vectors, as far as it is drawn.

    Attributes
    ----------
    words
        One for each vector.
    cosines
        Of all pairs, as the figure is set, float64 [pairs].
    rogues
        The coordinates that add most to the mean cosine, most first.
    shares
        What part of the mean cosine each of them makes, before anything is taken off.
    """

    words: tuple[str, ...]
    cosines: Floats
    rogues: tuple[int, ...]
    shares: tuple[float, ...]

    @classmethod
    @functools.cache
    def of(cls, name: str, centred: bool, zeroed: int) -> Crowd:
        """Take a layer "0" to "6", or GloVe's words "same" or "spread"."""
        words, x = _vectors(name)
        parts = mean_cosine_by_coordinate(x)
        order = np.argsort(-np.round(parts, 12), kind="stable")[:ROGUES]
        x = x.copy()
        x[:, order[:zeroed]] = 0
        shares = parts[order] / parts.sum()
        cosines = pair_cosines(x - x.mean(axis=0) if centred else x)
        return cls(words, np.round(cosines, 9), tuple(order.tolist()), tuple(shares.tolist()))

    @property
    def mean(self) -> float:
        """Mean cosine of all pairs."""
        return float(self.cosines.mean())

    def pair(self, place: int) -> str:
        """Name the two words whose cosine stands at a place in the list."""
        first, second = np.triu_indices(len(self.words), 1)
        return f"{self.words[int(first[place])]}, {self.words[int(second[place])]}"


@functools.cache
def _vectors(name: str) -> tuple[tuple[str, ...], Floats]:
    """Words and their vectors, [80, 384] of a layer or [80, 100] of GloVe."""
    cone, glove = cone_states(), word_vectors()
    if name.isdecimal():
        return cone.words, cone.states[:, int(name)]
    step = len(glove) // len(cone.words)
    words = cone.words if name == "same" else tuple(glove.words[: step * len(cone.words) : step])
    return words, np.stack([glove[word] for word in words]).astype(np.float64)


# ---------------------------------------------------------------- what is drawn


def _controls(s: ConeState) -> Markup:
    layers = choice("go_to", {str(k): str(k) for k in range(LAST + 1)}, str(s.layer), "layer-{}")
    counts = choice("zero", {str(k): str(k) for k in range(ROGUES + 1)}, str(s.zeroed), "zero-{}")
    return tag(
        "div",
        _row("MiniLM, layer", group("Layer", layers, look="steps")),
        _row("GloVe, of", group("GloVe’s words", choice("ask", GLOVES, s.glove, "glove-{}"))),
        _row(
            "set to zero",
            group("How many coordinates are zero", counts, look="steps"),
            tag("span", "rogue coordinates", class_="label"),
            chip("remove the mean", "centre", None, "centre", s.centred),
        ),
    )


def _row(label: str, *controls: Markup) -> Markup:
    return tag("div", tag("span", label, class_="label"), *controls, class_="row")


def _stage(s: ConeState, model: Crowd, glove: Crowd) -> Markup:
    """Draw the cosines of all pairs: the model's upward, GloVe's downward."""
    up, down = (np.histogram(c.cosines, bins=BINS, range=(-1, 1))[0] for c in (model, glove))
    tallest = max(up.max(), down.max())
    told = (
        f"Histogram of cosines from −1 to +1. Layer {s.layer}, upward: mean {signed(model.mean)}, "
        f"from {signed(model.cosines.min())} to {signed(model.cosines.max())}. GloVe, downward: "
        f"mean {signed(glove.mean)}, from {signed(glove.cosines.min())} to {signed(glove.cosines.max())}."
    )
    return tag(
        "div",
        tag("p", f"Cosines of all {len(model.cosines):,} pairs among 80 words", class_="label"),
        tag("p", tag("i", class_="mark up"), f" MiniLM, layer {s.layer}", class_="side"),
        tag(
            "svg",
            tag("path", class_="up", d=_bars(up / tallest, -1)),
            tag("path", class_="down", d=_bars(down / tallest, 1)),
            tag("path", class_="axis", d=f"M0 {number(MIDDLE)}H{number(WIDE)}M{number(WIDE / 2)} 0V140"),
            tag("path", class_="mean up", d=f"M{_x(model.mean)} 0V{number(MIDDLE)}"),
            tag("path", class_="mean down", d=f"M{_x(glove.mean)} {number(MIDDLE)}V140"),
            viewBox="0 0 400 140",
            preserveAspectRatio="none",
            role="img",
            aria_label=told,
        ),
        tag("p", tag("i", class_="mark down"), f" GloVe, {GLOVES[s.glove]}", class_="side"),
        tag("p", (tag("span", tick) for tick in ("−1", "0", "+1")), class_="ticks", aria_hidden="true"),
        tag("p", _explain(s), class_="honest", role="status"),
    )


def _x(cosine: float) -> str:
    return number((cosine + 1) / 2 * WIDE, 1)


def _bars(heights: Floats, up: int) -> str:
    """Path of a histogram's bars, standing on or hanging from the base line."""
    wide = WIDE / BINS
    return "".join(
        f"M{number(i * wide + 0.4)} {number(MIDDLE)}v{number(TALL * up * h, 1)}h{number(wide - 0.8)}V70z"
        for i, h in enumerate(heights.tolist())
        if h > 0
    )


def _explain(s: ConeState) -> str:
    """Say what the layer shows, as far as this model goes."""
    if s.centred:
        return (
            "Less their mean, both crowds stand around 0. They must: 80 vectors that add up to zero have "
            "cosines that nearly cancel. It is the spread that tells words apart."
        )
    if s.layer == 0:
        return "Layer 0 is the word and its place, before any attention: there is hardly a lean."
    if s.layer == LAST:
        return (
            "Hardly a cone is left, and no coordinate stands out. Fine-tuning worked on these vectors, "
            "whose average is the sentence, and pushed sentences that do not match apart."
        )
    return (
        "Were directions spread evenly, random words would stand around 0. The crowd leans to one side: a "
        "lean, though, and no narrow cone. GloVe leans too, most of all on words of running text."
    )


def _readout(s: ConeState, model: Crowd, glove: Crowd) -> Markup:
    high, low = int(model.cosines.argmax()), int(model.cosines.argmin())
    angle = math.degrees(math.acos(model.mean))

    def pair(label: str, place: int, out: str) -> tuple[Child, str, str]:
        name = tag("span", model.pair(place), data_out=f"{out}-pair")
        return [label, name], out, signed(float(model.cosines[place]))

    return tag(
        "div",
        headline(f"mean cosine, layer {s.layer}", signed(model.mean), "mean"),
        tag("p", "mean cosine, GloVe", class_="label"),
        tag("p", signed(glove.mean), class_="other", data_out="glove-mean"),
        tag("p", f"layer {s.layer}", class_="label"),
        readings(
            [
                ("as an angle", "angle", f"{angle:.0f}°"),
                pair("most alike", high, "most"),
                pair("least alike", low, "least"),
            ]
        ),
    )


def _coordinates(s: ConeState, model: Crowd, glove: Crowd) -> Markup:
    """Show how much of the mean cosine a few coordinates make."""
    lists = (
        tag(
            "div",
            tag("p", f"{title}: share of the mean cosine, with nothing taken off", class_="label"),
            tag("ol", _shares(crowd, f"{key}-share", width, s.zeroed)),
        )
        for key, title, crowd, width in (
            ("model", f"layer {s.layer}", model, cone_states().states.shape[2]),
            ("glove", "GloVe", glove, word_vectors().dim),
        )
    )
    about = (
        "The model, all-MiniLM-L6-v2, is a sentence encoder: distilled from a larger one of BERT’s kind, and "
        "fine-tuned on pairs of sentences. What is seen here holds for it, layer by layer. Ethayarajh (2019) "
        "measured others, ELMo, BERT and GPT-2; in the last layer of GPT-2 the mean was close to 1. "
        "80 words are few, and their states are rounded to 8 bits."
    )
    return tag("div", tag("div", lists, class_="lists"), tag("p", about, class_="honest"))


def _shares(crowd: Crowd, key: str, width: int, zeroed: int) -> list[Markup]:
    named = zip(crowd.rogues, crowd.shares, strict=True)
    rows = [(f"coordinate {i}", share, place < zeroed) for place, (i, share) in enumerate(named)]
    rows.append((f"the other {width - ROGUES}", 1 - sum(crowd.shares), False))
    return [
        tag(
            "li",
            tag("span", label, " ", tag("small", "set to 0") if off else None),
            tag("i", style=f"--v:{number(100 * share, 1)}"),
            tag("b", percent(share), data_out=f"{key}-{place}"),
            class_="off" if off else None,
        )
        for place, (label, share, off) in enumerate(rows, 1)
    ]
