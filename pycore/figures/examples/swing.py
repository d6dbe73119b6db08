"""A swing that comes to rest: a chart with a handle, sliders, a player and a text box, in few lines.

The swing starts at 40 degrees; its angle is a cosine under an exponential, as friction that grows with speed
makes it for small angles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from pycore.live import expect
from pycore.live.figure import Parts, event
from pycore.live.handle import Along, Knob
from pycore.live.inputs import text_box
from pycore.live.markup import Markup, signed, tag
from pycore.live.parsing import parse_floats
from pycore.live.player import Plays
from pycore.live.plot import Plot
from pycore.live.readout import headline, readings
from pycore.live.scale import Scale
from pycore.live.settings import flip, slide

START = 40.0  # degrees
PERIOD = 2.0  # seconds
LAST = 12  # seconds that the chart shows
TIMES = Scale(0, LAST, steps=240)
FRICTION = Scale(0.01, 1, steps=20, log=True)  # a second
PLOT = Plot.of(TIMES, Scale(-START, START), x_title="seconds", y_title="angle in degrees")
CURVE = [TIMES.value(position) for position in range(TIMES.steps + 1)]


@dataclass(frozen=True)
class SwingState:
    """The time, the friction, what is drawn, and the times that a reader marked."""

    time: float = 1.2
    friction: float = 0.1995
    bound: bool = True
    playing: bool = False
    typed: str = "2, 4, 6"
    marks: tuple[float, ...] = (2.0, 4.0, 6.0)


def angle(time: float, friction: float) -> float:
    """Return the angle of the swing in degrees after `time` seconds."""
    return START * math.exp(-friction * time) * math.cos(2 * math.pi * time / PERIOD)


def bound(time: float, friction: float) -> float:
    """Return the widest that it can still swing, in degrees."""
    return START * math.exp(-friction * time)


class Swing(Plays[SwingState]):
    """Let it swing, drag the time, and see what friction does."""

    State = SwingState
    settings = {"friction": FRICTION, "bound": (False, True)}
    handles = {"time": Knob(PLOT, x=Along("time", TIMES), y=lambda s: angle(s.time, s.friction))}
    formulas = {"angle": rf"\theta = {START:.0f}^\circ \, e^{{-c t}} \cos \frac{{2 \pi t}}{{T}}"}

    def check(self, state: SwingState) -> None:
        """Refuse times that the chart does not have, and a text that no box holds."""
        if not 0 <= state.time <= LAST:
            raise ValueError(f"expected a time from 0 to {LAST} seconds; found {state.time:g}")
        expect.fits(state.typed, 40)
        expect.between("so many marks,", len(state.marks), 12)

    @event
    def mark(self, text: str) -> None:
        """Take what is typed; the marks change as soon as it can be read."""
        read = parse_floats(text[:40], most=12)
        self.state = replace(self.state, typed=text[:40], marks=read.value or self.state.marks)

    def advance(self, seconds: float) -> None:
        """Let time go on; at the end it starts again."""
        self.change(time=round((self.state.time + seconds) % LAST, 2))

    def view(self) -> Parts:
        """Draw the controls, the chart, the swing itself, and the box for marks."""
        s = self.state
        return {
            "controls": tag(
                "div",
                self.player(),
                slide(self, "friction", "friction", f"{s.friction:.2f} a second"),
                flip(self, "bound", "bound"),
                class_="row",
            ),
            "stage": self._chart(),
            "readout": self._swing(),
            "marks": text_box(
                "marks at, in seconds",
                "mark",
                "marks",
                s.typed,
                problem=parse_floats(s.typed, most=12).problem,
                within=self.id,
                most=40,
            ),
        }

    def _chart(self) -> Markup:
        s = self.state
        now = f"{s.time:.2f} seconds: {signed(angle(s.time, s.friction), 1)} degrees"
        ceiling = [bound(t, s.friction) for t in CURVE]
        shown = [t for t in s.marks if 0 <= t <= LAST]
        return PLOT.draw(
            f"The angle over {LAST} seconds, from {START:.0f} degrees to rest. Now, {now}.",
            PLOT.area(CURVE, ceiling, [-b for b in ceiling]) if s.bound else None,
            PLOT.curve(CURVE, [angle(t, s.friction) for t in CURVE]),
            PLOT.points(shown, [angle(t, s.friction) for t in shown]),
            PLOT.upright(s.time),
            self.knob("time", label="Time", spoken=now),
            surface="time",
        )

    def _swing(self) -> Markup:
        s = self.state
        degrees = angle(s.time, s.friction)
        turn = math.radians(degrees)
        x, y = 80 + 78 * math.sin(turn), 12 + 78 * math.cos(turn)
        return tag(
            "div",
            tag(
                "svg",
                tag("path", class_="rest", d="M80 12V104"),
                tag("line", class_="rope", x1=80, y1=12, x2=x, y2=y),
                tag("circle", class_="bob", cx=x, cy=y, r=10),
                viewBox="0 0 160 112",
                aria_hidden="true",
            ),
            headline("angle", f"{signed(degrees, 1)}°", "angle"),
            tag("p", self.formula("angle"), class_="law"),
            readings(
                [
                    ("time", "time", f"{s.time:.2f} s"),
                    ("widest still", "widest", f"{bound(s.time, s.friction):.1f}°"),
                    ("half of it after", "half", f"{math.log(2) / s.friction:.1f} s"),
                ]
            ),
        )
