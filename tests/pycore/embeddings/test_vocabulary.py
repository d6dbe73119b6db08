"""Vocabularies against gensim's, and against texts that can be counted by eye."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import Word2Vec
from hypothesis import given
from hypothesis import strategies as st

from pycore.embeddings.vocabulary import Vocabulary

TEXTS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=12)


@given(TEXTS, st.integers(1, 4))
def test_counts_are_gensims(text: list[list[str]], min_count: int) -> None:
    theirs = Word2Vec(min_count=min_count, vector_size=1)
    theirs.build_vocab(text, trim_rule=None) if text else None
    expected = {word: theirs.wv.get_vecattr(word, "count") for word in theirs.wv.index_to_key}
    if not expected:
        with pytest.raises(ValueError, match=f"at least {min_count} times"):
            Vocabulary.build(text, min_count)
        return
    ours = Vocabulary.build(text, min_count)
    assert dict(zip(ours.words, ours.counts, strict=True)) == expected
    assert np.all(np.diff(ours.counts) <= 0)


@given(TEXTS)
def test_encoding_keeps_the_known_words_in_order(text: list[list[str]]) -> None:
    vocabulary = Vocabulary(("a", "c", "e"), np.array([3, 2, 1]))
    corpus = vocabulary.encode(text)
    back: list[list[str]] = [[] for _ in text]
    for word, sentence in zip(corpus.ids, corpus.sentence, strict=True):
        back[sentence].append(vocabulary.words[word])
    assert back == [[word for word in sentence if word in "ace"] for sentence in text]


def test_mistakes_are_named() -> None:
    with pytest.raises(ValueError, match="found the string 'to be'"):
        Vocabulary.build(["to be"], min_count=1)
    with pytest.raises(ValueError, match="found the string 'to be'"):
        Vocabulary(("to",), np.array([1])).encode(["to be"])
    with pytest.raises(ValueError, match="min_count of 1 or more, found 0"):
        Vocabulary.build([["to"]], min_count=0)
    with pytest.raises(ValueError, match="at least 5 times, found at most 2"):
        Vocabulary.build([["to", "be", "to"]])
