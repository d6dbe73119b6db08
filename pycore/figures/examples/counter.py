"""A counter: the smallest figure that does something."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import tag


@dataclass(frozen=True)
class CounterState:
    """How far it has counted."""

    count: int = 0


class Counter(Figure[CounterState]):
    """A number, and a button that adds to it."""

    State = CounterState

    @event
    def add(self, by: str) -> None:
        """Count on."""
        self.state = replace(self.state, count=self.state.count + int(by))

    def view(self) -> Parts:
        """Draw the button and the number."""
        return {
            "controls": chip("+ 1", event="add", arg="1", control="add"),
            "readout": tag("p", self.state.count, class_="big", data_out="count"),
        }
