"""A course in another language: its pages say nothing in English that the templates hold."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib

import pytest

from sitegen import language
from sitegen.errors import ROOT, AuthorError
from tests.sitegen.small_course import COURSE, SmallCourse
from tools.strict_html import StrictHTML

GERMAN = {
    "Show the code": "Den Code zeigen",
    "Look closer": "Näher hinsehen",
    "Predict first": "Erst schätzen",
}
LESSON = """## Wörter

Sie sagte "so 'nenne' ich es".

:::: closer Warum
Darum.
::::

::: question {answer=1}
Was kommt?
- Eins
- Zwei

---

Eins kommt.
:::
"""


def translated(course: SmallCourse, words: dict[str, str]) -> None:
    """Let a course be German, with some words."""
    file = course.content / "course.toml"
    table = "".join(
        f"{json.dumps(phrase, ensure_ascii=False)} = {json.dumps(text, ensure_ascii=False)}\n"
        for phrase, text in words.items()
    )
    file.write_text(f'lang = "de"\nquotes = "„“‚‘"\n{file.read_text("utf-8")}[words]\n{table}', "utf-8")


def test_a_page_in_another_language(course: SmallCourse) -> None:
    # Each phrase in capitals of another script: so none can be overlooked that a template says.
    words = {
        phrase: " ".join(
            part if part.startswith(("{{", "${")) else re.sub(r"\w", "ж", part)
            for part in re.split(r"(\{\{.*?\}\}|\$\{.*?\})", phrase)
        )
        for phrase in language.phrases()
    } | GERMAN
    translated(course, words)
    course.write_lesson(LESSON)
    course.build()
    html = (course.dist / "lesson.html").read_text("utf-8")
    assert '<html lang="de"' in html
    assert "„so ‚nenne‘ ich es“" in html
    page = StrictHTML(html)
    assert "Näher hinsehen" in page.text
    assert "Erst schätzen" in page.text
    for name in ("lesson.html", "index.html", "404.html"):
        said = StrictHTML((course.dist / name).read_text("utf-8")).text
        for phrase in language.phrases():
            assert language.PLACE.search(phrase) or len(phrase) < 9 or phrase not in said, (name, phrase)


def test_scripts_speak_it_too(course: SmallCourse) -> None:
    translated(course, {"Done. Mark as not done": 'Gelesen. "Doch nicht"', "${count} results": "x"} | GERMAN)
    with pytest.raises(AuthorError, match="no page says"):
        course.build()
    (course.content / "course.toml").write_text(COURSE, "utf-8")
    translated(course, {"Done. Mark as not done": 'Gelesen. "Doch nicht"'})
    course.build()
    (script,) = (course.dist / "assets").glob("site.*.js")
    text = script.read_text("utf-8")
    either = (r'"Gelesen. \"Doch nicht\""', """'Gelesen. "Doch nicht"'""")  # terser takes the shorter one
    assert any(said in text for said in either)
    assert "Mark as not done" not in text
    assert "/* say */" not in text


def test_a_region_speaks_its_language(course: SmallCourse) -> None:
    file = course.content / "course.toml"
    file.write_text(f'lang = "de-CH"\n{file.read_text("utf-8")}', "utf-8")
    course.build()
    html = (course.dist / "lesson.html").read_text("utf-8")
    assert '<html lang="de-CH"' in html
    assert "Zur Lektion springen" in StrictHTML(html).text


def test_without_words_it_is_english(course: SmallCourse) -> None:
    course.build()
    html = (course.dist / "lesson.html").read_text("utf-8")
    assert '<html lang="en"' in html
    assert "Skip to the lesson" in html
    assert "trans %" not in html


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"Shwo the code": "x"}, 'no page says "Shwo the code"; did you mean "Show the code"?'),
        ({"{{ minutes }} min": "Min."}, "must hold the same places: {{ minutes }}"),
        ({"Show the code": "{% include 'x' %}"}, "must not hold other braces"),
    ],
)
def test_words_that_cannot_be_used_are_told(course: SmallCourse, words: dict[str, str], told: str) -> None:
    translated(course, words)
    with pytest.raises(AuthorError, match=re.escape(told)) as caught:
        course.build()
    assert "course.toml:" in str(caught.value)


def test_what_is_html_is_only_text(course: SmallCourse) -> None:
    translated(course, {"Skip to the lesson": '<b>"Zur"</b> Lektion & mehr'})
    course.build()
    html = (course.dist / "lesson.html").read_text("utf-8")
    assert "&lt;b&gt;&quot;Zur&quot;&lt;/b&gt; Lektion &amp; mehr" in html


def test_the_table_to_fill_in() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sitegen.language"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tomllib.loads(done.stdout)["words"]) == language.phrases()
