"""Types of the arrays that the algorithms take and return, whose shapes stand in their docstrings."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.intp]  # what numpy indexes with: 64 bits, but 32 in the browser


def wide(x: NDArray[Any]) -> Floats:
    """Return `x` for work that its own numbers may be too small or too coarse for.

    float32 and float64 stay as they are, float16 becomes float32, and whole numbers what numpy makes of both.
    """
    return x.astype(np.promote_types(x.dtype, np.float32), copy=False)


def like(x: NDArray[Any], result: Floats) -> Floats:
    """Return what was worked out from `wide(x)` in the dtype of `x`, unless that is of whole numbers."""
    return result.astype(x.dtype, copy=False) if np.issubdtype(x.dtype, np.floating) else result
