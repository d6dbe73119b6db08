"""Folds: closed they cost nothing; a press, a link, an address, a search and a print open them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from sitegen import serve
from tests.browser.steps import START, assert_accessible
from tests.sitegen.small_course import SmallCourse

LINES = "\n\n".join(["Some text."] * 60)
TEXT = f"""\
## Begin

:::: closer Two directions {{#folded}}
Here is a haystack, $x$, and a note[^note].

::: figure cosine {{number=02 title="Cosine"}}
Drag.
:::

{{#far}}
## Far down

::: question {{#asked answer=1}}
Which?

- This
- That

---

So it is.
:::
::::

### Two ways

::: figure retrieval {{number=01 title="Retrieval"}}
Press.
:::

[A link](#far), and [one to the figure](#fig-02).

## A section

{LINES}

:::: closer Another {{#another}}
Something else.
::::

[^note]: What it says.
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = SmallCourse.write(tmp_path_factory.mktemp("folds"))
    course.write_lesson(TEXT)
    course.build()
    return course.dist


def is_open(page: Page, fold: str) -> bool:
    opened: bool = page.evaluate(f"document.getElementById('{fold}').open")
    return opened


def on_screen(page: Page, place: str) -> None:
    page.wait_for_function(
        """(id) => { const { top } = document.getElementById(id).getBoundingClientRect();
                     return top > -5 && top < innerHeight; }""",
        arg=place,
    )


def test_a_closed_fold_costs_nothing(open_page: Callable[..., Page], address: str) -> None:
    asked: list[str] = []
    page = open_page(
        address, before=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    # The fold stands above the figure that has come near: what is near of it would have been seen by now.
    page.wait_for_selector("#fig-01[stored]")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert [
        name for name in ("cosine", "glove", "pyodide", "start") if any(name in url for url in asked)
    ] == []
    assert page.evaluate("document.documentElement.dataset.python") == "idle"
    assert page.locator("#fig-02").get_attribute("state") == "static"
    assert page.evaluate("document.querySelector('#fig-02 .body').checkVisibility()") is False
    page.locator("#folded > summary").click()
    page.wait_for_selector("#fig-02[state=live]", timeout=START)
    assert any("cosine" in url for url in asked)


def test_a_link_opens_the_fold_that_it_leads_into_again_and_again(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address)
    assert not is_open(page, "folded")
    for _ in range(2):
        page.get_by_role("link", name="A link").click()
        page.wait_for_function("document.getElementById('folded').open")
        on_screen(page, "far")
        page.evaluate("document.getElementById('folded').open = false")
    assert not is_open(page, "another")


@pytest.mark.parametrize(("hash_", "place"), [("#far", "far"), ("#folded", "folded"), ("#asked", "asked")])
def test_an_address_opens_the_fold(
    open_page: Callable[..., Page], address: str, hash_: str, place: str
) -> None:
    page = open_page(address + hash_)
    assert is_open(page, "folded")
    on_screen(page, place)


def test_an_address_with_a_figures_state_opens_the_fold(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    page.evaluate("""location.hash = '#fig-02~{"b":"dog"}'""")
    page.wait_for_function("document.getElementById('folded').open")
    page.wait_for_selector("#fig-02[state=live]", timeout=START)
    page.wait_for_function("document.querySelector('#fig-02').quiet")
    expect(page.locator("#fig-02 [data-control=b]")).to_have_value("dog")
    on_screen(page, "fig-02")


def test_a_note_leads_back_into_the_fold(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    page.locator(".footnote-backref").first.click()
    page.wait_for_function("document.getElementById('folded').open")


def test_a_search_opens_the_fold(open_page: Callable[..., Page], address: str) -> None:
    """A text in the address is sought as a reader's search is."""
    page = open_page(address + "#:~:text=haystack")
    page.wait_for_function("document.getElementById('folded').open")


def test_a_print_shows_everything_and_leaves_the_folds_as_they_were(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(address)
    page.evaluate(
        """window.seen = [];
        const state = () => [...document.querySelectorAll('.closer')].map((fold) => fold.open);
        addEventListener('beforeprint', () => seen.push(state()))"""
    )
    page.locator("#another > summary").click()
    page.pdf()
    page.wait_for_function("seen.length > 0")
    assert page.evaluate("seen[0]") == [True, True]
    page.wait_for_function("!document.getElementById('folded').open")
    assert is_open(page, "another")


def test_reading_is_done_without_the_folds(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address)
    kept = "Object.entries(localStorage).find(([key]) => key.endsWith('read:lesson'))[1]"
    assert page.evaluate(f"JSON.parse({kept}).of") == 2


def test_a_fold_opens_by_key_and_touch(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.locator("#another > summary").focus()
    page.keyboard.press("Enter")
    assert is_open(page, "another")
    page.locator("#folded > summary").tap()
    assert is_open(page, "folded")
    box = page.locator("#folded > summary").bounding_box()
    assert box
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_an_open_fold_is_accessible(open_page: Callable[..., Page], small: Path) -> None:
    with serve.serving(small) as base:
        page = open_page(base + "lesson.html#folded")
        assert_accessible(page)
        page.close()  # before its server, of which it may still ask for what Python needs
