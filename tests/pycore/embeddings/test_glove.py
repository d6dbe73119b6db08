"""GloVe against sums worked out by hand, finite differences, and counts whose answer is known."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.embeddings.glove import Counts, Floats, GloVe, cooccurrences, loss_and_gradients, weight
from pycore.embeddings.vocabulary import Corpus


def corpus_of(*sentences: list[int]) -> Corpus:
    ids = np.array([word for sentence in sentences for word in sentence], np.int64)
    return Corpus(ids, np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences]))


def as_dict(counts: Counts) -> dict[tuple[int, int], float]:
    return {(int(i), int(j)): float(x) for i, j, x in zip(*counts, strict=True)}


def test_counts_by_hand() -> None:
    # "the sea the" and "sea hill"; the=0, sea=1, hill=2. In the first sentence the-sea twice at distance 1
    # and the-the once at distance 2; in the second sea-hill once; nothing across the full stop.
    counts = as_dict(cooccurrences(corpus_of([0, 1, 0], [1, 2]), window=5))
    assert counts == {(0, 1): 2, (1, 0): 2, (0, 0): 2 * 1 / 2, (1, 2): 1, (2, 1): 1}
    narrow = as_dict(cooccurrences(corpus_of([0, 1, 0], [1, 2]), window=1))
    assert narrow == {(0, 1): 2, (1, 0): 2, (1, 2): 1, (2, 1): 1}


@given(st.lists(st.lists(st.integers(0, 5), max_size=9), max_size=6), st.integers(1, 12))
def test_counts_are_those_of_plain_loops(sentences: list[list[int]], window: int) -> None:
    expected: defaultdict[tuple[int, int], float] = defaultdict(float)
    for sentence in sentences:
        for here, word in enumerate(sentence):
            for there, other in enumerate(sentence):
                if 0 < abs(here - there) <= window:
                    expected[word, other] += 1 / abs(here - there)
    if not expected:
        with pytest.raises(ValueError, match="two words or more"):
            cooccurrences(corpus_of(*sentences), window)
        return
    counts = cooccurrences(corpus_of(*sentences), window)
    assert as_dict(counts) == pytest.approx(expected)
    assert list(as_dict(counts)) == sorted(expected)


def test_weight_closed_form() -> None:
    assert weight([1, 50, 100, 1e6]) == pytest.approx([100**-0.75, 0.5**0.75, 1, 1])
    assert weight([4], x_max=16, alpha=0.5) == pytest.approx([0.5])


def test_loss_by_hand() -> None:
    # First count: w.w~ = 1*3 + 2*(-1) = 1, biases .5 and .25, log 1 = 0: the error is 1.75, and f = .1**.75.
    # Second: w.w~ = 1*2 + 2*(-1) = 0, biases .5 and -1, log 20: the error is -.5 - log 20, and f = 1.
    words = np.array([[1.0, 2.0, 0.5]])
    contexts = np.array([[3.0, -1.0, 0.25], [2.0, -1.0, -1.0]])
    counts = Counts(np.array([0, 0]), np.array([0, 1]), np.array([1.0, 20.0]))
    loss, _, _ = loss_and_gradients(words, contexts, counts, x_max=10)
    assert loss == pytest.approx(0.1**0.75 * 1.75**2 + (0.5 + math.log(20)) ** 2, rel=1e-14)


def central_difference(
    words: Floats, contexts: Floats, counts: Counts, of: Floats, h: float = 1e-5
) -> Floats:
    """The loss's gradient with respect to `of`, one of the two arrays, changed in place and back."""
    gradient = np.zeros_like(of)
    for place in np.ndindex(of.shape):
        kept = of[place]
        of[place] = kept + h
        above = loss_and_gradients(words, contexts, counts)[0]
        of[place] = kept - h
        gradient[place] = (above - loss_and_gradients(words, contexts, counts)[0]) / (2 * h)
        of[place] = kept
    return gradient


@pytest.mark.parametrize("seed", range(5))
def test_gradients_are_finite_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words, contexts = rng.normal(size=(5, 4)), rng.normal(size=(6, 4))
    row, column = np.nonzero(rng.random((5, 6)) < 0.6)
    counts = Counts(row, column, rng.lognormal(2, 2, len(row)))
    _, word_gradients, context_gradients = loss_and_gradients(words, contexts, counts)
    expected = central_difference(words, contexts, counts, of=words)
    np.testing.assert_allclose(word_gradients, expected, rtol=1e-6, atol=1e-6)
    expected = central_difference(words, contexts, counts, of=contexts)
    np.testing.assert_allclose(context_gradients, expected, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def solvable() -> Counts:
    """Counts that vectors of 3 numbers and biases can meet exactly, with a third of them missing."""
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(2, 60, 3))
    bias, context_bias = rng.normal(size=(2, 60))
    logs = left @ right.T + bias[:, None] + context_bias
    row, column = np.nonzero(rng.random((60, 60)) < 2 / 3)
    return Counts(row, column, np.exp(logs[row, column]))


def test_training_meets_counts_that_can_be_met(solvable: Counts) -> None:
    model = GloVe(60, dim=3, rng=np.random.default_rng(1))
    losses = [progress.loss for progress in model.train(solvable, epochs=1000, batch=256, x_max=1, rate=0.1)]
    per_epoch = np.array(losses).reshape(1000, -1).mean(axis=1)
    assert np.all(np.diff(per_epoch[::100]) < 0)
    assert per_epoch[-1] < 1e-4 * per_epoch[0]
    predicted = (model.words[:, :-1] @ model.contexts[:, :-1].T)[solvable.row, solvable.column]
    predicted += model.words[solvable.row, -1] + model.contexts[solvable.column, -1]
    assert np.corrcoef(predicted, np.log(solvable.x))[0, 1] > 0.999


def test_first_step_is_adagrads(solvable: Counts) -> None:
    # One batch of everything: each number moves by rate * g / sqrt(1 + g**2).
    model = GloVe(60, dim=3, rng=np.random.default_rng(2))
    words, contexts = model.words.copy(), model.contexts.copy()
    loss, word_gradients, context_gradients = loss_and_gradients(words, contexts, solvable)
    (progress,) = model.train(solvable, epochs=1, batch=10_000, rate=0.5)
    np.testing.assert_allclose(
        model.words, words - 0.5 * word_gradients / np.hypot(1, word_gradients), atol=1e-5
    )
    moved = 0.5 * context_gradients / np.hypot(1, context_gradients)
    np.testing.assert_allclose(model.contexts, contexts - moved, atol=1e-5)
    assert progress.loss == pytest.approx(loss / len(solvable.x), rel=1e-4)
    assert progress.done == 1


def test_seed_decides_everything(solvable: Counts) -> None:
    def run(seed: int) -> Floats:
        model = GloVe(60, dim=3, rng=np.random.default_rng(seed))
        for _ in model.train(solvable, epochs=3, batch=64):
            pass
        return model.vectors

    assert np.array_equal(run(0), run(0))
    assert not np.array_equal(run(0), run(1))


def test_the_result_is_the_sum_of_both_vectors() -> None:
    model = GloVe(5, dim=2, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(model.vectors, model.words[:, :2] + model.contexts[:, :2])


def test_mistakes_are_named() -> None:
    one = Counts(np.array([0]), np.array([1]), np.array([1.0]))
    zero = Counts(np.array([0]), np.array([1]), np.array([0.0]))
    model = GloVe(1, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="window of 1 or more, found 0"):
        cooccurrences(corpus_of([0, 1]), window=0)
    with pytest.raises(ValueError, match="ids of 0 or more, found -1"):
        cooccurrences(corpus_of([0, -1]))
    with pytest.raises(ValueError, match="found none"):
        cooccurrences(corpus_of())
    with pytest.raises(ValueError, match="x_max above 0 and a finite alpha, found 0"):
        weight([1], x_max=0)
    with pytest.raises(ValueError, match="counts above 0, found 0"):
        loss_and_gradients(np.ones((1, 2)), np.ones((2, 2)), zero)
    with pytest.raises(ValueError, match="one width"):
        loss_and_gradients(np.ones((1, 2)), np.ones((2, 3)), one)
    with pytest.raises(IndexError):
        loss_and_gradients(np.ones((1, 2)), np.ones((1, 2)), one)
    with pytest.raises(ValueError, match="from 0 to 0, found 0 to 1"):
        model.train(one)
    with pytest.raises(ValueError, match="one count or more"):
        model.train(Counts(*(values[:0] for values in one)))
    with pytest.raises(ValueError, match="rate above 0, found 25, 4096, 0"):
        model.train(one, rate=0)
    near = Counts(np.array([0]), np.array([0]), np.array([1.0]))
    for settings in ({"rate": np.inf}, {"x_max": 0}, {"x_max": -1}, {"x_max": np.inf}, {"alpha": np.nan}):
        with pytest.raises(ValueError, match=r"expected .* finite"):
            model.train(near, **settings)
    for count in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"finite counts above 0, found {float(count)}"):
            model.train(near._replace(x=np.array([float(count)])))
    with pytest.raises(ValueError, match="size and dim of 1 or more, found 0 and 3"):
        GloVe(0, dim=3, rng=np.random.default_rng(0))
