"""Bytecode for the browser: Python's files compiled when the site is built, so that a start need not.

It takes a Python of the browser's version: Pyodide itself in Node, this one, or `python3.14`. Where there is
none the sources are shipped as they are: the site works, and starts more slowly. A compiled file is smaller
than its source: it has no comments, no docstrings, and of its lines' numbers only the first of each function.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from sitegen import cache, jobs, vendor

JOB = Path(__file__).with_name("bytecode_job.py")
NODE_JOB = Path(__file__).with_name("bytecode_job.mjs")
VERSION = (3, 14)  # Python's in the pinned Pyodide


class NoCompilerError(Exception):
    """No Python of the browser's version could be run."""


def compile_all(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """Compile Python files.

    Parameters
    ----------
    sources
        Paths that end in .py, with their content.

    Returns
    -------
    dict
        The same paths with a c behind, with bytecode; without those that are not Python, such as templates.

    Raises
    ------
    NoCompilerError
        When no Python of the right version can be run.
    """
    packed = archive(sources)
    code = "".join(vendor.sha256(file) for file in (JOB, NODE_JOB))
    recipe = f"bytecode {code} {hashlib.sha256(packed).hexdigest()}"
    compiled = cache.derived(recipe, lambda: _compile(packed))
    with zipfile.ZipFile(io.BytesIO(compiled)) as files:
        return {name: files.read(name) for name in files.namelist()}


def _compile(packed: bytes) -> bytes:
    """Run the first compiler that works, on a zip archive."""

    def files() -> jobs.Files:
        pyodide = {
            name: vendor.fetch("pyodide", name).read_bytes() for name in vendor.table()["pyodide"].files
        }
        return pyodide | {"sources.zip": packed}

    label = "compiling Python's library and numpy for the browser"
    try:
        return jobs.by_first(_commands(), files, "compiled.zip", label)
    except jobs.NobodyError:
        raise NoCompilerError from None


def archive(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Make a zip archive whose bytes depend on the files alone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression, compresslevel=9) as target:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            target.writestr(info, content)
    return stream.getvalue()


def _commands() -> Iterator[list[str]]:
    # Pyodide's own compiler first: releases of one Python may compile some function in different ways.
    yield from ([node, str(NODE_JOB)] for node in jobs.nodes())
    own = sys.executable if sys.version_info[:2] == VERSION else None
    for python in filter(None, (own, shutil.which("python{}.{}".format(*VERSION)))):
        yield [python, str(JOB)]
