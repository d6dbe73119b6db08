"""The errors that are an author's to fix: all of a build are told, each in a line, without a traceback."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
        self.via: str | None = None  # the lesson's line that led there, when the mistake stands in a figure

    def __str__(self) -> str:
        if self.file is None:
            return self.message
        asked = f" (asked for by {self.via})" if self.via else ""
        return f"{place(self.file, self.line)}: {self.message}{asked}"

    @property
    def mistakes(self) -> tuple[AuthorError, ...]:
        """All mistakes that it tells of."""
        return (self,)


# What a machine may refuse whatever the build does, and what its user can mend.
_REFUSED = (
    "EACCES EBUSY EDQUOT EFBIG EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOMEM ENOSPC ENOTDIR EPERM EROFS"
)


def of_machine(error: OSError) -> str | None:
    """Say in a line what the machine has refused; None when it may be a bug of the build."""
    if error.errno not in {getattr(errno, name, None) for name in _REFUSED.split()}:
        return None
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}; the site is as it was"


class AuthorErrors(AuthorError):  # noqa: N818  (they are several)
    """Several mistakes, in order of their places; its text has a line or more for each."""

    def __init__(self, mistakes: tuple[AuthorError, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.args = (mistakes,)  # what a copy is made from, in another process too
        self._mistakes = mistakes

    @property
    def mistakes(self) -> tuple[AuthorError, ...]:
        """All mistakes that it tells of."""
        return self._mistakes


class Mistakes:
    """Collects what is told during a build, so that the next mistake is told too.

    >>> mistakes = Mistakes()
    >>> for word in ("one", "two", "one"):
    ...     with mistakes.told():
    ...         raise AuthorError(f"wrong: {word}")
    >>> mistakes.end()
    Traceback (most recent call last):
    sitegen.errors.AuthorErrors: wrong: one
    wrong: two
    """

    def __init__(self) -> None:
        self._found: dict[tuple[Path | None, int, str], AuthorError] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, error: AuthorError) -> None:
        """Take mistakes; what was told of the same place already is left out."""
        for mistake in error.mistakes:
            self._found.setdefault((mistake.file, mistake.line or 1, mistake.message), mistake)

    def told(self, via: str | None = None) -> _Telling:
        """Take the mistakes that end the block, and go on behind it; `via` says what led there."""
        return _Telling(self, via)

    def end(self) -> None:
        """Raise what was told: one mistake as itself, several as a group."""
        found = sorted(self._found.items(), key=lambda item: (str(item[0][0] or ""), *item[0][1:]))
        if len(found) == 1:
            raise found[0][1]
        if found:
            raise AuthorErrors(tuple(mistake for _, mistake in found))


class _Telling:
    """A block whose mistakes are taken; a lesson has thousands, so it is no generator."""

    __slots__ = ("_into", "_via")

    def __init__(self, into: Mistakes, via: str | None) -> None:
        self._into, self._via = into, via

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, AuthorError):
            return False
        for mistake in error.mistakes:
            mistake.via = mistake.via or self._via
        self._into.add(error)
        return True


@contextmanager
def collecting(into: Mistakes | None) -> Iterator[Mistakes]:
    """Give what collects mistakes: the caller's own, or else one whose mistakes are raised at the end."""
    if into is not None:
        yield into
        return
    mistakes = Mistakes()
    with mistakes.told():
        yield mistakes
    mistakes.end()


def place(file: Path, line: int | None = None) -> str:
    """Write a place as editors and terminals read it."""
    shown = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
    return f"{shown}:{line or 1}"


def allowed(found: str, choices: Iterable[str]) -> str:
    """Say what is allowed instead of `found`, with a guess at what was meant.

    >>> allowed("cosin", ["cosine", "lookup"])
    'found "cosin"; allowed: cosine, lookup; did you mean "cosine"?'
    """
    choices = sorted(choices)
    close = difflib.get_close_matches(found, choices, n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return f'found "{found}"; allowed: {", ".join(choices) or "nothing"}{hint}'
