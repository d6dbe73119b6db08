"""Memory that processes hold at most while something is done. Linux tells it; elsewhere it is 0."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

MEBI = 2**20
PAUSE = 0.02  # seconds from look to look


@contextmanager
def most(pids: Sequence[int]) -> Iterator[Callable[[], float]]:
    """Look again and again at what processes and those that they started hold.

    Yields a function that returns the most that was seen so far, in MiB. Of a shared page each has its share.
    """
    peak = sum(map(_held, pids))
    done = threading.Event()

    def look() -> None:
        nonlocal peak
        while not done.wait(PAUSE):
            peak = max(peak, sum(map(_held, pids)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield lambda: peak / MEBI
    finally:
        done.set()
        thread.join()


def _held(pid: int) -> int:
    total = 0
    waiting = [pid]
    while waiting:
        proc = Path("/proc") / str(waiting.pop())
        try:
            sizes = re.findall(r"^Pss: +(\d+)", (proc / "smaps_rollup").read_text(), re.M)
            total += sum(map(int, sizes)) * 1024
            for task in (proc / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it has ended
    return total
