"""Numbers as coloured cells, as every figure that shows a matrix or a vector draws them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pycore.live.markup import Markup

STRONGEST = 1.0  # the size at which a cell has its full colour


def cells(values: NDArray[np.floating]) -> list[Markup]:
    """Draw numbers [d] as cells: the colour tells the sign, its strength the size."""
    strength = np.rint(np.clip(np.abs(values) / STRONGEST, 0, 1) * 100).astype(int).tolist()
    signs = np.where(values < 0, "n", "p").tolist()
    return [Markup(f'<i class="{s}" style="--v:{v}"></i>') for s, v in zip(signs, strength, strict=True)]
