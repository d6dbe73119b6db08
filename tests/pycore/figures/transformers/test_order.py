"""FIG.05 and FIG.05A: what order does to attention, without positions and with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pycore.data.transformers.one_head import head_run
from pycore.figures.transformers.distance import KEY, QUERY, Distance, score, vectors
from pycore.figures.transformers.shuffled import ORDERS, Shuffled, ShuffledState, answers, changes
from tests.pycore.figures.test_figures import outs, page, value

# ---------------------------------------------------------------- FIG.05


@pytest.mark.parametrize("order", ORDERS)
def test_without_positions_the_answers_move_with_their_words(order):
    shown = outs(Shuffled({"order": order}))
    assert {shown[f"change-{i}"] for i in range(5)} == {"0.000000000000"}
    assert shown["twins"] == "one and the same vector"
    assert_allclose(answers(ShuffledState(order)), answers(ShuffledState())[list(ORDERS[order])], atol=1e-15)


@pytest.mark.parametrize("order", [order for order in ORDERS if order != "written"])
def test_with_positions_each_answer_changes(order):
    shown = outs(Shuffled({"order": order, "positions": True}))
    assert all(float(shown[f"change-{i}"]) > 1e-3 for i in range(5))
    assert float(shown["most"]) == pytest.approx(changes(ShuffledState(order, True)).max(), abs=6e-5)
    assert shown["twins"] == "two vectors"
    assert shown["verdict"] == "other answers"


def test_as_written_nothing_is_claimed():
    for positions in (False, True):
        shown = outs(Shuffled({"positions": positions}))
        assert (shown["most"], shown["verdict"]) == ("0.0000", "as written: nothing to compare yet")


# ---------------------------------------------------------------- FIG.05A


@pytest.mark.parametrize("way", ["rotation", "sinusoids"])
def test_only_the_distance_matters(way):
    for far in (-13, 0, 4, 30):
        scores = {
            outs(Distance({"way": way, "query": start + max(far, 0), "key": start + max(-far, 0)}))["score"]
            for start in (0, 3, 10)
        }
        assert len(scores) == 1
    assert score(way, 9, 4) != pytest.approx(score(way, 9, 5), abs=0.01)


def test_the_rotated_score_is_that_of_complex_numbers():
    """Su et al. 2021: a pair is a complex number, and turning it multiplies by e to the i times angle."""
    run = head_run("cake")
    query, key = (a[0::2] + 1j * a[1::2] for a in (run.query[QUERY], run.key[KEY]))
    turns = run.base ** -(np.arange(32) / 32)
    for m, n in ((8, 4), (4, 8), (40, 0)):
        expected = (query * np.exp(1j * m * turns) * np.conj(key * np.exp(1j * n * turns))).real.sum() / 8
        assert score("rotation", m, n) == pytest.approx(expected, abs=1e-9)


def test_sinusoids_are_those_of_the_paper():
    first, _ = vectors("sinusoids", 7, 0)
    expected = [f(7 / 10000 ** (2 * i / 64)) for i in range(32) for f in (math.sin, math.cos)]
    assert_allclose(first, expected, atol=1e-12)


def test_both_move_together_and_never_leave_the_ruler():
    figure = Distance({"query": 35, "key": 17})
    before = outs(figure)
    figure.handle("both", ["5"])
    assert (figure.state.query, figure.state.key) == (40, 22)
    assert (outs(figure)["score"], outs(figure)["angle"]) == (before["score"], before["angle"])
    controls = page(figure).all("data-control")
    assert [controls[f"both{by}"].attributes.get("aria-disabled") for by in (-5, -1, 1, 5)] == [
        None,
        None,
        "true",
        "true",
    ]
    figure.handle("both", ["1"])
    assert (figure.state.query, figure.state.key) == (40, 22)
    for _ in range(4):
        figure.handle("both", ["-5"])
    figure.handle("both", ["-5"])
    assert (figure.state.query, figure.state.key) == (20, 2)
    assert value(outs(figure)["distance"]) == 18
    with pytest.raises(ValueError, match="expected -5, -1, 1 or 5"):
        figure.handle("both", ["40"])
    with pytest.raises(ValueError, match="whole positions"):
        Distance({"query": 1.5})
