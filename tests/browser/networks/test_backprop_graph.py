"""FIG.05 in the browser: steps, a check by a nudge, and other numbers, by mouse, keys and touch."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    height,
    on_phone,
    out,
    press,
    press_by_key,
    settle,
    smallest_text,
    tap_steadily,
    unfold,
)

LESSON = "01-neural-network.html"
FIGURE = "fig-05"


def number(page: Page, name: str) -> float:
    return float(out(page, FIGURE, name).replace("−", "-"))


def test_seven_steps_forward_and_seven_back(page: Page) -> None:
    """What the caption says."""
    grads = page.locator(f"#{FIGURE} .grad:not(:empty)")
    for step in range(1, 8):
        press(page, FIGURE, "step")
        assert out(page, FIGURE, "place") == f"forward {step} of 7"
        expect(grads).to_have_count(0)
    assert number(page, "loss") == pytest.approx((math.tanh(-0.3) - 1) ** 2, abs=6e-4)
    for step in range(1, 8):
        press_by_key(page, FIGURE, "step", "Enter")
        assert out(page, FIGURE, "place") == f"backward {step} of 7"
    expect(grads).to_have_count(13)
    press(page, FIGURE, "back")
    assert out(page, FIGURE, "place") == "backward 6 of 7"


def test_each_gradient_is_what_a_nudge_finds(page: Page) -> None:
    press(page, FIGURE, "end")
    for name in ("x1", "w1", "x2", "w2", "b", "t"):
        press(page, FIGURE, f"nudge-{name}")
        assert number(page, "gradient") == pytest.approx(number(page, "difference"), abs=0.006)


def test_other_numbers_can_be_typed_and_words_are_told(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "end")
    page.locator(f"#{FIGURE} [data-control=type-b]").fill("1.5")
    settle(page, FIGURE)
    assert number(page, "loss") == pytest.approx((math.tanh(1.1) - 1) ** 2, abs=6e-4)
    kept = out(page, FIGURE, "loss")
    page.locator(f"#{FIGURE} [data-control=type-b]").fill("many")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} .problem:not(:empty)")).to_have_text("“many” is no number yet.")
    assert out(page, FIGURE, "loss") == kept


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, (*["step"] * 14, "nudge-t", "nudge-b", "back"))
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
