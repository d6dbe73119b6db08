"""The whole build: content and templates in, dist/ out, replaced only when everything has worked."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import jinja2

from sitegen import (
    around,
    assets,
    bytecode,
    cache,
    cards,
    check,
    demand,
    digests,
    imports,
    keep,
    known,
    offline,
    output,
    parallel,
    policy,
    progress,
    runtime,
    scripts,
    source,
    spoken,
    store,
    styles,
    unchanged,
    vendor,
    wheel,
)
from sitegen.around import Around
from sitegen.content import Course, Lesson, front_page, load_course
from sitegen.errors import ROOT, AuthorError, Mistakes, place
from sitegen.lessons import TEMPLATES, environment, render, template_texts
from sitegen.markdown import Page, render_glossary
from sitegen.output import Output
from sitegen.unchanged import Report

CONTENT = ROOT / "content"
DIST = ROOT / "dist"
DEMAND_STYLE = "demand.css"  # only of pages whose figures name files on demand, as demand.js
FRONT_STYLE = "front.css"  # only of the course's page, as front.js
START_TIMEOUT = 120  # seconds without any progress until a start of Python counts as hung
EVENT_TIMEOUT = 20  # seconds that a figure may take to answer
LISTED = 24  # lessons on a lesson's page: if each page named all of them, sites would grow with their square


def build(
    content: Path = CONTENT,
    dist: Path = DIST,
    *,
    only_check: bool = False,
    without: Sequence[str] = (),
    address: str | None = None,
    later: Callable[[Callable[[], None]], object] = lambda note: note(),
) -> Report:
    """Build the site.

    Parameters
    ----------
    content, dist
        The folders of the lessons and of the built site.
    only_check
        Render and check everything, but write nothing.
    without
        Names of sets of files on demand that the site shall do without.
    address
        Where it will be published; it goes before what course.toml says.
    later
        Takes what notes, when the site is there, what it was made from: no author need wait for it.

    Figures speak the language that `spoken.begin` gave this process.

    Raises
    ------
    AuthorError
        For a mistake in the content; dist stays as it was.
    """
    start = time.perf_counter()
    inputs = unchanged.inputs(content, without, address)
    mistakes = Mistakes()
    spoken.check(mistakes)
    with mistakes.told():
        course, lessons = load_course(content, mistakes, address)
        meanings = render_glossary(content / "course.toml", course.glossary, environment(course), mistakes)
        sheets = [*lessons, front_page(course, content)]
        pages = render(sheets, course, mistakes)
        found = around.gather(lessons, pages[:-1], meanings)
        # A lesson that could not be read has places that nobody knows.
        ids = {f"{slug}.html": None for slug in course.lessons} | {"index.html": set[str]()}
        ids |= {source.page(name): set[str]() for name in source.modules()}
        ids |= found.ids
        ids |= {lesson.page: page.ids for lesson, page in zip(sheets, pages, strict=True)}
        with mistakes.told():
            styles.check_owners()
        for lesson, page in zip(sheets, pages, strict=True):
            with mistakes.told():
                check.check_subject(lesson)
            check.check_links(lesson, page, ids, mistakes)
            check.check_images(lesson, page, mistakes)
            for key, (path, _) in page.figures.items():
                with mistakes.told(via=place(lesson.file, page.lines[key])):
                    styles.check(path)
    mistakes.end()
    source.check(mistakes)
    _press(sheets, pages, mistakes)
    mistakes.end()
    names = sorted({name for name in ids if "/" not in name})
    count = sum(page.html.count("<py-figure") for page in pages)
    size = 0
    if not only_check:
        with output.replacing(dist) as out:
            _write(course, sheets, pages, found, out, without)
        size = sum(file.stat().st_size for file in digests.below(dist))
    report = Report(names, count, time.perf_counter() - start, size)

    def note() -> None:
        if unchanged.inputs(content, without, address) == inputs and not imports.stale():
            unchanged.record(dist, inputs, report)
            cache.tidy()

    if not only_check:
        later(note)
    return report


def _write(
    course: Course,
    sheets: list[Lesson],
    pages: list[Page],
    found: Around,
    out: Output,
    without: Sequence[str],
) -> None:
    """Write the site; the last of the sheets is the course's own page."""
    stores = _stores(out, pages)
    templates = environment(course)
    made = assets.write(out, course, sheets, pages)
    lessons = sheets[:-1]
    common: dict[str, Any] = {
        "course": course,
        "assets": made,
        "credits": [row for row in vendor.table().values() if row.use == "site"],
        "derived": [row for row in vendor.table().values() if row.use == "derived"],
        "around": found.links,
    }
    # What every page is made from.
    given = digests.of_text(
        *map(repr, (course, made, vendor.table(), found.links, template_texts(course))),
        imports.code(__name__),
        scripts.demand(),
        scripts.front(),
        scripts.claims("{}"),
        scripts.code({}),
        *(digests.of_file(TEMPLATES / name) for name in (DEMAND_STYLE, FRONT_STYLE)),
    )
    modules = source.digest()
    out.group(
        f"code pages {given} {modules}", lambda folder: _write_modules(folder, templates, common, given)
    )
    sets = demand.find(path for page in pages for path in page.on_demand)
    on_demand = demand.write(out, sets, without)
    python = _python(out, pages) if any(page.has_python for page in pages) else None
    if python:
        python |= {"take": made["take"], "wheel": wheel.write(out)}
    with keep.together():
        listed = cards.make(lessons, pages[:-1])
        for i, (lesson, page) in enumerate(zip(sheets, pages, strict=True)):
            front = i == len(lessons)
            told: dict[str, Any] = {
                "lesson": lesson,
                "page": page,
                "lessons": lessons if front else near(lessons, i),
                "count": len(lessons),
                "previous": lessons[i - 1] if i and not front else None,
                "following": lessons[i + 1] if i + 1 < len(lessons) else None,
                "cards": listed if front else [],
            }
            config = _config(python, page, stores[i]) if python and page.has_python else None
            if config and page.on_demand:
                config["demand"] = {name: on_demand[name].config() for name in demand.find(page.on_demand)}
            files = _style_files(page, told["cards"])
            recipe = digests.of_text(given, repr(config), _described(told), *map(digests.of_file, files))

            def write(
                folder: Path, told: dict[str, Any] = told, config: dict[str, Any] | None = config
            ) -> None:
                _write_lesson(folder, templates, common | told, config)

            out.group(f"page {recipe}", write)
    around.write(out, found, templates, common, given)
    if course.address:
        html = digests.below(out.folder, ".html")
        written = sorted(file.relative_to(out.folder).as_posix() for file in html)
        out.write("sitemap.xml", known.sitemap(course.address, written).encode())
        if course.changes:
            out.write(known.FEED, known.feed(course, course.address).encode())
        out.write("robots.txt", known.robots(course.address).encode())
    lost = templates.get_template("404.html").render(course=course, lessons=lessons, icon=made["icon"])
    out.write("404.html", policy.add(lost).encode())
    out.write(".nojekyll", b"")
    offline.write(out.folder, scripts.lean("sw.js"))
    check.check_site(out.folder)


def near(lessons: Sequence[Lesson], i: int) -> Sequence[Lesson]:
    """Return the lessons that a lesson's page lists: all, or in a long course those around it."""
    if len(lessons) <= LISTED:
        return lessons
    first = min(max(0, i - LISTED // 2), len(lessons) - LISTED)
    return lessons[first : first + LISTED]


def _write_lesson(
    folder: Path, templates: jinja2.Environment, told: dict[str, Any], config: dict[str, Any] | None
) -> None:
    """Write a page, its styles and its scripts."""
    lesson, page = told["lesson"], told["page"]
    if config is not None:
        config |= {
            "code": scripts.hashed(
                folder / source.FOLDER,
                f"{lesson.slug}.js",
                scripts.code(page.panels, told["course"].words),
            ),
            "claims": page.claims
            and scripts.hashed(
                folder / source.FOLDER,
                f"{lesson.slug}.claims.js",
                scripts.claims(page.claims, told["course"].words),
            ),
            "demandScript": scripts.hashed(
                folder / "assets", "demand.js", scripts.demand(told["course"].words)
            )
            if page.on_demand
            else "",
        }
    front = bool(told["cards"])
    html = templates.get_template("index.html" if front else "lesson.html").render(
        **told,
        root="",
        front=scripts.hashed(folder / "assets", "front.js", scripts.front(told["course"].words))
        if front
        else "",
        # `<` is escaped, since it stands in a script element.
        config=None if config is None else json.dumps(config).replace("<", "\\u003c"),
        styles=_styles(folder / "assets", lesson, page, told["cards"]),
    )
    course = told["course"]
    if front:
        path, data = "", known.of_course(course, told["lessons"])
    else:
        path, data = lesson.page, known.of_lesson(course, lesson, page.main.minutes)
    known.publish(folder / lesson.page, html, course, path, data, lesson.meta.picture)


def _write_modules(folder: Path, templates: jinja2.Environment, told: dict[str, Any], given: str) -> None:
    (folder / source.FOLDER).mkdir()
    with keep.together():
        for name, html in source.pages(templates, told, given):
            known.publish(folder / name, html, told["course"], name)


def _described(told: Mapping[str, Any]) -> str:
    """Write down what a page is told, in an order that does not change."""
    lessons = [told["lesson"], *told["lessons"], *filter(None, [told["previous"], told["following"]])]
    named = [(lesson.slug, lesson.meta) for lesson in lessons]
    page = {field.name: getattr(told["page"], field.name) for field in fields(told["page"])}
    ordered = {key: sorted(value) if isinstance(value, set) else value for key, value in page.items()}
    rest = {
        key: value
        for key, value in told.items()
        if key not in ("lesson", "lessons", "previous", "following", "page")
    }
    return repr((named, len(told["lessons"]), ordered, rest))


def _runtime(out: Output, pages: Sequence[Page], worker: str) -> runtime.Runtime:
    """Write what Python needs in the browser."""
    data = sorted(set[str]().union(*(page.data for page in pages)))
    files = [*(ROOT / "pycore" / "data" / name for name in data), *source.modules().values()]
    files += spoken.tables().values()
    third = digests.of_text(
        repr(vendor.table()),
        worker,
        imports.code(runtime.__name__),
        digests.of_files([*Path(__file__).parent.glob("*[!y]"), bytecode.JOB], ROOT),
        unchanged.compilers(),
    )
    own = digests.of_text(imports.code(runtime.__name__), digests.of_files(files, ROOT))
    return runtime.Runtime(
        out.group(f"third-party runtime {third}", lambda folder: runtime.build_third_party(folder, worker)),
        out.group(f"own runtime {own}", lambda folder: runtime.build_own(folder, data)),
    )


def _press(lessons: Sequence[Lesson], pages: Sequence[Page], mistakes: Mistakes) -> None:
    """Press the buttons of all figures, and so make their stores."""
    wanted = {json.dumps(figure): figure for page in pages for figure in page.figures.values()}
    missing = {key: figure for key, figure in wanted.items() if not store.is_kept(*figure)}
    with progress.steps("pressing the buttons of figures", len(missing)):
        made = parallel.each(_make_store, list(missing.values()))
    wrong = {key: error for key, error in zip(missing, made, strict=True) if error}
    for lesson, page in zip(lessons, pages, strict=True):
        for key, figure in page.figures.items():
            with mistakes.told(via=place(lesson.file, page.lines[key])):
                if error := wrong.get(json.dumps(figure)):
                    raise error


def _stores(out: Output, pages: Sequence[Page]) -> list[dict[str, tuple[str, bool]]]:
    """Write the stores of all figures; return those of each page: the file, and whether it is complete."""
    return [
        {key: written for key, figure in page.figures.items() if (written := _store(out, *figure))}
        for page in pages
    ]


def _make_store(figure: tuple[str, dict[str, str]]) -> AuthorError | None:
    """Make a store for the cache; return what is wrong with the figure."""
    try:
        store.make(*figure)
    except AuthorError as error:
        return error
    return None


def _store(out: Output, path: str, params: dict[str, str]) -> tuple[str, bool] | None:
    def write(folder: Path) -> tuple[str, bool] | None:
        made = store.make(path, params)
        if made is None:
            return None
        name = f"{path.rpartition('/')[2]}.js"
        return (scripts.hashed(folder / "store", name, f"pyStore({made.text});\n"), made.complete)

    recipe = store.recipe(path, params)
    return out.group(recipe and f"script of {recipe}", write)


def _python(out: Output, pages: Sequence[Page]) -> dict[str, Any]:
    """Write Python, and the script of its start; return what the script of every page must know of them."""
    worker = scripts.worker()
    python = _runtime(out, pages, worker)
    start = scripts.start(python, worker)
    return {
        "base": python.third.folder,
        "own": python.own.folder,
        "start": out.group(
            f"start {digests.of_text(start)}",
            lambda folder: scripts.hashed(folder / "assets", "start.js", start),
        ),
        "snapshot": hashlib.sha256(f"{python.third.folder} {worker}".encode()).hexdigest()[:12],
    }


def _config(python: Mapping[str, Any], page: Page, stores: dict[str, tuple[str, bool]]) -> dict[str, Any]:
    """What the page's script must know; scripts that are written with the page are named later."""
    return {
        **python,
        "data": sorted(page.data),
        "code": "",
        "claims": "",
        "demandScript": "",
        "stores": stores,
        "startTimeout": START_TIMEOUT,
        "eventTimeout": EVENT_TIMEOUT,
    }


def _styles(folder: Path, lesson: Lesson, page: Page, listed: Sequence[cards.Card]) -> str | None:
    """Write the styles of a page's own figures; return their file, relative to the page."""
    css = "".join(map(styles.checked, _style_files(page, listed)))
    css += styles.of_site(TEMPLATES / DEMAND_STYLE) if page.on_demand else ""
    css += styles.of_site(TEMPLATES / FRONT_STYLE) if listed else ""
    return scripts.hashed(folder, f"{lesson.slug}.css", css) if css else None


def _style_files(page: Page, listed: Sequence[cards.Card]) -> list[Path]:
    paths = [path for path, _ in page.figures.values()] + [card.figure for card in listed if card.figure]
    return list(dict.fromkeys(file for path in paths for file in styles.files(path)))
