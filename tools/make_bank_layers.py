"""Make pycore/data/transformers/bank-layers.npz: what SmolLM2 makes of *bank* in lesson 03's 24 sentences.

Run it with `python -m tools.make_bank_layers`. Each sentence is read once, up to *bank*, since what follows
cannot change its vector; and once with the whole sentence before it, up to its second *bank*, which so has
read everything (Springer et al. 2024, arXiv 2402.15449).

The 24 vectors of a block have 576 coordinates, but any 24 vectors lie in 24 dimensions. What is kept is their
coordinates there, in directions of the vectors' own (QR), so that all lengths, angles and distances stay.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from pycore.data.embeddings import bank_states
from pycore.data.transformers.bank import ARRAY, FOLDER, READINGS
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.llama import Llama
from tools import smollm
from tools.make_smollm_cone_states import up_to


def read(tokenizer: GGUFTokenizer, first: int, sentence: str) -> dict[str, list[int]]:
    """Return the tokens up to the *bank* that counts, read once and read twice."""
    again = up_to(tokenizer, "bank", f" {sentence}")
    return {
        "once": [first, *up_to(tokenizer, "bank", sentence)],
        "twice": [first, *tokenizer.encode(sentence), *again],
    }


def main() -> int:
    """Write the array and its record."""
    file = smollm.file()
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    first = int(file.setting("tokenizer.ggml.bos_token_id"))
    sentences = bank_states().sentences
    tokens = [read(tokenizer, first, sentence) for sentence in sentences]
    kept = []
    for reading in READINGS:
        states = np.stack([model.states(one[reading])[:, -1] for one in tokens], axis=1)
        # x = (q r)ᵀ with columns of q at right angles: rᵀ are the coordinates along them.
        kept.append(np.linalg.qr(states.astype(np.float64).swapaxes(1, 2)).R.swapaxes(1, 2))
    np.savez_compressed(FOLDER / ARRAY, states=np.array(kept, np.float32))
    record = {
        "array": f"{ARRAY}: float32 [reading, block, sentence, coordinate]",
        "readings": READINGS,
        "content": "the states of bank in the sentences of bank-states.json, turned into the 24 dimensions "
        "that they span; block 0 is the row of the table, 30 is not yet normalised",
        **smollm.origin(),
        "script": "tools/make_bank_layers.py",
    }
    (FOLDER / ARRAY).with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"{ARRAY}: {(FOLDER / ARRAY).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
