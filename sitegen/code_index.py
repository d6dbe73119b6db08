"""The index of pycore: each module with its idea, whom it follows, and the figures that run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitegen import docstrings, imports, source
from sitegen.backmatter import REFERENCES, YEAR, Use, Work
from sitegen.content import Lesson
from sitegen.docstrings import Source
from sitegen.markdown import Page

PAGE = f"{source.FOLDER}/index.html"
ROOT = "pycore"
FIGURES, LIVE = f"{ROOT}.figures", f"{ROOT}.live"


@dataclass(frozen=True)
class Row:
    """A module of the index."""

    name: str
    page: str  # relative to the index
    idea: str
    sources: tuple[Source, ...]
    figures: tuple[Use, ...]  # those whose programs name it; else those that come to it through others
    through: tuple[str, ...]  # those others


@dataclass(frozen=True)
class Group:
    """The modules of a folder."""

    name: str
    idea: str
    rows: tuple[Row, ...]


def index(lessons: Sequence[Lesson], pages: Sequence[Page], works: Sequence[Work]) -> tuple[Group, ...]:
    """Return the modules of pycore by folder: first those of the lessons' subjects, in the lessons' order."""
    files = source.modules()
    told = {name: docstrings.of(file) for name, file in files.items()}
    named = {name: _named(name, files) for name in files}
    runs = _runs(lessons, pages, named)
    groups: dict[str, list[Row]] = {f"{ROOT}.{lesson.meta.subject}": [] for lesson in lessons}
    groups |= {f"{ROOT}.{name}": [] for name in ("data", "figures", "live")} | {ROOT: []}
    for name, file in files.items():
        folder = next((group for group in groups if name == group or name.startswith(f"{group}.")), ROOT)
        if file.name == "__init__.py" and not told[name].functions:
            continue  # it only holds others; what it says of them stands above them
        users = () if name in runs else tuple(u for u in sorted(named) if name in named[u] and _computes(u))
        found = runs.get(name) or _sorted(use for user in users for use in runs.get(user, ()))
        page = source.page(name).removeprefix(f"{source.FOLDER}/")
        sources = tuple(_resolved(one, works) for one in told[name].sources)
        groups[folder].append(Row(name, page, told[name].idea, sources, found, users if found else ()))
    ideas = {name: told[name].idea if name in told else "" for name in groups}
    return tuple(Group(name, ideas[name], tuple(rows)) for name, rows in groups.items() if rows)


def _computes(name: str) -> bool:
    """Whether a module computes, rather than draws or makes figures live."""
    return not name.startswith((FIGURES, LIVE))


def _named(name: str, files: Mapping[str, Path]) -> set[str]:
    """Return the modules that a module imports, without the folders that they lie in."""
    found = {module for module in imports.names_in(files[name]) if module in files}
    return {module for module in found if not any(other.startswith(f"{module}.") for other in found)}


def _runs(
    lessons: Sequence[Lesson], pages: Sequence[Page], named: Mapping[str, set[str]]
) -> dict[str, tuple[Use, ...]]:
    """Find the figures whose programs name each module; what figures share belongs to each of them."""
    runs: dict[str, list[Use]] = {}
    for lesson, page in zip(lessons, pages, strict=True):
        shown = {figure.id: figure for figure in page.outline.figures}
        for key, (path, _) in page.figures.items():
            figure = shown[key]
            name = f"{figure.number} {figure.title}"
            use = Use(f"../{lesson.page}#{key}", lesson.meta.number, lesson.meta.title, name)
            for module in _reached(f"{FIGURES}.{path.replace('/', '.')}", named):
                runs.setdefault(module, []).append(use)
    return {module: _sorted(uses) for module, uses in runs.items()}


def _reached(start: str, named: Mapping[str, set[str]]) -> Iterator[str]:
    """Give a figure's module, and those that it names or that the modules beside it name in its stead."""
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name in seen or name.startswith(LIVE):
            continue
        seen.add(name)
        yield name
        if name.startswith(FIGURES):
            waiting += sorted(named.get(name, ()))


def _sorted(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Leave each figure once, in the order of the lessons."""
    return tuple(sorted({use.address: use for use in uses}.values(), key=lambda use: use.number))


def _resolved(one: Source, works: Sequence[Work]) -> Source:
    """Give a source that has no address the place where the course's references name it."""
    year = YEAR.search(one.name)
    if one.link or not year:
        return one
    for work in works:
        if one.name.startswith(work.surname) and year[0] == work.year:
            return Source(one.name, f"../{REFERENCES}#{work.id}")
    return one
