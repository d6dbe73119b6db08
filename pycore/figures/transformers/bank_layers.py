"""FIG.06A: *bank* in lesson 03's 24 sentences, block by block through SmolLM2.

The model has read only what stands before the word; or, where it reads twice, the whole sentence.

Nearest are those of all 576 dimensions, the mean of the 24 taken off. Only the picture is flat: the best
plane (PCA) of a block's vectors, mirrored so that neighbouring blocks show alike; points that would
cover each other are moved apart.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import bank_states
from pycore.data.transformers.bank import READINGS, bank_layers
from pycore.data.transformers.heads import BLOCKS
from pycore.embeddings.projection import pca
from pycore.embeddings.similarity import normalize
from pycore.figures.transformers._blocks import block_slider, called
from pycore.live import expect
from pycore.live.controls import button, switch
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, moved, percent, signed, tag
from pycore.live.places import fit, spread
from pycore.live.plot import Plot
from pycore.live.readout import fold, headline, legend
from pycore.live.scale import Scale

WIDTH, HEIGHT, MARGIN, DOT = 420, 300, 26, 6
APART = 22  # units from point to point: on a phone a point is 16 wide
EXACT = 9  # decimals that are compared: equal vectors have equal cosines only up to the last bits
CURVE = Plot.of(
    Scale(0, BLOCKS), Scale(0, 24), x_title="block", y_title="nearest right", width=290, height=150
)


@dataclass(frozen=True)
class BankLayersState:
    """Which block (0 is the table), whether the sentence is read twice, and the chosen sentence."""

    block: int = 0
    twice: bool = False
    chosen: int = 0


class BankLayers(Figure[BankLayersState]):
    """Go from block to block, read the sentences twice, choose one."""

    State = BankLayersState
    data = (
        "transformers/bank-layers.npz",
        "embeddings/bank-states.npz",
        "embeddings/bank-states.json",
    )
    code = (pca, normalize)
    settings = {"block": range(BLOCKS + 1), "twice": (True, False)}

    def check(self, state: BankLayersState) -> None:
        """Refuse sentences that are not there."""
        expect.between("a sentence", state.chosen, len(bank_states().sentences) - 1)

    @event
    def go_to(self, block: str) -> None:
        """Go to a block."""
        self.change(block=block)

    @event
    def again(self) -> None:
        """Read the sentences twice, or once."""
        self.change(twice=not self.state.twice)

    @event
    def choose(self, sentence: str) -> None:
        """Choose a sentence, by its number."""
        self.change(chosen=sentence)

    def view(self) -> Parts:
        """Draw the controls, the plane, what is nearest, and how all blocks do."""
        s = self.state
        return {
            "controls": tag(
                "div",
                block_slider(s.block),
                switch("read it twice", "again", "twice", s.twice),
                class_="row",
            ),
            "stage": _stage(s),
            "readout": _readout(s),
            "sentences": fold("All 24 sentences", _sentences(s)),
        }


# ---------------------------------------------------------------- what is computed


@functools.cache
def cosines(block: int, reading: str) -> Floats:
    """Return the cosine of each sentence's *bank* with each, their mean taken off; −2 with itself."""
    x = bank_layers(reading)[block]
    moved = x - x.mean(axis=0)
    if np.abs(moved).max() <= 1e-4 * np.abs(x).max():  # one vector for all: nothing is left of it
        found = np.ones((len(x), len(x)))
    else:
        unit = normalize(moved)
        found = np.round(unit @ unit.T, EXACT)
    np.fill_diagonal(found, -2)
    return found


@functools.cache
def right(block: int, reading: str) -> tuple[bool, ...]:
    """Say for each sentence whether its nearest has its sense."""
    senses = np.array(bank_states().senses)
    return tuple((senses[cosines(block, reading).argmax(axis=1)] == senses).tolist())


@functools.cache
def _flat(block: int, reading: str) -> tuple[Floats, float]:
    """Return places in the best plane, and the share of variance that it holds; one place if all are one."""
    x = bank_layers(reading)[block]
    if cosines(block, reading).max() == cosines(block, reading)[0, 1:].min() == 1:
        return np.zeros((len(x), 2)), 1.0
    plane, variance = pca(x)
    flat = plane.flatten(x)
    if block == BLOCKS:
        river = np.array(bank_states().senses) == "river"
        flat[:, 0] *= -np.sign(flat[river, 0].sum())
    else:
        flat *= np.sign(np.sum(flat * _flat(block + 1, reading)[0], axis=0))
    return flat, float(variance.sum())


@functools.cache
def _places(block: int, reading: str) -> list[tuple[float, float]]:
    """Where the points are drawn; those of the table are one."""
    fitted = fit(_flat(block, reading)[0], WIDTH, HEIGHT, MARGIN)
    apart = spread(fitted, APART, WIDTH, HEIGHT, MARGIN) if block else fitted
    return [(x, y) for x, y in apart.tolist()]


# ---------------------------------------------------------------- what is drawn


def _reading(s: BankLayersState) -> str:
    return READINGS[s.twice]


def _stage(s: BankLayersState) -> Markup:
    bank, reading = bank_states(), _reading(s)
    _, variance = _flat(s.block, reading)
    one = s.block == 0
    places = _places(s.block, reading)
    near = int(cosines(s.block, reading)[s.chosen].argmax())
    points = (
        tag(
            "g",
            tag("title", bank.sentences[i]),
            tag("circle", class_="grip", r=APART / 2 + 2),
            tag(
                "rect",
                class_="dot",
                x=-DOT,
                y=-DOT,
                width=2 * DOT,
                height=2 * DOT,
                rx=DOT if bank.senses[i] == "river" else 1,
            ),
            class_="any" if one else bank.senses[i] + " hollow" * (not right(s.block, reading)[i]),
            style=moved(*places[i]),
            data_on_click="choose",
            data_arg=i,
            data_control=f"point-{i}",
        )
        for i in range(len(places))
    )
    flatly = (
        "The table has one row for the word: 24 sentences, one point."
        if one
        else f"The best plane holds {percent(variance)} of the variance; nearest is meant in all 576. "
        "Points that would cover each other stand side by side."
    )
    return tag(
        "div",
        legend(
            {"mark river": "river", "mark money": "money", "mark any hollow": "nearest has the other sense"}
        ),
        tag(
            "svg",
            tag("g", points, class_="points"),
            None if one else tag("circle", class_="near", r=12, style=moved(*places[near])),
            tag("circle", class_="chosen", r=14, style=moved(*places[s.chosen])),
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            aria_label="Bank in the table: one point for all 24 sentences."
            if one
            else f"Bank after {called(s.block)}, a point for each sentence. "
            f"Of 24, {sum(right(s.block, reading))} have a nearest of their own sense.",
        ),
        tag("p", flatly, class_="label flatly"),
    )


def _readout(s: BankLayersState) -> Markup:
    bank, reading = bank_states(), _reading(s)
    near = int(cosines(s.block, reading)[s.chosen].argmax())
    score = [sum(right(block, reading)) for block in range(1, BLOCKS + 1)]
    other = [sum(right(block, READINGS[0])) for block in range(1, BLOCKS + 1)]
    value = "none" if s.block == 0 else f"{score[s.block - 1]} of 24"
    nearest = (
        "All are one vector; none is nearest."
        if s.block == 0
        else [
            *_read(bank.sentences[near], s.twice),
            f" ({signed(float(cosines(s.block, reading)[s.chosen, near]))})",
        ]
    )
    curves = [CURVE.curve(range(1, BLOCKS + 1), score)]
    if s.twice:
        curves.insert(0, tag("g", CURVE.curve(range(1, BLOCKS + 1), other), class_="once"))
    here = [CURVE.points([s.block], [score[s.block - 1]])] if s.block else []
    return tag(
        "div",
        headline("whose nearest has their sense", value, "right"),
        tag(
            "dl",
            tag("dt", "chosen, as far as it has been read"),
            tag("dd", _read(bank.sentences[s.chosen], s.twice), class_="chosen", data_out="chosen"),
            tag("dt", "nearest to it"),
            tag("dd", nearest, class_="near", data_out="nearest"),
            class_="both",
        ),
        CURVE.draw(
            f"Nearest right by block: {score[0]} of 24 after block 1, {max(score)} at most, "
            f"{score[-1]} after the last.",
            *curves,
            *here,
        ),
    )


def _read(sentence: str, twice: bool) -> list[str | Markup]:
    """Write a sentence; what the model has not read at *bank* is weak."""
    before, word, after = sentence.partition("bank")
    return [before, tag("b", word), after if twice else tag("span", after, class_="unread")]


def _sentences(s: BankLayersState) -> Markup:
    bank = bank_states()
    return tag(
        "ol",
        (
            tag(
                "li",
                button(
                    tag("i", class_=f"mark {sense}"),
                    tag("span", sentence),
                    event="choose",
                    arg=i,
                    control=f"sentence-{i}",
                    pressed=i == s.chosen,
                ),
            )
            for i, (sentence, sense) in enumerate(zip(bank.sentences, bank.senses, strict=True))
        ),
        data_group="vertical",
        class_="list",
    )
