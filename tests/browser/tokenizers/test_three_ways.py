"""FIG.07A in the browser: texts, words and pieces by mouse, keys and touch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.data.tokenizers.unigram import unigram
from pycore.data.tokenizers.wordpiece import wordpiece
from pycore.figures.tokenizers.three_ways import lattice
from tests.browser.steps import on_phone, out, press, press_by_key, settle, tap_steadily, unfold
from tests.pycore.real_tokenizers import encoding

LESSON = "02-tokenization.html"
FIGURE = "fig-07a"


def test_texts_are_cut_three_ways(page: Page) -> None:
    for text in ("Naïve cafés 北京", "\u202e١٢٣ שלום 12", "e" + "\u0301" * 100, ""):
        page.locator(f"#{FIGURE} [data-control=text]").fill(text)
        settle(page, FIGURE)
        for name, cut in (
            ("bpe", encoding("gpt2").encode_ordinary(text)),
            ("wordpiece", wordpiece().tokenize(text)),
            ("unigram", unigram().encode(text)),
        ):
            assert page.locator(f"#{FIGURE} [data-out={name}-count]").text_content() == str(len(cut))
    press(page, FIGURE, "take-symbols")
    expect(page.locator(f"#{FIGURE} .part-stage .lit")).to_have_count(1)  # BERT knows ♥, and no 🙂


def test_a_piece_is_forced_and_let_go_by_keys(page: Page) -> None:
    unfold(page, FIGURE)
    best = out(page, FIGURE, "path")
    press_by_key(page, FIGURE, "piece-0-1", "Enter")
    assert out(page, FIGURE, "path").split()[0] == "▁"
    assert "less probable" in out(page, FIGURE, "verdict")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#{FIGURE} [data-control=piece-1-2]")).to_be_focused()
    press_by_key(page, FIGURE, "piece-0-1", "Enter")
    assert out(page, FIGURE, "path") == best
    press(page, FIGURE, "word-2")
    assert page.locator(f"#{FIGURE} .lattice button").count() == len(lattice("▁lighthouse-keeper"))


def test_touch_and_small_screens(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    tap_steadily(page, FIGURE, ("take-symbols", "take-cafe", "take-lighthouse"))
    unfold(page, FIGURE)
    for control in ("take-cafe", "word-2", "piece-1-2", "take-lighthouse"):
        button = page.locator(f"#{FIGURE} [data-control={control}]")
        before = button.bounding_box()
        button.tap()
        settle(page, FIGURE)
        assert before
        assert before["height"] >= 44
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
