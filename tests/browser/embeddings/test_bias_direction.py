"""FIG.07D in the browser: the direction, its removal, the company of words, checked against numpy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page

from pycore.data.embeddings import word_vectors
from pycore.figures.embeddings.bias_direction import NAMED, OCCUPATIONS
from tests.browser.steps import on_phone, out, picture, press, press_by_key, settle, tap_steadily, unfold

FIGURE = "fig-07d"
VECTORS = word_vectors()
MATRIX = VECTORS.matrix.astype(np.float64)
UNIT = MATRIX / np.sqrt((MATRIX * MATRIX).sum(axis=1, keepdims=True))


def signed(x: float) -> str:
    return f"{x:+.2f}".replace("-", "−").replace("−0.00", "+0.00")


def direction(*, nine: bool = False) -> Any:
    """From the eigenvectors of the covariance of the pairs' differences."""
    ids = [[VECTORS.id(word) for word in pair] for pair in (NAMED if nine else NAMED[:1])]
    apart = np.array([UNIT[one] - UNIT[other] for one, other in ids])
    g = np.linalg.eigh(apart.T @ apart)[1][:, -1]
    return g * np.sign((apart @ g).sum())


def company(word: str, g: Any, *, removed: bool) -> list[tuple[str, bool]]:
    """The ten nearest leaning words, and whether each leaned toward she."""
    leans = UNIT @ g
    gendered = {VECTORS.id(word) for pair in NAMED for word in pair}
    order = [i for i in np.argsort(leans) if i not in gendered]
    crowd = order[:500] + order[-500:]
    unit = UNIT
    if removed:
        unit = UNIT - np.outer(leans, g)
        unit = unit / np.sqrt((unit * unit).sum(axis=1, keepdims=True))
    i = VECTORS.id(word)
    near = sorted((j for j in crowd if j != i), key=lambda j: -(unit[j] @ unit[i]))[:10]
    return [(VECTORS.words[j], leans[j] > 0) for j in near]


def assert_shows(page: Page, word: str, *, nine: bool = False, removed: bool = False) -> None:
    g = direction(nine=nine)
    assert out(page, FIGURE, "projection") == signed(0 if removed else UNIT[VECTORS.id(word)] @ g)
    assert out(page, FIGURE, "average") == signed(0 if removed else (UNIT @ g).mean())
    near = company(word, g, removed=removed)
    assert [out(page, FIGURE, f"near-{place}") for place in range(1, 11)] == [name for name, _ in near]
    assert out(page, FIGURE, "she") == str(sum(she for _, she in near))


def dots(page: Page) -> list[float]:
    """Where the occupations' dots stand, in the picture's units."""
    styles = page.locator(f"#{FIGURE} svg .dot").evaluate_all("all => all.map(e => e.style.transform)")
    return [float(re.findall(r"[-\d.]+", style)[0]) for style in styles][1:]


def test_the_dots_are_the_projections_in_order(page: Page) -> None:
    assert_shows(page, "doctor")
    g = direction()
    leans = sorted((float(UNIT[VECTORS.id(word)] @ g) for word in OCCUPATIONS), reverse=True)
    np.testing.assert_allclose(dots(page), 275 + np.array(leans) / 0.4 * 125, atol=0.06)


def test_the_picture_is_one_image_with_one_description(page: Page) -> None:
    tree = page.locator(f"#{FIGURE} .part-stage svg").aria_snapshot()
    assert "24 occupations on the direction" in tree
    assert "of 10 near" not in tree
    assert page.locator(f"#{FIGURE} .near li").first.inner_text().rstrip().endswith(("to she", "to he"))


def test_removing_the_direction_leaves_the_company(page: Page) -> None:
    before = (out(page, FIGURE, "together-before"), out(page, FIGURE, "correlation-before"))
    assert before == ("98.0 %", "+0.76")
    press(page, FIGURE, "remove")
    assert set(dots(page)) == {275.0}
    assert_shows(page, "doctor", removed=True)
    assert out(page, FIGURE, "together-after") == "91.8 %"
    assert out(page, FIGURE, "correlation-after") == "+0.60"
    press(page, FIGURE, "pick-nurse")
    assert_shows(page, "nurse", removed=True)
    g = direction()
    counts = page.locator(f"#{FIGURE} svg .n").all_text_contents()[1:]
    order = sorted(OCCUPATIONS, key=lambda word: -(UNIT[VECTORS.id(word)] @ g))
    assert counts == [str(sum(she for _, she in company(word, g, removed=True))) for word in order]


def test_nine_pairs_change_sides(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "pairs-all")
    assert_shows(page, "doctor", nine=True)
    assert out(page, FIGURE, "together-before") == "97.3 %"
    assert out(page, FIGURE, "together-after") == "?"  # a question above asks it
    press(page, FIGURE, "remove")
    assert out(page, FIGURE, "together-after") == "86.2 %"
    press(page, FIGURE, "remove")
    page.locator(f"#{FIGURE} [data-control=word]").fill("writer")
    settle(page, FIGURE)
    assert out(page, FIGURE, "projection").startswith("−")
    press(page, FIGURE, "pairs-one")
    assert out(page, FIGURE, "projection").startswith("+")


def test_any_word_can_be_typed(page: Page) -> None:
    box = page.locator(f"#{FIGURE} [data-control=word]")
    box.fill("mathematics")
    settle(page, FIGURE)
    assert_shows(page, "mathematics")
    box.fill("recepsionist")
    settle(page, FIGURE)
    assert_shows(page, "mathematics")
    assert "is not among these" in page.locator(f"#{FIGURE} .hint").inner_text()
    box.fill("mother")
    settle(page, FIGURE)
    assert "gendered by its meaning" in page.locator(f"#{FIGURE} .verdict").inner_text()


def test_the_analogy_with_inputs_out_and_in(page: Page) -> None:
    unfold(page, FIGURE)
    assert (out(page, FIGURE, "answer-1"), out(page, FIGURE, "answer-1-cosine")) == ("nurse", "+0.77")
    press(page, FIGURE, "inputs")
    assert (out(page, FIGURE, "answer-1"), out(page, FIGURE, "answer-1-cosine")) == ("doctor", "+0.87")
    assert out(page, FIGURE, "answer-2") == "doctor"


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    unfold(page, FIGURE)
    for control, key in (("pairs-all", "Enter"), ("remove", "Space"), ("pick-engineer", "Enter")):
        press_by_key(page, FIGURE, control, key)
    assert_shows(page, "engineer", nine=True, removed=True)


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    unfold(page, FIGURE)
    before = picture(page, FIGURE)
    for control in ("pairs-all", "remove", "pick-secretary", "inputs"):
        press(page, FIGURE, control)
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_and_a_steady_height(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    unfold(page, FIGURE)
    body = page.locator(f"#{FIGURE} .body")
    first = body.bounding_box()
    assert first
    tap_steadily(page, FIGURE, ("remove", "pairs-all", "pick-secretary", "inputs", "pick-nurse", "remove"))
    assert_shows(page, "nurse", nine=True)
    page.locator(f"#{FIGURE} [data-control=word]").fill("represen")
    settle(page, FIGURE)
    now = body.bounding_box()
    assert now
    assert now["height"] == first["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
