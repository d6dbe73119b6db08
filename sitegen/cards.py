"""The lessons as the course's page shows them: a card each, with a still picture of the lesson's hero."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sitegen import keep, made_from, soundness, styles
from sitegen.content import Lesson
from sitegen.markdown import Page

PICTURED = 24  # lessons: the pictures of more would make the page heavy
STAGE = "stage"  # the part of a figure that is its picture
# A still picture answers to nothing, and says nothing that its card does not.
SILENT = re.compile(r'\s(?:data-[\w-]+|aria-[\w-]+|role|id|type|tabindex|title)(?:="[^"]*")?(?=[^<>]*>)')


@dataclass(frozen=True)
class Card:
    """A lesson in the list.

    Attributes
    ----------
    minutes
        Of the main line.
    needs
        Numbers and pages of the lessons that it builds on.
    sections
        Their titles by their ids, as JSON: where a reader may have stopped.
    figure, look
        Path and classes of its hero; empty without one.
    still
        The hero's picture, as markup.
    """

    minutes: int
    needs: tuple[tuple[str, str], ...]
    sections: str
    figure: str = ""
    look: str = ""
    still: str = ""


def make(lessons: Sequence[Lesson], pages: Sequence[Page]) -> list[Card]:
    """Make the cards of a course, in order."""
    by_slug = {lesson.slug: lesson for lesson in lessons}
    made = []
    for lesson, page in zip(lessons, pages, strict=True):
        needs = tuple((by_slug[need].meta.number, by_slug[need].page) for need in lesson.meta.needs)
        titles = {part.id: part.title for part in page.outline.sections if part.id and not part.around}
        sections = json.dumps(titles, ensure_ascii=False)
        card = Card(max(page.main.minutes, 1), needs, sections)
        shown = re.match(r'\s*<py-figure id="([^"]+)"', page.hero)
        if shown and len(lessons) <= PICTURED:
            card = _pictured(card, *page.figures[shown[1]])
        made.append(card)
    return made


def _pictured(card: Card, path: str, params: dict[str, str]) -> Card:
    recipe = made_from.figure(path)
    if recipe is None:
        still = _still(path, params)
    else:
        still = keep.kept(
            f"still {path} {json.dumps(params)} {recipe} {SILENT.pattern}", lambda: _still(path, params)
        )
    names = (*styles.shared(path), path.rpartition("/")[2])
    look = " ".join(f"figure-{name}" for name in names)
    return Card(card.minutes, card.needs, card.sections, path, look, still)


def _still(path: str, params: dict[str, str]) -> str:
    """Draw a figure's stage as it first stands; buttons in it are words."""
    stage = str(soundness.load(path)(params).parts().get(STAGE, ""))
    return re.sub(r"<(/?)button\b", r"<\1span", SILENT.sub("", stage))
