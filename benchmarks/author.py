"""The author's loop, beside MkDocs: from a saved file to the page, and growth with the number of lessons.

MkDocs builds the text of the same lessons in the same run; it has no figures. A first build is measured once,
and of all else the median of three runs is shown.
"""

from __future__ import annotations

import importlib.util
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from benchmarks import Row, _memory
from sitegen import cache
from sitegen.errors import ROOT
from tools import chromium
from tools.project import copy_of_project

RUNS = 3
SIZES = (4, 100, 1000)  # lessons
FIGURE = "pycore/figures/embeddings/lookup.py"
LESSON = "03-embeddings"
PARAGRAPH = (
    "Some words about *vectors* and `code`, with a [link](#part-2), that fill a paragraph of a fair length, "
    "so that there is something to read. "
)


def rows() -> Iterator[Row]:
    """Time the loop on this course, then courses of text alone."""
    if importlib.util.find_spec("mkdocs") is None:
        raise SystemExit("benchmarks author needs MkDocs: python -m pip install -e '.[bench]'")
    with tempfile.TemporaryDirectory() as name:
        yield from _loop(Path(name))
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            yield from _growth(Path(name), size)


# ---------------------------------------------------------------- this course


def _loop(work: Path) -> Iterator[Row]:
    """Build a copy of this course cold, unchanged and while it is served."""
    copy_of_project(work, "content")
    theirs = _mkdocs_course(work / "mkdocs", [(work / "content" / f"{LESSON}.md").read_text("utf-8")])
    environment = _cache(work / "cache")
    mkdocs = _median(lambda: _run([*MKDOCS, "--site-dir", str(theirs / "site")], theirs)[0])
    build = [sys.executable, "build.py"]
    cold, memory = _run(build, work, environment)
    yield Row("this course, nothing kept: build", cold, "s", "MkDocs, lesson 03", mkdocs)
    yield Row("this course, nothing kept: memory", memory, "MB", "the goal", 300, "≤ 1")
    same = _median(lambda: _run(build, work, environment)[0])
    yield Row("this course, nothing changed: build", same, "s", "MkDocs, lesson 03", mkdocs, "≤ 1 s")
    with _served(work, environment) as (address, built), chromium.launched(whole=True) as browser:
        page = browser.new_page()
        page.goto(f"{address}{LESSON}.html")

        def saved(name: str, text: str, seen: str) -> float:
            file = work / name
            start = time.perf_counter()
            file.write_text(text, "utf-8")
            page.wait_for_function(seen)
            seconds = time.perf_counter() - start
            built.get()
            return seconds

        source = (work / "content" / f"{LESSON}.md").read_text("utf-8")
        words = (
            saved(
                f"content/{LESSON}.md",
                f"{source}\n\nWord{i} here.\n",
                f"document.querySelector('main')?.textContent.includes('Word{i} ')",
            )
            for i in range(RUNS + 1)  # the first warms up
        )
        _, *after = words
        word = statistics.median(after)
        yield Row("one word, saved to seen", word, "s", "MkDocs, lesson 03", mkdocs, "≤ 0.3 s")
        figure = (work / FIGURE).read_text("utf-8")
        times = []
        for i in range(RUNS):
            start = time.perf_counter()
            (work / FIGURE).write_text(f"{figure}\n# {i}\n", "utf-8")
            built.get()
            times.append(time.perf_counter() - start)
        drawing = _drawing(work, environment)
        yield Row(
            "one figure's code, saved to built", statistics.median(times), "s", "its own drawing", drawing
        )
        yield Row(
            "one figure's code, without drawing",
            statistics.median(times) - drawing,
            "s",
            "the goal",
            1.5,
            "≤ 1",
        )


def _drawing(work: Path, environment: dict[str, str]) -> float:
    """Time a figure's own drawing: its picture, and its store."""
    code = f"""
import time
from pycore.live import catalog
from sitegen import store
kind = catalog.load({FIGURE.removeprefix("pycore/figures/").removesuffix(".py")!r})
start = time.perf_counter()
kind({{}}).view()
store.build(kind, {{}})
print(time.perf_counter() - start)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=work, env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


@contextmanager
def _served(work: Path, environment: dict[str, str]) -> Iterator[tuple[str, Queue[str]]]:
    """Serve a course as an author does; give the address, and what tells of each build."""
    command = [sys.executable, "-u", "build.py", "--serve", "--port", "0"]
    with subprocess.Popen(command, cwd=work, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        stdout = process.stdout
        found = re.search(r"http://\S+/", stdout.readline())
        assert found
        built: Queue[str] = Queue()

        def read() -> None:
            for line in stdout:
                if " pages, " in line:
                    built.put(line)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        built.get()
        try:
            yield found[0], built
        finally:
            process.terminate()
            reader.join()


# ---------------------------------------------------------------- growth


MKDOCS = (sys.executable, "-m", "mkdocs", "build", "--quiet", "--clean")


def _growth(work: Path, size: int) -> Iterator[Row]:
    """Build lessons of text alone, for the first time and after one word, beside MkDocs."""
    texts = [_text(i) for i in range(size)]
    ours = _course(work / "content", texts)
    theirs = _mkdocs_course(work / "mkdocs", texts)
    environment = _cache(work / "cache")
    build = [sys.executable, "build.py", "--content", str(ours), "--out", str(work / "dist")]
    # What every course needs once, such as its fonts, is there; of these lessons nothing is.
    few = _course(work / "few", texts[:1])
    _run([*build[:2], "--content", str(few), "--out", str(work / "few-dist")], ROOT, environment)
    first, memory = _run(build, ROOT, environment)
    other, other_memory = _run(MKDOCS, theirs)
    yield Row(f"{size:,} lessons, first build", first, "s", "MkDocs", other, "≤ 1")
    yield Row(f"{size:,} lessons, memory", memory, "MB", "MkDocs", other_memory, "≤ 300 MB")

    def word(folder: Path, name: str, command: list[str] | tuple[str, ...], cwd: Path) -> float:
        file = folder / name
        file.write_text(file.read_text("utf-8") + "\nAnother word.\n", "utf-8")
        return _run(command, cwd, environment)[0]

    mine = _median(lambda: word(ours, "lesson-0000.md", build, ROOT))
    yours = _median(lambda: word(theirs / "docs", "lesson-0000.md", MKDOCS, theirs))
    yield Row(f"{size:,} lessons, one word", mine, "s", "MkDocs", yours, "≤ 1")
    same = _median(lambda: _run(build, ROOT, environment)[0])
    yield Row(f"{size:,} lessons, nothing changed", same, "s", "MkDocs", yours, "≤ 1")


def _text(i: int) -> str:
    parts = (f"## Part {n}\n\n{PARAGRAPH * 4}\n\n- one\n- two\n- three\n" for n in range(1, 7))
    return f"Lesson {i} begins.\n\n" + "\n".join(parts)


def _course(folder: Path, texts: list[str]) -> Path:
    folder.mkdir()
    names = [f"lesson-{i:04}" for i in range(len(texts))]
    for i, (name, text) in enumerate(zip(names, texts, strict=True)):
        front = f'title: {name}\nheadline: The {name}\nnumber: "{i:04}"\nstatus: ready\nlede: It is *long*.\n'
        (folder / f"{name}.md").write_text(f"---\n{front}---\n\n{text}", "utf-8")
    fields = ("house", "code", "title", "path", "summary")
    course = "".join(f'{field} = "{field}"\n' for field in fields)
    (folder / "course.toml").write_text(f"{course}lessons = {names}\n", "utf-8")
    return folder


def _mkdocs_course(folder: Path, texts: list[str]) -> Path:
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: The same text\n", "utf-8")
    (folder / "docs" / "index.md").write_text("# The course\n", "utf-8")
    for i, text in enumerate(texts):
        (folder / "docs" / f"lesson-{i:04}.md").write_text(f"# Lesson {i}\n\n{text}", "utf-8")
    return folder


# ---------------------------------------------------------------- measuring


def _cache(folder: Path) -> dict[str, str]:
    """Environment with a cache that has the fetched files and nothing else."""
    folder.mkdir()
    (folder / "files").symlink_to(cache.folder() / "files")
    return os.environ | {"PYCORE_CACHE": str(folder)}


def _median(run: Callable[[], float]) -> float:
    return statistics.median(run() for _ in range(RUNS))


def _run(
    command: list[str] | tuple[str, ...], cwd: Path, environment: dict[str, str] | None = None
) -> tuple[float, float]:
    """Run a command; return its seconds, and the megabytes that it held at most, its workers' too."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL)
    with _memory.most([process.pid]) as memory:
        if process.wait():
            raise SystemExit(f"{' '.join(command)} failed")
        return time.perf_counter() - start, memory()
