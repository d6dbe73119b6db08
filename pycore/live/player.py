"""Play, pause and step: figures that go on by themselves while the reader lets them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pycore.live.controls import button, group
from pycore.live.figure import Figure, event
from pycore.live.markup import Child, Markup, tag

LONGEST = 0.25  # seconds that one tick stands for at most: what was out of sight did not go on

S = TypeVar("S", bound=Any)


class Plays(Figure[S], Generic[S]):
    """A figure with a play button; its state has `playing`, and it says in `advance` what time does."""

    stride = 0.1  # seconds that one step stands for

    def advance(self, seconds: float) -> None:
        """Put the state in place that follows after so many seconds."""
        raise NotImplementedError

    @event
    def play(self) -> None:
        """Let it go on, or pause it."""
        self.change(playing=not self.state.playing)

    @event
    def step_once(self) -> None:
        """Go one step on, and pause."""
        self.change(playing=False)
        self.advance(self.stride)

    @event
    def tick(self, seconds: float = 0.0) -> None:
        """Go on by the time that passed since the last tick; one that comes late does nothing."""
        if self.state.playing:
            self.advance(min(max(float(seconds), 0.0), LONGEST))

    def player(self, *others: Child) -> Markup:
        """Draw its bar."""
        return player(self.state.playing, *others)


def player(playing: bool, *others: Child) -> Markup:
    """Draw the bar: play or pause, one step, and what else shall stand there.

    While it plays, the page sends `tick` with the seconds that passed; not while the figure is out of sight.

    >>> player(False)
    '<div class="player" role="group" aria-label="Playback" data-group="horizontal"><button type="button"
        data-control="play" data-on-click="play" class="chip">▶ play</button><button type="button"
        data-control="step" data-on-click="step_once" class="chip">step</button></div>'
    >>> "data-tick-seconds" in player(True)
    True
    """
    return group(
        "Playback",
        button("❚❚ pause" if playing else "▶ play", event="play", arg=None, control="play", class_="chip"),
        button("step", event="step_once", arg=None, control="step", class_="chip"),
        *others,
        tag("span", hidden=True, data_tick="tick", data_tick_seconds=True) if playing else None,
        look="player",
    )
