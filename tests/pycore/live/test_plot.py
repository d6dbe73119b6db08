"""Charts and handles: places and values lead to each other, and what is no number is not drawn."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.live.handle import Along, Knob, handle
from pycore.live.plot import SMALLEST, Axis, Plot, line
from pycore.live.scale import Scale

AXES = st.builds(
    lambda low, ratio, log, turned: Axis(
        low, low * ratio, 300 if turned else 20, 20 if turned else 300, log=log
    ),
    st.floats(0.01, 1e4),
    st.floats(1.1, 1e6),
    st.booleans(),
    st.booleans(),
)


@given(AXES, st.floats(20, 300))
def test_a_place_and_its_value_lead_to_each_other(axis, place):
    assert axis(axis.value(place)) == pytest.approx(place, abs=1e-6)


@given(AXES)
def test_beyond_an_end_is_that_end(axis):
    low, high = sorted((axis.start, axis.end))
    assert {axis.value(low - 50), axis.value(high + 50)} == {axis.low, axis.high}


def test_equal_ends_are_drawn_in_the_middle_and_nan_nowhere():
    assert Axis(3, 3, 0, 100)(3) == Axis(3, 3, 0, 100)(7) == 50
    assert math.isnan(Axis(0, 1, 0, 100)(math.nan))


PLOT = Plot.of(Scale(0, 10), Scale(-1, 1), x_title="x", y_title="height", width=300, height=200)


@pytest.mark.parametrize("bad", [math.nan, [math.nan, math.nan]])
def test_what_is_no_number_leaves_a_gap(bad):
    many = bad if isinstance(bad, list) else [bad]
    ys = [0.0, 0.5, *many, 0.5, 0.0]
    xs = range(len(ys))
    drawn = [
        PLOT.curve(xs, ys),
        PLOT.area(xs, ys),
        PLOT.bars([*xs, len(ys)], ys),
        *PLOT.points(xs, ys),
    ]
    assert "nan" not in "".join(drawn)
    assert drawn[0].count("M") == 2
    assert len(PLOT.points(xs, ys)) == 4
    assert PLOT.curve([], []) == '<path class="curve" d=""/>'
    assert PLOT.area([1], [math.nan]) == '<path class="area" d=""/>'


def test_an_infinite_value_stands_at_the_end_of_the_axis():
    assert line(PLOT.places([0, 10], [-math.inf, math.inf])) == line(PLOT.places([0, 10], [-1, 1]))


def test_bars_stand_on_zero_and_hang_from_it():
    up, down = re.findall(r"M\S+ (\S+)V(\S+)H", PLOT.bars([0, 5, 10], [0.5, -0.5]))
    assert float(up[0]) == float(down[0]) == pytest.approx(PLOT.y(0), abs=0.05)
    assert float(up[1]) < float(up[0]) < float(down[1])
    logs = Plot.of(Scale(1, 10), Scale(1, 1000, log=True))
    assert f" {logs.y.start:g}V" in logs.bars([1, 2], [100])


@pytest.mark.parametrize("width", [280, 320, 330, 560, 800])
@pytest.mark.parametrize("end", [6_000, 100_000])
@pytest.mark.parametrize(
    "y", [Scale(0, 16), Scale(0, 1), Scale(0, 1_000_000), Scale(1e-9, 1, log=True), Scale(-5e8, 1e9)]
)
def test_a_chart_leaves_room_for_what_is_written_around_it(width, end, y):
    """At the largest size that letters take: 0.6 of it is the width of one."""
    plot = Plot.of(Scale(0, end), y, x_title="steps", y_title="loss", width=width, height=300)
    letter = max(SMALLEST, 0.036 * width)
    texts = re.findall(
        r'<text(?: class="\w+")? x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*)<', plot.grid
    )
    assert len(texts) > 4
    boxes = []
    for x, bottom, anchor, text in texts:
        wide = 0.6 * letter * len(text)
        left = float(x) - {"end": wide, "middle": wide / 2, "start": 0}[anchor]
        assert left >= 0
        assert left + wide <= width
        assert letter * 0.7 <= float(bottom) <= 300
        boxes.append((left, float(bottom) - 0.75 * letter, left + wide, float(bottom)))
    for i, (a, b, c, d) in enumerate(boxes):
        assert not [1 for u, v, w, z in boxes[:i] if a < w and u < c and b < z and v < d], texts


def test_a_picture_that_can_be_pressed_is_no_image():
    assert 'role="img"' in PLOT.draw("A rise.")
    pressed = PLOT.draw("A rise.", surface="x")
    assert 'data-surface="x" role="group"' in pressed
    assert 'style="--w:300"' in pressed


# ---------------------------------------------------------------- handles


@dataclass(frozen=True)
class Point:
    a: float = 2.0
    b: float = 0.5


X, Y = Scale(0, 10, steps=20), Scale(-1, 1, steps=8)


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_a_handle_snaps_and_stays_on_the_chart(x, y):
    free = Knob(PLOT, Along("a", X), Along("b", Y))
    found = free.dragged(Point(), x, y)
    assert found["a"] in {X.value(i) for i in range(21)}
    assert found["b"] in {Y.value(i) for i in range(9)}
    there = Point(**found)
    assert free.dragged(there, *free.position(there)) == found
    assert Knob(PLOT, Along("a", X), lambda s: s.b).dragged(Point(), x, y) == {"a": found["a"]}


def test_arrows_move_a_handle_one_step_along_its_axis():
    across = Knob(PLOT, Along("a", X), lambda s: s.a / 10)
    upright = Knob(PLOT, lambda s: 5, Along("b", Y))
    both = Knob(PLOT, Along("a", X), Along("b", Y))
    assert (across.axis, upright.axis, both.axis) == ("x", "y", None)
    assert across.nudged(Point(), 1, 0) == across.nudged(Point(), 0, -1) == {"a": 2.5}
    assert upright.nudged(Point(), 1, 0) == upright.nudged(Point(), 0, -1) == {"b": 0.75}
    assert both.nudged(Point(), 1, 0) == {"a": 2.5, "b": 0.5}
    assert both.nudged(Point(), 0, 1) == {"a": 2.0, "b": 0.25}
    assert across.nudged(Point(), -1000, 0) == {"a": 0.0}
    assert across.nudged(Point(), 8, 0) == {"a": 6.0}
    assert across.position(Point()) == (PLOT.x(2), PLOT.y(0.2))


def test_a_handle_that_nothing_moves_is_a_mistake():
    with pytest.raises(ValueError, match="along x, y or both; found neither"):
        Knob(PLOT, lambda s: 1, lambda s: 1)


def test_a_handle_says_how_it_moves():
    drawn = {
        axis: handle("k", 1, 2, label="K", spoken="one", value=1, least=0, most=2, axis=axis)
        for axis in ("x", "y", None)
    }
    assert 'data-axis="x"' in drawn["x"]
    assert "orientation" not in drawn["x"]
    assert 'aria-orientation="vertical"' in drawn["y"]
    assert "data-axis" not in drawn[None]
    assert 'aria-roledescription="slider in two directions"' in drawn[None]
    assert "data-group" not in "".join(drawn.values())
