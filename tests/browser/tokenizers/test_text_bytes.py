"""FIG.01 in the browser: texts of all scripts, what no text may hold, keys, touch and small screens."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.tokenizers.text_bytes import LONGEST
from tests.browser.steps import height, on_phone, out, press, settle, tap_steadily

LESSON = "02-tokenization.html"
FIGURE = "fig-01"


def counts(page: Page) -> tuple[str, str, str]:
    return tuple(out(page, FIGURE, name) for name in ("characters", "points", "bytes"))  # type: ignore[return-value]


def write(page: Page, text: str) -> None:
    """Put a text into the box as a script or a paste does: a browser's own typing drops some of it."""
    page.locator(f"#{FIGURE} input").evaluate(
        "(box, text) => { box.value = text; box.dispatchEvent(new Event('input', { bubbles: true })); }", text
    )
    settle(page, FIGURE)


def test_texts_and_what_they_are_made_of(page: Page) -> None:
    """What the caption says."""
    for control, expected in (
        ("take-one", ("4", "4", "5")),
        ("take-two", ("4", "5", "6")),
        ("take-family", ("1", "5", "18")),
        ("take-half", ("1", "1", "none")),
    ):
        press(page, FIGURE, control)
        assert counts(page) == expected
    expect(page.locator(f"#{FIGURE} .part-detail")).to_contain_text("UTF-8 refuses it")
    page.locator(f"#{FIGURE} input").fill("naïve 👋")
    settle(page, FIGURE)
    assert counts(page) == ("7", "7", "11")
    page.locator(f"#{FIGURE} [data-control=pick-0]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} .part-detail")).to_contain_text("LATIN SMALL LETTER I WITH DIAERESIS")
    expect(page.locator(f"#{FIGURE} .bits")).to_contain_text("11000011 10101111")


def test_hostile_texts(page: Page) -> None:
    first = height(page, FIGURE)
    write(page, "a" + "\u0301" * (LONGEST - 1))
    assert counts(page)[0] == "1"
    assert height(page, FIGURE) == first
    write(page, "\u202e<img src=x onerror=alert(1)>\u0000\u2066")
    assert page.locator(f"#{FIGURE} .body img").count() == 0
    expect(page.locator(f"#{FIGURE} li button").first).to_have_text("RLO")
    page.locator(f"#{FIGURE} input").evaluate(
        "box => { box.value = '\\ud83d'; box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    settle(page, FIGURE)
    assert counts(page)[2] == "none"
    before = counts(page)
    write(page, "x" * 5_000_000)
    expect(page.locator(f"#{FIGURE}")).to_contain_text("5,000,000 characters are too many")
    assert counts(page) == before


def test_touch_and_small_screens(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    box = page.locator(f"#{FIGURE} .part-stage .scroll")
    assert box.evaluate("box => box.scrollHeight === box.clientHeight")  # both rows, whole
    tap_steadily(page, FIGURE, ("take-thai", "pick-1", "take-arabic", "pick-8", "take-flag", "take-family"))
    sizes = page.locator(f"#{FIGURE} :is(li b, td, .key i)").evaluate_all(
        "all => all.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
