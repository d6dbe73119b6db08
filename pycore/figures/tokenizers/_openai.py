"""The vocabularies of GPT-4 and GPT-4o, on demand: the tokenizers cl100k_base and o200k_base."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from pycore.data.tokenizers.packed import pack, unpack
from pycore.live.demand import Fetch, OnDemand
from pycore.tokenizers.ranked import RankedTokenizer, read_ranks

SPECIAL = {
    "cl100k": {
        "<|endoftext|>": 100257,
        "<|fim_prefix|>": 100258,
        "<|fim_middle|>": 100259,
        "<|fim_suffix|>": 100260,
        "<|endofprompt|>": 100276,
    },
    "o200k": {"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
}


def _make(fetch: Fetch) -> Mapping[str, bytes]:
    files = {name: fetch("gpt-tokenizer", f"{name}_base.tiktoken") for name in SPECIAL}
    return {name: pack(read_ranks(file.read_text("ascii"))) for name, file in files.items()}


VOCABULARIES = OnDemand("gpt-vocabularies", "The vocabularies of GPT-4 and GPT-4o", _make, memory=40_000_000)


@functools.cache
def tokenizer(name: str) -> RankedTokenizer:
    """Return "cl100k" (GPT-4's) or "o200k" (GPT-4o's).

    Raises
    ------
    LookupError
        When the vocabularies are not here.
    """
    return RankedTokenizer(unpack(VOCABULARIES.read(name)), name, SPECIAL[name])
