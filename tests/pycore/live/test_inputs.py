"""Fields for text: a full one says that longer texts are cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pycore.live.inputs import text_area, text_box

FULL = "The box is full"


@pytest.mark.parametrize("draw", [text_box, text_area])
def test_a_full_box_says_so(draw: Callable[..., str]) -> None:
    assert FULL in draw("text", "write", "text", "x" * 200, most=200)
    assert FULL in draw("text", "write", "text", "\U0001f642" * 100, most=201)  # two units each
    assert FULL not in draw("text", "write", "text", "x" * 198, most=200)
    assert FULL not in draw("text", "write", "text", "x" * 200, most=200, problem="a number is missing")
