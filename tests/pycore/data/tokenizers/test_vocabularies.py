"""The shipped merges: made by the script from the pinned files, and named with their hash."""

from __future__ import annotations

import hashlib

import pytest

from pycore.data import FOLDER
from pycore.data.tokenizers import vocabularies
from sitegen.errors import AuthorError
from tools import make_gpt2_merges


def test_the_script_makes_the_shipped_bytes(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(make_gpt2_merges, "TARGET", tmp_path / "made.npz")
    try:
        assert make_gpt2_merges.main() == 0
    except AuthorError as error:
        pytest.skip(f"GPT-2's files cannot be had: {error}")
    assert "50,000 merges" in capsys.readouterr().out
    assert (tmp_path / "made.npz").read_bytes() == (FOLDER / vocabularies.GPT2).read_bytes()


@pytest.mark.parametrize("file", sorted(path.name for path in (FOLDER / "tokenizers").glob("*.*[nz]")))
def test_the_readme_names_its_hash(file):
    readme = (FOLDER / "tokenizers" / "README.md").read_text("utf-8")
    assert hashlib.sha256((FOLDER / "tokenizers" / file).read_bytes()).hexdigest() in readme
