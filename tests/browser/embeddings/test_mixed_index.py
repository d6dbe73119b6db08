"""FIG.07B in the browser: shares, models and the rotation, by mouse, keys and touch, checked with numpy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy.linalg import orthogonal_procrustes

from pycore.data.embeddings import two_spaces
from pycore.figures.embeddings.mixed_index import KNOWN, renewed
from tests.browser.steps import height, on_phone, out, press, settle, tap_steadily

FIGURE = "fig-07b"
WORDS = two_spaces()[0].words


def unit(model: int) -> Any:
    x = two_spaces()[model].matrix.astype(np.float64)
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True))


OLD, NEW = unit(0), unit(1)
ROTATED = NEW @ orthogonal_procrustes(NEW[:KNOWN], OLD[:KNOWN])[0]


def top(index: Any, query: Any, i: int) -> list[int]:
    return [int(j) for j in np.argsort(-(index @ query)) if j != i][:10]


def answers(i: int, share: int, query: str = "old", aligned: bool = False) -> tuple[list[int], list[int]]:
    """Work out what the index answers, and what is right."""
    new = ROTATED if aligned else NEW
    index = np.where(renewed(share)[:, np.newaxis], new, OLD)
    pure = OLD if query == "old" else NEW
    return top(index, (OLD if query == "old" else new)[i], i), top(pure, pure[i], i)


def mean_right(share: int, query: str, aligned: bool) -> str:
    found = [answers(i, share, query, aligned) for i in range(0, len(WORDS), 14)]
    return f"{np.mean([len(set(a) & set(b)) for a, b in found]):.1f} of 10"


def set_share(page: Page, share: int) -> None:
    page.locator(f"#{FIGURE} [data-control=share]").fill(str(share))
    settle(page, FIGURE)


def listed(page: Page, name: str) -> list[str]:
    return [out(page, FIGURE, f"{name}-{place}") for place in range(1, 11)]


def test_about_half_is_new_at_fifty_and_words_are_only_added() -> None:
    assert [int(renewed(share).sum()) for share in (0, 50, 100)] == [0, 700, 1400]
    assert all(np.all(renewed(s) <= renewed(s + 10)) for s in range(0, 100, 10))


@pytest.mark.parametrize("query", ["old", "new"])
@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("share", [0, 50, 100])
def test_lists_and_numbers_are_those_of_numpy(page: Page, query: str, aligned: bool, share: int) -> None:
    press(page, FIGURE, f"ask-{query}")
    if aligned:
        press(page, FIGURE, "align")
    set_share(page, share)
    i = WORDS.index("ship")
    found, right = answers(i, share, query, aligned)
    assert listed(page, "found") == [WORDS[j] for j in found]
    assert listed(page, "right") == [WORDS[j] for j in right]
    assert out(page, FIGURE, "right") == f"{len(set(found) & set(right))} of 10"
    assert out(page, FIGURE, "mean") == mean_right(share, query, aligned)
    own = OLD[i] @ (ROTATED if aligned else NEW)[i]
    assert float(out(page, FIGURE, "own").replace("−", "-")) == pytest.approx(own, abs=0.0051)
    marks = page.locator(f"#{FIGURE} ol >> nth=0").locator(".mark")
    models = [mark.get_attribute("aria-label") for mark in marks.all()]
    assert models == ["new model" if renewed(share)[j] else "old model" for j in found]


def test_right_answers_vanish_in_step_and_no_error_is_shown(page: Page) -> None:
    """What the caption says."""
    means = []
    for share in range(0, 101, 10):
        set_share(page, share)
        means.append(float(out(page, FIGURE, "mean").removesuffix(" of 10")))
        assert not page.locator(f"#{FIGURE} [data-message]").is_visible()
        scores = page.locator(f"#{FIGURE} ol >> nth=0").locator(".value").all_inner_texts()
        assert scores == sorted(scores, reverse=True)
    assert means == sorted(means, reverse=True)
    assert means[0] == 10
    assert abs(means[5] - 5) < 0.5
    assert means[-1] < 0.2
    assert out(page, FIGURE, "every") == "+0.00"
    press(page, FIGURE, "align")
    assert float(out(page, FIGURE, "mean").removesuffix(" of 10")) > 7
    assert out(page, FIGURE, "every") == "+0.92"


def test_words_can_be_typed(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=word]").fill("water")
    settle(page, FIGURE)
    assert listed(page, "found") == [WORDS[j] for j in answers(WORDS.index("water"), 50)[0]]
    page.locator(f"#{FIGURE} [data-control=word]").fill("xyzzyx")
    expect(page.locator(f"#{FIGURE} [data-hint=word-hint]")).to_contain_text("is not among these 1,400 words")


def test_the_slider_moves_by_keys_and_says_where_it_is(page: Page) -> None:
    slider = page.locator(f"#{FIGURE} [data-control=share]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    settle(page, FIGURE)
    expect(slider).to_be_focused()
    assert out(page, FIGURE, "share") == "40 %"
    assert slider.get_attribute("aria-valuetext") == "40 percent"
    assert "At 40 percent" in (page.locator(f"#{FIGURE} .part-curve svg").get_attribute("aria-label") or "")


def test_touch_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    first = height(page, FIGURE)
    slider = page.locator(f"#{FIGURE} [data-control=share]")
    tap_steadily(page, FIGURE, ("ask-new", "align", "ask-old", "align"))
    box = slider.bounding_box()
    assert box
    assert box["height"] >= 44
    slider.tap(position={"x": box["width"] - 4, "y": box["height"] / 2})
    settle(page, FIGURE)
    assert out(page, FIGURE, "mean") == mean_right(100, "old", False)
    assert height(page, FIGURE) == first
    assert page.evaluate("document.documentElement.scrollWidth") == 390
