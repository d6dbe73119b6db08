"""FIG.07C: do vectors crowd into a cone? Cosines of all pairs among 80 words, in three models.

SmolLM2 learned only to predict the next token; MiniLM was then trained to make cosines mean something; GloVe
has a vector for each word. The hidden states are those of 80 different words in as many sentences, all drawn
at random, layer by layer. What a few coordinates do to the mean cosine is computed (Timkey & van Schijndel
2021), and they can be set to zero.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import SMOLLM_BLOCKS, cone_states, smollm_cone_states, word_vectors
from pycore.embeddings.anisotropy import mean_cosine_by_coordinate, pair_cosines, share_of_squares
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.histogram import along, ends, upright
from pycore.live.markup import Child, Markup, number, percent, signed, tag
from pycore.live.readout import headline, readings

LAST = 6  # place of the last layer: MiniLM has 7, and of SmolLM2's 31 as many are stored
ROGUES = 3  # coordinates that can be set to zero
MODELS = {"smollm2": "SmolLM2", "minilm": "MiniLM", "glove": "GloVe"}
GLOVES = {"same": "the same 80 words", "spread": "one word in 125"}


@dataclass(frozen=True)
class ConeState:
    """Model, place of its layer, which words GloVe is asked for, and what is taken off the vectors."""

    model: str = "smollm2"
    layer: int = 5
    glove: str = "same"
    centred: bool = False
    zeroed: int = 0


class Cone(Figure[ConeState]):
    """Choose a model, step through its layers; take off the mean, or the coordinates that make most of it."""

    State = ConeState
    data = (
        "embeddings/cone-states.npz",
        "embeddings/cone-states.json",
        "embeddings/smollm-cone-states.npz",
        "embeddings/glove-100d.npz",
    )
    code = (pair_cosines, share_of_squares, mean_cosine_by_coordinate)

    def check(self, state: ConeState) -> None:
        """Refuse models, layers, sets of words and numbers of coordinates that are not there."""
        expect.one_of("a model", state.model, MODELS)
        expect.between("a layer", state.layer, LAST)
        expect.one_of("words", state.glove, GLOVES)
        expect.between("coordinates", state.zeroed, ROGUES)

    @event
    def choose(self, model: str) -> None:
        """Show "minilm", "smollm2" or "glove"."""
        self.state = self.parse({"model": model}, base=self.state)

    @event
    def go_to(self, layer: str) -> None:
        """Show a layer, by its place from 0 to 6."""
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
        """Draw controls, histogram, readouts, and what is folded."""
        s = self.state
        crowds = {model: Crowd.of(_set(s, model), s.centred, s.zeroed) for model in MODELS}
        return {
            "controls": _controls(s),
            "stage": _stage(s, crowds),
            "readout": _readout(crowds[s.model]),
            "coordinates": _coordinates(s, crowds[s.model]),
        }


# ---------------------------------------------------------------- what is computed


@dataclass(frozen=True)
class Crowd:
    """A set of vectors, as far as it is drawn.

    Attributes
    ----------
    words
        One for each vector.
    width
        Coordinates of a vector.
    cosines
        Of all pairs, as the figure is set, float64 [pairs].
    squares
        What part of all squares the three strongest coordinates hold, as the figure is set.
    rogues
        The coordinates that add most to the mean cosine, most first.
    shares
        What part of the mean cosine each of them makes, before anything is taken off.
    """

    words: tuple[str, ...]
    width: int
    cosines: Floats
    squares: float
    rogues: tuple[int, ...]
    shares: tuple[float, ...]

    @classmethod
    @functools.cache
    def of(cls, name: str, centred: bool = False, zeroed: int = 0) -> Crowd:
        """Take "0" to "6" of MiniLM, "block 0" to "block 30" of SmolLM2, or "same" or "spread" of GloVe."""
        words, x = _vectors(name)
        parts = mean_cosine_by_coordinate(x)
        order = np.argsort(-np.round(parts, 12), kind="stable")[:ROGUES]
        x = x.copy()
        x[:, order[:zeroed]] = 0
        if centred:
            x -= x.mean(axis=0)
        shares = parts[order] / parts.sum()
        return cls(
            words,
            x.shape[1],
            np.round(pair_cosines(x), 9),
            round(share_of_squares(x, ROGUES), 9),
            tuple(order.tolist()),
            tuple(shares.tolist()),
        )

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
    """Words and their vectors: [80, 384] of MiniLM, [80, 576] of SmolLM2 or [80, 100] of GloVe."""
    cone, glove = cone_states(), word_vectors()
    if name.isdecimal():
        return cone.words, cone.states[:, int(name)]
    if name.startswith("block "):
        return cone.words, smollm_cone_states().states[
            :, SMOLLM_BLOCKS.index(int(name.removeprefix("block ")))
        ]
    step = len(glove) // len(cone.words)
    words = cone.words if name == "same" else tuple(glove.words[: step * len(cone.words) : step])
    return words, np.stack([glove[word] for word in words]).astype(np.float64)


def _set(s: ConeState, model: str) -> str:
    """Which vectors a model shows, as `Crowd.of` names them."""
    return {"minilm": str(s.layer), "smollm2": f"block {SMOLLM_BLOCKS[s.layer]}", "glove": s.glove}[model]


def _title(s: ConeState, model: str) -> str:
    """Say in words which vectors those are."""
    if model == "minilm":
        return f"MiniLM, layer {s.layer}"
    if model == "smollm2":
        return f"SmolLM2, block {SMOLLM_BLOCKS[s.layer]}" if s.layer else "SmolLM2, its table"
    return f"GloVe, {GLOVES[s.glove]}"


# ---------------------------------------------------------------- what is drawn


def _controls(s: ConeState) -> Markup:
    names = {"minilm": range(LAST + 1), "smollm2": ("E", *SMOLLM_BLOCKS[1:])}
    if s.model == "glove":
        short = {"same": "the same 80", "spread": "one in 125"}
        label, second = "words", group("GloVe’s words", choice("ask", short, s.glove, "glove-{}"))
    else:
        label = "layer" if s.model == "minilm" else "block"
        numbered = {str(place): str(name) for place, name in enumerate(names[s.model])}
        second = group(label.title(), choice("go_to", numbered, str(s.layer), "layer-{}"), look="steps")
    return tag(
        "div",
        _row("model", group("Model", choice("choose", MODELS, s.model, "model-{}"))),
        _row(label, second),
    )


def _row(label: str, *controls: Markup) -> Markup:
    return tag("div", tag("span", label, class_="label"), *controls, class_="row")


def _stage(s: ConeState, crowds: dict[str, Crowd]) -> Markup:
    """Draw the cosines of all pairs of the chosen model, and under it where all three models stand."""
    crowd = crowds[s.model]
    told = (
        f"Histogram of cosines from −1 to +1. {_title(s, s.model)}: mean {signed(crowd.mean)}, "
        f"from {signed(crowd.cosines.min())} to {signed(crowd.cosines.max())}."
    )
    return tag(
        "div",
        tag(
            "p",
            f"{_title(s, s.model)}: cosines of all {len(crowd.cosines):,} pairs among 80 words",
            class_="label",
        ),
        upright(crowd.cosines, told),
        ends(),
        tag("ul", [_lane(s, model, crowds[model]) for model in MODELS], class_="lanes"),
        tag("p", _explain(s, crowd), class_="honest", role="status"),
    )


def _lane(s: ConeState, model: str, crowd: Crowd) -> Markup:
    """Draw where a model's cosines lie on the histogram's axis: all of them as a line, the mean as a dot."""
    places = {"mean": crowd.mean, "low": crowd.cosines.min(), "high": crowd.cosines.max()}
    return tag(
        "li",
        tag("span", _title(s, model)),
        tag("b", signed(crowd.mean), data_out=f"{model}-mean"),
        tag(
            "i", style=";".join(f"--{name}:{number(100 * along(float(c)), 1)}%" for name, c in places.items())
        ),
        class_="chosen" if model == s.model else None,
    )


def _explain(s: ConeState, crowd: Crowd) -> str:
    """Say what the picture shows, as far as these models go."""
    if s.centred:
        return (
            "Less their mean, each crowd stands around 0. It must: 80 vectors that add up to zero have "
            "cosines that nearly cancel. It is the spread that tells words apart."
        )
    if s.zeroed:
        some = "one coordinate" if s.zeroed == 1 else f"{s.zeroed} coordinates"
        return f"With {some} of {crowd.width} set to zero, the mean cosine is {signed(crowd.mean)}."
    if s.model == "glove":
        return (
            "A vector a word, whatever the sentence. GloVe leans too, most of all on words of running text, "
            "which are frequent; words from all over its list lean less."
        )
    if s.model == "minilm":
        if s.layer == 0:
            return "Layer 0 is the word and its place, before any attention: there is hardly a lean."
        if s.layer == LAST:
            return (
                "Hardly a lean is left. Its training worked on these vectors, whose average is the sentence, "
                "and pushed sentences that do not match apart: a cosine was made to mean something."
            )
        return (
            "A lean, and no narrow cone: all layers were trained so that in the end cosines can be compared."
        )
    if s.layer == 0:
        return "The rows of its table, before any sentence: there is hardly a lean."
    shape = "A cone" if crowd.mean > 0.5 else "A lean already"
    return (
        f"{shape}: three of {crowd.width} coordinates hold {percent(crowd.squares)} of all squares, much the "
        "same for every word. It learned to guess the next token, and that compares no two words by cosine."
    )


def _readout(crowd: Crowd) -> Markup:
    high, low = int(crowd.cosines.argmax()), int(crowd.cosines.argmin())
    angle = math.degrees(math.acos(crowd.mean))

    def pair(label: str, place: int, out: str) -> tuple[Child, str, str]:
        name = tag("span", crowd.pair(place), data_out=f"{out}-pair")
        return [label, name], out, signed(float(crowd.cosines[place]))

    return tag(
        "div",
        headline("mean cosine of two words", signed(crowd.mean), "mean"),
        readings(
            [
                ("as an angle", "angle", f"{angle:.0f}°"),
                pair("most alike", high, "most"),
                pair("least alike", low, "least"),
                (f"squares in 3 of {crowd.width} coordinates", "squares", percent(crowd.squares)),
            ]
        ),
    )


def _coordinates(s: ConeState, crowd: Crowd) -> Markup:
    """Fold away what a few coordinates make of the mean cosine, and what becomes of it without them."""
    counts = choice("zero", {str(k): str(k) for k in range(ROGUES + 1)}, str(s.zeroed), "zero-{}")
    about = (
        "MiniLM is all-MiniLM-L6-v2, a sentence encoder: distilled from a larger one of BERT’s kind, and "
        "fine-tuned on pairs of sentences. SmolLM2 is SmolLM2-135M-Instruct, which was taught to follow "
        "instructions after it had learned to guess tokens, with weights of 4 bits; of its 30 blocks six are "
        "shown, the last before its norm, and of a word its last token. Its texts begin with the model’s own "
        "first token: whatever comes first is where such models park their attention. Ethayarajh (2019) "
        "measured ELMo, BERT and GPT-2; in the last layer of GPT-2 the mean was close to 1. "
        "80 words are few, and their states are rounded to 8 bits."
    )
    return tag(
        "details",
        tag("summary", "Take off what makes the lean"),
        _row(
            "set to zero",
            group("How many coordinates are zero", counts, look="steps"),
            chip("remove the mean", "centre", None, "centre", s.centred),
        ),
        tag(
            "p",
            f"{_title(s, s.model)}: share of the mean cosine, with nothing taken off",
            class_="label",
        ),
        tag("ol", _shares(crowd, s.zeroed)),
        tag("p", about, class_="honest"),
    )


def _shares(crowd: Crowd, zeroed: int) -> list[Markup]:
    named = zip(crowd.rogues, crowd.shares, strict=True)
    rows = [(f"coordinate {i}", share, place < zeroed) for place, (i, share) in enumerate(named)]
    rows.append((f"the other {crowd.width - ROGUES}", 1 - sum(crowd.shares), False))
    return [
        tag(
            "li",
            tag("span", label, " ", tag("small", "set to 0") if off else None),
            tag("i", style=f"--v:{number(100 * share, 1)}"),
            tag("b", percent(share), data_out=f"model-share-{place}"),
            class_="off" if off else None,
        )
        for place, (label, share, off) in enumerate(rows, 1)
    ]
