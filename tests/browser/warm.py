"""A fresh profile that was here before: it holds the memory of a first start of Python, as a reader's does.

Most tests are of figures and pages, not of the first start, which takes seconds of both cores each time. The
snapshot is taken once for all workers, as a reader's browser takes it, and put where the page looks for it.
Modules that test starts say `COLD = True`; of their tests, those of something else take `open_warm`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route

from sitegen import serve
from tests.browser.steps import wake

PLACE = "a-shelf-for-tests"  # a page of the same origin that nothing else runs on
EMPTY = "<!doctype html><title>shelf</title><link rel=icon href=data:,>"
TAKE = """async (place) => {
    const name = `python at ${new URL("./", location.href).href}`;
    const shelf = await caches.open(name);
    const [key] = await shelf.keys();
    if (!key) return "";
    const kept = await (await shelf.match(key)).blob();
    await fetch(place, { method: "POST", body: kept });
    return key.url;
}"""
PUT = """async ([place, address]) => {
    const name = `python at ${new URL("./", location.href).href}`;
    await (await caches.open(name)).put(address, await fetch(place));
}"""


def serving(dist: Path, memory: Path) -> Starlette:
    """Serve the site, and the memory that is kept in the folder `memory`."""

    async def shelf(request: Request) -> Response:
        if request.method == "POST":
            (memory / "memory").write_bytes(await request.body())
        elif "memory" in request.query_params:
            return FileResponse(memory / "memory")
        return HTMLResponse(EMPTY)

    place = Route(f"/{PLACE}", shelf, methods=["GET", "POST"])
    return Starlette(routes=[place, Mount("/", serve.static(dist))])


def memory_of(browser: Browser, address: str, lesson: str, memory: Path) -> Callable[[Page], None]:
    """Start Python in a page once for all workers, and return what gives another profile its memory."""
    told = memory / "key.json"
    with FileLock(memory / "lock"):
        if not told.exists():
            context = browser.new_context()
            page = context.new_page()
            page.goto(address + lesson)
            wake(page, "write-cosine")
            while not (key := page.evaluate(TAKE, PLACE)):
                page.wait_for_timeout(100)
            told.write_text(json.dumps(key.removeprefix(address)), "utf-8")
            context.close()
    key = json.loads(told.read_text("utf-8"))

    def put(page: Page) -> None:
        page.goto(address + PLACE)
        page.evaluate(PUT, [f"{PLACE}?memory", address + key])

    return put
