"""The page itself: complete without Python, light, steady, accessible, at every width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import LESSON, START, ask_after_going_back, assert_accessible, out, wake
from tools.chromium import count_bytes

PAGES = ["index.html", "01-neural-network.html", "02-tokenization.html", LESSON, "04-attention.html"]
LIGHT = 150_000  # bytes that may be loaded before a figure is touched


def test_figures_are_there_without_any_script(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, java_script_enabled=False)
    assert out(page, "fig-05", "cosine") == "+0.88"
    assert out(page, "fig-01", "id") == "5,064"
    assert page.locator("py-figure").count() >= 5
    assert page.locator("py-figure:not([state=static])").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_no_page_logs_an_error(open_page: Callable[..., Page], base: str, name: str) -> None:
    page = open_page(base + name)
    page.wait_for_load_state("networkidle")
    assert page.title()


def test_the_page_is_light_and_python_sleeps_until_it_is_wanted(
    open_page: Callable[..., Page], http: str
) -> None:
    received: list[list[float]] = []
    page = open_page(http + LESSON, before=lambda page: received.append(count_bytes(page)))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.dataset.python") == "idle"
    assert len(received[0]) >= 4
    assert sum(received[0]) <= LIGHT


def test_python_starts_when_a_figure_comes_near(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    page.locator("#fig-01").scroll_into_view_if_needed()
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
    names = page.evaluate("performance.getEntriesByType('mark').map((mark) => mark.name)")
    assert names[:2] == ["python:start", "python:ready"]
    expect(page.locator("#fig-01")).to_have_attribute("state", "live")
    assert page.locator("#fig-00").get_attribute("state") == "static"  # nothing in it can be moved


SIZES = """() => [document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("py-figure")].map((figure) => figure.getBoundingClientRect().height)]"""
DRAWN = "(body) => body.checkVisibility({ contentVisibilityAuto: true })"


@pytest.mark.parametrize("width", [1440, 390])
def test_figures_out_of_sight_keep_their_room_and_are_not_drawn(
    open_page: Callable[..., Page], base: str, width: int
) -> None:
    page = open_page(base + LESSON, viewport={"width": width, "height": 900})
    before = page.evaluate(SIZES)
    page.wait_for_selector("[data-settled]")
    assert page.evaluate(SIZES) == before
    last = page.locator("#fig-07d .body")
    assert not last.evaluate(DRAWN)

    # Turned round, they take the room that they need then.
    page.set_viewport_size({"width": 760, "height": 900})
    page.wait_for_selector("html:not([data-settled])")
    turned = page.evaluate(SIZES)
    page.wait_for_selector("[data-settled]")
    assert page.evaluate(SIZES) == turned != before

    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    assert last.evaluate(DRAWN)


def test_each_event_is_measured(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    wake(page, "fig-01")
    page.locator("#fig-01 [data-control=token-0]").click()
    page.wait_for_function("performance.getEntriesByName('figure:event→figure:painted').length === 1")
    assert page.evaluate("performance.getEntriesByName('figure:event→figure:painted')[0].duration") > 0


def test_nothing_jumps_while_the_page_loads_and_comes_alive(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(
        http + LESSON,
        before=lambda page: page.add_init_script(
            """window.shifts = [];
            new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((e) => e.value)))
                .observe({ type: "layout-shift", buffered: true });"""
        ),
    )
    wake(page, "fig-01")
    wake(page, "fig-05")
    assert page.evaluate("window.shifts") == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440, 2560])
def test_no_page_scrolls_sideways(open_page: Callable[..., Page], http: str, width: int) -> None:
    page = open_page(http + LESSON, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", LESSON])
def test_axe_finds_nothing(open_page: Callable[..., Page], http: str, name: str, scheme: str) -> None:
    page = open_page(http + name, color_scheme=scheme)
    if name == LESSON:
        wake(page, "fig-01")
        wake(page, "fig-05")
        page.locator("#predict-double input").first.check()
        page.locator("#fig-01 [data-control=word]").fill("kittne")
        expect(page.locator("#fig-01 .hint")).to_contain_text("not among")
    assert_accessible(page)


def test_the_theme_is_switched_and_kept(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, color_scheme="light")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    switch = page.locator("[data-theme-switch]")
    switch.click()
    expect(switch).to_contain_text("light")
    switch.click()
    expect(switch).to_contain_text("dark")
    dark = page.evaluate(paper)
    assert dark != light
    page.goto(http + "index.html")
    assert page.evaluate(paper) == dark


def test_a_prediction_shows_its_answer_once_made(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    question = page.locator("#predict-double")
    explanation = question.locator(".explanation > div")
    expect(explanation).to_be_hidden()
    question.locator("input").first.focus()
    page.keyboard.press("Tab")  # each answer is a stop of its own, so that looking at one does not choose it
    expect(explanation).to_be_hidden()
    page.keyboard.press("Space")
    expect(explanation).to_be_visible()
    expect(question.locator("input:enabled")).to_have_count(1)  # the choice stands
    expect(question.locator("input:enabled")).to_be_checked()


def test_a_term_is_explained_on_hover_on_focus_and_by_touch(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON, has_touch=True, viewport={"width": 390, "height": 800})
    term = page.locator(".term").first
    tip = term.locator("[role=tooltip]")
    expect(tip).to_be_hidden()
    term.locator("button").hover()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.mouse.move(0, 0)
    term.locator("button").focus()
    expect(tip).to_be_visible()
    box = tip.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("h1").tap()
    expect(tip).to_be_hidden()
    term.locator("button").tap()
    expect(tip).to_be_visible()


def test_a_lesson_is_marked_done_when_all_of_it_has_been_read(
    open_page: Callable[..., Page], base: str
) -> None:
    page = open_page(base + LESSON, before=lambda page: page.clock.install())
    state = page.locator("[data-state-of='03-embeddings']")

    def stay(place: Locator) -> None:
        place.scroll_into_view_if_needed()
        expect(place).to_be_in_viewport()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.clock.fast_forward(4_000)

    stay(page.locator("[data-done]"))  # the end alone does not make it read
    expect(state).not_to_have_text("done")
    for heading in page.locator("h2[id]").all():
        stay(heading)
    expect(state).to_contain_text("sections read")
    stay(page.locator("[data-done]"))
    expect(state).to_have_text("done")
    page.goto(base + "index.html")
    expect(state).to_have_text("done")
    page.goto(base + LESSON)
    page.locator("[data-done]").click()
    expect(state).not_to_contain_text("done")


SHOWN = """() => [
    document.documentElement.dataset.theme,
    document.querySelector("[data-theme-name]").textContent,
    document.querySelector("[data-state-of='03-embeddings']").textContent,
].join()"""
SHOWS = """(async (shown, wanted) => {
    for (let i = 0; i < 100 && shown() !== wanted; i++) await new Promise((done) => setTimeout(done, 50));
    return shown();
})"""


def test_a_page_shows_what_another_one_wrote(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + "index.html")
    other = page.context.new_page()
    other.goto(http + LESSON)
    other.locator("[data-theme-switch]").click()
    other.locator("[data-done]").click()
    page.wait_for_function(f"({SHOWN})() === 'light,light,done'")

    page.goto(http + LESSON)  # the browser keeps the page that is left
    page.locator("[data-theme-switch]").click()
    page.locator("[data-done]").click()
    wanted = "dark,dark,complete"
    assert ask_after_going_back(page, f"{SHOWS}({SHOWN}, '{wanted}')") == wanted
