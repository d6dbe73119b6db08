"""A bound on the time that an author's own code may run."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN = 1.0  # seconds
FIGURE = 60.0  # seconds that a figure may take to be imported, to answer one event, or to be drawn
CLAIM = 120.0  # seconds that a number of the prose may take, as in a page


@contextmanager
def _staying() -> Iterator[None]:
    """Let `os._exit` raise: a build that it ended would say nothing, and its exit would look like success."""

    def leave(status: int) -> None:
        raise SystemExit(f"os._exit({status})")

    before, os._exit = os._exit, leave  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = before


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in code that runs longer; without a bound where the system has no such signal.

    What would end the process at once, and with it the build, raises SystemExit. TimeoutError is raised every
    second from then on: code may catch it, or Python drop it in a place that cannot raise.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        with _staying():
            yield
        return

    def end(_: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it runs longer than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        with _staying():
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
