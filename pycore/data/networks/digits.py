"""Handwritten digits, and a network that was trained to read them; README.md names source and licence."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.data import FOLDER
from pycore.networks.backprop import Network

DIGITS = "networks/digits.npz"
READER = "networks/digit-reader.npz"
MOST = 16  # the ink of a pixel that is all ink
HELD_OUT = 360  # digits that no network is trained on: a fifth
SPLIT = 0  # the seed by which they are drawn


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, in the order of their source.

    Attributes
    ----------
    ink
        How much of each pixel is inked, from 0 to 1 in sixteenths: float64 [1797, 64], 8 rows of 8.
    labels
        What each shows, 0 to 9: integers [1797].
    train, held_out
        Which are for training and which are kept apart, drawn at random once for all: integers [1437], [360].
    """

    ink: Floats
    labels: Ints
    train: Ints
    held_out: Ints


@functools.cache
def digits() -> Digits:
    """Return 1,797 digits by 13 writers (Alpaydin & Kaynak, 1998, https://doi.org/10.24432/C50P49)."""
    with np.load(FOLDER / DIGITS) as arrays:
        ink, labels = arrays["ink"].astype(np.float64) / MOST, arrays["labels"].astype(np.intp)
    order = np.random.default_rng(SPLIT).permutation(len(ink)).astype(np.intp)
    found = Digits(ink, labels, np.sort(order[HELD_OUT:]), np.sort(order[:HELD_OUT]))
    for array in (found.ink, found.labels, found.train, found.held_out):
        array.setflags(write=False)
    return found


@functools.cache
def digit_reader() -> Network:
    """Return a network of 64, 32 and 10 that was trained on the digits for training; do not train it on."""
    network = Network([64, 32, 10], ["relu"], np.random.default_rng(0))
    with np.load(FOLDER / READER) as arrays:
        network.parameters[:] = arrays["parameters"]
    return network
