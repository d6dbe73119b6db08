"""FIG.06D in the browser: the small search against numpy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data import embeddings as data
from tests.browser.steps import on_phone, out, picture, press, press_by_key, tap_steadily

FIGURE = "fig-06d"
TEXTS = json.loads((data.FOLDER / "sentences.json").read_text("utf-8"))


def unit(name: str) -> Any:
    rows = np.load(data.FOLDER / "sentences.npz")[name].astype(np.float64)
    return rows / np.sqrt((rows * rows).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("query", range(8))
def test_a_query_is_answered_from_the_stored_vectors(page: Page, query: int) -> None:
    press(page, FIGURE, f"query-{query}")
    cosines = unit("documents") @ unit("queries")[query]
    order = np.argsort(-cosines)
    assert np.diff(np.sort(cosines)).min() > 1e-6  # no rank hangs on the last bits
    for place, i in enumerate(order[:5], 1):
        assert out(page, FIGURE, f"found-{place}") == TEXTS["documents"][i]
        assert out(page, FIGURE, f"found-{place}-cosine") == f"{cosines[i]:+.2f}"
    rank = order.tolist().index(query) + 1
    assert rank <= 5  # as the lesson says
    assert out(page, FIGURE, "answer-rank").startswith("first" if rank == 1 else f"in place {rank},")
    expect(page.locator(f"#{FIGURE} .found .answer")).to_contain_text(TEXTS["documents"][query])


def test_the_closest_pair_is_that_of_all_pairs(page: Page) -> None:
    press(page, FIGURE, "query-2")
    press(page, FIGURE, "pair")
    expect(page.locator(f"#{FIGURE} [data-control=pair]")).to_have_attribute("aria-pressed", "true")
    documents = unit("documents")
    cosines = np.triu(documents @ documents.T, 1)
    i, j = np.unravel_index(np.argmax(cosines), cosines.shape)
    assert out(page, FIGURE, "found-1") == f"{TEXTS['documents'][i]} / {TEXTS['documents'][j]}"
    assert out(page, FIGURE, "found-1-cosine") == f"{cosines[i, j]:+.2f}"
    assert out(page, FIGURE, "pair-passes") == f"{24 * 23 // 2} passes"
    expect(page.locator(f"#{FIGURE} .queries [aria-pressed=true]")).to_have_count(1)


def test_keys_and_reset(page: Page) -> None:
    before = picture(page, FIGURE)
    press_by_key(page, FIGURE, "query-7", "Enter")
    press_by_key(page, FIGURE, "pair", "Space")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_on_a_small_screen(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    tap_steadily(page, FIGURE, ("query-1", "query-5", "pair", "query-3"))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
