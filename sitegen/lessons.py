"""The lessons, rendered: taken from the cache as long as nothing that they are made from has changed."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import jinja2

from pycore.live import catalog
from sitegen import beside, digests, imports, keep, language, made_from, markdown, parallel, progress
from sitegen.content import Course, Lesson
from sitegen.errors import ROOT, AuthorError, Mistakes
from sitegen.markdown import QUOTES, Page

TEMPLATES = ROOT / "site_templates"
MANY = 150  # lessons to render: fewer are done before other processes have begun
BATCH = 25  # lessons that are rendered, and kept, together
_FIGURE = re.compile(r"^:{3,} *(?:figure|hero|exercise)\b", re.MULTILINE)
Texts = tuple[tuple[str, str], ...]  # of the templates, by name


def environment(course: Course | None = None) -> jinja2.Environment:
    """Return the templates in a course's language, with autoescape; in them a missing name is an error."""
    return _environment(template_texts(course))


def template_texts(course: Course | None = None) -> Texts:
    """Read the templates, each once in a build; the one that has no file holds the language's quotes."""
    words = course.words if course else {}
    files = sorted(TEMPLATES.glob("*.html"))
    texts = ((file.name, language.translated(file.read_text("utf-8"), words)) for file in files)
    return (*texts, (QUOTES, course.quotes if course else language.QUOTES))


@functools.lru_cache(maxsize=2)
def _environment(texts: Texts) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.DictLoader(dict(texts)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["beside"] = beside.put
    made.globals[QUOTES] = dict(texts)[QUOTES]
    return made


@dataclass(frozen=True)
class Task:
    """A lesson to render."""

    lesson: Lesson
    glossary: Mapping[str, str]
    templates: Texts
    common: str  # what all lessons are made from

    def recipe(self) -> str:
        """Say what it is made from, but for its figures: they are known when it has been rendered."""
        return f"lesson {self.lesson.slug} {digests.of_text(self.lesson.text)} {self._claims()} {self.common}"

    def _claims(self) -> str:
        """Hash what computes the numbers in its prose: the Python beside it, its imports, and all data."""
        file = self.lesson.file.with_suffix(".claims.py")
        if not file.is_file():
            return ""
        code = imports.code(*imports.names_in(file))
        return f"{code} {digests.of_file(file)} {made_from.all_data()}"


def render(lessons: Sequence[Lesson], course: Course, mistakes: Mistakes) -> list[Page]:
    """Render lessons, in order, each as far as it can be; nothing is kept of one that has a mistake.

    Parameters
    ----------
    mistakes
        Takes what is wrong.
    """
    templates, glossary = template_texts(course), course.glossary
    common = digests.of_text(
        imports.code(markdown.__name__),
        *(part for template in templates for part in template),
        repr(sorted(glossary.items())),
        repr(catalog.paths()),
    )
    tasks = [Task(lesson, glossary, templates, common) for lesson in lessons]
    pages = [_look(task.recipe()) for task in tasks]
    missing = [task for task, page in zip(tasks, pages, strict=True) if page is None]
    batches = list(_batches(missing))
    if len(batches) >= MANY // BATCH:
        told = progress.steps("drawing lessons", len(batches))
    else:
        told = progress.steps("drawing figures", sum(len(_FIGURE.findall(t.lesson.text)) for t in missing))
    with told:
        made = itertools.chain.from_iterable(parallel.each(_render_all, batches, -(-MANY // BATCH)))
    rendered = []
    for page in pages:
        if page is None:
            page, wrong = next(made)
            for mistake in wrong:
                mistakes.add(mistake)
        rendered.append(page)
    return rendered


def _look(recipe: str) -> Page | None:
    figures: tuple[list[str]] | None = keep.look(f"figures of {recipe}")
    made = _figures(figures[0]) if figures else None
    page: tuple[Page] | None = keep.look(f"{recipe} {made}") if made else None
    return page[0] if page else None


def _figures(paths: list[str]) -> str | None:
    """Hash what figures are made from; None when that is unknown, or one has a mistake."""
    try:
        return made_from.figures(paths)
    except AuthorError:
        return None


def _batches(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    for start in range(0, len(tasks), BATCH):
        yield tasks[start : start + BATCH]


def _render_all(tasks: Sequence[Task]) -> list[tuple[Page, tuple[AuthorError, ...]]]:
    with keep.together():
        return [_render(task) for task in tasks]


def _render(task: Task) -> tuple[Page, tuple[AuthorError, ...]]:
    before = task.recipe()
    mistakes = Mistakes()
    page = markdown.render(task.lesson, _environment(task.templates), task.glossary, mistakes)
    try:
        mistakes.end()
    except AuthorError as error:
        return page, error.mistakes
    figures = [path for path, _ in page.figures.values()]
    made = _figures(figures)
    if made and task.recipe() == before:
        keep.put(f"{before} {made}", page)
        keep.put(f"figures of {before}", figures)
    return page, ()
