"""The last few results of something slow, kept by what they were worked out from.

Unlike `functools.lru_cache` it can be asked whether a result is there, so whoever would have to wait for it
can say so first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the results that were put in or asked for last.

    Parameters
    ----------
    most
        How many.

    Examples
    --------
    >>> squares = Recent(2)
    >>> for x in (3, 4, 3, 5):
    ...     if squares.get(x) is None:
    ...         squares.put(x, x * x)
    >>> squares.get(3), squares.get(4), squares.get(5)
    (9, None, 25)
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._values: OrderedDict[K, V] = OrderedDict()  # the one asked for last at the end

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def get(self, key: K) -> V | None:
        """Return a result; None if it is not there."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Put in a result; the one asked for longest ago goes when there are too many."""
        self._values[key] = value
        if len(self._values) > self.most:
            self._values.popitem(last=False)

    def cache_clear(self) -> None:
        """Forget all, as a reader's edit asks of whatever has this method (`pycore.live.undo.forget`)."""
        self._values.clear()
