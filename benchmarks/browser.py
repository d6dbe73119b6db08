"""In the browser: starting Python, dragging, and the weight of a page.

Starting is compared with a bare worker that loads the same Pyodide and imports numpy, and nothing else. A
first visit is a fresh profile; a later one loads the page again in the same profile.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Request

from benchmarks import Row
from tools.chromium import count_bytes, launched
from tools.served import UPSTREAM, served

RUNS = 5
DRAGS = 200
LESSON = "03-embeddings.html"
FRAME = 1000 / 60  # milliseconds
BUDGET = 150.0  # kilobytes before a figure is touched
START = 120_000  # milliseconds
KEEPING = 6_000  # milliseconds until a snapshot has been kept
CODE = (".mjs", ".wasm", ".pack", ".zip", ".whl", "lock.json")
BARE_PAGE = "<!doctype html><title>bare</title>"
BARE_WORKER = f"""
import {{ loadPyodide }} from "./{UPSTREAM}/pyodide.mjs";
const python = await loadPyodide({{ indexURL: new URL("./{UPSTREAM}/", location.href).href }});
await python.loadPackage("numpy");
python.runPython("import numpy");
postMessage("ready");
"""
BARE_START = """() => new Promise((resolve, reject) => {
    const start = performance.now();
    const worker = new Worker("bare-worker.js", { type: "module" });
    worker.onmessage = () => resolve(performance.now() - start);
    worker.onerror = (event) => reject(new Error(event.message));
})"""


def rows() -> Iterator[Row]:
    """Build the site aside and measure it there."""
    with (
        served({"bare.html": BARE_PAGE, "bare-worker.js": BARE_WORKER}) as address,
        launched() as browser,
    ):
        yield from _starts(browser, address)
        yield from _drags(browser, address, "fig-05", "b")
        yield from _drags(browser, address, "fig-02", "pet")
        yield _weight(browser, address)


def _starts(browser: Browser, address: str) -> Iterator[Row]:
    ours: list[Visits] = []
    bare: list[Visits] = []
    for _ in range(RUNS):
        # Taken in turns, so that a slow minute of the machine is shared by both.
        ours.append(_visits(browser, address + LESSON, _our_start))
        bare.append(_visits(browser, address + "bare.html", _bare_start))
    for i, (visit, target) in enumerate((("first", "<= 0.7"), ("later", "<= 0.4"))):
        yield Row(
            f"worker start to python:ready, {visit} visit, median of {RUNS}",
            statistics.median(visits.times[i] for visits in ours),
            "ms",
            "bare loadPyodide, numpy loaded and imported",
            statistics.median(visits.times[i] for visits in bare),
            target,
        )
    yield Row(
        "code loaded until python:ready, compressed, first visit",
        ours[0].received / 1000,
        "kB",
        "bare loadPyodide and numpy",
        bare[0].received / 1000,
        "<= 0.6",
    )


@dataclass(frozen=True)
class Visits:
    """A first visit and a later one, in one profile."""

    times: list[float]  # milliseconds that each start took
    received: int  # bytes of code that the first one loaded, as they were sent


def _visits(browser: Browser, address: str, measure: Callable[[Page], float]) -> Visits:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    times = []
    received = 0
    for visit in range(2):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        times.append(measure(page))
        if visit == 0:
            received = sum(r.sizes()["responseBodySize"] for r in requests if r.url.endswith(CODE))
            page.wait_for_timeout(KEEPING)
    context.close()
    return Visits(times, received)


def _our_start(page: Page) -> float:
    page.locator("#fig-05").scroll_into_view_if_needed()
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
    return float(page.evaluate("performance.getEntriesByName('python:start→python:ready')[0].duration"))


def _bare_start(page: Page) -> float:
    return float(page.evaluate(BARE_START))


def _drags(browser: Browser, address: str, figure: str, name: str) -> Iterator[Row]:
    """Drag what the figure calls `name` around its picture."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(address + LESSON)
    page.locator(f"#{figure}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{figure}[state=live]", timeout=START)
    handle = page.locator(f"#{figure} [data-drag={name}]")
    picture = page.locator(f"#{figure} svg:has([data-drag={name}])")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("new Promise((done) => requestIdleCallback(() => done(true)))")
    knob, box = handle.locator("circle").first.bounding_box(), picture.bounding_box()
    assert knob is not None
    assert box is not None
    page.mouse.move(knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2)
    page.mouse.down()
    page.evaluate("performance.clearMeasures()")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for i in range(DRAGS):
        turn = i / DRAGS * 2 * math.pi
        page.mouse.move(x + box["width"] / 5 * math.cos(turn), y - box["width"] / 5 * math.sin(turn))
    page.mouse.up()
    page.wait_for_function(f"document.querySelector('#{figure}').quiet")
    # The last measure is taken when its frame has been drawn.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
    measures = page.evaluate("performance.getEntriesByType('measure').map((measure) => measure.duration)")
    context.close()
    times = sorted(measures)
    label = f"{figure.upper().replace('-', '.')}, drag to paint"
    p95 = times[math.ceil(0.95 * len(times)) - 1]
    yield Row(f"{label}, median of {len(times)}", statistics.median(times), "ms", "a frame at 60 Hz", FRAME)
    yield Row(f"{label}, p95 of {len(times)}", p95, "ms", "a frame at 60 Hz", FRAME, "<= 1")


def _weight(browser: Browser, address: str) -> Row:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    received = count_bytes(page)
    page.goto(address + LESSON)
    page.wait_for_load_state("networkidle")
    context.close()
    return Row(
        "lesson 03, compressed, before a figure is touched",
        sum(received) / 1000,
        "kB",
        "the budget",
        BUDGET,
        "<= 1",
    )
