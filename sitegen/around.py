"""What stands around the lessons: the glossary, the references, the index of pycore, and the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from sitegen import backmatter, code_index, digests, known, search, source, styles, vendor
from sitegen.backmatter import Term, Work
from sitegen.content import Lesson
from sitegen.errors import ROOT
from sitegen.lessons import TEMPLATES
from sitegen.markdown import Page
from sitegen.output import Output
from sitegen.scripts import hashed, lean

STYLE = "around.css"


@dataclass(frozen=True)
class Around:
    """What was gathered from a course's lessons."""

    lessons: Sequence[Lesson]
    pages: Sequence[Page]
    terms: tuple[Term, ...]
    works: tuple[Work, ...]

    @property
    def links(self) -> list[str]:
        """Address of each page that there is."""
        found = [backmatter.GLOSSARY] if self.terms else []
        found += [backmatter.REFERENCES] if self.works else []
        return [*found, code_index.PAGE]

    @property
    def ids(self) -> dict[str, set[str]]:
        """The places that lessons may link to, by page."""
        of = {
            backmatter.GLOSSARY: {term.id for term in self.terms},
            backmatter.REFERENCES: {work.id for work in self.works},
        }
        return {page: of.get(page, set()) for page in self.links}


def gather(lessons: Sequence[Lesson], pages: Sequence[Page], meanings: Mapping[str, str]) -> Around:
    """Gather terms and works from the lessons."""
    terms, works = backmatter.glossary(meanings, lessons, pages), backmatter.references(lessons, pages)
    return Around(lessons, pages, terms, works)


def write(
    out: Output, around: Around, templates: jinja2.Environment, common: Mapping[str, Any], given: str
) -> None:
    """Write the pages and the search.

    Parameters
    ----------
    common, given
        What every page is told, and a hash of what every page is made from.
    """
    modules = source.digest()
    style = digests.of_file(TEMPLATES / STYLE)
    for page in around.links:
        made = around.terms if page == backmatter.GLOSSARY else around.works
        told = [given, style, page, repr(made)]
        told += [modules, _shown(around)] if page == code_index.PAGE else []

        def make(folder: Path, page: str = page) -> None:
            _write_page(folder, page, around, templates, common)

        out.group(f"around {digests.of_text(*told)}", make)
    metas = repr([(lesson.page, lesson.meta) for lesson in around.lessons])
    outlines = repr([page.outline for page in around.pages])
    files = digests.of_files([TEMPLATES / "js" / "search.js", TEMPLATES / "search.css"], ROOT)
    found = digests.of_text(given, modules, metas, outlines, repr(around.terms), repr(around.works), files)
    out.group(f"search {found}", lambda folder: _write_search(folder, around, common["course"].words))


def _shown(around: Around) -> str:
    """Say which figures the lessons show."""
    shown = [(page.figures, page.outline.figures) for page in around.pages]
    return repr([[(lesson.page, lesson.meta) for lesson in around.lessons], shown])


def _write_page(
    folder: Path, page: str, around: Around, templates: jinja2.Environment, common: Mapping[str, Any]
) -> None:
    target = folder / page
    target.parent.mkdir(exist_ok=True)
    told = {"terms": around.terms, "works": around.works}
    if page == code_index.PAGE:
        told["groups"] = code_index.index(around.lessons, around.pages, around.works)
    html = templates.get_template(page.replace("/", "-")).render(
        **common,
        **told,
        root="../" * page.count("/"),
        here=page,
        styles=hashed(folder / "assets", STYLE, styles.of_site(TEMPLATES / STYLE)),
    )
    known.publish(target, html, common["course"], page)


def _write_search(folder: Path, around: Around, words: Mapping[str, str]) -> None:
    assets = folder / "assets"
    library = vendor.fetch("minisearch").read_text("utf-8").partition("//# sourceMappingURL")[0]
    documents = [*search.documents(around.lessons, around.pages, around.terms, around.works)]
    files = {
        "script": hashed(assets, "search.js", lean("search.js", words)),
        "style": hashed(assets, "search.css", styles.of_site(TEMPLATES / "search.css")),
        "library": hashed(assets, "minisearch.js", search.library(library)),
        "index": hashed(assets, "index.js", search.index(documents)),
    }
    (folder / search.SCRIPT).write_text(search.manifest(files), "utf-8")
