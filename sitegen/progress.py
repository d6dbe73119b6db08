"""What a build tells of long work: a bar on a terminal, and elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

SOON = 0.5  # seconds after which work is worth a bar: what draws it takes long to import
NOW_AND_THEN = 10.0  # seconds between two lines


def console() -> Console:
    """Return what tells of progress, on stderr."""
    from rich.console import Console  # it takes long to import, and a build rarely tells anything

    return Console(stderr=True)


class Steps:
    """Work of which it is known how many steps it has."""

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self._begun = self._told = time.monotonic()
        self._bar: tuple[Progress, TaskID] | None = None

    def advance(self, count: int = 1) -> None:
        """Note that steps are done."""
        self.done = min(self.done + count, self.total)
        now = time.monotonic()
        if not sys.stderr.isatty():
            if now - self._told > NOW_AND_THEN and self.done < self.total:
                self._told = now
                print(f"{self.label}: {self.done} of {self.total}", file=sys.stderr, flush=True)
        elif self._bar:
            self._bar[0].update(self._bar[1], completed=self.done)
        elif now - self._begun > SOON and self.done < self.total:
            self._bar = self._draw()

    def _draw(self) -> tuple[Progress, TaskID]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        bar = Progress(*columns, console=console(), transient=True)
        bar.start()
        return bar, bar.add_task(self.label, total=self.total, completed=self.done)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar[0].stop()
            self._bar = None


_running: Steps | None = None


@contextmanager
def steps(label: str, total: int) -> Iterator[Steps]:
    """Tell of the block's work, as far as `advance` is called; of what is within it, nothing else tells."""
    global _running
    outer, own = _running, Steps(label, total)
    _running = own
    try:
        yield own
    finally:
        own.end()
        _running = outer


def advance(count: int = 1) -> None:
    """Note steps of the work that is told of, if any is."""
    if _running:
        _running.advance(count)


@contextmanager
def waiting(label: str, *, counted: bool = False) -> Iterator[tuple[Progress, TaskID]]:
    """Tell of work whose length nobody knows yet: a bar on a terminal, with the time; elsewhere a line.

    Parameters
    ----------
    counted
        Whether bytes are told, as far as the task is updated.
    """
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    where = console()
    if not where.is_terminal:
        where.print(label, highlight=False, soft_wrap=True)
    counts = [DownloadColumn()] if counted else []
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=28), *counts, TimeElapsedColumn())
    with Progress(*columns, console=where, transient=True, disable=not where.is_terminal) as bar:
        yield bar, bar.add_task(label, total=None)
