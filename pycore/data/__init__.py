"""Small derived data that the figures use. README.md beside it names sources, licences and hashes.

The browser's copy of pycore comes without these files; the page fetches those that its figures name.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.vectors import WordVectors

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class BankStates:
    """The word *bank* in sentences, and what all-MiniLM-L6-v2 makes of it there.

    Attributes
    ----------
    sentences
        The texts, the river sentences first.
    senses
        "river" or "money", one for each sentence.
    states
        Hidden states of the token *bank*, [sentence, layer, coordinate], float64 of what is stored as
        float16. Layer 0 enters the first block, layers 1 to 6 leave a block each.
    """

    sentences: tuple[str, ...]
    senses: tuple[str, ...]
    states: NDArray[np.float64]


@functools.cache
def word_vectors() -> WordVectors:
    """Vectors of about 10,000 frequent English words: GloVe 6B, 100-d, in order of frequency."""
    return WordVectors.load(FOLDER / "glove-100d.npz")


@functools.cache
def bank_states() -> BankStates:
    """Hidden states of *bank* in 24 sentences, at layers 0 to 6, 384-d."""
    record = json.loads((FOLDER / "bank-states.json").read_text("utf-8"))["sentences"]
    with np.load(FOLDER / "bank-states.npz") as arrays:
        states = arrays["states"].astype(np.float64)
    return BankStates(
        sentences=tuple(sentence["text"] for sentence in record),
        senses=tuple(sentence["sense"] for sentence in record),
        states=states,
    )
