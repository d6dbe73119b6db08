"""Skip-gram with negative sampling: word vectors learned by predicting which words occur near which.

Each word has two vectors: one for its turns as center (`SkipGram.vectors`, the result) and one for its turns
as context (`SkipGram.contexts`). For a word and a neighbour of it, the dot product of the two is pushed up;
for the word and k random words it is pushed down. Follows Mikolov et al. 2013 (arXiv 1310.4546), with what
the released word2vec code adds: the window shrinks at random, and frequent words are thinned out before.

One thing differs. The released code draws k random words for each pair; here a batch of some hundred centers
draws one pool of random words, and each pair sees the whole pool, weighted to count as k (as in Ji et al.
2016, arXiv 1604.04661). The expected gradient is the same, and a batch becomes three matrix products.

Left out: CBOW, hierarchical softmax, phrases, and threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.arrays import Floats, Ints
from pycore.embeddings.vocabulary import Corpus, Vocabulary

MAX_STEP = 0.25
"""The furthest that one batch may move one vector, as a Euclidean length.

A batch adds up all the updates of a word, each computed from where the word stood before the batch. One after
the other, the first updates would have shortened the later ones; added up, those of a very frequent word can
overshoot, and then grow without bound. In healthy training few updates are as long as this.
"""


def keep_probability(counts: ArrayLike, sample: float) -> NDArray[np.float64]:
    """Probability of keeping one occurrence of each word when frequent words are thinned out.

    A word of relative frequency f is kept with probability min(1, sqrt(sample / f) + sample / f): the paper's
    formula plus the second term, as in the released code. `sample` = 1 keeps everything.

    Raises
    ------
    ValueError
        When `sample` is not above 0, or a count is not.

    Examples
    --------
    >>> keep_probability([900, 99, 1], sample=1e-2)
    array([0.1165..., 0.4188..., 1.        ])
    """
    if not sample > 0:
        raise ValueError(f"expected a sample above 0 (1 keeps every word), found {sample}")
    counts = _as_counts(counts)
    ratio = sample * counts.sum() / counts
    probability: NDArray[np.float64] = np.minimum(1.0, np.sqrt(ratio) + ratio)
    return probability


def noise_distribution(counts: ArrayLike, power: float = 0.75) -> NDArray[np.float64]:
    """Probability of drawing each word as a negative: its count to the power 3/4, divided by their sum.

    Raises
    ------
    ValueError
        When a count is not above 0.

    Examples
    --------
    >>> noise_distribution([16, 1])
    array([0.888..., 0.111...])
    """
    weights: NDArray[np.float64] = _as_counts(counts) ** power
    weights /= weights.sum()
    return weights


def _as_counts(counts: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(counts, np.float64)
    if array.ndim != 1 or not array.size or not np.all(array > 0):
        raise ValueError(f"expected a list of counts above 0, found {counts!r}")
    return array


def window_pairs(sentence: Ints, reach: Ints, start: int = 0) -> tuple[Ints, Ints]:
    """Positions of the (center, context) pairs of the centers `start`, `start` + 1, and so on.

    Parameters
    ----------
    sentence
        The sentence number of each token of the corpus, (n,): a window never leaves its sentence.
    reach
        How many tokens each center looks to either side, (m,).

    Returns
    -------
    tuple
        Positions of centers and of contexts, both (pairs,), ordered by center and then by context.

    Examples
    --------
    >>> center, context = window_pairs(np.array([0, 0, 0, 1]), reach=np.array([1, 1, 2, 2]))
    >>> center, context
    (array([0, 1, 1, 2, 2]), array([1, 0, 2, 0, 1]))
    """
    widest = int(reach.max(initial=0))
    offsets = np.delete(np.arange(-widest, widest + 1), widest)
    center = start + np.arange(len(reach))
    context = center[:, None] + offsets
    within = np.clip(context, 0, len(sentence) - 1)  # negative positions would count from the end
    meets = (np.abs(offsets) <= reach[:, None]) & (context == within)
    meets &= sentence[within] == sentence[center][:, None]
    return np.broadcast_to(center[:, None], meets.shape)[meets], context[meets]


def loss_and_gradients(
    centers: Floats, targets: Floats, positive: Floats, negative: Floats
) -> tuple[float, Floats, Floats]:
    """Loss of skip-gram with negative sampling, summed over pairs, and its gradients.

    With s the logistic function and x = centers @ targets.T, the loss is the sum of
    - positive * log s(x) - negative * log s(-x).

    Parameters
    ----------
    centers
        Vectors of c center words, (c, d), float32 or float64.
    targets
        Context vectors of t words, (t, d).
    positive, negative
        How often each pair counts as seen together and as drawn at random, (c, t); need not be whole.

    Returns
    -------
    tuple
        The loss in nats, the gradient for `centers` (c, d), and the one for `targets` (t, d). NaN gives NaN.

    Raises
    ------
    ValueError
        When the shapes do not fit each other.

    Examples
    --------
    >>> seen, drawn = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    >>> loss, _, target_gradients = loss_and_gradients(np.ones((1, 2)), np.zeros((2, 2)), seen, drawn)
    >>> round(loss, 4), target_gradients
    (1.3863, array([[-0.5, -0.5], [ 0.5,  0.5]]))
    """
    pairs = (len(centers), len(targets))
    if centers.shape[1:] != targets.shape[1:] or positive.shape != pairs or negative.shape != pairs:
        raise ValueError(
            f"expected shapes (c, d), (t, d), (c, t) and (c, t), "
            f"found {centers.shape}, {targets.shape}, {positive.shape} and {negative.shape}"
        )
    x = centers @ targets.T
    # `functions.sigmoid`, written out here: its exp, never above 1, serves the loss too.
    small = np.exp(-np.abs(x))
    weight = positive + negative
    softplus = np.maximum(x, 0) + np.log1p(small)
    loss = float(np.vdot(weight, softplus) - np.vdot(positive, x))
    error = weight * np.where(x > 0, 1, small) / (1 + small) - positive
    return loss, error @ targets, error.T @ centers


@dataclass(frozen=True)
class Step:
    """What one update did, for a figure to show.

    `targets` holds the context word's id and then the negatives'. `before` and `after`, (t,), are the dot
    products of the center with each target around the update; the loss and the gradients, (d,) and (t, d),
    belong to the vectors before it.
    """

    targets: Ints
    before: Floats
    after: Floats
    loss: float
    center_gradient: Floats
    target_gradients: Floats


@dataclass(frozen=True)
class Progress:
    """How far training is: the epoch, from 0, the part of the whole that is done, and the last batch.

    `rate` is the batch's learning rate, `pairs` counts its pairs, and `loss` is their mean loss in nats.
    """

    epoch: int
    done: float
    rate: float
    pairs: int
    loss: float


class SkipGram:
    """Word vectors and the ways to train them.

    Parameters
    ----------
    vocabulary
        The words; their counts say how often each is drawn as a negative.
    dim
        Length of a vector.
    negative
        Random words for each true pair (k in the paper): 5 to 20 for small corpora, 2 to 5 for large ones.
    rng
        Where all chance comes from: the same generator, data and calls give the same vectors.

    Attributes
    ----------
    vectors, contexts
        Center and context vectors, (words, dim), float32.

    Raises
    ------
    ValueError
        When `dim` or `negative` is below 1.

    Examples
    --------
    >>> text = [["salt", "sea"], ["salt", "sea"], ["green", "hill"], ["green", "hill"]] * 20
    >>> vocabulary = Vocabulary.build(text)
    >>> model = SkipGram(vocabulary, dim=8, rng=np.random.default_rng(0))
    >>> for progress in model.train(vocabulary.encode(text), epochs=50, sample=1, rate=0.1, batch=16):
    ...     pass
    >>> progress.done, progress.loss < 1.5
    (1.0, True)
    >>> salt, sea, hill = (vocabulary.index[word] for word in ["salt", "sea", "hill"])
    >>> bool(model.vectors[salt] @ model.contexts[sea] > 0 > model.vectors[salt] @ model.contexts[hill])
    True
    """

    def __init__(
        self, vocabulary: Vocabulary, dim: int = 100, negative: int = 5, *, rng: np.random.Generator
    ) -> None:
        if dim < 1 or negative < 1:
            raise ValueError(f"expected dim and negative of 1 or more, found {dim} and {negative}")
        self.vocabulary = vocabulary
        self.negative = negative
        self.rng = rng
        size = len(vocabulary.words)
        self.vectors = rng.uniform(-0.5 / dim, 0.5 / dim, (size, dim)).astype(np.float32)
        self.contexts = np.zeros((size, dim), np.float32)
        self._cumulative = np.cumsum(noise_distribution(vocabulary.counts))

    def draw(self, size: int) -> Ints:
        """Draw ids from the noise distribution, (size,)."""
        drawn = np.searchsorted(self._cumulative, self.rng.random(size), side="right")
        # Rounding can leave the last sum a hair under 1, and a draw above it.
        return np.minimum(drawn, len(self._cumulative) - 1)

    def step(
        self, center: int, context: int, negatives: ArrayLike | None = None, rate: float = 0.025
    ) -> Step:
        """Learn from one pair of word ids: one step of gradient descent, as the released code takes it.

        Parameters
        ----------
        negatives
            Ids to push away; when None, k are drawn, and those equal to `context` are left out.

        Raises
        ------
        ValueError
            When an id is not in the vocabulary, or `context` is among the negatives.

        Examples
        --------
        >>> vocabulary = Vocabulary(("sea", "salt", "hill"), np.array([3, 2, 1]))
        >>> step = SkipGram(vocabulary, dim=4, rng=np.random.default_rng(0)).step(0, 1, negatives=[2])
        >>> bool(step.after[0] > step.before[0]), bool(step.after[1] < step.before[1])
        (True, True)
        """
        if negatives is None:
            noise = self.draw(self.negative)
            noise = noise[noise != context]
        else:
            noise = np.asarray(negatives, np.intp).reshape(-1)
        if context in noise:
            raise ValueError(f"expected negatives other than the context {context}, found {noise.tolist()}")
        targets = np.array([context, *noise])
        self._check_ids(np.array([center, *targets]))
        positive = np.zeros((1, len(targets)), np.float32)
        positive[0, 0] = 1
        v, u = self.vectors[[center]], self.contexts[targets]
        loss, grad_v, grad_u = loss_and_gradients(v, u, positive, 1 - positive)
        self.vectors[center] -= rate * grad_v[0]
        # Not `contexts[targets] -= ...`: a negative that was drawn twice would then count once.
        np.subtract.at(self.contexts, targets, rate * grad_u)
        after = self.contexts[targets] @ self.vectors[center]
        return Step(targets, u @ v[0], after, loss, grad_v[0], grad_u)

    def update(self, centers: Ints, contexts: Ints, noise: Ints, rate: float) -> float:
        """Learn from many pairs at once, and return their summed loss.

        Each word of the batch gets one row or column of a matrix that counts the pairs, so that the updates
        of a word that occurs many times are added up by the matrix products. See `MAX_STEP` for their limit.

        Parameters
        ----------
        centers, contexts
            Word ids of the pairs, both (pairs,).
        noise
            Word ids drawn at random, (pool,). Each counts k / pool times for every pair, but not for pairs
            whose context it is.

        Raises
        ------
        ValueError
            When the lengths differ, nothing is given, or an id is not in the vocabulary.
        """
        if len(centers) != len(contexts) or not len(centers) or not len(noise):
            raise ValueError(
                f"expected as many centers as contexts, and some noise, "
                f"found {len(centers)}, {len(contexts)} and {len(noise)}"
            )
        self._check_ids(np.concatenate([centers, contexts, noise]))
        rows, row = np.unique(centers, return_inverse=True)
        columns, column = np.unique(np.concatenate([contexts, noise]), return_inverse=True)
        shape = (len(rows), len(columns))
        seen, drawn = column[: len(contexts)], column[len(contexts) :]
        cells = np.bincount(row * shape[1] + seen, minlength=shape[0] * shape[1])
        positive = cells.reshape(shape).astype(np.float32)
        share = (np.bincount(drawn, minlength=shape[1]) * (self.negative / len(noise))).astype(np.float32)
        negative = share * (positive.sum(axis=1, keepdims=True) - positive)
        v, u = self.vectors[rows], self.contexts[columns]
        loss, grad_v, grad_u = loss_and_gradients(v, u, positive, negative)
        self.vectors[rows] = v - _limited(rate * grad_v)
        self.contexts[columns] = u - _limited(rate * grad_u)
        return loss

    def _check_ids(self, ids: Ints) -> None:
        size = len(self.vocabulary.words)
        if ids.min() < 0 or ids.max() >= size:
            raise ValueError(f"expected word ids from 0 to {size - 1}, found {ids.min()} to {ids.max()}")

    def train(
        self,
        corpus: Corpus,
        *,
        epochs: int = 5,
        window: int = 5,
        sample: float = 1e-3,
        rate: float = 0.025,
        final_rate: float = 1e-4,
        batch: int = 256,
        pool: int = 512,
    ) -> Iterator[Progress]:
        """Train on a corpus, one batch for each step of the iterator; nothing happens until it is stepped.

        Stop stepping at any time: `vectors` holds what was learned so far, and stepping on continues.

        Parameters
        ----------
        epochs
            Passes over the corpus. In each, frequent words are thinned out and windows drawn afresh.
        window
            The widest reach to either side; each center draws its own, from 1 to `window`.
        sample
            See `keep_probability`. For a corpus of a few thousand words use 1, which keeps them all.
        rate, final_rate
            Learning rate at the start and at the end; it falls on a straight line.
        batch
            Centers in a batch. Larger is faster and coarser.
        pool
            Negatives drawn for a batch. Larger is nearer to independent draws for each pair, and slower.

        Raises
        ------
        ValueError
            When a number is out of range, or no sentence has two words: raised at once, not when stepped.
        """
        if min(epochs, window, batch, pool) < 1:
            raise ValueError(
                f"expected epochs, window, batch and pool of 1 or more, "
                f"found {epochs}, {window}, {batch} and {pool}"
            )
        if not rate >= final_rate >= 0:
            raise ValueError(f"expected rate >= final_rate >= 0, found {rate} and {final_rate}")
        if not np.any(corpus.sentence[1:] == corpus.sentence[:-1]):
            raise ValueError("expected a sentence with two known words or more, found none")
        self._check_ids(corpus.ids)
        keep = keep_probability(self.vocabulary.counts, sample)

        def batches() -> Iterator[Progress]:
            done, loss = 0.0, math.nan
            for epoch in range(epochs):
                kept = self.rng.random(len(corpus.ids)) < keep[corpus.ids]
                ids, sentence = corpus.ids[kept], corpus.sentence[kept]
                reach = self.rng.integers(1, window, len(ids), endpoint=True)
                for start in range(0, len(ids), batch):
                    center, context = window_pairs(sentence, reach[start : start + batch], start)
                    if not len(center):
                        continue
                    now = float(np.interp((epoch + start / len(ids)) / epochs, [0, 1], [rate, final_rate]))
                    loss = self.update(ids[center], ids[context], self.draw(pool), now) / len(center)
                    done = (epoch + min(1, (start + batch) / len(ids))) / epochs
                    yield Progress(epoch, done, now, len(center), loss)
            if done < 1:  # the last words that were left had no neighbours
                yield Progress(epochs - 1, 1.0, final_rate, 0, loss)

        return batches()


def _limited(steps: Floats) -> Floats:
    """Shorten the rows that are longer than `MAX_STEP` to that length."""
    lengths = np.sqrt(np.einsum("ij,ij->i", steps, steps))
    limited: Floats = steps * (MAX_STEP / np.maximum(lengths, MAX_STEP))[:, None]
    return limited
