from __future__ import annotations

from pathlib import Path

import pytest

from tests.sitegen.small_course import SmallCourse


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course with one lesson, to be broken or built."""
    return SmallCourse.write(tmp_path)
