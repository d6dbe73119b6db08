""" "Show the code": the reader changes a function of pycore, and the figures run the changed one."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from pycore.embeddings.similarity import cosine
from pycore.live import editing
from sitegen.source import brief
from tests.browser.steps import LESSON, START, assert_accessible, out, wake
from tests.browser.test_resilience import HIRED, IN_HAND

COSINE = '[data-function="pycore.embeddings.similarity.cosine"]'


def panel(page: Page, figure: str, function: str) -> Locator:
    page.locator(f"#{figure} [data-control=source]").click()
    section = page.locator(f"#{figure} {function}")
    section.wait_for()
    return section


def test_every_live_figure_shows_its_code(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    figures = page.locator("py-figure:not([name=exercise])")
    assert figures.locator("[data-control=source]").count() == figures.count()
    section = panel(page, "fig-05", COSINE)
    assert section.locator("textarea").input_value().strip() == brief(editing.source_of(cosine)).strip()


def test_edited_code_runs_and_reset_brings_the_original_back(
    open_page: Callable[..., Page], base: str
) -> None:
    page = open_page(base + LESSON)
    section = panel(page, "fig-05", COSINE)
    text, said = section.locator("textarea"), section.locator("[data-said]")
    text.fill("def cosine(a, b):\n    return 0.25")
    section.locator("[data-control=source-run]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.25", timeout=START)
    expect(said).to_have_text("Your version is in force.")

    text.fill("def cosine(a, b):\n    return a / nothing")
    section.locator("[data-control=source-run]").click()
    message = page.locator("#fig-05 [data-message]")
    expect(message).to_contain_text("your cosine, line 2: NameError: name 'nothing' is not defined")
    assert out(page, "fig-05", "cosine") == "+0.25"  # the last picture stays

    text.fill("def cosine(a, b)\n    return 1")
    section.locator("[data-control=source-run]").click()
    expect(said).to_contain_text("line 1: Python cannot read this")

    section.locator("[data-control=source-reset]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.88")
    expect(message).to_be_hidden()
    expect(said).to_have_text("The original is in force.")
    assert text.input_value().strip() == brief(editing.source_of(cosine)).strip()


def test_an_edited_function_reaches_every_figure_that_runs_it(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON)
    wake(page, "fig-01")
    section = panel(page, "fig-00", '[data-function="pycore.embeddings.vectors.WordVectors.id"]')
    text = section.locator("textarea")
    text.fill(text.input_value().replace("return self._ids[word]", "return self._ids[word] + 1"))
    section.locator("[data-control=source-run]").click()
    expect(page.locator("#fig-00 [data-out=cat-id]")).to_have_text("id 5,065")
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("5,065")
    assert_accessible(page)


def test_an_endless_loop_is_given_up_and_the_text_kept(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, before=lambda page: page.add_init_script(HIRED + IN_HAND))
    wake(page, "fig-05")
    section = panel(page, "fig-05", COSINE)
    section.locator("textarea").fill("def cosine(a, b):\n    while True: pass")
    page.clock.install()
    page.evaluate("window.inHand = ''")
    section.locator("[data-control=source-run]").click()
    expect(section.locator("[data-said]")).to_have_text("Your version is in force.")
    page.wait_for_function("window.inHand.includes('fig-05')")  # what is drawn anew comes to no end
    page.clock.run_for(60_000)
    expect(section.locator("[data-said]")).to_contain_text("the original is in force again")
    page.clock.resume()
    expect(page.locator("#fig-05")).to_have_attribute("state", "live", timeout=START)
    expect(page.locator("#fig-05 [data-message]")).to_be_hidden()
    assert out(page, "fig-05", "cosine") == "+0.88"
    assert "while True" in section.locator("textarea").input_value()


def test_an_edited_function_comes_back_and_is_not_in_force(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    section = panel(page, "fig-05", COSINE)
    original = section.locator("textarea").input_value()
    section.locator("textarea").fill("def cosine(a, b):\n    while True: pass")
    page.reload()
    section = panel(page, "fig-05", COSINE)
    expect(section.locator("textarea")).to_have_value("def cosine(a, b):\n    while True: pass")
    expect(section.locator("[data-said]")).to_contain_text("Run puts it in force, and Reset throws it away")
    wake(page, "fig-05")  # which that version would not let it be
    assert out(page, "fig-05", "cosine") == "+0.88"
    section.locator("textarea").fill(original)  # as it was: there is nothing to keep
    page.reload()
    section = panel(page, "fig-05", COSINE)
    expect(section.locator("[data-said]")).to_have_text("")


def test_the_source_of_a_module_is_a_page(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + LESSON)
    panel(page, "fig-05", COSINE).locator("a").click()
    assert "code/pycore.embeddings.similarity.html#L-" in page.url
    line = page.locator(f"[id='{page.url.rpartition('#')[2]}']")
    expect(line).to_be_in_viewport()
    assert line.inner_text().startswith("def cosine(")
    page.locator(".house .home").click()
    assert page.url.endswith("/index.html")
