"""A picture that moves once when it comes into sight and stands then, and may be played again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pycore.live.controls import chip
from pycore.live.figure import Figure, event
from pycore.live.markup import Markup


@dataclass(frozen=True)
class FilmState:
    """Which of two equal films plays: another one starts anew."""

    again: bool = False


S = TypeVar("S", bound=Any)


class Film(Figure[S], Generic[S]):
    """A figure with a film; its styles have two equal animations, for the class `film` and for `again`."""

    @event
    def replay(self) -> None:
        """Let it move once more."""
        self.change(again=not self.state.again)

    @property
    def film(self) -> str:
        """The classes of what moves."""
        return "film again" if self.state.again else "film"

    def replay_chip(self) -> Markup:
        """Draw the button that plays it again."""
        return chip("play again", "replay", None, "replay")
