"""Run the benchmarks that are named, or all, and print one table."""

from __future__ import annotations

import importlib
import pkgutil
import sys

from rich.console import Console
from rich.table import Table

import benchmarks


def main(names: list[str]) -> int:
    """Print the table for the modules in `names`; all modules when it is empty."""
    known = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 1
    table = Table("benchmark", "measured", "compared with", "value", "ratio", "aim")
    for name in names or known:
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            table.add_row(
                row.what,
                f"{row.value:,.4g} {row.unit}",
                row.compared_with,
                f"{row.other:,.4g} {row.unit}",
                f"{row.ratio:.2f}",
                row.aim,
            )
    Console(width=140 if not sys.stdout.isatty() else None).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
