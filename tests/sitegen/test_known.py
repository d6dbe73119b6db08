"""What a course's pages say to search engines and to programs that show a link, once it has an address."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

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
