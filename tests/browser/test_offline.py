"""Without a network: what was visited works, the whole course can be kept, and a new version waits."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from sitegen import offline, serve
from tests.browser.published import Site, kept, wait_until_kept
from tests.browser.steps import LESSON, START, assert_accessible, wake

COLD = True

ATTENTION = "04-attention.html"
INDEX = "index.html"  # its figure never needs Python: nothing more is to be kept


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
    expect(page.locator(".entry h3 a")).to_have_count(4)
    page.locator("#fig-path [data-control=write]").click()  # so is what the page of the course needs
    expect(page.locator("#fig-path [data-out=text]")).to_contain_text("Paris")
    expect(page.locator(".entry").first).to_have_css("display", "flex")
    page.goto(site.address + ATTENTION)
    expect(page.locator("h1")).to_have_text("There is no network")
    page.get_by_role("link", name="The course").click()
    expect(page.locator("[data-shelf] p")).to_contain_text("Keep the whole course")


def test_the_whole_course_is_kept_and_removed(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address)
    shelf = page.locator("[data-shelf]")
    wait_until_kept(page, "lesson")
    files = offline.files(site.folder)
    size = sum(size for name, (_, size) in files.items() if not name.startswith("large/"))
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


def test_removing_ends_what_another_page_still_fetches(open_page: Callable[..., Page], site: Site) -> None:
    site.slow["glove-100d.npz"] = 50_000
    page = open_page(site.address)
    wait_until_kept(page, "lesson")
    shelf = page.locator("[data-shelf]")
    with page.context.expect_event("request", lambda request: request.url.endswith("glove-100d.npz")):
        shelf.get_by_role("button", name="Keep the whole course").click()
    other = page.context.new_page()
    other.goto(site.address + "01-neural-network.html")
    other.locator("[data-shelf]").get_by_role("button", name="Remove it").click()
    expect(other.locator("[data-shelf] p")).to_contain_text("Removed.")
    expect(shelf).to_contain_text("Removed.")
    assert kept(page) == []
    expect(shelf.get_by_role("button", name="Keep the whole course")).to_be_enabled()


CHANGE = """async ([name, change]) => {
    const cache = await caches.open(CACHE);
    const keys = (await cache.keys()).filter(({ url }) => url.endsWith("/" + name));
    for (const key of keys) {
        const kept = await cache.match(key);
        const { text, headers } = eval(change)(await kept.text());
        const type = { "Content-Type": kept.headers.get("Content-Type") };
        await cache.put(key, new Response(text, { headers: { ...type, ...headers } }));
    }
    return keys.length;
}"""
FORGERIES = {
    "other text": """(text) => ({ text: text.replace("</h1>", ", forged</h1>") })""",
    "another header": """(text) => ({ text, headers: { Refresh: "0; url=01-neural-network.html" } })""",
    "nothing": """() => ({ text: "" })""",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_was_changed_in_the_cache_is_never_used(
    open_page: Callable[..., Page], http: str, forgery: str
) -> None:
    page = open_page(http + INDEX)
    wait_until_kept(page, "lesson")
    title = page.locator("h1").inner_text()
    (worker,) = page.context.service_workers
    assert worker.evaluate(CHANGE, [INDEX, FORGERIES[forgery]]) == 1
    page.reload()
    expect(page.locator("h1")).to_have_text(title)
    assert page.url == http + INDEX
    wait_until_kept(page, "lesson")  # it was dropped, and is kept anew
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text(title)
    worker.evaluate(CHANGE, [INDEX, FORGERIES[forgery]])
    page.reload()
    expect(page.locator("h1")).to_have_text("There is no network")


def test_an_address_with_a_stray_percent_is_an_ordinary_one(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + INDEX)
    wait_until_kept(page, "lesson")
    page.context.set_offline(True)
    page.goto(http + INDEX + "%")
    expect(page.locator("h1")).to_have_text("There is no network")


def test_a_page_is_kept_with_what_its_markup_names(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + INDEX)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # that keeps the list of lessons
    names = kept(page)
    assert "index.html" in names
    assert {"site.css", "site.js"} <= set(names)


@pytest.mark.console_errors("what found no room is not there without a network")
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
    page.goto(http + ATTENTION)  # pages came first
    expect(page.locator("h1")).not_to_have_text("There is no network")
    page.context.set_offline(False)
    devtools.send("Storage.overrideQuotaForOrigin", quota | {"quotaSize": 400_000_000})
    page.locator("[data-shelf]").get_by_role("button", name="Go on").click()
    wait_until_kept(page, "course")


def test_a_new_version_is_announced_and_waits(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + INDEX)
    wait_until_kept(page, "lesson")
    site.edit(INDEX, "</h1>", ", once more</h1>")
    page.reload()
    news = page.locator("[data-news]")
    expect(news).to_contain_text("A newer version of this lesson is there.")
    expect(page.locator("h1")).not_to_contain_text("once more")
    assert_accessible(page)
    page.context.set_offline(True)  # it has come already
    news.get_by_role("button", name="Reload").click()
    expect(page.locator("h1")).to_contain_text("once more")
    expect(news).to_have_count(0)
    assert kept(page).count(INDEX) == 1  # the old one is gone


def test_a_change_elsewhere_is_not_announced(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + INDEX)
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
        page = open_page(address + INDEX)
        wait_until_kept(page, "lesson")
        site.edit(INDEX, "</h1>", ", once more</h1>")
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
