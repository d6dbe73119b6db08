"""FIG.07 in the browser: four ways to break a stack, as its caption says, and a run that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pycore.figures.networks.deep_stack import GAINS, STEPS, DeepStack
from tests.browser.steps import height, on_phone, out, picture, press, settle

LESSON = "01-neural-network.html"
FIGURE = "fig-07"
RUN = 60_000  # milliseconds


def outs(figure: DeepStack) -> dict[str, str]:
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(figure.parts().values())))


def choose(page: Page, kind: str, depth: int, gain: float) -> None:
    press(page, FIGURE, kind)
    page.locator(f"#{FIGURE} [data-control=depth]").fill(str(depth))
    page.locator(f"#{FIGURE} [data-control=gain]").fill(str(GAINS.position(gain)))
    settle(page, FIGURE)


@pytest.mark.parametrize(
    ("kind", "depth", "gain", "verdict", "outcome"),
    [
        ("sigmoid", 20, 1.0, "vanishing", "next to nothing"),
        ("relu", 20, 2.0, "exploding", "Overflowed"),
        ("relu", 20, 1.0, "level", "It learns"),
        ("tanh", 20, 1.0, "level", "It learns"),
        ("relu", 4, 0.0, "they can never differ", "next to nothing"),
    ],
)
def test_a_stack_breaks_as_the_lesson_says(
    page: Page, kind: str, depth: int, gain: float, verdict: str, outcome: str
) -> None:
    choose(page, kind, depth, gain)
    assert verdict in out(page, FIGURE, "verdict")
    twin = DeepStack({"kind": kind, "depth": depth, "gain": gain})
    for name in ("ratio", "activations", "gradients", "kinds", "dead"):
        assert out(page, FIGURE, name) == outs(twin)[name]
    press(page, FIGURE, "run")
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached", timeout=RUN)
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value === {STEPS}", timeout=RUN)
    settle(page, FIGURE)
    assert outcome in out(page, FIGURE, "outcome")
    assert "nan" not in page.locator(f"#{FIGURE} .body").inner_html().lower()


def test_a_phone_keeps_the_height_when_a_run_ends(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    expect(page.locator(f"#{FIGURE} [data-out=outcome]")).to_have_text("It learns.", timeout=RUN)
    settle(page, FIGURE)
    assert height(page, FIGURE) == first


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    choose(page, "sigmoid", 12, 0.5)
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before
