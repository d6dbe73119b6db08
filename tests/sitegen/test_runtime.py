"""What the browser needs for Python, checked against what browsers and Pyodide do with it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pycore.live import catalog
from sitegen import archives, runtime, scripts, vendor
from sitegen.errors import ROOT
from tests.sitegen.test_archives import read_pack


@pytest.fixture(scope="module")
def config(dist: Path) -> dict[str, Any]:
    """What the page with figures is told."""
    page = (dist / "03-embeddings.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="python-config">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.fixture(scope="module")
def start(dist: Path, config: dict[str, Any]) -> dict[str, Any]:
    """What a start of Python is told besides."""
    script = (dist / config["start"]).read_text("utf-8")
    found = re.search(r"return \{ Files, SnapshotShelf, launch, \.\.\.(.*) \};\n", script)
    assert found
    return json.loads(found[1])


@pytest.fixture(scope="module")
def files(dist: Path) -> dict[str, Path]:
    """The files that a worker loads, by name."""
    files = [file for file in (dist / "py").rglob("*") if file.is_file()]
    return {"/".join(file.relative_to(dist / "py").parts[1:]): file for file in files}


def test_third_party_files_have_a_folder_of_their_own(dist: Path, config: dict[str, Any]) -> None:
    assert {file.name for file in (dist / config["base"]).iterdir()} == {*runtime.CORE, *archives.build()}
    folder = dist / config["own"]
    own = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    data = set().union(*(catalog.load(name).data for name in catalog.paths()))
    assert {runtime.PYCORE, "embeddings/glove-100d.npz"} <= own <= {runtime.PYCORE, *data}


def test_third_party_files_are_the_pinned_ones(files: dict[str, Path]) -> None:
    pins = vendor.table()["pyodide"].files
    for name in set(runtime.CORE) - {runtime.ENGINE}:
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == pins[name]


def test_pycore_holds_the_code_and_no_data(files: dict[str, Path]) -> None:
    packed = read_pack(files[runtime.PYCORE].read_bytes())
    sources = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / "pycore").rglob("*.py")}
    assert set(packed) == set(sources)
    for name, path in sources.items():
        assert packed[name] == path.read_bytes()


def test_pyodide_is_told_of_no_packages(start: dict[str, Any]) -> None:
    lock = json.loads(start["lock"])
    official = json.loads(vendor.fetch("pyodide", "pyodide-lock.json").read_text("utf-8"))
    assert lock == {"info": official["info"], "packages": {}}


def test_pieces_put_together_are_the_files(dist: Path, files: dict[str, Path]) -> None:
    """Read the scripts as the page does: each calls pyDisk(file, number, text)."""
    pieces: dict[str, dict[int, str]] = {}
    for script in (file for file in (dist / "disk").rglob("*") if file.is_file()):
        call = re.fullmatch(r'pyDisk\("([^"]+)",(\d+),"([A-Za-z0-9+/=]*)"\);\n', script.read_text("ascii"))
        assert call, script.name
        name, number, text = call.groups()
        assert script.relative_to(dist / "disk").as_posix() == f"{name}.{number}.js"
        assert len(text) <= runtime.PIECE
        pieces.setdefault(name, {})[int(number)] = text
    assert set(pieces) == set(files)
    for name, texts in pieces.items():
        whole = "".join(texts[number] for number in range(len(texts)))
        assert gzip.decompress(base64.b64decode(whole, validate=True)) == files[name].read_bytes()


def test_a_start_knows_every_file(
    dist: Path, config: dict[str, Any], start: dict[str, Any], files: dict[str, Path]
) -> None:
    assert set(config["data"]) <= set(start["files"])
    told = {name: size for name, (size, *_) in start["files"].items()}
    assert told == {name: file.stat().st_size for name, file in files.items()}
    for name, (_, pieces, folder, digest) in start["files"].items():
        assert dist / folder / name == files[name]
        assert base64.b64decode(digest) == hashlib.sha256(files[name].read_bytes()).digest()
        assert len(list((dist / "disk").glob(f"{name}.*.js"))) == pieces


def test_folders_are_named_for_their_content(tmp_path: Path, config: dict[str, Any]) -> None:
    """A browser may keep what it loaded for ever: other data, another address; the rest stays as it is."""
    third, without = runtime.build_third_party(tmp_path, scripts.worker()), runtime.build_own(tmp_path, [])
    assert without.folder != config["own"]
    assert third.folder == config["base"]
    assert re.fullmatch(r"py/[0-9a-f]{12}/", without.folder)
    assert "embeddings/glove-100d.npz" not in without.sizes
