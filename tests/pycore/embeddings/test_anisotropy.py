"""Mean cosines and their coordinates: closed forms, scipy's distances, and the shipped hidden states."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.spatial.distance import pdist

from pycore.data import embeddings as data
from pycore.data.embeddings import cone_states, word_vectors
from pycore.embeddings.anisotropy import mean_cosine_by_coordinate, pair_cosines, share_of_squares
from pycore.figures.embeddings.cone import Cone, Crowd
from sitegen import vendor
from sitegen.errors import AuthorError
from tools import make_cone_states
from tools.make_cone_states import ARRAY, COUNT, RECORD, draw, hidden_states


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(1, 9))
def test_cosines_are_those_of_scipy_and_coordinates_add_up(seed, n, d):
    x = np.random.default_rng(seed).normal(size=(n, d)) + 0.1
    assert_allclose(pair_cosines(x), 1 - pdist(x, "cosine"), atol=1e-9)
    parts = mean_cosine_by_coordinate(x)
    assert parts.shape == (d,)
    assert parts.sum() == pytest.approx(pair_cosines(x).mean(), abs=1e-9)


def test_each_coordinate_is_the_mean_of_its_products():
    x = np.random.default_rng(1).normal(size=(6, 4))
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    products = [unit[i] * unit[j] for i in range(6) for j in range(i)]
    assert_allclose(mean_cosine_by_coordinate(x), np.mean(products, axis=0))


def test_closed_forms():
    axes = np.concatenate([np.eye(5), -np.eye(5)])
    assert pair_cosines(axes).mean() == pytest.approx(-1 / 9)  # vectors that add up to zero: -1 / (n - 1)
    narrow = np.eye(5) * 1e-6 + [1.0, 0, 0, 0, 0]
    assert_allclose(mean_cosine_by_coordinate(narrow), [1, 0, 0, 0, 0], atol=1e-5)


@pytest.mark.parametrize("x", [[1.0, 2.0], [[1.0, 2.0]], [[1.0, 2.0], [0.0, 0.0]], [[1.0], [np.nan]]])
def test_bad_input_is_refused(x):
    for function in (pair_cosines, mean_cosine_by_coordinate):
        with pytest.raises(ValueError, match=r"expected"):
            function(x)


def test_the_share_of_squares_is_that_of_the_strongest_coordinates():
    x = np.random.default_rng(0).normal(size=(9, 6)) * [1, 8, 1, 2, 1, 1]
    by_hand = sorted(sum(float(v) ** 2 for v in column) for column in x.T)
    assert share_of_squares(x, 2) == pytest.approx(sum(by_hand[-2:]) / sum(by_hand))
    assert share_of_squares(x, 6) == pytest.approx(1)


@pytest.mark.parametrize(
    ("x", "count"), [(np.ones(3), 1), (np.zeros((2, 3)), 1), (np.eye(3), 4), (np.eye(3), 0)]
)
def test_the_share_of_squares_needs_vectors_and_a_count(x, count):
    with pytest.raises(ValueError, match="expected vectors"):
        share_of_squares(x, count)


# ---------------------------------------------------------------- the shipped states


def test_the_files_are_small_documented_and_of_pinned_sources():
    record = json.loads((data.FOLDER / "cone-states.json").read_text("utf-8"))
    assert len(record["words"]) == len(set(record["words"].values())) == COUNT
    assert cone_states().states.shape == (COUNT, 7, 384)
    assert (data.FOLDER / "cone-states.npz").stat().st_size < 200_000
    digest = hashlib.sha256((data.FOLDER / "cone-states.npz").read_bytes()).hexdigest()
    assert digest in (data.FOLDER / "README.md").read_text("utf-8")
    for name, pinned in record["sha256"].items():
        assert vendor.table()["minilm"].files[name] == pinned


def test_the_stored_states_are_what_the_script_draws_and_the_model_computes():
    cone = cone_states()
    try:
        assert draw() == list(zip(cone.words, cone.sentences, strict=True))
        computed = hidden_states(draw()[:6])
    except AuthorError as error:
        pytest.skip(f"the sources cannot be had: {error}")
    # Rounding to 255 steps moves an entry by half a step at most; the rest is for other orders of summation.
    step = np.abs(computed).max(axis=2, keepdims=True) / 127
    assert np.max(np.abs(cone.states[:6] - computed) / step) < 0.6
    assert np.abs(pair_cosines(cone.states[:6, 5]) - pair_cosines(computed[:, 5])).max() < 0.01


def test_the_script_writes_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(make_cone_states, "ARRAY", tmp_path / ARRAY.name)
    monkeypatch.setattr(make_cone_states, "RECORD", tmp_path / RECORD.name)
    try:
        assert make_cone_states.main() == 0
    except AuthorError as error:
        pytest.skip(f"the sources cannot be had: {error}")
    written = (tmp_path / RECORD.name).read_text("utf-8")
    assert written == (data.FOLDER / "cone-states.json").read_text("utf-8")
    with np.load(tmp_path / ARRAY.name) as new, np.load(data.FOLDER / "cone-states.npz") as old:
        # Another machine may round a few entries the other way.
        assert np.abs(new["rows"].astype(int) - old["rows"]).max() <= 1


# ---------------------------------------------------------------- what the lesson says


def test_the_numbers_of_the_lesson():
    means = [pair_cosines(cone_states().states[:, layer]).mean() for layer in range(7)]
    assert np.argmax(means) == 4
    assert [f"{means[layer]:.2f}" for layer in (4, 5, 6)] == ["0.19", "0.18", "0.04"]
    parts = mean_cosine_by_coordinate(cone_states().states[:, 5])
    assert f"{parts.max() / parts.sum():.0%}" == "38%"
    same, spread = (Crowd.of(name, False, 0) for name in ("same", "spread"))
    assert (f"{same.mean:.2f}", f"{spread.mean:.2f}") == ("0.45", "0.17")
    assert same.mean > max(means)
    assert spread.words == tuple(word_vectors().words[i * 125] for i in range(80))


def test_zeroed_coordinates_and_the_mean_are_taken_off():
    x = cone_states().states[:, 5]
    order = np.argsort(-mean_cosine_by_coordinate(x))[:3]
    kept = np.delete(x, order, axis=1)
    found = Crowd.of("5", False, 3)
    assert found.rogues == tuple(order)
    assert_allclose(found.cosines, 1 - pdist(kept, "cosine"), atol=2e-9)
    assert_allclose(Crowd.of("5", True, 3).cosines, 1 - pdist(kept - kept.mean(axis=0), "cosine"), atol=2e-9)


@pytest.mark.parametrize(
    "event",
    [("choose", "gpt2"), ("go_to", "7"), ("go_to", "-1"), ("zero", "4"), ("ask", "all"), ("zero", "x")],
)
def test_the_figure_refuses(event):
    figure = Cone()
    with pytest.raises(ValueError, match=r"expected|must be"):
        figure.handle(event[0], [event[1]])
    assert figure.changes() == {}
