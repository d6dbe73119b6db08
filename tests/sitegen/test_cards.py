"""The course's page: a card for each lesson, with a still picture, and the figure that course.toml names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sitegen.cards import PICTURED
from sitegen.errors import AuthorError
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse
from tools.strict_html import StrictHTML

FIGURE = '\n[figure]\nname = "{}"\ntitle = "A counter"\ncaption = "See [the lesson](lesson.html)."\n'
HERO = """\
::: hero embeddings/three_rows {number=00 title="Three rows"}
Look.
:::

{#a part="1/1"}
## A *first* part

Text.
"""


def name_figure(course: SmallCourse, name: str) -> None:
    """Let course.toml name a figure."""
    file = course.content / "course.toml"
    file.write_text(file.read_text("utf-8") + FIGURE.format(name), "utf-8")


def test_a_course_without_a_figure_or_pictures_has_cards(course: SmallCourse) -> None:
    course.build()
    html = (course.dist / "index.html").read_text("utf-8")
    page = StrictHTML(html)
    assert page.problems == []
    assert page.all("py-figure") == []
    assert "python-config" not in page.ids
    assert 'class="still"' not in html
    assert [a["href"] for a in page.all("a") if "data-resume" in a] == ["lesson.html"]


def test_the_figure_of_the_course_answers_and_its_lessons_are_pictured(course: SmallCourse) -> None:
    course.write_lesson(HERO)
    course.add_lesson("second", "Text.\n")
    second = course.content / "second.md"
    second.write_text(second.read_text("utf-8").replace("status:", "needs: [lesson]\nstatus:"), "utf-8")
    name_figure(course, "examples/counter")
    course.build()
    html = (course.dist / "index.html").read_text("utf-8")
    page = StrictHTML(html)
    assert page.problems == []
    (figure,) = page.all("py-figure")
    assert figure["id"] == "fig-path"
    config = json.loads(html.partition('id="python-config">')[2].partition("</script>")[0])
    assert list(config["stores"]) == ["fig-path"]
    entries = [li for li in page.all("li") if "data-entry" in li]
    assert [json.loads(li["data-sections"] or "") for li in entries] == [{"a": "A first part"}, {}]
    (still,) = re.findall(r'<div class="still".*?</svg>', html, re.DOTALL)
    assert "figure-three_rows" in still
    assert not re.search(r"<button|data-(?!entry)[a-z]+-|\sid=|role=", still)
    assert '<a href="lesson.html">01</a>' in html.partition('class="needs">Builds on')[2]


def test_a_mistake_in_the_course_s_figure_has_its_line(course: SmallCourse) -> None:
    name_figure(course, "examples/countr")
    line = (course.content / "course.toml").read_text("utf-8").split("\n").index("[figure]") + 1
    with pytest.raises(AuthorError, match=rf"course\.toml:{line}: no such figure"):
        course.build(only_check=True)


def test_a_lesson_needs_only_earlier_ones(course: SmallCourse) -> None:
    course.write_lesson("Text.\n", FRONT_MATTER.replace("status:", "needs: [lesson]\nstatus:"))
    with pytest.raises(AuthorError, match='"needs" names an earlier lesson'):
        course.build(only_check=True)


def test_the_pictures_of_a_long_course_are_left_out(course: SmallCourse) -> None:
    course.write_lesson(HERO)
    for number in range(PICTURED):
        course.add_lesson(f"l{number}", "Text.\n")
    course.build()
    assert 'class="still"' not in (course.dist / "index.html").read_text("utf-8")


def test_the_real_course_names_its_figure_and_pictures_all_its_lessons(dist: Path) -> None:
    html = (dist / "index.html").read_text("utf-8")
    assert html.count('class="still"') == html.count("data-entry=") == 4
    assert 'name="text_to_word"' in html
    assert '"stores": {"fig-path": ["store/text_to_word.' in html
    assert re.search(r'"fig-path": \["store/[\w.]+", true\]', html)  # Python is never needed
