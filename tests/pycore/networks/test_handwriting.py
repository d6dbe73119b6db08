"""Strokes become pixels like those of the data: their place, thickness and slant, and how they are read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from pycore.data.networks.digits import digit_reader, digits
from pycore.networks.handwriting import Stroke, rasterise, to_pixels


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[tuple[float, float]]:
    angles = np.radians(np.linspace(start, end, 25))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


# Digits as they may be drawn on a square of 100, some in several strokes.
DRAWN: dict[int, list[Stroke]] = {
    0: [arc(50, 50, 25, 40, -90, 270)],
    1: [[(50, 10), (50, 90)]],
    2: [[*arc(50, 32, 25, 22, -170, 40), (28, 88), (78, 88)]],
    3: [[*arc(48, 30, 24, 20, -150, 90), *arc(48, 70, 27, 20, -90, 150)]],
    4: [[(35, 10), (25, 60), (80, 60)], [(62, 30), (62, 92)]],
    5: [[(35, 12), (32, 45), *arc(48, 65, 25, 24, -120, 140)], [(35, 12), (72, 12)]],
    6: [[(62, 10), (40, 35), *arc(50, 68, 22, 22, -170, 190)]],
    7: [[(25, 12), (75, 12), (42, 90)]],
    8: [[*arc(50, 30, 20, 20, 90, 450), *arc(50, 70, 24, 20, -90, 270)]],
    9: [[*arc(50, 32, 22, 22, 0, -360), (72, 32), (66, 90)]],
}


def changed(strokes: list[Stroke], size: float, x: float, y: float, slant: float = 0) -> list[Stroke]:
    return [[(size * (a + slant * (b - 50)) + x, size * b + y) for a, b in stroke] for stroke in strokes]


@pytest.mark.parametrize("digit", DRAWN)
@pytest.mark.parametrize(("size", "slant"), [(1, 0), (0.3, 0), (2.5, 0.2), (1, -0.2)])
def test_a_digit_is_read_wherever_how_large_and_how_slanted_it_is_drawn(
    digit: int, size: float, slant: float
) -> None:
    ink = to_pixels(changed(DRAWN[digit], size, 17, -30, slant))
    assert digit_reader().scores(ink[np.newaxis]).argmax() == digit


@pytest.mark.parametrize("digit", DRAWN)
def test_the_pixels_are_those_of_the_bitmap_and_as_inked_as_the_datas(digit: int) -> None:
    bitmap, ink = rasterise(DRAWN[digit]), to_pixels(DRAWN[digit]).reshape(8, 8)
    for row in range(8):
        for column in range(8):
            block = bitmap[4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
            assert ink[row, column] == np.count_nonzero(block) / 16
    own = digits().ink[digits().labels == digit].mean(axis=1)
    low, high = np.quantile(own, [0.005, 0.995])
    assert low - 0.01 <= ink.mean() <= high + 0.01
    assert ink[0].any()
    assert ink[7].any()


def test_where_and_how_large_it_is_drawn_makes_no_difference() -> None:
    for strokes in DRAWN.values():
        assert_array_equal(to_pixels(changed(strokes, 4, 8, 16)), to_pixels(strokes))


def test_nothing_a_dot_and_a_line_are_told_apart() -> None:
    assert not to_pixels([]).any()
    dot = to_pixels([[(3, 4)]]).reshape(8, 8)
    assert_allclose(dot, dot[::-1, ::-1])
    assert not dot[:2].any()
    level = to_pixels([[(0, 50), (100, 50)]]).reshape(8, 8)
    assert level[3:5].all(axis=None) == level[3:5, 0].all()
    assert not level[[0, 1, 6, 7]].any()
    assert np.isfinite(to_pixels([[(5, 5)] * 300])).all()
