"""Recipes: what a figure, and a lesson that shows figures, are made from."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from pycore import data
from sitegen import digests, imports, keep, soundness
from sitegen.errors import ROOT

PYCORE = ROOT / "pycore"
FIGURES = PYCORE / "figures"
RUNS_CODE = "exercise"  # the figure whose code is a lesson's: it may import anything but figures


@functools.cache  # a process whose code or data has changed keeps nothing that it makes
def figure(path: str) -> str | None:
    """Hash what a figure is made from: the modules that it imports, whatever they import, and its data.

    None when it is no file of the project, so that nobody can say.

    Raises
    ------
    AuthorError
        When its module cannot be loaded.
    """
    module = f"pycore.figures.{path.replace('/', '.')}"
    if not imports.exists(module):
        return None
    code = imports.code(module)
    if path == RUNS_CODE:
        others = (file for file in digests.below(PYCORE) if FIGURES not in file.parents)
        return digests.of_text(code, digests.of_files(others, ROOT))
    names = keep.kept(f"data of {path} {code}", lambda: soundness.load(path).data)
    return digests.of_text(code, digests.of_files((data.FOLDER / name for name in names), ROOT))


@functools.cache  # as above
def all_data() -> str:
    """Hash the data that pycore reads: what computes the numbers of a lesson's prose may open any of it."""
    return digests.of_files(digests.below(data.FOLDER), ROOT)


def figures(paths: Iterable[str]) -> str | None:
    """Hash what several figures are made from; None when that is unknown of one."""
    found = [figure(path) for path in sorted(set(paths))]
    return digests.of_text(*filter(None, found)) if all(found) else None
