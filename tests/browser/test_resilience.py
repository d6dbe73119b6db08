"""What goes wrong around a figure: it keeps its picture, says what happened, and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.published import Site, published
from tests.browser.steps import LESSON, START, out, wake

ENDINGS = {
    "ended from outside": "close()",
    "an error that nobody caught": "setTimeout(() => { throw new Error('broken on purpose'); })",
}


@pytest.fixture
def site(dist: Path, tmp_path: Path) -> Iterator[Site]:
    with published(dist, tmp_path / "site") as site:
        yield site


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_worker_that_ends_is_replaced(open_page: Callable[..., Page], http: str, ending: str) -> None:
    page = open_page(http + LESSON)
    wake(page, "fig-05")
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
    starts = "performance.getEntriesByName('python:start').length"
    page.workers[0].evaluate(ENDINGS[ending])
    page.wait_for_function(f"{starts} === 2")
    assert out(page, "fig-05", "cosine") == "+0.77"  # the picture stays
    expect(page.locator("#fig-05")).to_have_attribute("state", "live", timeout=START)
    page.locator("#fig-05 [data-control=b]").fill("worse")
    expect(page.locator("#fig-05 [data-drag=b]")).to_contain_text("worse")
    expect(page.locator("#fig-05 text.a")).to_have_text("a · good")  # and so does the state
    expect(page.locator("#fig-05 [data-message]")).to_be_hidden()


@pytest.mark.console_errors("Pyodide logs what it died of")
def test_code_that_takes_all_memory_or_kills_python(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    wake(page, "write-cosine")
    code, run = (page.locator(f"#write-cosine [data-control={name}]") for name in ("code", "run"))
    # Reserved, but never written to: the machine that tests has no need to hold it.
    code.fill("held = []\nwhile True:\n    held.append(np.empty(2**27))")
    run.click()
    expect(page.locator("#write-cosine [data-out=outcome]")).to_contain_text(
        "Line 3: MemoryError", timeout=START
    )
    wake(page, "fig-05")  # what is left serves the others
    crash = "import ctypes\nctypes.string_at(2**32 - 2**16)"  # not in the memory that it has
    code.fill(crash)
    run.click()
    message = page.locator("#write-cosine [data-message]")
    expect(message).to_contain_text("Python ended unexpectedly (", timeout=START)
    expect(message).to_contain_text("Python was started anew")
    expect(page.locator("#write-cosine")).to_have_attribute("state", "live", timeout=START)
    expect(page.locator("#fig-05")).to_have_attribute("state", "live")
    expect(code).to_have_value(crash)
    message.get_by_role("button", name="OK").click()
    expect(message).to_be_hidden()


@pytest.mark.console_errors("the browser itself logs a file that could not be fetched")
def test_without_a_network_it_waits_for_one(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    page.wait_for_function("document.documentElement.dataset.offline === 'page'")
    page.context.set_offline(True)
    page.locator("#fig-01 [data-control=token-4]").click()
    message = page.locator("#fig-01 [data-message]")
    expect(message).to_contain_text("There is no network", timeout=START)
    assert out(page, "fig-01", "id") == "5,064"
    page.context.set_offline(False)  # nothing is pressed
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040", timeout=START)
    expect(message).to_be_hidden()


def test_a_pack_that_was_cut_is_fetched_anew(open_page: Callable[..., Page], site: Site) -> None:
    (pack,) = site.folder.glob("py/*/numpy.pack")
    whole = pack.read_bytes()
    pack.write_bytes(whole[: len(whole) // 2])
    site.lasting = True  # the browser will remember the half
    page = open_page(site.address + LESSON)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        "numpy.pack did not come whole", timeout=START
    )
    pack.write_bytes(whole)
    # Whatever only Python can answer is an answer to the message; it need not be its button.
    page.locator("#fig-01 [data-control=word]").fill("the")
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("0", timeout=START)


def test_a_slow_network_is_seen_to_move(open_page: Callable[..., Page], site: Site) -> None:
    site.slow = {"pyodide.asm.wasm": 50_000}  # the file whose bytes go straight to the compiler
    site.edit(LESSON, '"startTimeout": 120', '"startTimeout": 2')
    page = open_page(site.address + LESSON)
    page.evaluate(
        """() => {
            window.seen = [];
            const lamp = document.querySelector("#fig-01 [data-lamp]");
            new MutationObserver(() => window.seen.push([performance.now(), lamp.textContent]))
                .observe(lamp, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    # Much longer than the two seconds that count as hung, and more than one step in them.
    page.wait_for_function("seen.length > 8 && seen.at(-1)[0] - seen[0][0] > 6000", timeout=START)
    expect(page.locator("#fig-01")).to_have_attribute("state", "starting")
    parts = [int(text.split()[1]) for _, text in page.evaluate("seen") if "%" in text]
    assert parts == sorted(parts)


def test_a_tab_that_slept_is_not_a_hung_one(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    wake(page, "write-cosine")
    page.locator("#write-cosine [data-control=code]").fill(
        "import time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: pass"
    )
    page.wait_for_function("document.querySelector('#write-cosine').quiet")
    page.clock.install()
    page.locator("#write-cosine [data-control=run]").click()
    page.clock.fast_forward(3_600_000)  # the lid was closed for an hour
    expect(page.locator("#write-cosine [data-out=outcome]")).to_contain_text("NameError", timeout=START)
    expect(page.locator("#write-cosine")).to_have_attribute("state", "live")


@pytest.mark.console_errors(
    "when a file is missing, Pyodide's other fetches end in errors that nobody catches"
)
def test_a_file_that_was_cut_is_told(open_page: Callable[..., Page], site: Site) -> None:
    (library,) = site.folder.glob("py/*/stdlib.pack")
    whole = library.read_bytes()
    library.write_bytes(whole[:1000])
    page = open_page(site.address + LESSON)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        f"stdlib.pack did not come whole (1000 of {len(whole)} bytes)", timeout=START
    )
