"""Make pycore/data/networks/digits.npz: the handwritten digits that come with scikit-learn, a byte a pixel.

Run it with `python -m tools.make_digits`. The same source gives the same bytes. The digits are the test set
of the Optical Recognition of Handwritten Digits data (Alpaydin & Kaynak, 1998, UCI Machine Learning
Repository, https://doi.org/10.24432/C50P49, CC BY 4.0).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path("pycore/data/networks/digits.npz")


def main() -> int:
    """Write the file."""
    found = load_digits()
    ink, labels = found.data.astype(np.uint8), found.target.astype(np.uint8)
    if not np.array_equal(ink, found.data) or ink.max() != 16:
        raise ValueError("expected whole numbers from 0 to 16")
    np.savez_compressed(TARGET, ink=ink, labels=labels)
    print(f"{TARGET}: {len(ink):,} digits, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
