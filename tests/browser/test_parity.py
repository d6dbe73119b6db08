"""CPython and Pyodide: a recorded list of events gives the same HTML in both, to the letter."""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request

from pycore import figures
from pycore.live import catalog
from pycore.live.host import Host
from sitegen import archives
from sitegen.errors import ROOT
from sitegen.given import given
from tests.browser.steps import LESSON, START

FIGURES = Path(figures.__path__[0])
RECORDED = {
    path: json.loads((FIGURES / f"{path}.events.json").read_text("utf-8")) for path in catalog.paths()
}
OTHERS = {
    "networks": "01-neural-network.html",
    "tokenizers": "02-tokenization.html",
    "transformers": "04-attention.html",
}  # where the figures of a subject are, if not in lesson 03
FRONT = "index.html"
OPENING = tomllib.loads((ROOT / "content" / "course.toml").read_text("utf-8"))["figure"]["name"]
REPLAY = """async ([mount, events]) => {
    const python = customElements.get("py-figure").python;
    const replies = [await python.call("mount", mount)];
    for (const event of events) replies.push(await python.call("send", event));
    return replies;
}"""


def requests(figure: str, record: dict, key: str) -> tuple[dict, list[dict]]:
    params = record["params"] | given(catalog.load(catalog.find(figure)), key)
    mount = {"id": key, "name": figure, "params": params, "state": record.get("state")}
    return mount, [{"id": key, "event": event, "args": args} for event, args in record["events"]]


def without_detail(reply: dict) -> dict:
    """Leave out the traceback, which names files and lines of each Python."""
    return {key: value for key, value in reply.items() if key != "detail"}


def start(open_page: Callable[..., Page], base: str, lesson: str = LESSON, **options: Any) -> Page:
    page = open_page(base + lesson, **options)
    page.evaluate("() => void customElements.get('py-figure').python.wanted()")
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


def recorded_of(lesson: str) -> dict[str, dict]:
    """What was recorded of the figures that a lesson brings the data of."""
    of = {figure: OTHERS.get(figure.partition("/")[0], LESSON) for figure in RECORDED} | {OPENING: FRONT}
    return {figure: record for figure, record in RECORDED.items() if of[figure] == lesson}


def test_every_figure_is_recorded() -> None:
    assert sorted(RECORDED) == catalog.paths()


def test_recorded_events_give_the_same_html(open_page: Callable[..., Page], disk: str) -> None:
    """From disk, in a Python that starts anew; in one restored from its memory, test_figures makes them.

    What figures import is there from the start; parts of numpy come when a figure's event calls them.
    """
    read: set[str] = set()
    address = re.compile(r"/disk/(.+)\.\d+\.js$")

    def note(request: Request) -> None:
        read.update(address.findall(request.url))

    for lesson in (LESSON, *OTHERS.values(), FRONT):  # a page brings the data of its own figures
        page = start(open_page, disk, lesson, before=lambda page: page.context.on("request", note))
        for figure, record in recorded_of(lesson).items():
            replay_both(page, figure, record, f"recorded-{figure}")
    assert "numpy.pack" in read
    assert {name for name in read if name.endswith(".zip")} <= set(archives.LATER.values()) - {"rest.zip"}


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
