"""Where points stand in a picture without axes: they fill it, and none covers another."""

from __future__ import annotations

import numpy as np

from pycore.arrays import Floats


def fit(places: Floats, width: float, height: float, margin: float) -> Floats:
    """Scale and shift places so that they fill a picture without axes.

    Parameters
    ----------
    places
        [n, 2], in any units. When all are one, that lies in the middle.
    width, height, margin
        Of the picture, in its units.

    Returns
    -------
    [n, 2], in the picture's units: both axes keep one scale, and y points up.

    Examples
    --------
    >>> fit(np.array([[0.0, 0.0], [2.0, 1.0]]), 40, 40, 10)
    array([[10., 25.],
           [30., 15.]])
    """
    low, high = places.min(axis=0), places.max(axis=0)
    size = np.array([width, height])
    span = np.maximum(high - low, 1e-12)
    scale = float(np.min((size - 2 * margin) / span)) if (high > low).any() else 0.0
    return np.asarray(size / 2 + (places - (low + high) / 2) * scale * [1, -1])


def spread(places: Floats, apart: float, width: float, height: float, margin: float) -> Floats:
    """Push places apart until none covers another; those that lie free stay where they are.

    Of two that are too near each goes half of what is missing; this is repeated until all are apart. Two in
    one place set out in directions that only their order gives.

    Parameters
    ----------
    places
        [n, 2], in a picture's units.
    apart
        How far from each other all are to be.
    width, height, margin
        Of the picture, which none leaves.

    Returns
    -------
    [n, 2], in the picture's units.

    Examples
    --------
    >>> spread(np.array([[10.0, 20.0], [14.0, 20.0], [30.0, 30.0]]), 8, 40, 40, 5).round(2)
    array([[ 8., 20.],
           [16., 20.],
           [30., 30.]])
    """
    moved = np.array(places, dtype=np.float64)
    low, high = np.array([margin, margin]), np.array([width, height]) - margin
    for step in range(200):
        between = moved[:, np.newaxis] - moved
        distance = np.sqrt(np.sum(between**2, axis=-1))
        np.fill_diagonal(distance, np.inf)
        same = (distance < 0.01 * apart).any(axis=1)
        if same.any():
            turn = np.arange(len(moved)) * 2.4 + step  # radians: neighbours in order go far from each other
            moved[same] += 0.05 * apart * np.stack([np.cos(turn), np.sin(turn)], axis=1)[same]
            continue
        missing = np.maximum(apart - distance, 0.0)
        if missing.max() < 0.01 * apart:
            break
        moved += 0.5 * np.sum(between * (missing / distance)[..., np.newaxis], axis=1)
        moved = np.clip(moved, low, high)
    return moved
