"""The fuzzer finds what it should, and a small run of it finds nothing."""

from __future__ import annotations

import itertools
import random

import pytest

from pycore.live import catalog
from pycore.live.markup import tag
from sitegen import markdown
from tools import fuzz

LESSONS = 250
# One of each kind: words, a plane, a text, training, an exercise. The others are for the large run.
FIGURES = (
    "embeddings/cosine",
    "networks/neuron",
    "tokenizers/byte_level",
    "transformers/it_looks",
    "exercise",
)


def test_lessons() -> None:
    assert [finding for finding in fuzz.lessons(LESSONS, random.Random(1)) if finding] == []


@pytest.mark.parametrize("path", FIGURES)
def test_figures(path: str) -> None:
    for kind in (fuzz.events, fuzz.links):
        assert [finding for finding in kind(path, 4, random.Random(1)) if finding] == []


def test_what_goes_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = catalog.load("networks/neuron")
    count = itertools.count()
    monkeypatch.setattr(kind, "view", lambda self: {"x": tag("p", f"nan {next(count)}")})
    for found in fuzz.events("networks/neuron", 2, random.Random(1)):
        assert "<p>nan " in found.what
    monkeypatch.setattr(markdown, "render", lambda *_: markdown.Page(html="<p><b></p>"))
    for found in fuzz.lessons(2, random.Random(1)):
        assert "</p> where ['b'] is open" in found.what
    monkeypatch.setattr(markdown, "render", lambda *_: 1 / 0)
    for found in fuzz.lessons(2, random.Random(1)):
        assert "ZeroDivisionError" in found.what
