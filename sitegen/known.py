"""How a course becomes known: what search engines and programs that show a link read of its pages.

All of it names the course's address, so there is none of it without one (`address` in course.toml, or
`--address`); a page that says nothing of the kind is as good a page.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from sitegen import digests, policy
from sitegen.content import Course, Lesson

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
FEED = "feed.xml"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)">\n')


def publish(
    file: Path, page: str, course: Course, path: str, data: dict[str, Any] | None = None, picture: str = ""
) -> None:
    """Write a page with its policy, and with what `add` says in it."""
    file.write_text(policy.add(add(page, course, path, data, picture)), "utf-8")


def add(page: str, course: Course, path: str, data: dict[str, Any] | None = None, picture: str = "") -> str:
    """Say in a page where it is to be found, and what it is.

    Parameters
    ----------
    page
        The page, with a title and a description.
    path
        Its place under the course's address; empty for the course page.
    data
        What it is, in the terms of schema.org.
    picture
        A file under the course's address that is shown with a link to the page; the course's, without one.
    """
    title, described = TITLE.search(page), DESCRIPTION.search(page)
    if not course.address or not title or not described:
        return page
    address = html.escape(course.address + path)
    tags = {
        "og:type": "article" if path else "website",
        "og:site_name": html.escape(course.title),
        "og:title": title[1].strip(),
        "og:description": described[1],
        "og:url": address,
    }
    if shown := picture or course.picture:
        tags |= {"og:image": html.escape(course.address + quote(shown)), "og:image:alt": title[1].strip()}
    lines = [f'<link rel="canonical" href="{address}">']
    if course.changes:
        feed = f'href="{html.escape(course.address)}{FEED}" title="{html.escape(course.title)}"'
        lines.append(f'<link rel="alternate" type="application/atom+xml" {feed}>')
    lines += [f'<meta property="{name}" content="{value}">' for name, value in tags.items()]
    if shown:
        lines.append('<meta name="twitter:card" content="summary_large_image">')
    if data:
        # `<` is escaped, since it stands in a script element, which holds data and runs nothing.
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        lines.append(f'<script type="application/ld+json">{text}</script>')
    end = described.end()
    return page[:end] + "\n".join(lines) + "\n" + page[end:]


def of_course(course: Course, lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Describe the course, in the terms of schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": ["Course", "LearningResource"],
        "name": course.title,
        "description": course.summary,
        "url": course.address,
        "license": LICENSE,
        "isAccessibleForFree": True,
        "hasPart": [
            {"@type": "LearningResource", "name": lesson.meta.title, "url": f"{course.address}{lesson.page}"}
            for lesson in lessons
        ],
    }


def of_lesson(course: Course, lesson: Lesson, minutes: int) -> dict[str, Any]:
    """Describe a lesson, in the terms of schema.org."""
    return {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": lesson.meta.title,
        "headline": lesson.meta.headline,
        "url": f"{course.address}{lesson.page}",
        "learningResourceType": "interactive lesson",
        "timeRequired": f"PT{max(1, minutes)}M",
        "license": LICENSE,
        "isAccessibleForFree": True,
        "isPartOf": {"@type": "Course", "name": course.title, "url": course.address},
    }


def sitemap(address: str, paths: Iterable[str]) -> str:
    """Write sitemap.xml: the canonical addresses of all pages. It says no dates: a commit gives one site."""
    found = ("" if path == "index.html" else path for path in paths)
    places = "".join(f"<url><loc>{escape(address + path)}</loc></url>\n" for path in found)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def robots(address: str) -> str:
    """Write robots.txt: all may be read. It is asked for only at the top of a host."""
    return f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n"


def feed(course: Course, address: str) -> str:
    """Write the feed of what is new, newest first, in Atom (RFC 4287)."""
    changes = sorted(course.changes, key=lambda change: change.date, reverse=True)
    entries = []
    for change in changes:
        page = f"{address}{change.lesson}.html" if change.lesson else address
        # An entry keeps its name for ever: it is made of what it says.
        name = digests.of_bytes(f"{change.date} {change.title} {change.lesson}".encode())[:16]
        entries.append(
            f"<entry><title>{escape(change.title)}</title><id>{escape(address)}{FEED}#{name}</id>"
            f"<link href={quoteattr(page)}/><updated>{change.date}T00:00:00Z</updated></entry>\n"
        )
    newest = f"{changes[0].date}T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(course.lang)}>\n'
        f"<title>{escape(course.title)}</title><subtitle>{escape(course.summary)}</subtitle>\n"
        f"<id>{escape(address)}{FEED}</id><updated>{newest}</updated>\n"
        f"<author><name>{escape(course.house)}</name></author>\n"
        f'<link rel="self" href={quoteattr(address + FEED)}/><link href={quoteattr(address)}/>\n'
        f"{''.join(entries)}</feed>\n"
    )
