"""Where skip-gram's dot products settle: the mean probability of true pairs, of random pairs, and of chance.

With k random words to each true one, a pair that meets as often as chance has it is true once in 1 + k times,
so that is the best answer for it. In general the best dot product is u . v = PMI - log k (Levy & Goldberg
2014, https://papers.nips.cc/paper/5477): how much more often than by chance the two meet, shifted down by
log k. So training lowers true pairs too; what it makes is the gap. Left out: that a run thins out frequent
words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pycore.arrays import Floats
from pycore.embeddings.skipgram import window_pairs
from pycore.embeddings.vocabulary import Corpus
from pycore.functions import sigmoid


class Levels(NamedTuple):
    """Mean probabilities, sigma(u . v), of true and of random pairs."""

    true: float
    random: float


def chance(negatives: float) -> float:
    """Probability of being true for a pair that meets as often as chance has it: 1 / (1 + k).

    >>> chance(1), chance(4)
    (0.5, 0.2)
    """
    return 1 / (1 + negatives)


def seen(corpus: Corpus, size: int, window: int) -> Floats:
    """Count how often each word is the centre of each other in the windows of a text.

    Parameters
    ----------
    corpus
        The text.
    size
        Words of the vocabulary.
    window
        The widest reach; a pair at distance d counts (window + 1 - d) / window, since the reach of a window
        is drawn from 1 to `window`.

    Returns
    -------
    ndarray
        Counts of [centre, context], float64 (size, size).

    Examples
    --------
    >>> seen(Corpus(np.array([0, 1, 2]), np.array([0, 0, 0])), 3, window=2)[0]
    array([0. , 1. , 0.5])
    """
    centre, context = window_pairs(corpus.sentence, np.full(len(corpus.ids), window))
    cells = corpus.ids[centre] * size + corpus.ids[context]
    weights = 1 + (1 - np.abs(centre - context)) / window
    counted = np.zeros(size * size)
    np.add.at(counted, cells, weights)
    return counted.reshape(size, size)


def levels(vectors: Floats, contexts: Floats, pairs: Floats, noise: Floats) -> Levels:
    """Average over all pairs of a text, and over all that chance can make of the same centres.

    Parameters
    ----------
    vectors, contexts
        Centre and context vectors, (words, d).
    pairs
        How often each pair occurs, (words, words), from `seen`; at least one does.
    noise
        Probability of each word to be drawn at random, (words,).

    Examples
    --------
    >>> v, u = np.array([[1.0], [0.0]]), np.array([[0.0], [np.log(3)]])
    >>> levels(v, u, pairs=np.array([[0, 1], [0, 0]]), noise=np.array([0.5, 0.5]))
    Levels(true=0.75, random=0.625)
    """
    p = sigmoid(vectors @ contexts.T)
    total = pairs.sum()
    return Levels(float((pairs * p).sum() / total), float(pairs.sum(axis=1) @ p @ noise / total))
