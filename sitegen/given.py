"""What the build gives a figure beside the settings of a lesson: its id, its model, and its formulas.

It travels as the lesson's settings do, in the page, under names that start with "@"; so the figure draws the
same in the build and in the browser, which has no converter of formulas. The id alone does not: the element
has it already.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from pycore.live.figure import ID, Figure
from sitegen.errors import AuthorError
from sitegen.mathml import FormulaError, eaten, to_mathml


def given(kind: type[Figure[Any]], key: str = "", model: str = "") -> dict[str, str]:
    """Return what a figure with this id is given.

    Raises
    ------
    AuthorError
        With the figure's file and line, when one of its formulas cannot be converted.
    """
    named = {ID: key, "@model": model}
    return {name: text for name, text in named.items() if text} | {
        f"@formula {name}": _converted(kind, name, latex) for name, latex in kind.formulas.items()
    }


def _converted(kind: type[Figure[Any]], name: str, latex: str) -> str:
    try:
        if problem := eaten(latex):
            raise FormulaError(f'{problem}; write r"…"', 0)
        return to_mathml(latex, block=False)
    except FormulaError as error:
        file = Path(inspect.getfile(kind))
        line = _line(kind, name) + error.line
        raise AuthorError(f'formula "{name}" cannot be read: {error}', file, line) from None


def _line(kind: type[Figure[Any]], name: str) -> int:
    """Find the line on which a formula is named, or else the one where its figure starts."""
    lines, first = inspect.getsourcelines(kind)
    return next((i for i, text in enumerate(lines, first) if f'"{name}":' in text), first)
