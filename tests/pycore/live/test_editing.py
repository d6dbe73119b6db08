"""Editing pycore from within the page: another body is put in, and taken out again."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from pycore.data import embeddings as data
from pycore.embeddings import similarity, vectors
from pycore.embeddings.similarity import cosine
from pycore.live import catalog, editing
from pycore.live.host import Host

NAME = "pycore.embeddings.similarity.cosine"


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
    shown = {function for name in catalog.paths() for function in catalog.load(name).code}
    assert cosine in shown
    for function in shown:
        editing.edit(editing.name_of(function), editing.source_of(function))
    assert cosine([3.0, 4.0], [4.0, 3.0]) == pytest.approx(0.96)


def test_a_function_is_found_before_its_module_was_imported():
    program = f"""
import sys
from pycore.live import editing
assert "pycore.embeddings.similarity" not in sys.modules
editing.edit({NAME!r}, "def cosine(a, b):\\n    return 42.0")
from pycore.embeddings.similarity import cosine
assert cosine([1.0], [1.0]) == 42.0
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize(
    "name", ["os.path.join", "pycore.embeddings.similarity.cosin", "pycore.nowhere.cosine", "pycore..x", "x"]
)
def test_what_pycore_does_not_have_is_told(name):
    with pytest.raises(ValueError, match=f'pycore has no function "{name}"'):
        editing.edit(name, None)


def test_a_module_that_comes_after_an_edit_computes_with_what_was_written(monkeypatch):
    load, computed = catalog.load, []

    def watched(path):
        computed.append(cosine([1.0], [1.0]))
        return load(path)

    monkeypatch.setattr(catalog, "load", watched)
    editing.edit(NAME, "def cosine(a, b):\n    return 0.5")
    answer = json.loads(Host().mount(json.dumps({"id": "a", "name": "cosine", "params": {}, "redraw": True})))
    assert computed == [1.0]
    assert "0.50" in "".join(answer["parts"].values())
    assert cosine([1.0], [1.0]) == 0.5


def test_a_module_that_a_claim_imports_computes_with_what_was_written(tmp_path, monkeypatch):
    lines = "from pycore.embeddings.similarity import cosine\nHALF = cosine([1.0], [1.0]) / 2\n"
    (tmp_path / "a_half.py").write_text(lines, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    editing.edit(NAME, "def cosine(a, b):\n    return 0.2")
    source = "from a_half import HALF, cosine\ndef x():\n    return f'{HALF} {cosine([1.0], [1.0])}'"
    answer = json.loads(Host().claim(json.dumps({"source": source, "file": "x.claims.py", "name": "x"})))
    assert answer["text"] == "0.5 0.2"


def test_methods_and_defaults():
    name = "pycore.embeddings.vectors.WordVectors.suggest"
    assert editing.name_of(vectors.WordVectors.suggest) == name
    editing.edit(name, "def suggest(self, word, n=2):\n    return [word] * n")
    assert data.word_vectors().suggest("x") == ["x", "x"]
    editing.edit(name, None)
    assert "kitten" in data.word_vectors().suggest("kittn")


def test_what_was_computed_before_is_forgotten():
    before = data.word_vectors()
    editing.edit("pycore.embeddings.similarity.normalize", "def normalize(x):\n    return np.asarray(x) * 0")
    assert data.word_vectors() is not before
    assert not data.word_vectors().unit.any()


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        (NAME, "def cosine(a, b)\n    return 1", "line 1: Python cannot read this"),
        (NAME, "x = 1", 'expected one definition, "def cosine'),
        (NAME, "def cosinus(a, b):\n    return 1", 'expected one definition, "def cosine'),
        (NAME, "import os\n\ndef cosine(a, b):\n    return 1", "nothing beside it"),
        ("pycore.embeddings.similarity.sine", "def sine(a, b):\n    return 1", "pycore has no function"),
        ("os.system", "def system(command):\n    return 1", "pycore has no function"),
    ],
)
def test_what_cannot_be_put_in_force_changes_nothing(name, source, words):
    answer = json.loads(Host().edit(json.dumps({"name": name, "source": source})))
    assert words in answer["error"]
    assert cosine([1.0], [1.0]) == 1.0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("break", "line 2: Python cannot read this: 'break' outside loop"),
        ("def f(a, a): pass", "line 2: Python cannot read this: duplicate argument"),
        ("return 1\n    global a", "line 3: Python cannot read this"),
        ("x = '\0'", "line 2: there is a character of code 0 in it"),
        ("x = '\ud800'", "line 2: there is half of a character in it"),
        ("x = " + "-" * 50_000 + "1", "line 2: Python cannot read this: it is nested too deep"),
        ("x = " + "(" * 10_000, "line 2: Python cannot read this: it is nested too deep"),
        ("nonlocal z", "line 2: Python cannot read this: no binding for nonlocal"),
        ("pass  #" + "x" * 100_000, "100,029 characters are more than the 100,000 that can be run here"),
    ],
)
def test_what_only_the_compiler_finds_is_told_with_its_line(body, words):
    answer = json.loads(Host().edit(json.dumps({"name": NAME, "source": f"def cosine(a, b):\n    {body}"})))
    assert answer["error"].startswith(words)
    assert cosine([1.0], [1.0]) == 1.0
    assert not editing.in_force()


def test_defaults_are_a_guest_s_too():
    source = "def cosine(a, b, c=exit()):\n    return 1"
    answer = json.loads(Host().edit(json.dumps({"name": NAME, "source": source})))
    assert answer["error"].startswith("line 1: ")
    source = "def cosine(a, b, c=setattr(np, 'sqrt', 5)):\n    return 1.0"
    assert json.loads(Host().edit(json.dumps({"name": NAME, "source": source}))) == {}
    assert np.sqrt(4.0) == 2


MOUNT = json.dumps({"id": "f", "name": "cosine", "params": {}, "state": None, "redraw": True})
DRAG = json.dumps({"id": "f", "event": "drag", "args": ["b", 250, 120]})


def test_what_edited_code_changes_elsewhere_is_gone_after_each_answer():
    host = Host()
    own = json.loads(host.mount(MOUNT))["parts"]
    body = "import builtins, math, sys\n    np.cbrt = np.linalg.det = math.tau = builtins.oct = 5\n"
    source = (
        f"def cosine(a, b):\n    {body}    sys.modules.pop('json')\n    print('<hello>')\n    return 0.25"
    )
    names = dict(vars(np)), dict(vars(np.linalg)), math.tau, oct
    assert json.loads(host.edit(json.dumps({"name": NAME, "source": source}))) == {}
    for answer in (json.loads(host.mount(MOUNT)), json.loads(host.send(DRAG))):
        assert "+0.25" in str(answer.get("parts"))
        assert answer["printed"].startswith("<hello>\n")
        assert (dict(vars(np)), dict(vars(np.linalg)), math.tau, oct) == names
        assert sys.modules["json"] is json
    assert editing.in_force()  # the edit itself stays, …
    host.edit(json.dumps({"name": NAME, "source": None}))
    assert json.loads(host.mount(MOUNT))["parts"] == own  # … until it is taken back


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("raise SystemExit", "your cosine, line 2: SystemExit: "),
        ("raise KeyboardInterrupt", "your cosine, line 2: KeyboardInterrupt"),
        ("return cosine(a, b)", "your cosine, line 2: RecursionError: a function calls itself"),
        ("eval('1 +')", "your cosine, line 2: SyntaxError: invalid syntax, in a text"),
        ("raise ValueError('mine')", "your cosine, line 2: ValueError: mine"),
        ("return input()", "your cosine, line 2: there is no keyboard here"),
        ("while True: print('x' * 999)", "your cosine, line 2: the code printed more than 1,000,000"),
        ("raise type('E', (Exception,), {'__str__': exit})", "your cosine, line 2: E: its message cannot"),
        ("raise ValueError('x' * 1_000_000)", "your cosine, line 2: ValueError: xxx"),
    ],
)
def test_whatever_edited_code_raises_python_stays(line, words):
    host = Host()
    host.mount(MOUNT)
    assert json.loads(host.edit(json.dumps({"name": NAME, "source": f"def cosine(a, b):\n    {line}"}))) == {}
    text = host.mount(MOUNT)
    answer = json.loads(text)
    assert answer["error"].startswith(words)
    assert len(text) < 50_000
    assert "restart" not in answer
    host.edit(json.dumps({"name": NAME, "source": None}))
    assert "parts" in json.loads(host.mount(MOUNT))


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
