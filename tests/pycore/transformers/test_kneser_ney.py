"""Kneser-Ney beside its definition, worked out with dictionaries and a loop for each token."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.transformers.kneser_ney import KneserNey, discounts

VOCABULARY = 4
TEXTS = st.lists(st.integers(0, VOCABULARY - 1), min_size=5, max_size=60)


def grams(text, length):
    return [tuple(text[i : i + length]) for i in range(len(text) - length + 1)]


def counts_of(text, length, order):
    """Occurrences for the longest, else in how many different company a sequence was seen."""
    if length == order:
        return Counter(grams(text, order))
    longer = set(counts_of(text, length + 1, order))
    return Counter(gram[1:] for gram in longer)


def chance(text, context, token, order):
    length = len(context) + 1
    counts = counts_of(text, length, order)
    shorter = chance(text, context[1:], token, order) if context else 1 / VOCABULARY
    mine = {gram: count for gram, count in counts.items() if gram[:-1] == context}
    if not mine:
        return shorter
    off = (0.0, *discounts(np.array(list(counts.values()))))
    taken = sum(off[min(count, 3)] for count in mine.values())
    own = counts[(*context, token)]
    return (own - off[min(own, 3)] + taken * shorter) / sum(mine.values())


@settings(deadline=None, max_examples=40)
@given(TEXTS, TEXTS, st.integers(1, 4))
def test_it_is_what_its_definition_says(text, asked, order):
    found = KneserNey(np.array(text), VOCABULARY, order).probabilities(np.array(asked))
    for place, token in enumerate(asked):
        context = tuple(asked[max(0, place - order + 1) : place])
        assert found[place] == pytest.approx(chance(text, context, token, order))


@settings(deadline=None, max_examples=20)
@given(TEXTS, st.lists(st.integers(0, VOCABULARY - 1), max_size=4))
def test_the_chances_of_all_that_may_follow_add_up_to_one(text, context):
    model = KneserNey(np.array(text), VOCABULARY, 3)
    last = [model.probabilities(np.array([*context, token]))[-1] for token in range(VOCABULARY)]
    assert sum(last) == pytest.approx(1)
    assert min(last) >= 0


def test_what_was_frequent_in_one_company_alone_is_unlikely_elsewhere():
    """Francisco, seen often behind San alone, is less likely behind another word than a rarer free one."""
    san, francisco, free, a, b, c = range(6)
    text = [a, free, b, free, c, free] + [san, francisco] * 9 + [c, free, a]
    model = KneserNey(np.array(text), 6, 2)
    after_free = {token: model.probabilities(np.array([free, token]))[-1] for token in (francisco, free)}
    assert text.count(francisco) > text.count(free)
    assert after_free[francisco] < after_free[free]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="63 bits"):
        KneserNey(np.arange(5), 2**13, 5)
    with pytest.raises(ValueError, match="below 4"):
        KneserNey(np.array([1, 2, 3, 4]), 4, 2)
    assert KneserNey(np.array([0, 1, 0, 1]), 2, 2).size == 4
