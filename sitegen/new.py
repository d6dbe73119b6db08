"""A working start for an author: `python build.py new lesson NAME` and `new figure LESSON/NAME`.

What is made builds and passes its test as it is; nothing that is there already is written over.
"""

from __future__ import annotations

import keyword
import re
import tomllib
from pathlib import Path
from string import Template

from pycore.live import catalog
from sitegen.content import Course, Lesson, load_course
from sitegen.errors import ROOT, AuthorError, allowed

COURSE = Template("""\
house = "The house"
code = "COURSE-01"
title = "$title"
path = "the path"
summary = "Say in a sentence what a reader will learn."
lessons = []
""")
LESSON = Template("""\
---
title: $title
headline: $title
number: "$number"
subject: $subject
status: planned
lede: Say in two sentences what a reader will understand at the end.
---

## The first section

Say here what the figure below shows, and let the reader predict before it does.

::: question {#predict-more answer=2}
The button is pressed once. What happens to the number?

- It stays the same.
- It grows by one.

---

Each press adds one, up to nine.
:::
""")
EMPTY = r"^(\s*lessons\s*=\s*)\[\s*\]"  # a course without lessons
DIRECTIVE = Template("""
::: figure $name {number=$number title="$title"}
Say here what to try: press **more**.
:::
""")
FIGURE = Template('''\
"""FIG.$number: say here what it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pycore.live import expect
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import tag

MOST = 9


@dataclass(frozen=True)
class ${kind}State:
    """How many dots there are."""

    count: int = 3


class $kind(Figure[${kind}State]):
    """A row of dots, and two buttons that change their number."""

    State = ${kind}State

    def check(self, state: ${kind}State) -> None:
        """Refuse what cannot be drawn."""
        expect.between("a number of dots", state.count, most=MOST)

    @event
    def add(self, by: str) -> None:
        """Add dots, or take some away."""
        count = min(max(self.state.count + int(by), 0), MOST)
        self.state = replace(self.state, count=count)

    def view(self) -> Parts:
        """Draw the buttons, the dots and their number."""
        count = self.state.count
        dots = (tag("circle", cx=20 + 40 * i, cy=20, r=12) for i in range(count))
        return {
            "controls": group(
                "Number of dots", chip("less", "add", "-1", "less"), chip("more", "add", "1", "more")
            ),
            "stage": tag("svg", *dots, viewBox="0 0 360 40", role="img", aria_label=f"{count} dots"),
            "readout": tag("p", "Dots: ", tag("b", count, data_out="count")),
        }
''')
STYLE = Template("""\
/* FIG.$number */

.figure-$name svg { max-width: 22rem; }
.figure-$name svg circle { fill: var(--answer); }
""")
EVENTS = """\
{
  "params": {},
  "events": [
    ["add", ["1"]],
    ["add", ["-1"]],
    ["add", ["99"]],
    ["reset", []]
  ]
}
"""
TEST = Template('''\
"""FIG.$number in the browser: pressed with the mouse and the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.steps import out, press, press_by_key

PAGE = "$page"
FIGURE = "fig-$key"


def test_dots_are_added_and_taken_away(open_page: Callable[..., Page], base: str) -> None:
    page = open_page(base + PAGE)
    page.locator(f"#{FIGURE}").scroll_into_view_if_needed()
    press(page, FIGURE, "more")
    assert out(page, FIGURE, "count") == "4"
    press_by_key(page, FIGURE, "less", "Enter")
    assert out(page, FIGURE, "count") == "3"
    assert page.locator(f"#{FIGURE} svg circle").count() == 3
''')


def lesson(name: str, content: Path, root: Path = ROOT) -> list[Path]:
    """Make a lesson with a section, a question and a figure, and the folders of its subject.

    Parameters
    ----------
    name
        Small letters, digits and hyphens, such as "attention-heads". With the next free number before it, it
        becomes the file's name; with underscores, that of the folders.
    content
        The folder of course.toml; a course is begun in it where there is none.
    root
        The checkout.

    Returns
    -------
    list of Path
        What was written. The browser's tests build the course of the checkout alone, so a figure of another
        has none.

    Raises
    ------
    AuthorError
        When the name cannot be one or is taken, or the course cannot be read.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise AuthorError(
            f'a lesson is named with small letters, digits and hyphens, such as "word-order"; found "{name}"'
        )
    listed = content / "course.toml"
    before = listed.read_text("utf-8") if listed.exists() else None
    title = name.replace("-", " ").capitalize()
    begun = COURSE.substitute(title=title) if before is None else before
    if re.search(EMPTY, begun, flags=re.MULTILINE):
        course, lessons = None, list[Lesson]()
    else:
        course, lessons = load_course(content)
    for other in lessons:
        if re.sub(r"^\d+-", "", other.slug) == name:
            raise AuthorError(f'the name "{name}" is taken by {other.file.name}')
    number = f"{max((int(other.meta.number) for other in lessons), default=0) + 1:02}"
    slug, subject = f"{number}-{name}", name.replace("-", "_")
    file = content / f"{slug}.md"
    if course is None:
        toml = re.sub(EMPTY, rf'\g<1>["{slug}"]', begun, count=1, flags=re.MULTILINE)
    else:
        toml = _with_lesson(listed, course, slug)
    text = LESSON.substitute(title=title, number=number, subject=subject)
    _write(file, text)
    listed.write_text(toml, "utf-8")
    try:
        made = next(found for found in load_course(content)[1] if found.slug == slug)
    except AuthorError:  # a course without lessons that has other mistakes
        file.unlink()
        listed.unlink() if before is None else listed.write_text(before, "utf-8")
        raise
    written = [file, listed, *_folders(title, subject, root)]
    first = "first_figure"
    there = (root / "pycore" / "figures" / subject / f"{first}.py").exists()
    return written if there else [*written, *_figure(first, made, root)[1:]]


def figure(path: str, content: Path, root: Path = ROOT) -> list[Path]:
    """Make a figure of a lesson, its style, its recorded events and its test, and show it in the lesson.

    Parameters
    ----------
    path
        LESSON/NAME: the lesson with or without its number, and a name of small letters, digits and
        underscores.

    Returns
    -------
    list of Path
        What was written, the lesson first.

    Raises
    ------
    AuthorError
        When there is no such lesson, or the name cannot be one or is taken.
    """
    wanted, slash, name = path.partition("/")
    if not slash or not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise AuthorError(
            "a figure is named LESSON/NAME, with small letters, digits and underscores in NAME, "
            f'such as "03-embeddings/two_words"; found "{path}"'
        )
    _, lessons = load_course(content)
    found = [one for one in lessons if wanted in (one.slug, re.sub(r"^\d+-", "", one.slug))]
    if not found:
        raise AuthorError(f"no such lesson: {allowed(wanted, (one.slug for one in lessons))}")
    if not found[0].meta.subject:
        raise AuthorError(
            "this lesson names no folder for its figures; add a line such as `subject: word_order`",
            found[0].file,
            1,
        )
    return _figure(name, found[0], root)


def _figure(name: str, lesson: Lesson, root: Path) -> list[Path]:
    subject = lesson.meta.subject
    base = root / "pycore" / "figures" / subject / name
    test = root / "tests" / "browser" / subject / f"test_{name}.py"
    tests = [test] if lesson.file.parent == root / "content" else []
    if name in catalog.paths():
        raise AuthorError(f'the name "{name}" is taken by a figure that every lesson may show')
    for file in (base.with_suffix(".py"), *tests):
        if file.exists():
            raise AuthorError(f'the name "{name}" is taken by {file.relative_to(root)}')
    numbers = (int(found) for found in re.findall(r"\{[^}\n]*?number=\"?(\d+)", lesson.text))
    number = f"{max(numbers, default=0) + 1:02}"
    kind = "".join(word.capitalize() for word in name.split("_"))
    title = name.replace("_", " ").capitalize()
    words = {"name": name, "number": number, "key": number, "kind": kind, "title": title, "page": lesson.page}
    made = [*_folders(lesson.meta.title, subject, root), base.with_suffix(".py"), base.with_suffix(".css")]
    made += [base.with_suffix(".events.json"), *tests]
    _write(base.with_suffix(".py"), FIGURE.substitute(words))
    _write(base.with_suffix(".css"), STYLE.substitute(words))
    _write(base.with_suffix(".events.json"), EVENTS)
    for file in tests:
        _write(file, TEST.substitute(words))
    lesson.file.write_text(lesson.text.rstrip("\n") + "\n" + DIRECTIVE.substitute(words), "utf-8")
    made += _named_in_guide(f"{subject}/{name}", root)
    return [lesson.file, *made]


def _folders(title: str, subject: str, root: Path) -> list[Path]:
    """Make the packages of a subject that are not there yet."""
    said = {
        root / "pycore" / subject: f"{title}: the algorithms.",
        root / "pycore" / "figures" / subject: f"The figures on {title[:1].lower()}{title[1:]}.",
    }
    made = []
    for folder, words in said.items():
        file = folder / "__init__.py"
        if not file.exists():
            _write(file, f'"""{words}"""\n')
            made.append(file)
    return made


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as opened:
        opened.write(text)


def _with_lesson(file: Path, course: Course, slug: str) -> str:
    """Return the text of course.toml with one more lesson; all else stays as the author wrote it."""
    text = file.read_text("utf-8")
    entries = re.search(r"^\s*lessons\s*=\s*\[", text, flags=re.MULTILINE)
    last = f'"{course.lessons[-1]}"'
    at = text.find(last, entries.end()) + len(last) if entries else 0
    line = text.rfind("\n", 0, at) + 1
    indent = re.match(r"[ \t]*", text[line:])
    alone = entries and line > entries.start() and text[line:at].strip() == last
    new = f',\n{indent[0] if indent else ""}"{slug}"' if alone else f', "{slug}"'
    changed = text[:at] + new + text[at:]
    try:
        lessons = tomllib.loads(changed)["lessons"]
    except tomllib.TOMLDecodeError:
        lessons = []
    if lessons != [*course.lessons, slug]:
        raise AuthorError(f'cannot find where the list `lessons` ends; add "{slug}" to it by hand', file, 1)
    return changed


def _named_in_guide(path: str, root: Path) -> list[Path]:
    """Add a figure to the author guide's list, where there is one: a test looks for each there."""
    guide = root / "docs" / "author-guide.md"
    text = guide.read_text("utf-8") if guide.is_file() else ""
    found = re.search(r"(?<=^The figures there are:)[^.]*(?=\.$)", text, flags=re.MULTILINE)
    if not found:
        return []
    names = sorted({*re.findall(r"`([\w/]+)`", found[0]), path})
    rows = ["The figures there are:"]
    for name in names:
        word = f"`{name}`" + ("," if name != names[-1] else "")
        if len(rows[-1]) + len(word) >= 118:
            rows.append(word)
        else:
            rows[-1] += f" {word}"
    listed = "\n".join(rows).removeprefix("The figures there are:")
    guide.write_text(text[: found.start()] + listed + text[found.end() :], "utf-8")
    return [guide]
