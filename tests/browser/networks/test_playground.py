"""FIG.06 in the browser: it learns from drawn points and the reader's own, and bad input is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from pycore.figures.networks.playground import STRIDE, Playground
from tests.browser.steps import START, height, on_phone, out, picture, press, settle, unfold, wake

LESSON = "01-neural-network.html"
FIGURE = "fig-06"
RUN = 60_000  # milliseconds that a part of a run may take on a busy machine
OUTS = ("score", "loss", "held-loss", "parameters", "verdict", "done")


def outs(figure: Playground) -> dict[str, str]:
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(figure.parts().values())))


def run_to(page: Page, steps: int) -> int:
    """Run until so many steps are done, then stop; return how many were."""
    press(page, FIGURE, "run")
    bar = f"document.querySelector('#{FIGURE} progress').value"
    page.wait_for_function(f"{bar} >= {steps}", timeout=RUN)
    page.locator(f"#{FIGURE} [data-control=run]").click()
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached", timeout=RUN)
    settle(page, FIGURE)
    return int(page.evaluate(bar))


def tap(page: Page, x: float, y: float) -> None:
    box = page.locator(f"#{FIGURE} svg.main").bounding_box()
    assert box
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    settle(page, FIGURE)


def test_a_run_learns_what_cpython_learns(page: Page) -> None:
    before = page.locator(f"#{FIGURE} svg.main").inner_html()
    done = run_to(page, 400)
    twin = Playground()
    twin.change(trained=done)
    assert {name: out(page, FIGURE, name) for name in OUTS} == {name: outs(twin)[name] for name in OUTS}
    assert int(out(page, FIGURE, "score").split()[0]) >= 90
    assert page.locator(f"#{FIGURE} svg.main").inner_html() != before
    press(page, FIGURE, "step")
    assert out(page, FIGURE, "done") == f"step {done + 1:,}"
    press(page, FIGURE, "again")
    assert page.locator(f"#{FIGURE} svg.main").inner_html() == before


def test_another_network_begins_anew(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "step")
    page.locator(f"#{FIGURE} [data-control=layers]").fill("1")
    settle(page, FIGURE)
    assert out(page, FIGURE, "done") == "step 0"
    assert out(page, FIGURE, "parameters") == str(2 * 8 + 8 + 8 * 2 + 2)
    page.locator(f"#{FIGURE} [data-control=units1]").fill("3")
    settle(page, FIGURE)
    press(page, FIGURE, "kind1-relu")
    assert page.locator(f"#{FIGURE} .row-of-units[role=img] > svg").count() == 3
    expect(page.locator(f"#{FIGURE} .formulas li").first).to_contain_text("ReLU(")
    page.locator(f"#{FIGURE} [data-control=layers]").fill("0")
    settle(page, FIGURE)
    assert page.locator(f"#{FIGURE} .row-of-units[role=img]").count() == 0


def test_own_points_by_tap_and_by_paste(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "own")
    page.locator(f"#{FIGURE} [data-control=run]").click()
    expect(page.locator(f"#{FIGURE}")).to_contain_text("There is nothing to tell apart yet")
    page.locator(f"#{FIGURE} svg.main").scroll_into_view_if_needed()
    for x in (0.2, 0.3):
        tap(page, x, 0.3)
    press(page, FIGURE, "class-1")
    page.locator(f"#{FIGURE} svg.main").scroll_into_view_if_needed()
    for x in (0.7, 0.8):
        tap(page, x, 0.7)
    listed = page.locator(f"#{FIGURE} textarea").input_value().split("\n")
    assert [line.split(", ")[2] for line in listed] == ["blue"] * 2 + ["ochre"] * 2
    run_to(page, 200)
    assert out(page, FIGURE, "score") == "100 %"

    area = page.locator(f"#{FIGURE} textarea")
    area.fill("100, 5, cat\n200, 9, dog\n100, 5, dog")
    settle(page, FIGURE)
    assert out(page, FIGURE, "verdict").startswith("two points of different classes share a place")
    expect(page.locator(f"#{FIGURE} [data-control=class-0]")).to_have_text("cat")
    for text, told in (
        ("1, 2", "expected x, y, class"),
        ("nan, 2, a", "nan is not from"),
        ("one, 2, a", "“one” is no number yet."),
        ("1,1,a\n1,2,b\n1,3,c\n1,4,d", "Classes: 4; 3 find a colour."),
        ("\n".join(f"{i},1,a" for i in range(600)), "Points: 600; at most 500 find room."),
    ):
        area.fill(text)
        settle(page, FIGURE)
        expect(page.locator(f"#{FIGURE} .problem")).to_contain_text(told)
        expect(page.locator(f"#{FIGURE} [data-control=class-0]")).to_have_text("cat")
    # As a paste does it; typing so much takes a browser minutes.
    area.evaluate(
        """(area) => {
            area.value = Array.from({ length: 10000 }, (_, i) => `${i},1,a`).join("\\n");
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE}")).to_contain_text("10,000 lines are too many")
    assert "NaN" not in page.locator(f"#{FIGURE} .body").inner_html()


def test_what_overflows_stops_in_words(page: Page) -> None:
    unfold(page, FIGURE)
    press(page, FIGURE, "wave")
    for control in ("kind1-relu", "kind2-relu", "SGD"):
        press(page, FIGURE, control)
    rate = page.locator(f"#{FIGURE} [data-control=rate]")
    rate.fill(rate.get_attribute("max") or "")
    settle(page, FIGURE)
    press(page, FIGURE, "run")
    expect(page.locator(f"#{FIGURE} [data-out=verdict]")).to_contain_text(
        "lower the learning rate", timeout=RUN
    )
    page.locator(f"#{FIGURE} [data-control=reset]").click()
    settle(page, FIGURE)
    assert "nan" not in page.locator(f"#{FIGURE} .body").inner_html().lower()


def test_a_shared_run_comes_back(open_page: Callable[..., Page], http: str) -> None:
    state = {"data": "circles", "trained": 3 * STRIDE + 1, "units1": 4, "seed": 3}
    page = open_page(f"{http}{LESSON}#{FIGURE}~{quote(json.dumps(state))}")
    wake(page, FIGURE)
    page.wait_for_function(
        f"document.querySelector('#{FIGURE} progress').value === {state['trained']}", timeout=START
    )
    settle(page, FIGURE)
    twin = Playground()
    twin.change(**state)
    twin.change(trained=state["trained"])
    assert {name: out(page, FIGURE, name) for name in OUTS} == {name: outs(twin)[name] for name in OUTS}


def test_a_phone_shows_the_plane_below_the_run(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE, LESSON)
    first = height(page, FIGURE)
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 60", timeout=RUN)
    page.locator(f"#{FIGURE} [data-control=run]").scroll_into_view_if_needed()
    run, plane = (page.locator(f"#{FIGURE} {s}").bounding_box() for s in ("[data-control=run]", "svg.main"))
    assert run
    assert plane
    assert plane["y"] - run["y"] < 200
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    settle(page, FIGURE)
    assert height(page, FIGURE) == first
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # Nor does anything move under the finger while layers are added, or a wrong word is typed.
    unfold(page, FIGURE)
    above = (
        f"document.querySelector('#{FIGURE} [data-control=place-here]').getBoundingClientRect().top + scrollY"
    )
    place = page.evaluate(above)
    for layers in range(5):
        page.locator(f"#{FIGURE} [data-control=layers]").fill(str(layers))
        settle(page, FIGURE)
        assert abs(page.evaluate(above) - place) < 1
    press(page, FIGURE, "own")
    for text in ("0.5", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww, 1, a", "1, 1, a"):
        page.locator(f"#{FIGURE} textarea").fill(text)
        settle(page, FIGURE)
        assert abs(page.evaluate(above) - place) < 1


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    press(page, FIGURE, "circles")
    press(page, FIGURE, "step")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before
