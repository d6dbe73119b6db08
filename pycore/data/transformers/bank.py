"""The word *bank* in lesson 03's 24 sentences, block by block, as SmolLM2-135M-Instruct has it.

`python -m tools.make_bank_layers` computed it.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from pycore.arrays import Floats

FOLDER = Path(__file__).parent
ARRAY = "bank-layers.npz"
READINGS = ("once", "twice")  # the sentence up to bank; or the whole sentence, and then again up to bank


@functools.cache
def bank_layers(reading: str) -> Floats:
    """Return *bank*'s vectors in each block, float64 [31, 24, 24]: block, sentence, coordinate.

    Row 0 is the row of the table; the others leave a block each, not yet normalised. The coordinates are
    those along 24 directions at right angles, another set in each block, in which the block's 24 vectors of
    576 numbers lie: lengths, angles and distances are theirs.
    """
    with np.load(FOLDER / ARRAY) as arrays:
        states: Floats = arrays["states"][READINGS.index(reading)].astype(np.float64)
    states.setflags(write=False)
    return states
