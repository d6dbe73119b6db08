"""The search: by keyboard and by touch, over http and from disk, without a network; and the pages around."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.published import Site, kept, wait_until_kept
from tests.browser.steps import COLOURS, LESSON, RULES, assert_accessible

FIELD = "[data-control=search-text]"
STATUS = ".search [role=status]"
CHOSEN = ".search [role=option][aria-selected=true]"
TOP = "main > :nth-child(-n + 2)"  # a page's head, and its list or the first of its lists
AROUND = ("glossary.html", "references.html", "code/index.html")


def ask(page: Page, query: str) -> None:
    page.locator(FIELD).fill(query)
    expect(page.locator(STATUS)).not_to_contain_text("on its way")


def test_by_keyboard(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    word = page.locator("#fig-01 [data-control=word]")
    word.press("/")
    expect(word).to_have_value("/cat")  # in a field it is a letter
    assert page.locator(".search").count() == 0
    assert not [url for url in asked if "search" in url]  # nothing of it comes before it is asked for
    word.blur()
    page.keyboard.press("/")
    field = page.locator(FIELD)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("fig 5 words")
    expect(page.locator(CHOSEN)).to_contain_text("FIG.05")
    expect(field).to_have_attribute("aria-expanded", "true")
    options = page.locator(".search [role=option]")
    count = options.count()
    assert count > 2
    page.keyboard.press("ArrowUp")  # from the first to the last
    assert page.locator(CHOSEN).get_attribute("id") == f"search-result-{count - 1}"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == "search-result-0"
    page.keyboard.press("Escape")
    expect(page.locator(".search")).to_be_hidden()
    page.keyboard.press("/")
    ask(page, "shuffle the words")
    expect(page.locator(CHOSEN).locator("mark").first).to_have_text("Shuffle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/04-attention.html#fig-05")
    expect(page.locator("#fig-05")).to_be_in_viewport()


def test_a_question_is_understood_by_its_own_words(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    page.locator("[data-search]").click()
    ask(page, "what does the temperature do?")
    expect(page.locator(CHOSEN)).to_contain_text("emperature")
    count = page.locator(".search [role=option]").count()
    assert count > 2
    ask(page, "temperature")
    expect(page.locator(".search [role=option]")).to_have_count(count)
    ask(page, "what is it")  # of such words alone
    assert page.locator(".search [role=option]").count() > 0


def test_by_touch(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page.locator("[data-search]").tap()
    ask(page, "procrustes two models")
    expect(page.locator(".search")).to_have_js_property("clientWidth", 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.locator(".search [role=option]", has_text="Two models in one index").first.tap()
    expect(page.locator(".search")).to_be_hidden()
    fold = page.locator("#two-models")
    expect(fold).to_have_attribute("open", "")  # it lay in a fold of this page
    expect(fold.locator("> summary")).to_be_in_viewport()
    page.locator("[data-search]").tap()
    page.locator("[data-control=search-close]").tap()
    expect(page.locator(".search")).to_be_hidden()


def test_what_a_reader_types_is_only_text(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, color_scheme="dark")
    page.locator("[data-search]").click()
    ask(page, '<img src=x onerror="zzqqx">')
    expect(page.locator(".search img")).to_have_count(0)
    for query, said in (
        ("  ", "Type a word"),
        ("%$*+\\", "“%$*+\\” holds no letters or digits"),
        ("zzqqxx", "Nothing was found for “zzqqxx”"),
        ("zzqqxx cosine", "Nothing has all of these words."),
        ("jegou", "1 result."),  # without its accent
        ("gradeint descent", "result"),  # misspelt
        ("__proto__ constructor", ""),
    ):
        ask(page, query)
        expect(page.locator(STATUS)).to_contain_text(said)
    ask(page, "cosine")
    expect(page.locator(CHOSEN)).to_have_count(1)
    for rules in (RULES, COLOURS):
        assert_accessible(page, rules)


@pytest.mark.console_errors("the browser itself logs a file that did not come")
def test_without_a_network(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(site.address + "index.html")
    wait_until_kept(page, "lesson")
    page.context.set_offline(True)
    page.keyboard.press("/")
    expect(page.locator("[data-news]")).to_contain_text("The search did not come")
    page.context.set_offline(False)
    page.keyboard.press("/")
    ask(page, "cosine")
    expect(page.locator(CHOSEN)).to_be_visible()
    # What was used is kept, and works without a network then.
    while not {"index.js", "minisearch.js", "search.css"} <= set(kept(page)):
        page.wait_for_timeout(100)
    page.context.set_offline(True)
    page.reload()
    page.keyboard.press("/")
    ask(page, "softmax")
    expect(page.locator(CHOSEN)).to_contain_text("softmax")


@pytest.mark.console_errors("the browser itself logs a file that did not come")
def test_an_index_that_did_not_come_is_asked_for_again(open_page: Callable[..., Page], http: str) -> None:
    def block(page: Page) -> None:
        page.route("**/index.*.js", lambda route: route.abort())

    page = open_page(http + "glossary.html", before=block)
    page.keyboard.press("/")
    page.locator(FIELD).fill("cosine")
    expect(page.locator(STATUS)).to_contain_text("The index did not come")
    page.unroute("**/index.*.js")
    page.locator("[data-control=search-again]").click()
    expect(page.locator(CHOSEN)).to_contain_text("cosine")
    expect(page.locator("[data-control=search-again]")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/glossary.html#term-cosine")
    expect(page.locator("#term-cosine")).to_be_in_viewport()


def test_pages_around_the_lessons(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + "index.html", viewport={"width": 320, "height": 640})
    for name in AROUND:
        page.emulate_media(color_scheme="light")
        page.goto(http + "index.html")
        page.locator(f".colophon a[href='{name}']").click()
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert_accessible(page, within=TOP)
        page.emulate_media(color_scheme="dark")
        assert_accessible(page, COLOURS, TOP)
    page.get_by_role("link", name="similarity", exact=True).click()
    expect(page.locator("pre.code")).to_contain_text("def cosine(")
