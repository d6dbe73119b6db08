"""The page itself: complete without Python, light, steady, accessible, at every width."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sitegen import serve
from tests.browser.steps import (
    COLOURS,
    LESSON,
    RULES,
    START,
    ask_after_going_back,
    assert_accessible,
    out,
    wake,
)
from tools.chromium import count_bytes

PAGES = ["index.html", "01-neural-network.html", "02-tokenization.html", LESSON, "04-attention.html"]
LACKING = "[data-lacking]"
UNSTYLED = "This page came without its style sheet."
UNSCRIPTED = "The script of this page has not run"
BLOCKED = pytest.mark.console_errors("the browser itself logs a file that did not come")
LIGHT = 130_000  # bytes that may be loaded before a figure is touched


def test_figures_are_there_without_any_script(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, java_script_enabled=False)
    assert out(page, "fig-05", "cosine") == "+0.88"
    assert out(page, "fig-01", "id") == "5,064"
    assert page.locator("py-figure").count() >= 5
    assert page.locator("py-figure:not([state=static])").count() == 0


def test_without_javascript_nothing_stands_there_that_cannot_work(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON, java_script_enabled=False)
    expect(page.locator("noscript .notice")).to_be_visible()
    for dead in (
        ".chip",
        ".lamp",
        "[data-search]",
        "[data-theme-switch]",
        "py-figure :is(input, select)",
        "[data-shelf]",
    ):
        assert page.locator(dead).count() > 0
        expect(page.locator(f"{dead}:visible")).to_have_count(0)
    expect(page.locator(LACKING)).to_be_hidden()
    page.locator("#glove > summary").click()
    cell = page.locator("#fig-04b [data-control=cell-0-0]")
    expect(cell).to_be_visible()  # it is a part of the picture
    page.locator("#fig-05 [data-control=source]").click()
    page.locator("#fig-05").get_by_role("link", name="pycore.embeddings.similarity.cosine").click()
    expect(page.locator("pre.code")).to_contain_text("def cosine(")


@BLOCKED
def test_a_page_without_its_folders_says_so(
    open_page: Callable[..., Page], dist: Path, tmp_path: Path
) -> None:
    copy = tmp_path / LESSON
    shutil.copyfile(dist / LESSON, copy)
    page = open_page(copy.as_uri())
    expect(page.get_by_text(UNSTYLED)).to_be_visible()
    expect(page.get_by_text(UNSCRIPTED)).to_be_visible()
    expect(page.locator(LACKING)).to_contain_text("it needs the folders that lay beside it")
    page = open_page(copy.as_uri(), java_script_enabled=False)
    expect(page.get_by_text(UNSTYLED)).to_be_visible()
    expect(page.get_by_text(UNSCRIPTED)).to_be_hidden()


@BLOCKED
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_whose_script_is_blocked_says_so(
    open_page: Callable[..., Page], http: str, scheme: str
) -> None:
    def block(page: Page) -> None:
        page.route("**/site.*.js", lambda route: route.abort())

    page = open_page(http + LESSON, before=block, color_scheme=scheme)
    notice = page.locator(LACKING)
    expect(notice).to_be_hidden()  # the script may still come
    notice.evaluate("(notice) => notice.getAnimations()[0].finish()")
    expect(page.get_by_text(UNSCRIPTED)).to_be_visible()
    expect(page.get_by_text(UNSTYLED)).to_be_hidden()
    page.unroute("**/site.*.js")
    page.reload()
    expect(notice).to_have_count(0)
    assert_accessible(page, RULES if scheme == "light" else COLOURS)


@BLOCKED
def test_a_page_whose_style_is_missing_says_so(open_page: Callable[..., Page], http: str) -> None:
    def block(page: Page) -> None:
        page.route("**/site.*.css", lambda route: route.abort())

    page = open_page(http + LESSON, before=block)
    expect(page.get_by_text(UNSTYLED)).to_be_visible()
    expect(page.get_by_text(UNSCRIPTED)).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_logs_an_error(open_page: Callable[..., Page], base: str, name: str) -> None:
    page = open_page(base + name)
    page.wait_for_load_state("networkidle")
    assert page.title()


@pytest.mark.parametrize("lesson", [name for name in PAGES if name[0].isdigit()])
def test_the_page_is_light_and_python_sleeps_until_it_is_wanted(
    open_page: Callable[..., Page], http: str, lesson: str
) -> None:
    received: list[list[float]] = []
    page = open_page(http + lesson, before=lambda page: received.append(count_bytes(page)))
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
    expect(page.locator("#fig-00")).to_have_attribute(
        "state", "live"
    )  # near, so it takes Python that is there


SIZES = """() => [document.documentElement.scrollHeight,
    ...[...document.querySelectorAll("py-figure:not(.closer:not([open]) *)")]
        .map((figure) => figure.getBoundingClientRect().height)]"""
DRAWN = "(body) => body.checkVisibility({ contentVisibilityAuto: true })"


@pytest.mark.parametrize("width", [1440, 390])
def test_figures_out_of_sight_keep_their_room_and_are_not_drawn(
    open_page: Callable[..., Page], base: str, width: int
) -> None:
    page = open_page(base + LESSON, viewport={"width": width, "height": 900})
    before = page.evaluate(SIZES)
    page.wait_for_selector("[data-settled]")
    assert page.evaluate(SIZES) == before
    last = page.locator("#fig-06b .body")
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


@pytest.mark.parametrize("width", [1200, 1920])
def test_notes_stand_beside_their_paragraphs_and_over_nothing(
    open_page: Callable[..., Page], http: str, width: int
) -> None:
    page = open_page(http + LESSON, viewport={"width": width, "height": 900})
    page.evaluate("for (const fold of document.querySelectorAll('details.closer')) fold.open = true")
    notes = page.locator(".beside")
    assert notes.count() > 10
    assert all(notes.nth(i).is_visible() for i in range(notes.count()))
    wrong = page.evaluate("""() => {
        const box = (element) => element.getBoundingClientRect();
        const meet = (a, b) =>
            a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        const notes = [...document.querySelectorAll(".beside")];
        const wide = "py-figure, .cards, .question, .lesson > p, .inside > p";
        const others = [...document.querySelectorAll(wide)];
        return notes.filter((note) => box(note).right > innerWidth
            || [...notes, ...others].some((other) => other !== note && meet(box(note), box(other))))
            .map((note) => note.textContent);
    }""")
    assert wrong == []
    page.set_viewport_size({"width": 1199, "height": 900})
    expect(notes.first).to_be_hidden()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media="print")
    expect(notes.first).to_be_hidden()
    expect(page.locator(".footnotes")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", LESSON])
def test_axe_finds_nothing(open_page: Callable[..., Page], http: str, name: str, scheme: str) -> None:
    page = open_page(http + name, color_scheme=scheme)
    if name == LESSON:
        wake(page, "fig-01")
        wake(page, "fig-05")
        page.locator("#predict-drag input").first.check()
        page.locator("#fig-01 [data-control=word]").fill("kittne")
        expect(page.locator("#fig-01 .hint")).to_contain_text("not among")
    assert_accessible(page, RULES if scheme == "light" else COLOURS)


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
    question = page.locator("#predict-drag")
    explanation = question.locator(".explanation > div")
    expect(explanation).to_be_hidden()
    question.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    expect(question.locator("input").nth(1)).to_be_focused()
    expect(question.locator("input:checked")).to_have_count(0)  # to look at an answer is not to choose it
    expect(explanation).to_be_hidden()
    page.keyboard.press("Tab")  # all answers are one stop
    expect(question.locator("input:focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(question.locator("input").nth(1)).to_be_focused()
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


# The page, which began to watch earlier, has then been told that the place is in sight: its time counts.
SEEN = """(place) => new Promise((done) => {
    new IntersectionObserver((entries, watch) => {
        if (entries.at(-1).isIntersecting) done(watch.disconnect());
    }).observe(place);
})"""


def test_a_lesson_is_marked_done_when_all_of_it_has_been_read(
    open_page: Callable[..., Page], base: str
) -> None:
    page = open_page(base + LESSON, before=lambda page: page.clock.install())
    state = page.locator("[data-state-of='03-embeddings']")

    def stay(place: Locator) -> None:
        place.scroll_into_view_if_needed()
        place.evaluate(SEEN)
        page.clock.fast_forward(4_000)

    stay(page.locator("[data-done]"))  # the end alone does not make it read
    expect(state).not_to_have_text("done")
    for heading in page.locator("h2[id]").all():
        stay(heading)
    expect(state).to_have_text("7 of 7 sections read")  # the closing words have no number
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
    wanted = "dark,dark,"
    assert ask_after_going_back(page, f"{SHOWS}({SHOWN}, '{wanted}')") == wanted


@pytest.fixture
def neighbours(dist: Path, tmp_path: Path) -> Iterator[str]:
    """The site twice at one origin, as a/ and b/."""
    for name in ("a", "b"):
        shutil.copytree(
            dist,
            tmp_path / name,
            ignore=shutil.ignore_patterns("disk"),
            copy_function=lambda source, target: Path(target).hardlink_to(source),
        )
    with serve.serving(tmp_path) as address:
        yield address


def test_neighbours_at_one_origin_share_nothing(open_page: Callable[..., Page], neighbours: str) -> None:
    page = open_page(f"{neighbours}a/{LESSON}")
    page.locator("[data-theme-switch]").click()
    page.locator("[data-done]").click()
    page.wait_for_function("document.documentElement.dataset.offline === 'page'", timeout=START)
    page.goto(f"{neighbours}b/index.html")
    assert page.evaluate(SHOWN) == "auto,auto,"
    page.wait_for_function("document.documentElement.dataset.offline === 'lesson'", timeout=START)
    page.context.set_offline(True)
    page.goto(f"{neighbours}a/{LESSON}")
    assert page.evaluate(SHOWN) == "light,light,done"


FOREIGN = ["", "null", "7", "[]", '"x"', '{"seen":null}', '{"seen":[1],"of":"x","done":1}', "{", "system"]


@pytest.mark.parametrize("value", FOREIGN)
def test_a_foreign_value_in_storage_is_no_matter(
    open_page: Callable[..., Page], http: str, value: str
) -> None:
    def store(page: Page) -> None:
        page.add_init_script(
            f"""localStorage.length || ((path, value) => {{
                for (const key of ["theme", "read:03-embeddings"])
                    localStorage.setItem(path + " " + key, value);
            }})(new URL("./", location.href).pathname, {json.dumps(value)})"""
        )

    page = open_page(http + LESSON, before=store)
    assert page.evaluate("localStorage.length") >= 2
    assert page.evaluate(SHOWN) == "auto,auto,"
    page.locator("[data-done]").click()
    page.locator("[data-theme-switch]").click()
    page.reload()
    assert page.evaluate(SHOWN) == "light,light,done"
