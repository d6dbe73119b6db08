"""What goes wrong around a figure: it keeps its picture, says what happened, and comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.published import Site, published
from tests.browser.steps import LESSON, START, out, wake

COLD = True

# Lets a test have the page's workers.
HIRED = """
window.hired = [];
window.Worker = class extends Worker {
    constructor(...its) {
        super(...its);
        hired.push(this);
    }
};
"""
# Added to that: what Python has in hand, as the text of the wish. A test that moves the clock on waits for
# it, since the seconds that an answer may take count from there.
IN_HAND = """
const hire = window.hired.push.bind(window.hired);
window.hired.push = (worker) => {
    const asked = new Map();
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message, ...others) => {
        if (message.type === "call") asked.set(message.n, message.request);
        post(message, ...others);
    };
    worker.addEventListener("message", ({ data }) => {
        if (data.type === "begun") window.inHand = asked.get(data.n);
    });
    return hire(worker);
};
"""
ENDINGS = {
    "it says nothing any more": "hired.at(-1).terminate()",
    "an error that nobody caught": "hired.at(-1).dispatchEvent(new ErrorEvent('error'))",
}
READY = "document.documentElement.dataset.python === 'ready'"
STARTS = "performance.getEntriesByName('python:start').length"


@pytest.fixture
def site(dist: Path, tmp_path: Path) -> Iterator[Site]:
    with published(dist, tmp_path / "site") as site:
        yield site


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_worker_that_ends_is_replaced(open_warm: Callable[..., Page], http: str, ending: str) -> None:
    page = open_warm(http + LESSON, before=lambda page: page.add_init_script(HIRED))
    wake(page, "fig-05")
    page.locator("#fig-05 [data-control=pair-good-bad]").click()
    expect(page.locator("#fig-05 [data-out=cosine]")).to_have_text("+0.77")
    page.evaluate(ENDINGS[ending])
    assert out(page, "fig-05", "cosine") == "+0.77"  # the picture stays
    page.locator("#fig-05 [data-control=b]").fill("worse")
    expect(page.locator("#fig-05 [data-drag=b]")).to_contain_text("worse", timeout=START)
    assert page.evaluate(STARTS) == 2
    expect(page.locator("#fig-05 text.a")).to_have_text("a · good")  # and so does the state
    expect(page.locator("#fig-05 [data-message]")).to_be_hidden()


def test_what_a_replaced_worker_says_counts_no_more(open_warm: Callable[..., Page], http: str) -> None:
    page = open_warm(http + LESSON, before=lambda page: page.add_init_script(HIRED))
    wake(page, "fig-05")
    page.evaluate(ENDINGS["an error that nobody caught"])
    page.wait_for_function(f"{READY} && hired.length === 2", timeout=START)
    late = """
        hired[0].dispatchEvent(new ErrorEvent("error", { message: "late" }));
        hired[0].dispatchEvent(new MessageEvent("messageerror"));
        for (const type of ["failed", "ready", "reply", "snapshot", "begun"])
            hired[0].dispatchEvent(new MessageEvent("message", { data: { type, n: 1, text: "{}" } }));
    """
    page.evaluate(f"() => {{ {late} }}")
    page.locator("#fig-05 [data-control=b]").fill("worse")
    expect(page.locator("#fig-05 [data-drag=b]")).to_contain_text("worse", timeout=START)
    assert page.evaluate(STARTS) == 2
    # And while the third one starts.
    page.evaluate(f"() => {{ {ENDINGS['an error that nobody caught']}; {late} }}")
    expect(page.locator("#fig-05")).to_have_attribute("state", "live", timeout=START)
    page.wait_for_function(READY, timeout=START)
    assert page.evaluate(STARTS) == 3


def test_a_browser_that_cannot_run_python_is_told_so_in_plain_words(
    open_page: Callable[..., Page], base: str
) -> None:
    page = open_page(base + LESSON, before=lambda page: page.add_init_script("delete window.WebAssembly"))
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    message = page.locator("#fig-01 [data-message]")
    expect(message).to_contain_text("This browser cannot run Python here")
    assert "WebAssembly" not in message.inner_text()
    page.locator("#fig-01 [data-control=token-4]").click()  # what was worked out beforehand still answers
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040")


# A worker that hears "fill" takes all the memory that it has, and gets no more.
EATEN = """
from pycore.figures.embeddings.cosine import Cosine
def view(self):
    bytearray(2**18)  # more than is left, whichever way memory was cut up
Cosine.view = view
held = []
for size in (2**20, 2**16):  # what is left suffices to say so
    try:
        while True:
            held.append(bytearray(size))
    except MemoryError:
        pass
"""
HEAR = """
const hear = worker.onmessage;
worker.onmessage = (event) => {
    if (event.data !== "fill") return hear(event);
    WebAssembly.Memory.prototype.grow = () => { throw new RangeError("no"); };
    python.runPython(%s);
};
"""
FILL = f"""
let start;
Object.defineProperty(window, "pyStart", {{
    get: () => (make) => start((...given) => {{
        const told = make(...given);
        return {{ ...told, worker: told.worker + {json.dumps(HEAR % json.dumps(EATEN))} }};
    }}),
    set: (value) => {{ start = value; }},
}});
"""


def test_memory_that_cannot_grow_is_told_once_and_the_store_goes_on(
    open_page: Callable[..., Page], http: str
) -> None:
    page = open_page(http + LESSON, before=lambda page: page.add_init_script(HIRED + FILL))
    wake(page, "fig-05")
    page.evaluate("hired[0].postMessage('fill')")
    figure = page.locator("#fig-05")
    figure.locator("[data-control=b]").fill("worse")
    message = figure.locator("[data-message]")
    expect(message).to_contain_text("too little free memory", timeout=START)
    assert "Error" not in message.inner_text()
    figure.locator("[data-control=pair-good-bad]").click()
    expect(figure.locator("[data-out=cosine]")).to_have_text("+0.77")  # from the store
    assert page.evaluate(STARTS) == 1  # a press alone does not try again what failed for want of memory
    figure.get_by_role("button", name="Try again").click()
    expect(figure).to_have_attribute("state", "live", timeout=START)


@pytest.mark.console_errors("Pyodide logs what it died of")
def test_code_that_takes_all_memory_or_kills_python(open_warm: Callable[..., Page], http: str) -> None:
    page = open_warm(http + LESSON)
    wake(page, "write-cosine")
    code, run = (page.locator(f"#write-cosine [data-control={name}]") for name in ("code", "run"))
    # Reserved, but never written to: the machine that tests has no need to hold it.
    code.fill("held = []\nwhile True:\n    held.append(np.empty(2**27))")
    run.click()
    expect(page.locator("#write-cosine [data-out=outcome]")).to_contain_text(
        "Line 3: MemoryError", timeout=START
    )
    wake(page, "fig-05")  # what is left serves the others
    crash = 'eval("-" * 100_000 + "1")'  # overruns the stack that a browser gives to Python
    code.fill(crash)
    run.click()
    message = page.locator("#write-cosine [data-message]")
    expect(message).to_contain_text("Python ended unexpectedly. ", timeout=START)
    expect(message).to_contain_text("Python was started anew")
    expect(page.locator("#write-cosine")).to_have_attribute("state", "live", timeout=START)
    expect(page.locator("#fig-05")).to_have_attribute("state", "live")
    expect(code).to_have_value(crash)
    message.get_by_role("button", name="OK").click()
    expect(message).to_be_hidden()


@pytest.mark.console_errors("the browser itself logs a file that could not be fetched")
def test_without_a_network_it_waits_for_one(open_page: Callable[..., Page], http: str) -> None:
    page = open_page(http + LESSON)
    page.wait_for_function("document.documentElement.dataset.offline === 'page'")
    page.context.set_offline(True)
    page.locator("#fig-01 [data-control=token-4]").click()
    message = page.locator("#fig-01 [data-message]")
    expect(message).to_contain_text("There is no network", timeout=START)
    assert out(page, "fig-01", "id") == "5,064"
    # The browser says that the network is back before the first request comes through.
    page.route("**/py/**", lambda route: route.abort(), times=1)
    page.context.set_offline(False)  # nothing is pressed
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("7,040", timeout=START)
    expect(message).to_be_hidden()


def test_a_pack_that_was_cut_is_fetched_anew(open_page: Callable[..., Page], site: Site) -> None:
    (pack,) = site.folder.glob("py/*/numpy.pack")
    whole = pack.read_bytes()
    pack.write_bytes(whole[: len(whole) // 2])
    site.lasting = True  # the browser will remember the half
    page = open_page(site.address + LESSON)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        "numpy.pack did not come whole", timeout=START
    )
    pack.write_bytes(whole)
    # Whatever only Python can answer is an answer to the message; it need not be its button.
    page.locator("#fig-01 [data-control=word]").fill("the")
    expect(page.locator("#fig-01 [data-out=id]")).to_have_text("0", timeout=START)


def test_a_slow_network_is_seen_to_move(open_page: Callable[..., Page], site: Site) -> None:
    site.slow = {"pyodide.asm.wasm": 50_000}  # the file whose bytes go straight to the compiler
    site.edit(LESSON, '"startTimeout": 120', '"startTimeout": 2')
    page = open_page(site.address + LESSON)
    page.evaluate(
        """() => {
            window.seen = [];
            const lamp = document.querySelector("#fig-01 [data-lamp]");
            new MutationObserver(() => window.seen.push([performance.now(), lamp.textContent]))
                .observe(lamp, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    # Much longer than the two seconds that count as hung, and more than one step in them.
    page.wait_for_function("seen.length > 8 && seen.at(-1)[0] - seen[0][0] > 6000", timeout=START)
    expect(page.locator("#fig-01")).to_have_attribute("state", "starting")
    parts = [int(text.split()[1]) for _, text in page.evaluate("seen") if "%" in text]
    assert parts == sorted(parts)


def test_a_tab_that_slept_is_not_a_hung_one(open_warm: Callable[..., Page], http: str) -> None:
    page = open_warm(http + LESSON, before=lambda page: page.add_init_script(HIRED + IN_HAND))
    wake(page, "write-cosine")
    page.locator("#write-cosine [data-control=code]").fill(
        "import time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: pass"
    )
    page.wait_for_function("document.querySelector('#write-cosine').quiet")
    page.clock.install()
    page.evaluate("window.inHand = ''")
    page.locator("#write-cosine [data-control=run]").click()
    page.wait_for_function("window.inHand.includes('write-cosine')")
    page.clock.fast_forward(3_600_000)  # the lid was closed for an hour
    expect(page.locator("#write-cosine [data-out=outcome]")).to_contain_text("NameError", timeout=START)
    expect(page.locator("#write-cosine")).to_have_attribute("state", "live")


@pytest.mark.console_errors(
    "when a file is missing, Pyodide's other fetches end in errors that nobody catches"
)
def test_a_file_that_was_cut_is_told(open_page: Callable[..., Page], site: Site) -> None:
    (library,) = site.folder.glob("py/*/stdlib.pack")
    whole = library.read_bytes()
    library.write_bytes(whole[:1000])
    page = open_page(site.address + LESSON)
    page.locator("#fig-01 [data-control=word]").fill("mouse")
    expect(page.locator("#fig-01 [data-message]")).to_contain_text(
        f"stdlib.pack did not come whole (1000 of {len(whole)} bytes)", timeout=START
    )
