"""The course's page: its figure answers at once and stays where it is, and it tells where the reader was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pycore.data.transformers.text_to_word import ways
from tests.browser.steps import LESSON
from tools.chromium import count_bytes

LIGHT = 120_000  # bytes before a figure is touched; the fonts and styles of all pages are most of it
FIGURE = "fig-path"
RESUME = "[data-resume]"
PLACE = (
    """(where) => localStorage.setItem(`${location.pathname.replace(/[^/]*$/, "")} ${where[0]}`, where[1])"""
)


def keep(page: Page, key: str, value: object) -> None:
    """Write what a lesson's page would have kept."""
    page.evaluate(PLACE, [key, json.dumps(value)])


@pytest.mark.parametrize("width", [1440, 412, 320])
def test_the_figure_writes_without_python_and_moves_nothing(
    open_page: Callable[..., Page], http: str, width: int
) -> None:
    received: list[list[float]] = []
    page = open_page(
        http + "index.html",
        before=lambda page: received.append(count_bytes(page)),
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    page.wait_for_load_state("networkidle")
    assert sum(received[0]) <= LIGHT
    figure = page.locator(f"#{FIGURE}")
    page.wait_for_selector(f"#{FIGURE}[stored]")
    heights, said = set(), page.locator(f"#{FIGURE} [data-out=text]")
    for name, way in ways().items():
        figure.locator(f"[data-control=show-{name}]").click()
        expect(said).to_contain_text(way.text)
        for token in way.tokens[way.given :]:
            heights.add(figure.bounding_box()["height"])  # type: ignore[index]
            figure.locator("[data-control=write]").click()
            expect(said.locator("b")).to_contain_text(token.strip())
        heights.add(figure.bounding_box()["height"])  # type: ignore[index]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(heights) == 1
    assert page.evaluate("document.documentElement.dataset.python") == "idle"


def test_it_goes_on_where_the_reader_was(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + "index.html")
    resume = page.locator(RESUME)
    expect(resume).to_contain_text("Begin here")
    box = resume.bounding_box()
    other = page.context.new_page()
    other.goto(http + LESSON)
    keep(other, "last", {"lesson": "03-embeddings", "section": "cosine"})  # by another tab
    expect(resume).to_contain_text("Go on: Embeddings")
    expect(resume).to_contain_text("The measure: cosine")
    expect(resume).to_have_attribute("href", f"{LESSON}#cosine")
    assert resume.bounding_box() == box
    keep(other, "last", {"lesson": "03-embeddings", "section": "no longer there"})
    expect(resume).to_have_attribute("href", LESSON)
    keep(other, "read:03-embeddings", {"done": True})
    keep(other, "last", {"lesson": "03-embeddings", "section": "cosine"})
    expect(resume).to_have_attribute("href", "04-attention.html")
    for lesson in ("01-neural-network", "02-tokenization", "04-attention"):
        keep(other, f"read:{lesson}", {"done": True})
    expect(resume).to_contain_text("You have read it all")
    for nonsense in (5, "x", None, [], {"lesson": "no-such"}):
        keep(other, "last", nonsense)
        expect(resume).to_contain_text("Begin here")
    expect(resume).to_have_attribute("href", "01-neural-network.html")


def test_where_storage_is_refused_it_begins(open_page: Callable[..., Page], http: str) -> None:
    refuse = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
    page = open_page(http + "index.html", before=lambda page: page.add_init_script(refuse))
    page.wait_for_load_state("networkidle")
    expect(page.locator(RESUME)).to_contain_text("Begin here")
    expect(page.locator("[data-state-of='03-embeddings']")).to_have_text("")


def test_sections_at_the_edge_and_the_keys(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON, viewport={"width": 1200, "height": 800}, reduced_motion="reduce")
    contents = page.locator(".contents")
    expect(contents).to_have_count(0)
    page.keyboard.press("Tab")
    expect(contents.locator("a")).to_have_count(page.locator("main > h2[id]").count())
    place = contents.locator("a[href='#cosine']")
    place.focus()
    expect(place.locator("span")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(place).to_have_attribute("aria-current", "true")
    expect(page.locator("#cosine")).to_be_in_viewport()
    page.emulate_media(media="print")
    expect(contents).to_be_hidden()
    page.emulate_media(media="screen")

    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.set_viewport_size({"width": 1199, "height": 800})
    expect(contents).to_be_hidden()
    box = page.locator("#fig-01 [data-control=word]")
    box.press("?")  # in a field it is a letter
    expect(box).to_have_value(re.compile(r"\?"))
    expect(keys).to_be_hidden()
