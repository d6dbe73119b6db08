"""Our own small model: the files are those described, small, and read by gguf as by us."""

from __future__ import annotations

import hashlib

import gguf
import numpy as np
import pytest

from pycore.data import FOLDER
from pycore.data.transformers.speeches import (
    END,
    MODEL,
    TRAINING,
    speech_file,
    speech_model,
    speech_tokenizer,
)


@pytest.mark.parametrize("name", [MODEL, TRAINING])
def test_the_readme_tells_the_hash(name):
    readme = (FOLDER / "transformers" / "README.md").read_text("utf-8")
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() in readme


def test_the_weights_are_those_that_the_gguf_package_reads_and_small():
    assert (FOLDER / MODEL).stat().st_size < 1_500_000
    for tensor in gguf.GGUFReader(FOLDER / MODEL).tensors:
        expected = gguf.dequantize(tensor.data, tensor.tensor_type)
        assert np.array_equal(speech_file().tensors[tensor.name].floats().ravel(), expected.ravel())


def test_its_tokenizer_takes_any_text_and_gives_it_back():
    tokenizer = speech_tokenizer()
    assert len(tokenizer.vocabulary) == len(speech_model().table)
    assert tokenizer.special_tokens == {END: 0}
    for text in ("The Congress of 1848", "naïve 数学 🙂 \0\n", ""):
        assert tokenizer.decode(tokenizer.encode(text)) == text
