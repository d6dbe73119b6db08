"""What the scripts that run all-MiniLM-L6-v2 share: the model, its tokens, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pycore.transformers.minilm import MiniLM, pad
from pycore.transformers.safetensors import read_safetensors
from sitegen import vendor

LAYERS = "0 is what enters the first block, 1 to 6 are what leaves each block"


def model() -> MiniLM:
    """Load the model."""
    return MiniLM.from_tensors(read_safetensors(vendor.fetch("minilm", "model.safetensors").read_bytes()))


def tokenizer() -> Tokenizer:
    """Load the model's own tokenizer."""
    loaded = Tokenizer.from_file(str(vendor.fetch("minilm", "tokenizer.json")))
    loaded.no_padding()
    return loaded


def sentence_vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """Run the model on each text; unit vectors, float32 [texts, 384]."""
    encodings = tokenizer().encode_batch(list(texts))
    return model().embed(*pad([encoding.ids for encoding in encodings])).astype(np.float32)


def token_states(words: Sequence[str], texts: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
    """Run the model on each text and keep the one token that is its word.

    Returns
    -------
    states
        float32 [texts, 7, 384]: layer 0 enters the first block, layers 1 to 6 leave the six blocks.
    positions
        Where the word stands among each text's tokens; [CLS] is token 0.
    """
    encodings = tokenizer().encode_batch(list(texts))
    for word, text, encoding in zip(words, texts, encodings, strict=True):
        if encoding.tokens.count(word) != 1:
            raise SystemExit(f"expected one token {word}, found {encoding.tokens.count(word)}: {text}")
    positions = [encoding.tokens.index(word) for word, encoding in zip(words, encodings, strict=True)]
    hidden = model()(*pad([encoding.ids for encoding in encodings])).hidden
    return hidden[:, np.arange(len(texts)), positions].swapaxes(0, 1).astype(np.float32), positions


def origin() -> dict[str, Any]:
    """Tell, for the record beside the data, which model this is and under what licence."""
    pins = vendor.table()["minilm"]
    return {
        "model": "all-MiniLM-L6-v2",
        "home": pins.home,
        "license": f"{pins.license} (the model and these numbers, which were computed from it)",
        "pin": f"minilm {pins.version} in pyproject.toml",
        "sha256": {name: pins.files[name] for name in ("model.safetensors", "tokenizer.json")},
    }
