"""What the browser needs for Python, checked against what browsers and Pyodide do with it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest

from pycore import figures
from sitegen import runtime, vendor
from sitegen.errors import ROOT


@pytest.fixture(scope="module")
def python(built: Path) -> Path:
    """The folder of files that a worker loads."""
    (folder,) = (built / "py").iterdir()
    return folder


def test_lock_holds_what_is_shipped_and_nothing_else(python: Path) -> None:
    lock = json.loads((python / "pyodide-lock.json").read_text("utf-8"))
    assert sorted(lock["packages"]) == ["numpy", "pycore"]
    for package in lock["packages"].values():
        file = python / package["file_name"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == package["sha256"]
        assert set(package["depends"]) <= set(lock["packages"])
    assert lock["packages"]["pycore"]["depends"] == ["numpy"]
    assert lock["packages"]["pycore"]["imports"] == ["pycore"]
    assert lock["info"]["version"] == vendor.table()["pyodide"].version


def test_third_party_files_are_the_pinned_ones(python: Path) -> None:
    pins = vendor.table()["numpy"].files | vendor.table()["pyodide"].files
    for name in (*runtime.CORE, *vendor.table()["numpy"].files):
        assert hashlib.sha256((python / name).read_bytes()).hexdigest() == pins[name]


def test_nothing_else_is_shipped_but_data_that_figures_read(python: Path) -> None:
    (wheel,) = (file.name for file in python.glob("pycore-*.whl"))
    known = {*runtime.CORE, runtime.LOCK, *vendor.table()["numpy"].files, wheel}
    data = set().union(*(figures.load(name).data for name in figures.names()))
    shipped = {file.name for file in python.iterdir()}
    assert known <= shipped <= known | data
    assert "glove-100d.npz" in shipped


def test_wheel_holds_the_code_and_no_data(python: Path) -> None:
    (file,) = python.glob("pycore-*.whl")
    with zipfile.ZipFile(file) as wheel:
        sources = {str(path.relative_to(ROOT)) for path in (ROOT / "pycore").rglob("*.py")}
        assert {name for name in wheel.namelist() if name.endswith(".py")} == sources
        for name in sources:
            assert wheel.read(name) == (ROOT / name).read_bytes()
        assert [name for name in wheel.namelist() if name.endswith(".npz")] == []


def test_wheel_depends_on_its_content_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    wheels = [runtime.build_wheel(folder) for folder in (first, second)]
    assert wheels[0].read_bytes() == wheels[1].read_bytes()


def test_pieces_put_together_are_the_files(built: Path, python: Path) -> None:
    """Read the scripts as the page does: each calls pyDisk(file, number, text)."""
    pieces: dict[str, dict[int, str]] = {}
    for script in (built / "disk").iterdir():
        call = re.fullmatch(r'pyDisk\("([^"]+)",(\d+),"([A-Za-z0-9+/=]*)"\);\n', script.read_text("ascii"))
        assert call, script.name
        name, number, text = call.groups()
        assert script.name == f"{name}.{number}.js"
        assert len(text) <= runtime.PIECE
        pieces.setdefault(name, {})[int(number)] = text
    assert set(pieces) == {file.name for file in python.iterdir()}
    for name, texts in pieces.items():
        whole = "".join(texts[number] for number in range(len(texts)))
        assert gzip.decompress(base64.b64decode(whole, validate=True)) == (python / name).read_bytes()


def test_pages_know_every_file(built: Path, python: Path) -> None:
    page = (built / "03-embeddings.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="python-config">(.*?)</script>', page)
    assert found
    config = json.loads(found[1])
    assert built / config["base"] == python
    assert set(config["data"]) <= set(config["files"])
    assert {name: size for name, (size, _) in config["files"].items()} == {
        file.name: file.stat().st_size for file in python.iterdir()
    }
    for name, (_, pieces) in config["files"].items():
        assert len(list((built / "disk").glob(f"{name}.*.js"))) == pieces


def test_folder_is_named_for_its_content(tmp_path: Path, python: Path) -> None:
    """A browser may keep what it loaded for ever: other data, another address."""
    without = runtime.build(tmp_path, [])
    assert without.base != f"py/{python.name}/"
    assert re.fullmatch(r"py/[0-9a-f]{12}/", without.base)
    assert "glove-100d.npz" not in without.sizes
