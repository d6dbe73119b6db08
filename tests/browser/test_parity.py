"""CPython and Pyodide: a recorded list of events gives the same HTML in both, to the letter."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from pycore import figures
from pycore.live.host import Host
from tests.browser.steps import LESSON, START

RECORDED = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parent / "recorded").glob("*.json"))
}
REPLAY = """async ([mount, events]) => {
    const python = customElements.get("py-figure").python;
    const replies = [await python.call("mount", mount)];
    for (const event of events) replies.push(await python.call("send", event));
    return replies;
}"""


def requests(figure: str, record: dict, key: str) -> tuple[dict, list[dict]]:
    mount = {"id": key, "name": figure, "params": record["params"], "state": record.get("state")}
    return mount, [{"id": key, "event": event, "args": args} for event, args in record["events"]]


def without_detail(reply: dict) -> dict:
    """Leave out the traceback, which names files and lines of each Python."""
    return {key: value for key, value in reply.items() if key != "detail"}


def start(open_page: Callable[..., Page], base: str) -> Page:
    page = open_page(base + LESSON)
    page.locator("#fig-01").scroll_into_view_if_needed()
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
    return page


def replay_both(page: Page, figure: str, record: dict, key: str) -> None:
    mount, events = requests(figure, record, key)
    host = Host()
    expected = [
        json.loads(host.mount(json.dumps(mount))),
        *(json.loads(host.send(json.dumps(e))) for e in events),
    ]
    found = page.evaluate(REPLAY, [mount, events])
    for event, one, other in zip([mount, *events], expected, found, strict=True):
        assert without_detail(one) == without_detail(other), event


def test_every_figure_is_recorded() -> None:
    assert sorted(RECORDED) == figures.names()


def test_recorded_events_give_the_same_html(open_page: Callable[..., Page], base: str) -> None:
    page = start(open_page, base)
    for figure, record in RECORDED.items():
        replay_both(page, figure, record, f"recorded-{figure}")


def test_random_drags_give_the_same_html(open_page: Callable[..., Page], http: str) -> None:
    rng = random.Random(7)
    words = ["cat dog", "bank river", "good bad"]
    events: list = []
    for _ in range(120):
        if rng.random() < 0.05:
            events.append(["pair", [rng.choice(words)]])
        events.append(["drag", ["b", round(rng.uniform(50, 390), 2), round(rng.uniform(50, 380), 2)]])
    page = start(open_page, http)
    replay_both(page, "cosine", {"params": {}, "events": events}, "random")
