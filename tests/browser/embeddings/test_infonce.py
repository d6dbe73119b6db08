"""FIG.06C in the browser: loss, softmax and gradients against numpy, steps, and the pictures they make."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data import embeddings as data
from tests.browser.steps import height, on_phone, out, picture, press, settle, tap_steadily

FIGURE = "fig-06c"
TEMPERATURES = (0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0)
RATE = 0.02
TEXTS = json.loads((data.FOLDER / "sentences.json").read_text("utf-8"))


def unit(x: Any) -> Any:
    return x / np.sqrt((x * x).sum(axis=1, keepdims=True))


def expected(temperature: float, steps: int = 0) -> tuple[Any, Any, float]:
    """Work out cosines, probabilities and loss after some steps, by the formulas of the lesson."""
    with np.load(data.FOLDER / "sentences.npz") as arrays:
        q, d = (unit(arrays[name][:8].astype(np.float64)) for name in ("queries", "documents"))
    for step in range(steps + 1):
        s = q @ d.T
        p = np.exp(s / temperature) / np.exp(s / temperature).sum(axis=1, keepdims=True)
        if step < steps:
            g = (p - np.eye(8)) / (8 * temperature)
            # Along a vector itself there is no gradient of a cosine.
            to_q, to_d = g @ d, g.T @ q
            to_q -= (to_q * q).sum(axis=1, keepdims=True) * q
            to_d -= (to_d * d).sum(axis=1, keepdims=True) * d
            q, d = unit(q - RATE * to_q), unit(d - RATE * to_d)
    return s, p, float(-np.log(np.diag(p)).mean())


def heat(page: Page, place: int) -> None:
    page.locator(f"#{FIGURE} [data-control=temperature]").fill(str(place))
    settle(page, FIGURE)


def value(page: Page, name: str) -> float:
    return float(out(page, FIGURE, name).replace("−", "-").removesuffix("%"))


def arrows(page: Page) -> Any:
    """Sizes of all arrows, 8 x 8 in per cent, with the sign of their direction."""
    cells = page.locator(f"#{FIGURE} .part-stage .cells > i").evaluate_all(
        """cells => cells.map((cell) => {
            const arrow = cell.querySelector("b");
            return arrow ? arrow.style.getPropertyValue("--g") * (arrow.className === "up" ? 1 : -1) : 0;
        })"""
    )
    return np.array(cells).reshape(8, 8)


def expect_picture(page: Page, row: int, temperature: float, steps: int = 0) -> None:
    s, p, loss = expected(temperature, steps)
    own = np.eye(8, dtype=bool)
    assert value(page, "loss") == pytest.approx(loss, abs=0.00051)
    assert value(page, "own") == pytest.approx(s[own].mean(), abs=0.0051)
    assert value(page, "others") == pytest.approx(s[~own].mean(), abs=0.0051)
    assert out(page, FIGURE, "right") == f"{(s.argmax(axis=1) == np.arange(8)).sum()} of 8"
    np.testing.assert_allclose(arrows(page), 100 * (own - p), atol=0.51)
    assert out(page, FIGURE, "query").endswith(TEXTS["queries"][row])
    for j in range(8):
        assert value(page, f"cosine-{j}") == pytest.approx(s[row, j], abs=0.0051)
        assert value(page, f"p-{j}") == pytest.approx(100 * p[row, j], abs=0.051)
        gradient = (p[row, j] - (row == j)) / (8 * temperature)
        assert value(page, f"gradient-{j}") == pytest.approx(gradient, abs=0.0051)


def test_the_first_picture_has_the_tides_before_the_moon(page: Page) -> None:
    expect_picture(page, 3, 0.05)
    assert value(page, "p-2") > 50 > value(page, "p-3")  # as the caption says


@pytest.mark.parametrize("place", range(len(TEMPERATURES)))
def test_each_temperature(page: Page, place: int) -> None:
    heat(page, place)
    press(page, FIGURE, "row-1")
    expect_picture(page, 1, TEMPERATURES[place])
    assert out(page, FIGURE, "temperature") == f"{TEMPERATURES[place]:.2f}"


@pytest.mark.parametrize("place", [0, 2, 4, 6])
def test_steps_lower_the_loss_and_raise_the_diagonal(page: Page, place: int) -> None:
    heat(page, place)
    loss, own = value(page, "loss"), value(page, "own")
    press(page, FIGURE, "step")
    expect_picture(page, 3, TEMPERATURES[place], 1)
    press(page, FIGURE, "ten-steps")
    press(page, FIGURE, "ten-steps")
    expect_picture(page, 3, TEMPERATURES[place], 21)
    assert value(page, "loss") < loss
    assert value(page, "first-loss") == loss
    assert value(page, "own") > own
    press(page, FIGURE, "start")
    assert value(page, "loss") == loss


def test_another_temperature_takes_the_same_number_of_steps_anew(page: Page) -> None:
    press(page, FIGURE, "ten-steps")
    heat(page, 5)
    expect_picture(page, 3, 0.5, 10)
    heat(page, 2)
    expect_picture(page, 3, 0.05, 10)


def test_cold_pushes_few_and_hot_pushes_all(page: Page) -> None:
    """The question before the figure claims it."""
    shares = []
    for place in (0, 6):
        heat(page, place)
        pushed = -np.minimum(arrows(page), 0)
        shares.append((pushed > 1).sum())
    assert shares[0] < 16
    assert shares[1] == 56


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    slider = page.locator(f"#{FIGURE} [data-control=temperature]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    expect(slider).to_be_focused()
    assert slider.get_attribute("aria-valuetext") == "0.10"
    row = page.locator(f"#{FIGURE} [data-control=row-6]")
    row.focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    expect(row).to_be_focused()
    expect(row).to_have_attribute("aria-pressed", "true")
    page.locator(f"#{FIGURE} [data-control=step]").focus()
    page.keyboard.press("Space")
    settle(page, FIGURE)
    expect_picture(page, 6, 0.1, 1)
    s, _, _ = expected(0.1, 1)
    told = row.get_attribute("aria-label") or ""
    assert TEXTS["queries"][6] in told
    assert f"d7 {s[6, 6]:+.2f}" in told


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    heat(page, 0)
    press(page, FIGURE, "ten-steps")
    press(page, FIGURE, "row-7")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_on_a_small_screen(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    first = height(page, FIGURE)
    page.locator(f"#{FIGURE} [data-control=row-3] .cells").tap(position={"x": 150, "y": 20})
    tap_steadily(page, FIGURE, ("row-7", "step", "ten-steps", "row-0"))
    for place in (0, 6):
        heat(page, place)
        assert height(page, FIGURE) == first
    expect_picture(page, 0, 1.0, 11)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for button in page.locator(f"#{FIGURE} .body [data-control]").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
