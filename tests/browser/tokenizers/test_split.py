"""FIG.04 and FIG.04A in the browser: patterns by mouse and keys, own texts, touch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.tokenizers.no_split import having
from pycore.tokenizers.pretokenize import SPLITS, split_words
from tests.browser.steps import height, on_phone, out, press, press_by_key, settle, tap_steadily, wake

LESSON = "02-tokenization.html"
FIGURE = "fig-04"


def test_the_browser_cuts_as_tiktoken_does(page: Page) -> None:
    """The page's Python is another version, with another Unicode: the cuts are the same."""
    text = "I'LL pay £1234567 in 二零二四!!\n\n  cafe\u0301 helloWorld ٣٤٥ x² 👩\u200d👧 ไทย नमस्ते //\n"
    area = page.locator(f"#{FIGURE} textarea")
    area.fill(text)
    settle(page, FIGURE)
    for split in SPLITS:
        press_by_key(page, FIGURE, f"split-{split}", "Enter")
        assert int(out(page, FIGURE, "chunks")) == len(split_words(text, split))
    press(page, FIGURE, "rule-2")
    faded = page.locator(f"#{FIGURE} .cut .faded").count()
    assert int(out(page, FIGURE, "rule-2")) + faded == int(out(page, FIGURE, "chunks"))
    area.fill("")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} .cut")).to_contain_text("There is no text to cut.")
    press(page, FIGURE, "split-none")
    area.fill("<img src=x onerror=alert(1)>")
    settle(page, FIGURE)
    assert out(page, FIGURE, "chunks") == "1"
    assert page.locator(f"#{FIGURE} .body img").count() == 0


def test_a_long_paste_is_cut_with_a_word(page: Page) -> None:
    first = height(page, FIGURE)
    page.locator(f"#{FIGURE} textarea").fill("")
    page.keyboard.insert_text("word " * 2000)
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE}-text-problem")).to_have_text("The box is full: longer texts are cut.")
    assert height(page, FIGURE) == first


def test_touch_and_small_screens(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    controls = ("split-cl100k", "split-o200k", "split-none", "split-gpt2")
    tap_steadily(page, FIGURE, controls)
    assert height(page, FIGURE) == first
    wake(page, "fig-04a")
    tap_steadily(page, "fig-04a", ("word-people", "word-year", "word-America"))
    page.locator("#fig-04a input").fill("Congress")
    settle(page, "fig-04a")
    assert out(page, "fig-04a", "found-whole") == str(len(having("whole", "Congress")))
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
