"""What the lessons state in words, measured on the data that they show.

Numbers that stand in the prose are computed where they stand: `content/*.claims.py`.
"""

from __future__ import annotations

import numpy as np

from pycore.data.embeddings import speeches, word_vectors
from pycore.figures.embeddings import infonce, shortcut, truncation


def test_trained_vectors_lean_to_one_side() -> None:
    vectors = word_vectors()
    cat = vectors.id("cat")
    others = np.delete(vectors.unit @ vectors.unit[cat], cat)
    assert 75 < np.degrees(np.arccos(others.mean())) < 85


def test_frequent_words_are_not_the_longest() -> None:
    """Length mixes in frequency, but does not follow it: the prose must not say more."""
    lengths = np.linalg.norm(word_vectors().matrix, axis=1)
    ranks = np.argsort(np.argsort(lengths))
    assert -0.4 < np.corrcoef(ranks, np.arange(len(lengths)))[0, 1] < -0.1


def test_related_words_need_not_share_a_sentence() -> None:
    assert 1000 <= len(speeches().sentences) < 1050  # "a thousand sentences"
    assert not any({"bank", "banks"} <= set(sentence) for sentence in speeches().sentences)


def test_the_dot_product_favours_long_words_and_distance_short_ones() -> None:
    assert word_vectors().words[shortcut._lengths().argmin()] == "likewise"
    orders = [
        np.diff([lengths_of(word, key) for key in ("dot", "cosine", "distance")])
        for word in word_vectors().words[::25]
    ]
    assert (np.array(orders) <= 0).mean(axis=0).min() > 0.97


def lengths_of(word: str, measure: str) -> float:
    return float(shortcut._lengths()[shortcut._scene(word, False).ids(measure)].mean())


def test_steps_of_infonce_pull_the_diagonal_up() -> None:
    first = infonce.batch(0.05, 0)[2]
    assert first.probabilities[3].argmax() == 2  # the Moon loses to the tides
    losses = [infonce.batch(0.05, steps)[2] for steps in (0, 1, 10)]
    assert losses[0].loss > losses[1].loss > losses[2].loss
    assert np.trace(losses[2].similarities) > np.trace(losses[0].similarities)


def test_cutting_raises_cosines() -> None:
    def mean(d: int) -> float:
        return float(
            np.mean([c for word in truncation.QUERIES for _, c in truncation.neighbours(word, d, False)])
        )

    assert mean(10) > mean(100)  # the figure's "higher with 10 numbers than with 100"
