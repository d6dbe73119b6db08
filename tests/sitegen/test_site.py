"""The whole build: what is in dist/, that it is the same each time, and that it is replaced or left alone."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sitegen import check, site, vendor
from sitegen.content import load_course
from sitegen.errors import ROOT
from tests.sitegen.small_course import SmallCourse, tree
from tools.strict_html import StrictHTML

LESSONS = load_course(site.CONTENT)[0].lessons
PAGES = ("index", "glossary", "references", *LESSONS)


@pytest.fixture(scope="module")
def pages(dist: Path) -> dict[str, StrictHTML]:
    return {name: StrictHTML((dist / f"{name}.html").read_text("utf-8")) for name in PAGES}


# ---------------------------------------------------------------- the real course


def test_every_lesson_is_a_file_at_the_top(dist: Path) -> None:
    assert sorted(file.stem for file in dist.glob("*.html")) == sorted((*PAGES, "404"))
    assert all(file.parent.name == "code" for file in dist.rglob("*/*.html"))  # the modules of pycore
    assert {"01-neural-network", "02-tokenization", "03-embeddings", "04-attention"} <= set(LESSONS)
    assert (dist / ".nojekyll").exists()


@pytest.mark.parametrize("name", PAGES)
def test_html_is_valid(pages: dict[str, StrictHTML], name: str) -> None:
    """Every element closed where it must be, every attribute once, every id once."""
    page = pages[name]
    assert page.problems == []
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert len(page.all("title")) >= 1  # parts of pictures have titles too
    assert page.all("html")[0]["lang"] == "en"


@pytest.mark.parametrize("name", PAGES)
def test_no_formula_is_left_as_it_was_written(dist: Path, name: str) -> None:
    """Not everywhere is LaTeX read: in a lesson's facts, it would stand there with its dollars."""
    code = re.compile(r"<(code|pre|textarea|script|style)\b.*?</\1>", re.DOTALL)
    text = re.sub(r"<[^>]*>", "", code.sub("", (dist / f"{name}.html").read_text("utf-8")))
    assert re.findall(r"\$[^$\n]*[\\^_{][^$\n]*\$", text) == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_leave_no_level_out(pages: dict[str, StrictHTML], name: str) -> None:
    levels = [int(tag[1]) for tag, _ in pages[name].elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_links_are_relative_and_name_a_file(dist: Path, pages: dict[str, StrictHTML], name: str) -> None:
    """So that the site works under any address, and from disk."""
    found = 0
    for tag, attributes in pages[name].elements:
        for reference in (attributes.get("href"), attributes.get("src")):
            if reference is None or reference.startswith("data:"):
                continue  # the icon, which is a part of the page
            if tag == "a" and reference.startswith("https://"):
                continue
            parts = urlsplit(reference)
            assert not parts.scheme
            assert not parts.netloc
            assert not parts.path.startswith(("/", "."))
            assert not parts.path or (dist / parts.path).is_file()
            found += 1
    assert found > 5


@pytest.mark.parametrize("name", PAGES)
def test_references_without_an_id_would_be_found(pages: dict[str, StrictHTML], name: str) -> None:
    """Labels and their like name an element of the page."""
    page = pages[name]
    for _, attributes in page.elements:
        for key in ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list"):
            for target in (attributes.get(key) or "").split():
                assert target in page.ids


@pytest.mark.parametrize("name", LESSONS)
def test_figures_keep_the_contract(pages: dict[str, StrictHTML], name: str) -> None:
    page = pages[name]
    for figure in page.all("py-figure"):
        assert figure["id"]
        assert figure["name"]
        assert figure["state"] == "static"
    parts = [attributes for _, attributes in page.elements if "data-part" in attributes]
    assert len(parts) >= len(page.all("py-figure"))
    assert ("python-config" in page.ids) == bool(page.all("py-figure"))


def test_the_page_itself_loads_nothing_from_elsewhere(dist: Path) -> None:
    (style,) = (dist / "assets").glob("site.*.css")
    urls = re.findall(r"url\(\s*[\"']?([^\"')]+)", style.read_text("utf-8"))
    assert urls
    for url in urls:
        assert url.startswith("data:") or (style.parent / url).is_file()


def test_names_of_assets_carry_their_hash(dist: Path) -> None:
    for file in (dist / "assets").iterdir():
        assert re.search(r"\.[0-9a-f]{8}\.", file.name)


def test_credits_name_what_is_shipped(pages: dict[str, StrictHTML]) -> None:
    text = pages["index"].text
    for row in vendor.table().values():
        if row.use == "site":
            assert re.search(
                rf"{re.escape(row.name)}\s+{re.escape(row.version)} \({re.escape(row.license)}\)", text
            )
        if row.use == "derived":
            assert f"{row.title} ({row.license})" in text


# ---------------------------------------------------------------- building


def test_report(course: SmallCourse) -> None:
    course.write_lesson('::: figure lookup {number=1 title="One"}\n:::\n')
    report = course.build()
    assert report.pages == ["index.html", "lesson.html"]
    assert report.figures == 1
    assert report.size == sum(file.stat().st_size for file in course.dist.rglob("*") if file.is_file())
    assert report.seconds > 0


def test_text_of_the_course_is_escaped(course: SmallCourse) -> None:
    course.write_lesson(
        "Text & more.\n",
        '---\ntitle: A < B\nheadline: \'"A" & B\'\nnumber: "01"\nstatus: ready\nlede: L\n'
        "facts:\n  - { label: <b>, value: c & d }\n---\n",
    )
    course.build()
    for name in ("lesson", "index"):
        page = StrictHTML((course.dist / f"{name}.html").read_text("utf-8"))
        assert page.problems == []
        assert "A < B" in page.text
    assert "<b>" in StrictHTML((course.dist / "lesson.html").read_text("utf-8")).text


def test_check_writes_nothing(course: SmallCourse) -> None:
    before = tree(course.content.parent)
    report = course.build(only_check=True)
    assert report.pages == ["index.html", "lesson.html"]
    assert report.size == 0
    assert tree(course.content.parent) == before
    assert not course.dist.exists()


def test_two_builds_are_the_same(course: SmallCourse, tmp_path: Path) -> None:
    """Even in another process, whose sets have another order, and beside an older build."""
    course.write_lesson(
        '::: figure lookup {number=1 title="One"}\n:::\n::: figure cosine {number=2 title="Two"}\n:::\n'
    )
    course.build()
    first = tree(course.dist)
    again = tmp_path / "again"
    again.mkdir()
    (again / "old.html").touch()
    code = (
        "import sys; from pathlib import Path; from sitegen import site; site.build(*map(Path, sys.argv[1:]))"
    )
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", code, course.content, again],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
        )
        assert tree(again) == first


def test_second_build_needs_no_network(course: SmallCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    course.build()
    first = tree(course.dist)

    def refuse(*_: object, **__: object) -> bool:
        raise AssertionError("the build asked for something from outside")

    for source in ("_from_url", "_from_npm", "_from_pypi"):
        monkeypatch.setattr(vendor, source, refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("subprocess.Popen.__init__", refuse)
    course.build()
    assert tree(course.dist) == first


def test_nothing_of_an_older_build_stays(course: SmallCourse) -> None:
    course.add_lesson("second", "Text.\n")
    course.build()
    (course.dist / "stray.txt").touch()
    (course.content / "course.toml").write_text(
        (course.content / "course.toml").read_text("utf-8").replace(', "second"', ""), "utf-8"
    )
    (course.content / "second.md").unlink()
    course.build()
    assert not (course.dist / "second.html").exists()
    assert not (course.dist / "stray.txt").exists()
    assert sorted(path.name for path in course.content.parent.iterdir()) == ["content", "dist"]


@pytest.mark.parametrize("error", [AssertionError, KeyboardInterrupt, OSError])
def test_a_build_that_stops_leaves_the_last_good_one(
    course: SmallCourse, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    course.build()
    before = tree(course.content.parent)

    def stop(_: Path) -> None:
        raise error

    course.write_lesson("Other text.\n")
    lesson = tree(course.content)
    monkeypatch.setattr(check, "check_site", stop)
    with pytest.raises(error):
        course.build()
    assert tree(course.dist) == {
        name.removeprefix("dist/"): digest for name, digest in before.items() if name.startswith("dist/")
    }
    assert tree(course.content) == lesson
    assert sorted(path.name for path in course.content.parent.iterdir()) == ["content", "dist"]


def test_a_lesson_without_figures_brings_no_python(course: SmallCourse) -> None:
    course.build()
    page = StrictHTML((course.dist / "lesson.html").read_text("utf-8"))
    assert page.all("py-figure") == []
    assert "python-config" not in page.ids


def test_a_long_course_lists_the_lessons_around(monkeypatch: pytest.MonkeyPatch, course: SmallCourse) -> None:
    monkeypatch.setattr(site, "LISTED", 4)
    slugs = [f"l{i}" for i in range(8)]
    for slug in slugs:
        course.add_lesson(slug, "Text.\n")
    course.build()
    for name, listed in (
        ("lesson", ["lesson", "l0", "l1", "l2"]),
        ("l3", ["l1", "l2", "l3", "l4"]),
        ("l7", ["l4", "l5", "l6", "l7"]),
        ("index", ["lesson", *slugs]),
    ):
        text = (course.dist / f"{name}.html").read_text("utf-8")
        assert re.findall(r'data-state-of="(\w+)"', text) == listed
        assert ("All 9 lessons" in text) == (name != "index")


def test_lessons_follow_each_other(course: SmallCourse) -> None:
    course.add_lesson("second", "Text.\n")
    course.build()
    first, last = (
        StrictHTML((course.dist / name).read_text("utf-8")) for name in ("lesson.html", "second.html")
    )
    assert [a["href"] for a in first.all("a") if a.get("class") == "next"] == ["second.html"]
    assert [a["href"] for a in last.all("a") if a.get("class") == "next"] == []
    for page, here in ((first, "lesson.html"), (last, "second.html")):
        assert [a["href"] for a in page.all("a") if a.get("aria-current") == "page"] == [here]
