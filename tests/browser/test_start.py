"""Starting Python: anew, from a snapshot of its memory, and with a snapshot that is no good."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import cosine
from pycore.live.markup import signed
from tests.browser.conftest import Opener
from tests.browser.steps import LESSON, START, ask_after_going_back, wake
from tests.browser.test_parity import RECORDED, replay_both
from tools import chromium
from tools.in_page import run

COLD = True

READY = "['ready', 'failed'].includes(document.documentElement.dataset.python)"
FROM_SNAPSHOT = "performance.getEntriesByName('python:ready')[0].detail.snapshot"
SHELF = "caches.open(`python at ${new URL('./', location.href).href}`)"
KEPT = f"{SHELF}.then((shelf) => shelf.keys()).then((keys) => keys.length)"
DAMAGES = {
    "a bit is wrong": "(buffer) => (new Uint8Array(buffer)[5_000_001] ^= 1, buffer)",
    "its end is missing": "(buffer) => buffer.slice(0, 1_000_000)",
    "it is empty": "(buffer) => ''",
    "it is something else": "(buffer) => '<!doctype html>'",
    # Its hash is right, and what it says of itself is well formed, and wrong: the start itself must find out.
    "it is of another build": """async (buffer) => {
        const bytes = new Uint8Array(buffer, 32);
        const note = bytes.subarray(4, 4 + new DataView(buffer, 32).getUint32(0, true));
        note.set(new TextEncoder().encode(new TextDecoder().decode(note).replace(/"table":./, '"table":9')));
        new Uint8Array(buffer).set(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
        return buffer;
    }""",
}


def change(page: Page, damage: str) -> None:
    """Change the snapshot: the damage is a function that is given its bytes, and gives back others."""
    page.evaluate(
        f"""async () => {{
            const shelf = await {SHELF};
            const [key] = await shelf.keys();
            const buffer = await (await shelf.match(key)).arrayBuffer();
            await shelf.put(key, new Response(await ({damage})(buffer)));
        }}"""
    )


def start(page: Page) -> bool:
    """Wait for Python; return whether it came from a snapshot."""
    page.locator("#fig-01").scroll_into_view_if_needed()
    page.wait_for_function(READY, timeout=START)
    assert page.evaluate("document.documentElement.dataset.python") == "ready"
    return bool(page.evaluate(FROM_SNAPSHOT))


def wait_until_kept(page: Page) -> None:
    deadline = time.monotonic() + START / 1000
    while not page.evaluate(KEPT):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


@pytest.fixture(scope="module")
def visited(browser: Browser, http: str) -> Iterator[Page]:
    """A page whose profile has a snapshot."""
    opener = Opener(browser, None)
    page = opener(http + LESSON)
    assert not start(page)
    wait_until_kept(page)
    yield page
    opener.close()
    assert opener.errors == []


def test_a_later_visit_starts_from_the_snapshot(visited: Page) -> None:
    """That each figure then answers as ever is held by test_figures, whose Python has been restored."""
    for _ in range(2):
        visited.reload()
        assert start(visited)
    replay_both(visited, "cosine", RECORDED["embeddings/cosine"], "restored")


def test_a_restored_python_imports_and_computes(visited: Page) -> None:
    visited.reload()
    assert start(visited)
    code = """
import decimal, statistics, json.tool, numpy.ma, numpy.fft
assert statistics.median([3, 1, 2]) == 2
assert np.allclose(np.linalg.inv(np.diag([2.0, 4.0])), np.diag([0.5, 0.25]))
assert np.random.default_rng(1).random() == 0.5118216247002567
assert np.allclose(np.fft.ifft(np.fft.fft([1.0, 2.0])), [1.0, 2.0])
"""
    assert "Right: every test passes." in run(visited, code)


def test_chance_differs_between_visits(visited: Page) -> None:
    seen = set()
    for _ in range(2):
        visited.reload()
        assert start(visited)
        seen.add(run(visited, "import random\nraise AssertionError(random.random())"))
    assert len(seen) == 2


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_snapshot_that_is_no_good_is_replaced(visited: Page, damage: str) -> None:
    change(visited, DAMAGES[damage])
    visited.reload()
    assert not start(visited)
    replay_both(visited, "cosine", RECORDED["embeddings/cosine"], "after-damage")
    wait_until_kept(visited)
    visited.reload()
    assert start(visited)


def test_a_reader_may_import_what_a_start_leaves_out(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    start(page)
    code = "import decimal, numpy.ma\nassert np.random.default_rng(1).random() == 0.5118216247002567"
    assert "Right" in run(page, code)
    assert "ModuleNotFoundError" in run(page, "import nosuchmodule")


@pytest.mark.console_errors("the browser itself logs a file that was not found")
def test_an_archive_that_is_missing_is_told(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(
        http + LESSON,
        before=lambda page: page.context.route("**/rest.zip", lambda route: route.fulfill(status=404)),
    )
    start(page)
    outcome = run(page, "import statistics")
    assert "statistics could not be fetched" in outcome
    assert "rest.zip was not found (404)" in outcome
    page.context.unroute("**/rest.zip")
    assert "Right" in run(page, "import statistics, math")


PRESS_AGAIN = """(async () => {
    const figure = document.querySelector("#fig-05");
    figure.querySelector("[data-control=pair-king-queen]").click();
    while (!figure.quiet) await new Promise((done) => setTimeout(done, 10));
    const starts = performance.getEntriesByName("python:start").length;
    return [window.here, starts, figure.querySelector("[data-out=cosine]").textContent];
})()"""


def test_python_is_still_there_when_the_reader_comes_back_to_a_page(browser: Browser, http: str) -> None:
    whole = chromium.find(browser.browser_type, whole=True)
    if whole is None:
        pytest.skip("a Chromium without windows keeps no pages, and there is no other")
    with chromium.launched_beside(browser.browser_type, file=whole) as browser:
        page = browser.new_page()
        page.goto(http + LESSON)
        wake(page, "fig-05")
        page.evaluate("window.here = 'the same page'")
        page.goto(http + "index.html")
        answer = ask_after_going_back(page, PRESS_AGAIN)
    king, queen = (word_vectors()[word] for word in ("king", "queen"))
    assert answer == ["the same page", 1, signed(cosine(king, queen))]
