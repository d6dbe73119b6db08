"""GloVe: word vectors whose dot products approach the logarithms of co-occurrence counts.

Words that occur within a window of each other are counted once over the whole corpus, a pair at distance d as
1/d. Then each word i gets a vector w_i and a bias b_i, and as context a second vector w~_j and bias b~_j, so
that w_i . w~_j + b_i + b~_j comes close to log x_ij, frequent pairs mattering more. Follows Pennington et al.
2014: only counts above zero take part, AdaGrad minimises, and the result is w + w~.

One thing differs: the released code updates one count at a time, here a batch of counts is one step.

Left out: counts that are too many for memory, and windows that look to one side only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.arrays import Floats, Ints
from pycore.embeddings.vocabulary import Corpus


class Counts(NamedTuple):
    """The nonzero co-occurrence counts: x[n] is that of row[n] and column[n], all three (counts,).

    Sorted by row and then by column; each pair of two words stands there in both orders.
    """

    row: Ints
    column: Ints
    x: NDArray[np.float64]


def cooccurrences(corpus: Corpus, window: int = 10) -> Counts:
    """Count which words occur near which: a pair of tokens at distance d adds 1/d, in both orders.

    So the counts are symmetric, and a word near itself counts twice, as in the released code.

    Parameters
    ----------
    corpus
        Ids and sentence numbers of the tokens; pairs never cross from one sentence into another.
    window
        The largest distance that counts.

    Raises
    ------
    ValueError
        When `window` is below 1, an id is negative, or no two tokens stand together in a sentence.

    Examples
    --------
    >>> cooccurrences(Corpus(np.array([0, 1, 2]), np.array([0, 0, 0])), window=2)
    Counts(row=array([0, 0, 1, 1, 2, 2]), column=array([1, 2, 0, 2, 0, 1]),
           x=array([1. , 0.5, 1. , 1. , 0.5, 1. ]))
    """
    ids, sentence = corpus
    if window < 1:
        raise ValueError(f"expected a window of 1 or more, found {window}")
    if ids.min(initial=0) < 0:
        raise ValueError(f"expected word ids of 0 or more, found {ids.min()}")
    size = np.int64(ids.max(initial=0) + 1)
    cells, amounts = [], []
    for distance in range(1, min(window, len(ids) - 1) + 1):
        together = sentence[distance:] == sentence[:-distance]
        left, right = ids[:-distance][together], ids[distance:][together]
        # A pair of ids as one number sorts much faster than as two; it may be large, so 64 bits everywhere.
        both_orders = np.concatenate([left * size + right, right * size + left])
        cell, times = np.unique(both_orders, return_counts=True)
        cells.append(cell)
        amounts.append(times / distance)
    if not sum(map(len, cells)):
        raise ValueError("expected a sentence with two words or more, found none")
    cell, place = np.unique(np.concatenate(cells), return_inverse=True)
    row, column = np.divmod(cell, size)
    return Counts(
        row.astype(np.intp),
        column.astype(np.intp),
        np.bincount(place, np.concatenate(amounts)).astype(np.float64),
    )


def weight(x: ArrayLike, x_max: float = 100.0, alpha: float = 0.75) -> NDArray[np.float64]:
    """How much a count matters: min(1, (x / x_max) ** alpha).

    Raises
    ------
    ValueError
        When `x_max` is not above 0, or one of the two is not finite.

    Examples
    --------
    >>> weight([1, 16, 81, 1000], x_max=16)
    array([0.125, 1.   , 1.   , 1.   ])
    """
    if not 0 < x_max < np.inf or not np.isfinite(alpha):
        raise ValueError(f"expected a finite x_max above 0 and a finite alpha, found {x_max} and {alpha}")
    weights: NDArray[np.float64] = np.minimum(1.0, (np.asarray(x, np.float64) / x_max) ** alpha)
    return weights


def loss_and_gradients(
    words: Floats, contexts: Floats, counts: Counts, x_max: float = 100.0, alpha: float = 0.75
) -> tuple[float, Floats, Floats]:
    """Loss of GloVe, the sum of f(x) (w . w~ + b + b~ - log x)**2 over the counts, and its gradients.

    Parameters
    ----------
    words
        For each row of the counts its vector and, last, its bias, (rows, d + 1), float32 or float64.
    contexts
        The same for each column, (columns, d + 1).
    counts
        All of the counts or some, in any order; none may come twice.
    x_max, alpha
        See `weight`, which is f.

    Returns
    -------
    tuple
        The loss, and the gradients in the shapes of `words` and of `contexts`. NaN gives NaN.

    Raises
    ------
    ValueError
        When a count is not above 0 (log 0 has no value) or not finite, the widths of the two arrays differ,
        or as `weight` does.
    IndexError
        When a count names a row or a column that is not there.

    Examples
    --------
    >>> counts = Counts(np.array([0]), np.array([0]), np.array([np.e]))
    >>> word, context = np.array([[0.0, 0.0]]), np.array([[3.0, 0.0]])
    >>> loss, word_gradients, _ = loss_and_gradients(word, context, counts, x_max=1)
    >>> loss, word_gradients
    (1.0, array([[-6., -2.]]))
    """
    row, column, x = counts
    if words.shape[1:] != contexts.shape[1:]:
        raise ValueError(
            f"expected words and contexts of one width, found {words.shape} and {contexts.shape}"
        )
    _check_counts(x)
    w, c = words[row], contexts[column]
    error = predict(w, c) - np.log(x)
    weighted = weight(x, x_max, alpha) * error
    w[:, -1] = c[:, -1] = 1  # a bias acts as an entry whose partner is always 1
    pull = (2 * weighted).astype(words.dtype)[:, None]
    return (
        float(weighted @ error),
        _sum_rows(pull * c, row, len(words)),
        _sum_rows(pull * w, column, len(contexts)),
    )


def _check_counts(x: NDArray[np.float64]) -> None:
    wrong = x[~((x > 0) & (x < np.inf))]
    if len(wrong):
        raise ValueError(f"expected finite counts above 0, found {wrong[0]}")


def predict(words: Floats, contexts: Floats) -> Floats:
    """What the model says of the logarithm of a count: the dot product of two vectors, and both biases.

    Parameters
    ----------
    words, contexts
        A pair in each row, vectors and, last, biases, both (n, d + 1).

    Examples
    --------
    >>> predict(np.array([[1.0, 2.0, 0.5]]), np.array([[3.0, 1.0, -1.0]]))
    array([4.5])
    """
    dots = np.einsum("nd,nd->n", words[:, :-1], contexts[:, :-1])
    return np.asarray(dots + words[:, -1] + contexts[:, -1])


def _sum_rows(values: Floats, index: Ints, size: int) -> Floats:
    """Add up the rows of `values` that have the same index; much faster than `np.add.at`."""
    order = np.argsort(index)
    present, starts = np.unique(index[order], return_index=True)
    total = np.zeros((size, values.shape[1]), values.dtype)
    total[present] = np.add.reduceat(values[order], starts)
    return total


@dataclass(frozen=True)
class Progress:
    """How far training is: the epoch, from 0, the part of the whole that is done, and the last batch.

    `loss` is the batch's mean weighted squared error.
    """

    epoch: int
    done: float
    loss: float


class GloVe:
    """Vectors and biases, and the way to train them.

    Parameters
    ----------
    size
        Number of words.
    dim
        Length of a vector.
    rng
        Where all chance comes from: the same generator, counts and calls give the same vectors.

    Attributes
    ----------
    words, contexts
        For each word its vector and, last, its bias, (size, dim + 1), float32.

    Raises
    ------
    ValueError
        When `size` or `dim` is below 1.

    Examples
    --------
    >>> counts = cooccurrences(Corpus(np.array([0, 1, 2, 1, 0, 2, 0, 1]), np.zeros(8, int)), window=2)
    >>> model = GloVe(3, dim=4, rng=np.random.default_rng(0))
    >>> losses = [progress.loss for progress in model.train(counts, epochs=200, x_max=2)]
    >>> losses[-1] < losses[0] / 100
    True
    >>> model.vectors.shape
    (3, 4)
    """

    def __init__(self, size: int, dim: int = 100, *, rng: np.random.Generator) -> None:
        if size < 1 or dim < 1:
            raise ValueError(f"expected size and dim of 1 or more, found {size} and {dim}")
        self.rng = rng
        self.words = rng.uniform(-0.5 / dim, 0.5 / dim, (size, dim + 1)).astype(np.float32)
        self.contexts = rng.uniform(-0.5 / dim, 0.5 / dim, (size, dim + 1)).astype(np.float32)

    @property
    def vectors(self) -> Floats:
        """The result, w + w~, (size, dim): two views of one word, with less noise together than alone."""
        both: Floats = self.words + self.contexts
        return both[:, :-1]

    def train(
        self,
        counts: Counts,
        *,
        epochs: int = 25,
        rate: float = 0.05,
        x_max: float = 100.0,
        alpha: float = 0.75,
        batch: int = 4096,
    ) -> Iterator[Progress]:
        """Train on counts, one batch for each step of the iterator; nothing happens until it is stepped.

        AdaGrad: each number has its own step, `rate` divided by the root of 1 + the sum of the squares of its
        gradients so far. The sums begin anew with each call.

        Parameters
        ----------
        epochs
            Passes over the counts, each in a new order.
        rate
            Learning rate.
        x_max, alpha
            See `weight`. For a corpus of a few thousand words take an `x_max` of about 10.
        batch
            Counts in a batch. Larger is faster and needs more epochs.

        Raises
        ------
        ValueError
            When a number is out of range, there are no counts, or they name words that are not there: raised
            at once, not when stepped.
        """
        if min(epochs, batch) < 1 or not 0 < rate < np.inf:
            raise ValueError(
                "expected epochs and batch of 1 or more and a finite rate above 0, "
                f"found {epochs}, {batch}, {rate}"
            )
        n = len(counts.x)
        size = len(self.words)
        ids = np.concatenate([counts.row, counts.column])
        if not n:
            raise ValueError("expected one count or more, found none")
        _check_counts(counts.x)
        weight(counts.x[:1], x_max, alpha)  # refuses what is out of range
        if ids.min() < 0 or ids.max() >= size:
            raise ValueError(f"expected word ids from 0 to {size - 1}, found {ids.min()} to {ids.max()}")

        def batches() -> Iterator[Progress]:
            word_squares = np.ones_like(self.words)
            context_squares = np.ones_like(self.contexts)
            for epoch in range(epochs):
                order = self.rng.permutation(n)
                for start in range(0, n, batch):
                    chosen = order[start : start + batch]
                    # Only the words of the batch take part; they are numbered anew, from 0.
                    rows, row = np.unique(counts.row[chosen], return_inverse=True)
                    columns, column = np.unique(counts.column[chosen], return_inverse=True)
                    part = Counts(row, column, counts.x[chosen])
                    loss, word_gradients, context_gradients = loss_and_gradients(
                        self.words[rows], self.contexts[columns], part, x_max, alpha
                    )
                    _adagrad(self.words, word_squares, rows, word_gradients, rate)
                    _adagrad(self.contexts, context_squares, columns, context_gradients, rate)
                    done = (epoch + min(1, (start + batch) / n)) / epochs
                    yield Progress(epoch, done, loss / len(chosen))

        return batches()


def _adagrad(values: Floats, squares: Floats, ids: Ints, gradients: Floats, rate: float) -> None:
    """Step the rows `ids` (each there once) of `values` down their gradients."""
    # The released code divides before it adds the new square; a batch's summed gradient may be large,
    # and with its own square in the divisor no number can move further than `rate`.
    squares[ids] += gradients**2
    values[ids] -= rate * gradients / np.sqrt(squares[ids])
