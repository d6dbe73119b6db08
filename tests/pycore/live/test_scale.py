"""Scales: every position has a value that leads back to it, and ticks are round and lie within."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pycore.live.scale import Scale, exponent, ticks

ends = st.tuples(st.floats(-1e8, 1e8), st.floats(1e-6, 1e8))


@given(ends, st.integers(1, 400), st.data())
def test_each_position_of_a_linear_scale_has_its_value(found, steps, data):
    low, span = found
    if span / steps <= 1e-9 * max(abs(low), span):
        return
    scale = Scale(low, low + span, steps)
    at = data.draw(st.integers(0, steps))
    assert scale.position(scale.value(at)) == at
    assert scale.snap(scale.value(at)) == scale.value(at)
    assert scale.value(at) == pytest.approx(low + (scale.high - low) * at / steps, abs=span / steps / 100)


@given(st.floats(1e-9, 1e3), st.floats(1.5, 1e9), st.integers(1, 200), st.data())
def test_each_position_of_a_logarithmic_scale_has_its_value(low, ratio, steps, data):
    scale = Scale(low, low * ratio, steps, log=True)
    at = data.draw(st.integers(0, steps))
    assert scale.position(scale.value(at)) == at
    wanted, step = math.log(ratio) * at / steps, math.log(ratio) / steps
    assert math.log(scale.value(at) / low) == pytest.approx(wanted, abs=0.01 * step + 1e-9)


def test_ends_are_exact_and_steps_are_written_short():
    rate = Scale(0.003, 7.123456789, steps=10, log=True)
    assert (rate.value(0), rate.value(10)) == (0.003, 7.123456789)
    assert [Scale(0, 1, 10).value(i) for i in range(11)] == [i / 10 for i in range(11)]
    assert Scale(-1, 1, 4).value("1") == -0.5


@pytest.mark.parametrize("bad", ["-1", "11", "x", "1.5", "", "nan", 11, -1])
def test_only_positions_have_values(bad):
    with pytest.raises(ValueError, match="expected a position from 0 to 10; found"):
        Scale(0, 1, 10).value(bad)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ((1, 1), "from low to high"),
        ((2, 1), "from low to high"),
        ((math.nan, 1), "from low to high"),
        ((0, math.inf), "from low to high"),
        ((0, 1, 10, True), "above 0"),
        ((-1, 1, 10, True), "above 0"),
        ((0, 1, 0), "told apart"),
        ((1, 1 + 1e-15, 100), "told apart"),
        ((1e300, 1.0000000000000002e300, 100), "told apart"),
    ],
)
def test_a_scale_that_is_none_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        Scale(*wrong)


def test_what_is_no_number_has_no_position():
    with pytest.raises(ValueError, match="expected a number from 0 to 1; found nan"):
        Scale(0, 1).position(math.nan)
    assert Scale(0, 1, 10).position(-math.inf) == 0
    assert Scale(0, 1, 10).position(1e300) == 10


@example([1.0, 5e-324], True)
@example([5e-324], True)
@example([1e-300, 1e12], True)
@given(st.lists(st.floats(-1e12, 1e12) | st.just(math.nan) | st.just(math.inf), max_size=6), st.booleans())
def test_a_scale_around_values_holds_all_that_are_numbers(values, log):
    scale = Scale.around(values, log=log)
    for value in values:
        if math.isfinite(value) and (value >= 1e-300 or not log):
            assert scale.low <= value <= scale.high


@given(ends, st.integers(2, 12))
def test_ticks_are_round_even_and_few(found, about):
    low, span = found
    if span <= 1e-9 * abs(low):
        return
    chosen = ticks(Scale(low, low + span, 1), about)
    values = [value for value, _ in chosen]
    assert values == sorted(set(values))
    assert 1 <= len(chosen) <= 2 * about + 2
    assert len({text for _, text in chosen}) == len(chosen)
    room = 1e-5 * span
    assert all(low - room <= value <= low + span + room for value in values)
    if len(values) > 2:
        size = values[1] - values[0]
        steps = [b - a for a, b in itertools.pairwise(values)]
        assert steps == pytest.approx([size] * len(steps), rel=1e-3)
        assert round(size / 10.0 ** exponent(size * 1.0001), 3) in (1, 2, 5)


@pytest.mark.parametrize(
    ("scale", "texts"),
    [
        (Scale(0, 1), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (Scale(-1, 1), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (Scale(0, 40_000), ["0", "10,000", "20,000", "30,000", "40,000"]),
        (Scale(0, 2e9), ["0", "5·10⁸", "10⁹", "15·10⁸", "2·10⁹"]),
        (Scale(0, 4e-6), ["0", "10⁻⁶", "2·10⁻⁶", "3·10⁻⁶", "4·10⁻⁶"]),
        (Scale(1, 60, log=True), ["1", "2", "5", "10", "20", "50"]),
        (Scale(0.01, 1, log=True), ["0.01", "0.1", "1"]),
        (Scale(1e-8, 1e-2, log=True), ["10⁻⁸", "10⁻⁷", "10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²"]),
        (Scale(3, 4, log=True), ["3.0", "3.2", "3.4", "3.6", "3.8", "4.0"]),
    ],
)
def test_ticks_are_written_for_people(scale, texts):
    assert [text for _, text in ticks(scale)] == texts
