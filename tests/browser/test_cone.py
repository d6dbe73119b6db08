"""FIG.07C in the browser: layers, the mean and the rogue coordinates, checked against numpy in CPython."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from pycore.data import cone_states, word_vectors
from tests.browser.steps import on_phone, out, press, press_by_key, tap_steadily

FIGURE = "fig-07c"
CONE = cone_states()


def cosines(x: Any) -> Any:
    unit = x / np.sqrt((x * x).sum(axis=1, keepdims=True))
    return (unit @ unit.T)[np.triu_indices(len(x), 1)]


def signed(x: float) -> str:
    return f"{x:+.2f}".replace("-", "−")


def rogues(x: Any) -> tuple[Any, Any]:
    """Coordinates by what they add to the mean cosine, and the share of each, from all pairs one by one."""
    unit = x / np.sqrt((x * x).sum(axis=1, keepdims=True))
    first, second = np.triu_indices(len(x), 1)
    parts = np.mean(unit[first] * unit[second], axis=0)
    order = np.argsort(-parts)
    return order, parts[order] / parts.sum()


def assert_shows(page: Page, layer: int, *, zeroed: int = 0, centred: bool = False) -> None:
    x = CONE.states[:, layer].copy()
    order, shares = rogues(x)
    assert [out(page, FIGURE, f"model-share-{i}") for i in (1, 2, 3)] == [
        f"{100 * s:.0f} %" for s in shares[:3]
    ]
    x[:, order[:zeroed]] = 0
    c = cosines(x - x.mean(axis=0) if centred else x)
    assert out(page, FIGURE, "mean") == signed(c.mean())
    assert out(page, FIGURE, "angle") == f"{np.degrees(np.arccos(c.mean())):.0f}°"
    assert out(page, FIGURE, "most") == signed(c.max())
    assert out(page, FIGURE, "least") == signed(c.min())
    pairs = np.array(np.triu_indices(len(x), 1)).T
    for name, place in (("most-pair", c.argmax()), ("least-pair", c.argmin())):
        assert out(page, FIGURE, name) == ", ".join(CONE.words[i] for i in pairs[place])


@pytest.mark.parametrize("layer", range(7))
def test_each_layer_shows_its_own_numbers(page: Page, layer: int) -> None:
    press(page, FIGURE, f"layer-{layer}")
    assert_shows(page, layer)


def test_what_the_caption_says(page: Page) -> None:
    assert out(page, FIGURE, "mean") == "+0.18"
    assert out(page, FIGURE, "model-share-1") == "38 %"
    means = [0.18]
    for count in (1, 2, 3):
        press(page, FIGURE, f"zero-{count}")
        assert_shows(page, 5, zeroed=count)
        means.append(float(out(page, FIGURE, "mean")))
    assert all(later < earlier for earlier, later in pairwise(means))
    press(page, FIGURE, "centre")
    assert_shows(page, 5, zeroed=3, centred=True)
    assert "They must" in page.locator(f"#{FIGURE} .part-stage .honest").inner_text()
    press(page, FIGURE, "layer-6")
    press(page, FIGURE, "zero-0")
    press(page, FIGURE, "centre")
    assert out(page, FIGURE, "mean") == "+0.04"


def test_glove_is_asked_for_other_words(page: Page) -> None:
    glove = word_vectors()
    for control, words in (("glove-same", CONE.words), ("glove-spread", glove.words[:10_000:125])):
        press(page, FIGURE, control)
        x = np.stack([glove[word] for word in words]).astype(np.float64)
        assert len(x) == 80
        assert out(page, FIGURE, "glove-mean") == signed(cosines(x).mean())
        assert out(page, FIGURE, "glove-share-1") == f"{100 * rogues(x)[1][0]:.0f} %"
        told = page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or ""
        assert f"GloVe, downward: mean {signed(cosines(x).mean())}" in told


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    for control, key in (("layer-2", "Enter"), ("zero-1", "Space"), ("centre", "Enter")):
        press_by_key(page, FIGURE, control, key)
    assert_shows(page, 2, zeroed=1, centred=True)


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = page.locator(f"#{FIGURE} .body").inner_html()
    for control in ("layer-1", "glove-spread", "zero-2", "centre"):
        press(page, FIGURE, control)
    press(page, FIGURE, "reset")
    assert page.locator(f"#{FIGURE} .body").inner_html() == before


def test_touch_and_a_steady_height(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    tap_steadily(page, FIGURE, ("layer-0", "zero-3", "glove-spread", "layer-6", "centre", "layer-3"))
    assert_shows(page, 3, zeroed=3, centred=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
