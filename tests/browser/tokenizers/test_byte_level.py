"""FIG.05 in the browser: typed text, merges by keys, a page that stays alive under a long paste, touch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.tokenizers.byte_level import TEXTS
from tests.browser.steps import START, height, on_phone, out, press, settle, smallest_text, tap_steadily, wake
from tests.pycore.real_tokenizers import encoding

LESSON = "02-tokenization.html"
FIGURE = "fig-05"
FRAMES = """() => new Promise((done) => {
    let longest = 0, last = performance.now();
    const look = (now) => {
        longest = Math.max(longest, now - last);
        last = now;
        const figure = document.querySelector("#fig-05");
        figure.quiet && !figure.querySelector("[data-tick]") ? done(longest) : requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""


def test_typed_text_merges_by_keys_and_a_long_paste(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    wake(page, FIGURE)
    box = page.locator(f"#{FIGURE} textarea")
    text = "Ünïcode <b>&amp; שלום 🦜 half"
    box.fill(text)
    settle(page, FIGURE)
    ids = ", ".join(map(str, encoding("gpt2").encode_ordinary(text)))
    expect(page.locator(f"#{FIGURE} [data-out=ids]")).to_have_text(ids)
    assert out(page, FIGURE, "decoded") == "equal"

    page.locator(f"#{FIGURE} [data-control=token-0]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    slider = page.locator(f"#{FIGURE} [data-control=step]")
    slider.focus()
    page.keyboard.press("End")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=said]")).to_contain_text("No two neighbours make a token")

    long = ("So long a text is done bit by bit, and nothing waits for its end. " * 3400)[:220_000]
    box.fill(long)
    page.wait_for_selector(f"#{FIGURE} [data-tick]")
    assert page.evaluate(FRAMES) < 1000  # the page is drawn all the time, on a busy machine too
    assert out(page, FIGURE, "tokens") == f"{len(encoding('gpt2').encode_ordinary(long)):,}"
    assert out(page, FIGURE, "characters") == "220,000"
    press(page, FIGURE, "text-code")
    assert out(page, FIGURE, "decoded") == "equal"


def test_the_lists_of_gpt4_and_gpt4o_come_on_demand(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    wake(page, FIGURE)
    press(page, FIGURE, "list-o200k")
    expect(page.locator(f"#{FIGURE} [data-out=list]")).to_contain_text("GPT-4o’s is not here")
    assert "1.1 MB" in out(page, FIGURE, "model-progress")
    page.locator(f"#{FIGURE} [data-control=load-model]").click()
    page.wait_for_selector(f"#{FIGURE}[data-model-state=ready]", timeout=START)
    settle(page, FIGURE)
    press(page, FIGURE, "text-arabic")
    for name in ("o200k", "cl100k"):
        press(page, FIGURE, f"list-{name}")
        ids = encoding(f"{name}_base").encode_ordinary(TEXTS["arabic"])
        expect(page.locator(f"#{FIGURE} [data-out=ids]")).to_have_text(", ".join(map(str, ids)))


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(
        page, FIGURE, ("token-3", "token-7", *["merge"] * 9, "below-bytes", "below-none", "below-ids")
    )
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    # The chips that are pushed sideways fade at the edge; the last one, once reached, stands clear of it.
    chips = page.locator(f"#{FIGURE} .chips.slide")
    assert chips.evaluate("""chips => {
        chips.scrollLeft = chips.scrollWidth;
        const { maskImage, paddingRight } = getComputedStyle(chips);
        const edge = chips.getBoundingClientRect().right - parseFloat(paddingRight);
        return maskImage !== "none" && chips.lastElementChild.getBoundingClientRect().right <= edge + 0.5;
    }""")
    # What a press changes is in the window with what was pressed.
    token = page.locator(f"#{FIGURE} [data-control=token-0]").bounding_box()
    said = page.locator(f"#{FIGURE} [data-out=said]").bounding_box()
    assert token
    assert said
    assert said["y"] + said["height"] - token["y"] < 844
    # All pieces of a long word are in sight, and what is below them stays while they are merged.
    page.locator(f"#{FIGURE} textarea").fill("supercalifragilisticexpialidocious")
    settle(page, FIGURE)
    tap_steadily(page, FIGURE, ["merge"] * 9)
    sizes = "pieces => [pieces.scrollHeight, pieces.clientHeight]"
    assert len(set(page.locator(f"#{FIGURE} .pieces").evaluate(sizes))) == 1
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
