"""Room for names in a picture, so that they do not cover each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """A part of the picture."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, x: float, y: float, wide: float, high: float) -> Box:
        """Make a box from its middle and its size."""
        return cls(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)

    @classmethod
    def beside(cls, x: float, y: float, side: int, gap: float, wide: float, high: float) -> Box:
        """Make a box to the right (side 1) or to the left (-1) of a place."""
        return cls.around(x + side * (gap + wide / 2), y, wide, high)


def crossings(box: Box, others: Iterable[Box]) -> int:
    """Count the boxes that share room with a box.

    >>> crossings(Box(0, 0, 2, 2), [Box(1, 1, 3, 3), Box(2, 0, 3, 1)])
    1
    """
    left, top, right, bottom = box
    return sum(1 for x, y, u, v in others if left < u and x < right and top < v and y < bottom)
