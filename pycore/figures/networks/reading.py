"""FIG.00: a trained network reads a handwritten digit: 64 pixels in, 32 numbers between, ten scores out.

The digits are held-out ones: the first of each kind, and two that the network misreads. The lines on the
right are what the answer's score is added up from: a hidden unit's output times its weight.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.data.networks.digits import DIGITS, READER, digit_reader, digits
from pycore.figures.networks._digits import SHADES, pixels
from pycore.live import expect
from pycore.live.controls import button, group
from pycore.live.figure import Parts, event
from pycore.live.film import Film, FilmState
from pycore.live.markup import Markup, number, percent, tag
from pycore.networks.backprop import Network

WIDTH, HEIGHT = 420, 252
PIXEL, LEFT, TOP = 15, 2, 62  # of the input's picture
CELL, ACROSS, MIDDLE, CELLS_TOP = 17, 4, 176, 48  # of the hidden units
SCORES, ROW, SCORES_TOP, BAR = 312, 21, 36, 62  # of the scores
MISREAD = 2  # digits that it misreads
LEAST = 0.06  # of the strongest line: weaker ones are left out


@dataclass(frozen=True)
class ReadingState(FilmState):
    """Which digit is read."""

    shown: int = 3


class Reading(Film[ReadingState]):
    """Press digits, and see what each layer holds."""

    State = ReadingState
    data = (DIGITS, READER)
    code = (Network.forward, Network.probabilities)

    def check(self, state: ReadingState) -> None:
        """Refuse digits that are not shown."""
        expect.between("a digit", state.shown, len(chosen()) - 1)

    @event
    def show(self, which: str) -> None:
        """Read another digit."""
        self.change(shown=which, again=not self.state.again)

    def view(self) -> Parts:
        """Draw the digit, the hidden units, the scores, and the digits to choose from."""
        s = self.state
        return {
            "stage": tag(
                "div",
                _picture(s.shown, self.film),
                tag("p", _said(s.shown), class_="said", data_out="said", role="status"),
                group(
                    "Handwritten digits",
                    (
                        button(
                            pixels(digits().ink[i]),
                            event="show",
                            arg=place,
                            control=f"digit-{place}",
                            pressed=place == s.shown,
                            class_="pick",
                            aria_label=f"a handwritten {digits().labels[i]}",
                        )
                        for place, i in enumerate(chosen())
                    ),
                    look="picks",
                ),
                self.replay_chip(),
                class_="film-and-picks",
            )
        }


@functools.cache
def chosen() -> tuple[int, ...]:
    """Which digits are shown: the first of each kind that is read right, then the surest mistakes."""
    data = digits()
    p = digit_reader().probabilities(data.ink[data.held_out])
    truth, read = data.labels[data.held_out], p.argmax(axis=1)
    right = [int(np.flatnonzero((truth == d) & (read == d))[0]) for d in range(10)]
    wrong = np.flatnonzero(read != truth)
    surest = wrong[np.argsort(-np.round(p[wrong].max(axis=1), 4), kind="stable")][:MISREAD].tolist()
    return tuple(int(data.held_out[i]) for i in (*right, *surest))


def _layers(shown: int) -> list[np.ndarray]:
    return [layer[0] for layer in digit_reader().forward(digits().ink[[chosen()[shown]]])]


def _said(shown: int) -> list[str | Markup]:
    i = chosen()[shown]
    p = digit_reader().probabilities(digits().ink[[i]])[0]
    read, truth = int(p.argmax()), int(digits().labels[i])
    if read == truth:
        return ["It reads ", tag("b", read), f", with {percent(float(p[read]))}: right."]
    return ["It reads ", tag("b", read), f", with {percent(float(p[read]))}. The writer meant {truth}."]


def _picture(shown: int, film: str) -> Markup:
    ink, hidden, _ = _layers(shown)
    network, i = digit_reader(), chosen()[shown]
    p = network.probabilities(digits().ink[[i]])[0]
    read = int(p.argmax())
    right, hidden_right = LEFT + 8 * PIXEL, MIDDLE + ACROSS * CELL
    bottom = CELLS_TOP + len(hidden) // ACROSS * CELL
    fan = f"M{right} {TOP}L{MIDDLE - 4} {CELLS_TOP}V{bottom}L{right} {TOP + 8 * PIXEL}Z"
    return tag(
        "svg",
        tag("path", class_="fan", d=fan),
        _names(),
        tag(
            "g",
            _input(ink),
            tag("rect", class_="frame", x=LEFT, y=TOP, width=8 * PIXEL, height=8 * PIXEL),
            class_="input",
        ),
        tag("g", _wires(hidden, network.weights[1][:, read], read, hidden_right), class_="wires"),
        tag("g", _cells(hidden), class_="hidden"),
        tag("g", (_score(d, float(p[d]), d == read) for d in range(10)), class_="scores"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_=film,
        role="img",
        aria_label=(
            f"A handwritten {digits().labels[i]} of 64 pixels makes {np.count_nonzero(hidden > 0)} of "
            f"{len(hidden)} hidden units active, and these make ten scores; the highest is that of {read}."
        ),
    )


def _names() -> list[Markup]:
    return [
        tag("text", text, x=x, y=y)
        for text, x, y in (
            ("64 pixels", LEFT, TOP - 10),
            ("32 numbers", MIDDLE - 6, CELLS_TOP - 12),
            ("10 scores", SCORES, SCORES_TOP - 14),
        )
    ]


def _input(ink: np.ndarray) -> list[Markup]:
    levels = np.rint(ink * SHADES).astype(int).tolist()
    return [
        tag(
            "rect",
            class_=f"p{level}",
            x=LEFT + k % 8 * PIXEL,
            y=TOP + k // 8 * PIXEL,
            width=PIXEL,
            height=PIXEL,
        )
        for k, level in enumerate(levels)
        if level
    ]


def _place(unit: int) -> tuple[int, int]:
    return MIDDLE + unit % ACROSS * CELL, CELLS_TOP + unit // ACROSS * CELL


def _cells(hidden: np.ndarray) -> list[Markup]:
    levels = np.rint(hidden / hidden.max() * SHADES).astype(int).tolist()
    cells = []
    for unit, level in enumerate(levels):
        x, y = _place(unit)
        cells.append(
            tag(
                "rect",
                class_=f"cell p{level}" if level else "cell",
                x=x,
                y=y,
                width=CELL - 2,
                height=CELL - 2,
            )
        )
    return cells


def _wires(hidden: np.ndarray, weights: np.ndarray, read: int, start: int) -> list[Markup]:
    """Draw how each hidden unit speaks for the answer, or against it."""
    shares = hidden * weights
    strongest = float(np.abs(shares).max())
    y_end = SCORES_TOP + (read + 0.5) * ROW - 3
    wires = []
    for unit, share in enumerate((shares / strongest).tolist()):
        if abs(share) > LEAST:
            x, y = _place(unit)
            middle = (start + SCORES) / 2
            d = (
                f"M{x + CELL - 3} {number(y + CELL / 2 - 1)}"
                f"C{number(middle)} {number(y + CELL / 2 - 1)} {number(middle)} {number(y_end)} "
                f"{SCORES - 6} {number(y_end)}"
            )
            look = "wire against" if share < 0 else "wire"
            wires.append(
                tag("path", class_=look, d=d, pathLength=1, style=f"--w:{number(0.8 + 2.4 * abs(share), 1)}")
            )
    return wires


def _score(digit: int, p: float, first: bool) -> Markup:
    y = SCORES_TOP + digit * ROW
    return tag(
        "g",
        tag("text", digit, x=SCORES, y=y + 14, class_="digit"),
        tag("rect", class_="track", x=SCORES + 16, y=y + 4, width=BAR, height=9),
        tag("rect", class_="bar", x=SCORES + 16, y=y + 4, width=number(BAR * p, 1), height=9),
        class_="first" if first else None,
    )
