"""Oracle: `learn_merges`, which is checked against the tokenizers library; counts against plain counting."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.bpe_steps import StepwiseTraining
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.pretokenize import split_words
from tests.pycore.real_text import declarations

TEXTS = st.text("ab ", max_size=120) | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 3), st.integers(0, 40))
def test_the_same_merges_and_tokens_at_each_step(text: str, least: int, count: int) -> None:
    words = Counter(split_words(text))
    training = StepwiseTraining(words, least)
    done = training.learn(count)
    merges = learn_merges(words, count, least)
    assert training.merges == merges
    assert done == len(merges)
    for step in range(done + 1):
        tokenizer = BytePairTokenizer(merges[:step])
        assert [list(training.tokens(word, step)) for word in words] == [tokenizer.encode(w) for w in words]
    assert training.vocabulary[256:] == list(BytePairTokenizer(merges).vocabulary.values())[256:]


def test_counts_are_those_of_all_words() -> None:
    words = Counter(split_words(declarations()[3][:2000]))
    training = StepwiseTraining(words)
    training.learn(20)
    plain: Counter[tuple[int, int]] = Counter()
    for word, times in words.items():
        ids = training.tokens(word, 20)
        for at in range(len(ids) - 1):
            plain[ids[at], ids[at + 1]] += times
    assert training.counts(20) == plain
    ranked = training.ranked(20, 1000)
    assert dict(ranked) == plain
    assert ranked == sorted(ranked, key=lambda item: (-item[1], item[0]))


def test_learning_less_does_not_forget() -> None:
    training = StepwiseTraining({"abab": 3})
    assert training.learn(9) == 2
    assert training.learn(1) == 1
    assert len(training.merges) == 2
    assert len(training.words(1)[0]) == 2


def test_bad_input() -> None:
    with pytest.raises(ValueError, match="expected min_count >= 1, found 0"):
        StepwiseTraining({"a": 1}, 0)
    with pytest.raises(UnicodeEncodeError):
        StepwiseTraining({"\ud800": 1})
    assert StepwiseTraining({}).learn(5) == 0
