"""FIG.07 in the browser: it writes and is overruled, a phone keeps its height, and SmolLM2 itself answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import START, on_phone, out, press, settle, smallest_text, tap_steadily, wake

LESSON = "04-attention.html"
FIGURE = "fig-07"


def test_it_writes_and_is_overruled(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    wake(page, FIGURE)
    words = page.locator(f"#{FIGURE} .w")
    press(page, FIGURE, "play")
    page.wait_for_function(f"document.querySelectorAll('#{FIGURE} .w').length > 20")
    press(page, FIGURE, "play")
    before = words.all_inner_texts()
    press(page, FIGURE, "word-4")
    press(page, FIGURE, "next-3")
    after = words.all_inner_texts()
    assert after[:4] == before[:4]
    assert len(after) == 5
    assert "mine" in (words.nth(4).get_attribute("class") or "")
    page.locator(f"#{FIGURE} [data-control=temperature]").focus()
    page.keyboard.press("Home")
    settle(page, FIGURE)
    assert out(page, FIGURE, "chance-1") == "100 %"


def test_on_a_phone_what_is_pressed_is_in_sight_and_the_height_stays(
    open_page: Callable[..., Page], http: str
) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    tap_steadily(
        page, FIGURE, ("step", "next-8", "step", "step", "begin-war", "step", "model-smollm2", "model-own")
    )
    text = page.locator(f"#{FIGURE} .text").bounding_box()
    rest = page.locator(f"#{FIGURE} [data-out=rest]").bounding_box()
    assert text
    assert rest
    assert rest["y"] + rest["height"] - text["y"] < 844
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size({"width": 390, "height": 844})
    wake(page, "fig-07a")
    assert smallest_text(page, "fig-07a") >= 11


@pytest.mark.slow
def test_smollm2_itself_answers_in_the_page(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    wake(page, FIGURE)
    press(page, FIGURE, "model-smollm2")
    page.locator(f"#{FIGURE} [data-control=load-model]").click()
    page.wait_for_selector(f"#{FIGURE}[data-model-state=ready]", timeout=START)
    first = page.locator(f"#{FIGURE} [data-control=next-1]")
    expect(first).to_contain_text("Paris", timeout=START)
    expect(first).to_contain_text("77 %")
