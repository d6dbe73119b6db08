"""The search: short documents of all that can be found, which the reader's browser makes an index of.

They travel as a classic script, since from disk nothing else can be read, and come with the library on the
first search. Pages name only `search.js`, which names the others by their hashes: so a lesson that changes
leaves the other lessons' pages as they are, also on readers' devices.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from rjsmin import jsmin

from sitegen import backmatter, docstrings, source
from sitegen.backmatter import Term, Work
from sitegen.code_index import FIGURES
from sitegen.content import Lesson
from sitegen.made_from import RUNS_CODE
from sitegen.markdown import Page

SCRIPT = "search.js"
KINDS = ("lesson", "section", "figure", "exercise", "term", "work", "code")  # as search.js knows them
Document = tuple[int, str, str, str, str]  # kind, address, title, what it belongs to, text


def documents(
    lessons: Sequence[Lesson], pages: Sequence[Page], terms: Sequence[Term], works: Sequence[Work]
) -> Iterator[Document]:
    """Give everything that can be found."""
    for lesson, page in zip(lessons, pages, strict=True):
        yield from _of_lesson(lesson, page)
    for term in terms:
        yield _document("term", f"{backmatter.GLOSSARY}#{term.id}", term.term, "Glossary", term.text)
    for work in works:
        yield _document("work", f"{backmatter.REFERENCES}#{work.id}", work.text, "References", "")
    yield from _of_code()


def _of_lesson(lesson: Lesson, page: Page) -> Iterator[Document]:
    meta, where = lesson.meta, f"{lesson.meta.number} · {lesson.meta.title}"
    opening = [section.text for section in page.outline.sections if not section.id]
    yield _document("lesson", lesson.page, meta.title, where, " ".join([f"{meta.headline}.", *opening]))
    for section in page.outline.sections:
        if section.id:
            around = f"{where} · {section.around}" if section.around else where
            yield _document("section", f"{lesson.page}#{section.id}", section.title, around, section.text)
    for figure in page.outline.figures:
        kind = "exercise" if page.figures[figure.id][0] == RUNS_CODE else "figure"
        title = f"{figure.number} {figure.title}"
        yield _document(kind, f"{lesson.page}#{figure.id}", title, where, figure.caption)


def _of_code() -> Iterator[Document]:
    """Give the modules of pycore and their public functions; a figure's own are only its drawing."""
    for name, file in source.modules().items():
        told = docstrings.of(file)
        page = source.page(name)
        yield _document("code", page, name, "", told.idea)
        for function in told.functions if not name.startswith(FIGURES) else ():
            yield _document("code", f"{page}#L-{function.line}", function.name, name, function.idea)


def _document(kind: str, address: str, title: str, where: str, text: str) -> Document:
    return KINDS.index(kind), address, title, where, text


def index(found: Sequence[Document]) -> str:
    """Write the script that brings the documents."""
    return f"pySearchIndex({json.dumps(found, ensure_ascii=False, separators=(',', ':'))});\n"


def manifest(files: dict[str, str]) -> str:
    """Write the script that names the others."""
    return f"var SEARCH = {json.dumps(files)};\n"


def library(text: str) -> str:
    """Take out of the library what only its authors read; credits name its version and licence."""
    return str(jsmin(text))
