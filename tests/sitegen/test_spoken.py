"""Figures in another language: programs with other strings, and what is told of tables that do not fit."""

from __future__ import annotations

import ast
import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen import language, spoken
from sitegen.errors import ROOT
from sitegen.places import read_texts
from tests.sitegen.small_course import COURSE, FRONT_MATTER
from tools.project import copy_of_project

PROGRAM = '''
"""A docstring that nobody sees."""

WORD = {"key": "seen in a table"}


def view(count: int, name: str) -> object:
    """Draw it."""
    if name == "not seen":
        return WORD["key"]
    words = f"{count} word{'' if count == 1 else 's'} of {name!r}, {count / 3:.2f}"
    return tag("svg", words, class_="not seen")
'''
COUNTED = "{count} word{'' if count == 1 else 's'} of {name!r}, {count / 3:.2f}"
TABLES = sorted(file for folder in spoken.PACKAGES for file in folder.rglob("*.*.toml"))


def run(words: dict[str, str], count: int) -> object:
    """Run the program with other words; `tag` gives back what it is given."""
    names: dict[str, object] = {"tag": lambda *parts, **more: (*parts, more)}
    exec(compile(spoken.translated(PROGRAM, words), "program", "exec"), names)
    view = names["view"]
    assert callable(view)
    return view(count, "x")


def test_what_readers_may_see_is_found() -> None:
    assert spoken.phrases(PROGRAM) == ["key", "seen in a table", COUNTED]


def test_a_program_says_something_else() -> None:
    words = {
        COUNTED: "{count / 3:.1f}: {name!r} hat {count} Wort{'' if count == 1 else 'e'} \"\"",
        "svg": "no",
    }
    assert run(words, 1) == ("svg", "0.3: 'x' hat 1 Wort \"\"", {"class_": "not seen"})
    assert run(words, 3) == ("svg", "1.0: 'x' hat 3 Worte \"\"", {"class_": "not seen"})
    assert run({}, 3) == ("svg", "3 words of 'x', 1.00", {"class_": "not seen"})


def test_lines_stay_where_they_are() -> None:
    tree = spoken.translated(PROGRAM, {"seen in a table": "an\nderes"})
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    assert function.lineno == PROGRAM[: PROGRAM.index("def view")].count("\n") + 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"seen in a tabel": "x"}, 'does not say "seen in a tabel"; did you mean "seen in a table"?'),
        ({"not seen": "x"}, "`python -m sitegen.spoken FILE` lists what it says"),
        ({COUNTED: "{count}"}, "must use the same names in its places: count, name"),
        ({COUNTED: "{count} {name} {other}"}, "must use the same names in its places: count, name"),
        ({COUNTED: "{count} {name"}, "is not a text with places"),
        ({COUNTED: "{count} {name} ''' \"\"\" "}, "is not a text with places"),
        ({COUNTED: "{count} {name}"}, None),
        ({"seen in a table": "{no} place"}, None),
    ],
)
def test_a_table_that_does_not_fit(words: dict[str, str], told: str | None) -> None:
    found = [problem for _, problem in spoken.problems(PROGRAM, words)]
    assert (told in found[0] if found else False) if told else not found


@pytest.mark.parametrize("table", TABLES, ids=lambda file: file.name)
def test_tables_of_figures_fit(table: Path) -> None:
    module = table.with_name(f"{table.name.partition('.')[0]}.py")
    assert list(spoken.problems(module.read_bytes(), read_texts(table))) == []


@pytest.mark.parametrize("table", sorted(language.TEMPLATES.glob("words.*.toml")), ids=lambda file: file.name)
def test_tables_of_pages_are_whole(table: Path) -> None:
    words = read_texts(table)
    assert words.keys() == language.phrases()
    assert list(language.problems(words)) == []


def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path: Path) -> None:
    project = tmp_path / "project"
    copy_of_project(project)
    content = tmp_path / "content"
    content.mkdir()
    (content / "course.toml").write_text(f'lang = "de"\n{COURSE}', "utf-8")
    (content / "lesson.md").write_text(f"{FRONT_MATTER}Text.\n", "utf-8")
    figures = project / "pycore" / "figures" / "embeddings"
    table = figures / "cosine.de.toml"
    table.write_text(
        '"related" = "verwandt"\n"close to" = "nahe"\n"length {scene.length_b:.2f}" = "lang"\n'
        '"“a” \\"b\\"" = "x"\n',
        "utf-8",
    )
    (figures / "nothing.de.toml").write_text("", "utf-8")
    (project / "pycore" / "live" / "film.de.toml").write_text('"play again" = 5\n', "utf-8")
    (project / "pycore" / "live" / "host.de.toml").write_text('"play again" =\n', "utf-8")
    (project / "site_templates" / "words.de.toml").write_text('"Rnu" = "x"\n', "utf-8")
    command = [sys.executable, "build.py", "--check", "--content", str(content)]
    told = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False).stderr
    for place, problem in (
        ("pycore/figures/embeddings/cosine.de.toml:2", 'does not say "close to"'),
        (
            "pycore/figures/embeddings/cosine.de.toml:3",
            "must use the same names in its places: scene.length_b",
        ),
        ("pycore/figures/embeddings/cosine.de.toml:4", 'does not say "“a” "b""'),
        ("pycore/figures/embeddings/nothing.de.toml:1", "no nothing.py stands beside this table"),
        ("pycore/live/film.de.toml:1", "must be text: put quotes around it"),
        ("pycore/live/host.de.toml:1", "not valid TOML"),
        ("site_templates/words.de.toml:1", 'no page says "Rnu"; did you mean "Run"?'),
    ):
        assert re.search(rf"{re.escape(place)}: .*{re.escape(problem)}", told), told


def test_a_table_that_changes_changes_pages_and_the_programs_of_readers(tmp_path: Path) -> None:
    project, out = tmp_path / "project", tmp_path / "site"
    copy_of_project(project, "examples")
    table = project / "pycore" / "figures" / "embeddings" / "cosine.de.toml"
    command = [sys.executable, "build.py", "--content", "examples/german", "--out", str(out)]
    for said in ("Winkel θ", "Drehung θ"):
        table.write_text(f'"angle θ" = "{said}"\n', "utf-8")
        subprocess.run(command, cwd=project, capture_output=True, check=True)
        assert said in (out / "03-einbettungen.html").read_text("utf-8")
        (pack,) = (out / "py").glob("*/pycore.pack")
        assert said.encode() in gzip.decompress(pack.read_bytes())


def test_the_command_prints_a_table_of_what_a_module_says() -> None:
    command = [sys.executable, "-m", "sitegen.spoken", "pycore/live/film.py"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert '"play again" = "play again"\n' in printed
