"""FIG.04 in the browser: the window by mouse, keys and touch, and a run to its end, against CPython."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from pycore.data.embeddings import speeches
from pycore.figures.embeddings._company import TICKS, text
from pycore.figures.embeddings.skipgram_window import SHOWN, SkipgramWindow
from tests.browser.steps import LESSON, on_phone, out, picture, press, settle, wake

FIGURE = "fig-04"
OUTS = ("related", "random", "ahead", "lead", "strangers", "done")
RUN = 60_000  # milliseconds that a run may take on a busy machine


@functools.cache
def window(sentence: int, position: int) -> list[tuple[str, str, str]]:
    """What CPython shows of an untrained window: a word, and P before and after."""
    html = SkipgramWindow({"sentence": str(sentence), "position": str(position)}).view()["window"]
    return re.findall(r"<b>([^<]*)</b><span class=\"p\">([\d.]+) → <b>([\d.]+)", html)


@functools.cache
def trained(ticks: int) -> dict[str, str]:
    """What CPython reads out after so many ticks."""
    parts = SkipgramWindow({"trained": str(ticks)}).view()
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(parts.values())))


def pairs(page: Page) -> list[tuple[str, str, str]]:
    cells = page.locator(f"#{FIGURE} .pairs li > div").evaluate_all(
        "all => all.map(e => [e.querySelector('b').textContent, e.querySelector('.p').textContent])"
    )
    return [(word, *p.split(" → ")) for word, p in cells]


def finish(page: Page) -> None:
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached", timeout=RUN)
    settle(page, FIGURE)


def number(shown: str) -> float:
    return float(shown.replace("−", "-").rstrip(" %"))


def test_stepping_through_a_sentence(page: Page) -> None:
    known = [w for w in speeches().sentences[SHOWN[1]] if w in text().vocabulary.index]
    press(page, FIGURE, "next-sentence")
    for position, word in enumerate(known[:5]):
        assert out(page, FIGURE, "center") == word
        assert page.locator(f"#{FIGURE} mark.center").inner_text() == word
        near = known[max(position - 2, 0) : position] + known[position + 1 : position + 3]
        assert page.locator(f"#{FIGURE} mark.context").all_inner_texts() == near
        assert pairs(page) == window(1, position)
        assert page.locator(f"#{FIGURE} .seen > b").all_inner_texts() == near
        # What a screen reader says: the move, each word's part in the window, and which pairs are true.
        told = f"Centre {word}; context: {', '.join(near)}."
        assert page.locator(f"#{FIGURE} .part-window [role=status]").inner_text() == told
        spoken = page.locator(f"#{FIGURE} .sentence").text_content() or ""
        assert f"centre: {word}" in spoken
        assert spoken.count("context: ") == len(near)
        pair = (page.locator(f"#{FIGURE} .pairs li > div").first.text_content() or "").removeprefix("+")
        assert pair.startswith(f"true pair: {near[0]}")
        press(page, FIGURE, "next")


def test_true_pairs_go_up_and_random_words_go_down(page: Page) -> None:
    kinds = page.locator(f"#{FIGURE} .pairs li > div").evaluate_all("all => all.map(e => e.className)")
    assert kinds.count("seen") == 4
    for kind, (_, before, after) in zip(kinds, pairs(page), strict=True):
        assert after > before if kind == "seen" else after < before


def test_back_takes_the_step_back(page: Page) -> None:
    before = picture(page, FIGURE)
    press(page, FIGURE, "next")
    assert pairs(page) == window(0, 7)
    press(page, FIGURE, "back")
    assert picture(page, FIGURE) == before


def test_a_run_brings_related_words_together(page: Page) -> None:
    assert abs(number(out(page, FIGURE, "lead"))) < 0.1
    assert {name: out(page, FIGURE, name) for name in OUTS} == {name: trained(0)[name] for name in OUTS}
    untrained = page.locator(f"#{FIGURE} .map").inner_html()
    press(page, FIGURE, "run")
    finish(page)
    assert page.locator(f"#{FIGURE} progress").evaluate("bar => bar.value / bar.max") == 1
    assert number(out(page, FIGURE, "related")) - number(out(page, FIGURE, "random")) > 0.2
    assert number(out(page, FIGURE, "ahead")) > 75
    for name in OUTS[:-1]:
        close = 1 if name == "ahead" else 0.011
        assert number(out(page, FIGURE, name)) == pytest.approx(number(trained(TICKS)[name]), abs=close)
    assert page.locator(f"#{FIGURE} .map").inner_html() != untrained
    expect(page.locator(f"#{FIGURE} [data-control=run]")).to_have_text("run again")


def test_a_run_can_be_stopped_and_goes_on(page: Page) -> None:
    run = page.locator(f"#{FIGURE} [data-control=run]")
    run.focus()
    page.keyboard.press("Enter")
    bar = f"document.querySelector('#{FIGURE} progress').value"
    page.wait_for_function(f"{bar} >= 2")
    expect(run).to_have_text("stop")
    expect(run).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_selector(f"#{FIGURE} [data-tick]", state="detached")
    settle(page, FIGURE)
    done = page.evaluate(bar)
    assert 2 <= done < TICKS
    assert out(page, FIGURE, "related") == trained(done)["related"]
    expect(run).to_have_text("run on")
    press(page, FIGURE, "run")
    page.wait_for_function(f"{bar} > {done}")
    press(page, FIGURE, "run")


def test_reset_brings_the_first_picture_back(page: Page) -> None:
    before = picture(page, FIGURE)
    press(page, FIGURE, "next-sentence")
    page.locator(f"#{FIGURE} [data-control=run]").click()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 1")
    press(page, FIGURE, "reset")
    assert picture(page, FIGURE) == before


def test_the_keyboard_alone_is_enough(page: Page) -> None:
    button = page.locator(f"#{FIGURE} [data-control=next]")
    button.focus()
    page.keyboard.press("Enter")
    settle(page, FIGURE)
    page.keyboard.press("Space")
    settle(page, FIGURE)
    assert pairs(page) == window(0, 8)
    expect(button).to_be_focused()


def test_a_shared_run_is_trained_again(open_page: Callable[..., Page], http: str) -> None:
    state = quote(json.dumps({"trained": 3, "sentence": 4, "position": 1}))
    page = open_page(f"{http}{LESSON}#{FIGURE}~{state}")
    wake(page, FIGURE)
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value === 3", timeout=RUN)
    finish(page)
    assert out(page, FIGURE, "related") == trained(3)["related"]
    assert out(page, FIGURE, "sentence") == f"sentence 5 of {len(SHOWN)}"


def test_touch_and_a_steady_height(open_page: Callable[..., Page], http: str) -> None:
    page = on_phone(open_page, http, FIGURE)
    heights = set()
    for control in ("next", "next", "back", *(["next-sentence"] * len(SHOWN))):
        button = page.locator(f"#{FIGURE} [data-control={control}]")
        button.tap()
        settle(page, FIGURE)
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        heights.add(page.locator(f"#{FIGURE}").evaluate("e => Math.round(e.getBoundingClientRect().height)"))
    assert pairs(page) == window(0, 0)
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    page.wait_for_function(f"document.querySelector('#{FIGURE} progress').value >= 2")
    page.locator(f"#{FIGURE} [data-control=run]").tap()
    settle(page, FIGURE)
    heights.add(page.locator(f"#{FIGURE}").evaluate("e => Math.round(e.getBoundingClientRect().height)"))
    assert len(heights) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
