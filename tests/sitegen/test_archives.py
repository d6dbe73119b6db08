"""The library and numpy, cut in two: nothing is lost, and nothing is cut where nothing can be compiled."""

from __future__ import annotations

import gzip
import io
import json
import marshal
import subprocess
import sys
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sitegen import archives, bytecode, cache, vendor


def test_what_is_compressed_is_the_same_from_every_python() -> None:
    """The header may name the system, and does so with some versions of Python alone."""
    packed = archives.pack({"a.py": b"x = 1\n"})
    assert packed[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
    assert read_pack(packed) == {"a.py": b"x = 1\n"}


def read_pack(content: bytes) -> dict[str, bytes]:
    """Read a pack as worker.js does."""
    raw = gzip.decompress(content)
    start = 4 + int.from_bytes(raw[:4], "little")
    files = {}
    for name, size in json.loads(raw[4:start]):
        files[name] = raw[start : start + size]
        start += size
    assert start == len(raw)
    return files


def read_zip(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def upstream() -> dict[str, bytes]:
    files = {}
    for file in (vendor.fetch("pyodide", "python_stdlib.zip"), vendor.fetch("numpy")):
        files.update(read_zip(file.read_bytes()))
    return files


def shipped(made: dict[str, bytes]) -> dict[str, bytes]:
    """Every module of a build, by path."""
    files = read_zip(gzip.decompress(made[archives.STDLIB])) | read_pack(made[archives.NUMPY])
    for name in archives.LATER.values():
        files |= read_zip(made[name])
    return files


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    pins = {
        name: {file: vendor.fetch(name, file) for file in vendor.table()[name].files}
        for name in ("pyodide", "numpy")
    }
    monkeypatch.setattr(vendor, "fetch", lambda name, file=None: pins[name][file or next(iter(pins[name]))])
    monkeypatch.setattr(cache, "folder", lambda: tmp_path)
    monkeypatch.setattr(bytecode, "_commands", lambda: iter(()))
    archives.build.cache_clear()
    yield
    archives.build.cache_clear()


def test_a_pack_is_read_as_it_was_written() -> None:
    files = {"a/b.py": b"x = 1\n", "empty": b"", "c": bytes(range(256))}
    assert read_pack(archives.pack(files)) == files
    assert archives.pack(files) == archives.pack(files)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b.py", "a.b"),
        ("a/__init__.pyc", "a"),
        ("a/c.pyc", "a.c"),
        ("numpy/abc.cpython-314-wasm32-emscripten.so", "numpy.abc"),
    ],
)
def test_a_path_names_a_module(path: str, name: str) -> None:
    assert archives.module_name(path) == name


def test_no_module_is_lost() -> None:
    left_out = set(archives.NEVER)
    expected = {
        archives.module_name(path)
        for path in upstream()
        if path.endswith((".py", ".so")) and not left_out & set(Path(path).parts)
    }
    files = set(shipped(archives.build())) - {archives.INDEX}
    assert {archives.module_name(path) for path in files} == expected


def test_the_start_has_its_modules_and_the_index_the_others() -> None:
    made = archives.build()
    start = read_zip(gzip.decompress(made[archives.STDLIB])) | read_pack(made[archives.NUMPY])
    index = json.loads(start.pop(archives.INDEX))
    assert {archives.module_name(path) for path in start} == set(archives.start_modules())
    for name in archives.LATER.values():
        modules = {archives.module_name(path) for path in read_zip(made[name])}
        assert modules == {module for module, archive in index.items() if archive == name}


def test_extension_modules_of_the_start_are_files_for_the_compiler() -> None:
    made = archives.build()
    wheel = upstream()
    assert archives.libraries()
    for name, path in archives.libraries().items():
        assert made[name] == wheel[path]
        assert read_pack(made[archives.NUMPY])[path] == b""


def test_bytecode_is_for_the_browsers_python() -> None:
    compiled = bytecode.compile_all({"a/b.py": b'"""Doc."""\nx = 1\n', "template.py": b"{{ no python }} x"})
    assert list(compiled) == ["a/b.pyc"]
    assert int.from_bytes(compiled["a/b.pyc"][:2], "little") == 3627  # the magic number of Python 3.14
    assert b"Doc." not in compiled["a/b.pyc"]


def test_slim_bytecode_runs_and_names_the_line_where_a_function_starts(tmp_path: Path) -> None:
    """The same job, in this Python: what it makes can be run by it."""
    source = b'"""Doc."""\n\ndef fail(x):\n    """Doc."""\n    y = x + 1\n    return y / 0\n'
    (tmp_path / "sources.zip").write_bytes(bytecode.archive({"a.py": source}))
    subprocess.run([sys.executable, bytecode.JOB, tmp_path], check=True)
    content = read_zip((tmp_path / "compiled.zip").read_bytes())["a.pyc"]
    assert content[4:8] == b"\x01\0\0\0"  # never checked against a source
    namespace: dict[str, Any] = {}
    exec(marshal.loads(content[16:]), namespace)
    assert namespace["fail"].__doc__ is None
    with pytest.raises(ZeroDivisionError) as raised:
        namespace["fail"](1)
    assert traceback.extract_tb(raised.value.__traceback__)[-1].lineno == 3


@pytest.mark.usefixtures("no_compiler")
def test_without_a_compiler_the_sources_are_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    files = shipped(archives.build())
    assert not [name for name in files if name.endswith(".pyc")]
    sources = upstream()
    assert files["json/decoder.py"] == sources["json/decoder.py"]
    assert files["numpy/ma/core.py"] == sources["numpy/ma/core.py"]
    assert "no Node and no Python 3.14" in capsys.readouterr().err


@pytest.mark.usefixtures("no_compiler")
def test_a_compiler_that_fails_is_told_and_the_next_one_is_tried(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; sys.exit('too old')"
    monkeypatch.setattr(
        bytecode, "_commands", lambda: iter([["no-such-program"], [sys.executable, "-c", code]])
    )
    with pytest.raises(bytecode.NoCompilerError):
        bytecode.compile_all({"a.py": b""})
    said = " ".join(capsys.readouterr().err.split())
    assert "no-such-program cannot" in said
    assert "too old" in said
