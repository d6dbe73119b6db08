"""The service worker's list: every file that a served page may want, with the hash of its content."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from sitegen import offline, serve


def listed(code: str) -> dict[str, tuple[str, int]]:
    line = code.splitlines()[1]
    files: dict[str, tuple[str, int]] = json.loads(line.removeprefix("const FILES = ").removesuffix(";"))
    return files


def test_it_lists_what_is_served_and_nothing_else(dist: Path) -> None:
    files = listed((dist / "sw.js").read_text("utf-8"))
    found = {file.relative_to(dist) for file in dist.rglob("*") if file.is_file()}
    assert set(files) == {
        path.as_posix()
        for path in found
        if path.parts[0] != "disk" and path.name not in ("sw.js", ".nojekyll") and path.suffix != ".whl"
    }
    for path, (digest, size) in files.items():
        content = (dist / path).read_bytes()
        assert hashlib.sha256(content).hexdigest().startswith(digest)
        assert len(content) == size
    assert min(len(digest) for digest, _ in files.values()) == offline.DIGITS


def test_another_page_makes_another_service_worker(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one")
    offline.write(tmp_path, "// code\n")
    first = (tmp_path / "sw.js").read_text()
    offline.write(tmp_path, "// code\n")
    assert (tmp_path / "sw.js").read_text() == first  # it does not list itself
    (tmp_path / "index.html").write_text("two")
    offline.write(tmp_path, "// code\n")
    assert (tmp_path / "sw.js").read_text() != first


def test_it_is_javascript(dist: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so the service worker's syntax is not checked")
    done = subprocess.run([node, "--check", dist / "sw.js"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fresh", [False, True])
def test_an_author_is_served_one_that_asks_the_network_first(dist: Path, fresh: bool) -> None:
    application = serve.fresh(dist) if fresh else None
    with serve.serving(dist, application=application) as address, urlopen(address + "sw.js") as answer:
        code = answer.read().decode()
    assert answer.headers["Content-Type"].partition(";")[0] == "text/javascript"
    assert code.splitlines()[0] == f"const FRESH = {str(fresh).lower()};"
