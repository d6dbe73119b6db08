"""A process that builds the site again and again for an author, with all that it needs in memory.

It answers for the code that it was started with: when that has changed it says so, and another takes its
place. Where the system can copy processes, the new one is a copy of one that has the libraries in memory, and
nothing of the project; so it is there at once.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

LIBRARIES = (
    "jinja2",
    "markdown_it.main",
    "math_core",
    "mdit_py_plugins",
    "numpy",
    "pydantic",
    "pygments.formatters",
    "pygments.lexers.python",
    "rich.progress",
    "uvicorn",
    "watchfiles",
    "yaml",
)
AROUND = 2  # lines of an excerpt before and after the one that is meant
BREATH = 0.5  # seconds without another build, after which the last one is noted
PATIENCE = 1.0  # seconds that a process may take to end


@dataclass(frozen=True)
class Mistake:
    """What an author is told: where it stands, what is wrong, and the lines around it."""

    place: str
    message: str
    excerpt: tuple[tuple[int, str], ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a build ended."""

    said: str  # for the terminal
    version: str = ""  # of the site, when there is a new one
    mistakes: tuple[Mistake, ...] = ()
    stale: bool = False  # nothing was built: the code has changed


class Builder:
    """The process, seen from the one that serves."""

    def __init__(self, content: Path, dist: Path, without: Sequence[str] = ()) -> None:
        from sitegen import parallel

        self._context = parallel.context()
        if hasattr(self._context, "set_forkserver_preload"):
            self._context.set_forkserver_preload(list(LIBRARIES))
        self._what = content, dist, without
        self._start()

    def _start(self) -> None:
        self._connection, other = self._context.Pipe()
        self._process = self._context.Process(target=_work, args=(other, *self._what))  # type: ignore[attr-defined]
        self._process.start()
        other.close()

    def build(self) -> Outcome:
        """Build the site as it is now."""
        while True:
            try:
                self._connection.send(None)
                outcome: Outcome = self._connection.recv()
            except (EOFError, OSError):
                # It ended before it could say why; what it wrote to the terminal tells.
                said = "the build ended before it could say what is wrong; the terminal shows why"
                self.close()
                self._start()
                return Outcome(said, mistakes=(Mistake("sitegen", said),))
            if not outcome.stale:
                return outcome
            self.close()
            self._start()

    def close(self) -> None:
        """End the process, also while it builds; the site stays as it is."""
        self._connection.close()
        self._process.join(0.1)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _work(connection: Connection, content: Path, dist: Path, without: Sequence[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that serves, which ends this one
    signal.signal(signal.SIGTERM, _end)
    with contextlib.suppress(Exception):
        from sitegen import spoken

        spoken.begin(spoken.of_course(content))
        import sitegen.site  # noqa: F401  (ready for the first build, which tells what is wrong with it)
    with contextlib.suppress(EOFError, OSError):
        while True:
            connection.recv()
            notes: list[Callable[[], None]] = []
            connection.send(_outcome(content, dist, without, notes))
            if connection.poll(BREATH):  # the next build will note what it makes
                continue
            with contextlib.suppress(OSError):  # what was there is gone: a change, which comes next
                for note in notes:
                    note()


def _end(_: int, __: FrameType | None) -> None:
    sys.exit()  # so that a folder that was being built in is removed


def _outcome(content: Path, dist: Path, without: Sequence[str], notes: list[Callable[[], None]]) -> Outcome:
    """Build; `notes` takes what is to be done when the author has been told."""
    try:
        from sitegen import cli, digests, imports, spoken
        from sitegen.errors import AuthorError, of_machine
    except Exception:
        return _bug()
    if imports.changed() or spoken.of_course(content) != spoken.language():
        return Outcome("", stale=True)
    try:
        from sitegen import offline, site

        report = site.build(content, dist, without=without, later=notes.append)
        # The service worker names every file that a page may want, with its hash.
        return Outcome(cli.summary(report, dist), digests.of_file(dist / offline.WORKER))
    except OSError as error:
        if not (said := of_machine(error)):
            return _bug()
        return Outcome(said, mistakes=(Mistake("", said),))
    except AuthorError as error:
        mistakes: tuple[AuthorError, ...] = getattr(error, "mistakes", (error,))
        return Outcome(str(error), mistakes=tuple(map(_mistake, mistakes)))
    except Exception:
        return _bug()


def _bug() -> Outcome:
    """Tell of an exception that is not meant for authors, with all that Python says of it."""
    said = traceback.format_exc().rstrip()
    return Outcome(said, mistakes=(Mistake("the build itself failed", said),))


def _mistake(error: Exception) -> Mistake:
    file, line = getattr(error, "file", None), getattr(error, "line", None)
    if file is None:
        return Mistake("", str(error))
    place, _, message = str(error).partition(": ")
    try:
        lines = file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    if line is None:
        return Mistake(place, message)
    shown = range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1)
    return Mistake(place, message, tuple((n, lines[n - 1]) for n in shown), line)
