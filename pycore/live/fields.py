"""Fields of a figure's state: text that a lesson writes, or JSON that the page keeps, becomes their types."""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pycore.live.expect import echo
from pycore.live.frozen import FrozenDict

LARGEST = 1e9  # numbers in a state are smaller


@functools.cache
def kinds(state: type) -> dict[str, Any]:
    """Return the types of a state's fields, by name."""
    return typing.get_type_hints(state)


def convert(name: str, value: object, kind: Any) -> Any:
    """Turn text or a JSON value into a field's type.

    Parameters
    ----------
    name
        The field's name, for the error.
    value
        What was found. In text, items stand between commas, those of a mapping as "key: value".
    kind
        bool, int, float, str, a tuple such as `tuple[float, ...]`, or `FrozenDict[str, …]` of one of these.

    Raises
    ------
    ValueError
        When the value does not fit.

    Examples
    --------
    >>> convert("sizes", "1, 2,3", tuple[int, ...]), convert("at", [1, "2"], tuple[float, float])
    ((1, 2, 3), (1.0, 2.0))
    >>> convert("rates", "slow: 0.1, fast: 2", FrozenDict[str, float])
    FrozenDict({'slow': 0.1, 'fast': 2.0})
    >>> convert("sizes", "1, two", tuple[int, ...])
    Traceback (most recent call last):
        ...
    ValueError: "sizes" must be tuple; found '1, two'
    """
    try:
        return _converted(value, kind)
    except (KeyError, TypeError, ValueError, OverflowError):
        outer = get_origin(kind) or kind
        called = "mapping" if outer is FrozenDict else getattr(outer, "__name__", str(outer))
        raise ValueError(f'"{name}" must be {called}; found {echo(value)}') from None


def is_plain(value: object) -> bool:
    """Whether a value is of Python's own kinds that a state may hold; what numpy made is not.

    >>> is_plain((1, "a", [2.0])), is_plain(None)
    (True, False)
    """
    if isinstance(value, Mapping):
        return all(map(is_plain, (*value, *value.values())))
    if isinstance(value, tuple | list):
        return all(map(is_plain, value))
    return isinstance(value, bool | int | float | str)


def _converted(value: Any, kind: Any) -> Any:
    outer, inner = get_origin(kind) or kind, get_args(kind)
    if outer is bool:
        return {"true": True, "false": False}[str(value).lower()]
    if outer in (int, float) and isinstance(value, str | int | float):
        number = outer(value)
        # The first is also false for NaN, the second for 2.5 where a whole number is due.
        if abs(number) < LARGEST and (isinstance(value, str) or number == value):
            return number
    if outer is str and isinstance(value, str):
        return value
    if outer is tuple and isinstance(value, str | list | tuple):
        items = _split(value) if isinstance(value, str) else value
        types = inner[:1] * len(items) if inner[1:] == (...,) else inner
        return tuple(_converted(item, one) for item, one in zip(items, types, strict=True))
    if outer is FrozenDict and isinstance(value, str | Mapping):
        pairs = dict(_pair(item) for item in _split(value)) if isinstance(value, str) else value
        return FrozenDict({_converted(k, inner[0]): _converted(v, inner[1]) for k, v in pairs.items()})
    raise TypeError


def _split(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")] if text.strip() else []


def _pair(text: str) -> tuple[str, str]:
    key, colon, value = text.partition(":")
    if not colon:
        raise ValueError
    return key.strip(), value.strip()
