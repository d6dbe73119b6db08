"""FIG.02 in the browser: the query, by mouse, keys and buttons."""

from __future__ import annotations

from playwright.sync_api import Page

from pycore.figures.transformers.ask_offer import KEYS_PLOT
from tests.browser.steps import on_screen, out, press, settle

LESSON = "04-attention.html"
FIGURE = "fig-02"


def test_a_dragged_query_is_followed_to_the_sum(page: Page) -> None:
    svg = f"#{FIGURE} .half:first-child svg"
    page.locator(svg).scroll_into_view_if_needed()
    page.mouse.move(*on_screen(page, svg, KEYS_PLOT.x(0.2), KEYS_PLOT.y(2.0)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, svg, KEYS_PLOT.x(2.0), KEYS_PLOT.y(0.5)), steps=4)
    page.mouse.up()
    settle(page, FIGURE)
    assert out(page, FIGURE, "query") == "+2.0, +0.5"
    assert int(out(page, FIGURE, "weight-0").split()[0]) > 60
    page.locator(f"#{FIGURE} [data-drag=query]").focus()
    page.keyboard.press("ArrowLeft")
    settle(page, FIGURE)
    assert out(page, FIGURE, "query") == "+1.9, +0.5"
    press(page, FIGURE, "ask-nothing")
    assert {out(page, FIGURE, f"weight-{i}") for i in range(4)} == {"25 %"}
