"""A reader's code in the page's Python: it is told what it did, and nothing of it stays."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import out, settle
from tests.browser.test_exercise import FIGURE, expect_outcome
from tests.browser.test_exercise import run as write_and_run
from tests.pycore.live.test_guest import MISCHIEF, RIGHT, WRONG
from tools import in_page

CALL = """async ([method, request]) => {
    const reply = await customElements.get("py-figure").python.call(method, request);
    return JSON.stringify(reply);
}"""
DEEP = """async ([mount, depth]) => {
    let state = [];
    for (let i = 0; i < depth; i++) state = [state];
    const { python } = customElements.get("py-figure");
    return Object.keys(await python.call("mount", { ...mount, state: { a: state } })).join();
}"""
NAME = "pycore.embeddings.similarity.cosine"
MOUNT = {"id": "asked", "name": "cosine", "params": {}, "state": None, "redraw": True}
NESTED = {  # texts that take a parser deep
    "parentheses": "(" * 10_000,
    "parentheses that close": "(" * 10_000 + ")" * 10_000,
    "as many as are read": "(" * 95 + "1" + ")" * 95,
    "lists": "[" * 190 + "]" * 190,
    "signs": "-" * 50_000 + "1",
    "negations": "not " * 20_000 + "1",
    "sums": "1" + "+1" * 40_000,
    "powers": "1" + "**1" * 20_000,
    "attributes": "x" + ".x" * 40_000,
    "calls": "f" + "()" * 40_000,
    "functions": "lambda: " * 10_000 + "1",
    "conditions": "1 if 1 else " * 8_000 + "1",
    "comparisons": "1" + "<1" * 40_000,
}


def call(page: Page, method: str, request: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(page.evaluate(CALL, [method, request]))
    return reply


def starts(page: Page) -> int:
    count: int = page.evaluate("performance.getEntriesByName('python:start').length")
    return count


@pytest.mark.parametrize("what", MISCHIEF)
def test_what_code_changes_is_gone_afterwards(page: Page, what: str) -> None:
    before = starts(page)
    write_and_run(page, MISCHIEF[what])
    settle(page, FIGURE)
    write_and_run(page, WRONG)
    expect_outcome(page, "Not yet: a vector with itself: expected +1.000, found +0.000")
    write_and_run(page, RIGHT)
    expect_outcome(page, "Right: every test passes.")
    assert set(call(page, "mount", MOUNT)) == {"id", "order", "parts", "state"}
    assert starts(page) == before


@pytest.mark.parametrize("what", NESTED)
def test_no_text_is_nested_too_deep_for_python_to_go_on(page: Page, what: str) -> None:
    before = starts(page)
    outcome = in_page.run(page, f"x = 1\ny = {NESTED[what]}")
    assert "Right" in outcome or "Line 2: Python cannot read this: " in outcome
    source = f"def cosine(a, b):\n    return {NESTED[what]}"
    assert set(call(page, "edit", {"name": NAME, "source": source})) <= {"error"}
    assert set(call(page, "mount", MOUNT)) <= {"id", "order", "parts", "state", "error", "detail"}
    assert call(page, "edit", {"name": NAME, "source": None}) == {}
    assert set(call(page, "mount", MOUNT)) == {"id", "order", "parts", "state"}
    assert starts(page) == before


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = 1\nbreak", "Line 2: Python cannot read this: 'break' outside loop"),
        ("def f():\n    return f()\nf()", "Line 2: RecursionError: a function calls itself again and again"),
        ("\nexit()", "Line 2: "),
        ("raise SystemExit", "Line 1: SystemExit: the code asks Python to stop"),
        ("x = 1\nx = input('?')", "Line 2: there is no keyboard here"),
        ("open('mine.txt', 'w')", "Line 1: this Python has no files of yours, and nothing to write to"),
        ("import threading\nthreading.Thread(target=print).start()", "Line 2: "),
        ("\n\n\n\neval('1 +')", "Line 5: SyntaxError: invalid syntax, in a text"),
        ("x = 1\n\0", "Line 2: there is a character of code 0 in it"),
        ("while True: print('again')", "Line 1: the code printed more than 1,000,000 characters"),
        ("np.zeros(10**11)", "Line 1: "),
    ],
)
def test_whatever_is_raised_is_told_with_its_line_and_python_stays(page: Page, code: str, words: str) -> None:
    before = starts(page)
    assert words in html.unescape(in_page.run(page, code))
    assert "Right" in in_page.run(page, "x = 1")
    assert starts(page) == before


def test_a_state_that_is_nested_deep_does_not_end_python(page: Page) -> None:
    for depth in (90, 400, 3_000):
        assert page.evaluate(DEEP, [MOUNT, depth]) == "id,refused"
    assert set(call(page, "mount", MOUNT)) == {"id", "order", "parts", "state"}


HOG = """
held = []
try:
    while True:
        held.append(np.empty(2**27))
except MemoryError:
    found = len(held)
del held
"""


def test_memory_ends_where_pyodide_would_read_texts_as_zeros(page: Page) -> None:
    code = "import numpy as np" + HOG
    assert in_page.evaluate(page, code, "str(found)") == "1"  # of these two would not lie below 2 GiB


def test_what_is_printed_is_shown_as_text(page: Page) -> None:
    write_and_run(page, "import warnings\nprint('<b>1 &amp; 2</b>')\nwarnings.warn('careful')\n" + RIGHT)
    expect_outcome(page, "Right: every test passes.")
    warned = "Line 3: UserWarning: careful"  # WebAssembly does not tell numpy of divisions by zero
    expect(page.locator(f"#{FIGURE} [data-out=printed]")).to_have_text(f"<b>1 &amp; 2</b>\n{warned}")
    write_and_run(page, RIGHT)
    settle(page, FIGURE)
    expect(page.locator(f"#{FIGURE} [data-out=printed]")).to_have_count(0)


def test_a_long_text_is_run_whole_or_not_at_all(page: Page) -> None:
    code = RIGHT + "#" * 20_467
    write_and_run(page, code)
    expect_outcome(page, "Right: every test passes.")
    write_and_run(page, code + "#" * 100_000)
    expect_outcome(page, "characters are more than the 100,000 that can be run here. Nothing was run")
    expect(page.locator(f"#{FIGURE} [data-control=code]")).to_have_value(code + "#" * 100_000)
    assert out(page, FIGURE, "outcome").startswith("120,5")
