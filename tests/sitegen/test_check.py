from __future__ import annotations

from pathlib import Path

import pytest

from sitegen import check
from sitegen.errors import AuthorError
from tests.sitegen.small_course import SmallCourse

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/nosuch.html#no",
        "mailto:a@example.org",
        "#here",
        "lesson.html#here",
        "index.html",
        "#naïve-bayes",
        "second.html#there",
    ],
)
def test_links_that_lead_somewhere(course: SmallCourse, link: str) -> None:
    course.add_lesson("second", "## There\n")
    course.write_lesson(f"## Here\n\n## Naïve Bayes\n\nSee [it]({link}).\n")
    assert course.build(only_check=True).pages == ["index.html", "lesson.html", "second.html"]


def test_pictures_are_copied_where_the_page_looks(course: SmallCourse) -> None:
    folder = course.content / "images"
    folder.mkdir()
    (folder / "a b.png").write_bytes(PNG + b"a")
    (folder / "é.png").write_bytes(PNG + b"e")
    course.write_lesson("![one](<images/a b.png>) ![two](images/é.png)\n")
    course.build()
    assert (course.dist / "images" / "a b.png").read_bytes() == PNG + b"a"
    assert (course.dist / "images" / "é.png").read_bytes() == PNG + b"e"


def test_a_missing_picture_is_told_with_those_that_are_there(course: SmallCourse) -> None:
    folder = course.content / "images"
    folder.mkdir()
    (folder / "cat.png").touch()
    course.write_lesson("![a cat](images/cats.png)\n")
    with pytest.raises(AuthorError, match=r'"images/cats\.png"; allowed: images/cat\.png; did you mean'):
        course.build()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("cat.png", b"not a picture", r"its content is not that of a \.png"),
        ("cat.svg", b"<svg><circle></svg>", r"not well-formed SVG: mismatched tag: line 1, column 15"),
    ],
)
def test_a_picture_that_is_none(course: SmallCourse, name: str, content: bytes, said: str) -> None:
    (course.content / name).write_bytes(content)
    course.write_lesson(f"![a cat]({name})\n")
    with pytest.raises(AuthorError, match=rf'lesson\.md:8: "{name}" is no picture: {said}'):
        course.build(only_check=True)


def test_a_picture_that_lies_elsewhere(course: SmallCourse, tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(PNG)
    (course.content / "cat.png").symlink_to(tmp_path / "cat.png")
    course.write_lesson("![a cat](cat.png)\n")
    with pytest.raises(
        AuthorError, match=r'"cat\.png" is a link that leads out of the course\'s folder; put a copy there'
    ):
        course.build(only_check=True)


def site_of(folder: Path, **pages: str) -> Path:
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


def test_site_whose_references_are_files(tmp_path: Path) -> None:
    (tmp_path / "a file.js").touch()
    check.check_site(
        site_of(
            tmp_path,
            one='<p id="x"><a href="two.html#é">.</a><a href="#x">.</a><a href="https://example.org/no">.</a></p>',
            two='<p id="é"><script src="a%20file.js"></script><svg><use href="#nowhere"/></svg></p>',
        )
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ('<p id="x"></p><p id="x"></p>', r"one\.html: ids used twice: \{'x'\}"),
        ('<a href="two.html">.</a>', r"one\.html: two\.html is not a file"),
        ('<img src="/one.html">', r"one\.html: /one\.html is not a file"),
        ('<a href="#y">.</a>', r"one\.html: one\.html#y leads nowhere"),
        ('<link href="assets/">', r"one\.html: assets/ is not a file"),
    ],
)
def test_site_with_a_bug(tmp_path: Path, page: str, message: str) -> None:
    (tmp_path / "assets").mkdir()
    with pytest.raises(AssertionError, match=message):
        check.check_site(site_of(tmp_path, one=page))
