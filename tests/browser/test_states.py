"""Starting, waiting, failing, recovering, and sharing: what a figure says and keeps in each state."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import LESSON, START, assert_accessible, out, wake
from tests.browser.test_resilience import HIRED, IN_HAND

COLD = True


def test_events_before_python_is_ready_are_kept(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    # All three in one turn of the page, before Python can possibly be there.
    waits = page.evaluate(
        """() => {
            const control = (name) => document.querySelector(`#fig-01 [data-control=${name}]`);
            control("word").value = "mouse";
            control("word").dispatchEvent(new Event("input", { bubbles: true }));
            for (const name of ["row-down", "row-down"]) control(name).click();
            return control("row-down").getAttribute("aria-busy");
        }"""
    )
    assert waits == "true"
    expect(page.locator("#fig-01")).to_have_attribute("state", "starting")
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,042", timeout=START)
    expect(page.locator("#fig-01 [aria-busy]")).to_have_count(0)


@pytest.mark.console_errors("the browser itself logs a file that was not found")
def test_a_missing_wasm_is_told_and_retried(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(
        http + LESSON,
        before=lambda page: page.context.route("**/*.wasm", lambda route: route.fulfill(status=404)),
    )
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    message = page.locator("#fig-01 [data-message]")
    expect(message).to_contain_text("pyodide.asm.wasm was not found (404)", timeout=START)
    expect(page.locator("#fig-01")).to_have_attribute("state", "failed")
    assert page.evaluate("document.documentElement.dataset.python") == "failed"
    assert out(page, "fig-01", "id") == "5,064"  # the last picture stays
    assert_accessible(page)
    page.context.unroute("**/*.wasm")
    page.locator("#fig-01 [data-control=retry]").click()
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text(
        "7,040", timeout=START
    )  # and so does the press
    expect(message).to_be_hidden()


def test_a_load_that_hangs_times_out(open_page: Callable[..., Page], http: str) -> None:
    held: list[Route] = []
    # All of them: each that comes is progress, and gives the others the whole time again.
    files = re.compile(r"\.(wasm|mjs|pack|zip)$")

    def hold(page: Page) -> None:
        page.clock.install()
        page.context.route(files, lambda route: held.append(route))

    page = open_page(http + LESSON, before=hold)
    with page.expect_request(files, timeout=START):
        page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01")).to_have_attribute("state", "starting")
    page.clock.fast_forward(3_600_000)  # the lid was closed for an hour: that is no time that Python had
    expect(page.locator("#fig-01")).to_have_attribute("state", "starting")
    page.clock.run_for(300_000)
    expect(page.locator("#fig-01 [data-message]")).to_contain_text("Python took too long to load")
    expect(page.locator("#fig-01")).to_have_attribute("state", "failed")
    page.context.unroute(files)
    page.clock.resume()
    page.locator("#fig-01 [data-control=retry]").click()
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040", timeout=START)


def test_code_that_never_ends_is_stopped_and_python_replaced(
    open_warm: Callable[..., Page], base: str
) -> None:
    page = open_warm(base + LESSON, before=lambda page: page.add_init_script(HIRED + IN_HAND))
    wake(page, "write-cosine")
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
    page.locator("#write-cosine [data-control=code]").fill("while True: pass")
    page.wait_for_function("document.querySelector('#write-cosine').quiet")
    page.clock.install()
    page.evaluate("window.inHand = ''")
    for _ in range(2):  # pressed again while nothing happens
        page.locator("#write-cosine [data-control=run]").click()
    page.wait_for_function("window.inHand.includes('write-cosine')")  # the seconds count from here
    page.clock.run_for(25_000)
    message = page.locator("#write-cosine [data-message]")
    expect(message).to_contain_text("This code ran for more than 20 seconds, so it was stopped.")
    page.clock.resume()
    for figure in ("fig-05", "write-cosine"):  # nothing is pressed
        expect(page.locator(f"#{figure}")).to_have_attribute("state", "live", timeout=START)
    expect(message).to_contain_text("so it was stopped")
    expect(page.locator("#write-cosine [data-control=code]")).to_have_value("while True: pass")
    page.locator("#fig-05 [data-control=b]").fill("worse")
    expect(page.locator("#fig-05 [data-drag=b]")).to_contain_text("worse")
    expect(page.locator("#fig-05 text.a")).to_have_text("a · good")
    page.locator("#write-cosine [data-control=code]").fill("1 / 0")
    page.locator("#write-cosine [data-control=run]").click()
    expect(page.locator("#write-cosine [data-out=outcome]")).to_contain_text("ZeroDivisionError")
    expect(message).to_be_hidden()


def test_a_state_that_a_figure_refuses_is_told_and_the_figure_lives(
    open_warm: Callable[..., Page], base: str
) -> None:
    page = open_warm(base + LESSON + '#fig-05~{"a":"nosuchword"}')
    message = page.locator("#fig-05 [data-message]")
    expect(message).to_contain_text("nosuchword", timeout=START)
    expect(page.locator("#fig-05")).to_have_attribute("state", "live")
    assert out(page, "fig-05", "cosine") == "+0.88"
    message.get_by_role("button", name="OK").click()
    expect(message).to_be_hidden()


def test_a_link_carries_the_state(open_warm: Callable[..., Page], base: str) -> None:
    page = open_warm(base + LESSON)
    wake(page, "fig-05")
    page.locator("#fig-05 [data-control=pair-bank-river]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.34")
    page.locator("#fig-05 [data-share]").click()
    page.wait_for_function("location.hash.includes('~')")
    address = page.evaluate("location.href")
    other = open_warm(address)
    expect(other.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.34", timeout=START)


def test_an_address_that_changes_changes_the_figure(open_warm: Callable[..., Page], base: str) -> None:
    page = open_warm(base + LESSON + '#fig-05~{"b":"puppy"}')
    expect(page.locator("#fig-05 [data-drag=b]")).to_contain_text("puppy", timeout=START)
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
    page.evaluate("location.hash = '#fig-05~{}'")  # back to the picture that the build made
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.88")
    expect(page.locator("#fig-05 text.a")).to_have_text("a · cat")


@pytest.mark.parametrize("address", ["#100%", "#fig-05~%", "#fig-05~5", '#fig-05~["a"]', "#fig-05~{"])
def test_a_broken_address_leaves_the_figures_as_they_are(
    open_warm: Callable[..., Page], http: str, address: str
) -> None:
    page = open_warm(http + LESSON + address)
    wake(page, "fig-05")
    assert out(page, "fig-05", "cosine") == "+0.88"


@pytest.mark.console_errors("the browser itself logs a file that was not found")
def test_a_missing_loader_is_told(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(
        http + LESSON,
        before=lambda page: page.context.route("**/pyodide.mjs", lambda route: route.fulfill(status=404)),
    )
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        "pyodide.mjs was not found (404)", timeout=START
    )


@pytest.mark.parametrize("file", ["numpy.pack", "stdlib.pack", "pycore.pack"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_file_is_told(
    open_page: Callable[..., Page], dist: Path, http: str, file: str, whole: bool
) -> None:
    (found,) = dist.glob(f"py/*/{file}")
    body = b"x" * (found.stat().st_size if whole else 10)
    page = open_page(
        http + LESSON,
        before=lambda page: page.context.route(f"**/{file}", lambda route: route.fulfill(body=body)),
    )
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        f"{file} is damaged" if whole else f"{file} did not come whole (10 of ", timeout=START
    )
    expect(page.locator("#fig-01")).to_have_attribute("state", "failed")
