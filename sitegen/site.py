"""The whole build: content and templates in, dist/ out, replaced only when everything has worked."""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from pycore import figures
from sitegen import check, fonts, markdown, offline, runtime, source, store, vendor
from sitegen.content import Course, Lesson, load_course
from sitegen.errors import ROOT
from sitegen.markdown import Page

CONTENT = ROOT / "content"
TEMPLATES = ROOT / "site_templates"
DIST = ROOT / "dist"
SCRIPTS = ("python.js", "store.js", "figure.js", "source.js", "page.js", "offline.js")  # they share one scope
WORKER_SCRIPTS = ("snapshot.js", "worker.js")  # the same in the worker
WORDS_PER_MINUTE = 238  # silent reading of English: Brysbaert 2019, doi.org/10.1016/j.jml.2019.104047
START_TIMEOUT = 120  # seconds without any progress until a start of Python counts as hung
EVENT_TIMEOUT = 20  # seconds that a figure may take to answer


@dataclass(frozen=True)
class Report:
    """What a build made."""

    pages: list[str]
    figures: int
    seconds: float
    size: int


def build(content: Path = CONTENT, dist: Path = DIST, *, only_check: bool = False) -> Report:
    """Build the site.

    Parameters
    ----------
    content, dist
        The folders of the lessons and of the built site.
    only_check
        Render and check everything, but write nothing.

    Raises
    ------
    AuthorError
        For a mistake in the content; dist stays as it was.
    """
    start = time.perf_counter()
    course, lessons = load_course(content)
    templates = environment()
    pages = {lesson.slug: markdown.render(lesson, templates, course.glossary) for lesson in lessons}
    others = {"index.html": set[str]()} | {source.page(name): set[str]() for name in source.modules()}
    ids = {lesson.page: pages[lesson.slug].ids for lesson in lessons} | others
    for lesson in lessons:
        check.check_links(lesson, pages[lesson.slug], ids)
        check.check_images(lesson, pages[lesson.slug])
    if not only_check:
        _write(course, lessons, pages, templates, dist)
    size = 0 if only_check else sum(file.stat().st_size for file in dist.rglob("*") if file.is_file())
    figures = sum(page.html.count("<py-figure") for page in pages.values())
    names = sorted(["index.html", *(lesson.page for lesson in lessons)])
    return Report(names, figures, time.perf_counter() - start, size)


def environment() -> jinja2.Environment:
    """Return the templates, with autoescape, in which a missing name is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _write(
    course: Course, lessons: list[Lesson], pages: dict[str, Page], templates: jinja2.Environment, dist: Path
) -> None:
    with _replacing(dist) as new:
        assets = _assets(new, course, lessons, pages)
        data = set[str]().union(*(page.data for page in pages.values()))
        python = runtime.build(new, data)
        common: dict[str, Any] = {
            "course": course,
            "lessons": lessons,
            "assets": assets,
            "root": "",
            "credits": [row for row in vendor.table().values() if row.use == "site"],
        }
        source.write_pages(new, templates, {key: value for key, value in common.items() if key != "root"})
        for i, lesson in enumerate(lessons):
            page = pages[lesson.slug]
            html = templates.get_template("lesson.html").render(
                **common,
                lesson=lesson,
                page=page,
                minutes=max(1, math.ceil(page.words / WORDS_PER_MINUTE)),
                following=lessons[i + 1] if i + 1 < len(lessons) else None,
                config=_config(new, lesson, python, page) if page.has_figures else None,
            )
            (new / lesson.page).write_text(html, "utf-8")
        (new / "index.html").write_text(templates.get_template("index.html").render(**common), "utf-8")
        (new / ".nojekyll").touch()
        offline.write(new, _without_comments((TEMPLATES / "js" / "sw.js").read_text("utf-8")))
        check.check_site(new)


def _stores(new: Path, page: Page) -> dict[str, tuple[str, bool]]:
    """Write a page's stores, a script a figure; return their files, and whether they are complete."""
    folder = new / "store"
    folder.mkdir(exist_ok=True)
    written = {}
    for key, (name, params) in page.figures.items():
        if made := store.make(figures.load(name), params):
            written[key] = _hashed(folder, f"{name}.js", f"pyStore({made.text});\n"), made.complete
    return written


def _config(new: Path, lesson: Lesson, python: runtime.Runtime, page: Page) -> str:
    """What the page's script must know; `<` is escaped, since it stands in a script element."""
    data = sorted(page.data)
    needed = [name for name in python.sizes if not name.endswith((".npz", ".json")) or name in data]
    config = {
        "base": python.base,
        "own": python.own,
        # As text in a script of its own: it is needed when Python starts, and also from disk.
        "worker": _hashed(
            new / "assets", "worker.js", f"var WORKER_SOURCE = {json.dumps(worker_script())};\n"
        ),
        "snapshot": hashlib.sha256(f"{python.base} {worker_script()}".encode()).hexdigest()[:12],
        "libraries": list(python.libraries.items()),
        "lock": python.lock,
        "data": data,
        "code": _hashed(new / source.FOLDER, f"{lesson.slug}.js", source.script(page.panels)),
        "stores": _stores(new, page),
        "files": {name: [python.sizes[name], python.pieces[name], python.folders[name]] for name in needed},
        "startTimeout": START_TIMEOUT,
        "eventTimeout": EVENT_TIMEOUT,
    }
    return json.dumps(config).replace("<", "\\u003c")


def _assets(new: Path, course: Course, lessons: list[Lesson], pages: dict[str, Page]) -> dict[str, Any]:
    """Write styles, script, fonts and pictures; names carry a hash of the content."""
    folder = new / "assets"
    folder.mkdir()
    faces, files = fonts.build(folder, _letters(course, lessons, pages))
    css = faces + "\n".join(
        _without_comments(file.read_text("utf-8")) for file in sorted((TEMPLATES / "css").glob("*.css"))
    )
    for lesson in lessons:
        for file in check.check_images(lesson, pages[lesson.slug]):
            target = new / file.relative_to(lesson.file.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    return {
        "css": _hashed(folder, "site.css", css),
        "js": _hashed(folder, "site.js", script()),
        "icon": _hashed(folder, "icon.svg", (TEMPLATES / "icon.svg").read_text("utf-8")),
        "fonts": [f"assets/{name}" for name in files],
    }


def _letters(course: Course, lessons: list[Lesson], pages: dict[str, Page]) -> set[str]:
    """Characters that a reader may see: in the course, the templates, and what the figures write."""
    texts = [str(course), *(lesson.text for lesson in lessons), *(page.html for page in pages.values())]
    for folder, pattern in ((TEMPLATES, "**/*.*"), (ROOT / "pycore", "**/*.py")):
        texts += [file.read_text("utf-8") for file in folder.glob(pattern)]
    return set().union(*texts)


def script() -> str:
    """Return the browser runtime: one classic script, so that it runs from disk too."""
    folder = TEMPLATES / "js"
    parts = [
        vendor.fetch("idiomorph").read_text("utf-8"),
        "(() => {",
        '"use strict";',
        *(_without_comments((folder / name).read_text("utf-8")) for name in SCRIPTS),
        "})();",
    ]
    return "\n".join(parts) + "\n"


def worker_script() -> str:
    """Return the source of the worker."""
    folder = TEMPLATES / "js"
    return "".join(_without_comments((folder / name).read_text("utf-8")) for name in WORKER_SCRIPTS)


def _without_comments(code: str) -> str:
    """Drop the comments that stand on lines of their own: a reader of the page need not download them."""
    return re.sub(r"^[ \t]*(//[^\n]*|/\*.*?\*/)[ \t]*\n", "", code, flags=re.MULTILINE | re.DOTALL)


def _hashed(folder: Path, name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    stem, _, ending = name.rpartition(".")
    (folder / f"{stem}.{digest}.{ending}").write_text(text, "utf-8")
    return f"{folder.name}/{stem}.{digest}.{ending}"


@contextmanager
def _replacing(dist: Path) -> Iterator[Path]:
    """Give an empty folder to build in; when that has worked, put it in the place of dist."""
    dist.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{dist.name}-", dir=dist.parent) as work:
        new, old = Path(work) / "new", Path(work) / "old"
        new.mkdir()
        yield new
        if dist.exists():
            dist.rename(old)
        try:
            new.rename(dist)
        except BaseException:
            if old.exists() and not dist.exists():
                old.rename(dist)
            raise
