"""FIG.01 in the browser: the line and its arrow, by mouse, keys and touch, counted with numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page, expect

from pycore.figures.networks.neuron import birds, chart, inputs, trained_wrong
from tests.browser import steps
from tests.browser.steps import height, on_phone, out, press, settle, smallest_text, tap_steadily, unfold

LESSON = "01-neural-network.html"
FIGURE = "fig-01"


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place of the plane is in the window."""
    return steps.on_screen(page, f"#{FIGURE} .part-stage svg", chart().x(x), chart().y(y))


def knob(page: Page, name: str) -> tuple[float, float]:
    """Where a handle stands, in units of the plane."""
    found = page.locator(f"#{FIGURE} [data-drag={name}] .knob")
    return (
        chart().x.value(float(found.get_attribute("cx") or 0)),
        chart().y.value(float(found.get_attribute("cy") or 0)),
    )


def drag(page: Page, name: str, x: float, y: float) -> None:
    page.mouse.move(*on_screen(page, *knob(page, name)))
    page.mouse.down()
    page.mouse.move(*on_screen(page, x, y), steps=4)
    page.mouse.up()
    settle(page, FIGURE)


def assert_counted(page: Page) -> None:
    foot, tip = np.array(knob(page, "line")), np.array(knob(page, "tip"))
    ahead = (inputs() - foot) @ (tip - foot)
    clear = np.abs(ahead) > 0.004  # places in the markup are rounded
    least = int(((ahead > 0) != (birds()[1] == 1))[clear].sum())
    assert least <= int(out(page, FIGURE, "wrong")) <= least + int((~clear).sum())


def test_a_reader_beats_training_by_hand(page: Page) -> None:
    """What the prose says: there are lines with fewer birds on the wrong side."""
    page.locator(f"#{FIGURE} svg").first.scroll_into_view_if_needed()
    press(page, FIGURE, "trained")
    assert out(page, FIGURE, "trained-wrong") == str(trained_wrong())
    drag(page, "line", 0.234, 0.0)
    drag(page, "tip", 0.234 + 1.6, -0.5)
    assert_counted(page)
    assert int(out(page, FIGURE, "wrong")) < trained_wrong()
    expect(page.locator(f"#{FIGURE} [data-out=verdict]")).to_contain_text("fewer than on training")
    best = out(page, FIGURE, "wrong")
    drag(page, "line", -1.0, 0.0)
    assert out(page, FIGURE, "best") == best


def test_a_press_places_the_line_and_keys_move_both(page: Page) -> None:
    page.locator(f"#{FIGURE} svg").first.scroll_into_view_if_needed()
    page.mouse.click(*on_screen(page, -1.0, -1.5))
    settle(page, FIGURE)
    assert np.allclose(knob(page, "line"), (-1.0, -1.5), atol=0.03)
    assert_counted(page)
    for name in ("line", "tip"):
        before = knob(page, name)
        handle = page.locator(f"#{FIGURE} [data-drag={name}]")
        handle.focus()
        page.keyboard.press("ArrowRight")
        settle(page, FIGURE)
        expect(handle).to_be_focused()
        assert knob(page, name)[0] > before[0]
        assert_counted(page)


def test_weights_can_be_set_without_dragging(page: Page) -> None:
    unfold(page, FIGURE)
    for name, at in (("w1", 110), ("w2", 40)):
        page.locator(f"#{FIGURE} [data-control={name}]").fill(str(at))
        settle(page, FIGURE)
    assert (out(page, FIGURE, "w1"), out(page, FIGURE, "w2")) == ("+5.00", "−2.00")
    assert_counted(page)


def test_the_bend_changes_the_output_and_not_the_sum(page: Page) -> None:
    sums, outputs = set(), set()
    for bend in ("step", "sigmoid", "tanh", "relu"):
        press(page, FIGURE, f"bend-{bend}")
        sums.add(out(page, FIGURE, "z"))
        outputs.add(out(page, FIGURE, "y"))
    assert (len(sums), len(outputs)) == (1, 4)


def test_no_weight_changes_the_height(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1440, "height": 900})
    steps.wake(page, FIGURE)
    unfold(page, FIGURE)
    first = height(page, FIGURE)
    for name, at in (("w2", 117), ("w2", 3), ("w1", 117), ("w2", 60)):
        page.locator(f"#{FIGURE} [data-control={name}]").fill(str(at))
        settle(page, FIGURE)
        assert abs(height(page, FIGURE) - first) < 1


def test_touch_small_screens_and_a_height_that_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("bend-step", "bend-relu", "trained", "another", "another", "bend-sigmoid"))
    page.locator(f"#{FIGURE} svg").first.scroll_into_view_if_needed()
    page.touchscreen.tap(*on_screen(page, 0.23, 0.0))
    settle(page, FIGURE)
    assert np.allclose(knob(page, "line"), (0.23, 0.0), atol=0.05)
    assert height(page, FIGURE) == first
    assert smallest_text(page, FIGURE) >= 11
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
