"""What a course's pages say to search engines and to programs that show a link, once it has an address."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import feedparser
import pytest

from sitegen import cli
from sitegen.errors import AuthorError
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse

ADDRESS = "https://example.org/learn/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def with_address(course: SmallCourse, address: str) -> None:
    file = course.content / "course.toml"
    file.write_text(f'address = "{address}"\n{file.read_text("utf-8")}', "utf-8")


def test_pages_name_their_address_and_what_they_are(course: SmallCourse) -> None:
    with_address(course, ADDRESS)
    course.write_lesson("Some text.\n", FRONT_MATTER.replace("A small lesson", "5 < 6 & </script> more"))
    course.build()
    for path, file in (
        ("", "index.html"),
        ("lesson.html", "lesson.html"),
        *[2 * ("code/pycore.arrays.html",)],
    ):
        page = (course.dist / file).read_text("utf-8")
        assert f'<link rel="canonical" href="{ADDRESS}{path}">' in page
        assert f'<meta property="og:url" content="{ADDRESS}{path}">' in page
    page = (course.dist / "lesson.html").read_text("utf-8")
    assert '<meta property="og:title" content="Small · Small course">' in page
    assert '<meta property="og:description" content="5 &lt; 6 &amp; &lt;/script&gt; more">' in page
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(data)
    assert (told["@type"], told["headline"]) == ("LearningResource", "5 < 6 & </script> more")
    assert (told["url"], told["timeRequired"]) == (f"{ADDRESS}lesson.html", "PT1M")
    index = (course.dist / "index.html").read_text("utf-8")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', index)
    assert [part["url"] for part in json.loads(data)["hasPart"]] == [f"{ADDRESS}lesson.html"]


def test_the_sitemap_names_every_page_but_that_of_lost_readers(course: SmallCourse) -> None:
    with_address(course, ADDRESS)
    course.build()
    found = ET.parse(course.dist / "sitemap.xml").getroot()
    places = {url.text for url in found.iterfind(f"{SITEMAP}url/{SITEMAP}loc")}
    pages = {file.relative_to(course.dist).as_posix() for file in course.dist.rglob("*.html")}
    assert places == {ADDRESS, *(ADDRESS + page for page in pages - {"404.html", "index.html"})}
    assert f"Sitemap: {ADDRESS}sitemap.xml\n" in (course.dist / "robots.txt").read_text("utf-8")


def test_without_an_address_pages_claim_none(course: SmallCourse) -> None:
    course.build()
    for page in ("index.html", "lesson.html"):
        text = (course.dist / page).read_text("utf-8")
        assert "canonical" not in text
        assert "og:" not in text
        assert "ld+json" not in text
    assert not (course.dist / "sitemap.xml").exists()
    assert not (course.dist / "robots.txt").exists()


@pytest.mark.parametrize(
    "address", ["example.org/", "https://example.org", "ftp://example.org/", "https:// x/"]
)
def test_an_address_that_is_none_is_told(course: SmallCourse, address: str) -> None:
    with_address(course, address)
    with pytest.raises(AuthorError, match=r'course\.toml:1: "address" must be an address that ends with "/"'):
        course.build()


CHANGES = """
[[changes]]
date = 2026-01-02
title = "A lesson & <more>"
lesson = "lesson"

[[changes]]
date = 2026-03-04
title = "The course"
"""


def with_changes(course: SmallCourse, changes: str) -> None:
    file = course.content / "course.toml"
    file.write_text(file.read_text("utf-8") + changes, "utf-8")


def test_the_feed_tells_what_is_new_newest_first(course: SmallCourse) -> None:
    with_address(course, ADDRESS)
    with_changes(course, CHANGES)
    course.build()
    feed = feedparser.parse((course.dist / "feed.xml").read_bytes())
    assert not feed.bozo
    assert (feed.version, feed.feed.title, feed.feed.updated) == (
        *("atom10", "Small course", "2026-03-04T00:00:00Z"),
    )
    assert [(entry.title, entry.link, entry.updated) for entry in feed.entries] == [
        ("The course", ADDRESS, "2026-03-04T00:00:00Z"),
        ("A lesson & <more>", f"{ADDRESS}lesson.html", "2026-01-02T00:00:00Z"),
    ]
    assert len({entry.id for entry in feed.entries}) == 2
    link = f'<link rel="alternate" type="application/atom+xml" href="{ADDRESS}feed.xml" title="Small course">'
    assert link in (course.dist / "lesson.html").read_text("utf-8")


def test_a_feed_needs_changes_and_an_address(course: SmallCourse) -> None:
    with_changes(course, CHANGES)
    course.build()
    assert not (course.dist / "feed.xml").exists()
    assert "atom+xml" not in (course.dist / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ('"lesson"\n\n', '"leson"\n\n', r'course\.toml:11: no such lesson: found "leson"'),
        (
            'title = "The course"',
            'titel = "The course"',
            r'course\.toml:15: no such field in "changes\.1": found "titel"; allowed: date, lesson, title; ',
        ),
        ("2026-03-04", '"soon"', r'course\.toml:14: "changes.1.date" Input should be a valid date'),
        (
            "[[changes]]\ndate = 2026-03-04",
            CHANGES + "\n[[changes]]\ndate = 2026-03-04",
            r"course\.toml:\d+: .* is written twice",
        ),
    ],
)
def test_a_change_that_is_none_is_told(course: SmallCourse, wrong: str, right: str, message: str) -> None:
    with_changes(course, CHANGES.replace(wrong, right))
    with pytest.raises(AuthorError, match=message):
        course.build()


def test_the_command_line_names_the_address(course: SmallCourse, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ["--content", str(course.content), "--out", str(course.dist)]
    for address in (ADDRESS, "https://example.org/elsewhere/"):
        assert cli.main([*folders, "--address", address]) == 0
        page = (course.dist / "lesson.html").read_text("utf-8")
        assert f'<link rel="canonical" href="{address}lesson.html">' in page
    assert cli.main([*folders, "--address", "example.org"]) == 1
    assert '--address: must be an address that ends with "/"' in capsys.readouterr().err
    assert cli.main([*folders, "--address", ADDRESS, "--serve"]) == 1
    assert "is not published" in capsys.readouterr().err


PNG = b"\x89PNG\r\n\x1a\n"


def test_a_picture_is_shown_with_links(course: SmallCourse) -> None:
    with_address(course, ADDRESS)
    (course.content / "images").mkdir()
    for name in ("all of it.png", "one.png"):
        (course.content / "images" / name).write_bytes(PNG)
    file = course.content / "course.toml"
    file.write_text('picture = "images/all of it.png"\n' + file.read_text("utf-8"), "utf-8")
    course.write_lesson("Text.\n", FRONT_MATTER.replace("lede:", "picture: images/one.png\nlede:"))
    course.build()
    shown = {"index.html": "all%20of%20it", "code/pycore.arrays.html": "all%20of%20it", "lesson.html": "one"}
    for page, name in shown.items():
        text = (course.dist / page).read_text("utf-8")
        assert f'<meta property="og:image" content="{ADDRESS}images/{name}.png">' in text
        assert '<meta name="twitter:card" content="summary_large_image">' in text
    assert (course.dist / "images" / "one.png").read_bytes() == PNG


def test_a_picture_that_is_not_there_is_told_at_its_line(course: SmallCourse) -> None:
    course.write_lesson("Text.\n", FRONT_MATTER.replace("lede:", "picture: images/one.png\nlede:"))
    with pytest.raises(AuthorError, match=r"lesson\.md:6: no such picture: found \"images/one\.png\""):
        course.build()
    file = course.content / "course.toml"
    file.write_text(file.read_text("utf-8") + 'picture = "two.png"\n', "utf-8")
    course.write_lesson("Text.\n")
    with pytest.raises(AuthorError, match=r"course\.toml:7: no such picture: found \"two\.png\""):
        course.build()
