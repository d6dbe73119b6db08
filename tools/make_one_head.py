"""Make pycore/data/transformers/one-head.npz: queries, keys and values of two heads of SmolLM2.

Run it with `python -m tools.make_one_head`. Kept is what the head's three matrices make of each token, before
positions turn queries and keys: the figures do the rest in front of the reader.

Head 9 of block 14 was chosen because it can be read: of the model's 270 heads it is the one that gives most
weight to *cat* from *it* in "The cat drank its milk because it was thirsty". The sentences that are stored
were written afterwards and picked, of a dozen, for being short and clear. Head 4 of block 1 is one whose
weights depend on where a word stands; what enters the first block, the rows of the model's table, knows
nothing of positions yet.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.llama import Llama
from tools import smollm

ARRAY = Path("pycore/data/transformers/one-head.npz")
RECORD = ARRAY.with_suffix(".json")
# name: text, block and head from 1, whether the token that begins a text stands before it
TEXTS = {
    "cake": ("Ann baked a cake and Tom ate it", 14, 9, True),
    "bank": ("The bank of the river was muddy", 14, 9, True),
    "bite": (" the dog bit the man", 1, 4, False),
}


def main() -> int:
    """Write the arrays and their record."""
    file = smollm.file()
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    first = file.setting("tokenizer.ggml.bos_token_id")
    arrays, texts = {}, {}
    for name, (text, number, head, begun) in TEXTS.items():
        ids = [first] * begun + tokenizer.encode(text)
        block = model.decoder.blocks[number - 1]
        layer, x = block.attention, block.attention_norm(model.states(ids)[number - 1])
        group = (head - 1) * len(layer.key.weight) // len(layer.query.weight)
        for part, made, at in (("query", layer.query, head - 1), ("key", layer.key, group)):
            arrays[f"{name}-{part}"] = layer.split(made(x))[at].astype(np.float16)
        arrays[f"{name}-value"] = layer.split(layer.value(x))[group].astype(np.float16)
        tokens = [tokenizer.decode([id_]) for id_ in ids]
        texts[name] = {"tokens": tokens, "block": number, "head": head, "base": block.base}
    np.savez_compressed(ARRAY, **arrays)
    record: dict[str, Any] = {
        "array": f"{ARRAY.name}: <text>-query, -key, -value: float16 [token, 64], before rotation",
        "numbers": "blocks and heads from 1; base is that of the rotation",
        **smollm.origin(),
        "script": "tools/make_one_head.py",
        "texts": texts,
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{ARRAY}: {len(texts)} texts, {ARRAY.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
