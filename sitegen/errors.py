"""The one error that is an author's to fix: told in a line, without a traceback."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class AuthorError(Exception):
    """A mistake in content or on this machine that its author can mend.

    Parameters
    ----------
    message
        What is wrong, what was found and what is allowed, in one or two sentences.
    file, line
        Where the mistake stands; `line` counts from 1.
    """

    def __init__(self, message: str, file: Path | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line

    def __str__(self) -> str:
        if self.file is None:
            return self.message
        shown = self.file.relative_to(ROOT) if self.file.is_relative_to(ROOT) else self.file
        return f"{shown}:{self.line or 1}: {self.message}"


def allowed(found: str, choices: Iterable[str]) -> str:
    """Say what is allowed instead of `found`, with a guess at what was meant.

    >>> allowed("cosin", ["cosine", "lookup"])
    'found "cosin"; allowed: cosine, lookup; did you mean "cosine"?'
    """
    choices = sorted(choices)
    close = difflib.get_close_matches(found, choices, n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return f'found "{found}"; allowed: {", ".join(choices) or "nothing"}{hint}'
