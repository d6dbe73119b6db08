"""Make pycore/data/tokenizers/wordpiece.txt.gz: the vocabulary that BERT (uncased) and MiniLM read with.

Run it with `python -m tools.make_wordpiece_vocabulary`. It is the whole `vocab.txt` of all-MiniLM-L6-v2,
compressed: 30,522 tokens, one a line, in the order of their ids.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from sitegen import vendor

TARGET = Path("pycore/data/tokenizers/wordpiece.txt.gz")


def main() -> int:
    """Write the file."""
    content = vendor.fetch("minilm", "vocab.txt").read_bytes()
    TARGET.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"{TARGET}: {len(content.splitlines()):,} tokens, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
