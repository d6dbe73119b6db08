"""Make pycore/data/embeddings/space-old.npz and space-new.npz: one text, one method, two random seeds.

Skip-gram learns 50-dimensional vectors twice from the State of the Union speeches and *Moby Dick*. Nothing
differs but the seed: each run draws its own first vectors, windows and negatives. Both files hold the same
words in the same order. Run it with `python -m tools.make_second_space`; it takes about a minute. On one
machine it writes the same bytes each time; on another, sums may round differently.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from pycore.embeddings.skipgram import SkipGram
from pycore.embeddings.vectors import WordVectors
from pycore.embeddings.vocabulary import Vocabulary
from tools.corpus import sentences
from tools.make_word_vectors import SCREENED, is_shown, profane_words

SEEDS = {"old": 1, "new": 2}
TARGET = Path("pycore/data")
DIM, EPOCHS, WINDOW, NEGATIVE, SAMPLE, RATE = 50, 5, 5, 5, 1e-3, 0.05
COUNT = 1_400  # words that are kept, by frequency
# Left out: words whose company is of every kind, so that their neighbours say little.
FUNCTION_WORDS = frozenset(
    """
    about above after again against all almost already also although always among and another any are
    because been before being below between both but came can come could did does done down during each
    either else even ever every few for from gave get give given gives had has have having her here him
    his how however its itself just less let like made make makes making many may might more most much
    must near nearly neither never nor not now off once one only other others our out over own per put
    rather said same say see seem seems several shall she should since some soon still such take taken
    than that the their them themselves then there thereby therefore these they this those though through
    thus too toward towards two under until upon upward very was well went were what when where whether
    which while who whole whom whose why will with within without would yet you your
    """.split()
)
# Names that come in two parts, and words of which old texts speak in ways that this figure is not about.
OTHERS = frozenset("dick moby indian indians tribes race slavery slaves slave".split())


def chosen(vocabulary: Vocabulary) -> list[str]:
    """Return the words to keep, the most frequent first: plain ones that a lesson may show."""
    screened = profane_words() | SCREENED | FUNCTION_WORDS | OTHERS
    plain = [word for word in vocabulary.words if len(word) > 2 and is_shown(word, screened)]
    return plain[:COUNT]


def main() -> int:
    """Train twice and write both files."""
    text = list(sentences())
    vocabulary = Vocabulary.build(text)
    corpus = vocabulary.encode(text)
    words = chosen(vocabulary)
    rows = [vocabulary.index[word] for word in words]
    for name, seed in SEEDS.items():
        model = SkipGram(vocabulary, DIM, NEGATIVE, rng=np.random.default_rng(seed))
        for _ in model.train(corpus, epochs=EPOCHS, window=WINDOW, sample=SAMPLE, rate=RATE):
            pass
        file = TARGET / f"space-{name}.npz"
        WordVectors(words, model.vectors[rows]).save(file)
        print(f"{file}: {len(words):,} words, {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
