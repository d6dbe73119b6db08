"""What FIG.07 has written: the state, and what the model makes of it.

The state holds the tokens that were written, not what the model computed: from the beginning and the tokens
the same comes out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pycore.arrays import Floats
from pycore.data.transformers.tokens import START
from pycore.figures.transformers import _models
from pycore.figures.transformers._models import OWN, SMOLLM2

BEGINNINGS = {
    OWN: {
        "must": "We must",
        "people": "The people of the United States",
        "war": "The war with Mexico",
        "dollars": "In the last year, the Government spent",
    },
    SMOLLM2: {
        "france": "The capital of France is",
        "girl": "Once upon a time there was a little girl who",
        "sky": "Why is the sky blue?",
        "mars": "Who was the first person to walk on Mars?",
    },
}
LONGEST = 600  # characters of a beginning
MOST = 160  # tokens that are written
MOST_READ = {OWN: 256 - MOST // 2, SMOLLM2: 600}  # tokens of a beginning; of a longer one the last
ALL = 0  # as top_k: no limit
END = -1  # as look: at the end of the text, where it goes on
ANEW: dict[str, Any] = {
    "written": (),
    "mine": (),
    "look": END,
    "playing": False,
}  # of the state: nothing is written yet


@dataclass(frozen=True)
class WritingState:
    """The model, the beginning, the tokens written, those that the reader chose, and how tokens are drawn."""

    model: str = OWN
    beginning: str = BEGINNINGS[OWN]["must"]
    answer: bool = False
    written: tuple[int, ...] = ()
    mine: tuple[int, ...] = ()
    look: int = END
    temperature: float = 1.0
    top_k: int = ALL
    top_p: float = 1.0
    seed: int = 0
    playing: bool = False


def beginning(s: WritingState) -> list[int]:
    """Cut the beginning into tokens; for an empty one stands what ends a text, and so begins the next."""
    tokenizer = _models.tokenizer(s.model)
    text = tokenizer.encode(s.beginning)
    special = tokenizer.special_tokens
    if s.model == SMOLLM2 and s.answer:
        start, end = special[START], special["<|im_end|>"]
        line = tokenizer.encode("\n")
        user, assistant = (tokenizer.encode(who) for who in ("user", "assistant"))
        return [start, *user, *line, *text, end, *line, start, *assistant, *line]
    return text or [special["<|endoftext|>"]]


def tokens(s: WritingState) -> list[int]:
    """Return all tokens up to where the figure looks: those of the beginning that are read, those written."""
    written = s.written if s.look == END else s.written[: s.look]
    return [*beginning(s)[-MOST_READ[s.model] :], *written]


def scores(s: WritingState) -> Floats:
    """Score what may come there."""
    return _models.scores(s.model, tokens(s))


def busy(s: WritingState) -> str:
    """Say what must be done before the model can go on; "" if nothing."""
    if not _models.here(s.model):
        return ""
    if what := _models.unpacking(s.model):
        return what
    if more := _models.left(s.model, tokens(s)):
        return f"SmolLM2 reads: {more} tokens to go …"
    return ""


def over(s: WritingState) -> str:
    """Say why nothing can be written any more; "" if something can."""
    if len(s.written) >= MOST:
        return f"{MOST} tokens are all that find room here. Press a token to go back to it, or start over."
    window = _models.window(s.model)
    if len(beginning(s)[-MOST_READ[s.model] :]) + len(s.written) >= window:
        return (
            f"Its window is full: it can look back at {window:,} tokens. "
            "Press one to go back to it, or start over."
        )
    special = _models.tokenizer(s.model).special_tokens
    if {special.get(name) for name in _models.ENDS[s.model]} & set(s.written[-1:]):
        return "It drew the token that ends a text. Press a token to go back to it, or start over."
    return ""


def problem(s: WritingState) -> str:
    """Say that only the end of the beginning is read, if that is so and can be told."""
    if not _models.here(s.model) or _models.unpacking(s.model):
        return ""
    count, most = len(beginning(s)), MOST_READ[s.model]
    return f"This is {count:,} tokens: it reads the last {most}." if count > most else ""
