"""What a module is made from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sitegen import imports
from tools.project import copy_of_project


def test_a_change_in_what_a_figure_imports_is_seen() -> None:
    names = {path.name for path in imports.files_of("pycore.figures.embeddings.lookup")}
    assert {"lookup.py", "figure.py", "vectors.py", "markup.py", "_words.py"} <= names
    assert "cosine.py" not in names


def test_imports_inside_of_functions_count(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text("import a.b\nfrom c import d\n\ndef f():\n    from e import g\n")
    assert imports.names_in(file) == ["a.b", "c", "c.d", "e", "e.g"]


def test_what_is_no_python_imports_nothing(tmp_path: Path) -> None:
    file = tmp_path / "some.py"
    file.write_text("def (:\n")
    assert imports.names_in(file) == []


def test_what_only_keeps_does_not_count(tmp_path: Path) -> None:
    assert all(file.is_file() for file in imports.KEEPING)


def test_a_process_sees_that_its_code_is_old(tmp_path: Path) -> None:
    copy_of_project(tmp_path)
    code = """
from pathlib import Path
from sitegen import imports
assert not imports.stale() and not imports.changed()
Path("pycore/embeddings/new.py").touch()
assert not imports.stale() and imports.changed()
Path("pycore/figures/embeddings/lookup.css").touch()
with open("pycore/embeddings/similarity.py", "a") as file:
    file.write("# more")
assert imports.stale() and imports.changed()
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
