"""Look for what nobody thought of: lessons made or mutated by chance, events, links that were broken.

    python -m tools.fuzz                                        20,000 of each, for each figure: hours
    python -m tools.fuzz --lessons 500 --events 20 --links 20   minutes
    python -m tools.fuzz --lessons 0 --seed 7 embeddings/cosine

A lesson must end in valid HTML or in mistakes that name their line; an event and a link in a drawing without
NaN, or in a refusal in words. What ends otherwise is printed with what brings it about.
"""

from __future__ import annotations

import argparse
import copy
import functools
import json
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pycore import figures
from pycore.live import catalog
from pycore.live.host import Host
from sitegen import given, markdown
from sitegen.content import FrontMatter, Lesson
from sitegen.errors import AuthorError
from sitegen.lessons import environment
from tools.strict_html import StrictHTML

ROOT = Path(__file__).parents[1]
MANY = 20_000
EVENTS = 6  # in a sequence
SLOW = 5.0  # seconds that a lesson of a few paragraphs may take
# What means something in a lesson, and what is hard to read.
MARKS = (
    *("$", "$$", "*", "**", "_", "`", "```", "~~~", "\\", "|", "&", "&amp;", "<", "<!--", "-->", "<kbd>"),
    *("</kbd>", "[", "](", ")", "]{is=x}", "[^1]", "[^1]: ", "{#id}", "{.above}", "{", "}", "[a][b]"),
    *("# ", "## ", "###### ", "> ", "- ", "1. ", "    ", "\t", "---\n", "===\n", "| a | b |\n|---|---|\n"),
    *("::: ", ":::: ", "::: card\n", "::: cards\n", ":::: closer Title\n", "::: question\n", ":::\n"),
    *("::: figure examples/primes\n:::\n", r"\(", r"\[", r"\frac{1}{2}", r"\sqrt{", "^", "…", "'", '"'),
    *("(c)", "![](x.png)", "| c | d |\n"),
    *("\0", "\ufeff", "\u202e", "\u2028", "e\u0301", "🎉", "数学", "\r\n", "\n", "\n\n", " " * 70, "#" * 50),
)
# What a field, a button or a link may send instead.
TEXTS = (
    *("", " ", "0", "-1", "1e400", "9" * 400, "true", "null", "🎉", "e\u0301" * 99, "\ud800", "<b>x</b>"),
    *("a\0b", "x" * 30_000),
)
NUMBERS = (0, -1, 0.5, 1e-300, -1e300, 1e15, 3)
VALUES: tuple[Any, ...] = (*TEXTS, *NUMBERS, None, True, [], {}, [[]], {"a": [1]}, [0] * 500)
BROKEN = re.compile(r"(?<![\w’'-])(?:NaN|nan|inf|Infinity)(?![\w’'-])|[>\"=]None\b|Traceback")
PLACE = re.compile(r"\S*fuzz\.md:\d+: .")


@dataclass(frozen=True)
class Finding:
    """What went wrong, and what brings it about."""

    what: str
    case: str


# ---------------------------------------------------------------- lessons


def blocks() -> list[str]:
    """Take the course's own paragraphs, lists, tables, questions and folds apart, to be put together anew."""
    texts = (file.read_text("utf-8").split("---\n", 2)[2] for file in sorted((ROOT / "content").glob("*.md")))
    found = [block for text in texts for block in re.split(r"\n{2,}", text) if block.strip()]
    others = r"\{(is|term)=[^}]*\}|\[\^\w+\]:?"  # what refers to other files and blocks
    plain = (re.sub(others, "", block) for block in found)
    return [block for block in plain if not re.match(r"::: (figure|exercise)|```python", block)]


def mutated(rng: random.Random, known: list[str]) -> str:
    """Put a few blocks together and change them by chance."""
    text = "\n\n".join(rng.choices(known, k=rng.randint(1, 4))) + "\n"
    for _ in range(rng.randint(1, 6)):
        at = rng.randint(0, len(text))
        end = min(len(text), at + rng.randint(0, 30))
        mark, part = rng.choice(MARKS), text[at:end]
        piece = rng.choice(("", "", mark, mark, part * 2, part[::-1]))
        text = text[:at] + piece + text[rng.choice((at, end)) :]
    return text


def grown(rng: random.Random, depth: int = 4) -> str:
    """Write a lesson by a grammar: blocks in blocks, marks in marks."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(("word", "two words", "$x^2$", "`code`", "[link](#x)", "*so*", rng.choice(MARKS)))
    inner = [grown(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    text = rng.choice((" ", "\n", "\n\n")).join(inner)
    mark = rng.choice(("*", "**", "`", "$", "$$", "~~"))
    indented = text.replace("\n", "\n  ")
    return rng.choice(
        (
            f"{mark}{text}{mark}",
            f"[{text}](#x)",
            f"## {text}\n",
            f"- {indented}\n- {indented}\n",
            "> " + text.replace("\n", "\n> ") + "\n",
            f":::: closer {inner[0]}\n{text}\n::::\n",
            f"::: question {inner[0]}\n{text}\n\n- [x] {inner[-1]}\n- [ ] other\n:::\n",
            f"::: cards\n::: card {inner[0]}\n{text}\n:::\n:::\n",
            f"| a | {inner[0]} |\n|---|---|\n| {text} | b |\n",
            f"```\n{text}\n```\n",
            f"word[^n]\n\n[^n]: {indented}\n",
        )
    )


def lessons(count: int, rng: random.Random) -> Iterator[Finding | None]:
    """Render lessons; None for one that ends as it should."""
    templates, known = environment(), blocks()
    meta = FrontMatter(title="T", headline="H", lede="L", number="01", status="ready")
    for _ in range(count):
        text = mutated(rng, known) if rng.random() < 0.7 else grown(rng) + "\n"
        lesson = Lesson("fuzz", ROOT / "fuzz.md", meta, text)
        yield _finding(text, functools.partial(_lesson, lesson, templates))


def _lesson(lesson: Lesson, templates: jinja2.Environment) -> str:
    start = time.perf_counter()
    try:
        problems = StrictHTML(markdown.render(lesson, templates).html).problems
    except AuthorError as error:
        problems = [f"no place: {row}" for row in str(error).split("\n") if not PLACE.match(row)]
    if time.perf_counter() - start > SLOW:
        problems.append(f"took more than {SLOW:.0f} s")
    return "; ".join(problems)


# ---------------------------------------------------------------- figures


def events(path: str, count: int, rng: random.Random) -> Iterator[Finding | None]:
    """Send sequences of a figure's recorded events, some of them with other values."""
    mount, every = _recorded(path)
    # Some are recorded because no page sends them: for what is none of the figure's, it must raise. What a
    # reader has typed stands there again, so nothing with NaN is typed here.
    known = (event for event in every if "nan" not in json.dumps(event).lower())
    recorded = [event for event in known if "error" not in _replies(mount, [event])[1]]
    for _ in range(count):
        sequence = [_other(rng, event) for event in rng.choices(recorded, k=EVENTS)] if recorded else []
        yield _finding(json.dumps([path, sequence]), functools.partial(_events, mount, sequence))


def _events(mount: dict[str, Any], sequence: list[list[Any]]) -> str:
    replies = _replies(mount, sequence)
    problems = [problem for reply in replies if (problem := _problem(reply))]
    state = next((reply["state"] for reply in reversed(replies) if "state" in reply), None)
    if not problems and state is not None:
        again = json.loads(Host().ask("mount", json.dumps(mount | {"state": state})))
        problems += [f"its own state: {again.get('refused') or again.get('error')}"] * ("state" not in again)
    return "; ".join(problems)


def _replies(mount: dict[str, Any], sequence: list[list[Any]]) -> list[dict[str, Any]]:
    host = Host()
    requests = [("mount", mount)]
    requests += [("send", {"id": mount["id"], "event": event, "args": args}) for event, args in sequence]
    return [json.loads(host.ask(method, json.dumps(request))) for method, request in requests]


def links(path: str, count: int, rng: random.Random) -> Iterator[Finding | None]:
    """Open a figure with states that a link was made to carry."""
    mount, _ = _recorded(path)
    figure = catalog.load(path)(mount["params"])
    for _ in range(count):
        state = copy.deepcopy(vars(figure.state))
        for name in rng.sample(sorted(state), k=rng.randint(0, len(state))):
            state[name] = rng.choice(VALUES)
        if rng.random() < 0.1:
            state[rng.choice(TEXTS)] = rng.choice(VALUES)
        asked = json.dumps(mount | {"state": state}, default=str)
        yield _finding(json.dumps([path, state], default=str), functools.partial(_link, asked))


def _link(asked: str) -> str:
    return _problem(json.loads(Host().ask("mount", asked)))


def _recorded(path: str) -> tuple[dict[str, Any], list[list[Any]]]:
    file = Path(figures.__path__[0], f"{path}.events.json")
    record = json.loads(file.read_text("utf-8"))
    params = record["params"] | given.given(catalog.load(path), "fuzz")
    return {"id": "fuzz", "name": path, "params": params, "state": record.get("state")}, record["events"]


def _other(rng: random.Random, event: list[Any]) -> list[Any]:
    name, args = event
    if rng.random() < 0.6:
        return event
    others = [rng.choice(TEXTS if isinstance(arg, str) else NUMBERS) for arg in args]
    return [name, [rng.choice(pair) for pair in zip(args, others, strict=True)]]


def _problem(reply: dict[str, Any]) -> str:
    if "error" in reply:
        return f"{reply['error']}\n{reply.get('detail', '')[-1500:]}"
    for name, html in reply.get("parts", {}).items():
        if found := BROKEN.search(html):
            return f"{name}: … {html[max(0, found.start() - 80) : found.end() + 40]} …"
    return ""


# ---------------------------------------------------------------- what was found


def _finding(case: str, attempt: Callable[[], str]) -> Finding | None:
    try:
        what = attempt()
    except Exception:
        what = traceback.format_exc()
    return Finding(what, case) if what else None


def main(argv: list[str]) -> int:
    """Print what was found, and how much was tried."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("figures", nargs="*", help="their paths; all when none is named")
    parser.add_argument("--lessons", type=int, default=MANY)
    parser.add_argument("--events", type=int, default=MANY, help="sequences for each figure")
    parser.add_argument("--links", type=int, default=MANY, help="for each figure")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(argv)
    tried: Counter[str] = Counter()
    found = 0

    def run(kind: str, cases: Iterator[Finding | None]) -> None:
        nonlocal found
        for finding in cases:
            tried[kind] += 1
            if finding:
                found += 1
                print(f"--- {kind}: {finding.case[:2000]!r}\n{finding.what}\n", flush=True)

    run("lessons", lessons(asked.lessons, random.Random(asked.seed)))
    for path in asked.figures or catalog.paths():
        run("events", events(path, asked.events, random.Random(f"{asked.seed} {path}")))
        run("links", links(path, asked.links, random.Random(f"{asked.seed} {path}")))
    print(", ".join(f"{count:,} {kind}" for kind, count in tried.items()) + f": {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
