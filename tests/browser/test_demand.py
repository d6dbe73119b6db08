"""Files on demand: fetched when the reader presses, once, whole, and kept; whatever happens in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from pycore.figures.examples.primes import Primes, sieve
from sitegen import demand, site
from tests.browser.published import Site, kept, wait_until_kept
from tests.browser.steps import START, assert_accessible, wake
from tests.browser.test_offline import CHANGE, FORGERIES
from tests.browser.test_resilience import ENDINGS, HIRED, READY
from tests.pieces import piece_of
from tests.sitegen.small_course import SmallCourse

LESSON = "02-rest.html"
FIGURE, OTHER = "fig-02", "fig-03"
ALL = "The primes below two million"
LAST = "1,299,709"  # the hundred-thousandth prime
LOGGED = pytest.mark.console_errors("the browser itself logs a file that did not come")
SLOW = 5_000  # bytes a second: a piece takes longer than what is done meanwhile


# Notes each text of the line, the figure's height with it, and what then has the focus.
WATCH = """(id) => {
    window.seen = [];
    const figure = document.getElementById(id);
    const text = figure.querySelector("[data-out=model-progress]");
    const note = () => seen.push([text.textContent, figure.offsetHeight, document.activeElement.textContent]);
    new MutationObserver(note).observe(text, { childList: true });
}"""

REMOVE = """(id) => {
    const button = document.querySelector(`#${id} [data-control=remove-model]`);
    button.click();
    return button.hidden;
}"""


def pieces(folder: Path) -> list[str]:
    """Names of the pieces, in the order in which they are fetched."""
    index = json.loads(config(folder)[1])
    file = (folder / "large" / f"primes.{index[2][:20]}.js").read_bytes()
    listed = json.loads(piece_of(file)[: index[0]])
    return [f"primes.{digest[:20]}.js" for file in listed.values() for _, _, digest in file]


def config(folder: Path) -> re.Match[str]:
    found = re.search(r'"index": (\[.*?\])', (folder / LESSON).read_text("utf-8"))
    assert found
    return found


def load(page: Page, figure: str = FIGURE) -> None:
    page.locator(f"#{figure} [data-control=load-model]").click()


def stop(page: Page) -> None:
    page.locator(f"#{FIGURE} [data-control=stop-model]").click()


def told(page: Page, figure: str = FIGURE) -> Locator:
    return page.locator(f"#{figure} [data-out=model-progress]")


def wait(page: Page, state: str, figure: str = FIGURE) -> None:
    page.wait_for_selector(f"#{figure}[data-model-state={state}]", timeout=START)


def assert_here(page: Page) -> None:
    """Python has it, and every figure that names it draws with it."""
    for figure in (FIGURE, OTHER):
        wait(page, "ready", figure)
    expect(page.locator(f"#{OTHER} [data-out=prime]")).to_have_text(LAST, timeout=START)


@pytest.mark.parametrize("width", [1280, 320])
def test_it_comes_when_the_reader_presses(open_page: Callable[..., Page], course: str, width: int) -> None:
    if width == 320 and course.startswith("file:"):
        pytest.skip("a narrow window is seen once")
    asked: list[str] = []
    page = open_page(
        course + LESSON,
        viewport={"width": width, "height": 900},
        before=lambda page: page.on("request", lambda request: asked.append(request.url)),
    )
    wake(page, OTHER)
    expect(told(page)).to_have_text(f"{ALL}: 0.4 MB, fetched only when you ask")
    expect(page.locator(f"#{OTHER} [data-out=prime]")).to_have_text("not here")
    assert not [url for url in asked if "/large/" in url]
    height = page.locator(f"#{FIGURE}").bounding_box()["height"]  # type: ignore[index]
    page.evaluate(WATCH, FIGURE)
    load(page)
    assert_here(page)
    words, heights, focused = zip(*page.evaluate("seen"), strict=True)
    assert {round(height)} == set(heights)
    assert f"{ALL}: 0.2 of 0.4 MB" in words
    assert "Stop" in focused
    until = ", until this page is closed" if course.startswith("file:") else ""
    expect(told(page)).to_have_text(f"{ALL}: here (0.4 MB){until}")
    if until:
        expect(told(page)).to_be_focused()  # the button is gone
    page.locator(f"#{FIGURE} input").fill("4")
    expect(page.locator(f"#{FIGURE} [data-out=prime]")).to_have_text("104,729")
    if not until:
        assert_accessible(page)


def test_it_is_stopped_goes_on_and_is_kept(open_page: Callable[..., Page], course_site: Site) -> None:
    names = pieces(course_site.folder)
    course_site.slow[names[2]] = SLOW
    page = open_page(course_site.address + LESSON)
    wake(page, FIGURE)
    load(page)
    expect(told(page)).to_contain_text("0.2 of 0.4 MB")
    stop(page)
    expect(told(page)).to_have_text(f"Stopped. {ALL}: 0.1 of 0.4 MB are here, and stay")
    course_site.slow.clear()
    # A second press at once does no harm: it stops what has hardly begun.
    button = page.locator(f"#{FIGURE} [data-control=load-model]")
    button.evaluate("(button) => { button.click(); button.click(); }")
    wait(page, "absent")
    load(page)
    assert_here(page)
    assert [course_site.asked[name] for name in names] == [1, 1, 2, 1, 1]
    wait_until_kept(page, "lesson")
    page.close()
    # A later visit, without a network; what someone changed in the cache is not used.
    page = page.context.new_page()
    page.context.set_offline(True)
    page.goto(course_site.address + LESSON)
    page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
    expect(told(page)).to_have_text(f"{ALL}: on this device (0.4 MB)")
    wake(page, OTHER)
    page.locator(f"#{OTHER} input").fill("4")
    expect(page.locator(f"#{OTHER} [data-out=prime]")).to_have_text("104,729")  # small, so without a press
    assert sum(course_site.asked[name] for name in names) == 6
    page.context.set_offline(False)
    (worker,) = page.context.service_workers
    assert worker.evaluate(CHANGE, [names[0], FORGERIES["nothing"]]) == 1
    # The browser's own memory, which a file that has not changed for long may come from, has it no more.
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.reload()
    wake(page, FIGURE)
    wait(page, "ready")
    assert course_site.asked[names[0]] == 2
    # A press that comes at once was meant for "Stop".
    page.wait_for_function(REMOVE, arg=FIGURE)
    expect(told(page)).to_have_text(f"{ALL}: here (0.4 MB), until this page is closed")
    assert not {*names} & {*kept(page)}


@LOGGED
def test_damage_a_lost_network_little_memory_and_a_lost_python(
    open_page: Callable[..., Page], course_site: Site
) -> None:
    names = pieces(course_site.folder)
    page = open_page(course_site.address + LESSON, before=lambda page: page.add_init_script(HIRED))
    wake(page, FIGURE)
    # More memory than there is.
    memory = "customElements.get('py-figure').python.config.demand.primes.memory"
    page.evaluate(f"{memory} = 8e9")
    load(page)
    wait(page, "refused")
    expect(told(page)).to_contain_text("This device has too little free memory for it.")
    expect(told(page)).to_contain_text("would take up to 0.4 MB")
    expect(page.locator(f"#{FIGURE}")).to_have_attribute("state", "live")
    page.evaluate(f"{memory} = 0")
    # A piece that the server has wrong.
    file = course_site.folder / "large" / names[1]
    right = file.read_bytes()
    file.unlink()  # it is a link to a file that other tests share
    file.write_bytes(right[:-100] + b"x" + right[-99:])
    load(page)
    wait(page, "failed")
    expect(told(page)).to_contain_text("A part of it came damaged, and was not used. ")
    assert course_site.asked[names[1]] == 2  # what the browser had might have been old
    file.write_bytes(right)
    # The network goes in the middle, and comes back.
    course_site.slow[names[3]] = SLOW
    load(page)
    expect(told(page)).to_contain_text(re.compile(r"0.3 of 0.4 MB"))
    page.context.set_offline(True)
    wait(page, "failed")
    expect(told(page)).to_have_text(f"The network went away. {ALL}: 0.3 of 0.4 MB are here, and stay")
    course_site.slow.clear()
    page.context.set_offline(False)
    assert_here(page)  # by itself
    assert [course_site.asked[name] for name in (names[0], names[2], names[4])] == [1, 1, 1]
    # Another Python gets it too.
    page.evaluate(ENDINGS["it says nothing any more"])
    page.locator(f"#{FIGURE} input").fill("4")
    page.wait_for_function(f"{READY} && hired.length === 2", timeout=START)
    assert_here(page)
    expect(page.locator(f"#{FIGURE} [data-out=prime]")).to_have_text("104,729")
    assert course_site.asked[names[4]] == 1


def test_where_nothing_can_be_kept_nothing_is_said_to_stay(
    open_page: Callable[..., Page], course_site: Site
) -> None:
    refuse = "CacheStorage.prototype.open = async () => { throw new DOMException('', 'SecurityError'); }"
    course_site.slow[pieces(course_site.folder)[2]] = SLOW
    page = open_page(course_site.address + LESSON, before=lambda page: page.add_init_script(refuse))
    wake(page, FIGURE)
    load(page)
    expect(told(page)).to_contain_text("0.2 of 0.4 MB")
    stop(page)
    expect(told(page)).to_have_text(f"Stopped. {ALL}: 0.4 MB, fetched only when you ask")
    course_site.slow.clear()
    load(page)
    assert_here(page)
    expect(told(page)).to_have_text(f"{ALL}: here (0.4 MB), until this page is closed")


def test_it_is_stopped_before_python_is_there_and_python_ends_before_a_byte_is(
    open_page: Callable[..., Page], course_site: Site
) -> None:
    names = pieces(course_site.folder)
    course_site.slow["pyodide.asm.wasm"] = SLOW
    page = open_page(course_site.address + LESSON, before=lambda page: page.add_init_script(HIRED))
    page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
    load(page)
    expect(told(page)).to_have_text(f"{ALL}: Python starts first")
    stop(page)
    expect(told(page)).to_have_text(f"Stopped. {ALL}: 0.4 MB, fetched only when you ask")
    course_site.slow.clear()
    wake(page, FIGURE)
    course_site.slow[names[0]] = 1000  # and its first bytes come after five seconds
    with page.expect_request(f"**/{names[0]}"):
        load(page)
    page.evaluate(ENDINGS["an error that nobody caught"])
    page.wait_for_function(f"{READY} && hired.length === 2", timeout=START)
    course_site.slow.clear()
    assert_here(page)
    assert page.evaluate("hired.length") == 2


def test_two_pages_at_once_fetch_each_piece_once_and_one_may_be_closed(
    open_page: Callable[..., Page], course_site: Site
) -> None:
    names = pieces(course_site.folder)
    one = open_page(course_site.address + LESSON)
    other = one.context.new_page()
    other.goto(course_site.address + LESSON)
    for page in (one, other):
        wake(page, FIGURE)
    course_site.slow[names[3]] = SLOW
    load(one)
    expect(told(one)).to_contain_text("0.2 of 0.4 MB")
    load(other)
    expect(told(other)).to_contain_text("0.2 of 0.4 MB")
    one.close()  # it had the slow one in hand
    course_site.slow.clear()
    assert_here(other)
    assert [course_site.asked[name] for name in names if name != names[3]] == [1] * 4
    assert course_site.asked[names[3]] == 2


@LOGGED
def test_a_deploy_in_between_is_taken_and_loading_goes_on(
    open_page: Callable[..., Page], course_site: Site, tmp_path: Path
) -> None:
    names = pieces(course_site.folder)
    course_site.slow[names[1]] = SLOW
    page = open_page(course_site.address + LESSON)
    wake(page, FIGURE)
    load(page)
    expect(told(page)).to_contain_text("0.1 of 0.4 MB")
    renewed = replace(Primes.on_demand, make=lambda fetch: sieve(fetch) | {"more": b"new"}, piece=120_000)
    large = course_site.folder / "large"
    for name in names[2:]:
        (large / name).unlink()
    index = demand.build(course_site.folder, renewed).index
    course_site.edit(LESSON, config(course_site.folder)[1], json.dumps(index))
    course_site.slow.clear()
    expect(page.locator("[data-news]")).to_contain_text("This lesson was renewed", timeout=START)
    assert_here(page)


def test_the_whole_course_is_kept_with_it_or_without(
    open_page: Callable[..., Page], course_site: Site
) -> None:
    names = {*pieces(course_site.folder)}
    page = open_page(course_site.address)
    shelf = page.locator("[data-shelf]")
    wait_until_kept(page, "lesson")
    expect(shelf).to_contain_text("What figures load on demand is 0.5 MB more.")
    shelf.get_by_role("button", name="Keep the whole course").click()
    wait_until_kept(page, "course")
    expect(shelf).to_contain_text("What figures load on demand is 0.5 MB more.")
    assert not names & {*kept(page)}
    shelf.get_by_role("button", name="Keep that too").click()
    done = re.compile(r"^The whole course is on this device \([\d.]+ MB\) and works without a network\.$")
    expect(shelf.locator("p")).to_have_text(done, timeout=START)
    assert names <= {*kept(page)}


def test_a_build_without_it_says_what_is_missing(open_page: Callable[..., Page], tmp_path: Path) -> None:
    small = SmallCourse.write(tmp_path, '::: figure examples/primes {number=02 title="Primes"}\nAsk.\n:::\n')
    site.build(small.content, small.dist, without=["primes"])
    assert not (small.dist / "large").exists()
    page = open_page((small.dist / "lesson.html").as_uri())
    expect(told(page)).to_have_text(
        f"{ALL}: this copy of the course was built without, so what needs it stays as it is"
    )
    expect(page.locator(f"#{FIGURE} [data-control=load-model]")).to_be_hidden()
