"""What every figure does by its own controls: each recorded event, keys, fingers, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pycore.live import catalog
from tests.browser.conftest import Opener
from tests.browser.driver import NOTE, SAID, Chromium, assert_nothing_was_uncaught, settle, wake
from tests.browser.mirror import Mirror, only_plays, recorded
from tests.browser.steps import assert_accessible

Pages = Callable[[str, bool], tuple[Page, str]]
NARROW = 360  # CSS pixels: many phones; figures' own tests take wider ones
PHONE = {"viewport": {"width": NARROW, "height": 780}, "has_touch": True, "is_mobile": True}
# The first usable control of each event and kind, among those of the first picture.
CONTROLS = """(id) => {
    const kinds = new Map();
    const onTop = (e) => {
        // Points of a picture may lie on each other; the next of their kind is as good.
        e.scrollIntoView({ block: "center", behavior: "instant" });
        const { x, y, width, height } = e.getBoundingClientRect();
        const top = document.elementFromPoint(x + width / 2, y + height / 2);
        return !(e instanceof SVGElement) || e.contains(top);
    };
    const all = "[data-on-click], [data-on-input], [data-drag]";
    for (const e of document.querySelector(`#${id} .body`).querySelectorAll(all)) {
        const name = e.dataset.drag === undefined ? "control" : "drag";
        const event = e.dataset.onClick ?? e.dataset.onInput ?? "drag";
        const usable = !e.disabled && e.checkVisibility() && e.getBoundingClientRect().width > 0;
        const kind = e.dataset.onClick ? "press" : e.type ?? "drag";
        const selector = `#${id} .body [data-${name}="${e.dataset[name]}"]`;
        if (usable && !kinds.has(kind + event) && (kind !== "press" || onTop(e)))
            kinds.set(kind + event, [kind, selector, event, "arg" in e.dataset ? [e.dataset.arg] : []]);
    }
    return [...kinds.values()];
}"""
ASKS = "(e) => [e.dataset.onClick, 'arg' in e.dataset ? [e.dataset.arg] : []]"
SMALL = """(id) => [...document.querySelector(`#${id} .body`)
    .querySelectorAll("button, summary, input, select, textarea")]
    .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0)
    .filter((e) => e.getBoundingClientRect().height < 43.99 && !e.closest("label, [hidden]"))
    .map((e) => e.dataset.control ?? e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def pages(opener: Opener, dist: Path, course_dist: Path, http: str, course_http: str) -> Iterator[Pages]:
    """Give the page with a figure, by the figure's path, with Python running in it; each is opened once."""
    places = {}
    for folder, address in ((course_dist, course_http), (dist, http)):
        for file in sorted(folder.glob("*.html")):
            text = file.read_text("utf-8")
            places |= {path: address + file.name for path in catalog.paths() if f'data-path="{path}"' in text}
    opened: dict[tuple[str, bool], Page] = {}

    def give(path: str, on_phone: bool) -> tuple[Page, str]:
        assert path in places, f"no lesson shows {path}"
        key = (places[path], on_phone)
        if key not in opened:
            opened[key] = opener(places[path], **(PHONE if on_phone else {}))
            opened[key].evaluate(NOTE)
            # A figure whose answers are all stored never wants it by itself.
            opened[key].evaluate("() => void customElements.get('py-figure').python.wanted()")
        page = opened[key]
        page.emulate_media(reduced_motion="no-preference" if only_plays(path) else "reduce")
        figure = page.evaluate("(path) => document.querySelector(`[data-path='${path}']`).id", path)
        wake(Chromium(page), figure)
        page.locator(f"#{figure} [data-control=reset]").dispatch_event("click")
        settle(Chromium(page), figure)
        return page, figure

    yield give
    assert opener.errors == []


@pytest.fixture(params=catalog.paths())
def path(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_recorded_events_by_the_controls_of_the_page(pages: Pages, path: str) -> None:
    page, figure = pages(path, False)
    mirror = Mirror(Chromium(page), figure)
    mirror.assert_same("the first picture")
    first = page.evaluate(SAID % json.dumps([figure, {}]))[0]
    assert sum(mirror.perform(event, args) for event, args in recorded(path) if event != "reset")
    assert_accessible(page, within=f"#{figure}")
    page.locator(f"#{figure} [data-control=reset]").click()
    settle(mirror.driver, figure)
    assert page.evaluate(SAID % json.dumps([figure, {}]))[0] == first
    assert_nothing_was_uncaught(mirror.driver)


def test_the_keyboard_alone_is_enough(pages: Pages, path: str) -> None:
    page, figure = pages(path, False)
    mirror = Mirror(Chromium(page), figure)
    done = 0
    for kind, selector, event, args in page.evaluate(CONTROLS, figure):
        control = page.locator(selector)
        page.evaluate("window.sent.splice(0)")
        if kind == "press":
            # A point of a picture that takes no focus must have its row or chip, which is tried too.
            takes_focus = control.evaluate("(e) => (e.focus(), document.activeElement === e)")
            if not takes_focus or mirror.starts_a_run(event, args):
                continue
            for key in ("Enter", " "):
                if control.count() == 0 or control.is_disabled():
                    break
                event, args = control.evaluate(ASKS)  # a switch asks for something else the second time
                control.focus()
                page.keyboard.press(key)
                mirror.follow((event, args))
            if control.count() and control.is_enabled():
                expect(control).to_be_focused()
        elif kind == "range":
            value = control.input_value()
            control.focus()
            page.keyboard.press("ArrowLeft" if value == control.get_attribute("max") else "ArrowRight")
            mirror.follow((event, [*args, control.input_value()]))
            assert control.input_value() != value
            expect(control).to_be_focused()
        elif kind == "drag":
            control.focus()
            name = control.get_attribute("data-drag")
            page.keyboard.press("ArrowLeft")
            mirror.follow(("nudge", [name, -1, 0]))
            expect(control).to_be_focused()
        done += 1
    assert done


def test_fingers_and_a_steady_height(pages: Pages, path: str) -> None:
    page, figure = pages(path, True)
    mirror = Mirror(Chromium(page), figure)
    assert page.evaluate(SMALL, figure) == []
    size = f"document.querySelector('#{figure}').getBoundingClientRect().height"
    height = page.evaluate(size)
    for kind, selector, event, args in page.evaluate(CONTROLS, figure):
        control = page.locator(selector)
        if kind != "press" or control.count() == 0 or mirror.starts_a_run(event, args):
            continue
        page.evaluate("window.sent.splice(0)")
        control.tap()
        mirror.follow((event, args))
        if event not in GROWS.get(path, ()):
            assert page.evaluate(size) == height, event
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW


# What a press brings under the figure, because the reader asked for more.
GROWS = {"exercise": ("run", "show")}
