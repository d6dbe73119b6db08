"""FIG.07 in the browser: oddities by mouse, keys and touch, and a text of one's own."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.tokenizers.quirks import QUIRKS
from tests.browser.steps import height, on_phone, out, press, press_by_key, settle, tap_steadily
from tests.pycore.real_tokenizers import encoding

LESSON = "02-tokenization.html"
FIGURE = "fig-07"


def own(page: Page) -> list[int]:
    return [int(text) for text in page.locator(f"#{FIGURE} .part-own small").all_inner_texts()]


def test_each_oddity_shows_its_tokens(page: Page) -> None:
    for quirk, shown in QUIRKS.items():
        press(page, FIGURE, quirk)
        counts = page.locator(f"#{FIGURE} .part-stage .label").all_inner_texts()
        assert [int(count.split()[0]) for count in counts] == [len(ids) for ids in shown.ids()]
    press_by_key(page, FIGURE, "numbers", "Enter")
    assert out(page, FIGURE, "number") == "88 of 9,000"


def test_a_text_of_ones_own_is_cut_as_tiktoken_cuts_it(page: Page) -> None:
    box = page.locator(f"#{FIGURE} [data-control=own]")
    for text in ("It’s 2024 <b>, café", "a\u202e١٢٣ שלום 12", "e" + "\u0301" * 150, "👩‍🚀", "\0"):
        box.fill(text)
        settle(page, FIGURE)
        assert own(page) == encoding("gpt2").encode_ordinary(text)
    # Half a character is refused in words, and what was there stays.
    box.evaluate("box => { box.value = 'x\\ud83d'; box.dispatchEvent(new Event('input', {bubbles: true})); }")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-message]")).to_contain_text("half of a character")
    assert own(page) == encoding("gpt2").encode_ordinary("\0")


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("numbers", "code", "letters", "trailing", "glitch", "space"))
    assert height(page, FIGURE) == first
    sizes = page.locator(f"#{FIGURE} small").evaluate_all(
        "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 11
    page.locator(f"#{FIGURE} [data-control=own]").fill("x" * 200)
    settle(page, FIGURE)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
