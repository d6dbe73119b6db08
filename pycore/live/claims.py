"""Claims: what a lesson's prose states and a function computes, in the build and in the reader's browser.

A claims file is Python beside a lesson, not a module that can be imported; its text travels with the page.
"""

from __future__ import annotations

import re
from numbers import Integral
from typing import Any


def load(source: str, file: str) -> dict[str, Any]:
    """Run the text of a claims file, named `file` in tracebacks; return what it defines.

    Raises
    ------
    Exception
        Whatever the text raises, a SyntaxError included.
    """
    names: dict[str, Any] = {"__name__": "claims"}
    exec(compile(source, file, "exec", dont_inherit=True), names)  # noqa: S102  (the lesson's own code)
    return names


def compute(source: str, file: str, name: str) -> str:
    """Return what the claim `name` states, as it stands in the lesson.

    Raises
    ------
    Exception
        Whatever the file or the function raises; TypeError when it returns no text and no whole number.
    """
    return written(load(source, file)[name]())


def written(value: object) -> str:
    """Write what a claim returned: text as it is, whole numbers with commas.

    Space of any kind counts as one space, and a hyphen in front of a digit as the minus that readers see.

    >>> written("-0.21"), written(10019), written("65.7 %")
    ('−0.21', '10,019', '65.7 %')
    """
    if isinstance(value, Integral) and not isinstance(value, bool):
        value = f"{int(value):,}"
    if not isinstance(value, str):
        raise TypeError(f'a claim returns text, such as f"{{x:+.2f}}", or a whole number; found {value!r}')
    return re.sub(r"(?<!\w)-(?=[\d.])", "−", " ".join(value.split()))
