"""What a figure drew last, so that a part which costs much is drawn anew only when what it shows changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The last thing that was made, and of what.

    A figure makes one in its `__init__`, for what only that figure can draw, such as the map of what it has
    trained; what depends on arguments alone is better kept by `functools.lru_cache`.

    Examples
    --------
    >>> kept, made = Kept(), []
    >>> def draw():
    ...     made.append("drawn")
    ...     return len(made)
    >>> kept(5, draw), kept(5, draw), kept(6, draw), kept(5, draw)
    (1, 1, 2, 3)
    """

    def __init__(self) -> None:
        self._last: tuple[object, T] | None = None

    def __call__(self, of: object, make: Callable[[], T]) -> T:
        """Return what was made last, if it was made of an equal value; else make it."""
        if self._last is None or self._last[0] != of:
            self._last = (of, make())
        return self._last[1]
