"""Ask each browser that is here whether Python could live on from lesson to lesson, in a SharedWorker.

Run: python -m tools.try_shared_worker

Two pages, one after the other, share a worker: of a `data:` address, whose origin is opaque as that of the
site's Python, and of a file, which has the site's origin. Printed is whether the second page found the worker
of the first, what origin it has, and whether it took a compiled WebAssembly module. docs/browsers.md tells
what came out.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sitegen import serve
from tools import chromium, webdriver

WORKER = """const id = Math.random();
onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => port.postMessage({ module: data instanceof WebAssembly.Module });
  port.onmessageerror = () => port.postMessage({ module: false });
  port.postMessage({ id, origin: self.origin });
};"""
PAGE = """<!doctype html><meta charset="utf-8"><script>
window.said = { refused: false };
const worker = new SharedWorker(ADDRESS, { name: "python", extendedLifetime: true });
worker.onerror = () => (said.refused = true);
worker.port.onmessage = ({ data }) => Object.assign(said, data);
const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
WebAssembly.compile(empty).then((made) => worker.port.postMessage(made));
</script>"""
ADDRESSES = {
    "data": f'"data:text/javascript," + encodeURIComponent({WORKER!r})',
    "file": '"worker.js"',
}
PATIENCE = 10.0  # seconds
Ask = Callable[[str], Any]


def asked(open_page: Ask, evaluate: Ask, address: str) -> dict[str, Any]:
    """Open a page, and return what its worker said, or that it was refused."""
    open_page(address)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        said: dict[str, Any] = evaluate("window.said")
        if said["refused"] or "module" in said:
            return said
        time.sleep(0.1)
    raise TimeoutError(address)


@contextmanager
def browsers() -> Iterator[dict[str, tuple[Ask, Ask]]]:
    """Start the browsers that are here; give how each opens an address and evaluates an expression."""
    with ExitStack() as stack:
        page = stack.enter_context(chromium.launched()).new_page()
        found: dict[str, tuple[Ask, Ask]] = {"Chromium": (page.goto, page.evaluate)}
        if program := webdriver.find_firefox():
            profile = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "profile"
            driver = stack.enter_context(webdriver.firefox(program, profile))
            found["Firefox"] = driver.open, driver.evaluate
        if programs := webdriver.find_webkit():
            driver = stack.enter_context(webdriver.webkit(*programs))
            found["WebKit"] = driver.open, driver.evaluate
        yield found


def main() -> None:
    """Print a line for each browser and kind of address."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "worker.js").write_text(WORKER)
        for kind, address in ADDRESSES.items():
            for page in "ab":
                (folder / f"{kind}-{page}.html").write_text(
                    PAGE.replace("ADDRESS", address.replace("\n", "\\n"))
                )
        with serve.serving(folder) as base, browsers() as found:
            for browser, (open_page, evaluate) in found.items():
                for kind in ADDRESSES:
                    first, second = (asked(open_page, evaluate, f"{base}{kind}-{page}.html") for page in "ab")
                    if second["refused"]:
                        print(f"{browser}, {kind}: refused")
                        continue
                    same = "the same worker" if first["id"] == second["id"] else "another worker"
                    took = "takes" if second["module"] else "does not take"
                    print(f"{browser}, {kind}: {same}, origin {second['origin']}, {took} a module")


if __name__ == "__main__":
    main()
