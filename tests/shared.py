"""What the workers of a test run share: made once, by whichever worker needs it first; the others wait."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """Return a folder of the run that all its workers see."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    place = root / name
    place.mkdir(exist_ok=True)
    return place


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object], within: str = "dist"
) -> Path:
    """Return the folder that `make` makes, in a folder of the run's own.

    What fails to be made is tried again by the next that needs it, so that each tells why; so `make` must
    leave its folder whole or not at all, as a build of the site does.
    """
    place = shared_folder(factory, name)
    with FileLock(place / "lock"):
        if not (place / within).exists():
            make(place / within)
    return place / within
