"""Steps that browser tests share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

LESSON = "03-embeddings.html"
SMALL = "01-motion.html"  # of the small course
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]  # of axe-core
COLOURS = ["color-contrast", "link-in-text-block"]  # its rules that see whether a page is light or dark
START = 90_000  # milliseconds that Python may take to start on a slow machine


def wake(page: Page, figure: str) -> None:
    """Open the fold that a figure may lie in, scroll there, and wait until it is live."""
    found = page.locator(f"#{figure}")
    found.evaluate("figure => { const fold = figure.closest('details.closer'); if (fold) fold.open = true; }")
    found.scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=START)


def on_phone(open_page: Callable[..., Page], address: str, figure: str, lesson: str = LESSON) -> Page:
    """Open the lesson on a phone, and wake a figure."""
    page = open_page(address + lesson, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    wake(page, figure)
    return page


def on_screen(page: Page, svg: str, x: float, y: float) -> tuple[float, float]:
    """Return where a place of a picture, in its own units, is in the window: in CSS pixels."""
    px, py = page.evaluate(
        """([svg, x, y]) => {
            const matrix = document.querySelector(svg).getScreenCTM();
            const place = new DOMPoint(x, y).matrixTransform(matrix);
            return [place.x, place.y];
        }""",
        [svg, x, y],
    )
    return px, py


def unfold(page: Page, figure: str) -> None:
    """Open all folds inside a figure."""
    page.locator(f"#{figure} .body details").evaluate_all("all => all.forEach((fold) => (fold.open = true))")


def settle(page: Page, figure: str) -> None:
    """Wait until a figure has answered all that was done."""
    page.wait_for_function(f"document.querySelector('#{figure}').quiet")


def watch_film(page: Page, figure: str, moving: int) -> None:
    """See a figure's film, of more than so many things that move, play once and stand, and so once more."""
    all_ = f"document.querySelector('#{figure} .film').getAnimations({{ subtree: true }})"
    running = f"{all_}.filter((one) => one.playState === 'running').length"
    page.wait_for_function(f"{running} === 0")
    assert page.evaluate(f"{all_}.length") > moving
    page.locator(f"#{figure} [data-control=replay]").click()
    page.wait_for_function(f"{running} > 0")
    page.wait_for_function(f"{running} === 0")


def assert_in_the_first_window(open_page: Callable[..., Page], address: str, figure: str) -> None:
    """See the figure at the top of a lesson whole in the first window, and its letters on a phone."""
    for width, height in ((1440, 900), (390, 844), (320, 640)):
        page = open_page(address, viewport={"width": width, "height": height}, reduced_motion="reduce")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert not page.locator(f"#{figure} [data-control=replay]").is_visible()  # nothing moves
        if width > 320:
            box = page.locator(f"#{figure} .body").bounding_box()
            assert box
            assert box["y"] + box["height"] <= height
            assert smallest_text(page, figure) >= 11


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
        """all => Math.min(...all.map((e) => {
            const { a, b } = e.getScreenCTM(); // b is not 0 where it is turned
            return parseFloat(getComputedStyle(e).fontSize) * Math.hypot(a, b);
        }))"""
    )
    return size


def ask_after_going_back(page: Page, expression: str) -> Any:
    """Go back to a page that the browser has kept, and evaluate there: Playwright loses sight of it."""
    page.go_back(wait_until="commit")
    wish = {"expression": expression, "awaitPromise": True, "returnByValue": True}
    return page.context.new_cdp_session(page).send("Runtime.evaluate", wish)["result"]["value"]


def picture(page: Page, figure: str) -> str:
    """Return what is drawn, without the stops of the tab key: they follow the focus, not the state.

    Attributes stand in the order of their names: one that went and came again is the last in the page.
    """
    attribute = r' [^\s=<>"]+="[^"]*"'

    def in_order(tag: re.Match[str]) -> str:
        return tag[1] + "".join(sorted(re.findall(attribute, tag[2])))

    drawn = re.sub(r' tabindex="-?\d+"', "", page.locator(f"#{figure} .body").inner_html())
    return re.sub(rf"(<[\w-]+)((?:{attribute})+)", in_order, drawn)


def out(page: Page, figure: str, name: str) -> str:
    return page.locator(f"#{figure} [data-out={name}]").inner_text()


def assert_accessible(page: Page, rules: Sequence[str] = RULES, within: str | None = None) -> None:
    """Let axe-core look at the page as it is now, or at a part, by some of its rules or kinds of rules."""
    only = {"type": "tag" if rules is RULES else "rule", "values": list(rules)}
    # To describe also what is right takes it much longer than to find what is wrong.
    results = Axe().run(page, within, options={"runOnly": only, "resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()
