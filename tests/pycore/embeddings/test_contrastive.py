"""InfoNCE, pooling and truncation against torch; gradients also against finite differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from pycore.embeddings.contrastive import cls_pool, info_nce, max_pool, mean_pool, truncate
from pycore.networks.autograd import Tensor
from pycore.networks.losses import cross_entropy

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}
Similarity = Literal["cosine", "dot"]


def batch(n: int, m: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, d)), generator.normal(size=(m, d))


# ---------------------------------------------------------------- InfoNCE


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
@pytest.mark.parametrize("temperature", [0.01, 0.05, 1.0, 10.0])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (8, 8), (5, 12)])
def test_loss_and_gradients_are_those_of_torch(
    n: int, m: int, temperature: float, similarity: Similarity
) -> None:
    queries, documents = batch(n, m, 6)
    result = info_nce(queries, documents, temperature, similarity)

    q, d = (torch.tensor(x, requires_grad=True) for x in (queries, documents))
    if similarity == "cosine":
        scores = torch.nn.functional.cosine_similarity(q[:, None], d[None], dim=-1)
    else:
        scores = q @ d.T
    scores.retain_grad()
    loss = torch.nn.functional.cross_entropy(scores / temperature, torch.arange(n))
    loss.backward()

    assert_allclose(result.loss, loss.item(), **TOLERANCE)
    assert_allclose(result.similarities, scores.detach().numpy(), **TOLERANCE)
    assert_allclose(result.probabilities, (scores / temperature).softmax(1).detach().numpy(), **TOLERANCE)
    assert_allclose(result.similarity_gradient, scores.grad.numpy(), **TOLERANCE)
    assert_allclose(result.query_gradient, q.grad.numpy(), **TOLERANCE)
    assert_allclose(result.document_gradient, d.grad.numpy(), **TOLERANCE)


def test_autograd_finds_the_same_gradients() -> None:
    queries, documents = batch(4, 6, 5)
    result = info_nce(queries, documents, temperature=0.3)
    q, d = Tensor(queries), Tensor(documents)
    unit_q, unit_d = (x / (x * x).sum(-1, keepdims=True) ** 0.5 for x in (q, d))
    loss = cross_entropy(unit_q @ unit_d.T / 0.3, np.arange(4))
    loss.backward()
    assert_allclose(result.loss, loss.item())
    assert_allclose(result.query_gradient, q.grad)
    assert_allclose(result.document_gradient, d.grad)


@pytest.mark.parametrize("similarity", ["cosine", "dot"])
def test_gradients_are_those_of_finite_differences(similarity: Similarity) -> None:
    pair = batch(3, 4, 2)
    result = info_nce(*pair, 0.5, similarity)
    h = 1e-5
    for which, gradient in enumerate((result.query_gradient, result.document_gradient)):
        for index in np.ndindex(gradient.shape):
            losses = []
            for step in (h, -h):
                moved = [x.copy() for x in pair]
                moved[which][index] += step
                losses.append(info_nce(*moved, 0.5, similarity).loss)
            assert_allclose(gradient[index], (losses[0] - losses[1]) / (2 * h), rtol=1e-6, atol=1e-8)


@given(st.integers(1, 6), st.integers(0, 4), st.floats(0.02, 5), st.integers(0, 2**32 - 1))
def test_algebra_of_the_loss(n: int, extra: int, temperature: float, seed: int) -> None:
    queries, documents = batch(n, n + extra, 5, seed)
    result = info_nce(queries, documents, temperature)
    assert result.loss >= 0
    assert_allclose(result.probabilities.sum(axis=1), 1)
    # A cosine knows no length, so the gradient has no part along the vector ...
    assert_allclose((result.query_gradient * queries).sum(axis=1), 0, atol=1e-9)
    assert_allclose((result.document_gradient * documents).sum(axis=1), 0, atol=1e-9)
    # ... and twice the length halves it.
    twice = info_nce(2 * queries, documents, temperature)
    assert_allclose(twice.loss, result.loss)
    assert_allclose(twice.query_gradient, result.query_gradient / 2, atol=1e-12)
    # One more document to choose from never makes the choice easier.
    if extra:
        assert info_nce(queries, documents[:-1], temperature).loss <= result.loss + 1e-12


def test_documents_that_are_all_alike_leave_only_chance() -> None:
    queries, _ = batch(4, 4, 3)
    result = info_nce(queries, np.tile([1.0, 2.0, 3.0], (7, 1)))
    assert_allclose(result.loss, np.log(7))
    assert_allclose(result.query_gradient, 0, atol=1e-12)


def test_steps_against_the_gradient_match_queries_to_documents() -> None:
    queries, documents = batch(8, 8, 4)
    losses = []
    for _ in range(300):
        result = info_nce(queries, documents, temperature=0.2)
        losses.append(result.loss)
        queries -= 0.5 * result.query_gradient
        documents -= 0.5 * result.document_gradient
    assert losses[0] > 1.5
    assert losses[-1] < 0.15
    assert (result.similarities.argmax(axis=1) == np.arange(8)).all()


@pytest.mark.parametrize("scale", [1e-200, 1e150])
def test_very_short_and_very_long_vectors(scale: float) -> None:
    queries, documents = batch(3, 3, 4)
    result, expected = info_nce(queries * scale, documents), info_nce(queries, documents)
    assert_allclose(result.loss, expected.loss)
    assert_allclose(result.query_gradient * scale, expected.query_gradient)


def test_a_very_low_temperature_does_not_overflow() -> None:
    queries, documents = batch(6, 6, 4)
    result = info_nce(queries, documents, temperature=1e-5)
    cosines = result.similarities
    assert_allclose(result.loss, (cosines.max(axis=1) - np.diag(cosines)).mean() / 1e-5)


def test_float32_stays_float32() -> None:
    queries, documents = (x.astype(np.float32) for x in batch(3, 5, 4))
    result = info_nce(queries, documents, np.float64(0.05))
    assert {x.dtype for x in result[1:]} == {np.dtype(np.float32)}
    assert truncate(queries, 2).dtype == np.float32
    assert {pool(queries).dtype for pool in (mean_pool, max_pool, cls_pool)} == {np.dtype(np.float32)}


# ---------------------------------------------------------------- pooling

HIDDEN = np.random.default_rng(5).normal(size=(3, 5, 4))
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]])


def test_mean_pooling_is_that_of_torchs_embedding_bag() -> None:
    assert_allclose(mean_pool(HIDDEN, MASK), embedding_bag("mean"), **TOLERANCE)


def test_max_pooling_is_that_of_torchs_embedding_bag() -> None:
    # Shifted below zero, where a padding of zeros would win.
    assert_allclose(max_pool(HIDDEN - 9, MASK), embedding_bag("max", -9), **TOLERANCE)


def embedding_bag(mode: str, shift: float = 0.0) -> np.ndarray:
    """Pool the real tokens of each sentence with torch, which takes them as ragged bags of rows."""
    kept = np.flatnonzero(MASK)
    offsets = np.concatenate([[0], MASK.sum(axis=1).cumsum()[:-1]])
    rows = torch.tensor(HIDDEN.reshape(-1, 4) + shift)
    return torch.nn.functional.embedding_bag(
        torch.tensor(kept), rows, torch.tensor(offsets), mode=mode
    ).numpy()


def test_cls_pooling_takes_the_first_token_and_a_copy() -> None:
    pooled = cls_pool(HIDDEN, MASK)
    assert_allclose(pooled, HIDDEN[:, 0])
    assert not np.shares_memory(pooled, HIDDEN)


@pytest.mark.parametrize("pool", [mean_pool, max_pool, cls_pool])
def test_padding_does_not_matter(pool: Callable[..., np.ndarray]) -> None:
    expected = pool(HIDDEN, MASK)
    for filling in (np.nan, np.inf, 1e300):
        hidden = np.where(MASK[..., None] == 1, HIDDEN, filling)
        assert (pool(hidden, MASK) == expected).all()
    assert (pool(HIDDEN, MASK.astype(bool)) == expected).all()
    # A sentence alone, without its padding and without a mask, is pooled as in the batch.
    assert_allclose(pool(HIDDEN[1, :3]), expected[1])
    assert_allclose(pool(HIDDEN[None], MASK[None])[0], expected)


# ---------------------------------------------------------------- truncation


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_truncation_keeps_the_first_coordinates_as_a_unit_vector(dimensions: int, seed: int) -> None:
    vectors, others = batch(3, 3, 8, seed)
    cut = truncate(vectors, dimensions)
    head = torch.tensor(vectors)[:, :dimensions]
    assert_allclose(cut, torch.nn.functional.normalize(head, dim=-1).numpy(), **TOLERANCE)
    # Cutting in two steps is cutting once, and dot products of the result are cosines.
    assert_allclose(truncate(truncate(vectors, 8), dimensions), cut)
    cosines = torch.nn.functional.cosine_similarity(head, torch.tensor(others)[:, :dimensions])
    assert_allclose((cut * truncate(others, dimensions)).sum(axis=1), cosines.numpy(), **TOLERANCE)


def test_truncation_leaves_its_argument_alone() -> None:
    vectors = HIDDEN.copy()
    truncate(vectors, 4)[:] = 0
    assert (vectors == HIDDEN).all()


# ---------------------------------------------------------------- bad input

ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: info_nce(ONES, ONES[:1]), r"1 <= n <= m, found \(2, 3\) and \(1, 3\)"),
        (lambda: info_nce(ONES, ONES[:, :2]), r"found \(2, 3\) and \(2, 2\)"),
        (lambda: info_nce(ONES[:0], ONES), r"found \(0, 3\)"),
        (lambda: info_nce(ONES[0], ONES), r"found \(3,\)"),
        (lambda: info_nce(1.0, ONES), r"found \(\)"),
        (lambda: info_nce(ONES, ONES, temperature=0), "temperature above 0, at least 1e-32, found 0"),
        (lambda: info_nce(ONES, ONES, temperature=np.nan), "found nan"),
        (lambda: info_nce(ONES, ONES, similarity="euclidean"), "'euclidean'"),  # type: ignore[arg-type]
        (lambda: info_nce(ONES, [[0, 0, 0], [1, 1, 1]]), "zero"),
        (lambda: info_nce(ONES * np.nan, ONES), "queries of finite real numbers"),
        (lambda: info_nce(ONES, ONES * np.inf), "documents of finite real numbers"),
        (lambda: info_nce([["a"]], [["b"]]), "dtype <U1"),
        (lambda: mean_pool(HIDDEN, MASK[:, :4]), r"shape \(3, 5\), found int64 of shape \(3, 4\)"),
        (lambda: mean_pool(HIDDEN, MASK * 0.5), "mask of 0 and 1"),
        (lambda: mean_pool(HIDDEN, MASK * np.nan), "mask of 0 and 1"),
        (lambda: max_pool(HIDDEN, MASK * 0), "all padding"),
        (lambda: max_pool(HIDDEN[:, :0]), r"with a token, found \(3, 0, 4\)"),
        (lambda: mean_pool([1.0, 2.0]), r"found \(2,\)"),
        (lambda: mean_pool(HIDDEN * np.nan), "hidden of finite real numbers"),
        (lambda: cls_pool(HIDDEN, MASK[:, ::-1]), "padding on the right"),
        (lambda: truncate(ONES, 0), r"shape \(2, 3\), found 0"),
        (lambda: truncate(ONES, 4), r"shape \(2, 3\), found 4"),
        (lambda: truncate(1.0, 1), r"shape \(\)"),
        (lambda: truncate([[0.0, 0.0, 1.0]], 2), "zero"),
        (lambda: truncate([np.nan, 1.0], 1), "embeddings of finite real numbers"),
    ],
)
def test_bad_input_is_told(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
