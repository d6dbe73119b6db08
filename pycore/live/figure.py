"""A figure: a small state machine that draws itself.

A subclass has a `State` (a frozen dataclass of plain values), methods marked with `@event` that put another
state in its place, and `view()`, which returns the HTML of the figure's parts. The page shows what `view()`
returned when the site was built, sends events, and swaps the parts whose text changed.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pycore.live.demand import OnDemand
from pycore.live.expect import ECHO, cut, echo
from pycore.live.fields import convert, is_plain, kinds
from pycore.live.markup import Child, Markup, join, tag
from pycore.live.scale import Scale


class IsDataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Movable(Protocol):
    """What can be dragged, and how that changes the state; `Knob` is one."""

    def position(self, state: Any) -> tuple[float, float]:
        """Where it is drawn."""

    def dragged(self, state: Any, x: float, y: float) -> Mapping[str, object]:
        """Return the fields that dragging it to a place changes."""

    def nudged(self, state: Any, dx: float, dy: float) -> Mapping[str, object]:
        """Return the fields that arrow keys change."""

    def draw(self, state: Any, name: str, *children: Child, label: str, spoken: str) -> Markup:
        """Draw it, with what moves with it."""


S = TypeVar("S", bound=IsDataclass)
Handler = TypeVar("Handler", bound=Callable[..., None])
Parts = dict[str, Markup]
ID = "@id"  # the parameter that tells a figure the id of its element


def event(handler: Handler) -> Handler:
    """Mark a method as one that the page may call by its name."""
    handler.is_event = True  # type: ignore[attr-defined]
    return handler


class Figure(Generic[S]):
    """Base of all figures.

    Class attributes
    ----------------
    State
        A frozen dataclass whose fields all have defaults: numbers, text, booleans, tuples of them, or a
        `FrozenDict` from text to one of these.
    data
        Names of the files in pycore/data that `view()` reads.
    fixed
        Fields that the lesson alone sets: a state from an address may not change them.
    code
        The functions of pycore that `view()` runs and that are worth reading: the page shows them, and lets
        the reader change them.
    settings
        Fields that controls set by the event `adjust`, and what each may be: a collection of values, or a
        scale, whose positions a slider sends.
    handles
        What can be dragged, by name. A figure that has none may answer `position` and `drag` itself.
    step
        How far one arrow key moves what such a figure drags, in the units of `position`.
    formulas
        LaTeX by name: the build converts it, `formula` draws it.
    model
        The figures of a page that name the same model share one state; a lesson may name it instead.
    on_demand
        Files that are fetched only when the reader asks for them. `view()` asks whether they are `here`; in
        the build they never are.

    Parameters
    ----------
    params
        Fields of the initial state that a lesson sets; text is turned into the field's type. What the build
        gives a figure besides has names that start with "@": its id, its model, and its formulas.

    Raises
    ------
    ValueError
        When a field does not exist or its value does not fit.
    """

    State: ClassVar[type]
    data: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[frozenset[str]] = frozenset()
    code: ClassVar[tuple[Callable[..., Any], ...]] = ()
    settings: ClassVar[Mapping[str, Scale | Collection[Any]]] = {}
    handles: ClassVar[Mapping[str, Movable]] = {}
    step: ClassVar[float] = 1.0
    formulas: ClassVar[Mapping[str, str]] = {}
    model: ClassVar[str] = ""
    on_demand: ClassVar[OnDemand | None] = None

    def __init__(self, params: Mapping[str, object] | None = None) -> None:
        params = params or {}
        self._given = {name: str(value) for name, value in params.items() if name.startswith("@")}
        self._initial = self.parse({name: params[name] for name in params if name not in self._given})
        self.state: S = self._initial

    @property
    def id(self) -> str:
        """Id of its element; empty where no build stands behind it, as in a test."""
        return self._given.get(ID, "")

    @property
    def shares(self) -> str:
        """Name of the model whose state it shares with others of its page; empty if it shares none."""
        return self._given.get("@model", self.model)

    def formula(self, name: str) -> Markup:
        """Draw one of its formulas; where no build stands behind it, as LaTeX."""
        written = self._given.get(f"@formula {name}")
        return tag("code", self.formulas[name]) if written is None else Markup(written)

    @classmethod
    def events(cls) -> frozenset[str]:
        """Names of the events that it answers."""
        return frozenset(filter(cls.answers, dir(cls)))

    @classmethod
    def answers(cls, name: str) -> bool:
        """Whether it answers an event of this name; a method that overrides one is an event too."""
        return any(hasattr(vars(kind).get(name), "is_event") for kind in cls.__mro__)

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
            raise ValueError(
                f'the state has no "{cut(unknown[0], ECHO)}"; it has {", ".join(sorted(defaults))}'
            )
        types = kinds(self.State)
        parsed = {name: convert(name, value, types[name]) for name, value in values.items()}
        state: S = dataclasses.replace(base if base is not None else self.State(), **parsed)
        for name, allowed in self.settings.items():
            _allow(name, getattr(state, name), allowed)
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

    def follow(self, other: Figure[Any]) -> None:
        """Take over the state of a figure that names the same model.

        Raises
        ------
        ValueError
            When it has another kind of state.
        """
        if other.State is not self.State:
            raise ValueError(
                f'figures of the model "{self.shares}" need one State; '
                f"found {self.State.__name__} and {other.State.__name__}"
            )
        self.state = other.state

    def check(self, state: S) -> None:
        """Raise ValueError when a state that came from outside cannot be drawn."""

    def view(self) -> Parts:
        """Draw the figure as it is now: the HTML of each part, by name, in order of appearance.

        Callers ask `parts()`.
        """
        raise NotImplementedError

    def parts(self) -> Parts:
        """Return what `view()` drew, as markup: a list of elements is joined.

        Raises
        ------
        TypeError
            When a part is text or anything else that is no markup.
        """
        drawn = self.view()
        if not isinstance(drawn, dict):
            raise TypeError(f"view() returns a dict of parts by name; found {type(drawn).__name__}")
        return {name: self._joined(name, part) for name, part in drawn.items()}

    def _joined(self, name: str, part: Child) -> Markup:
        if isinstance(part, Markup):
            return part
        if part is None or (isinstance(part, Iterable) and not isinstance(part, str)):
            return join(part)
        raise TypeError(f'the part "{name}" is {type(part).__name__}, not markup; build it with tag()')

    @event
    def reset(self) -> None:
        """Go back to the initial state."""
        self.state = self._initial

    def change(self, **values: object) -> None:
        """Put values into fields of the state.

        Raises
        ------
        ValueError
            When a value does not fit, or the state refuses it: a matter of the reader's.
        AttributeError, TypeError
            For a field that does not exist, and a value that no state holds, such as `np.int64(1)`: a bug.
        """
        for name, value in values.items():
            if name not in (there := self.fields()):
                raise AttributeError(f'the state has no "{name}"; it has {", ".join(sorted(there))}')
            if not is_plain(value):
                raise TypeError(
                    f'"{name}" is set to a value of type {type(value).__qualname__}; '
                    f"a state holds numbers, text, booleans and tuples of Python's own; found {echo(value)}"
                )
        self.state = self.parse(values, base=self.state)

    @event
    def adjust(self, field: str, value: str | None = None) -> None:
        """Set one of the `settings`: a button sends "field=value", a field its name and its value."""
        if value is None:
            field, _, value = field.partition("=")
        if field not in self.settings:
            raise ValueError(
                f'expected one of the settings {", ".join(self.settings)}; found "{cut(field, ECHO)}"'
            )
        allowed = self.settings[field]
        given = allowed.value(value) if isinstance(allowed, Scale) else value
        chosen = convert(field, given, kinds(self.State)[field])
        _allow(field, chosen, allowed)
        self.change(**{field: chosen, **self.also(field, chosen)})

    def also(self, field: str, value: Any) -> Mapping[str, object]:
        """Return what changes with a setting: other fields of the state, and their values.

        It is asked when a control has set `field` to `value`, which is one of those allowed.
        """
        return {}

    def position(self, name: str) -> tuple[float, float]:
        """Where the draggable thing `name` is, in the coordinates of its plane."""
        return self._handle(name).position(self.state)

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Move the draggable thing `name` to a place in its plane."""
        self.change(**self._handle(name).dragged(self.state, x, y))

    @event
    def nudge(self, name: str, dx: float, dy: float) -> None:
        """Move the draggable thing `name` by arrow keys: dx and dy count steps, right and down."""
        if name in self.handles:
            self.change(**self.handles[name].nudged(self.state, dx, dy))
        else:
            x, y = self.position(name)
            self.drag(name, x + dx * self.step, y + dy * self.step)

    def knob(self, name: str, *children: Child, label: str, spoken: str) -> Markup:
        """Draw one of its `handles`: what moves with it, what it is called, and where it stands in words."""
        if name not in self.handles:  # no reader names what is drawn
            raise KeyError(f'no handle "{name}"; there are {", ".join(self.handles) or "none"}')
        return self.handles[name].draw(self.state, name, *children, label=label, spoken=spoken)

    def _handle(self, name: str) -> Movable:
        if not self.handles:
            raise NotImplementedError
        if name not in self.handles:
            raise ValueError(f'expected to drag {" or ".join(self.handles)}; found "{name}"')
        return self.handles[name]

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
        if not self.answers(name):
            raise ValueError(f'{type(self).__name__} has no event "{cut(str(name), ECHO)}"')
        for arg in args:
            if not isinstance(arg, str | int | float) or (isinstance(arg, float) and not math.isfinite(arg)):
                raise ValueError(f'"{name}" takes text and finite numbers; found {echo(arg)}')
        getattr(self, name)(*args)


def _allow(name: str, value: Any, allowed: Scale | Collection[Any]) -> None:
    """Refuse a value that no control can set."""
    if isinstance(allowed, Scale):
        if not allowed.low <= value <= allowed.high:
            raise ValueError(f"expected {name} from {allowed.low:g} to {allowed.high:g}; found {value:g}")
    elif value not in allowed:
        *others, last = map(str, allowed)
        either = f"{', '.join(others)} or {last}" if others else last
        raise ValueError(f"expected {name} to be {either}; found {cut(str(value), ECHO)}")
