"""An exercise: the reader writes Python, and the lesson's tests answer at once.

The code runs where the figure runs, in the reader's own browser; nothing is sent anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pycore.live import guest
from pycore.live.controls import chip
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, join, tag

NAMED = 5  # of what had to be put back


@dataclass(frozen=True)
class ExerciseState:
    """The reader's code, once edited, what came of it, and the lesson's texts."""

    code: str = ""
    edited: bool = False
    outcome: str = ""
    passed: bool = False
    printed: str = ""
    cut: bool = False
    put_back: tuple[str, ...] = ()
    shown: str = ""
    starter: str = ""
    tests: str = ""
    solution: str = ""
    hint: str = ""


OUTCOME = ("outcome", "passed", "printed", "cut", "put_back")


class Exercise(Figure[ExerciseState]):
    """An editor, a run button, a hint and a solution."""

    State = ExerciseState
    fixed = frozenset({"starter", "tests", "solution", "hint", *OUTCOME})

    @event
    def edit(self, code: str) -> None:
        """Take what the reader types, whole: what is too long to be run is not lost."""
        nothing = {name: default for name, default in self.fields().items() if name in OUTCOME}
        self.state = replace(self.state, code=code, edited=True, **nothing)

    @event
    def run(self) -> None:
        """Run the code and the tests."""
        found = guest.judge(self._code(), self.state.tests)
        self.state = replace(
            self.state,
            outcome=found.problem or "Right: every test passes.",
            passed=found.problem is None,
            printed=found.printed,
            cut=found.is_cut,
            put_back=found.put_back,
        )

    @event
    def show(self, what: str) -> None:
        """Show the hint or the solution, or hide it again."""
        if what not in ("hint", "solution"):
            raise ValueError(f'expected "hint" or "solution"; found "{what}"')
        self.state = replace(self.state, shown="" if self.state.shown == what else what)

    def view(self) -> Parts:
        """Draw editor, buttons, outcome and help: what grows stands below what is pressed."""
        s = self.state
        return {
            "editor": tag(
                "textarea",
                # The parser drops a first line break, so one stands before the code.
                Markup("\n"),
                self._code(),
                data_control="code",
                data_on_input="edit",
                data_runs="code",  # the page keeps what is written, and holds back what came with a link
                aria_label="Your Python code",
                rows=max(6, s.starter.count("\n") + 2),
                spellcheck="false",
                autocapitalize="none",
                autocomplete="off",
            ),
            "buttons": self._buttons(),
            "outcome": self._outcome(),
            "help": self._help(),
        }

    def _code(self) -> str:
        return self.state.code if self.state.edited else self.state.starter

    def _outcome(self) -> Markup:
        s = self.state
        verdict = tag(
            "p",
            s.outcome or "No verdict yet.",
            class_=f"outcome {'passed' if s.passed else 'missed' if s.outcome else ''}".rstrip(),
            data_out="outcome",
            role="status",
        )
        names = ", ".join(s.put_back[:NAMED]) + (" and others" if len(s.put_back) > NAMED else "")
        changed = f"The code changed {names} for everyone. After the run that was put back."
        # A page's parser drops a first line break, so one stands before the text.
        printed = tag("pre", Markup("\n"), s.printed, data_out="printed", tabindex="0", aria_label="Printed")
        limit = f"The code printed more; these are the first {guest.PRINTED:,} characters."
        return join(
            (
                verdict,
                tag("p", changed, class_="aside", data_out="put-back") if names else None,
                (tag("p", "Printed:", class_="aside"), printed) if s.printed else None,
                tag("p", limit, class_="aside", data_out="printed-cut") if s.cut else None,
            )
        )

    def _buttons(self) -> Markup:
        s = self.state
        buttons = [chip("Run", "run", None, "run"), _toggle("solution", s.shown)]
        if s.hint:
            buttons.insert(1, _toggle("hint", s.shown))
        return tag("div", buttons, class_="chips")

    def _help(self) -> Markup:
        s = self.state
        shown = {
            "hint": tag("p", s.hint.strip()),
            "solution": tag("pre", tag("code", s.solution), class_="code"),
        }
        return shown.get(s.shown, Markup(""))


def _toggle(what: str, shown: str) -> Markup:
    return chip(what.capitalize(), "show", what, what, shown == what)
