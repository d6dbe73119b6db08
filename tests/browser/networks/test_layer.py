"""FIG.02 in the browser: numbers and what they are made of, by mouse, keys and touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pycore.figures.networks.layer import batch, weights
from tests.browser.steps import height, on_phone, out, press, press_by_key, settle, tap_steadily

LESSON = "01-neural-network.html"
FIGURE = "fig-02"


def read(page: Page, name: str) -> float:
    return float(out(page, FIGURE, name).replace("−", "-"))


def test_a_press_lights_a_row_and_a_column_and_writes_the_sum(page: Page) -> None:
    """What the caption says."""
    w, b = weights()
    for i, j in ((1, 2), (0, 1), (1, 0)):
        press(page, FIGURE, f"pick-{i}-{j}")
        assert read(page, "sum") == pytest.approx(float(batch()[i] @ w[j] + b[j]), abs=0.006)
        expect(page.locator(f"#{FIGURE} td.on")).to_have_count(4 + 1 + 4)
    press_by_key(page, FIGURE, "batch-5", "Enter")
    assert out(page, FIGURE, "shape-y") == "[5 × 3]"
    press(page, FIGURE, "pick-4-1")
    assert read(page, "value") > 0


def test_arrows_move_within_the_result(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=pick-0-0]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#{FIGURE} [data-control=pick-0-1]")).to_be_focused()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    assert "Chinstrap" in page.locator(f"#{FIGURE} .part-readout .label").first.inner_text()


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("batch-1", "batch-5", "bend-sigmoid", "pick-3-2", "pick-0-1", "batch-2"))
    assert height(page, FIGURE) == first
    sizes = page.locator(f"#{FIGURE} table").evaluate_all(
        "all => all.map((table) => parseFloat(getComputedStyle(table).fontSize))"
    )
    assert min(sizes) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
