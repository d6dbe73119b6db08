"""Skip-gram beside gensim, on the same text with the same settings: tokens a second, and what was learned."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from gensim.test.utils import datapath

from benchmarks import Row
from pycore.embeddings.skipgram import SkipGram
from pycore.embeddings.vocabulary import Vocabulary
from tools.corpus import sentences

EPOCHS, DIM, WINDOW, NEGATIVE, SAMPLE = 3, 50, 5, 5, 1e-3


def rows() -> Iterable[Row]:
    """Train both on the whole text; tokens are counted before frequent words are thinned out."""
    text = list(sentences())
    vocabulary = Vocabulary.build(text)
    corpus = vocabulary.encode(text)
    ours = SkipGram(vocabulary, DIM, NEGATIVE, rng=np.random.default_rng(1))
    theirs = Word2Vec(
        vector_size=DIM,
        window=WINDOW,
        negative=NEGATIVE,
        sample=SAMPLE,
        sg=1,
        workers=1,
        seed=1,
        epochs=EPOCHS,
    )
    theirs.build_vocab(text)
    start = time.perf_counter()
    for _ in ours.train(corpus, epochs=EPOCHS, window=WINDOW, sample=SAMPLE):
        pass
    middle = time.perf_counter()
    theirs.train(text, total_examples=theirs.corpus_count, epochs=EPOCHS)
    end = time.perf_counter()
    tokens = EPOCHS * len(corpus.ids)
    label = f"skip-gram, {len(corpus.ids):,} tokens x {EPOCHS}, {DIM}-d"
    yield Row(
        f"{label}: tokens a second",
        tokens / (middle - start),
        "/s",
        "gensim",
        tokens / (end - middle),
        "≥ 0.3",
    )
    keyed = KeyedVectors(DIM)
    keyed.add_vectors(vocabulary.words, ours.vectors)
    yield Row(f"{label}: WordSim-353", _wordsim(keyed), "", "gensim", _wordsim(theirs.wv), "within 0.03")


def _wordsim(vectors: KeyedVectors) -> float:
    """Spearman correlation with people's judgements."""
    return float(vectors.evaluate_word_pairs(datapath("wordsim353.tsv"))[1].statistic)
