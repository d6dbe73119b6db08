from __future__ import annotations

from pathlib import Path

import pytest

from sitegen import site
from tests.sitegen.small_course import SmallCourse


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course with one lesson, to be broken or built."""
    return SmallCourse.write(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real course, built; not to be changed."""
    dist = tmp_path_factory.mktemp("site") / "dist"
    site.build(dist=dist)
    return dist
