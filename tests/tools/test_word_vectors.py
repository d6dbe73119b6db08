"""The shipped word vectors: made by the script, from the pinned source, of words that may be shown."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pycore.data import embeddings as data
from pycore.data.embeddings import word_vectors
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.real_vectors import glove
from tools import make_word_vectors
from tools.make_word_vectors import COUNT, LESSON_WORDS, SHORT_WORDS, is_shown, main


@pytest.fixture(scope="module")
def word_list():
    """The pinned list of profane words, each with a rating from 0 to 2."""
    try:
        return vendor.fetch("cuss").read_text("utf-8")
    except AuthorError as error:
        pytest.skip(f"the word list cannot be had: {error}")


@pytest.fixture
def source():
    return glove()


def test_the_source_is_glove_6b(source):
    """Its first words and row as Stanford's file glove.6B.100d.txt has them."""
    words, matrix = source
    assert words[:7] == ["the", ",", ".", "of", "to", "and", "in"]
    assert_allclose(matrix[0, :5], [-0.038194, -0.24487, 0.72812, -0.39961, 0.083172], rtol=1e-6)
    assert matrix.shape == (60_000, 100)
    assert len(set(words)) == 60_000
    # The source keeps a norm and an index behind the hundred numbers; they must not be in the rows.
    assert np.max(np.abs(matrix)) < 10


def test_the_script_makes_the_shipped_bytes(source, word_list, monkeypatch, tmp_path, capsys):
    words, matrix = source
    monkeypatch.setattr(make_word_vectors, "read_glove", lambda count: (words[:count], matrix[:count]))
    monkeypatch.setattr(make_word_vectors, "TARGET", tmp_path / "made.npz")
    assert main() == 0
    assert "10,019 words" in capsys.readouterr().out
    assert (tmp_path / "made.npz").read_bytes() == (data.FOLDER / "glove-100d.npz").read_bytes()


def test_each_shipped_row_is_its_words_row(source):
    words, matrix = source
    row = {word: i for i, word in enumerate(words)}
    shipped = word_vectors()
    original = matrix[[row[word] for word in shipped.words]]
    # Half a step of the largest entry's 127 steps, and the rounding of the step itself.
    step = np.max(np.abs(original), axis=1, keepdims=True) / 127
    assert np.all(np.abs(shipped.matrix - original) <= 0.51 * step)


def test_words_are_plain_and_in_order_of_frequency(source):
    shipped = word_vectors().words
    assert len(shipped) == len(set(shipped)) == 10_019
    assert all(re.fullmatch("[a-z]+", word) for word in shipped)
    assert all(len(word) > 2 or word in SHORT_WORDS for word in shipped)
    row = {word: i for i, word in enumerate(source[0])}
    places = [row[word] for word in shipped[:COUNT]]
    assert places == sorted(places)
    assert set(shipped[COUNT:]) <= set(LESSON_WORDS) <= set(shipped)
    assert all(row[word] > places[-1] for word in shipped[COUNT:])


def test_no_word_is_rated_as_surely_profane(word_list):
    """Read the ratings in another way than the script: each line is `  word: 2,` or `  'two words': 2,`."""
    profane = set()
    for line in word_list.splitlines():
        key, _, rating = line.strip().removesuffix(",").rpartition(": ")
        if rating == "2":
            profane.add(key.strip("'"))
    assert len(profane) > 100
    assert profane == make_word_vectors.profane_words()
    assert not profane & set(word_vectors().words)
    assert not make_word_vectors.SCREENED & set(word_vectors().words)


@pytest.mark.parametrize("token", [",", "'s", "u.s.", "2008", "naïve", "Cat", "", "bc", "x", "cat\n"])
def test_other_tokens_are_not_shown(token):
    assert not is_shown(token, set())


def test_screened_words_are_not_shown():
    assert is_shown("cat", set())
    assert is_shown("we", set())
    assert not is_shown("cat", {"cat"})


def test_the_readme_has_the_files_hashes():
    table = [line for line in (data.FOLDER / "README.md").read_text("utf-8").splitlines() if "`" in line]
    hashed = {
        line.split("|")[1].split(",")[0].strip(): re.findall(r"\b[0-9a-f]{64}\b", line) for line in table
    }
    shipped = {path.name for path in data.FOLDER.iterdir() if path.suffix in (".npz", ".json")}
    named = {name.strip() for line in table for name in line.split("|")[1].split(",")}
    assert shipped == named
    for name, digests in hashed.items():
        assert digests == [hashlib.sha256((data.FOLDER / name).read_bytes()).hexdigest()], name
