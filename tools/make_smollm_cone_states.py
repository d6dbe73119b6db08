"""Make pycore/data/embeddings/smollm-cone-states.npz: what SmolLM2 makes of the words of cone-states.json.

Run it with `python -m tools.make_smollm_cone_states`. Words and sentences are the ones that
`tools.make_cone_states` drew. SmolLM2 may cut a word into several tokens, and the space before it belongs to
the first: what is kept is the word's last token, the first place where the model has read the whole word.

Before each sentence stands the token that the file names as a text's first, as [CLS] does for MiniLM.
Whatever comes first is where such a model parks its attention (Xiao et al. 2023, arXiv 2309.17453): its
vector grows a hundredfold and says nothing of its word, and six of the 80 words begin their sentence.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.data.embeddings import SMOLLM_BLOCKS, cone_states
from pycore.embeddings.vectors import quantize
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.gguf import GGUF
from pycore.transformers.llama import Llama
from tools import smollm

ARRAY = Path("pycore/data/embeddings/smollm-cone-states.npz")
RECORD = ARRAY.with_suffix(".json")


def up_to(tokenizer: GGUFTokenizer, word: str, sentence: str) -> list[int]:
    """Cut a sentence into tokens, up to the one with which a word ends that stands in it once."""
    (found,) = re.finditer(rf"(?<![A-Za-z]){word}(?![A-Za-z])", sentence, re.IGNORECASE)
    end = len(sentence[: found.end()].encode())
    ids = tokenizer.encode(sentence)
    ends = np.cumsum([len(tokenizer.vocabulary[id_]) for id_ in ids]).tolist()
    if end not in ends:
        raise SystemExit(f"expected a token that ends with {word}, found none: {sentence}")
    return ids[: ends.index(end) + 1]


def hidden_states(file: GGUF, words: Sequence[str], sentences: Sequence[str]) -> NDArray[np.float32]:
    """Run the model on each sentence and keep the last token of its word: float32 [words, blocks, 576]."""
    model, tokenizer = Llama.from_gguf(file), GGUFTokenizer.from_metadata(file.metadata)
    first = file.setting("tokenizer.ggml.bos_token_id")
    states = []
    for word, sentence in zip(words, sentences, strict=True):
        # What follows the word cannot change its vector, so the model need not read it.
        read = [first, *up_to(tokenizer, word, sentence)]
        states.append(model.states(read)[list(SMOLLM_BLOCKS), -1])
    return np.stack(states).astype(np.float32)


def main() -> int:
    """Write the array and its record."""
    words = cone_states()
    states = hidden_states(smollm.file(), words.words, words.sentences)
    rows, scale = quantize(states.reshape(-1, states.shape[-1]))
    np.savez_compressed(ARRAY, rows=rows.reshape(states.shape), scale=scale.reshape(states.shape[:2]))
    record = {
        "array": f"{ARRAY.name}: rows int8 [word, block, coordinate], scale float16 [word, block]",
        "content": "the hidden state of each word's last token, rounded from float32",
        "blocks": SMOLLM_BLOCKS,
        "numbers": "0 is the row of the table, k is what leaves block k; 30 is not yet normalised",
        **smollm.origin(),
        "words": "those of cone-states.json, each in the sentence that it has there, behind <|im_start|>",
        "script": "tools/make_smollm_cone_states.py",
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{ARRAY}: {len(words.words)} words, {ARRAY.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
