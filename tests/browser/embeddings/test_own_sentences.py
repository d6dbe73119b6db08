"""Sentences of the reader's own in FIG.06 and FIG.06B: before MiniLM is here, and with MiniLM itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    LESSON,
    START,
    assert_accessible,
    height,
    on_phone,
    out,
    press,
    settle,
    unfold,
    wake,
)

LINES = "Prices fell.\nThe cat sleeps on the sofa.\nA kitten naps on the couch."


def write(page: Page, figure: str, text: str) -> None:
    page.locator(f"#{figure} [data-control=own]").fill(text)
    settle(page, figure)


def test_before_it_is_here_a_phone_is_told_and_nothing_moves(
    open_page: Callable[..., Page], http: str
) -> None:
    page = on_phone(open_page, http, "fig-06")
    press(page, "fig-06", "contextual")
    unfold(page, "fig-06")
    for figure, texts in (("fig-06", ("banks", "A bank.")), ("fig-06b", ("A cat.", LINES))):
        wake(page, figure)
        unfold(page, figure)
        assert "MB, fetched only when you ask" in out(page, figure, "model-progress")
        first = height(page, figure)
        for text in texts:
            write(page, figure, text)
            assert height(page, figure) == first
        assert "is not here" in out(page, figure, "own-said")
    box = page.locator("#fig-06 [data-control=own]").bounding_box()
    picture = page.locator("#fig-06 .part-stage svg").bounding_box()
    assert box
    assert picture
    assert picture["y"] + picture["height"] - box["y"] < 844
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.slow
@pytest.mark.parametrize("place", ["http", "disk"])
def test_minilm_itself_reads_them(
    open_page: Callable[..., Page], request: pytest.FixtureRequest, place: str
) -> None:
    page = open_page(request.getfixturevalue(place) + LESSON)
    wake(page, "fig-06")
    press(page, "fig-06", "contextual")
    unfold(page, "fig-06")
    stored = "They robbed the bank in broad daylight and fled with the cash."
    write(page, "fig-06", stored)
    page.locator("#fig-06 [data-control=load-model]").click()
    page.wait_for_selector("#fig-06[data-model-state=ready]", timeout=START)
    expect(page.locator("#fig-06 [data-out=own-1]")).to_have_text(stored, timeout=START)
    settle(page, "fig-06")
    assert float(out(page, "fig-06", "own-1-cosine")) >= 0.995
    # It lies where the stored state of the same sentence lies.
    own, same = (
        page.locator(f"#fig-06 {mark}").bounding_box()
        for mark in (".own path", "[data-control=point-15] .dot")
    )
    assert own
    assert same
    for start, size in (("x", "width"), ("y", "height")):
        assert own[start] + own[size] / 2 == pytest.approx(same[start] + same[size] / 2, abs=6)
    if place == "http":  # from disk axe-core cannot read the styles
        assert_accessible(page, within="#fig-06")
    wake(page, "fig-06b")  # it has come for both
    unfold(page, "fig-06b")
    write(page, "fig-06b", LINES)
    expect(page.locator("#fig-06b [data-out=own-1]")).to_have_text(
        "The cat sleeps on the sofa. / A kitten naps on the couch."
    )
    assert out(page, "fig-06b", "own-said") == "closest pairs: 3 passes, 3 cosines"
