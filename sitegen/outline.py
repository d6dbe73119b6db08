"""What a rendered lesson tells, place by place: its sections' words, its figures, terms and notes.

The search, the glossary's page and the page of references are made from this. It is read from the HTML, since
only there stands what became of directives, claims and terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What is drawn, and what runs, is no text. A figure's caption ends its element.
DRAWN = re.compile(r'<div class="body.*?(?=<figcaption>)|<details class="source".*?</details>', re.DOTALL)
NOTES = '<section class="footnotes">'  # with it they begin
BLOCKS = frozenset("blockquote dd div dt figcaption h1 h2 h3 h4 label li p pre section summary td th".split())
SILENT = frozenset("pre script style sup svg".split())
QUIET = ("footnote-backref", "formula", "label", "part")  # classes of what is not read as words
VOID = frozenset("br col hr img input wbr".split())


@dataclass(frozen=True)
class Section:
    """A heading with an id, or a fold, and the words up to the next one."""

    id: str  # empty before the first heading
    title: str
    around: str  # title of the section that a fold or a smaller heading belongs to
    text: str


@dataclass(frozen=True)
class Shown:
    """A figure."""

    id: str
    number: str  # as it stands in the bar: FIG.05
    title: str
    caption: str


@dataclass(frozen=True)
class Note:
    """A footnote."""

    html: str
    text: str
    links: tuple[str, ...]
    marks: tuple[tuple[str, str], ...]  # where it is referred to: ids of mark and section


@dataclass(frozen=True)
class Outline:
    """All of it, in the lesson's order."""

    sections: tuple[Section, ...] = ()
    figures: tuple[Shown, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()  # ids of an explanation and of the section that it stands in
    notes: tuple[Note, ...] = ()


def read(html: str) -> Outline:
    """Read a rendered lesson."""
    main, _, notes = html.partition(NOTES)
    reader = _Reader()
    reader.feed(DRAWN.sub("", main))
    reader.close()
    return Outline(
        tuple(part.section() for part in reader.parts if part.id or part.words),
        tuple(reader.figures),
        tuple(reader.terms),
        tuple(_notes(notes, reader.marks)),
    )


def words(html: str) -> str:
    """Return the words of some HTML, as a reader sees them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return _joined(reader.parts[0].words)


def _joined(pieces: list[str]) -> str:
    text = " ".join("".join(pieces).split())
    return re.sub(r" (?=[,.;:!?)](?:\s|$))", "", text)  # where a note's mark was, or a formula


def _notes(html: str, marks: dict[str, list[tuple[str, str]]]) -> list[Note]:
    found = []
    for key, content in re.findall(r'<li id="(fn\d+)" class="footnote-item">(.*?)</li>', html, re.DOTALL):
        plain = re.sub(r'\s*<a href="#fnref[^>]*class="footnote-backref">.*?</a>', "", content)
        links = tuple(re.findall(r'href="(https?:[^"]+)"', plain))
        found.append(Note(plain.strip(), words(plain), links, tuple(marks.get(key, ()))))
    return found


@dataclass
class _Part:
    id: str
    around: str = ""
    title: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def section(self) -> Section:
        return Section(self.id, _joined(self.title), self.around, _joined(self.words))


class _Reader(HTMLParser):
    """Goes through a lesson once, and knows where it is."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = [_Part("")]
        self.figures: list[Shown] = []
        self.terms: list[tuple[str, str]] = []
        self.marks: dict[str, list[tuple[str, str]]] = {}
        self.here = [self.parts[0]]  # the section, and within folds theirs
        self.top = ""  # title of the section of level two
        self.into: list[list[str]] = [self.parts[0].words]  # where words go now
        self.figure: dict[str, list[str]] = {}
        self.key = ""
        self.open: list[
            tuple[str, int, str]
        ] = []  # element, the depth of `into` before it, and what ends with it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kinds = given.get("class", "").split()
        if tag in BLOCKS or tag == "br":
            self.into[-1].append(" ")
        if tag == "a" and given.get("id", "").startswith("fnref"):
            note = given["href"].removeprefix("#")
            self.marks.setdefault(note, []).append((given["id"], self.here[-1].id))
        if given.get("role") == "tooltip":
            self.terms.append((given["id"], self.here[-1].id))
        if tag in VOID:
            return
        depth, ends = len(self.into), ""
        if tag in ("h2", "h3") and given.get("id"):
            self._begin(given["id"], tag == "h2" and len(self.here) == 1)
            self.into.append(self.here[-1].title)
            ends = "heading"
        elif tag == "details" and "closer" in kinds:
            self.here.append(self._part(given["id"]))
            self.into.append(self.here[-1].words)
            ends = "fold"
        elif tag == "summary" and self.open and self.open[-1][2] == "fold":
            self.into.append(self.here[-1].title)
        elif tag == "py-figure":
            self.key, self.figure = given["id"], {name: [] for name in ("fig", "title", "figcaption")}
            self.into.append([])
            ends = "figure"
        elif (
            self.figure and (part := tag if tag == "figcaption" else kinds[0] if kinds else "") in self.figure
        ):
            self.into.append(self.figure[part])
        elif tag in SILENT or given.get("role") == "tooltip" or any(kind in QUIET for kind in kinds):
            self.into.append([])
        self.open.append((tag, depth, ends))

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _, _ in self.open):
            return
        while self.open:
            name, depth, ends = self.open.pop()
            del self.into[depth:]
            if ends == "heading":
                self.into[-1] = self.here[-1].words
                if len(self.here) == 1 and tag == "h2":
                    self.top = _joined(self.here[-1].title)
            elif ends == "fold":
                self.here.pop()
            elif ends == "figure":
                number, title, caption = (_joined(self.figure[key]) for key in ("fig", "title", "figcaption"))
                self.figures.append(Shown(self.key, number, title, caption))
                self.figure = {}
            if name == tag:
                break
        if tag in BLOCKS:
            self.into[-1].append(" ")

    def handle_data(self, data: str) -> None:
        self.into[-1].append(data)

    def _part(self, key: str, around: str | None = None) -> _Part:
        part = _Part(key, self.top if around is None else around)
        self.parts.append(part)
        return part

    def _begin(self, key: str, top: bool) -> None:
        self.here[-1] = self._part(key, "" if top else None)
