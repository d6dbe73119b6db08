"""Training and reading out sentence embeddings: InfoNCE, pooling, and Matryoshka truncation.

`info_nce` is the contrastive loss of van den Oord, Li & Vinyals, 2018 (https://arxiv.org/abs/1807.03748),
with the temperature of retrieval models: each query has to pick its own document out of all those in the
batch. Its gradient is written out rather than left to `pycore.networks.autograd`, because the closed form
explains what training does: a query is pulled to its own document and pushed away from the others, each by
the probability that the model gives it.

Pooling (Reimers & Gurevych, 2019, https://arxiv.org/abs/1908.10084) makes one vector of the token vectors of
a sentence. Truncation keeps the first numbers of an embedding (Kusupati et al., 2022,
https://arxiv.org/abs/2205.13147).

float32 stays float32; `info_nce` takes float16 as float32. Left out: the loss in both directions at once (add
`info_nce(documents, queries)`), several right documents for a query, and training with Matryoshka's loss.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.arrays import Floats, wide
from pycore.embeddings.similarity import normalize


class InfoNCE(NamedTuple):
    """What `info_nce` computes, for n queries and m documents of length d.

    Attributes
    ----------
    loss
        Mean over the queries of -log probability of the right document, in nats; log(m) for a model that
        knows nothing.
    similarities : array (n, m)
        Cosine or dot product of each query with each document, before the temperature.
    probabilities : array (n, m)
        Softmax of similarities / temperature; each row sums to 1.
    similarity_gradient : array (n, m)
        d(loss) / d(similarities): the probabilities, less 1 for the right document, over n times the
        temperature.
    query_gradient : array (n, d)
        d(loss) / d(queries). Training moves against it.
    document_gradient : array (m, d)
        d(loss) / d(documents).
    """

    loss: float
    similarities: Floats
    probabilities: Floats
    similarity_gradient: Floats
    query_gradient: Floats
    document_gradient: Floats


def info_nce(
    queries: ArrayLike,
    documents: ArrayLike,
    temperature: float = 0.05,
    similarity: Literal["cosine", "dot"] = "cosine",
) -> InfoNCE:
    """Contrastive loss of a batch, and its gradients: cross-entropy, with document i the class of query i.

    Parameters
    ----------
    queries
        Array (n, d), n at least 1; float16 is taken as float32, whose range the gradients need.
    documents
        Array (m, d), m at least n. Document i belongs to query i; those from n on are extra negatives.
    temperature
        Similarities are divided by it, at least 1e-32. The lower it is, the more the loss looks only at the
        documents most like the query.
    similarity
        "cosine", as retrieval models are trained, or "dot".

    Raises
    ------
    ValueError
        If a shape, the temperature or the name of the similarity is not as above, if a number is not finite,
        or if a vector is all zeros, which has no cosine.

    Examples
    --------
    The first query stands between both documents and is moved more than the second, which is at its own. A
    step goes against the gradient: here to the left and up, towards document 0.

    >>> result = info_nce([[1, 1], [1, 0]], [[0, 1], [1, 0]], temperature=0.5)
    >>> result.probabilities.round(2)
    array([[0.5 , 0.5 ],
           [0.12, 0.88]])
    >>> result.query_gradient.round(2)
    array([[ 0.35, -0.35],
           [ 0.  ,  0.12]])
    """
    q, d = wide(_vectors(queries, "queries")), wide(_vectors(documents, "documents"))
    if q.ndim != 2 or d.ndim != 2 or q.shape[1] != d.shape[1] or not 1 <= len(q) <= len(d):
        raise ValueError(
            f"expected queries (n, d) and documents (m, d) with 1 <= n <= m, found {q.shape} and {d.shape}"
        )
    # The gradient grows with 1 over the temperature, and must be a number too.
    if not 1e-32 <= temperature < np.inf:
        raise ValueError(f"expected a finite temperature above 0, at least 1e-32, found {temperature}")
    if similarity not in ("cosine", "dot"):
        raise ValueError(f'expected similarity to be "cosine" or "dot", found {similarity!r}')
    raw_q, raw_d, n, m = q, d, len(q), len(d)
    if similarity == "cosine":
        q, d = normalize(q), normalize(d)

    similarities = q @ d.T
    # float(): numpy's own float64 numbers would turn float32 arrays into float64.
    scores = (similarities - similarities.max(axis=1, keepdims=True)) / float(temperature)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    loss = -float(np.trace(log_p)) / n

    s_gradient = (p - np.eye(n, m, dtype=p.dtype)) / (n * float(temperature))
    q_gradient, d_gradient = s_gradient @ d, s_gradient.T @ q
    if similarity == "cosine":
        q_gradient = _through_normalize(q_gradient, raw_q, q)
        d_gradient = _through_normalize(d_gradient, raw_d, d)
    return InfoNCE(loss, similarities, p, s_gradient, q_gradient, d_gradient)


def mean_pool(hidden: ArrayLike, mask: ArrayLike | None = None) -> Floats:
    """Average the token vectors of each sentence, leaving out padding.

    Parameters
    ----------
    hidden
        Token vectors, array (..., tokens, d). What stands in masked places does not matter, even NaN.
    mask
        Array (..., tokens): 1 or True for a token, 0 or False for padding. None if there is no padding.

    Returns
    -------
    array (..., d)

    Raises
    ------
    ValueError
        If the shapes do not fit, the mask holds anything but 0 and 1, a sentence has no token left, or a
        token that counts is not finite.

    Examples
    --------
    >>> mean_pool([[1, 2], [3, 4], [99, 99]], [1, 1, 0])
    array([2., 3.])
    """
    hidden, keep = _tokens(hidden, mask)
    return np.asarray(hidden.mean(axis=-2, where=keep[..., None]))


def max_pool(hidden: ArrayLike, mask: ArrayLike | None = None) -> Floats:
    """Take the largest value of each coordinate over the tokens of each sentence, leaving out padding.

    Parameters, result and errors are those of `mean_pool`.

    Examples
    --------
    >>> max_pool([[-1, -4], [-3, -2], [0, 0]], [1, 1, 0])
    array([-1., -2.])
    """
    hidden, keep = _tokens(hidden, mask)
    return np.asarray(hidden.max(axis=-2, where=keep[..., None], initial=-np.inf))


def cls_pool(hidden: ArrayLike, mask: ArrayLike | None = None) -> Floats:
    """Take the vector of the first token, which is [CLS] in models of BERT's family.

    Parameters, result and errors are those of `mean_pool`. ValueError is also raised if the first token of a
    sentence is masked: that batch is padded on the left, and its first token is not [CLS].

    Examples
    --------
    >>> cls_pool([[1, 2], [3, 4], [99, 99]], [1, 1, 0])
    array([1., 2.])
    """
    hidden, keep = _tokens(hidden, mask)
    if not keep[..., 0].all():
        raise ValueError("expected padding on the right, found a sentence whose first token is masked")
    return hidden[..., 0, :]


def truncate(embeddings: ArrayLike, dimensions: int) -> Floats:
    """Cut embeddings to their first `dimensions` numbers and scale them back to length 1.

    A Matryoshka model is trained so that a prefix of its embedding is an embedding too. Vectors of another
    model can be cut as well, but lose more by it. Without the scaling, dot products of cut vectors are no
    cosines.

    Parameters
    ----------
    embeddings
        Array (..., d), finite.
    dimensions
        How many numbers to keep, from 1 to d.

    Returns
    -------
    array (..., dimensions)
        Unit vectors; a new array.

    Raises
    ------
    ValueError
        If `dimensions` is out of range, a number is not finite, or a vector is all zeros after the cut.

    Examples
    --------
    >>> truncate([3.0, 4.0, 12.0], 2)
    array([0.6, 0.8])
    """
    vectors = _vectors(embeddings, "embeddings")
    if vectors.ndim == 0 or not 1 <= dimensions <= vectors.shape[-1]:
        raise ValueError(
            f"expected dimensions from 1 to the last axis of embeddings of shape {vectors.shape}, "
            f"found {dimensions}"
        )
    return normalize(vectors[..., :dimensions])


def _vectors(values: ArrayLike, name: str) -> Floats:
    """Take real, finite numbers; integers become float64."""
    array = np.asarray(values)
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError(
            f"expected {name} of finite real numbers, found NaN, infinity or dtype {array.dtype}"
        )
    return array


def _through_normalize(grad: Floats, raw: Floats, unit: Floats) -> Floats:
    """Turn the gradient with respect to raw / |raw| into the one with respect to raw.

    Its part along the vector drops out: changing the length alone changes no cosine.
    """
    length = (raw * unit).sum(axis=-1, keepdims=True)
    along = (grad * unit).sum(axis=-1, keepdims=True)
    return np.asarray((grad - along * unit) / length)


def _tokens(hidden: ArrayLike, mask: ArrayLike | None) -> tuple[Floats, NDArray[np.bool_]]:
    """Check the arguments of a pooling function; return the mask as booleans."""
    values = np.asarray(hidden)
    if values.ndim < 2 or values.shape[-2] == 0:
        raise ValueError(f"expected hidden of shape (..., tokens, d) with a token, found {values.shape}")
    given = np.ones(values.shape[:-1], bool) if mask is None else np.asarray(mask)
    if given.shape != values.shape[:-1] or not np.isin(given, (0, 1)).all():
        raise ValueError(
            f"expected a mask of 0 and 1 of shape {values.shape[:-1]}, "
            f"found {given.dtype} of shape {given.shape}"
        )
    keep = given.astype(bool)
    if not keep.any(axis=-1).all():
        raise ValueError("expected at least one token in each sentence, found one that is all padding")
    # Masked places may hold anything, so they are not looked at.
    return _vectors(np.where(keep[..., None], values, 0), "hidden"), keep
