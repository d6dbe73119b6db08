"""FIG.05B in the browser: both knobs, a typed word and the live experiment, checked against CPython."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from pycore.data.embeddings.indexes import QUERIES, SETTINGS, directions, experiment, indexes, stored
from tests.browser.steps import height, on_phone, out, picture, press, settle, smallest_text, tap_steadily

FIGURE = "fig-05b"
KNOBS = {"hnsw": "ef", "ivf": "nprobe"}


def nearest(word: int) -> list[int]:
    """Work out the true ten in whole numbers, among the words that are stored."""
    vectors, words = directions().astype(np.int64), stored()
    squared = ((vectors[words] - vectors[word]) ** 2).sum(axis=1)
    return [i for i in words[np.lexsort((words, squared))].tolist() if i != word][:10]


def searched(method: str, setting: int, word: int) -> tuple[list[int], int]:
    """Search in CPython."""
    index = indexes().hnsw if method == "hnsw" else indexes().ivf
    found = index.search(directions()[word], 10 + (word in stored()), **{KNOBS[method]: setting})
    return [i for i in stored()[found.ids].tolist() if i != word][:10], found.evaluations


def slide(page: Page, place: int) -> None:
    page.locator(f"#{FIGURE} [data-control=setting]").fill(str(place))
    settle(page, FIGURE)


def expect_word(page: Page, word: str, method: str, place: int) -> int:
    """Compare what the figure says of a word with a search made here; return how many were found."""
    words, i = word_vectors().words, word_vectors().id(word)
    setting, true = SETTINGS[method][place], nearest(i)
    found, evaluations = searched(method, setting, i)
    assert [out(page, FIGURE, f"true-{k}") for k in range(1, 11)] == [words[j] for j in true]
    hits = len(set(found) & set(true))
    assert out(page, FIGURE, "found") == f"{hits} of 10"
    assert out(page, FIGURE, "counted") == f"{evaluations:,}"
    missed = page.locator(f"#{FIGURE} .missed [data-out]").all_inner_texts()
    assert missed == [words[j] for j in true if j not in found]
    if hits < len(found):
        assert out(page, FIGURE, "instead") == ", ".join(words[j] for j in found if j not in true)
    return hits


def expect_means(page: Page, method: str, place: int) -> None:
    """Compare the means with sixty searches made here."""
    answers = [searched(method, SETTINGS[method][place], word) for word in QUERIES]
    hits = [len(set(found) & set(nearest(word))) for (found, _), word in zip(answers, QUERIES, strict=True)]
    assert out(page, FIGURE, "setting") == str(SETTINGS[method][place])
    assert out(page, FIGURE, "recall") == f"{sum(hits) / 600:.3f}"
    assert out(page, FIGURE, "distances") == f"{sum(n for _, n in answers) / 60:,.0f}"
    assert out(page, FIGURE, "missed") == f"{600 - sum(hits)} of 600"


def test_what_is_stored_is_what_a_search_finds_now() -> None:
    truth = [nearest(word) for word in QUERIES]
    for m, (method, settings) in enumerate(SETTINGS.items()):
        for s in (0, 4, 9):
            answers = [searched(method, settings[s], word) for word in QUERIES]
            hits = [len(set(found) & set(true)) for (found, _), true in zip(answers, truth, strict=True)]
            assert experiment().hits[m, s].tolist() == hits
            assert experiment().evaluations[m, s].tolist() == [count for _, count in answers]


def test_the_first_picture(page: Page) -> None:
    expect_means(page, "hnsw", 9)  # not at the smallest, for which the question above asks
    assert expect_word(page, "love", "hnsw", 9) == 10
    slide(page, 0)
    assert expect_word(page, "love", "hnsw", 0) == 8


@pytest.mark.parametrize("method", ["hnsw", "ivf"])
def test_the_slider_buys_recall_with_distances(page: Page, method: str) -> None:
    press(page, FIGURE, method)
    recalls, distances = [], []
    for place in (0, 5, 9):
        slide(page, place)
        expect_means(page, method, place)
        expect_word(page, "love", method, place)
        recalls.append(float(out(page, FIGURE, "recall")))
        distances.append(int(out(page, FIGURE, "distances").replace(",", "")))
    assert recalls == sorted(recalls)
    assert distances == sorted(distances)
    value = SETTINGS[method][9]
    slider = page.locator(f"#{FIGURE} [data-control=setting]")
    expect(slider).to_have_attribute("aria-valuetext", f"{KNOBS[method]} {value}")
    told = page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or ""
    assert f"at {KNOBS[method]} {value}, recall {recalls[-1]:.3f}" in told


def test_no_word_that_asks_is_stored() -> None:
    asking = [*QUERIES, *map(word_vectors().id, ("love", "winter", "kitten", "cat"))]
    assert not np.isin(asking, stored()).any()
    assert len(stored()) + len(asking) == len(word_vectors())


def test_winter_is_lost_in_its_cell(page: Page) -> None:
    press(page, FIGURE, "ivf")
    press(page, FIGURE, "pick-winter")
    slide(page, 0)
    assert expect_word(page, "winter", "ivf", 0) == 3
    slide(page, 9)
    assert expect_word(page, "winter", "ivf", 9) == 9


def test_any_word_can_be_typed(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").fill("tiger")
    settle(page, FIGURE)
    expect_word(page, "tiger", "hnsw", 9)
    expect(page.locator(f"#{FIGURE} .told")).to_contain_text("“tiger” is in the index itself")
    page.locator(f"#{FIGURE} [data-control=word]").fill("tigerr")
    settle(page, FIGURE)
    page.locator(f"#{FIGURE} .hint .chip").first.click()
    settle(page, FIGURE)


def test_the_experiment_runs_here_and_gives_what_is_stored(page: Page) -> None:
    slide(page, 1)
    press(page, FIGURE, "measure")
    page.wait_for_selector(f"#{FIGURE} [data-out=measured]")
    page.locator(f"#{FIGURE} [data-control=measure]").click()  # stops it, wherever it is
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached")
    settle(page, FIGURE)
    done = int(out(page, FIGURE, "measured").split()[0])
    assert 0 < done < 60
    answers = [searched("hnsw", 16, word) for word in QUERIES[:done]]
    hits = [
        len(set(found) & set(nearest(word))) for (found, _), word in zip(answers, QUERIES[:done], strict=True)
    ]
    assert out(page, FIGURE, "live-recall") == f"{sum(hits) / (10 * done):.3f}"
    press(page, FIGURE, "measure")
    expect(page.locator(f"#{FIGURE} [data-out=measured]")).to_have_text("60 of 60", timeout=60_000)
    settle(page, FIGURE)
    assert page.locator(f"#{FIGURE} [data-tick]").count() == 0
    for method in SETTINGS:
        press(page, FIGURE, method)
        assert out(page, FIGURE, "live-recall") == out(page, FIGURE, "recall")
        assert out(page, FIGURE, "live-distances") == out(page, FIGURE, "distances")
    marks = page.locator(f"#{FIGURE} .live").count()
    assert marks == sum(map(len, SETTINGS.values()))


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=ivf]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    slider = page.locator(f"#{FIGURE} [data-control=setting]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    expect(slider).to_be_focused()
    expect_means(page, "ivf", 4)


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    press(page, FIGURE, "ivf")
    slide(page, 9)
    press(page, FIGURE, "pick-cat")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_and_a_steady_height_on_a_phone(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("ivf", "pick-winter", "hnsw", "pick-cat", "ivf", "pick-winter"))
    slide(page, 0)
    assert height(page, FIGURE) == first
    expect_word(page, "winter", "ivf", 0)
    assert smallest_text(page, FIGURE) >= 11
