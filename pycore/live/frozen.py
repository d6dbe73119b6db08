"""A mapping that does not change, for the states of figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that cannot be changed, and so can be a default and be hashed; `|` makes another.

    Examples
    --------
    >>> places = FrozenDict({"a": 1.0})
    >>> places | {"b": 2.0}, places.without("a")
    (FrozenDict({'a': 1.0, 'b': 2.0}), FrozenDict({}))
    >>> places["a"] = 2.0
    Traceback (most recent call last):
        ...
    TypeError: a frozen mapping cannot be changed; make another with |
    """

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a frozen mapping cannot be changed; make another with |")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __or__(self, other: Mapping[K, V]) -> FrozenDict[K, V]:  # type: ignore[override]
        """Return another with some values put in or in place of those that are there."""
        return FrozenDict({**self, **other})

    def without(self, key: K) -> FrozenDict[K, V]:
        """Return another without a key."""
        return FrozenDict({k: v for k, v in self.items() if k != key})

    def __repr__(self) -> str:
        return f"FrozenDict({super().__repr__()})"

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        return FrozenDict, (dict(self),)
