"""What a test needs of a browser, whichever engine it has, and the steps of a reader that are built on it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any, Protocol

from playwright.sync_api import Page

from tests.browser.steps import START

MOST = START / 1000  # seconds that a state is awaited
# What a figure says: its numbers and the states of its controls. The second is the same of CPython's parts.
SAID = """(([id, parts]) => {
    const said = (root) => ({
        out: [...root.querySelectorAll("[data-out]")].map((e) => [e.dataset.out, e.textContent]),
        controls: [...root.querySelectorAll("[data-control], [data-drag]")].map((e) => ["data-control",
            "data-drag", "aria-pressed", "aria-valuetext", "aria-label"].map((name) => e.getAttribute(name))),
    });
    const drawn = document.createElement("template");
    drawn.innerHTML = Object.values(parts).join("");
    return [said(document.querySelector(`#${id} .body`)), said(drawn.content)];
})(%s)"""
NOTE = """(() => {
    const { prototype } = customElements.get("py-figure");
    const { send } = prototype;
    window.sent = [];
    prototype.send = function (event, args, ...others) {
        window.sent.push([this.id, event, args]);
        return send.call(this, event, args, ...others);
    };
    window.uncaught = [];
    addEventListener("error", ({ message }) => window.uncaught.push(message));
    addEventListener("unhandledrejection", ({ reason }) => window.uncaught.push(String(reason)));
})()"""


class Driver(Protocol):
    """A browser with one page."""

    def open(self, address: str) -> None: ...

    def reload(self) -> None: ...

    def evaluate(self, expression: str) -> Any:
        """Give the value of a JavaScript expression, or of the promise that it is."""

    def point(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first place of the window, move it to the others, let it go."""

    def type_key(self, key: str) -> None:
        """Press an arrow key, Enter or the space bar, for what has the focus."""


class Chromium:
    """A page of Playwright's."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, address: str) -> None:
        self.page.goto(address)

    def reload(self) -> None:
        self.page.reload()

    def evaluate(self, expression: str) -> Any:
        return self.page.evaluate(f"async () => await ({expression})")

    def point(self, *places: tuple[float, float]) -> None:
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place)
        self.page.mouse.up()

    def type_key(self, key: str) -> None:
        self.page.keyboard.press(key)


# Asks for a second, in the page: to ask from outside takes as much of a core as what is waited for.
UNTIL = """(async () => {
    for (let asked = 0; asked < 50; asked++) {
        if (%s) return true;
        await new Promise((done) => setTimeout(done, 20));
    }
    return false;
})()"""


def wait(driver: Driver, expression: str) -> None:
    """Wait until an expression holds."""
    end = time.monotonic() + MOST
    while not driver.evaluate(UNTIL % expression):
        assert time.monotonic() < end, f"this did not hold after {MOST:.0f} s: {expression}"


def found(selector: str) -> str:
    return f"document.querySelector({json.dumps(selector)})"


def call(function: str, *args: object) -> str:
    """Write the call of a JavaScript function."""
    return f"({function})({', '.join(map(json.dumps, args))})"


def settle(driver: Driver, figure: str) -> None:
    """Wait until a figure has answered."""
    wait(driver, f"{found('#' + figure)}.quiet")


def wake(driver: Driver, figure: str) -> None:
    """Go to a figure by its address, which opens the fold around it, and wait until it is live."""
    driver.evaluate(f"void (location.hash = {json.dumps('#' + figure)})")
    wait(driver, f"['live', 'failed'].includes({found('#' + figure)}.getAttribute('state'))")
    assert driver.evaluate(f"{found('#' + figure)}.getAttribute('state')") == "live", driver.evaluate(
        f"{found(f'#{figure} [data-message]')}.textContent"
    )
    settle(driver, figure)


def middle(driver: Driver, selector: str) -> tuple[float, float]:
    """Bring something into the window, and say where its middle is."""
    x, y = driver.evaluate(
        call(
            """async (selector) => {
                let before, box;
                do { // what comes into sight may be drawn only now, and move the rest
                    before = box;
                    const e = document.querySelector(selector);
                    e.scrollIntoView({ block: "center", behavior: "instant" });
                    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                    box = e.getBoundingClientRect();
                } while (box.x !== before?.x || box.y !== before?.y);
                return [box.x + box.width / 2, box.y + box.height / 2];
            }""",
            selector,
        )
    )
    return round(x), round(y)


def press(driver: Driver, selector: str) -> None:
    driver.point(middle(driver, selector))


def fill(driver: Driver, selector: str, value: str) -> None:
    """Put a value into a field as a reader does, all at once."""
    driver.evaluate(
        call(
            """(selector, value) => {
                const field = document.querySelector(selector);
                field.focus({ preventScroll: true }); // completions go when the reader turns elsewhere
                field.value = value;
                field.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            selector,
            value,
        )
    )


def drag(driver: Driver, selector: str, x: float, y: float) -> None:
    """Drag a handle to a place of its picture, in the units of the picture."""
    middle(driver, selector)
    ends = driver.evaluate(
        call(
            """(selector, x, y) => {
                const handle = document.querySelector(selector), svg = handle.ownerSVGElement;
                svg.scrollIntoView({ block: "center", behavior: "instant" });
                const box = handle.getBoundingClientRect();
                const place = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
                return [box.x + box.width / 2, box.y + box.height / 2, place.x, place.y];
            }""",
            selector,
            x,
            y,
        )
    )
    left, top, right, bottom = ends
    driver.point(
        *((round(left + (right - left) * i / 4), round(top + (bottom - top) * i / 4)) for i in range(5))
    )


def nudge(driver: Driver, selector: str) -> None:
    """Move a handle to the right by its arrow key."""
    driver.evaluate(f"{found(selector)}.focus()")
    driver.type_key("ArrowRight")


def noted(driver: Driver, figure: str) -> list[tuple[str, list[Any]]]:
    """Say what a figure has been asked since this was last called."""
    sent: Sequence[Any] = driver.evaluate("window.sent.splice(0)")
    return [(event, args) for key, event, args in sent if key == figure]


def assert_nothing_was_uncaught(driver: Driver) -> None:
    assert driver.evaluate("window.uncaught") == []
