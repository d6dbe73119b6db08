"""What the figures with digits share: how the digit reader is trained, and how a digit is drawn."""

from __future__ import annotations

import functools

import numpy as np

from pycore.arrays import Floats
from pycore.data.networks.digits import digits
from pycore.live.markup import Markup, tag
from pycore.networks.backprop import Network, Trainer

SIZES = (64, 32, 10)
RATE, BATCH = 0.005, 32
STRIDE = 15  # steps a tick: a third of a pass
TICKS = 60
SEED = 1
SHADES = 8  # of a colour, from none to full


def untrained(seed: int = SEED) -> tuple[Network, Trainer]:
    """Make the reader, and what trains it."""
    network = Network(SIZES, ["relu"], np.random.default_rng(seed))
    data = digits()
    return network, Trainer(
        network,
        data.ink[data.train],
        data.labels[data.train],
        "Adam",
        RATE,
        BATCH,
        rng=np.random.default_rng([seed, 1]),
    )


def accuracy(network: Network, held_out: bool = True) -> float:
    """Return the share of digits that a network reads right, of the held-out ones or of the others."""
    data = digits()
    which = data.held_out if held_out else data.train
    return float((network.scores(data.ink[which]).argmax(axis=1) == data.labels[which]).mean())


@functools.lru_cache(maxsize=512)
def _runs(levels: bytes) -> str:
    """Write pixels [64] as lines of one strength each, along the rows; what is 0 is left out."""
    paths: dict[int, str] = {}
    for row in range(8):
        column = 0
        while column < 8:
            start, level = column, levels[8 * row + column]
            while column < 8 and levels[8 * row + column] == level:
                column += 1
            if level != SHADES:
                paths[level] = paths.get(level, "") + f"M{start} {row}h{column - start}"
    return "".join(
        f'<path class="{"n" if level < SHADES else "p"}{abs(level - SHADES)}" d="{d}"/>'
        for level, d in sorted(paths.items())
    )


def pixels(values: Floats, name: str | None = None, look: str = "pixels") -> Markup:
    """Draw numbers [64] from -1 to 1 as a picture of 8 x 8: strong ones in strong colour.

    `name` says what it shows; without one it is hidden from those who listen.
    """
    levels = np.rint(np.clip(values, -1, 1) * SHADES).astype(np.int64) + SHADES
    return tag(
        "svg",
        Markup(_runs(levels.astype(np.uint8).tobytes())),
        viewBox="0 -.5 8 8",
        class_=look,
        role="img" if name else None,
        aria_label=name,
        aria_hidden=None if name else "true",
    )
