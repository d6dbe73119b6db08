"""The two shipped spaces: the words that the script chooses, sound neighbours in each, and no shared axes."""

from __future__ import annotations

import numpy as np
import pytest

from pycore.data.embeddings import two_spaces
from pycore.embeddings.similarity import top_k
from pycore.embeddings.vocabulary import Vocabulary
from sitegen.errors import AuthorError
from tools.corpus import sentences
from tools.make_second_space import COUNT, DIM, FUNCTION_WORDS, OTHERS, chosen
from tools.make_word_vectors import SCREENED, profane_words


@pytest.fixture(scope="module")
def script_words():
    try:
        return chosen(Vocabulary.build(sentences()))
    except AuthorError as error:
        pytest.skip(f"the text or the word list cannot be had: {error}")


def test_both_files_hold_the_words_that_the_script_chooses(script_words):
    old, new = two_spaces()
    assert old.words == new.words == script_words
    assert old.matrix.shape == new.matrix.shape == (COUNT, DIM)
    assert not (profane_words() | SCREENED | FUNCTION_WORDS | OTHERS) & set(old.words)


@pytest.mark.parametrize(
    ("word", "near"),
    [("whale", "whales"), ("tax", "taxes"), ("children", "parents"), ("bank", "currency"), ("sea", "ocean")],
)
def test_each_space_makes_sense_by_itself(word, near):
    for space in two_spaces():
        i = space.id(word)
        found = top_k(space.unit, space.unit[i], 10, exclude=[i]).ids
        assert near in [space.words[j] for j in found]


def test_the_same_word_has_unrelated_places():
    old, new = two_spaces()
    own = np.sum(old.unit * new.unit, axis=1)
    assert abs(own.mean()) < 0.02
    assert abs(own).max() < 0.6
