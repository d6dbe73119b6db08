"""FIG.01 in the browser: pick, type and step, with the mouse, the keyboard and touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from pycore.live.markup import signed
from tests.browser.steps import on_phone, out

FIGURE = "fig-01"


def multiply(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=product]").click()
    expect(page.locator(f"#{FIGURE} [data-out=difference]")).to_have_text("0")


@pytest.fixture
def page(page: Page) -> Page:
    """The page, with the product worked out too."""
    multiply(page)
    return page


def expect_word(page: Page, word: str) -> None:
    """Both ways of computing must show the word's own row."""
    vectors = word_vectors()
    i = vectors.id(word)
    expect(page.locator(f"#{FIGURE} [data-out=id]")).to_have_text(f"{i:,}")
    row = "[" + ", ".join(signed(float(x)) for x in vectors.matrix[i, :4]) + ", …]"
    assert out(page, FIGURE, "index") == out(page, FIGURE, "product") == row
    assert out(page, FIGURE, "difference") == "0"
    assert out(page, FIGURE, "index-multiplications") == "0"
    assert out(page, FIGURE, "product-multiplications") == f"{vectors.matrix.size:,}"
    lit = page.locator(f"#{FIGURE} tr.lit")
    assert lit.locator("th").inner_text() == word
    assert lit.locator(".hot").inner_text() == "1"


def test_a_token_lights_its_row(page: Page) -> None:
    expect_word(page, "cat")
    page.locator(f"#{FIGURE} [data-control=token-4]").click()
    expect_word(page, "mouse")


def test_any_word_can_be_typed(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").press_sequentially("")
    page.locator(f"#{FIGURE} [data-control=word]").fill("violin")
    expect_word(page, "violin")


def test_a_beginning_is_completed(page: Page) -> None:
    box = page.locator(f"#{FIGURE} [data-control=word]")
    box.fill("kitt")
    page.locator(f"#{FIGURE} .hint [data-control=word-kitten]").click()
    expect_word(page, "kitten")
    expect(box).to_have_value("kitten")
    expect(box).to_be_focused()  # the completion is gone; the focus is not lost with it


def test_an_unknown_word_is_answered_kindly(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").fill("kittne")
    hint = page.locator(f"#{FIGURE} .hint")
    expect(hint).to_contain_text("“kittne” is not among these 10,019 words")
    expect_word(page, "cat")
    hint.locator("[data-control=word-kitten]").click()
    expect_word(page, "kitten")


def test_enter_takes_the_first_completion_and_escape_the_word_in_force(page: Page) -> None:
    box, hint = page.locator(f"#{FIGURE} [data-control=word]"), page.locator(f"#{FIGURE} .hint")
    box.fill("kitt")
    expect(hint.locator("button").first).to_have_text("kitten")
    box.press("Enter")
    expect_word(page, "kitten")
    expect(box).to_have_value("kitten")
    expect(hint).to_be_empty()
    box.fill("kittne")
    expect(hint).to_contain_text("is not among")
    box.press("Escape")
    expect(hint).to_be_empty()
    expect(box).to_have_value("kitten")
    expect_word(page, "kitten")


def test_completions_go_when_the_reader_turns_elsewhere(page: Page) -> None:
    box, hint = page.locator(f"#{FIGURE} [data-control=word]"), page.locator(f"#{FIGURE} .hint")
    box.fill("kitt")
    expect(hint).to_be_visible()
    page.locator(f"#{FIGURE} [data-control=token-4]").focus()
    expect(hint).to_be_hidden()
    box.focus()
    expect(hint).to_be_visible()
    hint.locator("[data-control=word-kitten]").click()
    expect_word(page, "kitten")


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=token-0]").focus()
    page.keyboard.press("Enter")
    expect_word(page, "the")
    page.locator(f"#{FIGURE} [data-control=row-down]").focus()
    page.keyboard.press("Space")
    expect_word(page, word_vectors().words[1])
    page.locator(f"#{FIGURE} [data-control=row-up]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect_word(page, "the")


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=token-7]").click()
    expect_word(page, "garden")
    page.locator(f"#{FIGURE} [data-control=reset]").click()
    # Nor is the product there, which the question above the figure asks about.
    for name in ("product-multiplications", "difference"):
        expect(page.locator(f"#{FIGURE} [data-out={name}]")).to_have_text("?")
    multiply(page)
    expect_word(page, "cat")


def test_touch(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    multiply(page)
    page.locator(f"#{FIGURE} [data-control=token-2]").tap()
    expect_word(page, "chased")
