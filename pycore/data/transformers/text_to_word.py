"""Four short texts on their way through SmolLM2-135M-Instruct: tokens, table rows, a head, the next word.

`python -m tools.make_text_to_word` computed it. Blocks and heads are numbered from 0 here.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pycore.arrays import Floats
from pycore.data.transformers.heads import Guess

FILE = Path(__file__).parent / "text-to-word.json"
NUMBERS = 16  # that are kept of each row
SCALE = 1000  # the rows are stored in thousandths


@dataclass(frozen=True)
class Step:
    """What the model makes of a text as far as it goes.

    Attributes
    ----------
    head
        Of the block: the one without which the next token's chances change most.
    percent
        What the last token takes from each token by that head; they sum to 100, but for rounding.
    next
        The likeliest next tokens, in order.
    """

    head: int
    percent: tuple[int, ...]
    next: tuple[Guess, ...]


@dataclass(frozen=True, eq=False)
class Way:
    """A text, and how the model writes on: always what it holds likeliest.

    Attributes
    ----------
    text
        As it was given.
    given
        How many of the tokens it has, with the one that stands before each text.
    ids, tokens
        Of what was given, then of what was written; each step reads one more of them.
    rows
        float64 [token, 16]: the first numbers of each token's row in the model's table.
    steps
        The first reads what was given.
    """

    text: str
    given: int
    ids: tuple[int, ...]
    tokens: tuple[str, ...]
    rows: Floats
    steps: tuple[Step, ...]


@functools.cache
def ways() -> dict[str, Way]:
    """Return the texts and their ways, by name."""
    found = json.loads(FILE.read_text("utf-8"))["texts"]
    return {
        name: Way(
            one["text"],
            one["given"],
            tuple(one["ids"]),
            tuple(one["tokens"]),
            np.array(one["rows"]) / SCALE,
            tuple(
                Step(step["head"], tuple(step["percent"]), tuple(Guess(*guess) for guess in step["next"]))
                for step in one["steps"]
            ),
        )
        for name, one in found.items()
    }


@functools.cache
def block() -> int:
    """Return the block whose heads look."""
    number: int = json.loads(FILE.read_text("utf-8"))["block"]
    return number


@functools.cache
def size() -> tuple[int, int]:
    """Return how many tokens the model's table has, and how many numbers a row."""
    vocabulary, width = json.loads(FILE.read_text("utf-8"))["size"]
    return vocabulary, width
