"""A reader's code is a guest: what it changes is gone afterwards; what it raises is told with its line."""

from __future__ import annotations

import atexit
import builtins
import gc
import importlib
import json
import math
import os
import random
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from pycore.data.embeddings import word_vectors
from pycore.embeddings import similarity, vectors
from pycore.embeddings.similarity import cosine
from pycore.figures.embeddings.cosine import Cosine
from pycore.live import editing, guest, undo
from pycore.live.guest import check, judge
from pycore.live.host import Host

TESTS = (
    "a, b = np.array([3.0, 4.0]), np.array([4.0, 3.0])\n"
    "assert abs(cosine(a, b) - 0.96) < 1e-9, 'cos([3, 4], [4, 3]) is 0.96'\n"
    "assert abs(cosine(a, -a) + 1) < 1e-9\n"
)
RIGHT = "def cosine(a, b):\n    return a @ b / np.sqrt((a @ a) * (b @ b))\n"
WRONG = "def cosine(a, b):\n    return 0.0\n"
RUNAWAY = "RecursionError: a function calls itself again and again"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (RIGHT, None),
        (WRONG, "Not yet: cos([3, 4], [4, 3]) is 0.96"),
        ("def cosine(a, b): return 0.96", "Not yet: a test did not pass."),
        ("def cosine(a, b)\n    return 0", "Line 1: Python cannot read this: expected ':'"),
        ("x = 1\n  y = 2", "Line 2: Python cannot read this: unexpected indent"),
        ("x = 1\ny = x / 0", "Line 2: ZeroDivisionError: division by zero"),
        ("def cosine(a, b):\n    c = a\n    return c + missing", "Line 3: NameError: name 'missing' is not"),
        ("def f():\n    return g()\ndef g():\n    return [][1]\nf()", "Line 4: IndexError: list index out"),
        ("pass", "In the tests: NameError: name 'cosine' is not defined"),
        ("def cosine(a): return 0", "In the tests: TypeError: cosine() takes 1 positional argument"),
        ("\nassert 1 == 2, 'mine'", "Line 2: AssertionError: mine"),
        ("def cosine(a, b):\n    assert len(a) == 3, 'mine'", "Line 2: AssertionError: mine"),
        ("def cosine(a, b):\n    return cosine(a, b)", f"Line 2: {RUNAWAY}"),
        ("import nothing_of_this_name", "Line 1: ModuleNotFoundError: No module named"),
        # What only the compiler finds.
        ("x = 1\nbreak", "Line 2: Python cannot read this: 'break' outside loop"),
        ("\n\nreturn 1", "Line 3: Python cannot read this: 'return' outside function"),
        ("x = 1\ndef f(a, a): pass", "Line 2: Python cannot read this: duplicate argument 'a'"),
        ("def f():\n    x = 1\n    global x", "Line 3: Python cannot read this: name 'x' is assigned to"),
        ("def f():\n    nonlocal y", "Line 2: Python cannot read this: no binding for nonlocal 'y'"),
        ("eps = 1\neps = 1le-9", "Line 2: Python cannot read this: invalid decimal literal"),
        ("x = 1\n\ny = le-9", "Line 3: NameError: name 'le' is not defined"),
        ("from __future__ import braces", "Line 1: Python cannot read this: not a chance"),
        ("f(a=1, a=2)", "Line 1: Python cannot read this: keyword argument repeated"),
        ("x = 1\ny = '\0'", "Line 2: there is a character of code 0 in it"),
        ("x = 1\n# \ud83d", "Line 2: there is half of a character in it"),
        ("x = 1\ny = " + "(" * 10_000, "Line 2: Python cannot read this: it is nested too deep"),
        ("x = 1\ny = " + "-" * 50_000 + "1", "Line 2: Python cannot read this: it is nested too deep"),
        ("y = 9" + "9" * 5_000, "Line 1: Python cannot read this: Exceeds the limit"),
        # A text that the code itself lets Python read.
        ("\n\n\n\neval('1 +')", "Line 5: SyntaxError: invalid syntax, in a text that the code"),
        ("\nexec('x = 1\\nbreak')", "Line 2: SyntaxError: 'break' outside loop"),
        ("\neval('(' * 150 + ')' * 150 + '\\ud800')", "Line 2: UnicodeEncodeError: "),
        # What ends other Pythons.
        ("\n\nraise SystemExit", "Line 3: SystemExit: the code asks Python to stop"),
        ("\nimport sys\nsys.exit('bye')", "Line 3: SystemExit: the code asks Python to stop"),
        ("raise KeyboardInterrupt", "Line 1: KeyboardInterrupt"),
        ("raise GeneratorExit('x')", "Line 1: GeneratorExit: x"),
        ("def cosine(a, b): raise SystemExit(0)", "Line 1: SystemExit: "),
        ("class E(Exception):\n    def __str__(self): raise SystemExit\nraise E", "Line 3: E: its message"),
        ("class E(Exception):\n    def __str__(self): return 5\nraise E", "Line 3: E: its message"),
        ("raise ExceptionGroup('many', [ValueError('one')])", "Line 1: ExceptionGroup: many (1 sub-"),
        ("raise BaseExceptionGroup('many', [KeyboardInterrupt()])", "Line 1: BaseExceptionGroup: many"),
        ("raise type('x' * 10_000, (Exception,), {})", "Line 1: xxx"),
        ("import sys\nsys.setrecursionlimit(10**9)", "Line 2: functions may call each other"),
        # What a page has not got.
        ("\nname = input('Your name?')", "Line 2: there is no keyboard here"),
        ("import sys\nsys.stdin.readline()", "Line 2: there is no keyboard here"),
        ("open('my.txt', 'w')", "Line 1: this Python has no files of yours, and nothing to write to"),
        ("open('my.txt')", "Line 1: FileNotFoundError: "),
        ("import os\nos.remove('my.txt')", "Line 2: this Python has no files of yours"),
        ("import socket\nsocket.create_connection(('a.org', 80))", "Line 2: this Python has no network"),
        ("import subprocess\nsubprocess.run(['ls'])", "Line 2: this Python cannot start other programs"),
        ("import gc\ngc.get_objects()", "Line 2: this door into Python itself is shut here"),
        ("while True: print('again')", "Line 1: the code printed more than 1,000,000 characters"),
        (
            "while True:\n  try: print('again' * 99)\n  except Exception: pass",
            "Line 2: the code printed more than 1,000,000 characters",
        ),
    ],
)  # fmt: skip
def test_check_says_what_is_wrong_and_where(code, found):
    result = check(code, TESTS)
    assert result == found or (found and result and result.startswith(found))
    assert result is None or len(result) < 700
    assert check(RIGHT, TESTS) is None
    assert guest.harm() == ""


@pytest.mark.parametrize(
    "code",
    [
        "x = [" + "-1.5e-3, " * 5_000 + "]",
        "x = [\n" + "    [-1, +2, 3 ** 2],\n" * 1_000 + "]",
        "x = 1\n" + "x = -x + 1 if x else not x\n" * 1_000,
        "x = '" + "-" * 5_000 + "'  # " + "-" * 5_000,
        "x = '''" + "(-\n" * 1_000 + "'''\ny = \"\\\"---\" + '\\'(' # it's\nassert y == '\"---\\'('",
        "x = 1 + " + " + ".join(["1"] * 300),
        "x = {" + "'a': [-1, (2, 3)], " * 500 + "}",
        "x = 0" + "\nif x: pass" * 900,
    ],
)
def test_a_long_text_is_not_taken_for_a_deep_one(code):
    assert check(code, "") is None


def test_a_huge_message_is_cut():
    assert len(check("raise ValueError('x' * 1_000_000)", "")) < 500
    assert len(check(RIGHT, "assert False, 'x' * 1_000_000")) < 500


def test_each_run_starts_afresh(capsys):
    said = judge("print('hello')\n" + RIGHT, TESTS)
    assert (said.problem, said.printed, said.is_cut) == (None, "hello\n", False)
    assert capsys.readouterr() == ("", "")
    assert check("left_behind = 1", "") is None
    assert check("left_behind", "") == "Line 1: NameError: name 'left_behind' is not defined"
    assert check("if __name__ == '__main__': broken", "") is None


def test_warnings_are_printed_with_their_line():
    said = judge("x = np.zeros(2)\ny = 1 / x", "")
    assert said.problem is None
    assert said.printed == "Line 2: RuntimeWarning: divide by zero encountered in divide\n"


def test_what_is_printed_is_shown_even_if_the_code_then_fails():
    assert judge("print('so far')\n1 / 0", "").printed == "so far\n"
    assert judge("import sys\nprint('a', file=sys.stderr)\nsys.stdout.write('b')", "").printed == "a\nb"


# ---------------------------------------------------------------- what is changed is gone afterwards


def everything():
    """What code can change, in a form that can be compared."""
    modules = [
        np,
        np.linalg,
        np.random,
        builtins,
        math,
        sys,
        os,
        gc,
        random,
        warnings,
        atexit,
        json,
        importlib,
    ]
    modules += [similarity, vectors, editing, guest, undo, threading]
    classes = [vectors.WordVectors, Cosine, Host, json.JSONEncoder, guest.Printed, undo._Record]
    functions = [cosine, similarity.normalize, vectors.WordVectors.id, guest.visit, undo._restore, json.dumps]
    return {
        "names": [dict(vars(module)) for module in modules],
        "members": [dict(vars(kind)) for kind in classes],
        "bases": [kind.__bases__ for kind in classes],
        "bodies": [(f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions],
        "modules": {name: id(module) for name, module in sys.modules.items()},
        "paths": [list(sys.path), list(map(id, sys.meta_path)), list(map(id, sys.path_hooks))],
        "settings": [
            *(sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(), sys.getswitchinterval()),
            *(gc.isenabled(), gc.get_threshold(), gc.get_debug(), list(gc.callbacks), Path.cwd()),
        ],
        "numpy": [np.geterr(), np.get_printoptions(), np.getbufsize()],
        "warnings": list(warnings.filters),
        "environment": dict(os.environ),
        "answers": [float(np.sqrt(4.0)), float(np.linalg.norm([3.0, 4.0])), len("ab"), cosine([1.0], [1.0])],
        "words": [word_vectors()["cat"].tolist(), word_vectors().unit[7].tolist(), len(word_vectors().words)],
    }


MISCHIEF = {
    "a function of numpy": "np.sqrt = lambda x: 0",
    "a name within numpy": "np.linalg.norm = 5\ndel np.linalg.inv\nnp.linalg.mine = 1",
    "a builtin": "import builtins\nbuiltins.len = lambda x: 0\nbuiltins.print = None",
    "all builtins": "import builtins\nvars(builtins).clear()",
    "builtins, one by one": "b = __builtins__\nfor name in list(b): b.pop(name)",
    "a new builtin": "import builtins\nbuiltins.mine = 5",
    "builtins that mend": "import builtins\n"
    "for n in ('all', 'map', 'dict', 'list', 'isinstance', 'zip', 'vars'):"
    "\n    setattr(builtins, n, lambda *a, **k: True)",
    "a number": "import math\nmath.pi = 3",
    "a module": "import sys\nsys.modules['math'] = 5\nsys.modules['mine'] = 6\ndel sys.modules['json']",
    "all modules": "import sys\nsys.modules.clear()",
    "the table of modules": "import sys\nsys.modules = {}",
    "error handling": "np.seterr(all='raise')",
    "numpy's way to print": "np.set_printoptions(precision=1)",
    "numpy's buffer": "np.setbufsize(16 * 1024)",
    "the environment": "import os\n"
    "os.environ['HOME'] = 'x'\nos.environ['MINE'] = '1'\nos.environ.pop('PATH')",
    "the folder": "import os\nos.chdir('/')",
    "output": "import sys\nsys.stdout = sys.stderr = None\nsys.__stdout__ = None",
    "import hooks": "import sys\n"
    "sys.meta_path.clear()\nsys.path_hooks.insert(0, print)\nsys.path.append('/mine')",
    "import itself": "import builtins\nbuiltins.__import__ = lambda *a: 5",
    "an import hook that fails": "import sys\nclass F:\n    def find_spec(self, *a): raise SystemExit\n"
    "sys.meta_path.insert(0, F())",
    "tracing": "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)",
    "tracing that fails": "import sys\ndef t(*a): raise SystemExit\nsys.setprofile(t)",
    "the recursion limit": "import sys\nsys.setrecursionlimit(200)",
    "the switch interval": "import sys\nsys.setswitchinterval(9)",
    "garbage collection": "import gc\ngc.disable()\ngc.set_threshold(1)\ngc.callbacks.append(print)",
    "what happens at the end": "import atexit\natexit.register(print, 'end')",
    "filters of warnings": "import warnings\nwarnings.simplefilter('error')\nwarnings.filters.clear()",
    "how warnings are shown": "import warnings\nwarnings.showwarning = None\nwarnings.warn = None",
    "json": "import json\njson.dumps = json.loads = None\njson.JSONEncoder.encode = None",
    "a method": "from pycore.embeddings.vectors import WordVectors\nWordVectors.id = lambda self, word: 0",
    "a class attribute": "from pycore.figures.embeddings.cosine import Cosine\n"
    "Cosine.step = 9\nCosine.mine = 1",
    "bases of a class": "from pycore.live.host import Host\nclass A: pass\nHost.__bases__ = (A,)",
    "a function's body": "from pycore.embeddings.similarity import cosine\n"
    "cosine.__code__ = (lambda a, b: 0).__code__\ncosine.__defaults__ = (1, 2)",
    "a function of the library": "import json\njson.dumps.__code__ = (lambda *a, **k: '').__code__\n"
    "json.dumps.__kwdefaults__ = None",
    "a function's name": "from pycore.embeddings import similarity\nsimilarity.cosine = None",
    "a table of pycore": "from pycore.figures.embeddings import cosine\n"
    "[v.clear() for v in vars(cosine).values() if type(v) in (list, dict)]",
    "what mends": "from pycore.live import undo\nundo.remember = undo._restore = undo._all_same = None",
    "the bodies of what mends": "from pycore.live import undo\n"
    "for f in (undo._all_same, undo._restore, undo._Record.put_back): f.__code__ = (lambda *a: ()).__code__",
    "the class that mends": "from pycore.live import undo\nundo._Record.put_back = lambda self: []",
    "the module that mends": "from pycore.live import undo, guest\nvars(undo).clear()\nvars(guest).clear()",
    "where output is kept": "from pycore.live import guest\n"
    "guest.Printed.write = None\nguest._harm = guest._guests = None",
    "a function that edits": "from pycore.live import editing\n"
    "editing.edit('pycore.embeddings.similarity.cosine', 'def cosine(a, b):\\n    return 5')",
    "numpy and then an error": "np.sqrt = np.exp = None\n1 / 0",
    "numpy and then the end": "np.sqrt = np.exp = None\nraise SystemExit",
    "a module imported anew": "import colorsys\ncolorsys.rgb_to_hsv = None",
    "a module reloaded": "import importlib, json\nimportlib.reload(json)",
}


@pytest.fixture(scope="module")
def acquainted():
    """What code imports for the first time stays, so that is done before everything is compared."""
    word_vectors()
    assert check("import colorsys, json", "") is None


@pytest.mark.parametrize("what", MISCHIEF)
def test_what_code_changes_is_gone_afterwards(what, acquainted):
    word_vectors()
    before = everything()
    judge(MISCHIEF[what], "")
    # The comparison is made by this test's own functions: were one replaced, it would fail.
    after = everything()
    assert after.keys() == before.keys()
    for part in before:
        assert after[part] == before[part], part
    assert guest.harm() == ""
    colours = "import colorsys\nassert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)\n"
    assert check(colours + RIGHT, TESTS) is None
    assert check(WRONG, TESTS) == "Not yet: cos([3, 4], [4, 3]) is 0.96"


@pytest.mark.parametrize("what", MISCHIEF)
def test_mischief_makes_no_right_answer_wrong_and_no_wrong_one_right(what, acquainted):
    before = everything()
    found = judge(
        f"{RIGHT}\ntry:\n    " + MISCHIEF[what].replace("\n", "\n    ") + "\nfinally:\n    pass", TESTS
    )
    assert found.problem is None or found.problem.startswith("Line "), "the tests blame nobody for it"
    assert check(f"{MISCHIEF[what]}\n{WRONG}", TESTS) is not None
    assert everything() == before


def test_names_that_were_put_back_are_told():
    assert judge("import math\nnp.sqrt = 1\nmath.pi = 3", "").put_back == ("math.pi", "numpy.sqrt")
    assert judge("x = 1\nprint(x)", "").put_back == ()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        # Names of the reader's own that tests use too.
        (WRONG + "abs = lambda x: 0", "Not yet: cos("),
        (RIGHT + "abs = lambda x: 9", None),
        (WRONG + "np = None", "Not yet: cos("),
        (WRONG + "AssertionError = ValueError", "Not yet: cos("),
        (WRONG + "class np:\n    array = list", "Not yet: cos("),
        (WRONG + "__builtins__ = {'abs': lambda x: 0}", "Not yet: cos("),
        ("import builtins\ndef cosine(a, b):\n    builtins.abs = lambda x: 0\n    return 5", "Not yet: cos("),
        (
            "import builtins\ndef cosine(a, b):\n    builtins.abs = lambda x: 0\n    return 0.96",
            "Not yet: a test did not pass.",
        ),
        (
            RIGHT.replace("return", "np.exp = None; return"),
            "Not yet: while it is tested the code puts something else in the place of numpy.exp.",
        ),
        ("import math\n" + RIGHT.replace("np.sqrt", "math.sqrt"), None),
        ("from numpy import *\ndef cosine(a, b):\n    return dot(a, b) / sqrt(dot(a, a) * dot(b, b))", None),
        ("import numpy\ndef cosine(a, b):\n    return a @ b / numpy.sqrt(a @ a) / numpy.sqrt(b @ b)", None),
    ],
)  # fmt: skip
def test_the_tests_are_not_fooled(code, found):
    result = check(code, TESTS)
    assert result == found or (found and result and result.startswith(found))


def test_chance_goes_on_and_is_not_what_code_made_it():
    draw = "import random\nimport numpy.random\nprint(random.random(), np.random.rand())"
    first, second = judge(draw, "").printed, judge(draw, "").printed
    assert first != second
    check("import random\nrandom.seed(1)\nnp.random.seed(1)", "")
    after = judge(draw, "").printed
    assert after != judge("import random\nrandom.seed(1)\nnp.random.seed(1)\n" + draw, "").printed
    state, numpy_state = random.getstate(), np.random.get_state()[2]
    check("x = 1", "")
    assert (random.getstate(), np.random.get_state()[2]) == (state, numpy_state)  # nobody drew


@pytest.mark.parametrize(
    "array",
    [
        *("word_vectors().matrix", "word_vectors().unit", "word_vectors()['cat']", "word_directions()"),
        *("bank_states().states", "cone_states().states", "sentences().query_vectors"),
        "two_spaces()[0].matrix",
    ],
)
def test_what_pycore_keeps_cannot_be_written_to(array):
    code = f"from pycore.data.embeddings import *\n{array}[:] = 0"
    assert check(code, "") == "Line 2: ValueError: assignment destination is read-only"
    assert check(f"from pycore.data.embeddings import *\nx = {array}\nx += 1", "").startswith("Line 3: ")


def test_tables_that_pycore_made_are_made_anew():
    kept = word_vectors()
    check("from pycore.data.embeddings import word_vectors\nword_vectors().words.clear()", "")
    assert word_vectors() is not kept
    assert len(word_vectors().words) > 10_000
    kept = word_vectors()
    check("x = np.sqrt(2)", "")
    assert word_vectors() is kept


def test_nobody_goes_on_listening():
    check("import sys\ndef hear(*event): raise SystemExit\nsys.addaudithook(hear)", "")
    sys.audit("pycore.test")
    assert check(RIGHT, TESTS) is None


def test_what_cannot_be_mended_asks_for_another_python(monkeypatch):
    monkeypatch.setitem(undo._TRIALS, "numpy", lambda: False)
    host = Host()
    request = {"id": "x", "name": "exercise", "params": {"starter": "x = 1", "tests": ""}, "state": None}
    assert "restart" not in json.loads(host.mount(json.dumps(request)))
    answer = json.loads(host.send(json.dumps({"id": "x", "event": "run", "args": []})))
    assert answer["restart"] == "the code changed numpy in a way that cannot be undone"
    assert "Right" in answer["parts"]["outcome"]
    monkeypatch.undo()
    answer = json.loads(host.send(json.dumps({"id": "x", "event": "run", "args": []})))
    assert "restart" not in answer


def test_a_guest_within_a_guest():
    inner = (
        "from pycore.live.guest import judge\nprint(judge('print(1)\\nnp.sqrt = 0', ''))\nprint(np.sqrt(4.0))"
    )
    outcome = judge(inner, "")
    assert outcome.problem is None
    assert "printed='1\\n'" in outcome.printed
    assert outcome.printed.endswith("\n2.0\n")


def test_one_ear_is_enough_for_all_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each more would make every call slower that Python tells of, from then on."""
    check("x = 1", "")
    added: list[object] = []
    monkeypatch.setattr(sys, "addaudithook", added.append)
    check("x = 1", "")
    assert added == []
