"""Deploys: a page that was kept or left open finds its Python, or takes the newer version, states and all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.published import Site, kept, wait_until_kept
from tests.browser.steps import LESSON, START, assert_accessible, wake

COLD = True

PYTHON = "document.documentElement.dataset.python"
MISSING = pytest.mark.console_errors("the browser itself logs a file that was not found")


def touch(page: Page) -> None:
    """Ask two figures, one of them what only Python can tell, before the page may be exchanged."""
    page.evaluate(
        """() => {
            document.querySelector("#fig-05 [data-control=pair-good-bad]").click();
            const word = document.querySelector("#fig-01 [data-control=word]");
            word.value = "mouse";
            word.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )


def assert_touched(page: Page) -> None:
    """Both have been answered, by a Python that runs."""
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040", timeout=START)
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77", timeout=START)
    page.wait_for_function(f"{PYTHON} === 'ready'", timeout=START)


def assert_renewed(page: Page) -> None:
    """The newer version is there, and says so."""
    expect(page.locator("h1")).to_contain_text("once more", timeout=START)
    assert_touched(page)
    expect(page.locator("[data-news]")).to_contain_text("This lesson was renewed since you opened it.")


def deploy(site: Site) -> None:
    site.edit(LESSON, "</h1>", ", once more</h1>")
    site.change_pycore()


@MISSING
@pytest.mark.parametrize("lasting", [False, True])
def test_a_page_left_open_takes_the_new_version(
    open_page: Callable[..., Page], site: Site, lasting: bool
) -> None:
    site.lasting = lasting  # the browser may show its own copy without asking
    page = open_page(site.address + LESSON, service_workers="block")
    deploy(site)
    touch(page)
    assert_renewed(page)
    assert_accessible(page)
    page.locator("[data-news] [data-control=later]").click()
    page.reload()  # it is said once
    expect(page.locator("h1")).to_contain_text("once more", timeout=START)
    expect(page.locator("[data-news]")).to_have_count(0)


@MISSING
@pytest.mark.parametrize("reloaded", [False, True])
def test_a_kept_page_without_its_python_takes_the_new_version(
    open_page: Callable[..., Page], site: Site, reloaded: bool
) -> None:
    site.lasting = True
    page = open_page(site.address + LESSON)
    wait_until_kept(page, "page")
    deploy(site)
    if reloaded:
        page.reload()
    touch(page)
    assert_renewed(page)
    wait_until_kept(page, "lesson")
    page.context.set_offline(True)
    page.reload()
    touch(page)
    assert_touched(page)
    assert kept(page).count("pycore.pack") == 1


def test_a_page_kept_with_its_python_works_until_the_reader_takes_the_new_version(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(site.address + LESSON)
    wake(page, "fig-01")
    wait_until_kept(page, "lesson")
    deploy(site)
    page.reload()
    touch(page)
    assert_touched(page)
    expect(page.locator("h1")).not_to_contain_text("once more")
    page.locator("[data-news]").get_by_role("button", name="Reload").click()
    expect(page.locator("h1")).to_contain_text("once more", timeout=START)
    assert_touched(page)
    expect(page.locator("[data-news]")).to_have_count(0)
    page.context.set_offline(True)
    page.reload()
    touch(page)
    assert_touched(page)


@MISSING
@pytest.mark.parametrize("pressed", [False, True])
def test_a_service_worker_that_does_not_come_to_an_end_is_not_waited_for(
    open_page: Callable[..., Page], site: Site, pressed: bool
) -> None:
    endless = "\nsw.addEventListener('message', (event) => event.waitUntil(new Promise(() => {})));\n"
    worker = site.folder / "sw.js"
    source = worker.read_text("utf-8")
    worker.write_text(source + endless, "utf-8")
    page = open_page(site.address + LESSON)
    wait_until_kept(page, "page")
    worker.write_text(source, "utf-8")
    deploy(site)
    page.reload()
    if pressed:
        page.locator("[data-news]").get_by_role("button", name="Reload").click(timeout=START)
        expect(page.locator("h1")).to_contain_text("once more", timeout=START)
        page.wait_for_load_state()
        touch(page)
        assert_touched(page)
        expect(page.locator("[data-news]")).to_have_count(0)
    else:
        touch(page)
        assert_renewed(page)


@MISSING
def test_a_kept_page_without_its_python_waits_for_the_network(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(site.address + LESSON)
    wait_until_kept(page, "page")
    page.context.set_offline(True)
    deploy(site)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text("There is no network", timeout=START)
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    page.context.set_offline(False)
    assert_renewed(page)


@MISSING
def test_another_page_that_took_the_new_version_leaves_this_one_no_riddle(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(site.address + LESSON)
    wake(page, "fig-01")
    wait_until_kept(page, "lesson")
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    other = page.context.new_page()
    deploy(site)
    other.goto(site.address + LESSON)
    other.locator("[data-news]").get_by_role("button", name="Reload").click()
    expect(other.locator("h1")).to_contain_text("once more", timeout=START)
    news = page.locator("[data-news]")
    expect(news).to_be_visible()
    touch(page)
    # By the Python that it was built with, if a snapshot or the browser has it, or else by the newer version.
    assert_touched(page)
    take = news.get_by_role("button", name="Reload")
    if take.count():
        take.click()
    expect(page.locator("h1")).to_contain_text("once more", timeout=START)
    assert_touched(page)


@MISSING
def test_edited_code_is_never_lost_to_a_new_version(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + LESSON, service_workers="block")
    page.locator("#fig-00 [data-control=source]").click()
    text = page.locator("#fig-00 textarea").first
    text.fill("def id(self, word):\n    return 1")
    deploy(site)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    news = page.locator("[data-news]")
    expect(news).to_contain_text("the older one’s Python is gone", timeout=START)
    expect(text).to_have_value("def id(self, word):\n    return 1")
    assert_accessible(page)
    news.get_by_role("button", name="Reload").click()
    expect(page.locator("h1")).to_contain_text("once more", timeout=START)
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040", timeout=START)


@MISSING
def test_a_server_that_gives_now_this_now_that_reloads_no_page_for_ever(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(site.address + LESSON, service_workers="block")
    deploy(site)
    page.context.route("**/pycore.pack", lambda route: route.fulfill(status=404))
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("[data-news]")).to_contain_text("was renewed", timeout=START)
    expect(page.locator("#fig-01")).to_have_attribute("state", "failed", timeout=START)
    site.edit(LESSON, '"startTimeout": 120', '"startTimeout": 121')
    page.locator("#fig-01 [data-retry]").click()
    expect(page.locator("[data-news]").get_by_role("button", name="Reload")).to_be_visible(timeout=START)


@MISSING
def test_a_file_that_is_missing_from_the_version_there_is_reloads_nothing(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON, service_workers="block")
    page.evaluate("window.same = true")
    page.context.route("**/pycore.pack", lambda route: route.fulfill(status=404))
    with page.expect_response(lambda answer: answer.url.endswith(LESSON), timeout=START):  # it looks
        page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text("pycore.pack was not found (404)")
    assert page.evaluate("window.same")
    expect(page.locator("[data-news]")).to_have_count(0)


@MISSING
def test_a_kept_page_whose_style_is_gone_is_replaced(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + LESSON)
    wait_until_kept(page, "page")
    page.reload()
    wait_until_kept(page, "page")
    (worker,) = page.context.service_workers
    worker.evaluate(
        """async () => {
            const cache = await caches.open(CACHE);
            for (const key of await cache.keys()) if (key.url.endsWith("site.css")) await cache.delete(key);
        }"""
    )
    site.change_style()
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.goto("about:blank")
    page.goto(site.address + LESSON)
    expect(page.locator("h1")).to_have_css("font-style", "italic", timeout=START)


FOREIGN = [
    None,
    7,
    "x",
    [],
    {"figures": 1},
    {"figures": [None, 5, "fig-01", ["fig-01"], ["fig-05", 7]]},
    {"figures": [["fig-01", {"state": "x", "queue": 5}], ["fig-05", {"queue": [0, None, {"event": 1}]}]]},
]


@pytest.mark.parametrize("left", FOREIGN)
def test_what_another_program_left_there_is_no_matter(
    open_page: Callable[..., Page], http: str, left: object
) -> None:
    page = open_page(http + LESSON, service_workers="block")
    page.evaluate("(left) => sessionStorage.setItem('/ left 03-embeddings.html', JSON.stringify(left))", left)
    page.reload()
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("5,064")
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
