"""What stands around the lessons: glossary, references, the index of pycore, and what the search finds."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from sitegen import backmatter, docstrings, outline, search, source
from sitegen.errors import AuthorError
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse, tree
from tools.strict_html import StrictHTML

AROUND = ("glossary", "references", "code/index")
GLOSSARY = '\n[glossary]\nzebra = "Striped: $Z$."\n"one-hot" = "A *single* one."\n"Åland" = "Islands."\n'
LESSON = """\
Before any section a [zebra]{term=zebra}[^islands].

{#first part="1/1"}
## The first

It has [one]{term="one-hot"}[^who], and again [one]{term="one-hot"}, $x^2$ & more.

::: figure lookup {number=01A title="Rows"}
Press *one*.
:::

:::: closer Folded away
Within, a [zebra]{term=zebra}[^who].
::::

After the fold.

[^who]: B. van Dijk et al., *On \\<Rows> of 1899*, 2001, [arXiv:2001.00001](https://arxiv.org/abs/2001.00001).

[^islands]: As *measured* in 2020.
"""
SECOND = """\
## Another

Once more[^first], and a work of its own[^own].

[^first]: B. van Dijk et al., *On \\<Rows> of 1899*, 2001, chapter 2.

[^own]: Å. Berg, *Islands*, 1950.
"""
FOUND = """\
lesson | lesson.html | Small | 01 · Small | A small lesson. It holds little. Before any section a zebra.
section | lesson.html#first | The first | 01 · Small | It has one, and again one, x2 & more. After the fold.
section | lesson.html#folded-away | Folded away | 01 · Small · The first | Within, a zebra.
figure | lesson.html#fig-01a | FIG.01A Rows | 01 · Small | Press one.
lesson | second.html | Small | 02 · Small | A small lesson. It holds little.
section | second.html#another | Another | 02 · Small | Once more, and a work of its own.
term | glossary.html#term-åland | Åland | Glossary | Islands.
term | glossary.html#term-one-hot | one-hot | Glossary | A single one.
term | glossary.html#term-zebra | zebra | Glossary | Striped: Z.
work | references.html#work-berg-1950 | Å. Berg, Islands, 1950. | References |\x20
work | references.html#work-van-dijk-2001 | B. van Dijk et al., On <Rows> of 1899, 2001, arXiv:2001.00001. | \
References |\x20
"""


def gathered(course: SmallCourse) -> SmallCourse:
    """Build a course with a glossary, and references in two lessons."""
    course.write_lesson(LESSON)
    course.add_lesson("second", SECOND)
    file = course.content / "course.toml"
    file.write_text(file.read_text("utf-8") + GLOSSARY, "utf-8")
    course.build()
    return course


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    """Such a course, not to be changed."""
    return gathered(SmallCourse.write(tmp_path_factory.mktemp("around")))


def page(course: SmallCourse, name: str) -> str:
    return (course.dist / f"{name}.html").read_text("utf-8")


def links(html: str, entry: str) -> list[str]:
    """Return where the uses of an entry lead."""
    _, _, rest = html.partition(f'id="{entry}"')
    _, _, uses = rest.partition(' id="')[0].partition('<ul class="uses"')
    return re.findall('href="([^"]*)"', uses.partition("</ul>")[0])


def found(dist: Path) -> list[search.Document]:
    """Read the documents of a site as the browser does."""
    manifest = (dist / "search.js").read_text("utf-8")
    files = json.loads(manifest.removeprefix("var SEARCH = ").removesuffix(";\n"))
    assert all((dist / file).is_file() for file in files.values())
    script = (dist / files["index"]).read_text("utf-8")
    documents = json.loads(script.removeprefix("pySearchIndex(").removesuffix(");\n"))
    return [tuple(document) for document in documents]


def test_a_lesson_is_read_by_places() -> None:
    read = outline.read(
        '<p>Top <sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup>, said.</p>'
        '<h2 id="a"><span class="part">1/2</span> A &amp; B</h2><p>one</p><p>two</p>'
        '<details class="closer" id="f"><summary><span class="label">Look</span> '
        '<span class="title">Fold</span>'
        '<span class="label">1 min</span></summary>'
        '<div class="inside"><p>in</p><h3 id="d">Deep</h3><p>er</p></div>'
        "</details><p>three</p><h2 id='b'>B</h2><div class='formula'>x</div>"
        '<section class="footnotes"><ol><li id="fn1" class="footnote-item"><p>A. B, <em>T</em>. '
        '<a href="#fnref1" class="footnote-backref">↩</a></p></li></ol></section>'
    )
    assert [(s.id, s.title, s.around, s.text) for s in read.sections] == [
        ("", "", "", "Top, said."),
        ("a", "A & B", "", "one two three"),
        ("f", "Fold", "A & B", "in"),
        ("d", "Deep", "A & B", "er"),
        ("b", "B", "", ""),
    ]
    assert [(note.text, note.marks) for note in read.notes] == [("A. B, T.", (("fnref1", ""),))]


def test_the_glossary_tells_where_each_term_is_used(around: SmallCourse) -> None:
    html = page(around, "glossary")
    assert StrictHTML(html).problems == []
    assert re.findall(r"<dt>(.*?)</dt>", html) == ["Åland", "one-hot", "zebra"]
    assert "A <em>single</em> one." in html
    assert "<math>" in html
    assert links(html, "term-zebra") == ["lesson.html", "lesson.html#folded-away"]
    assert links(html, "term-one-hot") == ["lesson.html#first"]  # once, however often it is said there
    assert links(html, "term-åland") == []


def test_notes_on_one_work_are_one_reference(around: SmallCourse) -> None:
    html = page(around, "references")
    assert StrictHTML(html).problems == []
    assert re.findall(r'<li id="(work-[^"]*)"', html) == ["work-berg-1950", "work-van-dijk-2001"]  # no remark
    assert links(html, "work-van-dijk-2001") == [
        "lesson.html#fnref2",
        "lesson.html#fnref2:1",
        "second.html#fnref1",
    ]
    assert "On &lt;Rows&gt; of 1899" in html
    assert "chapter 2" not in html  # as the first note has it
    assert "footnote-backref" not in html


def test_a_course_without_terms_and_works_has_no_such_pages(course: SmallCourse) -> None:
    report = course.build()
    assert report.pages == ["index.html", "lesson.html"]
    assert not {"glossary.html", "references.html"} & set(tree(course.dist))
    assert re.findall('<nav aria-label="Around the lessons">(.*?)</nav>', page(course, "index")) == [
        '<a href="code/index.html">The code</a> '
    ]
    kinds = {search.KINDS[kind] for kind, *_ in found(course.dist)}
    assert kinds == {"lesson", "code"}


def test_lessons_may_link_to_them(course: SmallCourse) -> None:
    around = gathered(course)
    around.write_lesson(
        LESSON + "\n[There](glossary.html#term-zebra), [there](references.html#work-berg-1950), "
        "[and there](code/index.html).\n"
    )
    around.build()
    around.write_lesson(LESSON + "\n[There](glossary.html#term-zebr).\n")
    with pytest.raises(AuthorError, match=r"a place that glossary\.html does not have: .*term-zebra"):
        around.build()


@pytest.mark.parametrize("name", ["glossary", "references"])
def test_a_lesson_cannot_take_their_names(course: SmallCourse, name: str) -> None:
    course.add_lesson(name, "Text.\n")
    with pytest.raises(AuthorError, match="not index, glossary, references"):
        course.build()


def test_all_that_can_be_found(around: SmallCourse) -> None:
    lines = [" | ".join((search.KINDS[kind], *rest)) for kind, *rest in found(around.dist)]
    assert [line for line in lines if not line.startswith("code")] == FOUND.splitlines()
    text = source.modules()["pycore.embeddings.similarity"].read_text("utf-8")
    line = text.partition("def cosine(")[0].count("\n") + 1
    cosine = f"code/pycore.embeddings.similarity.html#L-{line} | cosine | pycore.embeddings.similarity"
    assert any(one.startswith(f"code | {cosine} | Cosine of the angle") for one in lines)


def test_another_word_in_a_lesson_leaves_the_others_pages_alone(course: SmallCourse) -> None:
    around = gathered(course)
    before = tree(around.dist)
    around.write_lesson(LESSON + "\nAnother word.\n")
    around.build()
    after = tree(around.dist)
    changed = {name for name, _ in before.items() ^ after.items()}
    assert changed >= {"lesson.html", "search.js", "sw.js"}
    assert not changed & {"second.html", "index.html", "glossary.html", "references.html", "code/index.html"}


def test_what_is_found_in_the_course_is_there(dist: Path) -> None:
    documents = found(dist)
    assert {search.KINDS[kind] for kind, *_ in documents} == set(search.KINDS)
    pages: dict[str, set[str]] = {}
    for _, address, title, _, _ in documents:
        name, _, place = address.partition("#")
        if name not in pages:
            pages[name] = set(re.findall(r'\sid="([^"]*)"', (dist / name).read_text("utf-8")))
        assert title
        assert not place or unquote(place) in pages[name], address


def test_the_search_weighs_what_the_readme_says(dist: Path) -> None:
    manifest = (dist / "search.js").read_text("utf-8")
    files = json.loads(manifest.removeprefix("var SEARCH = ").removesuffix(";\n")).values()
    weight = sum(len(gzip.compress((dist / file).read_bytes(), 6)) for file in files)
    assert round(weight, -4) == 70_000


def test_the_scripts_of_the_search_evaluate_no_text(dist: Path) -> None:
    for file in (dist / "assets").glob("*.js"):
        assert not re.search(r"\beval\(|\bnew Function\b|\bFunction\(", file.read_text("utf-8")), file.name


@pytest.mark.parametrize("name", AROUND)
def test_pages_are_valid(dist: Path, name: str) -> None:
    page = StrictHTML((dist / f"{name}.html").read_text("utf-8"))
    assert page.problems == []
    assert len(page.all("h1")) == len(page.all("main")) == 1


def test_the_index_of_the_code_tells_ideas_sources_and_figures(dist: Path) -> None:
    html = (dist / "code" / "index.html").read_text("utf-8")
    rows = dict(re.findall(r'<dt><a href="(.*?)\.html">.*?</dt>\s*<dd>(.*?)</dd>', html, re.DOTALL))
    modules = source.modules()
    holders = {name for name, file in modules.items() if file.name == "__init__.py"}
    assert set(modules) - holders <= set(rows) <= set(modules)
    cosine = rows["pycore.embeddings.similarity"]
    assert "How alike two vectors are" in cosine
    assert '<a href="https://arxiv.org/abs/1301.3781" rel="noopener">Mikolov et al. 2013</a>' in cosine
    assert '<a href="../03-embeddings.html#fig-05"' in cosine
    assert '<a href="../references.html#work-pennington-2014">' in rows["pycore.embeddings.glove"]
    # Of a module that no figure names it is told how they come to it.
    assert re.search(r"By way of .*minilm_file.*fig-06b", rows["pycore.transformers.onnx"], re.DOTALL)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Cosine similarity (Salton 1975).", "Salton 1975"),
        (
            "Follows Ji et al. 2016\n(arXiv 1604.04661), with",
            "Ji et al. 2016 https://arxiv.org/abs/1604.04661",
        ),
        ("Malkov & Yashunin (arXiv 1603.09320).", "Malkov & Yashunin https://arxiv.org/abs/1603.09320"),
        (
            "of van den Oord, Li & Vinyals, 2018 (https://a.org/b).",
            "van den Oord, Li & Vinyals 2018 https://a.org/b",
        ),
        ("(Vogel, 1979, https://doi.org/1(79)80-4).", "Vogel 1979 https://doi.org/1(79)80-4"),
        (
            'Sivic & Zisserman ("Video", 2003), Jégou et al. (2011)',
            "Sivic & Zisserman 2003; Jégou et al. 2011",
        ),
        ("RoFormer, Su et al. 2021, and Su et al. 2021 again", "Su et al. 2021"),
        ("GPT-2's split, 50,000 merges; Unicode 18.0, lesson 03.", ""),
    ],
)
def test_whom_a_module_follows(told: str, expected: str) -> None:
    assert "; ".join(f"{one.name} {one.link}".strip() for one in docstrings.sources(told)) == expected


def test_what_a_module_says_of_itself() -> None:
    text = (
        '"""An *idea*,\nin ``two`` lines.\n\nMore."""\n\ndef one():\n    """Do `it`."""\n\nclass _Not: ...\n'
    )
    read = docstrings.read(text)
    assert read.idea == "An idea, in two lines."
    assert read.functions == (docstrings.Function("one", 6, "Do it."),)
    assert docstrings.read("def (") == docstrings.Module("", (), ())


@pytest.mark.parametrize(
    ("note", "name"),
    [
        ("J. M. Springer et al., Repetition", "Springer"),
        ("A. van den Oord et al., Representation", "van den Oord"),
        ("S. Moosavi-Dezfooli et al., DeepFool", "Moosavi-Dezfooli"),
        ("K. Gorman, T. Williams, W. Fraser, Ecological", "Gorman"),
        ("The measure follows A. Petrov et al., Language", "Petrov"),
        ("nostalgebraist, interpreting GPT", "nostalgebraist"),
    ],
)
def test_the_name_under_which_a_work_is_found(note: str, name: str) -> None:
    assert backmatter.surname(note) == name


def test_front_matter_is_escaped_in_what_is_found(course: SmallCourse) -> None:
    course.write_lesson("Text.\n", FRONT_MATTER.replace("title: Small", 'title: "</script><b>"'))
    course.build()
    assert any(title == "</script><b>" for _, _, title, _, _ in found(course.dist))
