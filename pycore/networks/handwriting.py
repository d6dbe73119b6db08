"""Strokes of a pen become 8 x 8 pixels, in the way that the handwritten digits of lesson 01 were made.

Those digits (Alpaydin & Kaynak, 1998, https://doi.org/10.24432/C50P49) went through NIST's form-based
handprint recognition system (Garris et al., 1994, NISTIR 5469): each was stretched to about 20 x 32 pixels in
the middle of 32 x 32, a slanted one was set upright, strokes that were too thin or too thick were widened or
thinned, and then the inked pixels in each block of 4 x 4 were counted. Here the same is done to lines that
have no width yet.

Left out: noise and paper, which a pen on a screen does not have.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pycore.arrays import Floats

SIDE, BLOCK = 32, 4  # pixels of the bitmap, and of a block
WIDE, TALL = 20.0, 32.0  # the room that a digit takes in it
INKED = 0.3  # the share of the pixels that are inked in the data, on average
THIN, THICK = 1.4, 4.6  # radii of a pen, in pixels
MARGIN = 2.4  # from a line to the border of its room: about the radius of a pen
STRETCH = 2.0  # how much more a digit may be stretched one way than the other: a one stays slender

EDGE = 0.06  # the part of the height that counts as the top or the bottom of a digit
STEEPEST = 0.5  # how far a digit is set upright at most: sideways for each unit of height

Stroke = Sequence[tuple[float, float]]


def to_pixels(strokes: Sequence[Stroke]) -> Floats:
    """Return the ink of 8 x 8 pixels, from 0 to 1 in sixteenths, [64]; nothing drawn is all zeros.

    Parameters
    ----------
    strokes
        Points (x, y) of each stroke, y downward, at least one point a stroke.

    Examples
    --------
    >>> ink = to_pixels([[(50, 0), (50, 100)]])  # a one
    >>> (ink.reshape(8, 8) * 16).astype(int)[0].tolist()
    [0, 0, 2, 16, 16, 2, 0, 0]
    """
    if not strokes:
        return np.zeros(64)
    bitmap = rasterise(strokes).reshape(8, BLOCK, 8, BLOCK)
    return np.asarray(bitmap.sum(axis=(1, 3)).reshape(64) / BLOCK**2)


def rasterise(strokes: Sequence[Stroke]) -> Floats:
    """Return the bitmap of strokes, 0 or 1, [32, 32]: stretched into their room, as thick as the data's."""
    starts = np.array([p for stroke in strokes for p in stroke], np.float64)
    # A stroke of one point is a line from there to itself.
    ends = np.array([p for stroke in strokes for p in [*stroke[1:], stroke[-1]]], np.float64)
    slant = _slant(starts)
    starts[:, 0] -= slant * starts[:, 1]
    ends[:, 0] -= slant * ends[:, 1]
    low, span = starts.min(axis=0), np.ptp(starts, axis=0)
    room = np.array([WIDE, TALL]) - 2 * MARGIN
    with np.errstate(divide="ignore"):
        scale = room / span
    scale = np.minimum(scale, STRETCH * scale.min())
    if not np.isfinite(scale).all():
        scale = np.zeros(2)  # a dot
    shift = SIDE / 2 - scale * (low + span / 2)
    a, b = starts * scale + shift, ends * scale + shift
    along = b - a
    length2 = np.maximum((along * along).sum(axis=1), 1e-12)
    centres = np.arange(SIDE) + 0.5
    x, y = centres[np.newaxis, :, np.newaxis], centres[:, np.newaxis, np.newaxis]
    # How far along each line the point lies that is nearest to a pixel.
    at = np.clip(((x - a[:, 0]) * along[:, 0] + (y - a[:, 1]) * along[:, 1]) / length2, 0, 1)
    squared = (x - a[:, 0] - at * along[:, 0]) ** 2 + (y - a[:, 1] - at * along[:, 1]) ** 2
    distance = np.sqrt(squared.min(axis=2))
    radius = min(max(float(np.quantile(distance, INKED)), THIN), THICK)
    return np.asarray(distance <= radius, np.float64)


def _slant(points: Floats) -> float:
    """How far the left end of a digit's lowest part lies to the right of its highest part's, by height."""
    x, y = points.T
    height = float(np.ptp(y))
    if not height:
        return 0.0
    top, bottom = (x[near].min() for near in (y <= y.min() + EDGE * height, y >= y.max() - EDGE * height))
    return float(np.clip((bottom - top) / height, -STEEPEST, STEEPEST))
