"""Points that networks are tried on: two moons, two circles, two spirals, and a wave to fit.

All lie about the square from -1 to 1; noise is normal, its standard deviation in the same units.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pycore.arrays import Floats, Ints

TURNS = 1.5  # of each spiral
WAVES = 4.5  # radians of the wave for a unit of x


def moons(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Draw points [n, 2] and classes [n] of two half circles, each around an end of the other.

    >>> x, y = moons(4, 0, np.random.default_rng(0))
    >>> x.shape, y.tolist()
    ((4, 2), [0, 1, 0, 1])
    """
    y = _classes(n)
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.array([1, 0.5]) - upper
    x = (np.where(y[:, np.newaxis], lower, upper) - [0.5, 0.25]) / 1.6
    return x + noise * rng.normal(size=(n, 2)), y


def circles(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Draw points of a disc, class 0, and of a ring around it, class 1."""
    y = _classes(n)
    angle = rng.uniform(0, 2 * np.pi, n)
    radius = np.where(y, rng.uniform(0.62, 0.9, n), 0.42 * np.sqrt(rng.uniform(0, 1, n)))
    x = radius[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + noise * rng.normal(size=(n, 2)), y


def spirals(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Draw points of two spirals, one turned half around against the other."""
    y = _classes(n)
    along = np.sqrt(rng.uniform(0.02, 1, n))  # evenly along the line, not crowded in the middle
    angle = 2 * np.pi * TURNS * along + np.pi * y
    x = 0.92 * along[:, np.newaxis] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + noise * rng.normal(size=(n, 2)), y


def wave(n: int, noise: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw inputs [n, 1] and values [n, 1] of a sine."""
    x = rng.uniform(-1, 1, (n, 1))
    return x, 0.7 * np.sin(WAVES * x) + noise * rng.normal(size=(n, 1))


DATA: dict[str, Callable[[int, float, np.random.Generator], tuple[Floats, Ints | Floats]]] = {
    "moons": moons,
    "circles": circles,
    "spirals": spirals,
    "wave": wave,
}


def _classes(n: int) -> Ints:
    return np.arange(n, dtype=np.intp) % 2
