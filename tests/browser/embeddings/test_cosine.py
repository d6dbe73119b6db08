"""FIG.05 in the browser: drag, tap and arrow keys, checked against numpy in CPython."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import word_vectors
from pycore.figures.embeddings.cosine import ARROW, CENTER, REACH
from tests.browser import steps
from tests.browser.steps import on_phone, out

FIGURE = "fig-05"


def expected_cosine(x: float, y: float) -> float:
    """Work out from the picture alone what the readout must say: a points right, b to (x, y)."""
    dx, dy = x - CENTER[0], CENTER[1] - y
    return dx / math.hypot(dx, dy)


def tip(page: Page) -> tuple[float, float]:
    knob = page.locator(f"#{FIGURE} .knob")
    return float(knob.get_attribute("cx") or 0), float(knob.get_attribute("cy") or 0)


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the picture is in the window."""
    return steps.on_screen(page, f"#{FIGURE} svg", x, y)


def wait_for_tip(page: Page, x: float, y: float) -> None:
    page.wait_for_function(
        f"""([x, y]) => {{
            const knob = document.querySelector("#{FIGURE} .knob");
            return Math.hypot(knob.getAttribute("cx") - x, knob.getAttribute("cy") - y) < 1;
        }}""",
        arg=[x, y],
    )


def random_place(rng: random.Random) -> tuple[float, float]:
    angle, radius = rng.uniform(0, 2 * math.pi), rng.uniform(30, REACH - 2)
    return CENTER[0] + radius * math.cos(angle), CENTER[1] + radius * math.sin(angle)


def test_the_first_picture_shows_the_real_cosine(page: Page) -> None:
    vectors = word_vectors()
    cat, dog = vectors["cat"].astype(float), vectors["dog"].astype(float)
    value = cat @ dog / (np.linalg.norm(cat) * np.linalg.norm(dog))
    assert out(page, FIGURE, "cosine") == f"{value:+.2f}"
    assert out(page, FIGURE, "norms") == f"{np.linalg.norm(cat) * np.linalg.norm(dog):.2f}"


def test_dragging_shows_the_formula_at_25_places(page: Page) -> None:
    rng = random.Random(5)
    page.mouse.move(*on_screen(page, *tip(page)))
    page.mouse.down()
    scale = ARROW / max(np.linalg.norm(word_vectors()[w].astype(float)) for w in ("cat", "dog"))
    length_a = float(np.linalg.norm(word_vectors()["cat"].astype(float)))
    for _ in range(25):
        x, y = random_place(rng)
        page.mouse.move(*on_screen(page, x, y), steps=3)
        wait_for_tip(page, x, y)
        x, y = tip(page)
        value = expected_cosine(x, y)
        assert abs(float(out(page, FIGURE, "cosine").replace("−", "-")) - value) <= 0.0051
        assert (
            abs(float(out(page, FIGURE, "angle").removesuffix("°")) - math.degrees(math.acos(value))) <= 0.06
        )
        length_b = math.hypot(x - CENTER[0], y - CENTER[1]) / scale
        assert float(out(page, FIGURE, "norms")) == pytest.approx(length_a * length_b, abs=0.03)
        product = float(out(page, FIGURE, "dot").replace("−", "-"))
        assert product == pytest.approx(length_a * length_b * value, abs=0.03)
    page.mouse.up()


def test_the_nearest_words_are_those_of_the_full_space(page: Page) -> None:
    page.mouse.move(*on_screen(page, *tip(page)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, 200, 90), steps=4)
    wait_for_tip(page, 200, 90)
    page.mouse.up()
    vectors = word_vectors()
    a, dog = vectors["cat"].astype(float), vectors["dog"].astype(float)
    right = a / np.linalg.norm(a)
    up = dog - right * (right @ dog)
    up /= np.linalg.norm(up)
    x, y = tip(page)
    b = right * (x - CENTER[0]) + up * (CENTER[1] - y)
    order = np.argsort(-(vectors.unit @ b))[:3]
    shown = [out(page, FIGURE, f"nearest-{place}") for place in (1, 2, 3)]
    assert shown == [vectors.words[i] for i in order]


def test_the_arrow_cannot_leave_the_ring(page: Page) -> None:
    page.mouse.move(*on_screen(page, *tip(page)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, CENTER[0] + 400, CENTER[1]), steps=3)
    wait_for_tip(page, CENTER[0] + REACH, CENTER[1])
    page.mouse.up()
    assert out(page, FIGURE, "cosine") == "+1.00"


def test_a_press_on_the_picture_places_the_tip(page: Page) -> None:
    page.mouse.click(*on_screen(page, 130, 300))
    wait_for_tip(page, 130, 300)
    assert abs(float(out(page, FIGURE, "cosine").replace("−", "-")) - expected_cosine(*tip(page))) <= 0.0051


def test_a_press_on_the_handle_that_does_not_move_places_it_too(page: Page) -> None:
    x, y = tip(page)
    page.mouse.click(*on_screen(page, x + 14, y - 12))
    wait_for_tip(page, x + 14, y - 12)


def test_arrow_keys_move_the_tip(page: Page) -> None:
    handle = page.locator(f"#{FIGURE} [data-drag=b]")
    x, y = tip(page)
    handle.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft", "Shift+ArrowRight"):
        page.keyboard.press(key)
    wait_for_tip(page, x + 21, y - 6)
    expect(handle).to_be_focused()
    value = expected_cosine(*tip(page))
    assert handle.get_attribute("aria-valuenow") == str(round(math.degrees(math.acos(value))))
    assert "degrees above a" in (handle.get_attribute("aria-valuetext") or "")


def test_length_does_not_matter(page: Page) -> None:
    """The caption and the question claim it: outward along the arrow, the cosine stays."""
    x, y = tip(page)
    before = out(page, FIGURE, "cosine")
    page.mouse.click(*on_screen(page, CENTER[0] + (x - CENTER[0]) * 1.25, CENTER[1] + (y - CENTER[1]) * 1.25))
    wait_for_tip(page, CENTER[0] + (x - CENTER[0]) * 1.25, CENTER[1] + (y - CENTER[1]) * 1.25)
    assert out(page, FIGURE, "cosine") == before


def test_pairs_and_reset(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=pair-good-bad]").click()
    expect(page.locator(f"#{FIGURE} [data-out=cosine]")).to_have_text("+0.77")
    page.locator(f"#{FIGURE} [data-control=reset]").click()
    expect(page.locator(f"#{FIGURE} [data-out=cosine]")).to_have_text("+0.88")


def test_any_word_can_be_typed(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=b]").fill("kitten")
    vectors = word_vectors()
    value = float(vectors.unit[vectors.id("cat")] @ vectors.unit[vectors.id("kitten")])
    expect(page.locator(f"#{FIGURE} [data-out=cosine]")).to_have_text(f"{value:+.2f}")


def test_touch_drags_and_taps(open_page: Callable[..., Page], base: str) -> None:
    page = on_phone(open_page, base, FIGURE)
    page.locator(f"#{FIGURE} svg").scroll_into_view_if_needed()
    cdp = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        cdp.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    scrolled = page.evaluate("scrollY")
    touch("touchStart", on_screen(page, *tip(page)))
    for x, y in ((250, 120), (200, 110), (150, 130)):
        touch("touchMove", on_screen(page, x, y))
    touch("touchEnd")
    wait_for_tip(page, 150, 130)
    assert page.evaluate("scrollY") == scrolled
    assert abs(float(out(page, FIGURE, "cosine").replace("−", "-")) - expected_cosine(*tip(page))) <= 0.0051
    page.touchscreen.tap(*on_screen(page, 300, 290))
    wait_for_tip(page, 300, 290)
