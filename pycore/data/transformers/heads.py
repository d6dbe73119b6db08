"""What SmolLM2-135M-Instruct makes of ten short texts: its heads, what it says without some, the logit lens.

`python -m tools.make_heads` computed it: where all heads look, what comes next without a head or a group,
what would come next after each block, and how long the vectors are.

Heads and blocks are numbered from 0 here; figures count from 1, as readers do.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.transformers.tokens import START
from pycore.transformers.cost import Sizes

FOLDER = Path(__file__).parent
MAPS, ABLATIONS, LENS, SENTENCES = "heads.npz", "ablations.npz", "lens.npz", "sentences.json"
SMOLLM2 = Sizes(vocabulary=49152, width=576, hidden=1536, blocks=30, heads=9, groups=3)
BLOCKS, HEADS = SMOLLM2.blocks, SMOLLM2.heads
STEPS = 255  # of a share, which is stored in 8 bits
TOP = 5  # likeliest tokens that are kept
MEASURES = ("previous", "first", "induction", "it")
HABIT = 0.5  # a head has a habit when it gives more than this share to it
GROUPS = ("previous", "induction", "lot")


@dataclass(frozen=True)
class Guess:
    """A token that may come next, and its chance."""

    token: str
    p: float


@dataclass(frozen=True)
class It:
    """The head that looks from *it* to its noun.

    Attributes
    ----------
    block, head
        From 0; of all heads the one with the largest mean share on the even sentences.
    shares
        What *it* gives to its noun in each of the sentences.
    most
        Whether it gives no other word more.
    texts
        Sentences in whole: their tokens, the first one included, and the shares in percent, [n][n].
    """

    block: int
    head: int
    shares: tuple[float, ...]
    most: tuple[bool, ...]
    texts: dict[str, tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]]


@functools.cache
def _record() -> dict[str, Any]:
    record: dict[str, Any] = json.loads((FOLDER / SENTENCES).read_text("utf-8"))
    return record


@functools.cache
def texts() -> dict[str, str]:
    """Return the texts, by name."""
    return {name: one["text"] for name, one in _record()["sentences"].items()}


@functools.cache
def tokens(name: str) -> tuple[str, ...]:
    """Return a text's tokens, with the one that stands before it."""
    return (START, *_record()["sentences"][name]["tokens"])


@functools.cache
def groups() -> dict[str, list[tuple[int, int]]]:
    """Return the heads that are turned off together, by the group's name."""
    return {name: [(block, head) for block, head in heads] for name, heads in _record()["groups"].items()}


@functools.cache
def it() -> It:
    """Return the head that looks from *it* to its noun."""
    found = _record()["it"]
    whole = {
        name: ((START, *one["tokens"]), tuple(map(tuple, one["percent"])))
        for name, one in found["whole"].items()
    }
    block, head = found["head"]
    return It(block, head, tuple(found["share"]), tuple(found["most"]), whole)


@functools.cache
def _arrays(name: str) -> dict[str, NDArray[Any]]:
    with np.load(FOLDER / name) as arrays:
        return dict(arrays)


def measures() -> Floats:
    """Return what each head's habits measure, float32 [measure, block, head], as `MEASURES` names them."""
    shares: Floats = _arrays(MAPS)["measures"]
    return shares


@functools.cache
def maps(name: str) -> NDArray[np.uint8]:
    """Return where all heads look in a text, in 255ths: uint8 [block, head, n, n], causal."""
    start = 0
    for other in texts():
        n = len(tokens(other))
        size = BLOCKS * HEADS * n * (n + 1) // 2
        if other == name:
            break
        start += size
    else:
        raise ValueError(f"expected one of the texts {', '.join(texts())}; found {name}")
    made = np.zeros((BLOCKS, HEADS, n, n), np.uint8)
    made[..., *np.tril_indices(n)] = _arrays(MAPS)["maps"][start : start + size].reshape(BLOCKS, HEADS, -1)
    return made


def _guesses(ids: NDArray[np.integer[Any]], p: Floats) -> tuple[Guess, ...]:
    words = _record()["vocabulary"]
    return tuple(Guess(words[str(i)], x) for i, x in zip(ids.tolist(), p.tolist(), strict=True))


def _place(name: str) -> int:
    return list(texts()).index(name)


def _off(off: str) -> int:
    """Find a row: "b3h4" is a head, "b3" a block's nine, and the groups go by their names."""
    if off in GROUPS:
        return BLOCKS * (HEADS + 1) + GROUPS.index(off)
    block, _, head = off[1:].partition("h")
    return int(block) * HEADS + int(head) if head else BLOCKS * HEADS + int(block)


def without(name: str, off: str) -> tuple[tuple[Guess, ...], float]:
    """Return what would come next if heads were off, and by how many bits that differs (Kullback-Leibler).

    Parameters
    ----------
    name
        Of the text.
    off
        "b3h4" for a head, "b3" for a block's nine, or one of `GROUPS`.
    """
    arrays, place, row = _arrays(ABLATIONS), _place(name), _off(off)
    return _guesses(arrays["ids"][place, row], arrays["p"][place, row]), float(arrays["bits"][place, row])


def bits(name: str) -> Floats:
    """Return how much each head alone matters to what comes next, in bits: [block, head]."""
    alone: Floats = _arrays(ABLATIONS)["bits"][_place(name), : BLOCKS * HEADS].astype(np.float64)
    return alone.reshape(BLOCKS, HEADS)


@functools.cache
def _columns(name: str, key: str) -> NDArray[Any]:
    ends = np.cumsum([len(tokens(other)) for other in texts()]).tolist()
    place = _place(name)
    return _arrays(LENS)[key][:, ends[place] - len(tokens(name)) : ends[place]]


def lens(name: str, block: int, place: int) -> tuple[Guess, ...]:
    """Return what the model would say after the token at `place` if it ended with `block`; 0 is the table."""
    return _guesses(_columns(name, "ids")[block, place], _columns(name, "p")[block, place])


def sizes(name: str) -> Floats:
    """Return three lengths of vectors for each block and token, float32 [block + 1, n, 3].

    They are of what enters the block, of what its attention adds and of what its feed-forward layer adds. The
    last row is of what leaves the last block, to which nothing is added.
    """
    found: Floats = _columns(name, "sizes")
    return found
