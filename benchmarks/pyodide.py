"""What the figures compute, natively and in the browser's Python: the same code, timed in the same run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks import Row
from tools import in_page
from tools.chromium import launched
from tools.served import served

CASES = {
    "top 10 of 10,019 words, one query": "top_k(vectors.unit, query, 10)",
    "one-hot times E, 10,019 x 100": "vectors.one_hot(5064) @ vectors.matrix",
    "analogy, 3CosAdd": "analogy(vectors.unit, 1, 2, 3, 10)",
    "FIG.05, one drag, text to text": "host.send(drag)",
    "FIG.01, one token, text to text": "host.send(token)",
}
SETUP = """
import itertools, json, statistics, time
import numpy as np
from pycore.data.embeddings import word_vectors
from pycore.live.host import Host
from pycore.embeddings.similarity import analogy, top_k

vectors = word_vectors()
query = vectors.unit[5064].copy()
host = Host()
for name in ("cosine", "lookup"):
    host.mount(json.dumps({"id": name, "name": name, "params": {}, "state": None}))
drag = json.dumps({"id": "cosine", "event": "drag", "args": ["b", 250, 120]})
token = json.dumps({"id": "lookup", "event": "pick", "args": ["mouse"]})

def median_time(case, repeat=60):
    code = compile(case, "case", "eval")
    for _ in range(5):
        eval(code)
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        eval(code)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
"""
MEASURE = "json.dumps([median_time(case) for case in json.loads(CASES)])"


def rows() -> Iterator[Row]:
    """Time every case in both Pythons."""
    cases = json.dumps(list(CASES.values()))
    namespace: dict[str, Any] = {"CASES": cases}
    exec(SETUP, namespace)
    native = json.loads(eval(MEASURE, namespace))
    browser = json.loads(_in_browser(cases))
    for name, here, there in zip(CASES, native, browser, strict=True):
        yield Row(f"in Pyodide: {name}", there * 1000, "ms", "CPython", here * 1000)


def _in_browser(cases: str) -> str:
    with served() as address, launched(whole=True) as browser:
        page = browser.new_page()
        in_page.open_lesson(page, address)
        return in_page.evaluate(page, f"CASES = {cases!r}\n{SETUP}", MEASURE)
