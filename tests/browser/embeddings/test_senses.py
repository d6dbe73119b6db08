"""FIG.06 in the browser: layers, sentences and the mean, by mouse, keys and touch, checked against numpy."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data import embeddings as data
from tests.browser.steps import LESSON, height, on_phone, out, picture, press, settle, wake

FIGURE = "fig-06"
RECORD = json.loads((data.FOLDER / "bank-states.json").read_text("utf-8"))["sentences"]
SENTENCES = [sentence["text"] for sentence in RECORD]
SENSES = np.array([sentence["sense"] for sentence in RECORD])
STATES = np.load(data.FOLDER / "bank-states.npz")["states"].astype(np.float64)
WRONG = 22  # the sentence whose nearest has the other sense at the last layer


def cosines(layer: int, centred: bool = False) -> Any:
    x = STATES[:, layer]
    if centred:
        x = x - x.mean(axis=0)
    lengths = np.sqrt((x * x).sum(axis=1))
    return np.round(x @ x.T / np.outer(lengths, lengths), 9)


def expected(layer: int, centred: bool = False) -> dict[str, str]:
    """Work out what the readouts must say of a layer."""
    c, n = cosines(layer, centred), len(SENSES)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    groups: dict[str, list[float]] = {"river": [], "money": [], "across": []}
    for i, j in pairs:
        groups[SENSES[i] if SENSES[i] == SENSES[j] else "across"].append(c[i, j])
    nearest = [max((k for k in range(n) if k != i), key=lambda k: (c[i, k], -k)) for i in range(n)]
    right = sum(SENSES[i] == SENSES[k] for i, k in enumerate(nearest))
    shown = {name: signed(np.mean(values)) for name, values in groups.items()}
    lowest, highest = min(groups["river"] + groups["money"]), max(groups["across"])
    return shown | {
        "right": f"{right} of {n}",
        "lowest-same": signed(lowest),
        "highest-cross": signed(highest),
    }


def signed(x: float) -> str:
    return f"{x:+.3f}".replace("-", "−")


def shown(page: Page, names: dict[str, str]) -> dict[str, str]:
    return {name: out(page, FIGURE, name) for name in names}


def expect_nearest(page: Page, chosen: int, layer: int, centred: bool = False) -> int:
    """Compare what is said of the chosen sentence with the full space; return its nearest."""
    c = cosines(layer, centred)[chosen]
    c[chosen] = -2
    near = int(np.argmax(c))
    assert out(page, FIGURE, "chosen") == SENTENCES[chosen]
    assert out(page, FIGURE, "nearest") == SENTENCES[near]
    assert out(page, FIGURE, "nearest-cosine") == signed(c[near])
    verdict = "the same sense" if SENSES[chosen] == SENSES[near] else "the other sense"
    assert out(page, FIGURE, "verdict").startswith(verdict)
    pressed = page.locator(f"#{FIGURE} .sentences [aria-pressed=true]")
    expect(pressed).to_have_attribute("data-control", f"sentence-{chosen}")
    lit = page.locator(f"#{FIGURE} .sentences .near")
    expect(lit).to_have_attribute("data-control", f"sentence-{near}")
    return near


def places(page: Page) -> list[list[float]]:
    """Where the points are, in the picture's units."""
    styles = page.locator(f"#{FIGURE} .points > g").evaluate_all("all => all.map(e => e.style.transform)")
    return [[float(x.removesuffix("px")) for x in style[10:-1].split(", ")] for style in styles]


def hollow(page: Page) -> list[str | None]:
    points = page.locator(f"#{FIGURE} .points > .hollow").all()
    return [point.get_attribute("data-arg") for point in points]


def test_the_first_picture_is_one_point(page: Page) -> None:
    assert len({tuple(place) for place in places(page)}) == 1


def test_contextual_shows_the_last_layer(page: Page) -> None:
    press(page, FIGURE, "contextual")
    numbers = {"river": "+0.859", "money": "+0.839", "across": "+0.777", "right": "23 of 24"}
    assert shown(page, numbers) == numbers
    assert expected(6).items() >= numbers.items()
    expect_nearest(page, 0, 6)


@pytest.mark.parametrize("layer", range(7))
def test_each_layer_shows_its_own_numbers(page: Page, layer: int) -> None:
    press(page, FIGURE, f"layer-{layer}")
    assert shown(page, expected(layer)) == expected(layer)
    expect_nearest(page, 0, layer)
    press(page, FIGURE, "centre")
    assert shown(page, expected(layer, True)) == expected(layer, True)
    expect_nearest(page, 0, layer, True)
    if layer:
        assert "no single threshold" in page.locator(f"#{FIGURE} .honest").inner_text()
        assert float(expected(layer)["lowest-same"]) < float(expected(layer)["highest-cross"])


@pytest.mark.parametrize("layer", [0, 3, 6])
def test_the_picture_is_the_best_plane(page: Page, layer: int) -> None:
    press(page, FIGURE, f"layer-{layer}")
    x = STATES[:, layer] - STATES[:, layer].mean(axis=0)
    left, values, _ = np.linalg.svd(x, full_matrices=False)
    assert out(page, FIGURE, "variance") == f"{100 * (values[:2] ** 2).sum() / (x * x).sum():.0f} %"
    flat, drawn = left[:, :2] * values[:2], np.array(places(page))
    apart, apart_drawn = (np.linalg.norm(p[:, None] - p, axis=2) for p in (flat, drawn))
    np.testing.assert_allclose(apart_drawn, apart * (apart_drawn.max() / apart.max()), atol=0.3)


def test_one_sentence_goes_wrong_at_the_last_layer_and_comes_right_without_the_mean(page: Page) -> None:
    press(page, FIGURE, "contextual")
    assert hollow(page) == [str(WRONG)]
    press(page, FIGURE, f"sentence-{WRONG}")
    near = expect_nearest(page, WRONG, 6)
    assert SENSES[near] == "river"
    assert out(page, FIGURE, "verdict") == "the other sense: money here, river there"
    press(page, FIGURE, "centre")
    assert hollow(page) == []
    assert SENSES[expect_nearest(page, WRONG, 6, True)] == "money"


def test_a_sentence_is_chosen_in_the_list_and_in_the_picture(page: Page) -> None:
    press(page, FIGURE, "contextual")
    for chosen in (5, 17):
        press(page, FIGURE, f"sentence-{chosen}")
        expect_nearest(page, chosen, 6)
    page.locator(f"#{FIGURE} [data-control=point-9] .dot").click()
    settle(page, FIGURE)
    expect_nearest(page, 9, 6)
    assert SENTENCES[9] in (page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or "")


def test_every_point_can_be_pressed_at_its_middle(page: Page) -> None:
    """No point's grip covers the middle of another, where a layer has points that differ."""
    for layer in (1, 6):
        press(page, FIGURE, f"layer-{layer}")
        page.locator(f"#{FIGURE} .part-stage svg").scroll_into_view_if_needed()
        hit = page.locator(f"#{FIGURE} .points > g").evaluate_all(
            """all => all.map(e => {
                const m = e.getScreenCTM();
                return document.elementFromPoint(m.e, m.f).closest("[data-arg]")?.dataset.arg;
            })"""
        )
        assert hit == [str(i) for i in range(len(SENSES))]


def test_static_is_one_point_and_contextual_is_one_a_sentence(page: Page) -> None:
    press(page, FIGURE, "contextual")
    assert len({tuple(place) for place in places(page)}) == len(SENSES)
    press(page, FIGURE, "static")
    assert len({tuple(place) for place in places(page)}) == 1
    same = {"river": "+1.000", "money": "+1.000", "across": "+1.000", "right": "no nearest"}
    assert shown(page, same) == same
    vectors = data.word_vectors()
    bank = vectors["bank"].astype(np.float64)
    told = page.locator(f"#{FIGURE} .part-stage svg").get_attribute("aria-label") or ""
    for word in ("money", "river"):
        other = vectors[word].astype(np.float64)
        assert f"{bank @ other / math.sqrt((bank @ bank) * (other @ other)):+.2f} with {word}" in told
    order = [i for i in np.argsort(-(vectors.unit @ bank)) if vectors.words[i] != "bank"][:3]
    assert [out(page, FIGURE, f"word-{place}") for place in (1, 2, 3)] == [vectors.words[i] for i in order]
    press(page, FIGURE, "contextual")
    assert len({tuple(place) for place in places(page)}) == len(SENSES)


def test_one_point_becomes_24_before_the_eye(open_page: Callable[..., Page], http: str) -> None:
    """Each sentence's point is the same element before and after, and glides, unless motion is not wanted."""
    for motion, gliding in (("no-preference", len(SENSES)), ("reduce", 0)):
        page = open_page(http + LESSON, reduced_motion=motion)
        wake(page, FIGURE)
        points = page.locator(f"#{FIGURE} .points > g")
        points.evaluate_all("all => all.forEach((point, i) => (point.was = i))")
        moving = page.evaluate(
            """async (id) => {
                const figure = document.getElementById(id);
                figure.querySelector("[data-control=contextual]").click();
                while (!figure.quiet) await new Promise((done) => setTimeout(done, 2));
                const points = [...figure.querySelectorAll(".points > g")];
                return points.filter((point) => point.getAnimations().length).length;
            }""",
            FIGURE,
        )
        assert moving == gliding
        assert points.evaluate_all("all => all.map((point) => point.was)") == list(range(len(SENSES)))


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=layer-2]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    assert shown(page, expected(2)) == expected(2)
    page.locator(f"#{FIGURE} [data-control=centre]").focus()
    page.keyboard.press("Space")
    settle(page, FIGURE)
    sentence = page.locator(f"#{FIGURE} [data-control=sentence-16]")
    sentence.focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    expect_nearest(page, 16, 2, True)
    expect(sentence).to_be_focused()


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    for control in ("layer-1", "sentence-20", "centre", "static"):
        press(page, FIGURE, control)
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    lists = page.locator(f"#{FIGURE} .sentences ol").all()
    river, money = (each.bounding_box() for each in lists)
    assert river
    assert money
    assert river["y"] == money["y"]  # both senses in sight
    first = height(page, FIGURE)
    for control in ("contextual", "layer-0", "layer-6", "sentence-22", "static"):
        press(page, FIGURE, control)
        assert height(page, FIGURE) == first
    page.locator(f"#{FIGURE} [data-control=layer-4]").tap()
    settle(page, FIGURE)
    assert shown(page, expected(4)) == expected(4)
    page.locator(f"#{FIGURE} [data-control=sentence-19]").tap()
    settle(page, FIGURE)
    expect_nearest(page, 19, 4)
    page.locator(f"#{FIGURE} [data-control=point-11] .dot").tap()
    settle(page, FIGURE)
    expect_nearest(page, 11, 4)
    for control in ("layer-0", "centre", "static", "sentence-0"):
        box = page.locator(f"#{FIGURE} [data-control={control}]").bounding_box()
        assert box
        assert box["height"] >= 40
        assert box["width"] >= 40
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
