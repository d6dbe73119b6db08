"""FIG.06B in the browser: costs against the paper's two figures."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import height, on_phone, out, picture, press, settle, tap_steadily

FIGURE = "fig-06b"
SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
SECONDS = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "days": 86_400, "years": 365.25 * 86_400}


def slide(page: Page, place: int) -> None:
    page.locator(f"#{FIGURE} [data-control=size]").fill(str(place))
    settle(page, FIGURE)


def seconds(page: Page, key: str) -> float:
    amount, name = out(page, FIGURE, f"{key}-time").split(" ")
    return float(amount.replace(",", "")) * SECONDS[name]


def count(page: Page, name: str) -> int:
    return int(out(page, FIGURE, name).replace(",", ""))


def test_at_ten_thousand_it_shows_the_papers_figures(page: Page) -> None:
    assert out(page, FIGURE, "n") == "10"  # and not yet what the question above asks for
    slide(page, 6)
    shown = {name: out(page, FIGURE, name) for name in ("n", "cross-passes", "cross-time", "bi-time")}
    assert shown == {"n": "10,000", "cross-passes": "49,995,000", "cross-time": "65 h", "bi-time": "5 s"}


@pytest.mark.parametrize("place", [0, 2, 3, 6, 10])
def test_the_cost_of_each_size_and_task(page: Page, place: int) -> None:
    slide(page, place)
    n = SIZES[place]
    pairs = n * (n - 1) // 2
    again = min(100 * n, pairs)
    pair, encode = 65 * 3600 / 49_995_000, 5 / 10_000
    assert [count(page, f"{key}-passes") for key in ("cross", "both", "bi")] == [pairs, n + again, n]
    times = pairs * pair, n * encode + again * pair, n * encode
    for key, expected in zip(("cross", "both", "bi"), times, strict=True):
        assert seconds(page, key) == pytest.approx(expected, rel=0.05)
    press(page, FIGURE, "query")
    first = min(100, n)
    assert [count(page, f"{key}-passes") for key in ("cross", "both", "bi")] == [n, n + 1 + first, n + 1]
    times = n * pair, encode + first * pair, encode
    for key, expected in zip(("cross", "both", "bi"), times, strict=True):
        assert seconds(page, key) == pytest.approx(expected, rel=0.05)


def test_the_lines_are_drawn_where_the_times_are(page: Page) -> None:
    """A line's height tells the logarithm of the time; the cross-encoder's is twice as steep."""
    paths = {
        key: page.locator(f"#{FIGURE} path.{key}").get_attribute("d") or "" for key in ("cross", "both", "bi")
    }
    ends = {}
    for key, path in paths.items():
        points = [tuple(map(float, point.split(" "))) for point in path[1:].split("L")]
        assert len(points) == len(SIZES)
        ends[key] = (points[4], points[10])  # from a thousand to a million
    slopes = {key: (b[1] - a[1]) / (b[0] - a[0]) for key, (a, b) in ends.items()}
    assert slopes["cross"] / slopes["bi"] == pytest.approx(2, abs=0.01)
    slide(page, 4)
    dot = page.locator(f"#{FIGURE} circle.cross")
    place = [float(dot.get_attribute(name) or 0) for name in ("cx", "cy")]
    assert place == pytest.approx(ends["cross"][0], abs=0.1)


def test_the_keyboard_alone_is_enough_and_the_picture_is_told(page: Page) -> None:
    slider = page.locator(f"#{FIGURE} [data-control=size]")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    settle(page, FIGURE)
    expect(slider).to_be_focused()
    assert slider.get_attribute("aria-valuetext") == "1,000,000 sentences"
    told = page.locator(f"#{FIGURE} svg").get_attribute("aria-label") or ""
    assert re.search(r"For 1,000,000: cross-encoder 74 years, bi-encoder 8\.3 min", told)
    page.locator(f"#{FIGURE} [data-control=query]").focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} .part-readout [role=status]")).to_contain_text(
        "Wait for one answer. For 1,000,000"
    )
    assert "wait" in (page.locator(f"#{FIGURE} svg").get_attribute("aria-label") or "")


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    slide(page, 1)
    press(page, FIGURE, "query")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_touch_on_a_small_screen(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    first = height(page, FIGURE)
    tap_steadily(page, FIGURE, ("query", "pair"))
    for place in (0, 10):
        slide(page, place)
        assert height(page, FIGURE) == first
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for button in page.locator(f"#{FIGURE} .body [data-control]").all():
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
