"""FIG.02 in the browser: the slider by keys, answered at once, and a phone that keeps its place."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.data.tokenizers.word_costs import word_costs
from tests.browser.steps import height, on_phone, out, settle, smallest_text, tap_steadily

LESSON = "02-tokenization.html"
FIGURE = "fig-02"


def test_a_longer_list_loses_fewer_words(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{FIGURE}[stored]")
    page.locator(f"#{FIGURE} [data-control=size]").focus()
    shares = [float(out(page, FIGURE, "unknown").split()[0])]
    for _ in word_costs().sizes[1:]:
        page.keyboard.press("ArrowRight")
        settle(page, FIGURE)
        shares.append(float(out(page, FIGURE, "unknown").split()[0]))
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == round(100 * word_costs().unknown[-1] / word_costs().words, 1)
    page.locator(f"#{FIGURE} [data-control=sentence-1]").click()
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} .as.letters")).to_contain_text("p")
    assert out(page, FIGURE, "missing") == "1 unknown"


def test_touch_and_small_screens(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    tap_steadily(page, FIGURE, ("sentence-1", "sentence-2", "sentence-0"))
    first = height(page, FIGURE)
    slider = page.locator(f"#{FIGURE} [data-control=size]")
    for place in ("7", "3", "0"):
        slider.fill(place)
        settle(page, FIGURE)
        assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
