"""In Firefox and in WebKit: how soon Python is there, beside a bare worker that loads the same Pyodide.

Each is the median of fresh profiles, in turns. A later visit loads the page again in the same profile.
Browsers that are not installed are left out, and said.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks import Row
from benchmarks.browser import BARE, BARE_PAGE, BARE_START, BARE_WORKER, FIGURES, KEPT, LESSON, PYTHON_READY
from tools.served import served
from tools.webdriver import WebDriver, find_firefox, find_webkit, firefox, webkit

RUNS = 3
SHELF = 20  # seconds that a browser is given to keep what makes a later start quick
READY = """(async () => {
    while (document.documentElement.dataset.python !== "ready")
        await new Promise((done) => setTimeout(done, 20));
    return performance.getEntriesByName("python:start→python:ready")[0].duration;
})()"""


def rows() -> Iterator[Row]:
    """Time the starts in every engine that is here."""
    extra = {"bare.html": BARE_PAGE, "bare-worker.js": BARE_WORKER}
    with served(extra, bare=True) as address:
        for name, opened in _engines().items():
            ours, bare = [], []
            for _ in range(RUNS):
                with opened() as driver:
                    ours.append(_visits(driver, address))
                with opened() as driver:
                    bare.append(_bare(driver, address))
            for i, visit in enumerate(("first", "later")):
                found, floor = statistics.median(v[i] for v in ours), statistics.median(v[i] for v in bare)
                what = PYTHON_READY.format(where=f"{name}, {visit} visit")
                yield Row(what, found, "ms", BARE, floor, "<= 0.2" if i else "<= 0.6")


def _engines() -> dict[str, Callable[[], AbstractContextManager[WebDriver]]]:
    found: dict[str, Callable[[], AbstractContextManager[WebDriver]]] = {}
    if program := find_firefox():
        found["Firefox"] = lambda: _firefox(program)
    if programs := find_webkit():
        found["WebKit"] = lambda: webkit(*programs)
    for name in {"Firefox", "WebKit"} - set(found):
        print(f"no {name} here", file=sys.stderr)
    return found


@contextmanager
def _firefox(program: str) -> Iterator[WebDriver]:
    with tempfile.TemporaryDirectory() as folder, firefox(program, Path(folder) / "profile") as driver:
        yield driver


def _visits(driver: WebDriver, address: str) -> tuple[float, float]:
    """Milliseconds that Python took to start in a first visit, and in a later one."""
    driver.open(address + LESSON)
    first = _start(driver)
    if not driver.evaluate(f"({KEPT})({SHELF})"):
        print("this browser kept nothing of Python's start", file=sys.stderr)
    driver.reload()
    return first, _start(driver)


def _start(driver: WebDriver) -> float:
    driver.evaluate(f"document.querySelector('#{FIGURES[0].figure}').scrollIntoView()")
    return float(driver.evaluate(READY))


def _bare(driver: WebDriver, address: str) -> tuple[float, float]:
    driver.open(address + "bare.html")
    first = float(driver.evaluate(f"({BARE_START})()"))
    driver.reload()
    return first, float(driver.evaluate(f"({BARE_START})()"))
