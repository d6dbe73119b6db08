"""Flat pictures of many dimensions: the best plane (PCA), and a plane through chosen words.

PCA is Pearson 1901, computed by a singular value decomposition. No whitening and no incremental fitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats

ROUNDING = 1e-9  # of coordinates, at most


@dataclass(frozen=True)
class Plane:
    """An affine map from d dimensions to a few, with orthonormal axes.

    Attributes
    ----------
    origin
        The point that becomes zero, float64 [d].
    axes
        One direction a row, orthonormal, float64 [p, d].
    """

    origin: Floats
    axes: Floats

    def flatten(self, x: ArrayLike) -> Floats:
        """Coordinates in the plane, float64 [..., p], of points [..., d]. What lies off the plane is lost."""
        return np.asarray((np.asarray(x, dtype=np.float64) - self.origin) @ self.axes.T)

    def lift(self, flat: ArrayLike) -> Floats:
        """Points in d dimensions, float64 [..., d], of coordinates in the plane [..., p]."""
        return np.asarray(self.origin + np.asarray(flat, dtype=np.float64) @ self.axes)

    def holds(self, x: ArrayLike) -> bool:
        """Whether a point [d] lies in the plane, but for rounding."""
        off = np.asarray(x, dtype=np.float64) - self.origin
        return bool(np.abs(off @ self.axes.T @ self.axes - off).max() < ROUNDING)

    def move(self, x: ArrayLike, flat: ArrayLike) -> Floats:
        """Move points [..., d] within the plane to coordinates [..., p]; what lies off the plane stays."""
        x = np.asarray(x, dtype=np.float64)
        return np.asarray(x + (np.asarray(flat, dtype=np.float64) - self.flatten(x)) @ self.axes)


def pca(x: ArrayLike, p: int = 2) -> tuple[Plane, Floats]:
    """Fit the plane that keeps as much of the points' variance as a plane can.

    Parameters
    ----------
    x
        Points, [n, d].
    p
        How many axes; at most min(n, d).

    Returns
    -------
    plane, variance
        The plane through the mean, and the share of the variance on each axis, float64 [p]. An axis may
        point either way; here its largest entry is positive.

    Raises
    ------
    ValueError
        When there are fewer points or dimensions than axes, when a value is not finite, or when all points
        are one.

    Examples
    --------
    >>> plane, variance = pca([[0, 0], [1, 1], [2, 2]], p=1)
    >>> variance.round(6), plane.flatten([[2, 2]]).round(6)
    (array([1.]), array([[1.414214]]))
    """
    x = np.asarray(x, dtype=np.float64)
    if x.ndim != 2 or not 1 <= p <= min(x.shape):
        raise ValueError(f"expected points [n, d] and p from 1 to min(n, d); found {x.shape} and p = {p}")
    if not np.all(np.isfinite(x)):
        raise ValueError("expected finite numbers; found NaN or infinity")
    mean = x.mean(axis=0)
    if np.all(x == x[0]):
        raise ValueError("expected points that differ; all are the same")
    _, singular, axes = np.linalg.svd(x - mean, full_matrices=False)
    share = (singular / singular[0]) ** 2
    axes = axes[:p]
    largest = np.take_along_axis(axes, np.argmax(np.abs(axes), axis=1)[:, np.newaxis], axis=1)
    return Plane(mean, axes * np.sign(largest)), share[:p] / np.sum(share)


def plane_through(origin: ArrayLike, first: ArrayLike, second: ArrayLike) -> Plane:
    """Lay the plane through three points.

    The first axis points from `origin` to `first`, the second lies at a right angle to it, on the side of
    `second` (Gram-Schmidt): within the plane, angles and lengths are those of the full space.

    Parameters
    ----------
    origin, first, second
        Points, [d], with d at least 2.

    Raises
    ------
    ValueError
        When the three are not finite points of one dimension, or lie on a line.

    Examples
    --------
    >>> plane = plane_through([0, 0, 0], [0, 0, 2], [0, 3, 4])
    >>> plane.flatten([0, 3, 4])
    array([4., 3.])
    """
    points = [np.asarray(point, dtype=np.float64) for point in (origin, first, second)]
    shapes = [point.shape for point in points]
    if points[0].ndim != 1 or len(set(shapes)) != 1 or not np.all(np.isfinite(points)):
        raise ValueError(f"expected three points [d] of finite numbers; found shapes {shapes}")
    start, one, two = points[0], points[1] - points[0], points[2] - points[0]
    length = np.linalg.norm(one)
    across = two - one * (two @ one / length**2) if length > 0 else one
    rest = np.linalg.norm(across)
    if not rest > 1e-9 * max(float(np.linalg.norm(two)), float(length)):
        raise ValueError("expected three points that are not on one line")
    return Plane(start, np.stack([one / length, across / rest]))
