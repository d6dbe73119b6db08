from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pycore.figures.transformers import _models
from pycore.live import demand
from pycore.transformers.gguf import split
from tests.pycore.transformers import stand_in


@pytest.fixture
def smollm2(tmp_path: Path) -> Iterator[None]:
    """A tiny model of the same format in SmolLM2's place."""
    stand_in.write(tmp_path / "model.gguf")
    demand.provide("smollm2", split((tmp_path / "model.gguf").read_bytes()))
    _models.forget()
    yield
    demand.drop("smollm2")
    _models.forget()
