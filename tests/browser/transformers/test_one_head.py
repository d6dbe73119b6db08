"""FIG.03 in the browser, and all of sections 1, 2, 3 and 5 on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.steps import height, on_phone, out, press, smallest_text, tap_steadily, wake

LESSON = "04-attention.html"
FIGURE = "fig-03"


def test_without_the_mask_a_token_sees_its_own_answer(page: Page) -> None:
    press(page, FIGURE, "cell-3-4")
    assert out(page, FIGURE, "weight") == "0 %"
    press(page, FIGURE, "mask")
    assert out(page, FIGURE, "weight") == "37 %"


def test_on_a_phone_nothing_moves_and_letters_are_readable(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, "fig-03", LESSON)
    presses = {
        "fig-01": ("word-7", "way-equal", "way-like", "text-loan"),
        "fig-02": ("ask-person", "ask-louder"),
        "fig-03": ("mask", "cell-3-4", "cell-8-8"),
        "fig-05": ("order-mixed", "positions"),
        "fig-05a": ("both5", "way-sinusoids", "both-1"),
    }
    for figure, controls in presses.items():
        wake(page, figure)
        first = height(page, figure)
        tap_steadily(page, figure, controls)
        assert height(page, figure) == first, figure
        assert smallest_text(page, figure) >= 11, figure
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
