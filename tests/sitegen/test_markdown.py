"""Markdown in, HTML out: the cases stand in fixtures/, side by side."""

from __future__ import annotations

import json
import re

import pytest

from pycore.figures.exercise import Exercise
from sitegen import content, markdown, site
from sitegen.errors import AuthorError
from tests.sitegen.small_course import SmallCourse, add_dial, fixtures
from tools.strict_html import StrictHTML

EXERCISE = """\
::: exercise Double <it> {#double number=E1}
Write `double`.

```python starter
def double(x):
    return x
```

```python tests
assert double(2) == 4, "expected 4 & no less"
```

```text hint
Add.
```

```python solution
def double(x):
    return x + x
```
:::
"""


@pytest.fixture(autouse=True)
def _dial(monkeypatch: pytest.MonkeyPatch) -> None:
    add_dial(monkeypatch)


def render(course: SmallCourse, text: str) -> markdown.Page:
    course.write_lesson(text)
    return markdown.render(content.load_lesson(course.lesson), site.environment())


@pytest.mark.parametrize("name", ["attributes", "code", "directives", "footnotes", "formulas"])
def test_fixtures_are_there(name: str) -> None:
    assert len(fixtures(f"{name}.md")) >= 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        case
        for name in ("attributes", "code", "directives", "footnotes", "formulas")
        for case in fixtures(f"{name}.md")
    ],
)
def test_html(course: SmallCourse, text: str, expected: str) -> None:
    html = render(course, text).html
    assert html.strip() == expected.strip()
    assert StrictHTML(html).problems == []


def test_exercise_is_a_figure_that_carries_its_blocks(course: SmallCourse) -> None:
    page = render(course, EXERCISE)
    html = StrictHTML(page.html)
    assert html.problems == []
    (element,) = html.all("py-figure")
    assert (element["id"], element["name"], element["state"]) == ("double", "exercise", "static")
    params = json.loads(element["data-params"] or "")
    assert params["tests"] == 'assert double(2) == 4, "expected 4 & no less"\n'
    assert params["hint"] == "Add.\n"
    assert Exercise({**params, "code": params["solution"]}).state.starter == "def double(x):\n    return x\n"
    assert "Double &lt;it&gt;" in page.html
    assert "<figcaption><p>Write <code>double</code>.</p>" in page.html
    assert "return x + x" not in html.text  # the solution stays out of sight


def test_page_tells_what_the_build_must_know(course: SmallCourse) -> None:
    page = render(
        course,
        '{#first part="1/2"}\n## *One* `f` & more\n\nFour words, and [this](lesson.html#first).\n\n'
        "### Deeper\n\n![a](a.png)\n\n"
        "::: figure cosine {number=2 title=Two}\nThe caption.\n:::\n\n## Last\n",
    )
    assert page.ids == {"first", "deeper", "fig-2", "fig-2-title", "last"}
    assert page.links == [markdown.Place("lesson.html#first", course.line("Four words"))]
    assert page.images == [markdown.Place("a.png", course.line("![a]"))]
    assert page.data == {"embeddings/glove-100d.npz"}
    assert page.has_figures
    assert page.has_python


def test_words_are_those_of_the_text_without_code_and_formulas(course: SmallCourse) -> None:
    nothing = render(course, "").main.words
    page = render(course, "One two\n*three* `not this` $x$.\n\n- four\n\n```text\nnor this\n```\n")
    assert page.main.words - nothing == 5  # the full stop behind the formula counts
    assert not page.has_python


def test_lede_is_markdown(course: SmallCourse) -> None:
    course.write_lesson(
        "", '---\ntitle: T\nheadline: H\nnumber: "01"\nstatus: ready\nlede: A *b* $c$ & d\n---\n'
    )
    page = markdown.render(content.load_lesson(course.lesson), site.environment())
    assert page.lede == 'A <em>b</em> <math><mi class="var">c</mi></math> &amp; d'


def test_a_mark_after_a_formula_stays_beside_it(course: SmallCourse) -> None:
    written = render(course, "So $a$, and ($b$); but $c$ is *not* $d$[^1].\n\n[^1]: $e$?\n").html
    letters = re.findall(r'<span class="held"><math>.*?>(\w)</mi></math>([^<]+)</span>', written)
    assert letters == [("a", ","), ("b", ");"), ("e", "?")]
    assert "</math> is <em>" in written


def test_code_that_looks_like_a_formula_stays_code(course: SmallCourse) -> None:
    written = render(course, "The tag `<math>`. And $a$`.`\n").html
    assert "<code>&lt;math&gt;</code>." in written
    assert "</math><code>.</code>" in written


@pytest.mark.parametrize("character", ["\u2028", "\x0c", "\x85"])
def test_a_line_ends_where_markdown_ends_it(course: SmallCourse, character: str) -> None:
    """Python's splitlines also ends lines at these."""
    page = render(course, f"a{character}b\n\n::: card One\nText.\n:::\n")
    assert '<section class="card">' in page.html


def test_a_term_carries_what_the_glossary_says_of_it(course: SmallCourse) -> None:
    course.write_lesson("First line\nthen two [Cosines]{term=cosine} & more.")
    glossary = {"cosine": "The *angle* of $a$ & $b$."}
    page = markdown.render(content.load_lesson(course.lesson), site.environment(), glossary)
    assert (
        '<span class="term"><button type="button" aria-describedby="term-1">Cosines</button>'
        '<span role="tooltip" id="term-1">The <em>angle</em> of <math>' in page.html
    )
    assert "term-1" in page.ids


def test_an_unknown_term_is_told_with_its_line(course: SmallCourse) -> None:
    course.write_lesson("First line\nthen two [cosines]{term=cosinus}.")
    with pytest.raises(
        AuthorError, match=r"no such term in the glossary: .*cosinus.*did you mean.*cosine"
    ) as info:
        markdown.render(content.load_lesson(course.lesson), site.environment(), {"cosine": "x"})
    assert (
        info.value.line
        == course.lesson.read_text("utf-8").split("\n").index("then two [cosines]{term=cosinus}.") + 1
    )
