"""Points of two classes on a plane that no single line parts, laid out without chance.

Clouds are sunflowers: point i of n lies at the square root of i / n of the radius, turned by the golden
angle, which fills a disc evenly (Vogel, 1979, https://doi.org/10.1016/0025-5564(79)90080-4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from pycore.arrays import Floats

GOLDEN = math.pi * (3 - math.sqrt(5))


def sunflower(n: int, radius: float) -> Floats:
    """Fill a disc around zero with n points, float64 [n, 2].

    >>> sunflower(100, 2.0).shape, float(np.hypot(*sunflower(100, 2.0).T).max()) < 2
    ((100, 2), True)
    """
    i = np.arange(n)
    r = radius * np.sqrt((i + 0.5) / n)
    return np.stack([r * np.cos(i * GOLDEN), r * np.sin(i * GOLDEN)], axis=1)


def clouds() -> tuple[Floats, Floats]:
    """Four clouds at the corners of a square; opposite ones are of one class: exclusive or, XOR.

    Returns
    -------
    points, labels
        float64 [64, 2], and 0 or 1 for each.
    """
    corners = [(-1.2, -1.2), (1.2, 1.2), (-1.2, 1.2), (1.2, -1.2)]
    points = np.concatenate([sunflower(16, 0.75) + np.array(corner) for corner in corners])
    return points, np.repeat([0.0, 1.0], 32)


def moons() -> tuple[Floats, Floats]:
    """Two half moons, each with its horn in the other's bay; float64 [64, 2], and 0 or 1 for each."""
    turn = np.pi * (np.arange(32) + 0.5) / 32
    arc = 1.4 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    middle = np.array([0.7, 0.35])
    places = np.concatenate([arc - middle, middle - arc])
    return places + np.tile(sunflower(32, 0.28), (2, 1)), np.repeat([0.0, 1.0], 32)


def ring() -> tuple[Floats, Floats]:
    """A cloud with a ring around it; float64 [64, 2], and 0 or 1 for each."""
    turn = 2 * np.pi * np.arange(40) / 40
    outside = 1.9 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.concatenate([outside, sunflower(24, 1.0)]), np.repeat([0.0, 1.0], [40, 24])


SHAPES: Mapping[str, Callable[[], tuple[Floats, Floats]]] = {"clouds": clouds, "moons": moons, "ring": ring}
