"""Points to learn from, in a square: drawn at random, or the reader's own."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.live.parsing import LabelledPoint, parse_points
from pycore.networks.toy_data import DATA

REACH = 1.2  # the square is from -REACH to REACH
NAMES = ("blue", "ochre", "grey")  # of classes, where the points name none
HELD = 100  # held-out points of the data that is drawn at random
EVERY = 4  # one point in so many of one's own is held out
MOST = 500  # points of one's own


@dataclass(frozen=True)
class Sample:
    """Points to learn from.

    Attributes
    ----------
    kind
        A name in DATA, or "own".
    x, targets
        Inputs, and classes or values.
    train, held
        Which are learned from, and which held out.
    names
        Of the classes.
    fits
        Whether the points are drawn where they lie, not scaled to fit.
    clash
        Whether two points of different classes share a place.
    """

    kind: str
    x: Floats
    targets: Floats | Ints
    train: Ints
    held: Ints
    names: tuple[str, ...] = NAMES[:2]
    fits: bool = True
    clash: bool = False


@functools.lru_cache(maxsize=8)
def drawn(kind: str, noise: float, count: int, seed: int) -> Sample:
    """Draw so many points of a kind to learn from, and HELD that are held out."""
    rng = np.random.default_rng([seed, 7])
    held, learned = (DATA[kind](n, noise, rng) for n in (HELD, count))
    x, targets = (np.concatenate([a, b]) for a, b in zip(held, learned, strict=True))
    which = np.arange(len(x), dtype=np.intp)
    return Sample(kind, x, targets, which[HELD:], which[:HELD])


@functools.lru_cache(maxsize=8)
def own_points(text: str) -> tuple[tuple[LabelledPoint, ...], str]:
    """Read one's own points, or say in words what is wrong with them."""
    read = parse_points(text, most=MOST)
    points = read.value or ()
    classes = {point.label for point in points}
    if len(classes) > len(NAMES):
        return (), f"Classes: {len(classes)}; {len(NAMES)} find a colour."
    return points, read.problem


@functools.lru_cache(maxsize=8)
def own_sample(text: str) -> Sample:
    """Make a sample of one's own points; they are scaled when they do not lie in the square."""
    points = own_points(text)[0] if text.strip() else ()
    # Points that are tapped have names of colours, and keep them; other classes count in their order.
    found = list(dict.fromkeys(point.label for point in points))
    names = tuple(sorted(found, key=lambda name: NAMES.index(name) if name in NAMES else len(NAMES)))
    x = np.array([(point.x, point.y) for point in points], np.float64).reshape(-1, 2)
    fits = bool((np.abs(x) <= REACH).all())
    if not fits:
        span = np.ptp(x, axis=0)
        x = (x - x.min(axis=0) - span / 2) / np.maximum(span, 1e-12) * 1.8
    y = np.array([names.index(point.label) for point in points], np.intp)
    which = np.arange(len(x), dtype=np.intp)
    out = (which % EVERY == EVERY - 1) & (len(x) >= 3 * EVERY)
    places = {(point.x, point.y) for point in points}
    clash = len(places) < len(set(points))
    return Sample("own", x, y, which[~out], which[out], names, fits, clash)
