"""FIG.07A in the browser: the cut, the turn and typed words, by mouse, keys and touch, checked with numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy import stats

from pycore.data.embeddings import word_vectors
from pycore.figures.embeddings.truncation import CUTS, FREQUENT, PAIRS, QUERIES
from tests.browser.steps import height, on_phone, out, press, settle

FIGURE = "fig-07a"


def turned() -> Any:
    """Turn the space onto the directions of largest variance, by the covariance matrix."""
    x = word_vectors().matrix.astype(np.float64)
    _, axes = np.linalg.eigh(np.cov(x.T))
    return x @ axes[:, ::-1]


def unit(d: int, turn: bool) -> Any:
    x = (turned() if turn else word_vectors().matrix.astype(np.float64))[:, :d]
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True))


def nearest(rows: Any, word: str) -> list[str]:
    words = word_vectors().words[: len(rows)]
    i = words.index(word)
    order = np.argsort(-(rows @ rows[i]))
    return [words[j] for j in order if j != i][:10]


def expected(d: int, turn: bool) -> dict[str, str]:
    """Work out what the numbers beside the charts must say."""
    cut, full, words = unit(d, turn), unit(100, False), word_vectors().words
    some = [(nearest(cut[:FREQUENT], q), nearest(full[:FREQUENT], q)) for q in QUERIES]
    kept = np.mean([len(set(now) & set(whole)) for now, whole in some])
    pairs = [pair.split() for group in PAIRS for pair in group.split(", ")]
    cosines = [cut[words.index(a)] @ cut[words.index(b)] for a, b in pairs]
    rating = np.repeat([3, 2, 1], 10)
    return {
        "kept": f"{kept:.1f}",
        "score": f"{stats.spearmanr(cosines, rating).statistic:.2f}",
        "float32": f"{4 * d}",
        "int8": f"{d + 2}",
    }


def shown(page: Page, names: dict[str, str]) -> dict[str, str]:
    return {name: out(page, FIGURE, name) for name in names}


def listed(page: Page, name: str) -> list[str]:
    return [out(page, FIGURE, f"{name}-{place}") for place in range(1, 11)]


@pytest.mark.parametrize(("d", "turn"), [(10, False), (10, True), (30, True), (100, True)])
def test_the_numbers_are_those_of_numpy(page: Page, d: int, turn: bool) -> None:
    if turn:
        press(page, FIGURE, "turned")
    page.locator(f"#{FIGURE} [data-control=d]").fill(str(d))
    settle(page, FIGURE)
    numbers = expected(d, turn)
    assert shown(page, numbers) == numbers
    assert listed(page, "now") == nearest(unit(d, turn), "violin")
    assert listed(page, "full") == nearest(unit(100, False), "violin")


def test_the_turned_space_loses_less_and_nothing_at_all_uncut(page: Page) -> None:
    """The caption's comparison, at each cut of the slider."""
    plain, turn = {}, {}
    for kept, kind in ((plain, "plain"), (turn, "turned")):
        press(page, FIGURE, kind)
        for d in CUTS:
            page.locator(f"#{FIGURE} [data-control=d]").fill(str(d))
            settle(page, FIGURE)
            kept[d] = float(out(page, FIGURE, "kept"))
    assert plain[100] == turn[100] == 10
    assert all(turn[d] > plain[d] for d in CUTS[:-1])
    assert sorted(turn.values()) == list(turn.values())


def test_words_in_both_lists_are_marked(page: Page) -> None:
    both = set(listed(page, "now")) & set(listed(page, "full"))
    assert out(page, FIGURE, "kept-here") == f"{len(both)} of 10"
    marked = page.locator(f"#{FIGURE} .kept span:first-child").all_inner_texts()
    assert sorted(marked) == sorted([*both, *both])


def test_words_can_be_typed(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").fill("bank")
    settle(page, FIGURE)
    assert listed(page, "full") == nearest(unit(100, False), "bank")
    page.locator(f"#{FIGURE} [data-control=word]").fill("xyzzyx")
    expect(page.locator(f"#{FIGURE} [data-hint=word-hint]")).to_contain_text(
        "is not among these 10,019 words"
    )
    assert listed(page, "full") == nearest(unit(100, False), "bank")


def test_the_slider_moves_by_keys_and_says_where_it_is(page: Page) -> None:
    slider = page.locator(f"#{FIGURE} [data-control=d]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    expect(slider).to_be_focused()
    assert out(page, FIGURE, "d") == "d = 40"
    assert slider.get_attribute("aria-valuetext") == "40 of 100 numbers, 160 bytes as float32"
    page.keyboard.press("End")
    settle(page, FIGURE)
    assert out(page, FIGURE, "kept-here") == "10 of 10"


def test_the_height_stays(page: Page) -> None:
    figure = page.locator(f"#{FIGURE}")
    before = figure.bounding_box()
    press(page, FIGURE, "turned")
    for d in (10, 100):
        page.locator(f"#{FIGURE} [data-control=d]").fill(str(d))
        settle(page, FIGURE)
    after = figure.bounding_box()
    assert before
    assert after
    assert before["height"] == after["height"]


def test_touch(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    first = height(page, FIGURE)
    chip = page.locator(f"#{FIGURE} [data-control=turned]")
    slider = page.locator(f"#{FIGURE} [data-control=d]")
    for target in (chip, slider):
        assert (target.bounding_box() or {})["height"] >= 44
    chip.tap()
    settle(page, FIGURE)
    assert out(page, FIGURE, "kept") == expected(30, True)["kept"]
    box = slider.bounding_box()
    assert box
    slider.tap(position={"x": box["width"] - 4, "y": box["height"] / 2})
    settle(page, FIGURE)
    assert out(page, FIGURE, "kept") == "10.0"
    assert height(page, FIGURE) == first
    assert page.evaluate("document.documentElement.scrollWidth") == 390
