"""What the figures that train share: a run in ticks that can be stopped, shared, and comes back the same.

The state says how far the training went, never the weights: from the settings and the seed the same run can
be made again, here or on the machine of someone who opens a link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from pycore.live.controls import chip
from pycore.live.figure import Figure, event
from pycore.live.markup import Child, Markup, tag


@dataclass(frozen=True)
class RunState:
    """How far it is trained, where the run stops (0: at its end), and whether it is on."""

    trained: int = 0
    until: int = 0
    running: bool = False


S = TypeVar("S", bound=Any)


class Runs(Figure[S], Generic[S]):
    """A figure with a run of at most `ticks`; each tick that the page sends does `stride` of them."""

    ticks: ClassVar[int]
    stride: ClassVar[int] = 1

    def check(self, state: S) -> None:
        """Refuse what lies beyond the run."""
        if not 0 <= state.trained <= (state.until or self.ticks) <= self.ticks:
            found = f"{state.trained}, {state.until}"
            raise ValueError(f"expected 0 <= trained <= until <= {self.ticks}; found {found}")

    def restore(self, values: Any) -> None:
        """Take up a shared state; it holds no weights, so the run starts anew and stops where it was."""
        super().restore(values)
        s = self.state
        if s.trained:
            until = s.until if s.running else s.trained
            self.state = replace(s, trained=0, until=until, running=True)

    def ready(self) -> None:
        """Raise ValueError with words for the reader if there is nothing to train on."""

    @event
    def run(self) -> None:
        """Train on to the end; after the end, once more from the start."""
        self.ready()
        ended = self.state.trained >= self.ticks
        self.state = replace(self.state, trained=0 if ended else self.state.trained, until=0, running=True)

    @event
    def stop(self) -> None:
        """Pause the run."""
        self.state = replace(self.state, running=False)

    @event
    def tick(self) -> None:
        """Train one tick, if the run is on."""
        s = self.state
        if s.running:
            end = s.until or self.ticks
            trained = min(s.trained + self.stride, end)
            self.state = replace(s, trained=trained, running=trained < end)

    def run_bar(self, what: str, done: str, *others: Child, start: str = "train") -> Markup:
        """Draw the button that runs or stops, what else stands beside it, and how far the run is."""
        s = self.state
        label = start if not s.trained else f"{start} again" if s.trained >= self.ticks else f"{start} on"
        button = chip("stop", "stop", None, "run") if s.running else chip(label, "run", None, "run")
        return tag(
            "div",
            button,
            *others,
            tag("progress", value=s.trained, max=self.ticks, aria_label=f"How far {what} is trained"),
            tag("span", done, class_="done", data_out="done"),
            class_="run",
            data_tick="tick" if s.running else None,
        )
