"""The figure of a page once more, in CPython: what the page must say after each event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pycore import figures
from pycore.live.host import Host
from tests.browser import driver as steps
from tests.browser.driver import SAID, Driver, call, found

FIGURES = Path(figures.__path__[0])
# The control of a figure with which a reader can ask for an event: how, where, and what is put into it.
CONTROL = """(id, event, args) => {
    const body = document.querySelector(`#${id} .body`);
    const usable = (e) =>
        !e.disabled && e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0;
    const onTop = (e) => {
        // Points of a picture may lie on each other; the next of their kind is as good.
        e.scrollIntoView({ block: "center", behavior: "instant" });
        const { x, y, width, height } = e.getBoundingClientRect();
        const top = document.elementFromPoint(x + width / 2, y + height / 2);
        return !(e instanceof SVGElement) || e.contains(top);
    };
    const select = (e, name) => `#${id} .body [data-${name}="${e.getAttribute(`data-${name}`)}"]`;
    const its = (e) => (e.dataset.arg === undefined ? [] : [e.dataset.arg]);
    const same = (e, args) => JSON.stringify(its(e)) === JSON.stringify(args);
    if (event === "drag" || event === "nudge") {
        const handle = [...body.querySelectorAll("[data-drag]")].find((e) => e.dataset.drag === args[0]);
        if (!handle || !usable(handle)) return null;
        const { width, height } = handle.ownerSVGElement.viewBox.baseVal;
        const within = args[1] >= 0 && args[2] >= 0 && args[1] <= width && args[2] <= height;
        return event === "nudge" || within ? [event, select(handle, "drag"), ""] : null;
    }
    for (const e of body.querySelectorAll(`[data-on-click="${CSS.escape(event)}"]`))
        if (same(e, args) && usable(e) && onTop(e)) return ["press", select(e, "control"), ""];
    for (const e of body.querySelectorAll(`[data-on-input="${CSS.escape(event)}"]`)) {
        const value = String(args.at(-1));
        if (!same(e, args.slice(0, -1)) || !usable(e)) continue;
        const probe = e.cloneNode();
        probe.value = value;
        if (probe.value === value) return ["fill", select(e, "control"), value];
    }
    return null;
}"""


class Mirror:
    """A figure of the page that a browser shows, and its twin."""

    def __init__(self, driver: Driver, figure: str) -> None:
        self.driver, self.figure, self.host = driver, figure, Host()
        data = f"{found('#' + figure)}.dataset"
        self.path: str = driver.evaluate(f"{data}.path")
        self.params: dict[str, Any] = json.loads(driver.evaluate(f"{data}.params"))
        self.parts: dict[str, str] = {}
        self.state: dict[str, Any] = {}
        mount = {"id": figure, "name": self.path, "params": self.params, "state": None, "redraw": True}
        self._take(json.loads(self.host.mount(json.dumps(mount))))

    def send(self, event: str, args: list[Any]) -> None:
        self._take(json.loads(self.host.send(json.dumps({"id": self.figure, "event": event, "args": args}))))

    def starts_a_run(self, event: str, args: list[Any]) -> bool:
        """Whether an event starts what then goes on by itself; tried on another one, in the same state."""
        other = Host()
        mount = {"id": self.figure, "name": self.path, "params": self.params, "state": self.state}
        other.mount(json.dumps(mount))
        reply = json.loads(other.send(json.dumps({"id": self.figure, "event": event, "args": args})))
        return any("data-tick=" in html for html in reply.get("parts", {}).values())

    def _take(self, reply: dict[str, Any]) -> None:
        self.state = reply.get("state", self.state)
        self.parts |= reply.get("parts", {})
        self.parts = {name: self.parts[name] for name in reply.get("order", self.parts)}

    def assert_same(self, event: object) -> None:
        """What the page says now is what the twin says."""
        here, there = self.driver.evaluate(SAID % json.dumps([self.figure, self.parts]))
        wrong = [
            pair for key in here for pair in zip(here[key], there[key], strict=False) if pair[0] != pair[1]
        ]
        assert here == there, f"{event}: the page and CPython differ in {wrong[:3]}"

    def perform(self, event: str, args: list[Any]) -> bool:
        """Do in the page what leads to an event, if it has a control for it now; compare what both say."""
        control = self.driver.evaluate(call(CONTROL, self.figure, event, args))
        if control is None or self.starts_a_run(event, args):
            return False
        how, selector, value = control
        steps.noted(self.driver, self.figure)
        if how == "press":
            steps.press(self.driver, selector)
        elif how == "fill":
            steps.fill(self.driver, selector, value)
        elif how == "drag":
            steps.drag(self.driver, selector, *args[1:])
        else:
            steps.nudge(self.driver, selector)
        self.follow((event, args), exactly=how in ("press", "fill"))
        return True

    def follow(self, asked: tuple[str, list[Any]], *, exactly: bool = True) -> None:
        """Let the twin do what the page was asked since; it must have been this event."""
        # On a slow machine the page hears of a press after the browser has said that it was made.
        steps.wait(self.driver, f"window.sent.some(([id]) => id === {json.dumps(self.figure)})")
        steps.settle(self.driver, self.figure)
        sent = steps.noted(self.driver, self.figure)
        if exactly:
            assert sent == [asked], f"expected {asked}; the page asked {sent}"
        assert {(event, args[0]) for event, args in sent if args} <= {(asked[0], (asked[1] or [None])[0])}
        assert sent
        for event, args in sent:
            self.send(event, args)
        self.assert_same(sent[-1])


def recorded(path: str) -> list[tuple[str, list[Any]]]:
    """Events that were written down for a figure, good and bad ones."""
    record = json.loads((FIGURES / f"{path}.events.json").read_text("utf-8"))
    return [(event, args) for event, args in record["events"]]


def only_plays(path: str) -> bool:
    """Say whether a figure has nothing but its motion to press: where motion is reduced it has nothing."""
    return {event for event, _ in recorded(path)} == {"replay", "reset"}
