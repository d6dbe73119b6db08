"""Make pycore/data/networks/penguins.csv: the Palmer penguins that were measured, and their species.

Run it with `python -m tools.make_penguins`. The same source gives the same bytes. Two of the 344 birds were
never measured and are left out; island, sex and year are not used and not kept.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from sitegen import vendor

TARGET = Path("pycore/data/networks/penguins.csv")
COLUMNS = ("species", "bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def measured(lines: Iterable[str]) -> list[list[str]]:
    """Return the rows that have all measurements, in order, a list of texts each.

    >>> measured(["species,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,sex",
    ...     "Adelie,39.1,18.7,181,3750,male", "Adelie,NA,NA,NA,NA,NA"])
    [['Adelie', '39.1', '18.7', '181', '3750']]
    """
    rows = ([row[name] for name in COLUMNS] for row in csv.DictReader(lines))
    return [row for row in rows if "NA" not in row]


def main() -> int:
    """Write the file."""
    source = vendor.fetch("palmerpenguins", "penguins.csv")
    rows = measured(source.read_text("utf-8").splitlines())
    TARGET.write_text("".join(",".join(row) + "\n" for row in [list(COLUMNS), *rows]), "utf-8")
    print(f"{TARGET}: {len(rows)} penguins, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
