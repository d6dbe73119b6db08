"""FIG.03 in the browser: merging by mouse, keys and by itself; own and hostile texts; touch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from pycore.figures.tokenizers.learn_merges import LONGEST, TEXTS
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.pretokenize import split_words
from tests.browser.steps import (
    START,
    height,
    on_phone,
    out,
    press,
    press_by_key,
    settle,
    tap_steadily,
    wake,
)

LESSON = "02-tokenization.html"
FIGURE = "fig-03"


def test_merge_run_and_look(page: Page) -> None:
    """What the caption says."""
    before = int(out(page, FIGURE, "tokens"))
    marked = page.locator(f"#{FIGURE} .text .first").count()
    press(page, FIGURE, "merge")
    assert (
        before - int(out(page, FIGURE, "tokens")) == marked == page.locator(f"#{FIGURE} .text .new").count()
    )
    press_by_key(page, FIGURE, "ten", "Enter")
    assert out(page, FIGURE, "merges") == "11"
    press(page, FIGURE, "play")
    everything = len(learn_merges(Counter(split_words(TEXTS["woodchuck"])), 999))
    expect(page.locator(f"#{FIGURE} [data-out=merges]")).to_have_text(str(everything), timeout=30_000)
    expect(page.locator(f"#{FIGURE} [data-out=verdict]")).to_contain_text("learning ends")
    press(page, FIGURE, "token-268")
    expect(page.locator(f"#{FIGURE} .tree .t").first).to_have_text("␣woodchuck")
    press(page, FIGURE, "again")
    assert int(out(page, FIGURE, "tokens")) == before


def test_own_and_hostile_texts(page: Page) -> None:
    area = page.locator(f"#{FIGURE} textarea")
    first = height(page, FIGURE)
    for text, count in (("", 0), ("a" * LONGEST, LONGEST), ("<img src=x>\u202e", 14), ("مرحبا مرحبا", 21)):
        area.fill(text)
        settle(page, FIGURE)
        assert int(out(page, FIGURE, "tokens").replace(",", "")) == count
        press(page, FIGURE, "ten")
        assert height(page, FIGURE) == first
    assert page.locator(f"#{FIGURE} .body img").count() == 0
    area.evaluate(
        "box => { box.value = 'word '.repeat(44000); "
        "box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE}")).to_contain_text("220,000 characters are too many")


def test_where_an_own_text_is_written_is_in_sight(page: Page) -> None:
    press(page, FIGURE, "text-own")
    expect(page.locator(f"#{FIGURE} .text")).to_contain_text("write one above")
    expect(page.locator(f"#{FIGURE} textarea")).to_be_in_viewport()
    expect(page.locator(f"#{FIGURE} textarea")).to_have_value("")


def test_a_shared_state_comes_back(open_page: Callable[..., Page], http: str) -> None:
    state = {"text": "own", "own": "ünd ünd ünd", "merges": 3, "token": 257}
    page = open_page(f"{http}{LESSON}#{FIGURE}~{quote(json.dumps(state))}")
    wake(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=merges]")).to_have_text("3", timeout=START)
    expect(page.locator(f"#{FIGURE} [data-control=token-257]")).to_have_attribute("aria-pressed", "true")


def test_touch_and_small_screens(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    assert page.locator(f"#{FIGURE} .text").evaluate("text => text.scrollHeight === text.clientHeight")
    tap_steadily(
        page, FIGURE, ("merge", "ten", "back", "token-257", "again", "text-aaa", "ten", "text-banana")
    )
    press = page.locator(f"#{FIGURE} [data-control=merge]")
    press.scroll_into_view_if_needed()
    boxes = [page.locator(f"#{FIGURE} {it}").bounding_box() for it in ("[data-control=merge]", ".text")]
    assert boxes[0]
    assert boxes[1]
    assert boxes[1]["y"] + boxes[1]["height"] - boxes[0]["y"] < 500
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
