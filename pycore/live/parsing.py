"""What readers type, as numbers and points, or what is wrong with it in words to stand beside the field."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
LONGEST = 20  # characters of what was found that are told


@dataclass(frozen=True)
class Read(Generic[T]):
    """What was read; `value` is None exactly when `problem` says why.

    Attributes
    ----------
    value
        The numbers or points.
    problem
        What is missing or wrong, for the reader.
    """

    value: T | None
    problem: str = ""


class LabelledPoint(NamedTuple):
    """A point of the plane with its class."""

    x: float
    y: float
    label: str


def parse_float(text: str, low: float = -1e9, high: float = 1e9) -> Read[float]:
    """Read a number; a decimal comma and a real minus are understood.

    >>> parse_float(" −1,5 "), parse_float("-"), parse_float("7", 0, 5)
    (Read(value=-1.5, problem=''), Read(value=None, problem='“-” is no number yet.'),
    Read(value=None, problem='7 is not from 0 to 5.'))
    """
    text = text.strip()
    if not text:
        return Read(None, "A number is missing.")
    try:
        value = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        return Read(None, f"“{text[:LONGEST]}” is no number yet.")
    if math.isfinite(value) and low <= value <= high:
        return Read(value)
    bounds = f"{low:g} to {high:g}".replace("-", "−")
    return Read(None, f"{text[:LONGEST]} is not from {bounds}.")


def parse_floats(text: str, least: int = 1, most: int = 1000) -> Read[tuple[float, ...]]:
    r"""Read numbers between commas, blanks or line breaks.

    >>> parse_floats("1, 2.5\n-3")
    Read(value=(1.0, 2.5, -3.0), problem='')
    >>> parse_floats("1, 2.").value, parse_floats("1, x").problem, parse_floats("1", least=2).problem
    ((1.0, 2.0), '“x” is no number yet.', 'Numbers so far: 1; at least 2 are needed.')
    """
    found = [parse_float(item) for item in text.replace(",", " ").split()]
    problem = next((one.problem for one in found if one.value is None), "")
    return _counted([one.value for one in found if one.value is not None], problem, "Numbers", least, most)


def parse_points(
    text: str, labels: Collection[str] | None = None, least: int = 1, most: int = 1000
) -> Read[tuple[LabelledPoint, ...]]:
    r"""Read points, a line each: x, y and a class, between commas.

    Parameters
    ----------
    text
        What was typed, or stood in a file.
    labels
        Classes that are known; None allows any word.
    least, most
        How many points there may be.

    Examples
    --------
    >>> parse_points("1, 2, red\n\n3,4,blue").value
    (LabelledPoint(x=1.0, y=2.0, label='red'), LabelledPoint(x=3.0, y=4.0, label='blue'))
    >>> parse_points("1, 2, red\n3,").problem
    'Line 2: expected x, y, class.'
    >>> parse_points("1, 2, green", labels=["red", "blue"]).problem
    'Line 1: the class is red or blue, not “green”.'
    """
    points = []
    for row, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        items = [item.strip() for item in written.split(",")]
        if len(items) != 3 or not all(items):
            return Read(None, f"Line {row}: expected x, y, class.")
        x, y, label = parse_float(items[0]), parse_float(items[1]), items[2]
        if x.value is None or y.value is None:
            return Read(None, f"Line {row}: {x.problem or y.problem}")
        if labels is not None and label not in labels:
            return Read(None, f"Line {row}: the class is {' or '.join(labels)}, not “{label[:LONGEST]}”.")
        points.append(LabelledPoint(x.value, y.value, label))
    return _counted(points, "", "Points", least, most)


def _counted(found: list[T], problem: str, what: str, least: int, most: int) -> Read[tuple[T, ...]]:
    if problem:
        return Read(None, problem)
    if len(found) < least:
        return Read(None, f"{what} so far: {len(found)}; at least {least} are needed.")
    if len(found) > most:
        return Read(None, f"{what}: {len(found)}; at most {most} find room.")
    return Read(tuple(found))
