"""Make pycore/data/tokenizers/gpt2-merges.npz: the 50,000 merges that GPT-2 was published with, as ids.

Run it with `python -m tools.make_gpt2_merges`. The same source gives the same bytes. Each merge is two ids
below 50,256. Their low bytes and their high ones are kept apart, since the high ones compress well.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from pycore.tokenizers.bpe import BytePairTokenizer
from sitegen.vendor import fetch

TARGET = Path("pycore/data/tokenizers/gpt2-merges.npz")


def main() -> int:
    """Write the file."""
    source = BytePairTokenizer.from_gpt2(
        fetch("gpt2-vocabulary", "vocab.bpe"), fetch("gpt2-vocabulary", "encoder.json")
    )
    pairs = np.array(list(source.merges), np.uint16).T
    np.savez_compressed(TARGET, low=(pairs & 255).astype(np.uint8), high=(pairs >> 8).astype(np.uint8))
    print(f"{TARGET}: {pairs.shape[1]:,} merges, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
