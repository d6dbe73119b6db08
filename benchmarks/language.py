"""Language models: SmolLM2 beside its bare products, torch and llama.cpp; and our own that the lesson runs.

A token with the cache should take at most 1.4 times what its products of matrices take, and a prompt of 20
at most 1.5 times; both are measured in the same run, here and in a page. A page should hold at most 800 MB
more for it, also from disk. The small model should write 30 tokens a second, also in a page.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks import Row, _memory, median_time
from pycore.data.transformers.speeches import speech_model
from pycore.transformers.llama import Llama
from sitegen import serve, vendor
from tools import in_page, smollm
from tools.chromium import launched
from tools.served import built

PROMPT, READ = 20, 64  # tokens of the prompt; tokens that the cache holds when one more is written
WRITTEN = 50
FIGURE = "#fig-07"
CASES = (  # tokens, those that the cache holds before, what it is, and how long it may take
    (1, READ, "a token with the cache", "at most 1.4"),
    (PROMPT, 0, f"a prompt of {PROMPT}", "at most 1.5"),
)
# All pieces of the model, read once more past every cache.
FETCH = """async () => {
    const names = performance.getEntriesByType("resource").map(({ name }) => name);
    const start = performance.now();
    for (const name of names.filter((name) => name.includes("/large/smollm2")))
        await (await fetch(name, { cache: "no-store" })).arrayBuffer();
    return (performance.now() - start) / 1000;
}"""
IMPORTS = """
from __future__ import annotations
import json, statistics, time
import numpy as np
from pycore.figures.transformers import _models
"""


def rows() -> Iterator[Row]:
    """Measure SmolLM2 and our own model here, and our own in a page."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise SystemExit("benchmarks language needs llama.cpp: python -m pip install -e '.[bench]'")
    model = Llama.from_gguf(smollm.file())
    prompt = np.arange(PROMPT) * 997 + 100
    names = [f"SmolLM2, CPython: {name}" for _, _, name, _ in CASES]
    ours = []
    for (tokens, read, _, aim), name in zip(CASES, names, strict=True):
        ours.append(median_time(_call(model, prompt[:tokens], read)) * 1e3)
        bare = median_time(_bare(model, tokens)) * 1e3
        yield Row(name, ours[-1], "ms", "its bare products", bare, aim)
    yield Row(
        names[0],
        ours[0],
        "ms",
        f"transformers {transformers.__version__}, torch {torch.__version__}",
        median_time(_in_torch(model)) * 1e3,
    )
    for name, mine, theirs in zip(names, ours, _in_llama_cpp(), strict=True):
        yield Row(name, mine, "ms", f"llama.cpp, {os.cpu_count()} threads", theirs)
    rate = 1 / median_time(_write(speech_model()), WRITTEN)
    yield Row("our own model, CPython: tokens a second", rate, "", "wanted", 30, "at least 1")
    with built() as dist, serve.serving(dist) as address, launched(whole=True) as browser:
        page = _opened(browser, address)
        rate = 1 / _in_page(page, f"median_time(_write(_models.model('own')), {WRITTEN})")
        yield Row("our own model, in a page: tokens a second", rate, "", "wanted", 30, "at least 1")
        yield from _smollm2_in_page(page)
        page.close()
        for name, where in (("", address), (", from disk", f"{dist.as_uri()}/")):
            more = _memory_in_page(browser, where)
            yield Row(f"SmolLM2, in a page: memory{name}", more, "MB", "the goal", 800, "at most 1")


def _write(model: Llama) -> Callable[[], object]:
    tokens = model.write([1, 2, 3], lambda logits: 300 + int(logits[300:].argmax()))
    return lambda: next(tokens)


def _call(model: Llama, ids: NDArray[np.int64], read: int) -> Callable[[], object]:
    caches = model.caches()
    if read:
        model(np.arange(100, 100 + read), caches)

    def call() -> None:
        model(ids, caches)
        for cache in caches:
            cache.keep(read)

    return call


def _bare(model: Llama, tokens: int) -> Callable[[], object]:
    """Multiply vectors with all matrices of the model, and do nothing else."""
    matrices = []
    for block in model.decoder.blocks:
        attention: Any = block.attention
        feed_forward: Any = block.feed_forward
        matrices += [
            each.weight for each in (attention.query, attention.key, attention.value, attention.output)
        ]
        matrices += [getattr(feed_forward, name).weight for name in ("gate", "up", "down")]
    vectors: dict[int, Any] = {
        size: np.ones((tokens, size), np.float32) for size in {each.shape[1] for each in matrices}
    }

    def call() -> None:
        for matrix in matrices:
            vectors[matrix.shape[1]] @ matrix.T
        vectors[model.table.shape[1]][:1] @ model.table.T

    return call


def _in_torch(model: Llama) -> Callable[[], object]:
    """Return a call of the library's model, of the same sizes, for one token behind a cache of `READ`."""
    block: Any = model.decoder.blocks[0]
    config = LlamaConfig(
        vocab_size=len(model.table),
        hidden_size=model.table.shape[1],
        intermediate_size=len(block.feed_forward.gate.weight),
        num_hidden_layers=len(model.decoder.blocks),
        num_attention_heads=block.attention.heads,
        num_key_value_heads=len(block.attention.key.weight) * block.attention.heads // model.table.shape[1],
        tie_word_embeddings=True,
    )
    reference: Any = LlamaForCausalLM(config).eval()  # type: ignore[no-untyped-call]
    with torch.no_grad():
        cache = reference(torch.arange(READ)[None], use_cache=True).past_key_values

    def call() -> None:
        with torch.no_grad():
            reference(torch.tensor([[7]]), cache=cache, use_cache=True)
        cache.crop(-1)

    return call


def _in_llama_cpp() -> list[float]:
    """Milliseconds that llama.cpp tells for each of the cases, from the same file."""
    import xllamacpp as llama_cpp

    params = llama_cpp.CommonParams()
    params.model.path = str(vendor.fetch("smollm2"))
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count()
    params.n_parallel, params.n_ctx, params.verbosity = 1, 512, -1
    server = llama_cpp.Server(params)

    def told(what: str, tokens: int) -> float:
        """The median of some runs, the first of which warms up."""
        asked = {"prompt": list(range(100, 100 + tokens)), "n_predict": WRITTEN, "cache_prompt": False}
        runs = (server.handle_completions(asked | {"ignore_eos": True}) for _ in range(6))
        return float(statistics.median([run["timings"][what] for run in runs][1:]))

    return [told("predicted_per_token_ms", READ), told("prompt_ms", PROMPT)]


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address + "04-attention.html")
    page.locator(FIGURE).scroll_into_view_if_needed()
    page.wait_for_selector(f"{FIGURE}[state=live]", timeout=in_page.START)
    return page


def _load(page: Page) -> float:
    """Load SmolLM2; return the seconds from the press to its first answer."""
    page.locator(f"{FIGURE} [data-control=model-smollm2]").click()
    start = time.perf_counter()
    page.locator(f"{FIGURE} [data-control=load-model]").click()
    page.wait_for_selector(f"{FIGURE} [data-control=next-1]", timeout=in_page.START)
    return time.perf_counter() - start


def _memory_in_page(browser: Browser, address: str) -> float:
    """Megabytes that a page with Python holds more, at most, while it loads SmolLM2 and lets it answer.

    What the browser's own processes hold is left out: here they keep in memory what a reader's keep on disk.
    """
    page = _opened(browser, address)
    page.evaluate('customElements.get("py-figure").python.wanted()')
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    pids = [process["id"] for process in told if process["type"] == "renderer"]
    with _memory.most(pids) as memory:
        before = memory()
        _load(page)
        more = memory() - before
    page.close()
    return more * _memory.MEBI / 1e6


def _smollm2_in_page(page: Page) -> Iterator[Row]:
    seconds = _load(page)
    yield Row(
        "SmolLM2, in a page: from the press to its first answer",
        seconds,
        "s",
        "its bytes alone",
        page.evaluate(FETCH),
    )
    for tokens, read, name, aim in CASES:
        ids = f"np.arange({tokens}) * 997 + 100"
        ours = _in_page(page, f"median_time(_call(_models.model('smollm2'), {ids}, {read}), 3)") * 1e3
        bare = _in_page(page, f"median_time(_bare(_models.model('smollm2'), {tokens}), 3)") * 1e3
        yield Row(f"SmolLM2, in a page: {name}", ours, "ms", "its bare products", bare, aim)


def _in_page(page: Page, expression: str) -> float:
    """Evaluate an expression of the functions above where the figures run."""
    functions = (inspect.getsource(each) for each in (median_time, _write, _call, _bare))
    code = "\n".join((IMPORTS, *functions, f"seconds = {expression}"))
    seconds: float = json.loads(in_page.evaluate(page, code, "json.dumps(seconds)"))
    return seconds
