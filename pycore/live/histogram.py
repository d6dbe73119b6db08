"""Histograms of cosines: one crowd with its mean, or two crowds, one upward and one downward."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pycore.live.markup import Markup, number, tag

BINS = 80  # bars from cosine -1 to 1
WIDE = 400.0


def opposed(
    up: ArrayLike,
    down: ArrayLike,
    told: str,
    *,
    height: int = 140,
    looks: tuple[str, str] = ("up", "down"),
) -> Markup:
    """Draw how the cosines of two crowds are spread, on one scale; the picture is stretched to its room.

    Parameters
    ----------
    up, down : array
        Cosines of the crowds, any number of each.
    told
        What the picture shows, in words.
    height
        Of the picture, in its own units; it is 400 wide.
    looks
        A class for each half.

    Examples
    --------
    >>> drawn = opposed([0.5, 0.5], [-0.5], "Two crowds.", height=100)
    >>> drawn.count("<path"), '<path class="up" d="M300.4 50v-46h4.2V50z"/>' in drawn
    (3, True)
    """
    middle, tall = height / 2, round(0.46 * height)
    crowds = [np.asarray(crowd, dtype=np.float64) for crowd in (up, down)]
    counts = [np.histogram(crowd, bins=BINS, range=(-1, 1))[0] for crowd in crowds]
    tallest = max(1, *(int(count.max()) for count in counts))
    bars = (
        tag("path", class_=look, d=_bars((count / tallest).tolist(), middle, sign * tall))
        for count, look, sign in zip(counts, looks, (-1, 1), strict=True)
    )
    return _stretched(told, height, *bars, _axis(middle, height))


def upright(crowd: ArrayLike, told: str, *, height: int = 100) -> Markup:
    """Draw how the cosines of one crowd are spread, and mark their mean.

    Parameters
    ----------
    crowd : array
        Cosines, at least one.
    told, height
        As for `opposed`.

    Examples
    --------
    >>> drawn = upright([0.5, 0.5], "A crowd.")
    >>> '<path class="up" d="M300.4 100v-92h4.2V100z"/>' in drawn, 'class="mean" d="M300 0V100"' in drawn
    (True, True)
    """
    cosines = np.asarray(crowd, dtype=np.float64)
    counts = np.histogram(cosines, bins=BINS, range=(-1, 1))[0]
    heights = (counts / max(1, int(counts.max()))).tolist()
    return _stretched(
        told,
        height,
        tag("path", class_="up", d=_bars(heights, height, -round(0.92 * height))),
        _axis(height, height),
        tag("path", class_="mean", d=f"M{number(along(float(cosines.mean())) * WIDE, 1)} 0V{height}"),
    )


def along(cosine: float) -> float:
    """Say where a cosine stands on the axis: 0 at its left end, -1, and 1 at its right, +1.

    >>> along(0.5)
    0.75
    """
    return (cosine + 1) / 2


def ends() -> Markup:
    """Write the cosines below such a histogram.

    >>> ends()
    '<p class="ticks" aria-hidden="true"><span>−1</span><span>0</span><span>+1</span></p>'
    """
    return tag("p", (tag("span", tick) for tick in ("−1", "0", "+1")), class_="ticks", aria_hidden="true")


def _axis(ground: float, height: int) -> Markup:
    """Draw the line on which the bars stand, and the one of cosine 0."""
    return tag("path", class_="axis", d=f"M0 {number(ground)}H{number(WIDE)}M{number(WIDE / 2)} 0V{height}")


def _stretched(told: str, height: int, *paths: Markup) -> Markup:
    return tag(
        "svg",
        *paths,
        viewBox=f"0 0 400 {height}",
        preserveAspectRatio="none",
        role="img",
        aria_label=told,
    )


def _bars(heights: list[float], middle: float, tall: int) -> str:
    """Path of the bars, standing on or hanging from a line."""
    wide, ground = WIDE / BINS, number(middle)
    return "".join(
        f"M{number(i * wide + 0.4)} {ground}v{number(tall * h, 1)}h{number(wide - 0.8)}V{ground}z"
        for i, h in enumerate(heights)
        if h > 0
    )
