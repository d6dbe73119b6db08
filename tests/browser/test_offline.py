"""Without a network: what was visited works, the whole course can be kept, and a new version waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from sitegen import offline, serve
from tests.browser.published import Site, published
from tests.browser.steps import LESSON, START, assert_accessible, wake

ROOT = "document.documentElement.dataset"
ATTENTION = "04-attention.html"


def wait_until_kept(page: Page, what: str) -> None:
    page.wait_for_function(f"{ROOT}.offline === '{what}'", timeout=START)


def kept(page: Page) -> list[str]:
    """Names of the files that the service worker keeps."""
    (worker,) = page.context.service_workers
    names: list[str] = worker.evaluate(
        """async () => (await (await caches.open(CACHE)).keys()).map(({ url }) => url.split("/").pop())"""
    )
    return names


@pytest.fixture
def site(dist: Path, tmp_path: Path) -> Iterator[Site]:
    with published(dist, tmp_path / "site") as site:
        yield site


def test_a_lesson_visited_once_works_without_a_network(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + LESSON)
    wake(page, "fig-05")
    wait_until_kept(page, "lesson")
    big = ["pyodide.asm.wasm", "pyodide.asm.mjs", "stdlib.pack", "glove-100d.npz"]
    assert [site.asked[name] for name in big] == [1] * len(big)  # keeping them loads nothing twice
    page.context.set_offline(True)
    page.reload()
    wake(page, "fig-05")
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
    page.goto(site.address)  # the list of lessons is always kept
    expect(page.locator(".course-list a")).to_have_count(4)
    page.goto(site.address + ATTENTION)
    expect(page.locator("h1")).to_have_text("There is no network")
    page.get_by_role("link", name="The course").click()
    expect(page.locator("[data-shelf] p")).to_contain_text("Keep the whole course")


def test_the_whole_course_is_kept_and_removed(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address)
    shelf = page.locator("[data-shelf]")
    wait_until_kept(page, "lesson")
    size = sum(size for _, size in offline.files(site.folder).values())
    expect(shelf).to_contain_text(f"({size / 1e6:.1f} MB)")
    page.evaluate(
        """() => {
            window.seen = [];
            const bar = document.querySelector("[data-shelf] progress");
            new MutationObserver(() => window.seen.push(bar.value)).observe(bar, { attributes: true });
        }"""
    )
    shelf.get_by_role("button", name="Keep the whole course").click()
    wait_until_kept(page, "course")
    expect(shelf).to_contain_text("The whole course is on this device")
    parts = [part for part in page.evaluate("window.seen") if part]
    assert parts == sorted(parts)
    assert len(set(parts)) > 5
    assert_accessible(page)
    page.context.set_offline(True)
    page.goto(site.address + ATTENTION)
    expect(page.locator("h1")).not_to_have_text("There is no network")
    page.goto(site.address + LESSON)  # never visited before
    wake(page, "fig-05")
    page.locator("[data-shelf] [data-control=forget]").click()
    expect(page.locator("[data-shelf] p")).to_contain_text("Removed")
    assert kept(page) == []


def test_a_full_device_is_told_and_loses_nothing(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http)
    wait_until_kept(page, "lesson")
    before = kept(page)
    devtools = page.context.new_cdp_session(page)
    quota = {"origin": http.rstrip("/"), "quotaSize": 4_000_000}
    devtools.send("Storage.overrideQuotaForOrigin", quota)
    shelf = page.locator("[data-shelf]")
    shelf.get_by_role("button", name="Keep the whole course").click()
    expect(shelf).to_contain_text("This device has no room for all of it", timeout=START)
    expect(shelf).to_contain_text("are on this device, and stay")
    assert set(before) < set(kept(page))
    page.context.set_offline(True)
    page.goto(http + ATTENTION)  # the small files came first
    expect(page.locator("h1")).not_to_have_text("There is no network")
    page.context.set_offline(False)
    devtools.send("Storage.overrideQuotaForOrigin", quota | {"quotaSize": 400_000_000})
    page.locator("[data-shelf]").get_by_role("button", name="Go on").click()
    wait_until_kept(page, "course")


def test_a_new_version_is_announced_and_waits(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + ATTENTION)
    wait_until_kept(page, "lesson")
    site.edit(ATTENTION, "</h1>", ", once more</h1>")
    page.reload()
    news = page.locator("[data-news]")
    expect(news).to_contain_text("A newer version of this lesson is there.")
    expect(page.locator("h1")).not_to_contain_text("once more")
    assert_accessible(page)
    page.context.set_offline(True)  # it has come already
    news.get_by_role("button", name="Reload").click()
    expect(page.locator("h1")).to_contain_text("once more")
    expect(news).to_have_count(0)
    assert kept(page).count(ATTENTION) == 1  # the old one is gone


def test_a_change_elsewhere_is_not_announced(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + ATTENTION)
    wait_until_kept(page, "lesson")
    site.edit("01-neural-network.html", "</h1>", ", once more</h1>")
    site.asked.clear()
    page.reload()
    page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.ready;
            await registration.update();
            while (!registration.waiting)
                await new Promise((done) => registration.installing.addEventListener("statechange", done));
        }"""
    )
    expect(page.locator("[data-news]")).to_have_count(0)
    assert set(site.asked) == {"sw.js"}  # what did not change, or was never visited, is not fetched


def test_an_author_never_sees_an_old_page(open_page: Callable[..., Page], site: Site) -> None:
    with serve.serving(site.folder, application=serve.fresh(site.folder)) as address:
        page = open_page(address + ATTENTION)
        wait_until_kept(page, "lesson")
        site.edit(ATTENTION, "</h1>", ", once more</h1>")
        page.reload()
        expect(page.locator("h1")).to_contain_text("once more")
        wait_until_kept(page, "lesson")
        expect(page.locator("[data-news]")).to_have_count(0)


def test_from_disk_there_is_nothing_to_keep(open_page: Callable[..., Page], disk: str) -> None:
    page = open_page(disk + "index.html")
    expect(page.locator("[data-shelf]")).to_contain_text("You opened the course from disk")
    expect(page.locator("[data-shelf] button:visible")).to_have_count(0)


def test_from_disk_nothing_blocks_the_page(
    open_page: Callable[..., Page], browser: Browser, disk: str
) -> None:
    """Counted in time of the processor: on a busy machine any task may have to wait."""
    page = open_page(disk + LESSON)
    browser.start_tracing(page=page, categories=["toplevel"])
    wake(page, "fig-05")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        event.get("tdur", 0) / 1000  # milliseconds
        for event in events
        if event["ph"] == "X" and (event["pid"], event["tid"]) in main
    ]
    assert len(tasks) > 100
    assert 0 < max(tasks) < 50
