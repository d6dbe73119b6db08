"""Speed, measured and set beside what it is compared with: `python -m benchmarks [name ...]`.

Each module here has `rows() -> Iterable[Row]`; a row holds a time and the time of its comparison, both taken
in the same run. Nothing here is a test: a slow machine makes no build fail.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, what it is compared with, and the aim for the ratio."""

    what: str
    value: float
    unit: str
    compared_with: str
    other: float
    aim: str = ""

    @property
    def ratio(self) -> float:
        """`value` divided by the value that it is compared with."""
        return self.value / self.other


def median_time(call: Callable[[], object], repeat: int = 7) -> float:
    """Median wall-clock seconds of `repeat` calls, after one call that warms up."""
    call()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
