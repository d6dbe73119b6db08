"""FIG.06A: a network learns to read handwritten digits while one looks, then reads what the reader draws.

The network is 64-32-10 with relu, trained by Adam on 1,437 digits; accuracy is measured on the other 360.
Those come from the same 13 writers, so digits by others are harder, and so are the reader's.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.data.networks.digits import DIGITS, digits
from pycore.figures.networks import _digits
from pycore.figures.networks._digits import BATCH, STRIDE, TICKS, accuracy, pixels
from pycore.live import expect
from pycore.live.controls import chip
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, join, number, percent, tag
from pycore.live.readout import fold, headline, honest, readings
from pycore.live.runs import Runs, RunState
from pycore.live.settings import flip
from pycore.networks.backprop import Network, loss_and_gradient
from pycore.networks.handwriting import Stroke, rasterise, to_pixels

PAD = 100  # width and height of the drawing pad
EDGE = 3
FINE = 2  # a pen that moved less than this leaves no new point
MOST = 400  # points of a drawing
SURE = 0.8  # the least probability that is not called unsure
FULL = 0.45  # the share of ink that no digit of the data has: the most is 0.42
SHOWN = 12  # misread digits


@dataclass(frozen=True)
class DigitsState(RunState):
    """The run; the strokes that were drawn, where the pen is, and whether arrow keys and moves draw."""

    strokes: str = ""
    x: int = 50
    y: int = 20
    down: bool = False
    lifted: bool = True


class Digits(Runs[DigitsState]):
    """Train the digit reader, look at what it gets wrong, and let it read a digit that one draws."""

    State = DigitsState
    data = (DIGITS,)
    code = (Network.forward, Network.backward, loss_and_gradient, rasterise)
    settings = {"down": (False, True)}
    ticks = TICKS
    step = 4.0

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._network, self._trainer = _digits.untrained()
        self._learned: tuple[int, Parts] = (-1, {})  # what is drawn of a training, kept while a pen moves

    def check(self, state: DigitsState) -> None:
        """Refuse strokes that cannot be read, and places beyond the pad."""
        super().check(state)
        strokes(state.strokes)
        expect.between("a place", state.x, PAD)
        expect.between("a place", state.y, PAD)

    # ------------------------------------------------------------ the pen

    def position(self, name: str) -> tuple[float, float]:
        """Where the pen is."""
        self._pen(name)
        return self.state.x, self.state.y

    @event
    def lift(self) -> None:
        """Let the next move of the pointer begin a stroke."""
        self.change(lifted=True)

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Draw to a place."""
        self._pen(name)
        self._draw(x, y)

    @event
    def nudge(self, name: str, dx: float, dy: float) -> None:
        """Move the pen by arrow keys; it draws if it is down."""
        self._pen(name)
        s = self.state
        x, y = _inside(s.x + dx * self.step), _inside(s.y + dy * self.step)
        if s.down:
            if s.lifted:
                self._draw(s.x, s.y)
            self._draw(x, y)
        else:
            self.change(x=x, y=y, lifted=True)

    @event
    def clear(self) -> None:
        """Take the ink away."""
        self.change(strokes="", lifted=True)

    def _pen(self, name: str) -> None:
        if name != "pen":
            raise ValueError(f'expected to drag "pen"; found "{name[: expect.LONGEST]}"')

    def _draw(self, x: float, y: float) -> None:
        s, at = self.state, (_inside(x), _inside(y))
        drawn = [list(stroke) for stroke in strokes(s.strokes)]
        if s.lifted or not drawn:
            drawn.append([])
        if drawn[-1] and max(abs(a - b) for a, b in zip(drawn[-1][-1], at, strict=True)) < FINE:
            self.change(x=at[0], y=at[1])
            return
        if sum(map(len, drawn)) >= MOST:
            raise ValueError("The pad takes no more ink. Clear it to draw another digit.")
        drawn[-1].append(at)
        self.change(strokes=_written(drawn), x=at[0], y=at[1], lifted=False)

    # ------------------------------------------------------------ the picture

    def view(self) -> Parts:
        """Draw the run, how well it reads, the pad with what it reads there, and what it misreads."""
        s, network = self.state, self._trained()
        if self._learned[0] != s.trained:
            self._learned = (s.trained, _what_is_learned(network, s.trained))
        passes = s.trained * STRIDE * BATCH / len(digits().train)
        whole = TICKS * STRIDE * BATCH / len(digits().train)
        parts = self._learned[1]
        return {
            "run": self.run_bar("the digit reader", f"{passes:.1f} of {whole:.0f} passes"),
            "readout": parts["readout"],
            "stage": self._stage(network),
            "wrong": parts["wrong"],
            "more": parts["more"],
        }

    def _trained(self) -> Network:
        """Bring the network to where the state says; back only by starting anew."""
        if self._trainer.steps > self.state.trained * STRIDE:
            self._network, self._trainer = _digits.untrained()
        self._trainer.train(self.state.trained * STRIDE - self._trainer.steps)
        return self._network

    def _stage(self, network: Network) -> Markup:
        s = self.state
        ink = to_pixels(strokes(s.strokes))
        return tag(
            "div",
            tag(
                "div",
                tag("p", "your digit", class_="label"),
                _pad(s),
                tag(
                    "div",
                    chip("clear", "clear", None, "clear"),
                    flip(self, "down", "arrow keys draw"),
                    class_="row tools",
                ),
            ),
            _reading(network, ink, bool(s.strokes), bool(s.trained)),
            class_="desk",
        )


def _inside(value: float) -> int:
    return round(min(max(value, EDGE), PAD - EDGE))


@functools.lru_cache(maxsize=8)
def strokes(text: str) -> tuple[Stroke, ...]:
    """Read the strokes of a state.

    >>> strokes("1,2 3,4;5,6")
    (((1, 2), (3, 4)), ((5, 6),))
    """
    if not text:
        return ()
    expect.fits(text, MOST * 6)
    try:
        read = tuple(
            tuple((int(x), int(y)) for x, y in (point.split(",") for point in stroke.split()))
            for stroke in text.split(";")
        )
    except ValueError:
        read = ((),)
    places = [value for stroke in read for point in stroke for value in point]
    if not all(read) or not all(0 <= value <= PAD for value in places):
        raise ValueError(f'expected strokes such as "1,2 3,4;5,6"; found {expect.echo(text)}')
    return read


def _written(drawn: list[list[tuple[float, float]]]) -> str:
    return ";".join(" ".join(f"{x},{y}" for x, y in stroke) for stroke in drawn)


# ---------------------------------------------------------------- what is drawn


def _what_is_learned(network: Network, trained: int) -> Parts:
    truth = digits().labels[digits().held_out]
    p = network.probabilities(digits().ink[digits().held_out])
    return {
        "readout": _readout(network, p, truth, trained),
        "wrong": _misread(p, truth),
        "more": join(
            [
                fold(
                    "What the first layer looks for",
                    _weights(network) if trained else honest("Train it first."),
                ),
                fold("Which digit is taken for which", _confusion(p.argmax(axis=1), truth)),
                fold("How a drawing becomes 64 numbers, and what “unsure” means", _how(p, truth)),
            ]
        ),
    }


def _pad(s: DigitsState) -> Markup:
    ink = "".join(
        "M" + "L".join(f"{x} {y}" for x, y in stroke) + ("h0" if len(stroke) == 1 else "")
        for stroke in strokes(s.strokes)
    )
    return tag(
        "svg",
        tag(
            "g",
            tag("rect", class_="paper", width=PAD, height=PAD),
            tag("path", class_="ink", d=ink),
            tag("circle", class_="pen down" if s.down else "pen", cx=s.x, cy=s.y, r=2.5),
            data_drag="pen",
            data_on_grab="lift",
            tabindex=0,
            role="slider",
            aria_roledescription="drawing pad",
            aria_label="Pen: draw with a finger or the mouse, or switch to arrow keys",
            aria_valuemin=0,
            aria_valuemax=PAD,
            aria_valuenow=s.x,
            aria_valuetext=f"{'draws at' if s.down else 'at'} {s.x} across, {s.y} down",
        ),
        viewBox=f"0 0 {PAD} {PAD}",
        class_="pad",
        role="group",
        aria_label="A pad to draw one digit on",
    )


def _reading(network: Network, ink: Floats, drawn: bool, trained: bool) -> Markup:
    p = network.probabilities(ink[np.newaxis])[0]
    first, second = np.argsort(-p, kind="stable")[:2].tolist()
    if not drawn:
        said = "Nothing is drawn yet."
    elif ink.mean() > FULL:
        said = "All ink: there is no digit to see."
    elif not trained:
        said = "Not trained yet: this is a guess."
    elif p[first] < SURE:
        said = f"Unsure: {_called(first)}, or {_called(second)}?"
    else:
        said = f"It reads {_called(first)}."
    shown = drawn and ink.mean() <= FULL
    rows = (
        tag(
            "li",
            tag("b", digit),
            tag("i", style=f"--p:{number(100 * p[digit] if shown else 0, 0)}"),
            tag("span", percent(float(p[digit])) if shown else "–", data_out=f"p-{digit}"),
            class_="first" if shown and digit == first else None,
        )
        for digit in range(10)
    )
    return tag(
        "div",
        tag("p", "what the network sees, and reads", class_="label"),
        tag(
            "div",
            pixels(ink, "The drawing in 8 by 8 pixels"),
            tag("p", said, class_="said", data_out="said", role="status"),
            class_="seen",
        ),
        tag("ol", rows, class_="scores"),
        class_="reading",
    )


def _called(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _readout(network: Network, p: Floats, truth: Ints, trained: int) -> Markup:
    wrong = int((p.argmax(axis=1) != truth).sum())
    verdict = "untrained: a guess is right one time in ten"
    if trained == TICKS:
        verdict = "the run is over; more passes bring little"
    elif trained:
        verdict = "most of it is learned in the first passes"
    return tag(
        "div",
        headline("held-out digits read right", percent(1 - wrong / len(truth), 1), "accuracy", verdict),
        readings(
            [
                ("of those trained on", "accuracy-trained", percent(accuracy(network, held_out=False), 1)),
                (f"misread, of {len(truth)}", "misread", str(wrong)),
            ]
        ),
    )


def _misread(p: Floats, truth: Ints) -> Markup:
    read = p.argmax(axis=1)
    wrong = np.flatnonzero(read != truth)
    # The surest mistakes first: they say most about what was learned.
    order = wrong[np.argsort(-np.round(p[wrong].max(axis=1), 6), kind="stable")][:SHOWN]
    some = (
        tag(
            "li",
            pixels(digits().ink[digits().held_out[i]]),
            tag("span", f"{truth[i]} read as ", tag("b", int(read[i]))),
        )
        for i in order.tolist()
    )
    empty = (tag("li", class_="none", aria_hidden="true") for _ in range(SHOWN - len(order)))
    some_of = "" if len(order) == len(wrong) else f"surest {len(order)} of "
    title = f"the {some_of}{len(wrong)} held-out digits that it misreads"
    return tag("div", tag("p", title, class_="label"), tag("ol", some, empty, class_="misread"))


def _weights(network: Network) -> Markup:
    weights = network.weights[0].T
    strongest = np.abs(weights).max()
    return tag(
        "div",
        tag(
            "div",
            (
                pixels(row / strongest, f"Weights of unit {i}", "pixels signs")
                for i, row in enumerate(weights, 1)
            ),
            class_="units",
        ),
        honest(
            "One picture for each of the 32 hidden units: its 64 weights, one a pixel. Blue pixels speak "
            "for the unit, ochre ones against it. Few look like a digit; most look for a piece of a stroke."
        ),
    )


def _confusion(read: Ints, truth: Ints) -> Markup:
    table = np.zeros((10, 10), int)
    np.add.at(table, (truth, read), 1)
    head = tag("tr", tag("td"), (tag("th", d, scope="col") for d in range(10)))
    rows = (
        tag(
            "tr",
            tag("th", d, scope="row"),
            (
                tag("td", int(n) or "·", class_="hit" if d == e else "miss" if n else None)
                for e, n in enumerate(table[d].tolist())
            ),
        )
        for d in range(10)
    )
    return tag(
        "div",
        tag(
            "table",
            tag("caption", "a row for each digit, a column for what it is read as", class_="label"),
            tag("thead", head),
            tag("tbody", rows),
        ),
        class_="confusion",
    )


def _how(p: Floats, truth: Ints) -> list[Markup]:
    unsure = p.max(axis=1) < SURE
    wrong = p.argmax(axis=1) != truth
    return [
        honest(
            "The lines of the pen are stretched to 20 × 32 pixels, set upright if they slant, and drawn as "
            "thick as the data’s. Then the inked pixels in each block of 4 × 4 are counted: 64 numbers from "
            "0 to 16. The data were made so, from forms that 13 people filled in. Some habits are hardly "
            "among them, such as a one with a foot."
        ),
        honest(
            f"It is called unsure when its best answer gets less than {percent(SURE)}. Of the held-out "
            "digits this now concerns ",
            tag("b", int(unsure.sum()), data_out="unsure"),
            ", of which it misreads ",
            tag("b", int((unsure & wrong).sum()), data_out="unsure-wrong"),
            "; of the others it misreads ",
            tag("b", int((~unsure & wrong).sum()), data_out="sure-wrong"),
            ". The percentages are made of the ten scores, and no promise: shown a face, it will still name "
            "a digit.",
        ),
    ]
