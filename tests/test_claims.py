"""Numbers that the lessons state in their prose, measured on the vectors that they show."""

from __future__ import annotations

import numpy as np

from pycore.data import word_vectors
from pycore.similarity import top_k


def test_how_the_vocabulary_stands_to_cat() -> None:
    vectors = word_vectors()
    cat = vectors.id("cat")
    others = np.delete(vectors.unit @ vectors.unit[cat], cat)
    assert f"{others.min():.2f}" == "-0.21"  # "the lowest cosine"
    assert 1 / 9.5 < (others > 0.3).mean() < 1 / 8.5  # "about one word in nine"
    assert 1 / 600 < (others > 0.6).mean() < 1 / 400  # "one in five hundred"
    assert 75 < np.degrees(np.arccos(others.mean())) < 85  # "the crowd stands short of" the right angle


def test_distance_and_angle_share_seven_of_ten_neighbours() -> None:
    vectors = word_vectors()
    shared = []
    for i in range(0, len(vectors), 50):
        by_angle = top_k(vectors.unit, vectors.unit[i], 10, exclude=[i]).ids
        distances = np.linalg.norm(vectors.matrix - vectors.matrix[i], axis=1)
        distances[i] = np.inf
        shared.append(len(set(by_angle) & set(np.argsort(distances)[:10])))
    assert 6.5 < np.mean(shared) < 7.5


def test_frequent_words_are_not_the_longest() -> None:
    """Length mixes in frequency, but does not follow it: the prose must not say more."""
    lengths = np.linalg.norm(word_vectors().matrix, axis=1)
    ranks = np.argsort(np.argsort(lengths))
    assert -0.4 < np.corrcoef(ranks, np.arange(len(lengths)))[0, 1] < -0.1
