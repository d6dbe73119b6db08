"""A copy of the project, for what changes or breaks one: tests and benchmarks."""

from __future__ import annotations

import shutil
from pathlib import Path

from sitegen import unchanged
from sitegen.errors import ROOT


def copy_of_project(folder: Path, *also: str) -> None:
    """Copy what a build is made by, and further folders of the project, into a folder."""
    for name in ("pycore", "sitegen", "site_templates", *also):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", *unchanged.FILES):
        shutil.copyfile(ROOT / name, folder / name)
