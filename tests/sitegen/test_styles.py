"""A figure's styles apply below that figure alone, and what would reach further is refused with its line."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pycore import figures
from pycore.live import catalog
from sitegen import styles
from sitegen.errors import ROOT, AuthorError
from tests.sitegen.small_course import SmallCourse

TEMPLATES = ROOT / "site_templates" / "css"

FIGURE = """\
from dataclasses import dataclass

from pycore.live.figure import Figure, Parts
from pycore.live.markup import tag


@dataclass(frozen=True)
class OddState:
    pass


class Odd(Figure[OddState]):
    State = OddState

    def view(self) -> Parts:
        return {"stage": tag("i", "odd")}
"""

WITHIN = {
    "plain": ".figure-bow .bar { color: red }",
    "several": ".figure-bow .a, .figure-bow :is(.b, .c + .d) > i { color: red }",
    "itself": ".figure-bow.lit::before { content: '} .bar {' }",
    "a state of the element": "[dragging] .figure-bow .knob { fill: red }",
    "nested": ".figure-bow { color: red; & .a { top: 0; & + .b, &:hover { left: 0 } } }",
    "in groups": "@media print { @container (width < 9rem) { .figure-bow i { top: 0 } } }",
    "a group within": ".figure-bow { @media print { top: 0; & .a { left: 0 } } }",
    "a film": "@keyframes bow-draw { 50.5% { top: 1px } } .figure-bow i { animation: bow-draw 1s }",
    "an attribute with a comma": '.figure-bow [data-arg="a, .bar {"] { top: 0 }',
}

BEYOND = {
    "the frame": (".figure-bow i { top: 0 }\n\n.bar { top: 0 }", 3, '".bar" reaches beyond the figure'),
    "one of several": (".figure-bow i,\n.bar { top: 0 }", 1, '".bar" reaches beyond'),
    "another figure": (".figure-bowl i { top: 0 }", 1, '".figure-bowl i" reaches beyond'),
    "a neighbour": ("/* a\n*/ .figure-bow + figcaption { top: 0 }", 2, "reaches beyond"),
    "a neighbour by nesting": (".figure-bow {\n  &:not(.a) ~ p { top: 0 }\n}", 2, "reaches beyond"),
    "one of a choice": (":is(.figure-bow, .bar) i { top: 0 }", 1, "reaches beyond"),
    "what holds it": ("py-figure:has(.figure-bow) { top: 0 }", 1, "reaches beyond"),
    "in a group": ("@media print {\n\n  .bar { top: 0 }\n}", 3, "reaches beyond"),
    "a nested stranger": (".figure-bow {\n  .bar & { top: 0 }\n}", 2, "a nested selector begins with &"),
    "a nested name": (".figure-bow {\n  p { top: 0 }\n}", 2, "a nested selector begins with &"),
    "a film of all": ("@keyframes draw { to { top: 0 } }", 1, '"draw" must begin with "bow-"'),
    "a font": (
        "\n@font-face { font-family: Text }",
        2,
        "may not use @font-face; allowed: @container, @media",
    ),
    "an import": ('@import "x.css";', 1, "holds rules alone"),
    "an open brace": (".figure-bow {\n  & .a { top: 0 }\n", 1, "this brace is never closed"),
    "a brace too much": (
        ".figure-bow i { top: 0 }\n}\n.figure-bow b { top: 0 }",
        2,
        "this brace closes nothing",
    ),
    "no braces": (".figure-bow i", 1, "a rule has no braces"),
    "a young colour": (".figure-bow i {\n  color: light-dark(red, blue) }", 2, "light-dark() is unknown"),
    "a dotted line": (
        ".figure-bow i {\n  text-decoration: underline dotted }",
        2,
        "Safari reads no text-decoration of several values",
    ),
}


@pytest.mark.parametrize("css", WITHIN.values(), ids=WITHIN)
def test_rules_within_the_figure(css: str, tmp_path: Path) -> None:
    file = tmp_path / "bow.css"
    file.write_text(f"/* a bow */\n{css}\n", "utf-8")
    assert styles.checked(file) == styles.gathered(styles.lean(css), ".figure-bow") + "\n"


def test_what_begins_with_the_class_is_gathered_and_the_rest_stays_in_its_place() -> None:
    css = (
        ".a{top:0;& b{top:0}}.a.b,.a > i{top:0}[dragging] .a i{top:1px}@media print{.a i{top:2px}.b i{top:0}}"
        "@media print{.a i{top:3px}}.ab i{top:0}.a i{top:4px}@keyframes a-b{to{top:0}}"
    )
    assert styles.gathered(css, ".a") == (
        ".a{&{top:0;& b{top:0}}&.b,& > i{top:0}}[dragging] .a i{top:1px}"
        "@media print{.a i{top:2px}.b i{top:0}}.a{@media print{& i{top:3px}}}.ab i{top:0}.a{& i{top:4px}}"
        "@keyframes a-b{to{top:0}}"
    )


@pytest.mark.parametrize(("css", "line", "words"), BEYOND.values(), ids=BEYOND)
def test_rules_that_reach_out_are_refused(css: str, line: int, words: str, tmp_path: Path) -> None:
    file = tmp_path / "bow.css"
    file.write_text(css, "utf-8")
    with pytest.raises(AuthorError) as caught:
        styles.checked(file)
    (mistake,) = caught.value.mistakes
    assert (mistake.file, mistake.line) == (file, line)
    assert words in mistake.message


def test_all_mistakes_of_a_stylesheet_are_told(tmp_path: Path) -> None:
    file = tmp_path / "bow.css"
    file.write_text(".bar { top: 0 }\n.figure-bow i { top: 0 }\n.lamp { top: 0 }\n", "utf-8")
    with pytest.raises(AuthorError) as caught:
        styles.checked(file)
    assert [mistake.line for mistake in caught.value.mistakes] == [1, 3]


@pytest.mark.parametrize("file", sorted((ROOT / "pycore").rglob("*.css")), ids=lambda file: file.stem)
def test_the_figures_that_there_are(file: Path) -> None:
    assert styles.checked(file)
    assert file.with_suffix(".py").is_file()


def test_every_stylesheet_of_a_folder_is_used() -> None:
    used = {file for path in catalog.paths() for file in styles.files(path)}
    assert used == set((ROOT / "pycore").rglob("*.css"))


def test_what_figures_share_comes_before_their_own() -> None:
    names = [file.name for file in styles.files("embeddings/glove_counts")]
    assert names[-1] == "glove_counts.css"
    assert "_company.css" in names[:-1]
    assert "_company.css" not in [file.name for file in styles.files("embeddings/cosine")]


@pytest.mark.parametrize("file", sorted(TEMPLATES.glob("*.css")), ids=lambda file: file.stem)
def test_every_browser_reads_the_sites_own(file: Path) -> None:
    css = styles.of_site(file)
    assert [unknown for unknown in styles.UNKNOWN if re.search(unknown, css)] == []


def test_colours_need_no_young_function() -> None:
    tokens = TEMPLATES / "1-tokens.css"
    names = re.findall(r"(--[\w-]+): light-dark", tokens.read_text("utf-8"))
    css = styles.of_site(tokens)
    assert len(names) > 15
    assert "light-dark" not in css
    for name in names:
        assert len(re.findall(rf"{name}:#", css)) == 3, name  # light, dark by the system, dark by choice


def test_a_build_refuses_it_and_says_who_asked(
    course: SmallCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "figures" / "odd.css"
    file.parent.mkdir()
    file.with_suffix(".py").write_text(FIGURE, "utf-8")
    monkeypatch.setattr(figures, "__path__", [*figures.__path__, str(file.parent)])
    catalog.paths.cache_clear()
    file.write_text(".figure-odd i { top: 0 }\n.bar { top: 0 }\n", "utf-8")
    course.write_lesson("::: figure odd {number=1 title=Odd}\n:::\n")
    try:
        with pytest.raises(AuthorError, match="reaches beyond") as caught:
            course.build()
        assert str(caught.value).startswith(f"{file}:2: ")
        assert f"(asked for by {course.lesson}:" in str(caught.value)
        assert not course.dist.exists()
        file.write_text(".figure-odd .bar { top: 0 }\n", "utf-8")
        course.build()
        (sheet,) = (course.dist / "assets").glob("lesson.*.css")
        assert sheet.read_text("utf-8") == ".figure-odd{& .bar{top:0}}\n"
    finally:
        catalog.paths.cache_clear()
        sys.modules.pop("pycore.figures.odd", None)
        vars(figures).pop("odd", None)
