"""What can only be checked when all lessons are rendered: links between them, and pictures."""

from __future__ import annotations

import functools
import html
import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from pycore import figures
from pycore.live import catalog
from sitegen import digests, imports, keep, soundness
from sitegen.content import Lesson
from sitegen.errors import AuthorError, Mistakes, allowed, collecting
from sitegen.markdown import Page, Place
from sitegen.places import line_of, read_text

STARTS = {  # how a file of each kind begins
    "avif": rb".{4}ftyp",
    "gif": rb"GIF8",
    "jpeg": rb"\xff\xd8\xff",
    "jpg": rb"\xff\xd8\xff",
    "png": rb"\x89PNG\r\n\x1a\n",
    "webp": rb"RIFF.{4}WEBP",
}
PICTURES = (".svg", *(f".{kind}" for kind in STARTS))


def check_subject(lesson: Lesson) -> None:
    """Tell of a lesson's folder of figures that is none."""
    there = sorted({path.rpartition("/")[0] for path in catalog.paths()} - {""})
    if lesson.meta.subject and lesson.meta.subject not in there:
        folders = (Path(folder, lesson.meta.subject) for folder in figures.__path__)
        modules = (file.stem for folder in folders for file in folder.glob("[a-z]*.py"))
        missing = soundness.no_package(*(f"{lesson.meta.subject}/{name}" for name in modules))
        if missing:
            raise AuthorError(missing, lesson.file, line_of(lesson.text, "subject:"))
        message = f"subject names a folder of pycore/figures: {allowed(lesson.meta.subject, there)}"
        raise AuthorError(message, lesson.file, line_of(lesson.text, "subject:"))


def check_links(
    lesson: Lesson, page: Page, pages: Mapping[str, set[str] | None], mistakes: Mistakes | None = None
) -> None:
    """Check a lesson's links to other pages and to places in them.

    Parameters
    ----------
    pages
        The ids of every page, by the page's file name; None for a page that could not be read.
    mistakes
        Takes what is wrong; without it, that is raised.

    Raises
    ------
    AuthorError
        For links that lead nowhere.
    """
    with collecting(mistakes) as told:
        for link in page.links:
            with told.told():
                _check_link(lesson, link, pages)


def _check_link(lesson: Lesson, link: Place, pages: Mapping[str, set[str] | None]) -> None:
    if re.match(r"(https?|mailto):", link.value):
        if not re.match(r"mailto:.|https?://[^/?#]", link.value):
            message = f'a link to no host: found "{link.value}"; write https://host/page'
            raise AuthorError(message, lesson.file, link.line)
        return
    target, _, anchor = (unquote(part) for part in link.value.partition("#"))
    target = target or lesson.page
    if target not in pages:
        folder, _, _ = target.rpartition("/")
        choices = [page for page in pages if page.rpartition("/")[0] == folder] or list(pages)
        message = f"link to a page that is not there: {allowed(target, choices)}"
        raise AuthorError(message, lesson.file, link.line)
    places = pages[target]
    if anchor and places is not None and anchor not in places:
        message = f"link to a place that {target} does not have: {allowed(anchor, places)}"
        raise AuthorError(message, lesson.file, link.line)


def check_images(lesson: Lesson, page: Page, mistakes: Mistakes | None = None) -> list[Path]:
    """Return the pictures that a lesson shows, and that for links to it.

    Tells or raises when some are missing or lie elsewhere.
    """
    found = []
    folder = lesson.file.parent
    images = list(page.images)
    if picture := lesson.meta.picture:
        images.append(Place(picture, line_of(read_text(lesson.file), "picture")))
    with collecting(mistakes) as told:
        for image in images:
            file = folder / unquote(image.value)
            if _is_picture(file, folder):
                found.append(file)
                recipe = f"broken picture {file.suffix} {digests.of_file(file)} {imports.code(__name__)}"
                if problem := keep.kept(recipe, functools.partial(_broken, file)):
                    told.add(
                        AuthorError(f'"{image.value}" is no picture: {problem}', lesson.file, image.line)
                    )
                continue
            if file.is_symlink() and file.is_file() and file.suffix.lower() in PICTURES:
                message = (
                    f'"{image.value}" is a link that leads out of the course\'s folder; put a copy there'
                )
                told.add(AuthorError(message, lesson.file, image.line))
                continue
            files = (p for p in folder.glob("images/*") if _is_picture(p, folder))
            present = (p.relative_to(folder).as_posix() for p in files)
            message = f"no such picture: {allowed(image.value, present)}"
            told.add(AuthorError(message, lesson.file, image.line))
    return found


def _is_picture(file: Path, folder: Path) -> bool:
    """Whether a file is a picture in the folder of the course, from where it is published."""
    inside = file.is_file() and file.resolve().is_relative_to(folder.resolve())
    return inside and file.suffix.lower() in PICTURES


def _broken(file: Path) -> str | None:
    """Say why no browser would show a picture; None when its content is of the kind that its name says."""
    content = file.read_bytes()
    kind = file.suffix.lower().removeprefix(".")
    if kind == "svg":
        reader = expat.ParserCreate()
        try:
            reader.Parse(content, True)
        except expat.ExpatError as error:
            return f"not well-formed SVG: {error}"
        return None
    if not re.match(STARTS[kind], content, flags=re.DOTALL):
        return f"its content is not that of a .{kind}"
    return None


MOST = 4096  # pages that are remembered


@dataclass(frozen=True)
class Marks:
    """What a built page says of itself and of others."""

    ids: frozenset[str]
    twice: frozenset[str]
    files: frozenset[str]  # of the site, by their paths in it
    places: frozenset[tuple[str, str]]  # a page of the site, and an id in it


# A tag with its attributes; text holds no "<", and what scripts and comments hold is no tag.
TAG = re.compile(
    r"<(?:!--.*?-->|script\b[^>]*>.*?</script>|(?P<name>[a-zA-Z][\w-]*)"
    r"""(?P<attributes>[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*)>)""",
    re.DOTALL,
)
# The ends of elements, and what only colours or sets words: most tags, and nothing that is looked for here.
PLAIN = re.compile(r"""</(?!script\b)\w+>|<(?!script\b)\w+(?: class="[\w -]*")?>""")
ATTRIBUTE = re.compile(r"""\s(id|href|src)=(?:"([^"]*)"|'([^']*)')""")


_seen: dict[tuple[str, str], Marks] = {}  # by path and hash of a page: most are as they were before


def _marks(file: Path, name: str) -> Marks:
    digest = digests.of_file(file)
    if len(_seen) > MOST:
        _seen.clear()
    if (name, digest) not in _seen:
        recipe = f"marks {name} {digest} {imports.code(__name__)}"
        _seen[name, digest] = keep.kept(recipe, lambda: _read(file, name))
    return _seen[name, digest]


def _read(file: Path, name: str) -> Marks:
    ids = Counter[str]()
    files, places = set[str](), set[tuple[str, str]]()
    for tag in TAG.finditer(PLAIN.sub("", file.read_text("utf-8"))):
        opening = tag[0] if tag["name"] else tag[0][: tag[0].find(">")]
        for attribute, *values in ATTRIBUTE.findall(opening):
            value = html.unescape("".join(values))
            if attribute == "id":
                ids[value] += 1
            elif tag["name"] != "use" and value and not (parts := urlsplit(value)).scheme:
                path = _target(name, unquote(parts.path))
                files.add(path)
                if parts.fragment:
                    places.add((path, unquote(parts.fragment)))
    twice = frozenset(key for key, count in ids.items() if count > 1)
    return Marks(frozenset(ids), twice, frozenset(files), frozenset(places))


def _target(page: str, path: str) -> str:
    """Return what a page means by a path; what is no relative path of a file stays as it is, and is none."""
    if not path or path.startswith("/") or path.endswith("/"):
        return path or page
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path))


def check_site(dist: Path) -> None:
    """Check the built pages themselves: every local reference is a file, every id comes once.

    Raises
    ------
    AssertionError
        A bug in the generator or a template, not an author's mistake.
    """
    files = {file.relative_to(dist).as_posix(): file for file in digests.below(dist)}
    with keep.together():
        pages = {name: _marks(file, name) for name, file in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        assert not page.twice, f"{name}: ids used twice: {set(page.twice)}"
        missing = sorted(page.files - files.keys())
        assert not missing, f"{name}: {missing[0]} is not a file of the site"
        for path, place in page.places:
            known = path not in pages or place in pages[path].ids
            assert known, f"{name}: {path}#{place} leads nowhere"
