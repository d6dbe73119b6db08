"""Make pycore/data/tokenizers/vocabulary-curve.json: how many tokens texts have, by the vocabulary's size.

Run it with `python -m tools.make_vocabulary_curve`; it takes some minutes. The same sources give the same
bytes. Merges are learned from State of the Union speeches, once: the first ones of them make each smaller
vocabulary. The texts that are counted are no part of what is learned from.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pycore.tokenizers.bpe import BytePairTokenizer
from tools.corpus import texts
from tools.make_declarations import articles

TARGET = Path("pycore/data/tokenizers/vocabulary-curve.json")
SIZES = tuple(round(256 * 2 ** (half / 2)) for half in range(14))  # 256 to 23,170
EVERY = 20  # of so many speeches one is held out


def main() -> int:
    """Write the file."""
    *speeches, novel = texts()
    learned = [speech for i, speech in enumerate(speeches) if i % EVERY]
    counted = {
        "speeches": "\n".join(speeches[::EVERY]),
        "novel": novel[:500_000],
        "german": "\n".join(articles("deu_1996")),
    }
    tokenizer = BytePairTokenizer.train(learned, SIZES[-1])
    merges = list(tokenizer.merges)
    if len(tokenizer.vocabulary) != SIZES[-1]:
        raise ValueError(f"expected {SIZES[-1]} tokens, found {len(tokenizer.vocabulary)}")
    made: dict[str, list[int]] = {name: [] for name in counted}
    for size in SIZES:
        smaller = BytePairTokenizer(merges[: size - SIZES[0]])
        for name, text in counted.items():
            made[name].append(len(smaller.encode(text)))
    record = {
        "learned": sum(map(len, learned)),
        "sizes": SIZES,
        "texts": {name: {"characters": len(counted[name]), "tokens": made[name]} for name in counted},
    }
    TARGET.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(f"{TARGET}: {len(SIZES)} sizes, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
