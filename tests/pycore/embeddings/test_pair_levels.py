"""Mean probabilities of true and random pairs against a plain loop, and against the optimum of skip-gram."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pycore.embeddings.pair_levels import chance, levels, seen
from pycore.embeddings.skipgram import SkipGram, noise_distribution
from pycore.embeddings.vocabulary import Vocabulary

TEXT = [["sea", "salt", "sea", "ship"], ["hill", "green", "hill"], ["salt", "ship", "sea", "salt"]] * 40


def test_pairs_by_a_loop() -> None:
    vocabulary = Vocabulary.build(TEXT)
    expected = np.zeros((len(vocabulary.words),) * 2)
    for sentence in TEXT:
        for i, one in enumerate(sentence):
            for j, other in enumerate(sentence):
                if i != j and abs(i - j) <= 3:
                    expected[vocabulary.index[one], vocabulary.index[other]] += (4 - abs(i - j)) / 3
    assert seen(vocabulary.encode(TEXT), len(vocabulary.words), 3) == pytest.approx(expected)


def test_means_by_a_loop() -> None:
    rng = np.random.default_rng(1)
    v, u, pairs = rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), rng.integers(0, 4, (5, 5)).astype(float)
    noise = noise_distribution([5, 4, 3, 2, 1])
    p = [[1 / (1 + math.exp(-sum(a * b for a, b in zip(x, y, strict=True)))) for y in u] for x in v]
    cells = [(i, j) for i in range(5) for j in range(5)]
    true = sum(pairs[i, j] * p[i][j] for i, j in cells) / pairs.sum()
    drawn = sum(pairs[i].sum() * noise[j] * p[i][j] for i, j in cells) / pairs.sum()
    assert levels(v, u, pairs, noise) == pytest.approx((true, drawn))


def test_long_vectors_overflow_nowhere() -> None:
    v, u = np.array([[100.0], [-100.0]]), np.array([[10.0], [10.0]])
    with np.errstate(over="raise"):
        assert levels(v, u, np.array([[0.0, 1], [0, 0]]), np.array([0.5, 0.5])) == (1, 1)


@pytest.mark.parametrize("k", [1, 5])
def test_words_that_meet_by_chance_settle_at_one_in_one_plus_k(k: int) -> None:
    """A text in which every word follows every other as often as chance has it teaches nothing else.

    Of six equally frequent words one in six is drawn in vain, since it is the context word itself.
    """
    rng = np.random.default_rng(2)
    text = [[str(word) for word in rng.integers(0, 6, 12)] for _ in range(400)]
    vocabulary = Vocabulary.build(text)
    model = SkipGram(vocabulary, 8, k, rng=rng)
    corpus = vocabulary.encode(text)
    for _ in model.train(corpus, epochs=6, window=4, sample=1, rate=0.05, batch=64, pool=256):
        pass
    noise = noise_distribution(vocabulary.counts)
    found = levels(model.vectors, model.contexts, seen(corpus, len(vocabulary.words), 4), noise)
    assert found == pytest.approx((chance(k * 5 / 6),) * 2, abs=0.02)
