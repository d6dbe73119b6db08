"""FIG.04, 04A and 06 on a phone: letters can be read, what a press changes is in sight, nothing moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.steps import on_phone, press, smallest_text

LESSON = "04-attention.html"


@pytest.mark.parametrize(
    ("figure", "presses", "told"),
    [
        ("fig-04", ["show-lamp", "map-b13h8", "mark-induction", "head-2"], "last"),
        ("fig-04a", ["off-induction", "off-previous", "map-b29h8", "show-hot"], "said"),
        ("fig-06", ["lens-30", "token-0", "show-mary"], "guess"),
    ],
)
def test_a_phone_can_use_it(
    open_page: Callable[..., Page], http: str, figure: str, presses: list[str], told: str
) -> None:
    page = on_phone(open_page, http, figure, LESSON)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert smallest_text(page, figure) >= 11
    body = page.locator(f"#{figure} .body")
    height = body.bounding_box()
    for control in presses:
        before = page.locator(f"#{figure} [data-out={told}]").text_content()
        press(page, figure, control)
        assert body.bounding_box()["height"] == pytest.approx(height["height"], abs=1), control
        if control.startswith(("map", "lens")):
            assert page.locator(f"#{figure} [data-out={told}]").text_content() != before
