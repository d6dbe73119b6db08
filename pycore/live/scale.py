"""Scales: the values that a control or an axis can take, how they are rounded, and the ticks they choose.

What is computed here is rounded to few digits before it is shown or kept, so that every Python gives the
same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Ticks = tuple[tuple[float, str], ...]  # values and their texts

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high`, in equal steps; in equal ratios if it is logarithmic.

    Attributes
    ----------
    low, high
        Its ends; above 0 if it is logarithmic.
    steps
        How many steps lie between them.
    log
        Whether it is logarithmic.

    Raises
    ------
    ValueError
        When the ends are not two finite numbers in order, or a step is too small to be told.

    Examples
    --------
    >>> rate = Scale(0.001, 1, steps=30, log=True)
    >>> rate.value(10), rate.value("11"), rate.position(0.01), rate.snap(0.0123)
    (0.01, 0.01259, 10, 0.01259)
    >>> Scale(0, 1, steps=10).value(3)
    0.3
    """

    low: float
    high: float
    steps: int = 100
    log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"expected a scale from low to high; found {self.low} to {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"expected a logarithmic scale to start above 0; found {self.low}")
        if self.steps < 1 or self.value(1) <= self.low or self.value(self.steps - 1) >= self.high:
            raise ValueError(f"expected steps that can be told apart; found {self.steps}")

    @classmethod
    def around(cls, values: Iterable[float], steps: int = 100, log: bool = False) -> Scale:
        """Make a scale that holds some values; those that are no finite numbers are left out.

        A logarithmic scale leaves out what is below 1e-300 too: so near to 0, steps cannot be told apart.

        >>> Scale.around([3, float("nan"), 3]), Scale.around([], log=True)
        (Scale(low=2.5, high=3.5, steps=100, log=False), Scale(low=0.1, high=1.0, steps=100, log=True))
        """
        kept = [float(v) for v in values if math.isfinite(v) and (v >= 1e-300 or not log)]
        low, high = (min(kept), max(kept)) if kept else (1.0, 1.0) if log else (0.5, 0.5)
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            room = max(0.5, abs(low) / 100)
            low, high = (low / 10, high) if log else (low - room, high + room)
        return cls(low, high, steps, log)

    def share(self, value: float) -> float:
        """How far along a value lies, from 0 to 1; what is beyond an end lies at that end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            return (math.log(value) - low) / (high - low)
        return (value - self.low) / (self.high - self.low)

    def value(self, position: int | str) -> float:
        """Return the value at a position, from 0 to `steps`; a slider sends it as text.

        Raises
        ------
        ValueError
            When there is no such position.
        """
        try:
            at = int(position)
        except ValueError:
            at = -1
        if not 0 <= at <= self.steps:
            raise ValueError(f"expected a position from 0 to {self.steps}; found {str(position)[:40]}")
        if at in (0, self.steps):
            return float(self.high if at else self.low)
        if self.log:
            step = (math.log(self.high) - math.log(self.low)) / self.steps
            digits = max(3, 3 - exponent(math.expm1(min(step, 1))))
            return float(f"{math.exp(math.log(self.low) + at * step):.{digits}g}")
        step = (self.high - self.low) / self.steps
        return round(self.low + at * step, 4 - exponent(step))

    def position(self, value: float) -> int:
        """Return the position that is nearest to a value.

        Raises
        ------
        ValueError
            When it is not a number.
        """
        if math.isnan(value):
            raise ValueError(f"expected a number from {self.low:g} to {self.high:g}; found {value}")
        return round(self.share(value) * self.steps)

    def snap(self, value: float) -> float:
        """Return the value of the scale that is nearest to a value."""
        return self.value(self.position(value))


def exponent(x: float) -> int:
    """Return the power of ten of a number, above 0, without a logarithm that might round.

    >>> exponent(1000), exponent(0.1), exponent(9.99)
    (3, -1, 0)
    """
    return int(f"{x:e}".partition("e")[2])


def ticks(scale: Scale, about: int = 5) -> Ticks:
    """Choose round values for the grid, and write them: steps of 1, 2 or 5, or decades.

    >>> ticks(Scale(0, 1), about=3)
    ((0.0, '0.0'), (0.5, '0.5'), (1.0, '1.0'))
    >>> ticks(Scale(1, 10_000, log=True))
    ((1.0, '1'), (10.0, '10'), (100.0, '100'), (1000.0, '1,000'), (10000.0, '10,000'))
    >>> ticks(Scale(1e-8, 1, log=True))
    ((1e-08, '10⁻⁸'), (1e-06, '10⁻⁶'), (0.0001, '10⁻⁴'), (0.01, '10⁻²'), (1.0, '1'))
    """
    if scale.log:
        chosen = _decades(scale, about)
        if len(chosen) > 1:
            return chosen
    return _even(scale.low, scale.high, about)


def _even(low: float, high: float, about: int) -> Ticks:
    rough = (high - low) / about
    power = exponent(rough)
    step = next(n for n in (1, 2, 5, 10) if n * 10.0**power >= 0.8 * rough)
    if step == 10:
        step, power = 1, power + 1
    size = step * 10.0**power
    first, last = math.ceil(low / size - 1e-6), math.floor(high / size + 1e-6)
    largest = max(abs(low), abs(high))
    if power < -4 or exponent(largest) > 5:
        return tuple((k * size, _short(k * step, power)) for k in range(first, last + 1))
    decimals = max(0, -power)
    values = [round(k * size, decimals) + 0.0 for k in range(first, last + 1)]
    return tuple((v, f"{v:,.{decimals}f}".replace("-", "−")) for v in values)


def _decades(scale: Scale, about: int) -> Ticks:
    first, last = exponent(scale.low), exponent(scale.high)
    every = max(1, math.ceil((last - first) / (about + 1)))
    steps = (1, 2, 5) if last - first < 2 else (1,)
    found = [
        (float(f"{step}e{power}"), step, power) for power in range(first, last + 1, every) for step in steps
    ]
    found = [tick for tick in found if scale.low * (1 - 1e-9) <= tick[0] <= scale.high * (1 + 1e-9)]
    if any(not -4 < power < 6 for _, _, power in found):
        return tuple((value, _short(step, power)) for value, step, power in found)
    return tuple((value, f"{value:,.{max(0, -power)}f}") for value, step, power in found)


def _short(factor: int, power: int) -> str:
    """Write a number as a factor and a power of ten."""
    if factor == 0 or power == 0:
        return f"{factor}".replace("-", "−")
    while factor % 10 == 0:
        factor, power = factor // 10, power + 1
    raised = f"10{str(power).translate(RAISED)}"
    return raised if factor == 1 else f"{factor}·{raised}".replace("-", "−")
