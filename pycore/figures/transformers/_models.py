"""The two language models that write in this lesson: our own, which is there, and SmolLM2, on demand.

What is made of their files is kept here. SmolLM2 takes seconds to unpack and to read a text, so that is
done bit by bit: `unpacking` and `left` say what comes next, and `unpack` and `read_on` do it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from pycore.arrays import Floats
from pycore.data.transformers import heads
from pycore.data.transformers.speeches import END, speech_model, speech_tokenizer
from pycore.live.demand import Fetch, OnDemand
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.cost import Sizes
from pycore.transformers.gguf import GGUF, read_parts, split
from pycore.transformers.llama import Llama
from pycore.transformers.reading import Reading

OWN, SMOLLM2 = "own", "smollm2"
SIZES = {
    OWN: Sizes(vocabulary=2048, width=128, hidden=384, blocks=5, heads=4, groups=2),
    SMOLLM2: heads.SMOLLM2,
}
ENDS = {OWN: (END,), SMOLLM2: ("<|im_end|>", "<|endoftext|>")}
AT_ONCE = 16  # tokens that SmolLM2 reads in a bit of work


def _make(fetch: Fetch) -> Mapping[str, bytes]:
    return split(fetch("smollm2").read_bytes())


# In float32 the weights take 538 MB. The file's parts go as they are widened, so those are in its place; the
# rest is for the work itself. A block is 2.2 MB, and comes as one piece. `python -m benchmarks language` says
# what the whole page takes.
ON_DEMAND = OnDemand(
    "smollm2",
    "SmolLM2, a model of 135 million weights",
    _make,
    memory=490_000_000,
    most=800_000_000,
    piece=3 << 20,
)


@functools.cache
def _file() -> GGUF:
    return read_parts(ON_DEMAND.read)


@functools.cache
def _smollm2_tokenizer() -> GGUFTokenizer:
    return GGUFTokenizer.from_metadata(_file().metadata)


@functools.cache
def _smollm2() -> Llama:
    return ON_DEMAND.made(_widened)


def _widened() -> Llama:
    def done(count: int, of: int) -> None:
        ON_DEMAND.release("token_embd" if count == 1 else f"blk.{count - 2}")

    return Llama.from_gguf(_file(), done)


@functools.cache
def _reading(which: str) -> Reading:
    return Reading(model(which))


def forget() -> None:
    """Forget what was made of SmolLM2's file: in a test another stands in its place."""
    for made in (_file, _smollm2_tokenizer, _smollm2, _reading):
        made.cache_clear()


def here(which: str) -> bool:
    """Whether a model's file is here."""
    return which == OWN or ON_DEMAND.here


def tokenizer(which: str) -> GGUFTokenizer:
    """Return a model's tokenizer."""
    return speech_tokenizer() if which == OWN else _smollm2_tokenizer()


def model(which: str) -> Llama:
    """Return a model; SmolLM2 is unpacked for it, if that was not yet done."""
    return speech_model() if which == OWN else _smollm2()


def window(which: str) -> int:
    """How many tokens a model can look back at."""
    return model(which).window


_UNPACKED = {
    "SmolLM2 unpacks its list of tokens …": _smollm2_tokenizer,
    "SmolLM2 unpacks its weights …": _smollm2,
}


def unpacking(which: str) -> str:
    """Say what must be unpacked before a model can read; "" if nothing."""
    if which == OWN:
        return ""
    return next((said for said, made in _UNPACKED.items() if not made.cache_info().currsize), "")


def unpack(which: str) -> None:
    """Unpack what `unpacking` names."""
    _UNPACKED[unpacking(which)]()


def left(which: str, tokens: Sequence[int]) -> int:
    """How many tokens a model must read until only the last bit is left: our own reads all at once."""
    more = _reading(which).left(tokens)
    return 0 if which == OWN or more <= AT_ONCE else more


def read_on(which: str, tokens: Sequence[int]) -> None:
    """Read a bit of a text."""
    _reading(which).read(tokens, AT_ONCE)


def scores(which: str, tokens: Sequence[int]) -> Floats:
    """Score what may come next."""
    found = _reading(which).read(tokens)
    if found is None:
        raise AssertionError("a text that is read whole has scores")
    return found
