"""Steps that browser tests share."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LESSON = "03-embeddings.html"
START = 90_000  # milliseconds that Python may take to start on a slow machine


def wake(page: Page, figure: str) -> None:
    """Scroll to a figure and wait until it is live."""
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=START)


def out(page: Page, figure: str, name: str) -> str:
    return page.locator(f"#{figure} [data-out={name}]").inner_text()


def assert_accessible(page: Page) -> None:
    """Let axe-core look at the page as it is now."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = Axe().run(page, options={"runOnly": rules})
    assert results.violations_count == 0, results.generate_report()
