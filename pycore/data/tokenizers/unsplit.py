"""Merges learned from the same speeches with GPT-2's split and without any; README.md names the source."""

from __future__ import annotations

import functools
from typing import Literal

import numpy as np

from pycore.data import FOLDER
from pycore.tokenizers.bpe import BytePairTokenizer

MERGES = "tokenizers/unsplit-merges.npz"
SIZE = 4000  # entries of each vocabulary, the 256 bytes among them


@functools.cache
def learned(how: Literal["split", "whole"]) -> BytePairTokenizer:
    """Return what was learned from the State of the Union speeches after 2000, cut by GPT-2's split or whole.

    >>> len(learned("split").vocabulary), len(learned("whole").vocabulary)
    (4000, 4000)
    """
    with np.load(FOLDER / MERGES) as arrays:
        return BytePairTokenizer([(left, right) for left, right in arrays[how].tolist()])


def held_out() -> dict[str, int]:
    """Return how many tokens each makes of the last 500,000 characters of the speeches up to 2000.

    >>> sorted(held_out())
    ['split', 'whole']
    """
    with np.load(FOLDER / MERGES) as arrays:
        return dict(zip(("split", "whole"), arrays["held_out"].tolist(), strict=True))
