"""FIG.04 in the browser: what the caption says, by mouse, keys and touch, checked with numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pycore.figures.networks import _valley as valley
from pycore.figures.networks.downhill import LAST
from tests.browser.steps import on_phone, out, press, settle, smallest_text, tap_steadily

LESSON = "01-neural-network.html"
FIGURE = "fig-04"
START = np.array([0.14, 2.0])


def rate(page: Page, thousandths: int) -> None:
    page.locator(f"#{FIGURE} [data-control=rate]").fill(str(thousandths))
    settle(page, FIGURE)


def expected(rate: float, steps: int) -> float:
    """Work out the loss after some steps of plain descent."""
    p = START.copy()
    for _ in range(steps):
        p = p - rate * valley.bowl().hessian @ (p - valley.bowl().best)
    return valley.bowl().loss(p)


def run(page: Page) -> None:
    """Play until it stops by itself."""
    press(page, FIGURE, "play")
    expect(page.locator(f"#{FIGURE} [data-control=play]")).to_have_text("▶ play", timeout=60_000)


def test_steps_are_those_of_the_formula(page: Page) -> None:
    rate(page, 60)
    for step in range(1, 6):
        press(page, FIGURE, "step")
        assert float(out(page, FIGURE, "loss")) == pytest.approx(expected(0.06, step), abs=6e-4)


def test_it_arrives_just_below_the_mark_and_runs_off_just_beyond(page: Page) -> None:
    """What the lesson says of the mark on the slider."""
    rate(page, 141)
    assert float(out(page, FIGURE, "largest")) == pytest.approx(valley.bowl().largest_rate(), abs=6e-5)
    run(page)
    assert float(out(page, FIGURE, "loss")) == pytest.approx(expected(0.141, LAST), abs=6e-4)
    assert float(out(page, FIGURE, "loss")) < expected(0.141, 0)
    rate(page, 142)
    assert float(out(page, FIGURE, "loss")) > expected(0.142, 0)
    expect(page.locator(f"#{FIGURE} [data-out=verdict]")).to_contain_text("runs off")
    rate(page, 200)
    assert out(page, FIGURE, "loss") == "over a million"
    assert not page.locator(f"#{FIGURE} [data-message]").is_visible()


def test_the_way_follows_the_rate_and_the_start(page: Page) -> None:
    for _ in range(3):
        press(page, FIGURE, "step")
    way = page.locator(f"#{FIGURE} .way.sgd")
    before = way.get_attribute("d")
    rate(page, 100)
    after = way.get_attribute("d")
    assert after != before
    page.locator(f"#{FIGURE} [data-drag=start]").focus()
    page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-drag=start]")).to_be_focused()
    assert way.get_attribute("d") not in (before, after)


def test_pause_answers_while_it_runs_and_back_goes_back(page: Page) -> None:
    press(page, FIGURE, "momentum")
    press(page, FIGURE, "adam")
    page.locator(f"#{FIGURE} [data-control=play]").click()
    page.wait_for_function(
        f"document.querySelectorAll('#{FIGURE} .way.adam')[0].getAttribute('d').length > 60"
    )
    press(page, FIGURE, "play")
    kept = out(page, FIGURE, "loss")
    press(page, FIGURE, "momentum")
    assert out(page, FIGURE, "loss") == kept
    assert page.locator(f"#{FIGURE} .way.momentum").count() == 0
    press(page, FIGURE, "back")
    assert float(out(page, FIGURE, "loss")) == pytest.approx(expected(0.02, 0), abs=6e-4)


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    tap_steadily(page, FIGURE, ("step", "momentum", "adam", "step", "momentum", "back"))
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
