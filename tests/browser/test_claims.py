"""Numbers in the prose: pressed, they show the lines that computed them and run them again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sitegen import serve, site
from tests.browser.steps import LESSON, START, assert_accessible
from tests.sitegen.small_course import SmallCourse

CLAIMS = '''\
"""Claims that tell where they run."""

import sys

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import cosine


def right_angle():
    """Cosine at a right angle."""
    return f"{cosine([1.0, 0.0], [0.0, 2.0]):+.2f}"


def rows():
    return len(word_vectors())


def place():
    return "away" if sys.platform == "emscripten" else "home"


def broken():
    if sys.platform == "emscripten":
        raise ValueError("not on this machine")
    return "well"
'''
TEXT = """\
The cosine is [+0.00]{is=right_angle}, of [10,019]{is=rows} words; it was made at [home]{is=place}, and is
[well]{is=broken}.

::: question {#asked answer=1}
Which?

- It is [10,019]{is=rows}.
- Another.

---

So it is.
:::

::: figure cosine {number=1 title=Cosine}
Of [10,019]{is=rows} words.
:::
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = SmallCourse.write(tmp_path_factory.mktemp("claims"))
    (course.content / "lesson.claims.py").write_text(CLAIMS, "utf-8")
    course.write_lesson(TEXT)
    course.build()
    return course.dist


def claim(page: Page, name: str) -> Locator:
    return page.locator(f'data.claim[data-claim="{name}"]').first


def panel(page: Page) -> Locator:
    return page.locator(".claim-panel")


def expect_state(page: Page, words: str) -> None:
    expect(panel(page).locator("[data-out=claim-state]")).to_have_text(words, timeout=START)


def test_a_press_shows_the_lines_and_runs_them_again(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    number = claim(page, "right_angle")
    expect(number).to_have_attribute("aria-expanded", "false")
    number.click()
    expect(number).to_have_attribute("aria-expanded", "true")
    expect(panel(page)).to_contain_text('return f"{cosine([1.0, 0.0], [0.0, 2.0]):+.2f}"')
    expect_state(page, "computing … +0.00, as it stands here")
    expect(panel(page).locator("[data-out=claim]")).to_have_text("+0.00")
    link = panel(page).get_by_role("link", name="pycore.embeddings.similarity")
    assert "code/pycore.embeddings.similarity.html" in (link.get_attribute("href") or "")
    if address.startswith("http"):  # from disk it cannot read the styles
        assert_accessible(page)
    number.click()
    expect(panel(page)).to_have_count(0)
    expect(number).to_have_attribute("aria-expanded", "false")


def test_what_a_claim_reads_is_fetched_for_it(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    claim(page, "rows").click()
    expect_state(page, "computing … 10,019, as it stands here")


def test_another_result_and_an_error_are_told(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    claim(page, "place").click()
    expect_state(page, "computing … away; here stands home")
    claim(page, "broken").click()
    expect(panel(page)).to_have_count(1)
    expect_state(page, "not on this machine. Close this and press the number again to try once more.")


def test_a_version_of_the_reader_is_run_and_named(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    figure = page.locator("#fig-1")
    figure.locator("[data-control=source]").click()
    section = figure.locator('[data-function="pycore.embeddings.similarity.cosine"]')
    section.locator("textarea").fill("def cosine(a, b):\n    return 0.5\n")
    section.locator("[data-control=source-run]").click()
    expect(section.locator("[data-said]")).to_have_text("Your version is in force.", timeout=START)
    claim(page, "right_angle").click()
    expect_state(page, "computing … +0.50 with your version of the code; here stands +0.00")


def test_one_at_a_time_closed_by_escape_and_by_a_press_elsewhere(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address)
    claim(page, "right_angle").click()
    claim(page, "place").click()
    expect(panel(page)).to_have_count(1)
    expect(panel(page)).to_contain_text("def place")
    panel(page).locator("pre").click()
    expect(panel(page)).to_have_count(1)
    page.locator("h1").click()
    expect(panel(page)).to_have_count(0)
    claim(page, "place").click()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_by_key(open_page: Callable[..., Page], address: str, key: str) -> None:
    page = open_page(address)
    number = claim(page, "right_angle")
    number.focus()
    page.keyboard.press(key)
    expect(panel(page)).to_contain_text("def right_angle")
    expect(number).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel(page).locator("pre")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_have_count(0)
    expect(number).to_be_focused()
    page.keyboard.press(key)
    page.keyboard.press(key)
    expect(panel(page)).to_have_count(0)


def test_by_touch_nothing_moves_and_everything_fits(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.wait_for_function("document.fonts.status === 'loaded'")
    places = "(e) => JSON.stringify(e.getBoundingClientRect())"
    where = f"[...document.querySelectorAll('p, data, py-figure')].map({places})"
    for name in ("right_angle", "rows", "broken"):
        claim(page, name).scroll_into_view_if_needed()
        before = page.evaluate(f"[scrollY, ...{where}]")
        claim(page, name).tap()
        expect(panel(page)).to_contain_text(f"def {name}")
        box, number = panel(page).bounding_box(), claim(page, name).bounding_box()
        assert box
        assert number
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] >= number["y"] + number["height"] or box["y"] + box["height"] <= number["y"]
        panel(page).evaluate("(panel) => panel.querySelectorAll('p').forEach((p) => p.remove())")
        assert page.evaluate(f"[scrollY, ...{where}]") == before
        claim(page, name).tap()
        expect(panel(page)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_claim_in_an_answer_is_no_answer(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    page.locator("#asked data.claim").click()
    expect(panel(page)).to_contain_text("def rows")
    panel(page).locator("pre").click()
    expect(page.locator("#asked input:checked")).to_have_count(0)


def test_without_a_press_nothing_of_it_is_fetched(open_page: Callable[..., Page], address: str) -> None:
    asked: list[str] = []
    page = open_page(
        address, before=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    page.wait_for_selector("data.claim[role=button]")
    assert not any(".claims." in url for url in asked)
    claim(page, "right_angle").click()
    expect(panel(page)).to_contain_text("def right_angle")
    assert any(".claims." in url for url in asked)


def test_a_claim_may_take_longer_than_a_figure(
    open_page: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "EVENT_TIMEOUT", 1)
    course = SmallCourse.write(tmp_path)
    code = "import time\n\n\ndef slow():\n    time.sleep(3)\n    return 1\n"
    (course.content / "lesson.claims.py").write_text(code, "utf-8")
    course.write_lesson("At last [1]{is=slow}.\n")
    course.build()
    with serve.serving(course.dist) as base:
        page = open_page(base + "lesson.html")
        claim(page, "slow").click()
        expect_state(page, "computing … 1, as it stands here")


@pytest.mark.console_errors("the script does not come")
def test_lines_that_do_not_come_are_told_and_asked_for_again(
    open_page: Callable[..., Page], small: Path
) -> None:
    with serve.serving(small) as base:
        page = open_page(base + "lesson.html")
        page.route(re.compile(r"\.claims\."), lambda route: route.abort())
        number = claim(page, "right_angle")
        number.click()
        expect(page.locator("[data-news]")).to_contain_text("the network seems to be away")
        page.unroute_all()
        number.click()
        expect_state(page, "computing … +0.00, as it stands here")


RESULT = """() => {
    const said = document.querySelector(".claim-panel [data-out=claim-state]")?.textContent.trim() ?? "";
    return said.startsWith("computing …") && said !== "computing …";
}"""


def test_each_number_of_the_lesson_comes_out_in_the_browser_too(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON)
    page.wait_for_selector("data.claim[role=button]")
    names = page.locator("data.claim").evaluate_all("all => [...new Set(all.map((e) => e.dataset.claim))]")
    assert len(names) > 50
    # What explains an answer shows when one is chosen.
    page.evaluate(
        "document.querySelectorAll('.question label:first-of-type input').forEach((e) => e.click())"
    )
    for name in names:
        number = claim(page, name)
        number.evaluate("(e) => e.click()")
        page.wait_for_function(RESULT, timeout=START)  # asked more often than `expect` asks: there are many
        expect_state(page, f"computing … {number.get_attribute('value')}, as it stands here")
