"""Steps that browser tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LESSON = "03-embeddings.html"
START = 90_000  # milliseconds that Python may take to start on a slow machine


def wake(page: Page, figure: str) -> None:
    """Scroll to a figure and wait until it is live."""
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=START)


def on_phone(open_page: Callable[..., Page], address: str, figure: str) -> Page:
    """Open the lesson on a phone, and wake a figure."""
    page = open_page(address + LESSON, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    wake(page, figure)
    return page


def settle(page: Page, figure: str) -> None:
    """Wait until a figure has answered all that was done."""
    page.wait_for_function(f"document.querySelector('#{figure}').quiet")


def press(page: Page, figure: str, control: str) -> None:
    """Press a control and wait for the answer."""
    page.locator(f"#{figure} [data-control={control}]").click()
    settle(page, figure)


def press_by_key(page: Page, figure: str, control: str, key: str) -> None:
    """Press a control with a key: it answers, and keeps the focus."""
    button = page.locator(f"#{figure} [data-control={control}]")
    button.focus()
    page.keyboard.press(key)
    settle(page, figure)
    expect(button).to_be_focused()


def tap_steadily(page: Page, figure: str, controls: Iterable[str]) -> None:
    """Tap controls one by one: each is large enough for a finger, and the figure keeps its height."""
    first = height(page, figure)
    for control in controls:
        button = page.locator(f"#{figure} [data-control={control}]")
        button.tap()
        settle(page, figure)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        assert height(page, figure) == first


def height(page: Page, figure: str) -> float:
    """Return the height of a figure, bar and caption included."""
    box = page.locator(f"#{figure}").bounding_box()
    assert box
    return box["height"]


def smallest_text(page: Page, figure: str) -> float:
    """Return the size of the smallest text in a figure's pictures, in pixels of the window."""
    size: float = page.locator(f"#{figure} svg text").evaluate_all(
        "all => Math.min(...all.map(e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a))"
    )
    return size


def ask_after_going_back(page: Page, expression: str) -> Any:
    """Go back to a page that the browser has kept, and evaluate there: Playwright loses sight of it."""
    page.go_back(wait_until="commit")
    wish = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    return page.context.new_cdp_session(page).send("Runtime.evaluate", wish)["result"]["value"]


def out(page: Page, figure: str, name: str) -> str:
    return page.locator(f"#{figure} [data-out={name}]").inner_text()


def assert_accessible(page: Page) -> None:
    """Let axe-core look at the page as it is now."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": rules})
    assert results.violations_count == 0, results.generate_report()
