"""The counted vocabulary sizes: made by the script."""

from __future__ import annotations

import pytest

from pycore.data import FOLDER
from pycore.figures.tokenizers.vocabulary_size import FILE
from tools import make_vocabulary_curve


@pytest.mark.slow
def test_the_script_makes_the_shipped_bytes(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(make_vocabulary_curve, "TARGET", tmp_path / "made.json")
    assert make_vocabulary_curve.main() == 0
    assert "14 sizes" in capsys.readouterr().out
    assert (tmp_path / "made.json").read_bytes() == (FOLDER / FILE).read_bytes()
