"""Run the benchmarks that are named, or all, and print each row as it comes."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import sys
import time

import benchmarks
from benchmarks import Row

WIDTHS = (72, 12, 46, 12, 7)
HEADS = ("measured", "value", "compared with", "value", "ratio", "aim")


def main(argv: list[str]) -> int:
    """Print the rows of the modules that are named; of all modules when none is."""
    known = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if not m.name.startswith("_")]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="browser only: in at most 3 minutes")
    asked = parser.parse_args(argv)
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 1
    names = asked.names or known
    calls = {name: importlib.import_module(f"benchmarks.{name}").rows for name in names}
    slow = [name for name, rows in calls.items() if "quick" not in inspect.signature(rows).parameters]
    if asked.quick and slow:
        print(f"no quick form has: {', '.join(slow)}; name those to run, such as browser", file=sys.stderr)
        return 1
    _print(HEADS)
    for name, rows in calls.items():
        start = time.monotonic()
        for row in rows(quick=True) if asked.quick else rows():
            _print(_cells(row))
        print(f"{name} took {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return 0


def _cells(row: Row) -> tuple[str, ...]:
    value, other = (f"{number:,.4g} {row.unit}".rstrip() for number in (row.value, row.other))
    return row.what, value, row.compared_with, other, f"{row.ratio:.2f}", row.aim


def _print(cells: tuple[str, ...]) -> None:
    # Not as a table that is laid out when all is known: the last row may come half an hour after the first.
    padded = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=False))
    print("  ".join([*padded, *cells[len(WIDTHS) :]]).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
