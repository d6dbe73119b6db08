"""A stranger's code reaches no other origin, and nothing of the site; what it draws runs nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import SMALL, START, wake
from tools.in_page import evaluate, run

COLD = True

POLICY = "the browser logs what the page's policy refuses"
# The ways from Python to JavaScript, each tried until one gives the worker's global object.
SEARCH = """
import gc, importlib, sys

def find():
    for name in ("js", "pyodide.code", "pyodide.http", "pyodide.ffi", "pyodide_js", "_pyodide_core"):
        sys.modules.pop(name, None)
    sys.modules.pop("pyodide", None)
    found = {}
    for name, take in {
        "js": lambda: importlib.import_module("js"),
        "run_js": lambda: importlib.import_module("pyodide.code").run_js("globalThis"),
        "core": lambda: importlib.import_module("_pyodide_core").run_js("globalThis"),
        "pyodide_js": lambda: importlib.import_module("pyodide_js"),
        "ffi": lambda: importlib.import_module("pyodide.ffi").run_js("globalThis"),
        "http": lambda: importlib.import_module("pyodide.http").open_url("http://127.0.0.1:{port}/http"),
    }.items():
        try:
            found[name] = take()
        except BaseException as error:
            found[name] = type(error).__name__
    return found
"""
# What runs in the worker when a way was found after all.
REACH = """async (address) => {
    const reached = [];
    const attempt = async (name, act) => {
        try { await act(); reached.push(name); } catch { /* refused */ }
    };
    const global = globalThis;
    await new Promise((done) => setTimeout(done)); // until here the debugger lifts the policy
    await attempt("eval", () => (0, eval)("1"));
    await attempt("Function", () => new Function("return 1")());
    await attempt("fetch", () => global.fetch(address + "fetch", { mode: "no-cors" }));
    await attempt("fetch site", () => global.fetch(SITE));
    await attempt("import", () => import(address + "module.js"));
    await attempt("importScripts", () => global.importScripts(address + "script.js"));
    await attempt("XMLHttpRequest", () => {
        const request = new XMLHttpRequest();
        request.open("GET", address + "request", false);
        request.send();
    });
    await attempt("WebSocket", () => new Promise((done, failed) => {
        const socket = new WebSocket(address.replace("http", "ws") + "socket");
        socket.onopen = done;
        socket.onerror = failed;
    }));
    await attempt("EventSource", () => new Promise((done, failed) => {
        const source = new EventSource(address + "events");
        source.onopen = done;
        source.onerror = failed;
    }));
    await attempt("Worker", () => new Worker("data:text/javascript,"));
    await attempt("caches", () => global.caches.open("x"));
    await attempt("indexedDB", () => global.indexedDB.open("x").readyState);
    await attempt("postMessage", () => global.postMessage({ type: "failed" }));
    await attempt("close", () => global.close());
    return reached;
}"""
MARKUP = """
<script id="same" src="{address}script.js"></script><script>window.ran = "script"</script>
<img src="{address}image.png" onerror="window.ran = 'onerror'">
<svg onload="window.ran = 'onload'"><image href="{address}svg.png"/></svg>
<iframe src="{address}frame.html"></iframe><iframe srcdoc="<script>parent.ran = 'srcdoc'</script>"></iframe>
<object data="{address}object"></object><embed src="{address}embed">
<link rel="stylesheet" href="{address}sheet.css"><link rel="prefetch" href="{address}prefetch">
<style>@import "{address}import.css"; body {{ background: url({address}back.png) }}</style>
<meta http-equiv="refresh" content="0; url={address}refresh"><base href="{address}">
<video src="{address}video.mp4" autoplay></video><audio src="{address}audio.mp3" autoplay></audio>
<form action="{address}form"><button id="send">send</button></form>
<a id="go" href="javascript:window.ran = 'javascript'">go</a>
<p style="background: url({address}style.png)" onclick="window.ran = 'onclick'" id="press">press</p>
"""


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another origin that lets everybody in, and what it was asked for."""
    asked: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def start(open_page: Callable[..., Page], address: str) -> Page:
    page = open_page(address)
    wake(page, "write-cosine")
    return page


@pytest.mark.console_errors(POLICY)
def test_python_reaches_nothing(
    open_page: Callable[..., Page], course: str, stranger: tuple[str, list[str]]
) -> None:
    page = start(open_page, course + SMALL)
    address, asked = stranger
    code = SEARCH.replace("{port}", address.split(":")[2].strip("/"))
    found = evaluate(page, code, "' '.join(f'{k}={v}' for k, v in find().items())")
    assert "globalThis" not in found
    for way in ("js", "run_js", "pyodide_js", "ffi", "http"):
        assert f"{way}=ModuleNotFoundError" in found or f"{way}=ImportError" in found, found
    # And if it had found a way: the worker itself is tried from outside.
    (worker,) = page.workers
    site = f"'{course}index.html'"
    assert worker.evaluate(REACH.replace("SITE", site), address) == []
    assert worker.evaluate("origin") == "null"
    assert asked == []
    expect(page.locator("html")).to_have_attribute("data-python", "ready")


@pytest.mark.console_errors(POLICY)
def test_what_a_stranger_draws_runs_nothing_and_asks_nobody(
    open_page: Callable[..., Page], course: str, stranger: tuple[str, list[str]]
) -> None:
    page = start(open_page, course + SMALL)
    address, asked = stranger
    markup = MARKUP.format(address=address)
    here = page.url
    # The figure that shows the outcome shows this instead, twice: what has an id is morphed the second time.
    draw = """(markup) => {
        const python = customElements.get("py-figure").python;
        const call = python.call.bind(python);
        python.call = async (...its) => {
            const reply = await call(...its);
            return { ...reply, parts: { ...reply.parts, outcome: markup } };
        };
    }"""
    page.evaluate(draw, markup)
    for _ in range(2):
        page.locator("#write-cosine [data-control=run]").click()
        page.wait_for_function("document.querySelector('#write-cosine').quiet")
    for part in ("press", "go", "send"):
        page.locator(f"#write-cosine #{part}").click()
    page.wait_for_load_state("networkidle")
    page.evaluate("new Promise((done) => setTimeout(done, 500))")  # a refresh would have come by then
    assert page.evaluate("window.ran ?? null") is None
    assert page.url.split("#")[0] == here.split("#")[0]
    assert asked == []


@pytest.mark.console_errors(POLICY)
@pytest.mark.parametrize("pattern", ["index.html", SMALL, "code/*.html"])
def test_every_page_carries_the_policy(
    open_page: Callable[..., Page], course: str, course_dist: Path, pattern: str
) -> None:
    page = open_page(course + min(course_dist.glob(pattern)).relative_to(course_dist).as_posix())
    tries = """() => {
        const refused = [];
        const note = ({ effectiveDirective }) => refused.push(effectiveDirective);
        document.addEventListener("securitypolicyviolation", note);
        const image = "<img src='https://other.invalid/' onerror='window.ran = 1'>";
        document.body.insertAdjacentHTML("beforeend", image);
        const script = document.createElement("script");
        script.textContent = "window.ran = 2";
        document.body.append(script);
        const all = () => [...new Set(refused)].sort().concat(window.ran ?? 0);
        return new Promise((done) => setTimeout(() => done(all()), 200));
    }"""
    assert page.evaluate(tries) == ["img-src", "script-src-attr", "script-src-elem", 0]


def test_a_snapshot_comes_only_from_a_python_that_ran_nothing_else(
    open_page: Callable[..., Page], course_http: str
) -> None:
    """What says it is a snapshot later on is not kept."""
    hired = """window.hired = []; window.Worker = class extends Worker {
        constructor(...its) { super(...its); hired.push(this); }
    };"""
    page = open_page(course_http + SMALL, before=lambda page: page.add_init_script(hired))
    wake(page, "write-cosine")
    assert "Right" in run(page, "pass")
    page.evaluate(
        """() => hired[0].dispatchEvent(new MessageEvent("message",
            { data: { type: "snapshot", snapshot: new Uint8Array(64) } }))"""
    )
    length = """(async () => {
        const shelf = await caches.open(`python at ${new URL("./", location.href).href}`);
        const [key] = await shelf.keys();
        return key ? (await (await shelf.match(key)).arrayBuffer()).byteLength : 0;
    })()"""
    page.wait_for_function(length, timeout=START)
    assert page.evaluate(length) > 1_000_000
