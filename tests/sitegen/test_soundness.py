"""What is wrong with a figure is told at its own file and line, with the lesson's line behind it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pycore import figures
from pycore.live import catalog
from pycore.live.figure import Figure
from sitegen import limits
from sitegen.errors import AuthorError
from tests.sitegen.small_course import FRONT_MATTER, SmallCourse

HEAD = """\
from dataclasses import dataclass, replace
import numpy as np
from pycore.live.controls import chip
from pycore.live.figure import Figure, event
from pycore.live.markup import Markup, tag
@dataclass(frozen=True)
class S:
    at: int = 0
class F(Figure[S]):
    State = S
    @event
    def go(self, by: str) -> None:
        self.state = replace(self.state, at=(self.state.at + int(by)) % 3)
"""
VIEW = """\
    def view(self):
        return {"stage": chip("on", "go", "1", "on")}
"""
LINES = HEAD.count("\n")
EVENTS = ", ".join(sorted(Figure.events() | {"go"}))

# A figure, and what is told: its line, and the words.
MISTAKES = {
    "syntax": ("x = 1\nclass F(:\n", "2: Python cannot read this: invalid syntax"),
    "import": (
        "\nfrom pycore.live.marcup import tag\n",
        "2: this cannot be imported: ModuleNotFoundError: No module named 'pycore.live.marcup'",
    ),
    "name that is not there": (
        "from pycore.live.markup import tug\n",
        "1: this cannot be imported: ImportError: cannot import name 'tug' from 'pycore.live.markup'",
    ),
    "raises when imported": ("1 / 0\n", "1: this cannot be imported: ZeroDivisionError: division by zero"),
    "no figure": ("x = 1\n", "1: a figure's module defines one subclass of Figure; found none"),
    "two figures": (
        HEAD + VIEW + "class G(F):\n    pass\n",
        f"{LINES + 3}: a figure's module defines one subclass of Figure; found F, G",
    ),
    "mutable default": (
        HEAD.replace("at: int = 0", "at: int = 0\n    some: list = []") + VIEW,
        '9: the default of "some" is a list, which can change; use a tuple',
    ),
    "default that a factory makes": (
        HEAD.replace("at: int = 0", "at: int = 0\n    some: list = field(default_factory=list)").replace(
            "import dataclass,", "import dataclass, field,"
        )
        + VIEW,
        '9: the default of "some" is of type list; a state holds numbers, text, booleans and tuples of '
        "Python's own",
    ),
    "no default": (
        HEAD.replace("at: int = 0", "at: int") + VIEW,
        '8: the field "at" of a state needs a default',
    ),
    "default of numpy": (
        HEAD.replace("= 0", "= np.int64(0)") + VIEW,
        '8: the default of "at" is of type numpy.int64; a state holds numbers, text, booleans and tuples of '
        "Python's own",
    ),
    "state that can change": (
        HEAD.replace("(frozen=True)", "") + VIEW,
        "6: a state is frozen: @dataclass(frozen=True)",
    ),
    "no state": (
        HEAD.replace("    State = S\n", "") + VIEW,
        "9: a figure names a frozen dataclass as its State: State = …",
    ),
    "data": (
        HEAD.replace("State = S", 'State = S\n    data = ("embeddings/glove-100.npz",)') + VIEW,
        '11: no such file in pycore/data: found "embeddings/glove-100.npz"; allowed: ',
    ),
    "code": (
        HEAD.replace("State = S", "State = S\n    code = (len,)") + VIEW,
        "11: `code` names functions that are written in Python; found <built-in function len>",
    ),
    "code without its comma": (
        HEAD.replace("State = S", "State = S\n    code = (tag)") + VIEW,
        "11: `code` is of type function; write it as (function,)",
    ),
    "data without its comma": (
        HEAD.replace("State = S", 'State = S\n    data = "embeddings/glove-100d.npz"') + VIEW,
        "11: `data` is of type str; write it as ('embeddings/glove-100d.npz',)",
    ),
    "settings as a list": (
        HEAD.replace("State = S", 'State = S\n    settings = [("at", (0, 1))]') + VIEW,
        '11: `settings` is of type list; write it as {"field": values}',
    ),
    "formula whose command is eaten": (
        HEAD.replace("State = S", 'State = S\n    formulas = {"half": "\\frac 1 2"}') + VIEW,
        '11: formula "half" cannot be read: an escape has made a control character of "\\frac"; write r"…"',
    ),
    "no view": (
        HEAD + VIEW.replace("view", "veiw"),
        '10: a figure has a method view(), which draws it; found "veiw", did you mean "view"?',
    ),
    "what no browser has": (
        "import pydantic\n" + HEAD + VIEW,
        '1: "pydantic" is in no browser: a figure imports numpy, pycore, and Python\'s library',
    ),
    "surface of no handle": (
        HEAD + VIEW.replace('chip("on", "go", "1", "on")', 'tag("svg", data_surface="b")'),
        f'{LINES + 1}: data-surface="b" needs a method drag(name, x, y)',
    ),
    "event that sets no field": (
        HEAD.replace("self.state = replace(self.state, at=", "self.change(att=") + VIEW,
        '13: the event "go" raises: AttributeError: the state has no "att"; it has at',
    ),
    "event that changes to a number of numpy": (
        HEAD.replace("self.state = replace(self.state, at=", "self.change(at=np.int64(1) + ") + VIEW,
        '13: the event "go" raises: TypeError: "at" is set to a value of type int64; a state holds numbers, '
        "text, booleans and tuples of Python's own; found np.int64(",
    ),
    "event of a figure that shares its state": (
        HEAD.replace("int(by)", "by").replace("State = S", 'State = S\n    model = "m"') + VIEW,
        '14: the event "go" raises: TypeError: unsupported operand type(s) for +: \'int\' and \'str\'',
    ),
    "control's name twice": (
        HEAD + VIEW.replace('chip("on", "go", "1", "on")', '[chip("on", "go", "1", "on")] * 2'),
        f'{LINES + 1}: the control "on" comes twice in this figure; names are unique',
    ),
    "no such event": (
        HEAD + VIEW.replace('"go"', '"goo"'),
        f'{LINES + 1}: data-on-click names an event that this figure does not have: found "goo"; '
        f'allowed: {EVENTS}; did you mean "go"?',
    ),
    "no such tick": (
        HEAD + VIEW.replace('chip("on", "go", "1", "on")', 'tag("p", data_tick="train")'),
        f'{LINES + 1}: data-tick names an event that this figure does not have: found "train"; '
        f"allowed: {EVENTS}",
    ),
    "no drag": (
        HEAD + VIEW.replace('chip("on", "go", "1", "on")', 'tag("g", data_drag="b")'),
        f'{LINES + 1}: data-drag="b" needs a method drag(name, x, y)',
    ),
    "part's name": (
        HEAD + VIEW.replace('"stage"', '"The stage"'),
        f'{LINES + 1}: a part is named with small letters, digits and hyphens; found "The stage"',
    ),
    "event that raises": (
        HEAD.replace("int(by)", "by") + VIEW,
        '13: the event "go" raises: TypeError: unsupported operand type(s) for +: \'int\' and \'str\'',
    ),
    "event that ends Python": (
        HEAD.replace("self.state = ", "raise SystemExit\n        self.state = ") + VIEW,
        '13: the event "go" raises: SystemExit',
    ),
    "import that ends Python": ("raise SystemExit(3)\n", "1: this cannot be imported: SystemExit: 3"),
    "event with other arguments": (
        HEAD.replace(", by: str", "").replace("int(by)", "1") + VIEW,
        '11: the event "go" raises: TypeError: F.go() takes 1 positional argument but 2 were given',
    ),
    "event that leaves numpy in the state": (
        HEAD.replace("int(by)", "np.int64(by)") + VIEW,
        '11: "go" sets "at" to a value of type numpy.int64; a state holds numbers, text, booleans and tuples '
        "of Python's own",
    ),
    "state that cannot be drawn": (
        HEAD + "    def view(self):\n"
        '        return {"stage": chip("x" * (1 // (2 - self.state.at)), "go", "1", "on")}\n',
        f"{LINES + 2}: a state that its events lead to cannot be drawn: ZeroDivisionError: integer "
        "division or modulo by zero",
    ),
    "later state with an event that is not there": (
        HEAD + VIEW.replace('"go"', '("go", "goo")[self.state.at // 2]'),
        f'{LINES + 1}: data-on-click names an event that this figure does not have: found "goo"; '
        f'allowed: {EVENTS}; did you mean "go"?',
    ),
}  # fmt: skip

# What a figure raises while it is first drawn is told at the lesson's line: its settings may be the reason.
RAISES = {
    "text as a part": (
        '"<p>text</p>"',
        'TypeError: the part "stage" is str, not markup; build it with tag()',
    ),
    "number as a part": ("1.5", 'TypeError: the part "stage" is float, not markup; build it with tag()'),
    "number in an element": (
        'tag("p", 1.5)',
        "TypeError: 1.5 (float) cannot be shown; write it with number() or signed()",
    ),
    "no such setting": ('flip(self, "on", "on")', "AttributeError: 'S' object has no attribute 'on'"),
    "error": ('tag("p", 1 // self.state.at)', "ZeroDivisionError: integer division or modulo by zero"),
}


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the file of a figure "odd", which a test writes."""
    folder = tmp_path / "figures"
    folder.mkdir()
    monkeypatch.setattr(figures, "__path__", [*figures.__path__, str(folder)])
    catalog.paths.cache_clear()
    (folder / "odd.py").touch()
    yield folder / "odd.py"
    catalog.paths.cache_clear()
    sys.modules.pop("pycore.figures.odd", None)
    vars(figures).pop("odd", None)


def told(course: SmallCourse) -> str:
    course.write_lesson("::: figure odd {number=1 title=Odd}\n:::\n")
    with pytest.raises(AuthorError) as caught:
        course.build()
    assert not course.dist.exists()
    return str(caught.value)


@pytest.mark.parametrize(("code", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_in_a_figure(course: SmallCourse, write: Path, code: str, expected: str) -> None:
    write.write_text(code, "utf-8")
    found = told(course)
    assert found.startswith(f"{write}:{expected}")
    assert found.endswith(f" (asked for by {course.lesson}:{FRONT_MATTER.count(chr(10)) + 1})")
    assert "\n" not in found


@pytest.mark.parametrize(("part", "expected"), RAISES.values(), ids=RAISES)
def test_figure_that_cannot_be_drawn(course: SmallCourse, write: Path, part: str, expected: str) -> None:
    head = HEAD.replace("import chip\n", "import chip; from pycore.live.settings import flip\n")
    write.write_text(head + f'    def view(self):\n        return {{"stage": {part}}}\n', "utf-8")
    found = told(course)
    start = f'{course.lesson}:{FRONT_MATTER.count(chr(10)) + 1}: figure "odd" cannot be drawn: {expected} ('
    assert found.startswith(f"{start}{write}:{LINES + 1}") or found.startswith(f"{start}{write}:{LINES + 2}")
    assert "\n" not in found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("while True:\n    pass\n", r"odd.py:[12]: this cannot be imported: TimeoutError"),
        (
            HEAD.replace("self.state = ", "while True: pass\n        self.state = ") + VIEW,
            r'odd.py:13: the event "go" raises: TimeoutError',
        ),
        (
            HEAD + VIEW.replace("return", "while True: pass\n        return"),
            'figure "odd" cannot be drawn: Time',
        ),
    ],
)
def test_what_never_ends(
    course: SmallCourse, write: Path, monkeypatch: pytest.MonkeyPatch, code: str, expected: str
) -> None:
    monkeypatch.setattr(limits, "FIGURE", 0.1)
    write.write_text(code, "utf-8")
    assert re.search(expected, told(course))


def test_a_list_of_markup_is_joined_and_nothing_is_an_empty_part(course: SmallCourse, write: Path) -> None:
    view = '{"stage": [tag("i", 1), None, (tag("b", x) for x in "a<")], "rest": None}'
    write.write_text(HEAD + f"    def view(self):\n        return {view}\n", "utf-8")
    course.write_lesson("::: figure odd {number=1 title=Odd}\n:::\n")
    course.build()
    page = (course.dist / "lesson.html").read_text("utf-8")
    assert '<div class="part-stage" data-part="stage"><i>1</i><b>a</b><b>&lt;</b></div>' in page
    assert '<div class="part-rest" data-part="rest"></div>' in page


def test_a_broken_figure_is_told_once_however_many_ask_for_it(course: SmallCourse, write: Path) -> None:
    write.write_text("class F(:\n", "utf-8")
    course.write_lesson("".join(f"::: figure odd {{number={n} title=Odd}}\n:::\n\n" for n in (1, 2)))
    with pytest.raises(AuthorError) as caught:
        course.build(only_check=True)
    assert str(caught.value).count("\n") == 0


def test_all_mistakes_of_a_figure_are_told(course: SmallCourse, write: Path) -> None:
    code = HEAD.replace("State = S", 'State = S\n    data = ("no.npz", "none.npz")').replace(
        "= 0", "= np.int64(0)"
    )
    write.write_text(code + VIEW, "utf-8")
    assert [row.split(":")[1] for row in told(course).split("\n")] == ["8", "11", "11"]


def add_figure(file: Path, name: str, code: str) -> None:
    """Write a figure beside "odd"; its folder is made if it is not there."""
    (file.parent / name).parent.mkdir(exist_ok=True)
    (file.parent / name).write_text(code, "utf-8")
    catalog.paths.cache_clear()


def test_figures_that_share_a_model_need_one_state(course: SmallCourse, write: Path) -> None:
    write.write_text(HEAD + VIEW, "utf-8")
    add_figure(write, "even.py", HEAD + VIEW)
    figures = (
        "::: figure odd {number=1 title=O model=m}\n:::\n\n::: figure even {number=2 title=E model=m}\n:::\n"
    )
    course.write_lesson(figures)
    with pytest.raises(AuthorError) as caught:
        course.build(only_check=True)
    states = "pycore.figures.odd.S and pycore.figures.even.S"
    message = f'figures of the model "m" have one class of State; found {states}'
    assert str(caught.value) == f"{course.lesson}:{course.line('even')}: {message}"


def test_two_figures_of_one_name_on_a_page(course: SmallCourse, write: Path) -> None:
    write.write_text(HEAD + VIEW, "utf-8")
    add_figure(write, "more/__init__.py", "")
    add_figure(write, "more/odd.py", HEAD + VIEW)
    course.write_lesson(
        "::: figure odd {number=1 title=O}\n:::\n\n::: figure more/odd {number=2 title=M}\n:::\n"
    )
    with pytest.raises(AuthorError, match=r"lesson\.md:11: odd and more/odd on one page: their styles would"):
        course.build(only_check=True)


def test_a_folder_of_figures_that_is_no_package(course: SmallCourse, write: Path) -> None:
    add_figure(write, "sea/wave.py", HEAD + VIEW)
    for subject, name in (("", "sea/wave"), ("subject: sea\n", "wave")):
        front = FRONT_MATTER.replace("status:", f"{subject}status:")
        course.write_lesson(f"::: figure {name} {{number=1 title=W}}\n:::\n", front)
        with pytest.raises(
            AuthorError, match=r"figures/sea/__init__\.py is missing, a file that may be empty"
        ):
            course.build(only_check=True)


def test_a_stylesheet_that_no_figure_has(course: SmallCourse, write: Path) -> None:
    write.with_name("od.css").write_text(".figure-od { color: red; }\n", "utf-8")
    course.write_lesson("Some text.\n")
    with pytest.raises(AuthorError, match=r"od\.css:1: no module od\.py beside this stylesheet"):
        course.build(only_check=True)


def test_stylesheets_of_other_encodings(course: SmallCourse, write: Path) -> None:
    write.write_text(HEAD + VIEW, "utf-8")
    course.write_lesson("::: figure odd {number=1 title=Odd}\n:::\n")
    css = write.with_suffix(".css")
    css.write_bytes(b"\xef\xbb\xbf.figure-odd p { color: red; }\n")
    course.build(only_check=True)
    css.write_bytes(b".figure-odd p { color: red; }\n/* gr\xf6\xdfer */\n")
    with pytest.raises(AuthorError, match=r"odd\.css:2: not UTF-8 text"):
        course.build(only_check=True)
