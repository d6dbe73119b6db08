"""FIG.03 in the browser: the line and the point are one thing, by mouse, keys and touch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.data.networks.penguins import penguins
from pycore.figures.networks import _valley as valley
from pycore.figures.networks.loss_map import FIT
from tests.browser import steps
from tests.browser.steps import height, on_phone, out, press, settle, smallest_text, tap_steadily

LESSON = "01-neural-network.html"
FIGURE = "fig-03"
X, Y = penguins().measures[:, 2] / 10 - 18, penguins().measures[:, 3] / 1000


def shown(page: Page) -> tuple[float, float, float]:
    w, b, loss = (float(out(page, FIGURE, name).replace("−", "-")) for name in ("w", "b", "loss"))
    return w, b, loss


def on_screen(page: Page, part: str, x: float, y: float) -> tuple[float, float]:
    """Where a place of a picture is in the window."""
    return steps.on_screen(page, f"#{FIGURE} .part-{part} svg", x, y)


def assert_true(page: Page) -> None:
    """What is read is the mean square, and all three handles stand where it says."""
    w, b, loss = shown(page)
    assert loss == pytest.approx(np.mean((w * X + b - Y) ** 2), abs=6e-4)
    wanted = {
        "point": (valley.MAP.x(w), valley.MAP.y(b)),
        "shift": (FIT.x(0), FIT.y(b)),
        "tilt": (FIT.x(3), FIT.y(b + 3 * w)),
    }
    for name, (x, y) in wanted.items():
        knob = page.locator(f"#{FIGURE} [data-drag={name}] .knob")
        assert float(knob.get_attribute("cx") or 0) == pytest.approx(x, abs=0.1)
        assert float(knob.get_attribute("cy") or 0) == pytest.approx(y, abs=0.1)


def test_dragging_the_point_moves_the_line(page: Page) -> None:
    page.locator(f"#{FIGURE} .part-map svg").scroll_into_view_if_needed()
    page.mouse.move(*on_screen(page, "map", valley.MAP.x(0.2), valley.MAP.y(4.8)))
    page.mouse.down()
    for w, b in ((0.4, 4.0), (0.8, 2.0), (0.5, 3.2)):
        page.mouse.move(*on_screen(page, "map", valley.MAP.x(w), valley.MAP.y(b)), steps=4)
        settle(page, FIGURE)
        assert shown(page)[:2] == (pytest.approx(w, abs=0.011), pytest.approx(b, abs=0.041))
        assert_true(page)
    page.mouse.up()


def test_dragging_the_line_moves_the_point(page: Page) -> None:
    page.locator(f"#{FIGURE} .part-fit svg").scroll_into_view_if_needed()
    page.mouse.move(*on_screen(page, "fit", FIT.x(0), FIT.y(4.8)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, "fit", FIT.x(0), FIT.y(3.0)), steps=4)
    page.mouse.up()
    settle(page, FIGURE)
    assert shown(page)[:2] == (0.2, pytest.approx(3.0, abs=0.041))
    page.mouse.click(*on_screen(page, "fit", FIT.x(3), FIT.y(4.6)))
    settle(page, FIGURE)
    w, b, _ = shown(page)
    assert w * 3 + b == pytest.approx(4.6, abs=0.05)
    assert_true(page)


def test_keys_move_each_handle_and_a_press_goes_to_the_bottom(page: Page) -> None:
    for name, key in (("shift", "ArrowDown"), ("tilt", "ArrowUp"), ("point", "ArrowRight")):
        handle = page.locator(f"#{FIGURE} [data-drag={name}]")
        handle.focus()
        page.keyboard.press(key)
        settle(page, FIGURE)
        expect(handle).to_be_focused()
        assert_true(page)
    press(page, FIGURE, "go-best")
    assert_true(page)
    assert shown(page)[2] == pytest.approx(valley.bowl().least, abs=0.001)


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("go-flat", "go-best"))
    page.locator(f"#{FIGURE} .part-map svg").scroll_into_view_if_needed()
    page.touchscreen.tap(*on_screen(page, "map", valley.MAP.x(0.8), valley.MAP.y(2.5)))
    settle(page, FIGURE)
    assert shown(page)[:2] == (pytest.approx(0.8, abs=0.011), pytest.approx(2.5, abs=0.041))
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
