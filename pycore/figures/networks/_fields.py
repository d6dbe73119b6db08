"""How figures draw a number at each place of a plane: bands of one strength each, as lines along the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.live.markup import Markup


def grid(side: int, reach: float = 1.0) -> Floats:
    """Return the middles of side x side cells of the square from -reach to reach, row by row from the top."""
    middles = reach * ((np.arange(side) + 0.5) * 2 / side - 1)
    x, y = np.meshgrid(middles, -middles)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def bands(levels: NDArray[np.integer], names: dict[int, str]) -> Markup:
    """Draw cells [rows, columns], one unit large, by their level; a level without a name is left out.

    >>> bands(np.array([[1, 1, 0]]), {1: "p1"})
    '<path class="p1" d="M0 0h2"/>'
    """
    columns = levels.shape[1]
    flat = levels.ravel()
    new = np.ones(flat.size, bool)
    new[1:] = flat[1:] != flat[:-1]
    new[::columns] = True
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, flat.size))
    paths: dict[int, list[str]] = {}
    for start, length, level in zip(starts.tolist(), lengths.tolist(), flat[starts].tolist(), strict=True):
        if level in names:
            paths.setdefault(level, []).append(f"M{start % columns} {start // columns}h{length}")
    return Markup("".join(f'<path class="{names[v]}" d="{"".join(d)}"/>' for v, d in sorted(paths.items())))
