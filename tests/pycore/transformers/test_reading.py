"""A text that is read bit by bit, cut back and tried otherwise: scores must be those of the whole text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from pycore.transformers import reading
from pycore.transformers.llama import Llama
from pycore.transformers.reading import Reading

MODEL = Llama.random(np.random.default_rng(0), vocabulary=20, dim=16, heads=4, groups=2, blocks=2)
TEXT = st.lists(st.integers(0, 19), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(TEXT, st.integers(1, 5)), min_size=1, max_size=6))
def test_whatever_was_read_before_the_scores_are_those_of_the_text(texts):
    reader = Reading(MODEL)
    for text, most in texts:
        left = []
        while (scores := reader.read(text, most)) is None:
            left.append(reader.left(text))
        assert left == sorted(left, reverse=True)
        assert_allclose(scores, MODEL(text), atol=1e-9)
        assert reader.left(text) == 0


def test_going_back_and_forth_computes_nothing_anew():
    reader = Reading(MODEL)
    first = reader.read([1, 2, 3])
    reader.read([1, 2, 3, 4])
    assert reader.read([1, 2, 3]) is first
    assert reader.tokens == [1, 2, 3, 4]


def test_it_does_not_remember_for_ever(monkeypatch):
    monkeypatch.setattr(reading, "KEPT", 2)
    reader = Reading(MODEL)
    first = reader.read([1])
    for text in ([2], [3]):
        reader.read(text)
    assert reader.read([1]) is not first


def test_after_an_error_it_begins_anew():
    reader = Reading(MODEL)
    reader.read([1, 2])
    with pytest.raises(ValueError, match="expected token numbers"):
        reader.read([1, 2, 99])
    assert reader.tokens == []
    assert_allclose(reader.read([1, 2, 3]), MODEL([1, 2, 3]))


def test_what_is_remembered_cannot_be_changed():
    scores = Reading(MODEL).read([1, 2, 3])
    with pytest.raises(ValueError, match="read-only"):
        scores[0] = 7
