"""FIG.00 in the browser: presses are answered at once, without Python, and the film plays once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.networks.reading import chosen
from tests.browser.steps import smallest_text, watch_film

LESSON = "01-neural-network.html"
FIGURE = "fig-00"


def test_digits_are_read_before_python_is_there(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    page.wait_for_selector(f"#{FIGURE}[stored]")
    said = page.locator(f"#{FIGURE} [data-out=said]")
    expect(said).to_contain_text("It reads 3")
    for place in (0, 7, len(chosen()) - 1):
        page.locator(f"#{FIGURE} [data-control=digit-{place}]").click()
        read = str(place) if place < 10 else "The writer meant"
        expect(said).to_contain_text(read)
        lit = page.locator(f"#{FIGURE} [aria-pressed=true]")
        assert lit.get_attribute("data-control") == f"digit-{place}"
    assert page.evaluate("document.documentElement.dataset.python") == "idle"


def test_the_film_plays_once_then_stands(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900}, reduced_motion="no-preference")
    page.wait_for_selector(f"#{FIGURE}[stored]")
    watch_film(page, FIGURE, 3)
    # What is read is said when the bar grows, and not before.
    opacity = f"getComputedStyle(document.querySelector('#{FIGURE} .said')).opacity"
    page.wait_for_function(f"{opacity} === '1'")
    page.locator(f"#{FIGURE} [data-control=digit-10]").click()
    page.wait_for_function(f"{opacity} === '0'")
    expect(page.locator(f"#{FIGURE} [role=status]")).to_contain_text("The writer meant")
    page.wait_for_function(f"{opacity} === '1'")


def test_a_phone_can_read_it(open_page: Callable[..., Page], http: str) -> None:
    for width in (390, 320):
        page = open_page(
            http + LESSON, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True
        )
        page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        if width == 390:
            assert smallest_text(page, FIGURE) >= 11
