"""FIG.04B in the browser: counts, and a run of both models to its end, checked against CPython."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.figures.embeddings._company import TICKS, met
from pycore.figures.embeddings.glove_counts import COLUMNS, ROWS, GloveCounts
from tests.browser.steps import on_phone, out, picture, press, settle

FIGURE = "fig-04b"
OUTS = ("related", "random", "ahead", "related-skipgram", "random-skipgram", "ahead-skipgram", "miss", "said")
RUN = 60_000  # milliseconds that a run may take on a busy machine


@functools.cache
def trained(ticks: int) -> dict[str, str]:
    """What CPython reads out after so many ticks."""
    parts = GloveCounts({"trained": str(ticks)}).view()
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(parts.values())))


def number(shown: str) -> float:
    return float(shown.replace("−", "-").rstrip(" %"))


def points(page: Page) -> np.ndarray:
    """Points of the fit, in the picture's units."""
    path = page.locator(f"#{FIGURE} .dots").get_attribute("d") or ""
    return np.array(re.findall(r"m([\d.-]+) ([\d.-]+)h0", path), float).cumsum(axis=0)


def test_the_counts_are_those_of_the_text(page: Page) -> None:
    for i, row in enumerate(ROWS):
        for j, column in enumerate(COLUMNS):
            cell = page.locator(f"#{FIGURE} [data-control=cell-{i}-{j}]")
            assert float(cell.inner_text()) == pytest.approx(met(row, column), abs=0.051)


def test_a_count_is_chosen(page: Page) -> None:
    for i, j in ((3, 4), (0, 0)):
        press(page, FIGURE, f"cell-{i}-{j}")
        pressed = page.locator(f"#{FIGURE} table [aria-pressed=true]")
        expect(pressed).to_have_attribute("data-control", f"cell-{i}-{j}")
        assert number(out(page, FIGURE, "log-count")) == pytest.approx(
            np.log(met(ROWS[i], COLUMNS[j])), abs=0.0051
        )
        told = page.locator(f"#{FIGURE} .part-fit svg").get_attribute("aria-label") or ""
        assert f"{ROWS[i]} and {COLUMNS[j]}: GloVe says" in told
    press(page, FIGURE, "cell-2-2")
    assert out(page, FIGURE, "log-count") == "none"
    assert page.locator(f"#{FIGURE} .part-fit circle").count() == 0


def test_a_run_fits_the_counts_and_brings_related_words_together_in_both(page: Page) -> None:
    assert {name: out(page, FIGURE, name) for name in OUTS} == {name: trained(0)[name] for name in OUTS}
    assert np.corrcoef(points(page).T)[0, 1] ** 2 < 0.2
    press(page, FIGURE, "run")
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached", timeout=RUN)
    settle(page, FIGURE)
    assert page.locator(f"#{FIGURE} progress").evaluate("bar => bar.value / bar.max") == 1
    for key in ("", "-skipgram"):
        related, random = (number(out(page, FIGURE, f"{name}{key}")) for name in ("related", "random"))
        assert related - random > 0.2
        assert number(out(page, FIGURE, f"ahead{key}")) > 70
    for name in OUTS:
        close = 1 if "ahead" in name else 0.011
        assert number(out(page, FIGURE, name)) == pytest.approx(number(trained(TICKS)[name]), abs=close)
    assert number(out(page, FIGURE, "miss")) < number(trained(0)["miss"]) / 2
    # y points down: what GloVe says rises with the logarithm of the count.
    assert np.corrcoef(points(page).T)[0, 1] < -0.9
    press(page, FIGURE, "cell-1-2")
    assert number(out(page, FIGURE, "log-count")) == pytest.approx(np.log(met("silver", "gold")), abs=0.0051)


def test_stop_and_reset_by_keyboard(page: Page) -> None:
    before = picture(page, FIGURE)
    run = page.locator(f"#{FIGURE} [data-control=run]")
    run.focus()
    page.keyboard.press("Enter")
    bar = f"document.querySelector('#{FIGURE} progress').value"
    page.wait_for_function(f"{bar} >= 1")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached")
    settle(page, FIGURE)
    done = page.evaluate(bar)
    assert 1 <= done < TICKS
    assert out(page, FIGURE, "miss") == trained(done)["miss"]
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_and_a_steady_height(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    heights = set()
    for control in ("cell-2-2", "cell-4-1", "cell-3-4"):
        cell = page.locator(f"#{FIGURE} [data-control={control}]")
        cell.tap()
        settle(page, FIGURE)
        expect(cell).to_have_attribute("aria-pressed", "true")
        box = cell.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        heights.add(page.locator(f"#{FIGURE}").evaluate("e => Math.round(e.getBoundingClientRect().height)"))
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 2")
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    settle(page, FIGURE)
    heights.add(page.locator(f"#{FIGURE}").evaluate("e => Math.round(e.getBoundingClientRect().height)"))
    assert len(heights) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
