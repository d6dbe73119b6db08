"""FIG.04A: turn a head of SmolLM2 off, a block's nine, or all that share a habit, and see what it says then.

What a head found is replaced by zeros, as nothing in training ever was; that can hurt more than the head's
work is worth. All answers were computed beforehand with pycore's own code: 303 runs for each text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import shown
from pycore.figures.transformers import _heads
from pycore.live import expect
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Child, Markup, number, tag
from pycore.live.readout import fold, legend
from pycore.transformers.heads import without

LEVELS = (0.01, 0.03, 0.1, 0.3, 1.0)  # bits from which a head is drawn stronger


@dataclass(frozen=True)
class HeadOffState:
    """Which text; what is off ("", "b3h4" for a head, "b3" for a block's, or a group); the slider's block."""

    text: str = "quirkle"
    off: str = ""
    block: int = 0


class HeadOff(Figure[HeadOffState]):
    """Take a text, turn heads off, compare what comes next."""

    State = HeadOffState
    data = ("transformers/ablations.npz", "transformers/lens.npz", "transformers/sentences.json")
    code = (without,)
    settings = {"text": _heads.SHORT}

    def check(self, state: HeadOffState) -> None:
        """Refuse what cannot be turned off."""
        off = state.off
        if off and off not in heads.GROUPS:
            _heads.read_head(off if "h" in off else f"{off}h0")
        expect.between("a block", state.block, heads.BLOCKS - 1)

    @event
    def show(self, text: str) -> None:
        """Take another text."""
        self.change(text=text)

    @event
    def turn(self, off: str) -> None:
        """Turn this off and all else on; pressed again, it is on."""
        self.change(off="" if off == self.state.off else off)
        block = _block(off)
        if block is not None:
            self.change(block=block)

    @event
    def to_head(self, head: str) -> None:
        """Turn a head of the block off, or on again."""
        self.turn(f"b{self.state.block}h{int(head)}")

    @event
    def to_block(self, block: str) -> None:
        """Go to another block, counted from 1; a head that is off by itself is then that block's."""
        at = int(block) - 1
        off = self.state.off
        if _block(off) is not None:
            off = re.sub(r"b\d+", f"b{at}", off)
        self.change(block=at, off=off)

    def view(self) -> Parts:
        """Draw the texts, all heads by how much they matter, and what is said with and without."""
        s = self.state
        return {
            "controls": tag("div", _heads.texts(s.text), tag("p", _text(s.text), class_="text")),
            "answers": _answers(s),
            "off": _offs(s),
            "maps": _overview(s.text),
            # A part of its own, so that a press need not draw all squares anew.
            "ring": _crosses(s.off),
            "signs": _signs(s.text),
        }


def _text(text: str) -> list[str | Markup]:
    return [heads.texts()[text], " ", tag("span", "…", class_="gap")]


def _block(off: str) -> int | None:
    """Return the block whose heads are concerned, from 0."""
    found = re.match(r"b(\d+)", off)
    return int(found[1]) if found else None


def named(off: str) -> str:
    """Say what is off."""
    groups = heads.groups()
    if not off:
        return "nothing is off"
    if off == "lot":
        return f"without {len(groups[off])} heads drawn by lot"
    if off in groups:
        kind = {"previous": "previous-token", "induction": "induction"}[off]
        return f"without the {len(groups[off])} {kind} heads"
    if "h" in off:
        return f"without {_heads.called(*_heads.read_head(off))}"
    return f"without all nine of block {int(off[1:]) + 1}"


def _offs(s: HeadOffState) -> Markup:
    groups, off, at = heads.groups(), s.off, s.block
    labels = {
        "induction": f"the {len(groups['induction'])} induction heads",
        "previous": f"the {len(groups['previous'])} previous-token heads",
        "lot": f"{len(groups['lot'])} others, by lot",
    }
    chips = [chip(label, "turn", key, f"off-{key}", key == off) for key, label in labels.items()]
    chips.append(chip(f"all nine of block {at + 1}", "turn", f"b{at}", "off-block", off == f"b{at}"))
    return tag(
        "div",
        group("Turn off together", chips, look="chips slide"),
        _heads.chooser(at, int(off[-1]) if "h" in off and off not in groups else None),
    )


def _answers(s: HeadOffState) -> Markup:
    before = heads.lens(s.text, heads.BLOCKS, len(heads.tokens(s.text)) - 1)
    after, bits = heads.without(s.text, s.off) if s.off else (before, 0.0)
    kept = [guess.token for guess in before]
    return tag(
        "div",
        tag(
            "div",
            tag("div", tag("p", "whole", class_="label"), _list(before, kept, "before"), class_="column"),
            tag(
                "div",
                tag("p", named(s.off), class_="label", data_out="off", role="status"),
                _list(after, kept, "after"),
                class_="column",
            ),
            class_="both",
        ),
        tag("p", _verdict(before, after, bits, s.off), class_="said", data_out="said", role="status"),
    )


def _list(guesses: Iterable[heads.Guess], kept: list[str], name: str) -> Markup:
    return tag(
        "ol",
        (
            tag(
                "li",
                tag("span", shown(guess.token), class_="token", data_out=f"{name}-{place}"),
                tag("i", class_="bar", style=f"--p:{number(100 * guess.p, 1)}%"),
                tag("span", _heads.chance(guess.p), class_="value"),
                class_=None if guess.token in kept else "new",
            )
            for place, guess in enumerate(guesses, 1)
        ),
        class_="guesses",
    )


def _verdict(before: tuple[heads.Guess, ...], after: tuple[heads.Guess, ...], bits: float, off: str) -> str:
    if not off:
        return "What comes next, by the whole model. Turn something off."
    first, then = (shown(guesses[0].token) for guesses in (before, after))
    if bits < LEVELS[2] and first != then:  # the two were about as likely before
        return f"The chances hardly change, by {bits:.2f} bits, but “{then}” now comes before “{first}”."
    size = "hardly changes" if bits < LEVELS[2] else "changes" if bits < LEVELS[4] else "changes a great deal"
    words = f"“{first}” stays first" if first == then else f"“{then}” now comes first, instead of “{first}”"
    return f"What is said {size}: {words}. The two differ by {bits:.2f} bits."


def _overview(text: str) -> Markup:
    levels = np.digitize(heads.bits(text), LEVELS)

    def draw(block: int, head: int) -> Markup:
        return _heads.square(block, head, "turn", f"ground l{levels[block, head]}")

    return tag("div", _heads.halves(draw, "how much each head matters to this text"))


def _signs(text: str) -> Markup:
    most = np.argsort(-heads.bits(text), axis=None)[:3].tolist()
    strongest = (_heads.called(i // heads.HEADS, i % heads.HEADS) for i in most)
    return tag(
        "div",
        legend({f"mark l{len(LEVELS)}": "matters much", "mark l2": "a little", "mark l0": "hardly"}),
        fold(
            "How it was measured",
            tag(
                "p",
                "Kullback-Leibler divergence from the whole model’s chances to those without the head. For "
                f"this text these matter most, each alone: {'; '.join(strongest)}.",
                class_="honest",
            ),
        ),
    )


def _crosses(off: str) -> Markup:
    """Cross out what is off."""
    block = _block(off)
    if block is None:
        gone = heads.groups().get(off, [])
    else:
        gone = [_heads.read_head(off)] if "h" in off else [(block, head) for head in range(heads.HEADS)]
    side = _heads.CELL - 4

    def draw(block: int, head: int) -> Child:
        if (block, head) not in gone:
            return None
        start = f"M2 {_heads.upper(head) + 2}"
        return tag("path", class_="gone", d=f"{start}l{side} {side}m0 {-side}l{-side} {side}")

    return _heads.halves(draw, None)
