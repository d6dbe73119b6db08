"""The documentation is tested: what it must name, and the examples that it gives."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

from pycore import figures
from pycore.live.figure import Figure
from sitegen import markdown, site
from sitegen.content import FrontMatter, Lesson

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "author-guide.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", markdown.DIRECTIVES)
def test_the_guide_explains_each_directive(name: str) -> None:
    assert f"**{name}**" in GUIDE


@pytest.mark.parametrize("name", figures.names())
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
    assert flags == {"--serve", "--port", "--check"}
    assert all(flag in README and flag in GUIDE for flag in flags)


@pytest.mark.parametrize("example", re.findall(r"^(`{3,4})markdown\n(.*?)^\1$", GUIDE, flags=re.M | re.S))
def test_the_examples_of_directives_render(example: tuple[str, str]) -> None:
    meta = FrontMatter(title="t", headline="h", lede="l", number="01", status="planned")
    lesson = Lesson("guide", ROOT / "docs" / "author-guide.md", meta, example[1])
    assert markdown.render(lesson, site.environment()).html


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
        if file.suffix not in {".npz", ".png", ".woff2"} and file.is_file():
            found = forbidden.search(file.read_text("utf-8"))
            assert not found, f"{name}: {found and found[0]}"
