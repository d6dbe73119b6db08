"""FIG.07A in the browser: at 100 % the answer flips, before that it stands."""

from __future__ import annotations

from playwright.sync_api import Page

from pycore.figures.networks.smallest_change import COUNT
from tests.browser.steps import out, press, settle

LESSON = "01-neural-network.html"
FIGURE = "fig-07a"


def add(page: Page, share: int) -> None:
    page.locator(f"#{FIGURE} [data-control=share]").fill(str(share))
    settle(page, FIGURE)


def test_the_answer_flips_at_the_whole_change(page: Page) -> None:
    for digit in range(0, COUNT, 3):
        press(page, FIGURE, f"digit-{digit}")
        assert out(page, FIGURE, "verdict") == "nothing is changed yet"
        before = out(page, FIGURE, "read")
        add(page, 90)
        assert out(page, FIGURE, "read") == before
        add(page, 100)
        assert out(page, FIGURE, "read") != before
        assert out(page, FIGURE, "verdict").startswith("the same digit, now read as")
        assert out(page, FIGURE, "chance") == "0.0 %"
