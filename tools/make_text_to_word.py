"""Make pycore/data/transformers/text-to-word.json: four short texts on their way to the next word.

Run it with `python -m tools.make_text_to_word`. SmolLM2 writes on, always what it holds likeliest, until a
sentence ends or `MOST` tokens are written. For each token it keeps the row of the model's table; for each
text that it reads on the way, where one head looks from the last token, and the likeliest next tokens.

The head is one of the nine of block 24, where heads take words of meaning up into the last token: that
without which the next token's chances change most (Kullback-Leibler, in bits).
"""

from __future__ import annotations

import json
import sys

import numpy as np

from pycore.data.transformers.text_to_word import FILE, NUMBERS, SCALE
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.attention import softmax
from pycore.transformers.llama import Llama
from tools import smollm
from tools.make_heads import last_logits, likeliest

TEXTS = {
    "france": "The capital of France is",
    "count": "One, two, three, four,",
    "hot": "The opposite of hot is",
    "roses": "Roses are red, violets are",
}
MOST = 4
BLOCK = 23  # from 0


def main() -> int:
    """Write the record."""
    file = smollm.file()
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    first = int(file.setting("tokenizer.ggml.bos_token_id"))
    texts = {}
    for name, text in TEXTS.items():
        ids = [first, *tokenizer.encode(text)]
        given, steps = len(ids), []
        while len(ids) <= given + MOST and "." not in tokenizer.decode(ids[given:]):
            states = model.states(ids)
            p = softmax(model.read(states[-1, -1]).astype(np.float64))
            needed = []
            for head in range(model.decoder.blocks[BLOCK].attention.heads):
                other = softmax(last_logits(model, states, [[BLOCK, head]]).astype(np.float64))
                needed.append(float(np.sum(p * np.log2(p / other))))
            head = int(np.argmax(needed))
            looks = model.decoder.blocks[BLOCK].attend(states[BLOCK])[1][head, -1]
            guesses, chances = likeliest(p)
            steps.append(
                {
                    "head": head,
                    "percent": np.rint(100 * looks).astype(int).tolist(),
                    "next": [
                        [tokenizer.decode([id_]), round(x, 4)]
                        for id_, x in zip(guesses, chances, strict=True)
                    ],
                }
            )
            print(name, steps[-1], flush=True)
            ids.append(guesses[0])
        read = ids[: given + len(steps) - 1]
        rows = model.table[read][:, :NUMBERS]
        texts[name] = {
            "text": text,
            "given": given,
            "ids": read,
            "tokens": [tokenizer.decode([id_]) for id_ in read],
            "rows": np.rint(rows * SCALE).astype(int).tolist(),
            "steps": steps,
        }
    record = {
        "content": f"made by SmolLM2; rows: the first {NUMBERS} numbers of each token's row, times {SCALE}",
        **smollm.origin(),
        "script": "tools/make_text_to_word.py",
        "block": BLOCK,
        "size": list(model.table.shape),
        "texts": texts,
    }
    FILE.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
