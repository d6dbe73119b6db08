"""What the panels "show the code" hold."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pycore.live import catalog, editing
from sitegen import source
from sitegen.errors import AuthorError, Mistakes
from sitegen.source import brief

SHOWN = {editing.source_of(f) for name in catalog.paths() for f in catalog.load(name).code}


def without_docstring(text: str) -> str:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function)
    return ast.dump(ast.Module(function.body[1:], []))


@pytest.mark.parametrize("text", sorted(SHOWN), ids=lambda text: text.split("(")[0].split()[-1])
def test_a_panel_shows_the_code_and_the_first_paragraph_of_its_docstring(text: str) -> None:
    shown = brief(text)
    assert without_docstring(shown) == without_docstring(text)
    whole, kept = (ast.get_docstring(ast.parse(t).body[0]) or "" for t in (text, shown))  # type: ignore[arg-type]
    assert kept == whole.split("\n\n")[0]
    assert shown.splitlines()[0] == text.splitlines()[0]


def test_a_function_without_a_docstring_is_left_alone() -> None:
    text = "def twice(x):\n    y = x\n\n    return x + y\n"
    assert brief(text) == text


def test_a_module_that_python_cannot_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("x = 1\ny = = 2\n", "utf-8")
    monkeypatch.setattr(source, "modules", lambda: {"sound": Path(source.__file__), "broken": broken})
    mistakes = Mistakes()
    source.check(mistakes)
    with pytest.raises(AuthorError) as caught:
        mistakes.end()
    assert str(caught.value) == f"{broken}:2: Python cannot read this: invalid syntax"
