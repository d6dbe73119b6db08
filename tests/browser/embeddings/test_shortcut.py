"""FIG.05A in the browser: three rankings on raw and on unit vectors, checked against numpy in CPython."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from tests.browser.steps import on_phone, out, picture, press, settle, smallest_text, tap_steadily, unfold

FIGURE = "fig-05a"
MEASURES = ("dot", "cosine", "distance")
RAW = word_vectors().matrix.astype(np.float64)
LENGTHS = np.sqrt((RAW * RAW).sum(axis=1))
UNIT = RAW / LENGTHS[:, np.newaxis]


def expected(word: str, unit: bool) -> dict[str, list[tuple[str, str]]]:
    """Work out the nearest five by each measure, with what stands beside them."""
    i, rows = word_vectors().id(word), UNIT if unit else RAW
    apart = np.sqrt(((rows - rows[i]) ** 2).sum(axis=1))
    scores = {"dot": rows @ rows[i], "cosine": UNIT @ UNIT[i], "distance": -apart}
    lists = {}
    for measure, score in scores.items():
        order = [j for j in np.argsort(-score) if j != i][:5]
        signs = "" if measure == "distance" else "+"
        lists[measure] = [(word_vectors().words[j], f"{abs(score[j]):{signs}.2f}") for j in order]
    return lists


def shown(page: Page) -> dict[str, list[tuple[str, str]]]:
    return {
        measure: [
            (out(page, FIGURE, f"{measure}-{k}"), out(page, FIGURE, f"{measure}-{k}-value"))
            for k in range(1, 6)
        ]
        for measure in MEASURES
    }


def names(lists: dict[str, list[tuple[str, str]]], measure: str) -> list[str]:
    return [word for word, _ in lists[measure]]


def test_what_a_browser_filled_in_without_telling_gives_way(page: Page) -> None:
    unfold(page, FIGURE)
    box = page.locator(f"#{FIGURE} [data-control=word]")
    box.evaluate("(box) => { box.value = 'zzzq'; }")
    press(page, FIGURE, "unit")  # the box’s markup is as it was; what stands in it is not
    assert box.input_value() == box.get_attribute("placeholder")


@pytest.mark.parametrize("word", ["love", "kitten", "the", "likewise"])
def test_three_lists_become_one(page: Page, word: str) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, f"pick-{word}")
    lists = expected(word, unit=False)
    assert shown(page) == lists
    i = word_vectors().id(word)
    assert out(page, FIGURE, "length") == f"{LENGTHS[i]:.2f}"
    shared = [len({*names(lists, measure)} & {*names(lists, "cosine")}) for measure in ("dot", "distance")]
    told = f"the dot product shares {shared[0]}, the distance {shared[1]}."
    assert out(page, FIGURE, "verdict").endswith(told)
    assert page.locator(f"#{FIGURE} li.other").count() == 10 - sum(shared)
    means = [float(out(page, FIGURE, f"{measure}-mean")) for measure in MEASURES]
    assert means == sorted(means, reverse=True)  # the dot product finds longer words, the distance shorter

    press(page, FIGURE, "unit")
    lists = expected(word, unit=True)
    assert shown(page) == lists
    assert names(lists, "dot") == names(lists, "cosine") == names(lists, "distance")
    assert out(page, FIGURE, "verdict") == "All three lists are the same, in the same order."
    assert page.locator(f"#{FIGURE} li.other").count() == 0
    assert out(page, FIGURE, "length") == "1.00"
    assert out(page, FIGURE, "squared") == out(page, FIGURE, "two-less")


def test_what_the_caption_says(page: Page) -> None:
    press(page, FIGURE, "pick-kitten")
    lists = shown(page)
    for word in ("whiskers", "paws"):
        assert word in names(lists, "distance")
        assert word not in names(lists, "dot") + names(lists, "cosine")
    press(page, FIGURE, "pick-likewise")
    assert word_vectors().id("likewise") == int(LENGTHS.argmin())
    lists = shown(page)
    assert not {*names(lists, "dot")} & {*names(lists, "cosine")}


def test_the_chart_draws_the_word_at_its_rank_and_length(page: Page) -> None:
    unfold(page, FIGURE)
    i = word_vectors().id("love")
    told = page.locator(f"#{FIGURE} .part-lengths svg").get_attribute("aria-label") or ""
    assert f"love: rank {i + 1:,}, length {LENGTHS[i]:.2f}" in told
    assert f"from {np.median(LENGTHS[:10]):.1f} for the ten" in told
    assert f"to {np.median(LENGTHS[6000:]):.1f} for" in told
    ranks = np.argsort(np.argsort(LENGTHS))
    rho = np.corrcoef(np.arange(len(ranks)), ranks)[0, 1]
    assert out(page, FIGURE, "rho") == f"{rho:+.2f}".replace("-", "−")


def test_any_word_can_be_typed_and_the_keyboard_is_enough(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").fill("violin")
    settle(page, FIGURE)
    assert shown(page) == expected("violin", unit=False)
    page.locator(f"#{FIGURE} [data-control=unit]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    assert shown(page) == expected("violin", unit=True)
    page.locator(f"#{FIGURE} [data-control=word]").fill("nosuchword")
    settle(page, FIGURE)
    assert "is not among these" in page.locator(f"#{FIGURE} .hint").inner_text()
    assert shown(page) == expected("violin", unit=True)


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    press(page, FIGURE, "unit")
    press(page, FIGURE, "pick-the")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_and_a_steady_height_on_a_phone(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    unfold(page, FIGURE)
    tap_steadily(page, FIGURE, ("unit", "pick-likewise", "raw", "pick-the"))
    assert shown(page) == expected("the", unit=False)
    expect(page.locator(f"#{FIGURE} [data-control=raw]")).to_have_attribute("aria-pressed", "true")
    assert smallest_text(page, FIGURE) >= 11


@pytest.mark.parametrize("word", ["love", "kitten", "the", "likewise", "violin", "she"])
def test_the_name_in_the_chart_covers_no_dot(page: Page, word: str) -> None:
    unfold(page, FIGURE)
    page.locator(f"#{FIGURE} [data-control=word]").fill(word)
    settle(page, FIGURE)
    name = page.locator(f"#{FIGURE} .part-lengths .name").bounding_box()
    assert name
    for dot in page.locator(f"#{FIGURE} .five circle").all():
        box = dot.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        beside = not name["x"] < x < name["x"] + name["width"]
        assert beside or not name["y"] < y < name["y"] + name["height"]
