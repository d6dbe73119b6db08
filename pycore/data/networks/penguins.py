"""Palmer penguins: 342 birds of three species, four measurements each.

Gorman, Williams & Fraser, 2014 (https://doi.org/10.1371/journal.pone.0090081); Horst, Hill & Gorman, 2020.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = "networks/penguins.csv"
SPECIES = ("Adelie", "Chinstrap", "Gentoo")
MEASURES = ("bill length", "bill depth", "flipper length", "body mass")  # mm, mm, mm, g


@dataclass(frozen=True)
class Penguins:
    """What was measured.

    Attributes
    ----------
    species
        Place of each bird's species in `SPECIES`, int [n].
    measures
        Bill length, bill depth and flipper length in mm, body mass in g; float64 [n, 4].
    """

    species: NDArray[np.int64]
    measures: NDArray[np.float64]

    def of(self, *names: str) -> Penguins:
        """Keep the birds of some species."""
        kept = np.isin(self.species, [SPECIES.index(name) for name in names])
        return Penguins(self.species[kept], self.measures[kept])


@functools.cache
def penguins() -> Penguins:
    """Read all birds, in the order of the file: Adelie, Gentoo, Chinstrap.

    >>> penguins().measures.shape, len(penguins().of("Chinstrap").species)
    ((342, 4), 68)
    """
    text = Path(__file__).with_name("penguins.csv").read_text("utf-8")
    _, *rows = (line.split(",") for line in text.splitlines())
    species = np.array([SPECIES.index(row[0]) for row in rows])
    measures = np.array([[float(cell) for cell in row[1:]] for row in rows])
    for array in (species, measures):
        array.setflags(write=False)  # whoever asks gets the same arrays
    return Penguins(species, measures)
