"""The transformers library's logits processors are the oracle for what is kept; the draws are counted."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from pycore.transformers.sampling import Sampler, draw, probabilities


@given(
    st.integers(0, 2**32 - 1),
    st.floats(0.2, 3),
    st.none() | st.integers(1, 60),
    st.none() | st.floats(0.01, 0.999),
)
def test_chances_are_those_of_transformers(seed, temperature, top_k, top_p):
    logits = np.random.default_rng(seed).normal(0, 3, 40)
    steps = [TemperatureLogitsWarper(temperature)]
    if top_k is not None:
        steps.append(TopKLogitsWarper(top_k))
    if top_p is not None:
        steps.append(TopPLogitsWarper(top_p))
    scores = torch.tensor(logits)[None]
    for step in steps:
        scores = step(None, scores)
    np.testing.assert_allclose(
        probabilities(logits, temperature, top_k, top_p), scores.softmax(-1)[0].numpy(), atol=1e-12
    )


def test_greedy_takes_the_first_of_the_likeliest_and_needs_no_luck():
    logits = np.array([1.0, 3.0, -np.inf, 3.0])
    assert probabilities(logits, temperature=0).tolist() == [0, 1, 0, 0]
    assert {Sampler(temperature=0, seed=seed)(logits) for seed in range(20)} == {1}


def test_of_equal_tokens_the_first_are_kept():
    assert probabilities(np.zeros(4), top_k=3).round(3).tolist() == [0.333, 0.333, 0.333, 0]
    assert probabilities(np.zeros(4), top_p=0.5).tolist() == [0.5, 0.5, 0, 0]


def test_a_top_p_of_one_keeps_every_token():
    """Sums of many chances reach 1 early in floating point; no token may fall out by that."""
    for seed in range(12):
        logits = np.random.default_rng(seed).normal(0, 12, 2048)
        assert (probabilities(logits, 0.5, top_p=1.0) > 0).sum() == (probabilities(logits, 0.5) > 0).sum()


def test_tokens_are_drawn_as_often_as_their_chances_say():
    logits = np.log([0.5, 0.25, 0.15, 0.06, 0.04])
    sampler = Sampler(temperature=1.0, top_k=4, seed=3)
    counts = np.bincount([sampler(logits) for _ in range(20_000)], minlength=5)
    expected = probabilities(logits, top_k=4)
    # Four standard deviations of a count.
    assert (np.abs(counts / 20_000 - expected) <= 4 * np.sqrt(expected * (1 - expected) / 20_000)).all()


def test_the_seed_decides():
    logits = np.random.default_rng(0).normal(size=50)
    texts = [[Sampler(seed=seed)(logits) for _ in range(1)] for seed in (1, 1, 2)]
    first, second, other = ([sampler(logits) for _ in range(30)] for sampler in map(new, (1, 1, 2)))
    assert texts[0] == texts[1]
    assert first == second != other


def new(seed):
    return Sampler(seed=seed)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(any), st.floats(0, 1, exclude_max=True))
def test_no_draw_takes_a_token_without_a_chance(weights, at):
    distribution = np.array(weights) / np.sum(weights)
    assert distribution[draw(distribution, at)] > 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"temperature": -1}, "temperature of zero or more, found -1"),
        ({"temperature": np.nan}, "temperature of zero or more, found nan"),
        ({"top_k": 0}, "top_k of at least 1, found 0"),
        ({"top_p": 0}, "top_p above 0 and at most 1, found 0"),
        ({"top_p": 1.5}, "top_p above 0 and at most 1, found 1.5"),
    ],
)
def test_bad_settings_are_named(settings, told):
    with pytest.raises(ValueError, match=told):
        probabilities(np.zeros(3), **settings)


@pytest.mark.parametrize(
    "logits",
    [np.zeros((2, 2)), np.full(3, -np.inf), np.array([0, np.nan]), np.array([0, np.inf, 0]), np.zeros(0)],
)
def test_bad_scores_are_named(logits):
    with pytest.raises(ValueError, match=r"a row of scores, some finite and none NaN or \+inf"):
        probabilities(logits)


@pytest.mark.parametrize("temperature", [1e-307, 5e-324])
def test_a_tiny_temperature_is_nearly_greedy(temperature):
    assert probabilities(np.array([30.0, 20.0, 40.0, -np.inf]), temperature).tolist() == [0, 0, 1, 0]
