"""FIG.06A in the browser: it trains within its time, and reads what is drawn by mouse, finger and keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect

from pycore.figures.networks._digits import TICKS
from pycore.figures.networks.digits import Digits
from tests.browser.steps import height, on_phone, out, picture, press, settle
from tests.pycore.networks.test_handwriting import DRAWN

LESSON = "01-neural-network.html"
FIGURE = "fig-06a"
RUN = 60_000  # milliseconds that a run may take on a busy machine


def train(page: Page) -> None:
    press(page, FIGURE, "run")
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value === {TICKS}", timeout=RUN)
    settle(page, FIGURE)


def draw(page: Page, digit: int) -> None:
    """Draw a digit with the mouse, as slowly as a hand does."""
    pad = page.locator(f"#{FIGURE} svg.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    places: Iterable[tuple[float, float]]
    for stroke in DRAWN[digit]:
        places = [(box["x"] + x * box["width"] / 100, box["y"] + y * box["height"] / 100) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places:
            page.mouse.move(*place, steps=2)
            settle(page, FIGURE)
        page.mouse.up()
    settle(page, FIGURE)


@pytest.fixture
def trained(page: Page) -> Page:
    train(page)
    return page


def test_it_learns_what_cpython_learns(page: Page) -> None:
    started = time.monotonic()
    train(page)
    assert time.monotonic() - started < RUN / 1000
    twin = Digits()
    twin.change(trained=TICKS)
    drawn = "".join(twin.parts().values())
    for name in ("accuracy", "accuracy-trained", "misread", "unsure"):
        assert f'data-out="{name}"' in drawn
        assert f">{page.locator(f'#{FIGURE} [data-out={name}]').text_content()}<" in drawn
    assert float(out(page, FIGURE, "accuracy").split()[0]) > 95
    expect(page.locator(f"#{FIGURE} [data-control=run]")).to_have_text("train again")


def test_it_reads_what_is_drawn(trained: Page) -> None:
    assert out(trained, FIGURE, "said") == "Nothing is drawn yet."
    for digit in (3, 5, 8):
        press(trained, FIGURE, "clear")
        draw(trained, digit)
        assert out(trained, FIGURE, "said").strip(".?").split()[-1] == str(digit)
        first = trained.locator(f"#{FIGURE} .scores .first b")
        assert first.inner_text() == str(digit)
    press(trained, FIGURE, "clear")
    assert out(trained, FIGURE, "said") == "Nothing is drawn yet."


def test_a_stroke_begins_where_the_pen_is_put_down(page: Page) -> None:
    draw(page, 4)
    path = page.locator(f"#{FIGURE} .ink").get_attribute("d") or ""
    assert path.count("M") == len(DRAWN[4])


def test_arrow_keys_draw_when_asked(page: Page) -> None:
    pen = page.locator(f"#{FIGURE} [data-drag=pen]")
    pen.focus()
    page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    ink = page.locator(f"#{FIGURE} .ink")
    assert ink.get_attribute("d") == ""
    press(page, FIGURE, "down")
    pen.focus()
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
        settle(page, FIGURE)
    expect(pen).to_be_focused()
    assert (ink.get_attribute("d") or "").count("L") >= 2
    assert "draws at" in (pen.get_attribute("aria-valuetext") or "")


def test_a_press_is_answered_while_it_trains(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=run]").click()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 2")
    page.locator(f"#{FIGURE} [data-control=run]").click()
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached")
    settle(page, FIGURE)
    done = page.evaluate(f"document.querySelector('#{FIGURE} progress').value")
    assert 2 <= done < TICKS
    expect(page.locator(f"#{FIGURE} [data-control=run]")).to_have_text("train on")


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    draw(page, 7)
    page.locator(f"#{FIGURE} [data-control=run]").click()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 1")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_a_finger_draws_and_the_page_stays(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    pad = page.locator(f"#{FIGURE} svg.pad")
    pad.scroll_into_view_if_needed()
    first, at, box = height(page, FIGURE), page.evaluate("scrollY"), pad.bounding_box()
    assert box
    assert box["width"] > 140
    finger = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 0.15 * box["height"]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        place = {"x": x, "y": y + step * 0.09 * box["height"]}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
        settle(page, FIGURE)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page, FIGURE)
    assert page.evaluate("scrollY") == at
    assert (page.locator(f"#{FIGURE} .ink").get_attribute("d") or "").count("L") >= 3
    assert height(page, FIGURE) == first
    train(page)
    assert out(page, FIGURE, "said") == "It reads a 1."
    assert height(page, FIGURE) == first
