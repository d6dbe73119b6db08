"""What a book has at its end: all terms that lessons explain, all works that they refer to, and where.

Terms come from the course's glossary. Works come from footnotes: a note that names one says who, then after a
comma its title in italics, and gives a year or an address; other notes are remarks. Notes on one title are
one work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mdit_py_plugins.anchors.index import slugify, unique_slug

from sitegen import outline
from sitegen.content import Lesson
from sitegen.markdown import Page
from sitegen.outline import Note

GLOSSARY, REFERENCES = "glossary.html", "references.html"
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
TITLE = re.compile(r",\s+<em>(.*?)</em>", re.DOTALL)
# After initials: "A. van den Oord et al., …" is found under van den Oord; without any, by its first word.
SURNAME = re.compile(r"(?:^|.*?\s)(?:[^\W\d_]{1,2}\.[ -]?)+(?P<name>[^,]+?)(?:,| et al\.)")


@dataclass(frozen=True)
class Use:
    """A place in a lesson."""

    address: str
    number: str  # of the lesson
    lesson: str  # its title
    section: str  # or the lesson's title, above its first section


@dataclass(frozen=True)
class Term:
    """An entry of the glossary."""

    id: str
    term: str
    meaning: str  # HTML
    text: str
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Work:
    """A paper, a book or a page that lessons refer to."""

    id: str
    surname: str  # of the first author
    year: str  # empty when the note gives none
    html: str
    text: str
    links: tuple[str, ...]
    uses: tuple[Use, ...]


def glossary(
    meanings: Mapping[str, str], lessons: Sequence[Lesson], pages: Sequence[Page]
) -> tuple[Term, ...]:
    """Return the terms of the glossary in the order of the alphabet.

    Parameters
    ----------
    meanings
        What the course says of each, as HTML.
    """
    found: dict[str, list[Use]] = {term: [] for term in meanings}
    for lesson, page in zip(lessons, pages, strict=True):
        titles = _titles(lesson, page)
        for key, section in page.outline.terms:
            uses = found.get(page.terms[key])
            if uses is not None:
                uses.append(_use(lesson, titles, section, section))
    taken = set[str]()
    return tuple(
        Term(
            unique_slug(f"term-{slugify(term)}", taken),
            term,
            meanings[term],
            outline.words(meanings[term]),
            _once(uses),
        )
        for term, uses in sorted(found.items(), key=lambda item: _sorted_as(item[0]))
    )


def references(lessons: Sequence[Lesson], pages: Sequence[Page]) -> tuple[Work, ...]:
    """Return the works that lessons refer to, in the order of their first authors."""
    notes: dict[str, Note] = {}
    found: dict[str, list[Use]] = {}
    for lesson, page in zip(lessons, pages, strict=True):
        titles = _titles(lesson, page)
        for note in page.outline.notes:
            if title := _title_of(note):
                notes.setdefault(title, note)
                uses = (_use(lesson, titles, mark, section) for mark, section in note.marks)
                found.setdefault(title, []).extend(uses)
    taken = set[str]()
    return tuple(
        Work(
            unique_slug(_id_of(note), taken),
            *_named(note),
            note.html,
            note.text,
            note.links,
            _once(found[title]),
        )
        for title, note in sorted(notes.items(), key=lambda item: _order(item[1]))
    )


def surname(text: str) -> str:
    """Return the name under which a work is found.

    Examples
    --------
    >>> surname("A. van den Oord et al., Representation Learning, 2018")
    'van den Oord'
    >>> surname("The measure follows A. Petrov et al., Language Models, 2023")
    'Petrov'
    >>> surname("pgvector, README")
    'pgvector'
    """
    found = SURNAME.match(text)
    return found["name"].strip() if found else re.split(r"[\s,]", text, maxsplit=1)[0]


def _title_of(note: Note) -> str:
    title = TITLE.search(note.html)
    dated = _named(note)[1] or note.links
    return outline.words(title[1]).casefold() if title and dated else ""


def _named(note: Note) -> tuple[str, str]:
    """Return the surname and the year of a work; a year in its title is none."""
    year = YEAR.search(outline.words(re.sub(r"<em>.*?</em>", "", note.html, flags=re.DOTALL)))
    return surname(note.text), year[0] if year else ""


def _order(note: Note) -> tuple[str, str, str]:
    name, year = _named(note)
    return _sorted_as(name), year, note.text


def _id_of(note: Note) -> str:
    return "-".join(["work", *filter(None, map(slugify, map(_sorted_as, _named(note))))])


def _titles(lesson: Lesson, page: Page) -> dict[str, str]:
    return {section.id: section.title for section in page.outline.sections} | {"": lesson.meta.title}


def _use(lesson: Lesson, titles: Mapping[str, str], place: str, section: str) -> Use:
    address = f"{lesson.page}#{place}" if place else lesson.page
    return Use(address, lesson.meta.number, lesson.meta.title, titles.get(section, lesson.meta.title))


def _once(uses: Iterable[Use]) -> tuple[Use, ...]:
    """Leave one use of each section, the first."""
    return tuple({(use.number, use.section): use for use in reversed([*uses])}.values())[::-1]


def _sorted_as(name: str) -> str:
    """Write a name as the alphabet has it: without accents, small."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
