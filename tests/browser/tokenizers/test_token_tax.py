"""FIG.06A in the browser: presses are answered without Python, keys move in the list, touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import height, on_phone, out, press, smallest_text, tap_steadily

LESSON = "02-tokenization.html"
FIGURE = "fig-06a"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_language_that_is_told_of_first_is_in_the_list(
    open_page: Callable[..., Page], http: str, width: int
) -> None:
    page = open_page(http + LESSON, viewport={"width": width, "height": 900}, has_touch=width == 390)
    row = page.locator(f"#{FIGURE} .list [aria-pressed=true]")
    assert row.evaluate("""row => {
        const { top, bottom } = row.parentElement.getBoundingClientRect();
        const own = row.getBoundingClientRect();
        return top <= own.top && own.bottom <= bottom;
    }""")


def test_a_language_by_keys(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
    press(page, FIGURE, "pick-mya")
    assert out(page, FIGURE, "times") == "17.7×"
    press(page, FIGURE, "count-o200k")
    assert out(page, FIGURE, "times") == "4.0×"
    press(page, FIGURE, "sorted")
    first = page.locator(f"#{FIGURE} .list button").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{FIGURE} .list button").nth(1)).to_have_attribute("aria-pressed", "true")


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(
        page, FIGURE, ("pick-arb", "count-characters", "count-bytes", "pick-mya", "sorted", "pick-bod")
    )
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    flow = page.locator(f"#{FIGURE} .flow").bounding_box()
    row = page.locator(f"#{FIGURE} [data-control=pick-bod]").bounding_box()
    assert flow
    assert row
    assert row["y"] + row["height"] - flow["y"] < 844
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
