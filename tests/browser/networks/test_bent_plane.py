"""FIG.02A in the browser: bend the plane by hand, by mouse, keys and touch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from pycore.figures.networks._plane import ARROW
from pycore.figures.networks.bent_plane import INPUT
from tests.browser import steps
from tests.browser.steps import (
    height,
    on_phone,
    out,
    press,
    settle,
    smallest_text,
    tap_steadily,
    unfold,
)

LESSON = "01-neural-network.html"
FIGURE = "fig-02a"


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the input plane is in the window."""
    return steps.on_screen(page, f"#{FIGURE} .part-input svg", INPUT.x(x), INPUT.y(y))


def drag(page: Page, name: str, x: float, y: float) -> None:
    """Drag a handle to a place of the plane."""
    knob = page.locator(f"#{FIGURE} [data-drag={name}] .knob")
    at = [float(knob.get_attribute(side) or 0) for side in ("cx", "cy")]
    page.mouse.move(*on_screen(page, INPUT.x.value(at[0]), INPUT.y.value(at[1])))
    page.mouse.down()
    page.mouse.move(*on_screen(page, x, y), steps=4)
    page.mouse.up()
    settle(page, FIGURE)


def test_one_neuron_fails_and_two_by_hand_do_it(page: Page) -> None:
    """What the caption says."""
    page.locator(f"#{FIGURE} .part-input svg").scroll_into_view_if_needed()
    for x, y in ((0.0, 0.0), (-1.2, -0.2), (0.8, 0.8)):
        drag(page, "line1", x, y)
        assert int(out(page, FIGURE, "wrong")) >= 16
    press(page, FIGURE, "layer-two")
    drag(page, "line1", -0.5, -0.5)
    drag(page, "tip1", -0.5 + 2 * ARROW, -0.5 + 2 * ARROW)
    drag(page, "line2", 0.5, 0.5)
    drag(page, "tip2", 0.5 + 2 * ARROW, 0.5 + 2 * ARROW)
    assert out(page, FIGURE, "wrong") == "0"
    expect(page.locator(f"#{FIGURE} [data-out=verdict]")).to_contain_text("one line parts them")
    press(page, FIGURE, "shape-ring")
    assert int(out(page, FIGURE, "wrong")) > 0


def test_keys_and_presses_move_all_neurons(page: Page) -> None:
    press(page, FIGURE, "layer-three")
    for name in ("line1", "tip1", "line2", "tip2", "line3", "tip3"):
        handle = page.locator(f"#{FIGURE} [data-drag={name}]")
        before = handle.locator(".knob").get_attribute("cx")
        handle.focus()
        page.keyboard.press("ArrowLeft")
        settle(page, FIGURE)
        expect(handle).to_be_focused()
        assert handle.locator(".knob").get_attribute("cx") != before
    unfold(page, FIGURE)
    press(page, FIGURE, "press-2")
    page.locator(f"#{FIGURE} .part-input svg").scroll_into_view_if_needed()
    page.mouse.click(*on_screen(page, -1.5, 2.0))
    settle(page, FIGURE)
    knob = page.locator(f"#{FIGURE} [data-drag=line2] .knob")
    assert abs(float(knob.get_attribute("cx") or 0) - INPUT.x(-1.5)) < 1.5


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(
        page, FIGURE, ("layer-two", "shape-ring", "layer-three", "shape-moons", "layer-none", "shape-clouds")
    )
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
