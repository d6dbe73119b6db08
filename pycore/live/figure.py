"""A figure: a small state machine that draws itself.

A subclass has a `State` (a frozen dataclass of plain values), methods marked with `@event` that put another
state in its place, and `view()`, which returns the HTML of the figure's parts. The page shows what `view()`
returned when the site was built, sends events, and swaps the parts whose text changed.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pycore.live.markup import Markup


class IsDataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


S = TypeVar("S", bound=IsDataclass)
Handler = TypeVar("Handler", bound=Callable[..., None])
Parts = dict[str, Markup]


def event(handler: Handler) -> Handler:
    """Mark a method as one that the page may call by its name."""
    handler.is_event = True  # type: ignore[attr-defined]
    return handler


class Figure(Generic[S]):
    """Base of all figures.

    Class attributes
    ----------------
    State
        A frozen dataclass whose fields all have defaults: numbers, text, booleans, or tuples of them.
    data
        Names of the files in pycore/data that `view()` reads.
    fixed
        Fields that the lesson alone sets: a state from an address may not change them.
    code
        The functions of pycore that `view()` runs and that are worth reading: the page shows them, and lets
        the reader change them.
    step
        How far one arrow key moves what can be dragged, in the units of `position`.

    Parameters
    ----------
    params
        Fields of the initial state that a lesson sets; text is turned into the field's type.

    Raises
    ------
    ValueError
        When a field does not exist or its value does not fit.
    """

    State: ClassVar[type]
    data: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[frozenset[str]] = frozenset()
    code: ClassVar[tuple[Callable[..., Any], ...]] = ()
    step: ClassVar[float] = 1.0

    def __init__(self, params: Mapping[str, object] | None = None) -> None:
        self._initial = self.parse(params or {})
        self.state: S = self._initial

    @classmethod
    def events(cls) -> frozenset[str]:
        """Names of the events that it answers; a method that overrides an event is one too."""
        return frozenset(
            name for kind in cls.__mro__ for name, value in vars(kind).items() if hasattr(value, "is_event")
        )

    @classmethod
    def fields(cls) -> dict[str, Any]:
        """Names and default values of the state's fields."""
        return {field.name: field.default for field in dataclasses.fields(cls.State)}

    def parse(self, values: Mapping[str, object], base: S | None = None) -> S:
        """Make a state from text or JSON values, on top of `base` (else the defaults).

        Raises
        ------
        ValueError
            When a field does not exist, a value has the wrong type, or the state refuses it.
        """
        defaults = self.fields()
        unknown = sorted(set(values) - set(defaults))
        if unknown:
            raise ValueError(f'the state has no "{unknown[0]}"; it has {", ".join(sorted(defaults))}')
        parsed = {name: _convert(name, value, defaults[name]) for name, value in values.items()}
        state: S = dataclasses.replace(base if base is not None else self.State(), **parsed)
        self.check(state)
        return state

    def restore(self, values: Mapping[str, object]) -> None:
        """Take up a state that was kept or shared: what `changes` returned, in this page or another.

        Raises
        ------
        ValueError
            As `parse`, or when a field is one that the lesson alone sets.
        """
        barred = sorted(set(values) & self.fixed)
        if barred:
            raise ValueError(f'"{barred[0]}" cannot be set from outside')
        self.state = self.parse(values, base=self.state)

    def check(self, state: S) -> None:
        """Raise ValueError when a state that came from outside cannot be drawn."""

    def view(self) -> Parts:
        """Draw the figure as it is now: the HTML of each part, by name, in order of appearance."""
        raise NotImplementedError

    @event
    def reset(self) -> None:
        """Go back to the initial state."""
        self.state = self._initial

    def position(self, name: str) -> tuple[float, float]:
        """Where the draggable thing `name` is, in the coordinates of its plane."""
        raise NotImplementedError

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Move the draggable thing `name` to a place in its plane."""
        raise NotImplementedError

    @event
    def nudge(self, name: str, dx: float, dy: float) -> None:
        """Move the draggable thing `name` by arrow keys: dx and dy count steps, right and down."""
        x, y = self.position(name)
        self.drag(name, x + dx * self.step, y + dy * self.step)

    def changes(self) -> dict[str, Any]:
        """Fields of the state that differ from the initial one, as `restore` takes them."""
        first = dataclasses.asdict(self._initial)
        now = dataclasses.asdict(self.state)
        return {key: now[key] for key in now if now[key] != first[key] and key not in self.fixed}

    def handle(self, name: str, args: list[Any]) -> None:
        """Call the event handler `name`.

        Raises
        ------
        ValueError
            When there is no such event, or an argument is neither text nor a finite number.
        """
        if name not in self.events():
            raise ValueError(f'{type(self).__name__} has no event "{name}"')
        for arg in args:
            if not isinstance(arg, str | int | float) or (isinstance(arg, float) and not math.isfinite(arg)):
                raise ValueError(f'"{name}" takes text and finite numbers; found {arg!r}')
        getattr(self, name)(*args)


def _convert(name: str, value: object, default: object) -> object:
    """Turn text or a JSON value into the type of the field's default."""
    kind = type(default)
    try:
        if kind is bool:
            return {"true": True, "false": False}[str(value).lower()]
        if kind in (int, float) and isinstance(value, str | int | float):
            number = kind(value)
            # The first is also false for NaN, the second for 2.5 where a whole number is due.
            if abs(number) < 1e9 and (isinstance(value, str) or number == value):
                return number
        if kind is str and isinstance(value, str):
            return value
        if isinstance(default, tuple) and isinstance(value, list | tuple):
            return tuple(_convert(name, item, default[0]) for item in value) if default else tuple(value)
    except (KeyError, ValueError, OverflowError):
        pass
    raise ValueError(f'"{name}" must be {kind.__name__}; found {value!r}')
