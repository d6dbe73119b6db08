"""FIG.07A: a small change of a handwritten digit, found by the gradient, that makes the network read another.

The random changes that it is compared with are as long, and their directions are drawn at random.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats
from pycore.data.networks.digits import DIGITS, READER, digit_reader, digits
from pycore.figures.networks._digits import pixels
from pycore.live import expect
from pycore.live.controls import button, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, percent, tag
from pycore.live.readout import headline, honest, readings
from pycore.live.settings import slide
from pycore.networks.adversarial import score_gradient, smallest_change

SHARES = range(0, 151, 10)  # percent of the change
COUNT = 8  # digits to choose from: the first held-out ones
RANDOM = 1000


@dataclass(frozen=True)
class SmallestChangeState:
    """Which digit, and how much of the change is added to it, in percent."""

    shown: int = 2
    share: int = 0


class SmallestChange(Figure[SmallestChangeState]):
    """Add more and more of a change that was found by the gradient."""

    State = SmallestChangeState
    data = (DIGITS, READER)
    code = (smallest_change, score_gradient)
    settings = {"share": SHARES}

    def check(self, state: SmallestChangeState) -> None:
        """Refuse digits that are not shown."""
        expect.between("a digit", state.shown, COUNT - 1)

    @event
    def show(self, which: str) -> None:
        """Take another digit, unchanged."""
        self.change(shown=which, share=0)

    def view(self) -> Parts:
        """Draw the digits to choose from, the change, the sum, and how it is read."""
        s = self.state
        return {
            "controls": tag(
                "div",
                group(
                    "Handwritten digits",
                    (
                        button(
                            pixels(ink(i)),
                            event="show",
                            arg=i,
                            control=f"digit-{i}",
                            pressed=i == s.shown,
                            class_="pick",
                            aria_label=f"a handwritten {_label(i)}, the {i + 1}. of {COUNT}",
                        )
                        for i in range(COUNT)
                    ),
                    look="picks",
                ),
                slide(self, "share", "of the change, add", f"{s.share} %", spoken=f"{s.share} percent"),
            ),
            "stage": _stage(s),
            "readout": _readout(s),
        }


def ink(i: int) -> Floats:
    """Return the ink of one of the digits, [64]."""
    return np.asarray(digits().ink[digits().held_out[i]])


def _label(i: int) -> int:
    return int(digits().labels[digits().held_out[i]])


@functools.lru_cache(maxsize=COUNT)
def change(i: int) -> Floats:
    """Return the change that flips the answer to one of the digits, [64]."""
    return smallest_change(digit_reader(), ink(i))


@functools.lru_cache(maxsize=COUNT)
def flipped_by_chance(i: int) -> float:
    """Return the share of random changes, as long as the one found, that flip the answer."""
    network, x = digit_reader(), ink(i)
    random = np.random.default_rng(i).normal(size=(RANDOM, len(x)))
    random *= np.linalg.norm(change(i)) / np.linalg.norm(random, axis=1, keepdims=True)
    answers = network.scores(np.clip(x + random, 0, 1)).argmax(axis=1)
    return float((answers != network.scores(x[np.newaxis]).argmax()).mean())


def altered(s: SmallestChangeState) -> Floats:
    """Return the digit with as much of the change as the state says, [64]."""
    return np.clip(ink(s.shown) + s.share / 100 * change(s.shown), 0, 1)


def _read(x: Floats) -> tuple[int, float]:
    p = digit_reader().probabilities(x[np.newaxis])[0]
    return int(p.argmax()), float(p.max())


def _stage(s: SmallestChangeState) -> Markup:
    x, new = ink(s.shown), altered(s)
    added = new - x
    return tag(
        "div",
        tag("div", pixels(x, f"the digit, a {_label(s.shown)}"), tag("p", "the digit", class_="label")),
        tag("span", "+", class_="sign", aria_hidden="true"),
        tag(
            "div",
            pixels(added, "the change: more ink blue, less ink ochre", "pixels signs"),
            tag("p", "the change", class_="label"),
        ),
        tag("span", "=", class_="sign", aria_hidden="true"),
        tag("div", pixels(new, "the changed digit"), tag("p", "what it sees now", class_="label")),
        class_="sum",
    )


def _readout(s: SmallestChangeState) -> Markup:
    x = ink(s.shown)
    (before, sure), (now, surely) = _read(x), _read(altered(s))
    length = float(np.linalg.norm(altered(s) - x) / np.linalg.norm(x))
    verdict = "nothing is changed yet"
    if s.share:
        verdict = f"it still reads {before}" if now == before else f"the same digit, now read as {now}"
    chance = flipped_by_chance(s.shown)
    return tag(
        "div",
        headline("the network reads", f"{now}", "read", verdict),
        readings(
            [
                ("how sure, now", "sure", percent(surely)),
                ("how sure, before", "before", percent(sure)),
                ("length of the change, beside the digit’s", "length", percent(length)),
                (f"of {RANDOM:,} random changes as long as all of it, flip it", "chance", percent(chance, 1)),
            ]
        ),
        honest("Blue adds ink, ochre takes it away."),
    )
