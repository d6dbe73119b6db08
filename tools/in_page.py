"""Run Python in a page of the site, where its figures run."""

from __future__ import annotations

import html
import re

from playwright.sync_api import Page

LESSON = "03-embeddings.html"
START = 120_000  # milliseconds
# An exercise runs any code, and shows what it raises and prints.
RUN = """async (code) => {
    const python = customElements.get("py-figure").python;
    const mount = { id: "ask", name: "exercise", params: { starter: code, tests: "" }, state: null };
    await python.call("mount", mount);
    const reply = await python.call("send", { id: "ask", event: "run", args: [] });
    return reply.parts?.outcome ?? reply.error ?? reply.refused;
}"""


def open_lesson(page: Page, address: str) -> None:
    """Open the lesson with most figures, and wait until the one with the word vectors is live."""
    page.goto(address + LESSON)
    page.locator("#fig-05").scroll_into_view_if_needed()
    page.wait_for_selector("#fig-05[state=live]", timeout=START)


def run(page: Page, code: str) -> str:
    """Run code in the page's Python; return what the exercise says of it, as HTML."""
    outcome: str = page.evaluate(RUN, code)
    return outcome


def evaluate(page: Page, code: str, expression: str) -> str:
    """Run code in the page's Python, then return the value of an expression that gives text."""
    outcome = run(page, f"{code}\nprint('<<' + {expression} + '>>')")
    found = re.search("<<(.*)>>", html.unescape(outcome), re.DOTALL)
    if not found:
        raise RuntimeError(f"the code did not run to its end: {outcome}")
    return found[1]
