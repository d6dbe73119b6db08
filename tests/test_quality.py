"""Formatting and types: the same tools with the same settings, here and in an editor."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TYPESCRIPT = "typescript@7.0.2"


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_mypy_finds_nothing() -> None:
    run(sys.executable, "-m", "mypy")


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.worker.json"])
def test_tsc_finds_nothing(project: str) -> None:
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("npx is not installed, so the types of the browser runtime are not checked")
    tsc = [npx, "--yes", "--package", TYPESCRIPT, "tsc"]
    if subprocess.run([*tsc, "--version"], cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip(f"npm could not get {TYPESCRIPT}, so the types of the browser runtime are not checked")
    run(*tsc, "--project", f"site_templates/js/{project}")
