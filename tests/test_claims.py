"""Numbers that the lessons state in their prose, measured on the vectors that they show."""

from __future__ import annotations

import numpy as np

from pycore.data import sentences, speeches, word_vectors
from pycore.data.indexes import ask, experiment
from pycore.figures import glove_counts, infonce, mixed_index, shortcut, skipgram_window, truncation
from pycore.live import company
from pycore.similarity import cosine


def test_how_the_vocabulary_stands_to_cat() -> None:
    vectors = word_vectors()
    cat = vectors.id("cat")
    others = np.delete(vectors.unit @ vectors.unit[cat], cat)
    assert f"{others.min():.2f}" == "-0.21"  # "the lowest cosine"
    assert 1 / 9.5 < (others > 0.3).mean() < 1 / 8.5  # "about one word in nine"
    assert 1 / 600 < (others > 0.6).mean() < 1 / 400  # "one in five hundred"
    assert 75 < np.degrees(np.arccos(others.mean())) < 85  # trained vectors "lean to one side together"


def test_frequent_words_are_not_the_longest() -> None:
    """Length mixes in frequency, but does not follow it: the prose must not say more."""
    lengths = np.linalg.norm(word_vectors().matrix, axis=1)
    ranks = np.argsort(np.argsort(lengths))
    assert -0.4 < np.corrcoef(ranks, np.arange(len(lengths)))[0, 1] < -0.1


def test_related_words_need_not_share_a_sentence() -> None:
    text, (before, _), (model, run) = company.text(), company.skipgram(), company.skipgram()
    assert 1000 <= len(speeches().sentences) < 1050  # "a thousand sentences"
    assert not any({"bank", "banks"} <= set(sentence) for sentence in speeches().sentences)
    i, j = text.ids(["bank", "banks"])
    assert f"{cosine(*before.vectors[[i, j]]):+.2f}" == "+0.09"
    run.to(company.TICKS)
    assert f"{cosine(model.vectors[i], model.vectors[j]):+.2f}" == "+0.57"
    assert (company.EPOCHS, company.WINDOW, model.negative) == (8, 5, 5)
    assert (skipgram_window.REACH, skipgram_window.NEGATIVES, glove_counts.X_MAX) == (2, 2, 10)


def test_the_dot_product_favours_long_words_and_distance_short_ones() -> None:
    assert word_vectors().words[shortcut._lengths().argmin()] == "likewise"
    orders = [
        np.diff([lengths_of(word, key) for key in ("dot", "cosine", "distance")])
        for word in word_vectors().words[::25]
    ]
    assert (np.array(orders) <= 0).mean(axis=0).min() > 0.97


def lengths_of(word: str, measure: str) -> float:
    return float(shortcut._lengths()[shortcut._scene(word, False).ids(measure)].mean())


def test_recall_and_distances_of_the_indexes() -> None:
    measured = experiment()
    hnsw, costs = measured.hits[0], measured.evaluations
    assert f"{hnsw[0].mean():.1f}" == "9.4"
    assert f"{costs[0, 0].mean() / 10019:.1%}" == "1.6%"
    assert f"{10 * costs[0, 0].mean() / 10019:.2f}" == "0.16"
    assert hnsw[6].mean() == 10
    assert f"{costs[0, 6].mean():.0f}" == "720"
    assert round(10019 / costs[0, 6].mean()) == 14
    winter = word_vectors().id("winter")
    assert ask("ivf", 1, winter).hits(ask("exact", 0, winter)) == 0


def test_cost_and_answers_of_the_encoders() -> None:
    assert 10_000 * 9_999 // 2 == 49_995_000
    assert f"{10_000 * 65 * 3600 / 49_995_000:.0f}" == "47"  # seconds for one query
    stored = sentences()
    cosines = stored.query_vectors @ stored.document_vectors.T
    ranks = [int((row > row[i]).sum()) + 1 for i, row in enumerate(cosines)]
    assert (ranks.count(1), max(ranks)) == (1, 5)
    assert len(stored.documents) == 24
    first = infonce.batch(0.05, 0)[2]
    assert first.probabilities[3].argmax() == 2  # the Moon loses to the tides
    losses = [infonce.batch(0.05, steps)[2] for steps in (0, 1, 10)]
    assert losses[0].loss > losses[1].loss > losses[2].loss
    assert np.trace(losses[2].similarities) > np.trace(losses[0].similarities)


def test_what_cutting_costs() -> None:
    kept = [truncation.kept(30, False), truncation.kept(30, True), truncation.kept(10, True)]
    assert [f"{value:.1f}" for value in kept] == ["5.3", "6.0", "3.2"]
    assert f"{truncation.score(10, True):.2f}" == "0.79"
    assert f"{truncation.score(100, False):.2f}" == "0.87"
    assert f"{1e7 * 1536 * 4 / 1e9:.0f}" == "61"

    def mean(d: int) -> float:
        return float(
            np.mean([c for word in truncation.QUERIES for _, c in truncation.neighbours(word, d, False)])
        )

    assert mean(10) > mean(100)  # the figure's "higher with 10 numbers than with 100"


def test_what_a_mixed_index_loses() -> None:
    right, best = mixed_index.averages("old", 50, False)[:2]
    assert (f"{right:.1f}", f"{best:+.2f}") == ("4.9", "+0.66")
    assert f"{mixed_index.averages('old', 0, False)[1]:+.2f}" == "+0.69"
    assert f"{mixed_index.averages('old', 100, False)[0]:.1f}" == "0.1"
    assert f"{mixed_index.averages('old', 100, True)[0]:.1f}" == "7.4"
    assert len(mixed_index.vocabulary()) == 1400
