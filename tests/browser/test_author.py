"""What an author sees while writing: the new page at the same place, or what keeps it from being built."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitegen import cache
from tests.browser.conftest import Opener
from tests.sitegen.checkout import Checkout
from tests.sitegen.small_course import tree

LONG = "\n\n".join(f"## Part {n}\n\n{'Some words. ' * 200}" for n in range(12))
SLOW = 120_000.0  # milliseconds: a machine may be busy


class Served:
    """A checkout that is served to its author."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        # Tests that a shell runs in the background ignore Ctrl-C, and what they start would too.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "build.py", "--serve", "--port", "0"],
                cwd=checkout.folder,
                env=checkout.environment(cache.folder()),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        finally:
            signal.signal(signal.SIGINT, before)
        found = re.search(r"http://\S+/", self.line())
        assert found
        self.address = found[0]

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGINT)
        output, _ = self.process.communicate(timeout=60)
        return str(output)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path)
    checkout.replace("content/lesson.md", "Some text", f"{LONG}\n\nSome text")
    return checkout


@pytest.fixture
def served(checkout: Checkout) -> Iterator[Served]:
    served = Served(checkout)
    while " pages, " not in (line := served.line()):
        assert line, "it ended"
    yield served
    if served.process.poll() is None:
        served.stop()


@pytest.mark.console_errors("the server ends while the page listens")
def test_a_change_is_seen_where_the_author_was(served: Served, open_page: Opener, tmp_path: Path) -> None:
    page = built(open_page(served.address + "lesson.html"))
    figure = page.locator("#fig-1")
    figure.scroll_into_view_if_needed()
    figure.locator("[data-control=more]").click()
    expect(figure.locator("[data-out=words]")).to_have_text("cat! cat! cat!", timeout=SLOW)
    top = "document.querySelector('#fig-1').getBoundingClientRect().top"
    before = page.evaluate(top)
    served.checkout.replace("content/lesson.md", "## Part 3", "Words that stand above.\n\n## Part 3 new")
    expect(page.locator("main")).to_contain_text("Part 3 new", timeout=SLOW)
    expect(figure.locator("[data-out=words]")).to_have_text("cat! cat! cat!", timeout=SLOW)
    page.wait_for_function(f"Math.abs({top} - {before}) < 3")

    served.checkout.replace("pycore/networks/word.py", '"!"', '"?"')
    expect(figure.locator("[data-out=words]")).to_have_text("cat? cat? cat?", timeout=SLOW)
    # What is served is what is published, but for the script.
    assert served.stop().endswith("stopped\n")
    assert served.process.returncode == 0
    looped = tree(tmp_path / "dist")
    served.checkout.build(tmp_path / "again", cache.folder())
    assert looped == tree(tmp_path / "again")
    assert not list(tmp_path.glob(".dist*"))


@pytest.mark.console_errors("the server ends while the page listens")
def test_words_alone_are_put_into_the_page_as_it_stands(served: Served, open_page: Opener) -> None:
    page = built(open_page(served.address + "lesson.html"))
    text, replace = page.locator("main"), served.checkout.replace
    page.evaluate("window.asItStands = true")
    expect(page.locator("script[data-version][data-listens]")).to_be_attached()

    def same_page() -> bool:
        return bool(page.evaluate("Boolean(window.asItStands)"))

    for old, new in (
        ("Some text", "Some *other* words.\n\nSome text"),
        ("Some *other* words.", "Some *new* words.\n\nA paragraph.\n\n- A list\n- of two"),
        ("- of two", "- of three"),
        ("A paragraph.\n\n- A list", "- A longer list"),
        ("The caption.", "Another caption."),
    ):
        replace("content/lesson.md", old, new)
        changed = new.replace("*", "").removesuffix("\n\nSome text").split("\n")[-1].removeprefix("- ")
        expect(text.get_by_text(changed, exact=True)).to_be_visible(timeout=SLOW)
        assert same_page(), new
    expect(text.get_by_text("A paragraph.")).to_have_count(0)
    as_it_came = page.request.get(served.address + "lesson.html").text()
    order = (
        "html => [...new DOMParser().parseFromString(html, 'text/html')"
        ".querySelectorAll('main p, main li:not(nav *)')]"
    )
    words = ".map((one) => one.textContent.trim())"
    # The table of contents comes when its script does.
    here = page.evaluate(f"[...document.querySelectorAll('main p, main li:not(nav *)')]{words}")
    assert [one for one in page.evaluate(order + words, as_it_came) if one in here] == here

    replace("content/lesson.md", "## Part 3", "## Part three")  # which the page's scripts know
    expect(text).to_contain_text("Part three", timeout=SLOW)
    page.wait_for_function("!window.asItStands")
    served.stop()


@pytest.mark.console_errors("the first page is not there")
def test_mistakes_stand_over_the_page_until_they_are_mended(checkout: Checkout, open_page: Opener) -> None:
    """From the first build on, which fails."""
    checkout.replace("content/lesson.md", "Some text", "[there](nosuch.html)")
    served = Served(checkout)
    page = open_page(served.address + "lesson.html")
    mistake = page.locator("author-mistakes [role=alert]")
    expect(mistake).to_contain_text("lesson.md:", timeout=SLOW)
    expect(mistake).to_contain_text('found "nosuch.html"')
    expect(mistake.locator("mark")).to_contain_text("[there](nosuch.html)")
    checkout.replace("content/lesson.md", "[there](nosuch.html)", "Some text")
    built(page)
    expect(mistake).to_have_count(0)

    checkout.replace("content/lesson.md", ":::\n", "\n")
    expect(mistake).to_contain_text("never closed", timeout=SLOW)
    expect(page.locator("#fig-1")).to_be_visible()  # the last good page
    checkout.replace("content/lesson.md", "The caption.\n", "The caption.\n:::\n")
    expect(mistake).to_have_count(0, timeout=SLOW)

    checkout.replace("pycore/figures/networks/say.py", "said(self", "say(self")
    expect(mistake).to_contain_text("say", timeout=SLOW)
    mistake.get_by_role("button").click()
    expect(mistake).to_have_count(0)
    served.stop()


def built(page: Page) -> Page:
    expect(page.locator("#fig-1")).to_be_attached(timeout=SLOW)
    return page
