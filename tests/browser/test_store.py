"""Buttons that answer before there is any Python, and what becomes of the answers when there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from sitegen import serve
from tests.browser.steps import LESSON, START, out, wake
from tests.sitegen.small_course import SmallCourse

COLD = True

PRESSES = (
    ("fig-01", "token-4", "id", "7,040"),
    ("fig-03", "step-2", "says", "king − man is the arrow that leads from man to king."),
    ("fig-06", "contextual", "highest-cross", "+0.902"),
)
PYTHON = "document.documentElement.dataset.python"
MEASURES = "performance.getEntriesByName('figure:event→figure:painted').length"
# Without scrolling to a figure, which would ask for Python.
PRESS = "([figure, control]) => document.querySelector(`#${figure} [data-control=${control}]`).click()"
# Press at random and keep a copy after each press; or press the same again and count equal pictures.
WALK = """async ([id, presses, again]) => {
    const figure = document.getElementById(id);
    const body = figure.querySelector(".body");
    const kept = ((window.kept ??= {})[id] ??= []);
    let random = 7;
    let same = 0;
    for (let i = 0; i < presses; i++) {
        const buttons = [...body.querySelectorAll("button[data-on-click]")];
        random = (random * 137 + 71) % 9973;
        const name = again ? kept[i][0] : buttons[random % buttons.length].dataset.control;
        body.querySelector(`button[data-control="${name}"]`).click();
        while (!figure.quiet) await new Promise((done) => setTimeout(done, 2));
        if (again) same += kept[i][1].isEqualNode(body);
        else kept.push([name, body.cloneNode(true)]);
    }
    return same;
}"""


def without_python(page: Page) -> None:
    for folder in ("py", "disk"):
        page.context.route(f"**/{folder}/**", lambda route: route.abort())


@pytest.mark.console_errors("the browser itself logs files that were not found")
def test_the_page_waits_for_the_store_of_the_figure_that_its_address_names(
    open_page: Callable[..., Page], base: str
) -> None:
    page = open_page(base + LESSON + "#fig-03", before=without_python)
    page.evaluate(PRESS, ["fig-03", "step-2"])
    assert out(page, "fig-03", "says") == PRESSES[1][3]  # at once


def test_buttons_answer_without_python(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON, before=without_python)
    for figure, control, name, _ in PRESSES:
        assert page.locator(f"#{figure}").get_attribute("state") == "static", (control, name)
        page.evaluate(PRESS, [figure, control])
    for figure, _, name, text in PRESSES:
        expect(page.locator(f"#{figure} [data-out={name}]")).to_have_text(text)
        expect(page.locator(f"#{figure} [data-lamp]")).to_have_text("instant")
        assert page.locator(f"#{figure}").get_attribute("state") == "static"
    page.wait_for_function(f"{MEASURES} === {len(PRESSES)}")
    assert page.evaluate(PYTHON) == "idle"


def test_an_answer_comes_in_the_turn_of_the_press(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON, before=without_python)
    page.wait_for_function("!document.querySelector('#fig-01[stored]')")  # far below: nothing was loaded
    page.evaluate(PRESS, ["fig-01", "token-0"])
    page.wait_for_selector("#fig-01[stored]", state="attached")
    answered = page.evaluate(
        """() => {
            const figure = document.querySelector("#fig-01");
            figure.querySelector("[data-control=token-4]").click();
            return [figure.quiet, figure.querySelector("[data-out=id]").textContent];
        }"""
    )
    assert answered == [True, "7,040"]


@pytest.mark.console_errors("the browser itself logs files that were not found")
def test_buttons_answer_when_python_is_gone(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, before=without_python)
    box = page.locator("#fig-01 [data-control=word]")
    box.fill("violin")  # beyond the store
    figure = page.locator("#fig-01")
    expect(figure).to_have_attribute("state", "failed", timeout=START)
    assert out(page, "fig-01", "id") == "5,064"
    page.locator("#fig-01 [data-control=token-4]").click()
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040")
    expect(figure).to_have_attribute("state", "failed")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text("worked out beforehand")


@pytest.mark.console_errors("the browser itself logs files that were not found")
def test_a_press_is_answered_though_its_store_comes_while_python_tries_in_vain(
    open_page: Callable[..., Page], http: str
) -> None:
    held: dict[str, list[Route]] = {"store": [], "py": []}
    page = open_page(http + "index.html", before=without_python)
    page.context.route("**/store/**", lambda route: held["store"].append(route))
    page.goto(http + LESSON)
    page.locator("#fig-01 [data-control=word]").fill("violin")  # beyond the store
    page.evaluate("() => void customElements.get('py-figure').python.start()")
    figure = page.locator("#fig-01")
    page.wait_for_function(f"{PYTHON} === 'failed'")
    page.context.route("**/py/**", lambda route: held["py"].append(route))
    page.evaluate(PRESS, ["fig-01", "token-4"])
    page.wait_for_function(f"{PYTHON} === 'starting'")
    assert out(page, "fig-01", "id") == "5,064"
    for route in held["store"]:
        route.continue_()
    page.wait_for_selector("#fig-01[stored]", state="attached")
    for route in held["py"]:
        route.abort()
    expect(figure).to_have_attribute("state", "failed", timeout=START)
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040")


def test_python_takes_over_where_the_store_has_led(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    page.evaluate(PRESS, ["fig-01", "token-4"])
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040")
    assert page.evaluate(PYTHON) == "idle"
    box = page.locator("#fig-01 [data-control=word]")
    box.fill("zzzz")  # beyond the store
    expect(page.locator("#fig-01 .hint")).to_contain_text("Still showing “mouse”", timeout=START)
    expect(page.locator("#fig-01")).to_have_attribute("state", "live")
    page.locator("#fig-01 [data-control=row-down]").click()
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,041")


def test_stored_answers_are_those_of_pyodide(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    walked = ("fig-01", "fig-03", "fig-05", "fig-06", "fig-06c", "fig-07c")
    for figure in walked:
        page.evaluate(WALK, [figure, 25, False])
        page.evaluate(PRESS, [figure, "reset"])
    assert page.evaluate(PYTHON) == "idle"
    page.evaluate("() => void customElements.get('py-figure').python.start()")
    page.wait_for_function(f"{PYTHON} === 'ready'", timeout=START)
    for figure in walked:
        assert page.evaluate(WALK, [figure, 25, True]) == 25
        assert page.locator(f"#{figure}").get_attribute("state") == "live"


def test_edited_code_closes_the_stores(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    page.evaluate("customElements.get('py-figure').stores = false")
    page.evaluate(PRESS, ["fig-01", "token-4"])
    assert page.locator("#fig-01").get_attribute("state") == "starting"


@pytest.fixture(scope="module")
def buttons_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose one figure can only be pressed."""
    course = SmallCourse.write(
        tmp_path_factory.mktemp("course"), '::: figure retrieval {number=1 title="One"}\n:::\n'
    )
    course.build()
    return course.dist


def test_a_page_of_buttons_never_needs_python(open_page: Callable[..., Page], buttons_alone: Path) -> None:
    page = open_page(f"{buttons_alone.as_uri()}/lesson.html")
    figure = page.locator("#fig-1")
    figure.scroll_into_view_if_needed()
    for name in ("query-2", "pair", "query-7"):
        figure.locator(f"[data-control={name}]").click()
        expect(figure.locator(f"[data-control={name}]")).to_have_attribute("aria-pressed", "true")
    figure.locator("[data-share]").click()
    page.wait_for_function("location.hash.includes('~')")
    assert page.evaluate(PYTHON) == "idle"
    other = open_page(page.url)
    expect(other.locator("#fig-1 [data-control=query-7]")).to_have_attribute("aria-pressed", "true")
    other.locator("#fig-1 [data-control=reset]").click()
    expect(other.locator("#fig-1 [data-control=query-0]")).to_have_attribute("aria-pressed", "true")
    assert other.evaluate(PYTHON) == "idle"
    other.evaluate("() => void customElements.get('py-figure').python.start()")
    wake(other, "fig-1")  # when Python is there, it takes over


@pytest.mark.console_errors("the browser itself logs a file that was not found")
def test_without_its_store_a_figure_asks_python(open_page: Callable[..., Page], buttons_alone: Path) -> None:
    def without_stores(page: Page) -> None:
        page.context.route("**/store/**", lambda route: route.fulfill(status=404))

    with serve.serving(buttons_alone) as address:
        page = open_page(address + "lesson.html", before=without_stores)
        page.locator("#fig-1 [data-control=query-2]").click()
        expect(page.locator("#fig-1")).to_have_attribute("state", "live", timeout=START)
        expect(page.locator("#fig-1 [data-control=query-2]")).to_have_attribute("aria-pressed", "true")
