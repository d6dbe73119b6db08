"""FIG.00 of lesson 04 in the browser: in the first window, answered at once, and its film plays once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import assert_in_the_first_window, watch_film

LESSON = "04-attention.html"
FIGURE = "fig-00"


def test_the_film_plays_once_and_can_be_played_again(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900}, reduced_motion="no-preference")
    page.wait_for_selector(f"#{FIGURE}[stored]")
    watch_film(page, FIGURE, 3)
    page.locator(f"#{FIGURE} [data-control=show-ball]").click()
    expect(page.locator(f"#{FIGURE} [data-out=said]")).to_contain_text("from ball")
    assert page.evaluate("document.documentElement.dataset.python") == "idle"


def test_it_is_in_the_first_window_and_a_phone_can_read_it(open_page: Callable[..., Page], http: str) -> None:
    assert_in_the_first_window(open_page, http + LESSON, FIGURE)
