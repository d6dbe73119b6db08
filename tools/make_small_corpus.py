"""Make speech-sentences.json: a small text on three subjects, to train word vectors on.

Run it with `python -m tools.make_small_corpus`. The same source gives the same bytes. From the State of the
Union speeches it takes every sentence of 8 to 40 words that holds two or more of one subject's keywords: on
so few words, three subjects that hardly share a sentence are soon learned.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.corpus import split, texts

TARGET = Path("pycore/data/embeddings/speech-sentences.json")
SHORTEST, LONGEST = 8, 40
LEAST = 2  # keywords of one subject
KEYWORDS = {
    "sea": (
        "ship ships vessel vessels navy naval fleet sea seas harbor harbors cruisers battleships port ports "
        "coast gun guns steamers"
    ).split(),
    "school": "school schools teacher teachers children students college colleges education".split(),
    "money": "gold silver coin coins coinage bullion dollar dollars notes currency circulation".split(),
}


def is_chosen(words: Sequence[str]) -> bool:
    """Whether a sentence has a fitting length and enough keywords, repeated ones counted, of one subject.

    >>> is_chosen("the school has more children than teachers this year".split())
    True
    """
    return SHORTEST <= len(words) <= LONGEST and any(
        sum(word in subject for word in words) >= LEAST for subject in KEYWORDS.values()
    )


def chosen(texts: Iterable[str]) -> Iterator[str]:
    """Yield the chosen sentences of the texts, in order and each once."""
    sentences = itertools.chain.from_iterable(map(split, texts))
    yield from dict.fromkeys(" ".join(words) for words in sentences if is_chosen(words))


def main() -> int:
    """Write the file."""
    *speeches, _moby_dick = texts()
    sentences = list(chosen(speeches))
    # A line a sentence, so that a change can be read.
    TARGET.write_text(json.dumps({"keywords": KEYWORDS, "sentences": sentences}, indent=0) + "\n", "utf-8")
    print(f"{TARGET}: {len(sentences):,} sentences, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
