"""A matrix in 8 bits: each row as whole steps from -127 to 127, and the size of a step of its own.

The plain form of quantization to integers (Jacob et al. 2018, arXiv 1712.05877), symmetric and one scale a
row: x ≈ scale · step. A quarter of float32's size, and less when it is compressed, the larger the steps are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import wide

MOST = 127  # steps


@dataclass(frozen=True, eq=False)
class Rows:
    """A matrix whose rows are widened when they are asked for.

    Parameters
    ----------
    steps
        int8 [n, d].
    scale
        The size of a step in each row, [n].

    Examples
    --------
    >>> table = Rows.quantize(np.array([[1.0, -0.25], [0.02, 0.015]]))
    >>> table.steps
    array([[127, -32],
           [127,  95]], dtype=int8)
    >>> table[np.array([1, 0])].round(3)
    array([[ 0.02 ,  0.015],
           [ 1.   , -0.252]], dtype=float32)
    """

    steps: NDArray[np.int8]
    scale: NDArray[np.floating[Any]]

    @classmethod
    def quantize(cls, matrix: NDArray[np.floating[Any]], fineness: float = np.inf) -> Rows:
        """Round each row to steps.

        Parameters
        ----------
        matrix
            [n, d].
        fineness
            Steps to a row's root mean square, unless its largest entry needs larger ones to stay within 127;
            without it, that entry becomes ±127 in every row. Coarser rows are smaller when compressed.

        Raises
        ------
        ValueError
            When a number or its square is not finite, or a row's scale does not fit into a float32 with all
            its digits.
        """
        matrix = wide(matrix)
        largest = np.abs(matrix).max(axis=1)
        with np.errstate(over="ignore", invalid="ignore"):
            scale = np.maximum(largest / MOST, np.sqrt(np.mean(matrix**2, axis=1)) / fineness)
            scale = np.where(largest == 0, 1, scale).astype(np.float32)
        # Below the smallest normal number a float32 loses digits, and the largest entry may pass 127 steps.
        if not np.all((scale >= np.finfo(np.float32).tiny) & (scale < np.inf)):
            raise ValueError("expected finite numbers that fit a float32; found a row too large or too small")
        return cls(np.rint(matrix / scale[:, None]).astype(np.int8), scale)

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Widen the rows of an array of numbers, [...] to float32 [..., d]."""
        return np.asarray(self.steps[ids] * self.scale[ids].astype(np.float32)[..., None])

    def floats(self) -> NDArray[np.float32]:
        """Widen all of it, float32 [n, d]."""
        return self[np.arange(len(self))]
