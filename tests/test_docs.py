"""The documentation is tested: what it must name, and the examples that it gives."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from pycore.live import catalog
from pycore.live.figure import Figure
from sitegen import markdown, parsing, site
from sitegen.content import FrontMatter, Lesson

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "author-guide.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def test_the_table_of_browsers_names_tests_that_there_are() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "browsers.md").read_text("utf-8")))
    files = (ROOT / "tests" / "browser").rglob("test_*.py")
    there = {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.M)}
    assert named
    assert named <= there


@pytest.mark.parametrize("name", markdown.DIRECTIVES)
def test_the_guide_explains_each_directive(name: str) -> None:
    assert f"**{name}**" in GUIDE


@pytest.mark.parametrize("name", catalog.paths())
def test_the_guide_names_each_figure(name: str) -> None:
    assert f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", FrontMatter.model_fields)
def test_the_guide_shows_each_field_of_the_front_matter(name: str) -> None:
    assert re.search(rf"^{name}: ?", GUIDE, flags=re.MULTILINE)


def test_readme_or_guide_name_each_flag() -> None:
    usage = subprocess.run(
        [sys.executable, "build.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    flags = set(re.findall(r"--\w+", usage.stdout)) - {"--help"}
    assert flags == {"--address", "--serve", "--port", "--check", "--content", "--out", "--without"}
    assert all(flag in README and flag in GUIDE for flag in flags)


@pytest.mark.parametrize("kind", ["lesson", "figure"])
def test_the_guide_tells_how_to_begin(kind: str) -> None:
    assert f"python build.py new {kind} " in GUIDE


@pytest.mark.parametrize("tag", parsing.TAGS)
def test_the_guide_names_each_tag_that_a_lesson_may_write(tag: str) -> None:
    assert f"`<{tag}>`" in GUIDE


@pytest.mark.parametrize("example", re.findall(r"^(`{3,4})markdown\n(.*?)^\1$", GUIDE, flags=re.M | re.S))
def test_the_examples_of_directives_render(example: tuple[str, str]) -> None:
    meta = FrontMatter(title="t", headline="h", lede="l", number="01", status="planned")
    lesson = Lesson("guide", ROOT / "docs" / "author-guide.md", meta, example[1])
    assert markdown.render(lesson, site.environment()).html


def test_the_example_of_claims_states_what_is_computed(tmp_path: Path) -> None:
    found = re.findall(r"^```(?:python|text) claims\n(.*?)^```$", GUIDE, flags=re.M | re.S)
    (tmp_path / "lesson.claims.py").write_text(found[0], "utf-8")
    meta = FrontMatter(title="t", headline="h", lede="l", number="01", status="planned")
    page = markdown.render(Lesson("lesson", tmp_path / "lesson.md", meta, found[1]), site.environment())
    assert re.findall(r'data-claim="(\w+)"', page.html) == ["good_bad", "rows"]


def test_the_example_of_a_figure_counts() -> None:
    found = re.search(r"^```python figure\n(.*?)^```$", GUIDE, flags=re.M | re.S)
    assert found
    module = types.ModuleType("example_figure")
    sys.modules["example_figure"] = module
    exec(compile(found[1], "author-guide.md", "exec"), module.__dict__)
    counter: Figure = module.Counter()
    counter.handle("add", ["2"])
    assert counter.view()["readout"] == '<p class="big" data-out="count">2</p>'
    assert counter.changes() == {"count": 2}


def test_the_guide_shows_the_counter_as_it_is() -> None:
    assert (ROOT / "pycore" / "figures" / "examples" / "counter.py").read_text("utf-8") in GUIDE


def test_the_examples_of_helpers_give_what_they_say() -> None:
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", GUIDE, flags=re.M | re.S))
    module = types.ModuleType("guide_examples")  # dataclasses look for the module of their class
    sys.modules["guide_examples"] = module
    test = doctest.DocTestParser().get_doctest(examples, module.__dict__, "author-guide.md", None, 0)
    assert len(test.examples) > 50
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(
        test, out=told.append
    )
    assert told == []


MODULES = """
controls expect frozen handle histogram inputs labels markup matrix parsing places player plot readout scale
settings
"""
HELPERS = [
    (module, name)
    for module in MODULES.split()
    for name, value in vars(importlib.import_module(f"pycore.live.{module}")).items()
    if (inspect.isfunction(value) or inspect.isclass(value))
    and value.__module__ == f"pycore.live.{module}"
    and not name.startswith("_")
    and name not in ("Markup", "Read", "LabelledPoint", "exponent")  # what others return, or count with
]


@pytest.mark.parametrize(("module", "name"), HELPERS)
def test_the_guide_shows_each_helper_in_an_example(module: str, name: str) -> None:
    assert re.search(rf"^>>> from pycore\.live\.{module} import .*\b{name}\b", GUIDE, flags=re.MULTILINE)
    assert re.search(rf"^(>>>|\.\.\.)(?! from).*\b{name}\b", GUIDE, flags=re.MULTILINE) or name == "Plays"


def test_ci_runs_the_command_of_the_readme() -> None:
    commands = re.findall(r"^    (python3 -m venv .*)$", README, flags=re.MULTILINE)
    assert len(commands) == 2
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == commands[1]


def test_nothing_committed_names_a_registry_or_a_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        "|".join(
            [
                "pypi" + r"\.org",
                "python" + "hosted",
                "npm" + r"js\.(org|com)",
                "/ro" + "ot/",
                "/home/" + r"\w+/\w",
            ]
        )
    )
    for name in listed.stdout.splitlines():
        file = ROOT / name
        if file.suffix not in {".gguf", ".gz", ".npz", ".png", ".webp"} and file.is_file():
            found = forbidden.search(file.read_text("utf-8"))
            assert not found, f"{name}: {found and found[0]}"
