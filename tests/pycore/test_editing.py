"""Editing pycore from within the page: another body is put in, and taken out again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pycore import data, figures, similarity, vectors
from pycore.live import editing
from pycore.live.host import Host
from pycore.similarity import cosine

NAME = "pycore.similarity.cosine"


@pytest.fixture(autouse=True)
def restored():
    """Put every function back, whatever a test did."""
    yield
    for name in list(editing._originals):
        editing.edit(name, None)


def test_edited_function_is_in_force_however_it_was_imported():
    editing.edit(NAME, "def cosine(a, b):\n    return 42.0")
    assert cosine([1.0], [1.0]) == similarity.cosine([1.0], [1.0]) == 42.0
    editing.edit(NAME, None)
    assert cosine([1.0], [1.0]) == 1.0


def test_edited_function_still_sees_what_its_module_has():
    editing.edit(NAME, "def cosine(a: ArrayLike, b: ArrayLike) -> float:\n    return -dot(a, b)")
    assert cosine([1.0, 2.0], [3.0, 4.0]) == -11.0


def test_own_text_of_every_shown_function_can_be_run_as_it_stands():
    shown = {function for name in figures.names() for function in figures.load(name).code}
    assert cosine in shown
    for function in shown:
        editing.edit(editing.name_of(function), editing.source_of(function))
    assert cosine([3.0, 4.0], [4.0, 3.0]) == pytest.approx(0.96)


def test_methods_and_defaults():
    name = "pycore.vectors.WordVectors.suggest"
    assert editing.name_of(vectors.WordVectors.suggest) == name
    editing.edit(name, "def suggest(self, word, n=2):\n    return [word] * n")
    assert data.word_vectors().suggest("x") == ["x", "x"]
    editing.edit(name, None)
    assert "kitten" in data.word_vectors().suggest("kittn")


def test_what_was_computed_before_is_forgotten():
    before = data.word_vectors()
    editing.edit("pycore.similarity.normalize", "def normalize(x):\n    return np.asarray(x) * 0")
    assert data.word_vectors() is not before
    assert not data.word_vectors().unit.any()


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        (NAME, "def cosine(a, b)\n    return 1", "line 1: Python cannot read this"),
        (NAME, "x = 1", 'expected one definition, "def cosine'),
        (NAME, "def cosinus(a, b):\n    return 1", 'expected one definition, "def cosine'),
        (NAME, "import os\n\ndef cosine(a, b):\n    return 1", "nothing beside it"),
        ("pycore.similarity.sine", "def sine(a, b):\n    return 1", "pycore has no function"),
        ("os.system", "def system(command):\n    return 1", "pycore has no function"),
    ],
)
def test_what_cannot_be_put_in_force_changes_nothing(name, source, words):
    answer = json.loads(Host().edit(json.dumps({"name": name, "source": source})))
    assert words in answer["error"]
    assert cosine([1.0], [1.0]) == 1.0


def test_error_in_edited_code_names_its_line():
    host = Host()
    host.mount(json.dumps({"id": "f", "name": "cosine", "params": {}, "state": None}))
    source = "def cosine(a, b):\n    first = a @ b\n    return first / nothing"
    assert json.loads(host.edit(json.dumps({"name": NAME, "source": source}))) == {}
    answer = json.loads(host.mount(json.dumps({"id": "f", "name": "cosine", "params": {}, "state": None})))
    assert answer["error"] == "your cosine, line 3: NameError: name 'nothing' is not defined"


def test_figures_run_the_edited_version():
    request = json.dumps({"id": "f", "name": "cosine", "params": {}, "state": None, "redraw": True})
    host = Host()
    own = json.loads(host.mount(request))["parts"]
    host.edit(json.dumps({"name": NAME, "source": "def cosine(a, b):\n    return 0.125"}))
    assert json.loads(host.mount(request))["parts"] != own
    host.edit(json.dumps({"name": NAME, "source": None}))
    assert json.loads(host.mount(request))["parts"] == own
    assert np.isfinite(cosine([1.0], [2.0]))
