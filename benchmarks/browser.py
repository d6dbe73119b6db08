"""In the browser: what a page costs, how soon it answers, and how soon Python is there.

Absolute times differ twofold between machines and hours, so each has a floor that is measured beside it, in
turns: the same page without scripts, a button and a drag of plain JavaScript, and for Python's start a bare
worker that loads the same Pyodide, untrimmed, and imports numpy. Everything is the median of fresh profiles.
A first visit is a new profile, a later one loads the page again in it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, TimeoutError

from benchmarks import Row, _drags
from benchmarks._drags import START, Handle
from tools.chromium import count_bytes, launched
from tools.served import SLOW_4G, served

# What the rows are called, here and in the README.
FIRST_PAINT = "{where}: first paint with content"
BLOCKING = "{where}: total blocking time, folds closed"
SHIFT = "{where}: layout shift"
PYTHON_READY = "{where}: worker start to python:ready"
BEFORE_TOUCH = "{where}: lesson 03, compressed, before a figure is touched"
OVER_THE_WIRE = "{where}: Python over the wire"
FIRST_ANSWER = "{where}: load to the first answer"
DRAG = "{where}: drag to paint, {part} of {moves}"
OF_A_DRAG = "{where}: of a drag, {part}"
# And what they are compared with.
UNSCRIPTED = "the same page without scripts"
UNSCRIPTED_AND_MORE = "the same page without scripts, + 50 ms"
GOOD_SHIFT = "what counts as good"
BARE = "bare loadPyodide, numpy loaded and imported"
BUDGETED = "the budget"
UNTRIMMED = "the untrimmed files"
OWN_BUTTON = "a static page's own button"
MOVED_PLAINLY = "the same picture moved by plain JavaScript"
WHOLE_DRAG = "the whole drag to paint, by the same medians"

RUNS = 7
DRAGS = 200
QUICK = 180  # seconds that --quick takes at most
QUICK_DRAGS = 60
QUICK_VISITS = 35  # seconds that --quick gives to each condition, beyond its first turn
QUICK_TURNS = 12  # and to each drag
LESSON = "03-embeddings.html"
PLAIN = "plain.html"
FIGURES = (Handle("fig-05", "b"), Handle("fig-02", "pet"))
PRESSED = "fig-01"
BUTTON = "[data-control=token-4]"
LONG = 50  # milliseconds that a task may take
IDLE = 5_000  # milliseconds until a page is taken to have all that it loads
MORE = 50  # milliseconds that scripts may block beyond what the page itself does
BUDGET = 130.0  # kilobytes
CODE = (".mjs", ".wasm", ".pack", ".zip", ".whl", "lock.json")
BARE_PAGE = "<!doctype html><title>bare</title>"
BARE_WORKER = """
import { loadPyodide } from "./bare/pyodide.mjs";
const python = await loadPyodide({ indexURL: new URL("./bare/", location.href).href });
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
# What the browser tells of the page is kept. If the address leads to a figure, a button is pressed as soon as
# the page has loaded.
WATCH = f"""
    window.seen = {{ shift: 0, tasks: [], pressed: 0 }};
    new PerformanceObserver((list) => list.getEntries().forEach((e) => {{ seen.shift += e.value; }}))
        .observe({{ type: "layout-shift", buffered: true }});
    new PerformanceObserver((list) => list.getEntries().forEach((e) => {{
        seen.tasks.push([e.startTime, e.startTime + e.duration]);
    }})).observe({{ type: "longtask", buffered: true }});
    if (location.hash) addEventListener("load", () => {{
        seen.pressed = performance.now();
        document.querySelector("#{PRESSED} {BUTTON}").click();
    }});
"""
ANSWERED = f"""() => {{
    const [first] = performance.getEntriesByName("{_drags.MEASURE}");
    return first ? first.startTime + first.duration - seen.pressed : null;
}}"""
# Whether Python's memory is kept: as soon as it is, or after so many seconds.
KEPT = """async (seconds) => {
    // Opened each time: the shelf is replaced when a snapshot is put on it.
    const name = `python at ${new URL("./", location.href).href}`;
    const kept = async () => (await (await caches.open(name)).keys()).length > 0;
    for (const end = Date.now() + seconds * 1000; Date.now() < end && !(await kept()); )
        await new Promise((done) => setTimeout(done, 100));
    return kept();
}"""


@dataclass(frozen=True)
class Condition:
    """A machine and a network."""

    name: str
    slower: int = 1  # times that the page's processor is slowed down; the worker keeps its speed


CONDITIONS = (Condition("as it is"), Condition("4x CPU", slower=4))


@dataclass(frozen=True)
class Load:
    """What one load of a page measured: milliseconds, and bytes."""

    seen: float  # first contentful paint
    shift: float
    blocked: float  # total blocking time: what main-thread tasks take beyond 50 ms, after the first paint
    weight: float  # bytes until the page is idle


@dataclass(frozen=True)
class Start:
    """What one start of Python measured."""

    ready: float  # milliseconds, from worker start to python:ready
    code: float  # bytes of Python's files that came until then


@dataclass
class Visits:
    """What the turns of one condition measured: for each turn the first visit, and the later one."""

    ours: list[list[Load]]
    plain: list[list[Load]]
    starts: list[list[Start]]
    bare: list[list[Start]]
    answers: list[list[float]]
    plain_answers: list[list[float]]


def rows(quick: bool = False) -> Iterator[Row]:
    """Build the site aside and measure it there.

    Parameters
    ----------
    quick
        Whether to take at most 3 minutes: fewer turns, no slow network, and on a slow machine fewer parts.
    """
    extra: dict[str, str | Callable[[Path], str]] = {
        "bare.html": BARE_PAGE,
        "bare-worker.js": BARE_WORKER,
        PLAIN: _plain_page,
    }
    visits, turns = (QUICK_VISITS, QUICK_TURNS) if quick else (None, None)
    moves = QUICK_DRAGS if quick else DRAGS
    start = time.monotonic()
    _tell("at most 3 minutes" if quick else "about half an hour on two quiet cores; each part tells more")
    with launched(whole=True) as browser:
        with served(extra, bare=True) as address:
            step = _press_recorded(browser, address)
            parts = {}
            for condition, handle in zip(CONDITIONS, FIGURES, strict=True):
                parts[condition.name] = _visits(browser, address, condition, step, visits)
                parts[handle.figure] = _drag_rows(browser, address, handle, moves, turns)
            yield from _in_time(parts, start + QUICK if quick else None)
        if not quick:
            with served(extra, bare=True, network=SLOW_4G) as address:
                yield from _visits(browser, address, Condition("slow 4G"), step, visits)


def _in_time(parts: dict[str, Iterator[Row]], end: float | None) -> Iterator[Row]:
    """Measure part by part; leave out what could not be done by `end`, if it takes as long as what was."""
    longest = 0.0
    for name, part in parts.items():
        start = time.monotonic()
        if end is not None and start + longest > end:
            _tell(f"this machine is too slow or too busy for all of it in time; left out: {name}")
            continue
        yield from part
        longest = max(longest, time.monotonic() - start)


def _plain_page(dist: Path) -> str:
    return _drags.without_scripts((dist / LESSON).read_text("utf-8"))


def _tell(text: str) -> None:
    print(f"browser: {text}", file=sys.stderr, flush=True)


def _turns(what: str, seconds: float | None) -> Iterator[int]:
    """Count turns: all of them, or as many as fit into some seconds, at least one."""
    start = time.monotonic()
    for done in range(RUNS):
        if done:
            each = (time.monotonic() - start) / done
            if seconds is not None and each * (done + 1) > seconds:
                return
            if done == 1 and seconds is None:
                _tell(f"{what}: {RUNS - 1} more turns, about {each * (RUNS - 1) / 60:.1f} minutes")
        yield done


# ---------------------------------------------------------------- visits


def _visits(
    browser: Browser, address: str, condition: Condition, step: list[Any], seconds: float | None
) -> Iterator[Row]:
    found = Visits([], [], [], [], [], [])
    for _ in _turns(condition.name, seconds):
        with _profile(browser) as context:
            both = [_visit(context, address + LESSON, condition) for _ in range(2)]
            found.ours.append([load for load, _ in both])
            found.starts.append([start for _, start in both])
        with _profile(browser) as context:
            found.plain.append([_plain_visit(context, address, condition) for _ in range(2)])
        with _profile(browser) as context:
            found.answers.append([_answer(context, address + LESSON, condition) for _ in range(2)])
        with _profile(browser) as context:
            found.plain_answers.append([_answer(context, address + PLAIN, condition, step) for _ in range(2)])
        with _profile(browser) as context:
            found.bare.append([_bare_visit(context, address, condition) for _ in range(2)])
    for i, name in enumerate(("first", "later")):
        yield from _rows(f"{condition.name}, {name} visit", found, i)


def _rows(where: str, found: Visits, i: int) -> Iterator[Row]:
    median = statistics.median
    ours, plain = [turn[i] for turn in found.ours], [turn[i] for turn in found.plain]
    starts, bare = [turn[i] for turn in found.starts], [turn[i] for turn in found.bare]

    def row(name: str, value: float, unit: str, compared_with: str, other: float, aim: str) -> Row:
        return Row(name.format(where=where), value, unit, compared_with, other, aim)

    seen, floor = median(v.seen for v in ours), median(v.seen for v in plain)
    yield row(FIRST_PAINT, seen, "ms", UNSCRIPTED, floor, "<= 1.1")
    blocked, floor = median(v.blocked for v in ours), median(v.blocked for v in plain)
    yield row(BLOCKING, blocked, "ms", UNSCRIPTED_AND_MORE, floor + MORE, "<= 1")
    yield row(SHIFT, max(v.shift for v in ours), "", GOOD_SHIFT, 0.1, "0")
    answer, floor = median(turn[i] for turn in found.answers), median(turn[i] for turn in found.plain_answers)
    yield row(FIRST_ANSWER, answer, "ms", OWN_BUTTON, floor, "<= 1.3")
    ready, floor = median(v.ready for v in starts), median(v.ready for v in bare)
    yield row(PYTHON_READY, ready, "ms", BARE, floor, "<= 0.2" if i else "<= 0.6")
    if i == 0:
        weight = median(v.weight for v in ours) / 1000
        yield row(BEFORE_TOUCH, weight, "kB", BUDGETED, BUDGET, "<= 1")
        code, floor = median(v.code for v in starts) / 1000, median(v.code for v in bare) / 1000
        yield row(OVER_THE_WIRE, code, "kB", UNTRIMMED, floor, "<= 0.6")


@contextmanager
def _profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def _open(context: BrowserContext, condition: Condition) -> tuple[Page, list[Request]]:
    """Open a page and note its requests, those of its workers too, but not what is kept for later visits."""
    page = context.new_page()
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    if condition.slower > 1:
        _slow_down(page, condition.slower)
    return page, requests


def _slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def _code(requests: list[Request]) -> float:
    """Compressed bytes of Python's files."""
    return sum(r.sizes()["responseBodySize"] for r in requests if r.url.endswith(CODE))


def _load(page: Page, address: str) -> Load:
    received = count_bytes(page)
    page.add_init_script(WATCH)
    page.goto(address)
    _wait_for_all(page)
    weight = sum(received)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    seen = page.evaluate("seen")
    blocked = sum(max(0, end - max(start + LONG, paint)) for start, end in seen["tasks"])
    return Load(paint, seen["shift"], blocked, weight)


def _wait_for_all(page: Page) -> None:
    with suppress(TimeoutError):  # Playwright at times does not notice that all has come
        page.wait_for_load_state("networkidle", timeout=IDLE)


def _visit(context: BrowserContext, address: str, condition: Condition) -> tuple[Load, Start]:
    page, requests = _open(context, condition)
    load = _load(page, address)
    page.locator(f"#{FIGURES[0].figure}").scroll_into_view_if_needed()
    page.wait_for_function("document.documentElement.dataset.python === 'ready'", timeout=START)
    ready = page.evaluate("performance.getEntriesByName('python:start→python:ready')[0].duration")
    code = _code(requests)
    # The worker keeps a snapshot of its memory for the next visit when the reader has been served.
    page.evaluate(KEPT, START / 1000)
    page.close()
    return load, Start(ready, code)


def _plain_visit(context: BrowserContext, address: str, condition: Condition) -> Load:
    page, _ = _open(context, condition)
    load = _load(page, address + PLAIN)
    page.close()
    return load


def _answer(
    context: BrowserContext, address: str, condition: Condition, step: list[Any] | None = None
) -> float:
    """Milliseconds from the page's load to the painted answer to a press; with a step, a plain page's."""
    page, _ = _open(context, condition)
    page.add_init_script(WATCH)
    if step is not None:
        _drags.be_plain(page, PRESSED, step, button=BUTTON)
    page.goto(f"{address}#{PRESSED}")
    answered = float(page.wait_for_function(ANSWERED, timeout=START).json_value())
    page.close()
    return answered


def _bare_visit(context: BrowserContext, address: str, condition: Condition) -> Start:
    page, requests = _open(context, condition)
    page.goto(address + "bare.html")
    _wait_for_all(page)
    ready = float(page.evaluate(BARE_START))
    code = _code(requests)
    page.close()
    return Start(ready, code)


def _press_recorded(browser: Browser, address: str) -> list[Any]:
    with _profile(browser) as context:
        page = context.new_page()
        page.goto(f"{address}{LESSON}#{PRESSED}")
        _drags.wait_until_live(page, PRESSED)
        return _drags.record_press(page, PRESSED, BUTTON)


# ---------------------------------------------------------------- drags


def _drag_rows(
    browser: Browser, address: str, handle: Handle, moves: int, seconds: float | None
) -> Iterator[Row]:
    # One page is not measured against another: it tells what changes, and where the time goes.
    with _profile(browser) as context:
        page = context.new_page()
        page.add_init_script(_drags.NOTE)
        page.goto(address + LESSON)
        _drags.wait_until_live(page, handle.figure)
        steps = _drags.record(page, handle, moves)
        shown = _drags.picture(page, handle.figure)
        notes = {}
        for slower in (1, 4):
            _slow_down(page, slower)
            _drags.drag(page, handle, moves)
            notes[slower] = page.evaluate(_drags.NOTES)
    for slower in (1, 4):
        where = handle.figure.upper().replace("-", ".") + (f", {slower}x CPU" if slower > 1 else "")
        ours, plain = [], []
        for _ in _turns(where, seconds):
            ours.append(_drag(browser, address, handle, moves, slower))
            plain.append(_plain_drag(browser, address, handle, steps, slower, shown))
        for part, name in ((0.5, "median"), (0.95, "p95")):
            time_, floor = (
                statistics.median(_drags.part(run, part) for run in runs) for runs in (ours, plain)
            )
            what = DRAG.format(where=where, part=name, moves=moves)
            yield Row(what, time_, "ms", MOVED_PLAINLY, floor, "<= 1.3" if part > 0.5 else "")
        parts = {
            name: statistics.median(note[end] - note[begin] for note in notes[slower])
            for name, begin, end in _drags.PARTS
        }
        for name, value in parts.items():
            yield Row(OF_A_DRAG.format(where=where, part=name), value, "ms", WHOLE_DRAG, sum(parts.values()))


def _drag(browser: Browser, address: str, handle: Handle, moves: int, slower: int) -> list[float]:
    with _profile(browser) as context:
        page, _ = _open(context, Condition("", slower))
        page.goto(address + LESSON)
        _drags.wait_until_live(page, handle.figure)
        return _drags.drag(page, handle, moves)


def _plain_drag(
    browser: Browser, address: str, handle: Handle, steps: list[Any], slower: int, shown: str
) -> list[float]:
    with _profile(browser) as context:
        page, _ = _open(context, Condition("", slower))
        _drags.be_plain(page, handle.figure, steps, handle=handle.selector)
        page.goto(address + PLAIN)
        page.evaluate("document.fonts.ready.then(() => true)")
        times = _drags.drag(page, handle, len(steps))
        assert _drags.picture(page, handle.figure) == shown, (
            f"{handle.figure}: the floor shows another picture"
        )
        return times
