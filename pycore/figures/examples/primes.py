"""Prime numbers: a figure that knows a few of them, and many more when the reader loads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pycore.live.demand import Fetch, OnDemand
from pycore.live.figure import Figure, Parts
from pycore.live.markup import tag
from pycore.live.scale import Scale
from pycore.live.settings import slide

FEW = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
LARGEST = 2_000_000


def sieve(_: Fetch) -> Mapping[str, bytes]:
    """Find the primes below two million, as Eratosthenes did; their low bytes and the rest lie apart."""
    prime = np.ones(LARGEST, dtype=bool)
    prime[:2] = False
    for number in range(2, 1 + int(LARGEST**0.5)):
        if prime[number]:
            prime[number * number :: number] = False
    found = np.flatnonzero(prime)
    return {"low": found.astype(np.uint8).tobytes(), "high": (found >> 8).astype("<u2").tobytes()}


@dataclass(frozen=True)
class PrimesState:
    """Which prime is asked for, as a power of ten."""

    power: float = 0


class Primes(Figure[PrimesState]):
    """The n-th prime."""

    State = PrimesState
    settings = {"power": Scale(0, 5, steps=5)}
    on_demand = OnDemand("primes", "The primes below two million", sieve, piece=100_000)

    def view(self) -> Parts:
        """Draw the slider and the prime, if it is known."""
        n = 10 ** int(self.state.power)
        return {
            "controls": slide(self, "power", "which", f"{n:,}"),
            "readout": tag("p", self._prime(n), class_="big", data_out="prime"),
        }

    def _prime(self, n: int) -> str:
        if n <= len(FEW):
            return str(FEW[n - 1])
        if not self.on_demand.here:
            return "not here"
        low = np.frombuffer(self.on_demand.read("low"), np.uint8)
        high = np.frombuffer(self.on_demand.read("high"), "<u2")
        return f"{int(low[n - 1]) + 256 * int(high[n - 1]):,}"
