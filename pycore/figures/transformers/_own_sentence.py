"""What FIG.04 shows the heads of: a text whose maps are stored, or a sentence that SmolLM2 reads here.

A sentence takes the model seconds, so it is read when the figure asks for that, and kept.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import START
from pycore.figures.transformers import _models
from pycore.figures.transformers._models import SMOLLM2
from pycore.recent import Recent
from pycore.transformers.heads import where_they_look

LONGEST, MOST = 160, 24  # characters that may be typed; tokens that are read, the one at the start included
KEPT = 8  # sentences


@dataclass(frozen=True, eq=False)
class Looks:
    """A text's tokens, and where all heads look in it: in 255ths, uint8 [block, head, n, n]."""

    tokens: tuple[str, ...]
    maps: NDArray[np.uint8]


_read: Recent[str, Looks] = Recent(KEPT)


@functools.cache
def stored(name: str) -> Looks:
    """Return one of the texts that were read beforehand."""
    return Looks(heads.tokens(name), heads.maps(name))


def own(sentence: str) -> Looks | None:
    """Return what was read of a sentence; None if that must still be done."""
    return _read.get(sentence)


def read_on(sentence: str) -> None:
    """Do the next bit of what it takes to read a sentence: unpack the model, then read."""
    if _models.unpacking(SMOLLM2):
        _models.unpack(SMOLLM2)
        return
    tokenizer = _models.tokenizer(SMOLLM2)
    ids = [tokenizer.special_tokens[START], *tokenizer.encode(sentence)][:MOST]
    tokens = tuple(tokenizer.vocabulary[id_].decode("utf-8", "replace") for id_ in ids)
    looks = where_they_look(_models.model(SMOLLM2), ids)
    _read.put(sentence, Looks(tokens, np.rint(looks * heads.STEPS).astype(np.uint8)))


def waiting() -> str:
    """Say what a sentence that was not read yet waits for."""
    if not _models.here(SMOLLM2):
        return "SmolLM2 must read it, and is not here: see the line above."
    return _models.unpacking(SMOLLM2) or "SmolLM2 reads your sentence …"


def cut_short(sentence: str) -> str:
    """Say that only the beginning is read, if that is so and can be told."""
    if not _models.here(SMOLLM2) or _models.unpacking(SMOLLM2):
        return ""
    count = len(_models.tokenizer(SMOLLM2).encode(sentence))
    return f"This is {count} tokens: the first {MOST - 1} are read." if count >= MOST else ""
