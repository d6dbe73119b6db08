"""Footnotes beside the text: in a wide window a note stands next to the first paragraph that refers to it.

The column is a grid, whose rows are what stands in it. A note has all rows from its paragraph's up to the
next note, or to what is as wide as a figure; where nothing follows before that, it ends with its paragraph
and has the rows above. So it moves the text only where the rows are not enough for it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from sitegen.outline import NOTES, VOID, Note

ROOM = 125  # characters of notes for each row; what is longer stands at the end of the lesson alone
FIGURE = re.compile(r"(<py-figure\b.*?</py-figure>)", re.DOTALL)
FOLD, INSIDE = "details.closer", "div.inside"
WIDE = ("py-figure", "div.cards", FOLD)  # they reach into the margin


@dataclass
class Row:
    """What stands in the column: the part of the page that it is in, where it ends there, and its notes."""

    part: int
    end: int = 0
    keys: list[str] = field(default_factory=list)


def put(html: str, notes: Sequence[Note]) -> str:
    """Put a lesson's notes beside the paragraphs of its text.

    A note with something to press, or that is led to, stays at the end alone; so does one that only a list, a
    table or a caption refers to. Who listens or goes by keys follows the mark to the list at the end: what is
    put here is hidden from both.
    """
    text, start, end = html.partition(NOTES)
    movable = {
        f"fn{number}": (number, note)
        for number, note in enumerate(notes, 1)
        if "<button" not in note.html and ' id="' not in note.html
    }
    if not movable:
        return html
    parts = FIGURE.split(text)
    reader = _Reader(movable)
    for i, part in enumerate(parts):
        if i % 2:
            reader.figure()
        else:
            reader.read(i, part)
    reader.close()
    found = [
        (after.part, after.end, _aside(fitting, rows, is_last))
        for stretch in reader.stretches
        for row, after, rows, is_last in places(stretch)
        if (fitting := _fitting([movable[key] for key in row.keys], ROOM * rows))
    ]
    for part, place, aside in sorted(found, reverse=True):
        parts[part] = parts[part][:place] + aside + parts[part][place:]
    return "".join(parts) + start + end


def places(stretch: list[Row]) -> Iterator[tuple[Row, Row, int, bool]]:
    """Say where the notes of a stretch of text stand.

    Yields
    ------
    tuple
        The row with the notes, the row after which they are written, how many rows they have, and whether
        they end with their paragraph.
    """
    noted = [i for i, row in enumerate(stretch) if row.keys]
    above = 0  # the first row that is free
    for i, following in itertools.pairwise([*noted, len(stretch)]):
        if following == len(stretch) == i + 1:
            yield stretch[i], stretch[above], i + 1 - above, True
        else:
            # The last notes, if they end with their paragraph, may want what is above them.
            ends = min(following, i + 2) if following == len(stretch) - 1 else following
            yield stretch[i], stretch[i], ends - i, False
            above = ends


def _fitting(notes: list[tuple[int, Note]], room: int) -> list[str]:
    """Number the notes that there is room for."""
    told = [(f"[{number}] ", note) for number, note in notes]
    sizes = itertools.accumulate(len(number) + len(note.text) for number, note in told)
    numbered = (note.html.replace("<p>", f"<p>{number}", 1) for number, note in told)
    return [note for note, size in zip(numbered, sizes, strict=True) if size <= room]


def _aside(notes: list[str], rows: int, is_last: bool) -> str:
    kind = "beside last" if is_last else "beside"
    content = "\n".join(notes).replace("<a ", '<a tabindex="-1" ')
    return f'\n<aside class="{kind}" aria-hidden="true" style="--rows: {rows}">{content}</aside>'


class _Reader(HTMLParser):
    """Finds the stretches of text in a lesson that comes in parts: its column, and that of each fold."""

    def __init__(self, notes: Iterable[str]) -> None:
        super().__init__()
        self.stretches: list[list[Row]] = [[]]
        self._left = {*notes}  # those not referred to yet
        self._around: list[str] = []  # the open elements, with their first class
        self._here = [self.stretches[0]]  # the stretch in the column, and in the fold that is open
        self._part = 0
        self._starts: list[int] = []  # of the part's lines

    def read(self, number: int, part: str) -> None:
        """Go on with a part."""
        self.reset()
        lines = (len(line) + 1 for line in part.split("\n"))
        self._part, self._starts = number, [*itertools.accumulate(lines, initial=0)]
        self.feed(part)

    def figure(self) -> None:
        """Go on with a figure, or what else is as wide."""
        self._here[-1] = []
        self.stretches.append(self._here[-1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        element = ".".join([tag, *given.get("class", "").split()[:1]])
        if self._is_column and element in WIDE:
            self.figure()
        elif self._is_column and tag not in VOID:
            self._here[-1].append(Row(self._part))
        self._refer(given.get("href", "").removeprefix("#"))
        if tag not in VOID:
            self._around.append(element)
        if element == INSIDE:
            self._here.append([])
            self.stretches.append(self._here[-1])

    def _refer(self, key: str) -> None:
        *around, parent, mark = ["", "", *self._around]
        is_column = (parent, mark) == ("p", "sup.footnote-ref") and {*around} <= {"", FOLD, INSIDE}
        if is_column and key in self._left:
            self._here[-1][-1].keys.append(key)
            self._left.remove(key)

    def handle_endtag(self, tag: str) -> None:
        while self._around:
            element = self._around.pop()
            if element == INSIDE:
                self._here.pop()
            if element.partition(".")[0] == tag:
                break
        if self._is_column and self._here[-1] and self._here[-1][-1].part == self._part:
            line, column = self.getpos()
            self._here[-1][-1].end = self._starts[line - 1] + column + len(f"</{tag}>")

    @property
    def _is_column(self) -> bool:
        return not self._around or self._around[-1] == INSIDE
