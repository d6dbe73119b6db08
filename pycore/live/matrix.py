"""Numbers as coloured cells, as every figure that shows a matrix or a vector draws them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pycore.live.markup import Markup

STRONGEST = 1.0  # the size at which a cell has its full colour
TONE = 5  # percent between two tones: no eye tells finer ones apart, and a page of many cells is lighter


def strengths(values: NDArray[np.floating]) -> tuple[list[str], list[int]]:
    """Give the sign of each number [d], as "p" or "n", and the strength of its colour in percent."""
    strength = np.rint(np.clip(np.abs(values) / STRONGEST, 0, 1) * (100 / TONE)).astype(int) * TONE
    return np.where(values < 0, "n", "p").tolist(), strength.tolist()


def cells(values: NDArray[np.floating]) -> list[Markup]:
    """Draw numbers [d] as cells: the colour tells the sign, its strength the size."""
    signs, strength = strengths(values)
    return [Markup(f'<i class="{s}" style="--v:{v}"></i>') for s, v in zip(signs, strength, strict=True)]
