"""Make pycore/data/networks/digit-reader.npz: the network of lesson 01 that was trained to read digits.

Run it with `python -m tools.make_digit_reader`, after `python -m tools.make_digits`. It is the run that the
figure of the digits makes in the browser, with the same seed; the parameters are rounded to float32.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from pycore.figures.networks._digits import STRIDE, TICKS, accuracy, untrained

TARGET = Path("pycore/data/networks/digit-reader.npz")


def main() -> int:
    """Train it and write the file."""
    network, trainer = untrained()
    trainer.train(TICKS * STRIDE)
    np.savez_compressed(TARGET, parameters=network.parameters.astype(np.float32))
    print(f"{TARGET}: reads {accuracy(network):.1%} of the held-out digits, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
