"""Queries, keys and values of two real heads of SmolLM2-135M, on short texts."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.data.transformers.tokens import shown

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class HeadRun:
    """What the three matrices of one head make of a text.

    Attributes
    ----------
    tokens
        The text, cut as the model cuts it, a space before a word included.
    block, head
        Which head it is, both counted from 1.
    base
        Of the rotation by which this model tells its heads of positions.
    query, key, value
        float64 [token, 64] of what is stored as float16, not yet rotated.
    """

    tokens: tuple[str, ...]
    block: int
    head: int
    base: float
    query: NDArray[np.float64]
    key: NDArray[np.float64]
    value: NDArray[np.float64]

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens as a reader sees them: no space before, and the token that begins a text by a name."""
        return tuple(map(shown, self.tokens))


@functools.cache
def head_run(name: str) -> HeadRun:
    """One text's run: "cake" and "bank" in head 9 of block 14, "bite" in head 4 of block 1.

    Raises
    ------
    ValueError
        When there is no such text.
    """
    texts = json.loads((FOLDER / "one-head.json").read_text("utf-8"))["texts"]
    if name not in texts:
        raise ValueError(f"expected one of {', '.join(texts)}; found {name!r}")
    text = texts[name]
    with np.load(FOLDER / "one-head.npz") as arrays:
        made = [arrays[f"{name}-{part}"].astype(np.float64) for part in ("query", "key", "value")]
    for array in made:
        array.setflags(write=False)
    return HeadRun(tuple(text["tokens"]), text["block"], text["head"], text["base"], *made)
