"""An exercise: the reader writes Python, and the lesson's tests answer at once.

The code runs where the figure runs, in the reader's own browser; nothing is sent anywhere.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace

import numpy as np

from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, tag

LONGEST = 20_000  # characters of code


@dataclass(frozen=True)
class ExerciseState:
    """The reader's code, once edited, what came of it, and the lesson's texts."""

    code: str = ""
    edited: bool = False
    outcome: str = ""
    passed: bool = False
    shown: str = ""
    starter: str = ""
    tests: str = ""
    solution: str = ""
    hint: str = ""


class Exercise(Figure[ExerciseState]):
    """An editor, a run button, a hint and a solution."""

    State = ExerciseState
    fixed = frozenset({"starter", "tests", "solution", "hint", "outcome", "passed"})

    @event
    def edit(self, code: str) -> None:
        """Take what the reader types."""
        self.state = replace(self.state, code=code[:LONGEST], edited=True, outcome="", passed=False)

    @event
    def run(self) -> None:
        """Run the code and the tests."""
        problem = check(self._code(), self.state.tests)
        outcome = problem or "Right: every test passes."
        self.state = replace(self.state, outcome=outcome, passed=problem is None)

    @event
    def show(self, what: str) -> None:
        """Show the hint or the solution, or hide it again."""
        if what not in ("hint", "solution"):
            raise ValueError(f'expected "hint" or "solution"; found "{what}"')
        self.state = replace(self.state, shown="" if self.state.shown == what else what)

    def view(self) -> Parts:
        """Draw editor, outcome and help."""
        s = self.state
        return {
            "editor": tag(
                "textarea",
                # The parser drops a first line break, so one stands before the code.
                Markup("\n"),
                self._code(),
                data_control="code",
                data_on_input="edit",
                aria_label="Your Python code",
                rows=max(6, s.starter.count("\n") + 2),
                spellcheck="false",
                autocapitalize="none",
                autocomplete="off",
            ),
            "outcome": tag(
                "p",
                s.outcome or "Not run yet.",
                class_=f"outcome {'passed' if s.passed else 'missed' if s.outcome else ''}".rstrip(),
                data_out="outcome",
                role="status",
            ),
            "help": self._help(),
        }

    def _code(self) -> str:
        return self.state.code if self.state.edited else self.state.starter

    def _help(self) -> Markup:
        s = self.state
        buttons = [chip("Run", "run", None, "run"), _toggle("solution", s.shown)]
        if s.hint:
            buttons.insert(1, _toggle("hint", s.shown))
        shown = {
            "hint": tag("p", s.hint.strip()),
            "solution": tag("pre", tag("code", s.solution), class_="code"),
        }
        return tag("div", tag("div", buttons, class_="chips"), shown.get(s.shown))


def _toggle(what: str, shown: str) -> Markup:
    return chip(what.capitalize(), "show", what, what, shown == what)


def check(code: str, tests: str) -> str | None:
    """Run a reader's code, then the tests in the same namespace; numpy is there as `np`.

    Returns
    -------
    str or None
        What went wrong first, in words; None when every test passes.
    """
    namespace: dict[str, object] = {"np": np, "__name__": "exercise"}
    try:
        exec(compile(code, "your code", "exec", dont_inherit=True), namespace)  # noqa: S102  (running the reader's code is the point)
        exec(compile(tests, "the tests", "exec", dont_inherit=True), namespace)  # noqa: S102
    except AssertionError as error:
        return f"Not yet: {error}" if str(error) else "Not yet: a test did not pass."
    except SyntaxError as error:
        return f"Line {error.lineno}: Python cannot read this: {error.msg}."
    except BaseException as error:  # an exercise may also raise SystemExit or KeyboardInterrupt
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "your code"]
        place = f"Line {lines[-1]}: " if lines else "In the tests: "
        return f"{place}{type(error).__name__}: {error}"
    return None
