"""Tokenizers by rank beside tiktoken, and typing into FIG.05 of lesson 02 in the browser.

All must give the same ids. tiktoken is written in Rust and splits with its own regular expressions; ours is
Python, which also runs in a page. A row says how fast words are encoded that a tokenizer has not seen before.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from functools import partial

import tiktoken
from playwright.sync_api import Page

from benchmarks import Row, median_time
from benchmarks.bpe import english
from pycore.tokenizers.pretokenize import SPLITS
from pycore.tokenizers.ranked import RankedTokenizer
from tools.chromium import launched
from tools.make_declarations import LANGUAGES, articles, tokenizers
from tools.served import served

# As OpenAI publishes them; ours are translated from these.
PATTERNS = {name: "|".join(rules) for name, rules in SPLITS.items()}
REPEAT = 5
LESSON, FIGURE = "02-tokenization.html", "fig-05"
START = 120_000  # milliseconds
FRAME, PROMPT = 1000 / 60, 100  # milliseconds: one frame, and what feels like at once
KEYS = "and so it goes on"
PASTED = 220_000  # characters
PASTE = "(box, text) => { box.value = text; box.dispatchEvent(new Event('input', { bubbles: true })); }"
EVENTS = "performance.getEntriesByName('figure:event→figure:painted')"
# Waits in the page, seldom: to ask from outside, again and again, would take the time that is measured.
PAINTED = f"""(done) => new Promise((resolve) => {{
    const look = () => {EVENTS}.length >= done ? resolve() : setTimeout(look, 100);
    setTimeout(look, 100);
}})"""
FRAMES = f"""() => new Promise((done) => {{
    let longest = 0, last = performance.now();
    const first = last;
    const look = (now) => {{
        longest = Math.max(longest, now - last);
        last = now;
        const figure = document.querySelector("#{FIGURE}");
        const over = figure.quiet && !figure.querySelector("[data-tick]");
        over ? done([longest, now - first]) : requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
}})"""


def rows() -> Iterator[Row]:
    """Encode English and 40 languages; type into the figure, and paste a long text."""
    prose = english()[-1_000_000:]
    texts = {
        "1 MB of English": prose,
        f"the declaration in {len(LANGUAGES)} languages": "\n".join(
            "\n".join(articles(code)) for code in LANGUAGES
        ),
    }
    for name, tokenizer in tokenizers().items():
        reference = tiktoken.Encoding(
            name, pat_str=PATTERNS[name], mergeable_ranks=tokenizer.ranks, special_tokens={}
        )
        for what, text in texts.items():
            if tokenizer.encode(text) != reference.encode_ordinary(text):
                raise AssertionError(f"the encoders disagree on {what}")
            megabytes = len(text.encode("utf-8")) / 1e6
            unused = [RankedTokenizer(tokenizer.ranks, name) for _ in range(REPEAT + 1)]
            first = megabytes / median_time(partial(_encode_anew, unused, text), REPEAT)
            rust = megabytes / median_time(partial(reference.encode_ordinary, text), REPEAT)
            yield Row(f"{name}: {what}, no word seen before", first, "MB/s", "tiktoken", rust)
    yield from _in_browser(prose)


def _encode_anew(unused: list[RankedTokenizer], text: str) -> None:
    unused.pop().encode(text)


def _in_browser(prose: str) -> Iterator[Row]:
    with served() as address, launched(whole=True) as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(address + LESSON)
        page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{FIGURE}[state=live]", timeout=START)
        for length, most, what in ((300, FRAME, "one frame"), (10_000, PROMPT, "100 ms")):
            typed = _typing(page, prose[:length])
            yield Row(f"FIG.05: a key typed into {length:,} characters", typed, "ms", what, most, "<= 1")
        # As a paste does, in one event; Playwright's `fill` makes an event of each line.
        page.locator(f"#{FIGURE} textarea").evaluate(PASTE, prose[:PASTED])
        page.wait_for_selector(f"#{FIGURE} [data-tick]")
        longest, whole = page.evaluate(FRAMES)
        yield Row(f"FIG.05: {PASTED:,} pasted, longest frame", longest, "ms", "100 ms", PROMPT, "<= 1")
        yield Row(f"FIG.05: {PASTED:,} pasted, all tokens", whole / 1000, "s", "10 s", 10, "<= 1")


def _typing(page: Page, text: str) -> float:
    """Return the median milliseconds from a key to the frame that shows its tokens."""
    box = page.locator(f"#{FIGURE} textarea")
    box.fill(text)
    page.evaluate(PAINTED, 1)
    page.evaluate("performance.clearMeasures()")
    box.focus()
    page.keyboard.press("Control+End")
    for done, letter in enumerate(KEYS, 1):
        page.keyboard.type(letter)
        page.evaluate(PAINTED, done)
    times: list[float] = page.evaluate(f"{EVENTS}.map((one) => one.duration)")
    return statistics.median(times)
