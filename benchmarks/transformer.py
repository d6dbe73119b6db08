"""MiniLM on twelve sentences: pycore's forward pass and onnxruntime's, both in float32 on the same tokens.

The ONNX file stores its weights as int8; its graph turns them into float32 first, and onnxruntime
does so once, when it loads it. So both sides do the same arithmetic on all cores.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from benchmarks import Row, median_time
from pycore.transformers.minilm import MiniLM, pad
from pycore.transformers.safetensors import read_safetensors
from sitegen import vendor

SENTENCES = (
    "The kitchen smells of onions and warm bread.",
    "Could you send me the report before noon?",
    "Snow fell all night on the empty station.",
    "A model is only as good as the data behind it.",
    "My sister plays the violin in a small orchestra.",
    "The ferry to the island leaves every two hours.",
    "Nobody remembered who had locked the gate.",
    "Interest rates rose again in the last quarter of the year.",
    "The fox crossed the road and vanished in the corn.",
    "He reads two newspapers every morning, one of them for the crossword.",
    "Plants turn sunlight, water and air into sugar.",
    "The museum is closed on Mondays except in August.",
)


def rows() -> Iterable[Row]:
    """Measure one batch of all sentences."""
    model = MiniLM.from_tensors(read_safetensors(vendor.fetch("minilm", "model.safetensors").read_bytes()))
    tokenizer = Tokenizer.from_file(str(vendor.fetch("minilm", "tokenizer.json")))
    tokenizer.no_padding()
    ids, mask = pad([encoding.ids for encoding in tokenizer.encode_batch(SENTENCES)])
    session = onnxruntime.InferenceSession(vendor.fetch("minilm-onnx"), providers=["CPUExecutionProvider"])
    feed = {
        "input_ids": ids,
        "attention_mask": mask.astype(np.int64),
        "token_type_ids": np.zeros_like(ids),
    }
    yield Row(
        f"MiniLM, {ids.shape[0]} sentences padded to {ids.shape[1]} tokens",
        median_time(lambda: model(ids, mask)) * 1e3,
        "ms",
        f"onnxruntime {onnxruntime.__version__}",
        median_time(lambda: session.run(None, feed)) * 1e3,
    )
