"""FIG.07C in the browser: models, layers, the mean and the rogue coordinates, against numpy in CPython."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import SMOLLM_BLOCKS, cone_states, smollm_cone_states, word_vectors
from tests.browser.steps import height, on_phone, out, picture, press, press_by_key, settle, tap_steadily

FIGURE = "fig-07c"
STATES = {"minilm": cone_states(), "smollm2": smollm_cone_states()}
WORDS = cone_states().words


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


def unfold(page: Page) -> None:
    # The tests share a page, and a reset closes no fold.
    page.locator(f"#{FIGURE} .part-coordinates details").evaluate("fold => { fold.open = false; }")
    page.locator(f"#{FIGURE} .part-coordinates summary").click()
    expect(page.locator(f"#{FIGURE} .part-coordinates details")).to_have_attribute("open", "")


def assert_shows(page: Page, model: str, layer: int, *, zeroed: int = 0, centred: bool = False) -> None:
    x = STATES[model].states[:, layer].copy()
    order, shares = rogues(x)
    told = page.locator(f"#{FIGURE} [data-out^=model-share-]").all_text_contents()
    assert told[:3] == [f"{100 * s:.0f} %" for s in shares[:3]]
    x[:, order[:zeroed]] = 0
    if centred:
        x -= x.mean(axis=0)
    c = cosines(x)
    assert out(page, FIGURE, "mean") == out(page, FIGURE, f"{model}-mean") == signed(c.mean())
    assert out(page, FIGURE, "angle") == f"{np.degrees(np.arccos(c.mean())):.0f}°"
    assert out(page, FIGURE, "most") == signed(c.max())
    assert out(page, FIGURE, "least") == signed(c.min())
    squares = np.sort((x**2).sum(axis=0))
    assert out(page, FIGURE, "squares") == f"{100 * squares[-3:].sum() / squares.sum():.0f} %"
    pairs = np.array(np.triu_indices(len(x), 1)).T
    for name, place in (("most-pair", c.argmax()), ("least-pair", c.argmin())):
        assert out(page, FIGURE, name) == ", ".join(WORDS[i] for i in pairs[place])


@pytest.mark.parametrize("model", STATES)
def test_each_layer_shows_its_own_numbers(page: Page, model: str) -> None:
    press(page, FIGURE, f"model-{model}")
    for layer in range(7):
        press(page, FIGURE, f"layer-{layer}")
        assert_shows(page, model, layer)
        title = page.locator(f"#{FIGURE} .part-stage .label").inner_text()
        number = layer if model == "minilm" else SMOLLM_BLOCKS[layer]
        assert f" {number}:" in title or (model == "smollm2" and layer == 0 and "its table:" in title)


def test_a_model_of_tokens_crowds_and_one_trained_on_sentences_does_not(page: Page) -> None:
    assert_shows(page, "smollm2", 5)
    means = {model: float(out(page, FIGURE, f"{model}-mean")) for model in ("smollm2", "minilm", "glove")}
    assert means["smollm2"] > 0.7 > 0.5 > means["glove"] > 0.2 > means["minilm"]
    press(page, FIGURE, "layer-6")
    assert out(page, FIGURE, "minilm-mean") == "+0.04"


def test_rogue_coordinates_and_the_mean(page: Page) -> None:
    press(page, FIGURE, "model-minilm")
    unfold(page)
    assert out(page, FIGURE, "mean") == "+0.18"
    assert out(page, FIGURE, "model-share-1") == "38 %"
    means = [0.18]
    for count in (1, 2, 3):
        press(page, FIGURE, f"zero-{count}")
        assert_shows(page, "minilm", 5, zeroed=count)
        means.append(float(out(page, FIGURE, "mean")))
    assert all(later < earlier for earlier, later in pairwise(means))
    press(page, FIGURE, "centre")
    assert_shows(page, "minilm", 5, zeroed=3, centred=True)
    assert "It must" in page.locator(f"#{FIGURE} .part-stage .honest").inner_text()
    # What was unfolded stays so through all of this.
    expect(page.locator(f"#{FIGURE} .part-coordinates details")).to_have_attribute("open", "")


def test_glove_is_asked_for_other_words(page: Page) -> None:
    glove = word_vectors()
    press(page, FIGURE, "model-glove")
    for control, words in (("glove-same", WORDS), ("glove-spread", glove.words[:10_000:125])):
        press(page, FIGURE, control)
        x = np.stack([glove[word] for word in words]).astype(np.float64)
        assert len(x) == 80
        assert out(page, FIGURE, "glove-mean") == out(page, FIGURE, "mean") == signed(cosines(x).mean())
        shares = page.locator(f"#{FIGURE} [data-out=model-share-1]").text_content()
        assert shares == f"{100 * rogues(x)[1][0]:.0f} %"
        told = page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or ""
        assert f"mean {signed(cosines(x).mean())}" in told


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    for control, key in (("model-minilm", "Enter"), ("layer-2", "Enter")):
        press_by_key(page, FIGURE, control, key)
    page.locator(f"#{FIGURE} .part-coordinates details").evaluate("fold => { fold.open = false; }")
    page.locator(f"#{FIGURE} .part-coordinates summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{FIGURE} .part-coordinates details")).to_have_attribute("open", "")
    for control, key in (("zero-1", "Space"), ("centre", "Enter")):
        press_by_key(page, FIGURE, control, key)
    assert_shows(page, "minilm", 2, zeroed=1, centred=True)


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    unfold(page)
    before = picture(page, FIGURE)
    for control in ("layer-1", "model-glove", "glove-spread", "zero-2", "centre"):
        press(page, FIGURE, control)
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_and_a_steady_height(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    tap_steadily(page, FIGURE, ("layer-0", "model-minilm", "layer-3", "model-glove", "glove-spread"))
    summary = page.locator(f"#{FIGURE} .part-coordinates summary")
    box = summary.bounding_box()
    assert box
    assert box["height"] >= 44
    closed = height(page, FIGURE)
    summary.tap()
    settle(page, FIGURE)
    assert height(page, FIGURE) > closed
    tap_steadily(page, FIGURE, ("zero-3", "centre", "model-smollm2", "layer-6", "zero-1", "model-minilm"))
    assert_shows(page, "minilm", 6, zeroed=1, centred=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
