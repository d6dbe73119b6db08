"""What all pages share: styles, scripts and fonts, and the pictures that lessons show.

Fonts are cut to what a reader may see, so the letters of the whole course are gathered here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sitegen import check, digests, fonts, imports, scripts, shorter, spoken, styles, unchanged, vendor
from sitegen.content import Course, Lesson
from sitegen.errors import ROOT
from sitegen.lessons import TEMPLATES
from sitegen.markdown import Page
from sitegen.output import Output

TOUCH_ICON = "touch-icon.png"  # on a phone's home screen; `python -m tools.make_pictures` makes it
ICON_PLAIN = "/ ='():"  # what an address in quotes need not escape


def write(out: Output, course: Course, lessons: Sequence[Lesson], pages: Sequence[Page]) -> dict[str, Any]:
    """Write styles, script, fonts and pictures; names carry a hash of the content."""
    for lesson, page in zip(lessons, pages, strict=True):
        for file in check.check_images(lesson, page):
            out.write(file.relative_to(lesson.file.parent).as_posix(), file.read_bytes())
    letters = "".join(sorted(_letters(course, lessons, pages)))
    files = [*(TEMPLATES / "css").glob("*.css"), *(TEMPLATES / "js").glob("*.js")]
    files += [TEMPLATES / name for name in ("icon.svg", TOUCH_ICON, *scripts.STYLES.values())]
    headings = "".join(sorted(_headings(course, lessons, pages)))
    grown = "".join(sorted(_grown(pages)))
    recipe = digests.of_text(
        letters,
        headings,
        grown,
        repr(course.words),
        repr(vendor.table()),
        digests.of_files([*files, shorter.JOB], ROOT),
        imports.code(__name__),
        unchanged.compilers(),
    )
    return out.group(
        f"assets {recipe}",
        lambda folder: _write(folder / "assets", (set(letters), set(headings), set(grown)), course.words),
    )


def _write(
    folder: Path, used: tuple[set[str], set[str], set[str]], words: Mapping[str, str]
) -> dict[str, Any]:
    folder.mkdir()
    faces, files = fonts.build(folder, *used)
    css = faces + "\n".join(styles.of_site(file) for file in sorted((TEMPLATES / "css").glob("*.css")))
    icon = (TEMPLATES / "icon.svg").read_text("utf-8").strip()
    return {
        "css": scripts.hashed(folder, "site.css", css),
        "js": scripts.hashed(folder, "site.js", scripts.page(words)),
        "moving": scripts.hashed(folder, "moving.js", scripts.moving(words)),
        "take": scripts.hashed(folder, "take.js", scripts.take(fonts.inlined(faces, folder), words)),
        "icon": f"data:image/svg+xml,{quote(icon, ICON_PLAIN)}",
        "touch": scripts.hashed(folder, TOUCH_ICON, (TEMPLATES / TOUCH_ICON).read_bytes()),
        "fonts": [f"assets/{name}" for name in files],
    }


def _letters(course: Course, lessons: Sequence[Lesson], pages: Sequence[Page]) -> set[str]:
    """Characters that a reader may see: in the course, the templates, and what the figures write."""
    texts = [str(course), *(lesson.text for lesson in lessons)]
    texts += [text for page in pages for text in (page.html, page.claims)]
    files = [*digests.below(TEMPLATES, (".html", ".css", ".js"))]
    files += [file for folder in spoken.PACKAGES for file in digests.below(folder, ".py")]
    texts += [file.read_text("utf-8") for file in (*files, *spoken.tables().values())]
    return set().union(*map(_letters_of, texts))


@functools.lru_cache(maxsize=4096)  # most texts are as they were in the build before
def _letters_of(text: str) -> frozenset[str]:
    return frozenset(text)


def _headings(course: Course, lessons: Sequence[Lesson], pages: Sequence[Page]) -> set[str]:
    titles = [
        course.title,
        *(text for lesson in lessons for text in (lesson.meta.title, lesson.meta.headline)),
    ]
    return set().union(
        *titles, *(text for page in pages for text in re.findall("<h[1-3].*?</h[1-3]>", page.html))
    )


def _grown(pages: Sequence[Page]) -> set[str]:
    """Characters that grow in formulas: what is not told to stay as it is, and roots."""
    texts = [page.html for page in pages]
    operators = [
        sign for text in texts for sign in re.findall(r'<mo(?![^>]*stretchy="false")[^>]*>([^<]*)<', text)
    ]
    return set().union(*operators, *("√" for text in texts if "<msqrt" in text or "<mroot" in text))
