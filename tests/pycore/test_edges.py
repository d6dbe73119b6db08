"""What the algorithms make of narrow numbers, whole ones, extremes and duplicates: the reference's answer."""

from __future__ import annotations

import math

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pycore.embeddings.contrastive import info_nce
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.skipgram import SkipGram
from pycore.embeddings.vocabulary import Vocabulary
from pycore.networks.autograd import Tensor
from pycore.networks.optimisers import SGD
from pycore.transformers.attention import attention, softmax
from pycore.transformers.layers import LayerNorm, gelu
from pycore.transformers.positions import rotate
from pycore.transformers.rmsnorm import RMSNorm

NARROW = {np.dtype(np.float16): 2e-3, np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-10}


def vectors(rows: int, width: int, most: float) -> st.SearchStrategy[NDArray[np.floating]]:
    """Draw vectors of float16 to float64, or of whole numbers."""
    kinds = st.sampled_from(["f2", "f4", "f8", "i4", "u1"])

    def of(kind: str) -> st.SearchStrategy[NDArray[np.floating]]:
        bound = int(min(most, 255))
        if kind[0] == "f":
            elements = st.floats(-most, most, width=int(kind[1]) * 8, allow_subnormal=False)
        else:
            elements = st.integers(0 if kind[0] == "u" else -bound, bound)
        return hnp.arrays(np.dtype(kind), (rows, width), elements=elements)

    return kinds.flatmap(of)


def check(
    found: NDArray[np.floating], x: NDArray[np.floating], expected: torch.Tensor, doubt: float = 0.0
) -> None:
    """Hold a result to one in float64, as exactly as the dtype of `x` can say it, and to that dtype.

    `doubt` is how large, in ulps of one, the error is that rounding brings into what the result is made from.
    """
    assert found.dtype == (x.dtype if x.dtype.kind == "f" else np.promote_types(x.dtype, np.float32))
    want = expected.numpy()
    exact = NARROW[found.dtype] + doubt * np.finfo(found.dtype).eps
    np.testing.assert_allclose(found, want, atol=exact * max(1, np.abs(want).max()))


def wide(x: NDArray[np.floating]) -> torch.Tensor:
    return torch.tensor(x.astype(np.float64))


@given(vectors(4, 8, 100))
def test_attention_is_torchs_in_every_dtype(x: NDArray[np.floating]) -> None:
    output, weights = attention(x, x, x)
    expected = torch.nn.functional.scaled_dot_product_attention(wide(x), wide(x), wide(x))
    # A weight is known as exactly as its score, of which the last bit is worth more the larger it is.
    scores = wide(x) @ wide(x).T / math.sqrt(x.shape[-1])
    check(output, x, expected, float(scores.abs().max()) if x.dtype != np.float16 else 0.0)
    np.testing.assert_allclose(weights.astype(float).sum(-1), 1, atol=2e-3)


@given(vectors(3, 16, 200))
def test_norms_are_torchs_in_every_dtype(x: NDArray[np.floating]) -> None:
    eps = 1e-5
    norm = LayerNorm(np.ones(16), np.zeros(16), eps)
    check(norm(x), x, torch.nn.functional.layer_norm(wide(x), (16,), eps=eps))
    check(RMSNorm(np.ones(16), eps)(x), x, torch.nn.functional.rms_norm(wide(x), (16,), eps=eps))


@pytest.mark.parametrize("dtype", NARROW)
def test_a_constant_is_no_division_by_zero(dtype: np.dtype) -> None:
    x = np.full((1, 8), 100, dtype)
    np.testing.assert_array_equal(LayerNorm.identity(8)(x), 0)


@given(vectors(2, 8, 10), st.integers(0, 10**6))
def test_rotation_keeps_its_place_far_into_a_text(x: NDArray[np.floating], place: int) -> None:
    angle = place * 10000.0 ** -(torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    pairs = torch.view_as_complex(wide(x).reshape(2, 4, 2))
    turned = torch.view_as_real(pairs * torch.polar(torch.ones_like(angle), angle)).reshape(2, 8)
    check(rotate(x, np.array([place, place])), x, turned)


@given(hnp.arrays(np.float32, 8, elements=st.floats(-(2.0**99), 2.0**99, width=32)))
def test_gelu_far_out(x: NDArray[np.float32]) -> None:
    expected = torch.nn.functional.gelu(torch.tensor(x, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(gelu(x), expected, rtol=1e-5, atol=1e-6)


@given(hnp.arrays(np.float32, 8, elements=st.floats(-80, 80, width=32)))
def test_log_of_sigmoid(x: NDArray[np.float32]) -> None:
    ours, theirs = Tensor(x), torch.tensor(x, dtype=torch.float64, requires_grad=True)
    result, expected = ours.sigmoid().log(), torch.nn.functional.logsigmoid(theirs)
    result.sum().backward()
    expected.sum().backward()
    np.testing.assert_allclose(result.data, expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("temperature", [1e-32, 1e-20, 1e-8])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_tiny_temperature(temperature: float, dtype: type) -> None:
    rng = np.random.default_rng(0)
    queries = rng.normal(size=(3, 4)).astype(dtype)
    result = info_nce(queries, queries, temperature)
    assert result.loss == 0
    assert all(np.isfinite(array).all() for array in result[1:])
    with pytest.raises(ValueError, match="at least 1e-32, found 1e-40"):
        info_nce(queries, queries, 1e-40)


def test_narrow_vectors_have_the_loss_of_wider_ones() -> None:
    rng = np.random.default_rng(0)
    queries, documents = rng.normal(size=(2, 2048, 64)).astype(np.float16)
    cosines = torch.nn.functional.cosine_similarity(wide(queries)[:, None], wide(documents)[None], dim=-1)
    expected = torch.nn.functional.cross_entropy(cosines / 0.01, torch.arange(2048))
    assert info_nce(queries, documents, 0.01).loss == pytest.approx(float(expected), rel=1e-4)
    assert all(np.isfinite(array).all() for array in info_nce(queries, documents, 1e-8)[1:])


def test_many_narrow_scores_and_values() -> None:
    weights = softmax(np.zeros(70_000, np.float16))
    assert weights.dtype == np.float16
    assert weights.sum(dtype=np.float64) == pytest.approx(1, abs=0.01)
    ones = np.ones((1_000_000, 1), np.float16)
    output, _ = attention(ones[:1], ones, ones)
    assert output.dtype == np.float16
    assert output[0, 0] == 1


@pytest.mark.parametrize("last", [False, True])
def test_equal_vectors_cut_nothing_off(last: bool) -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([np.tile(rng.normal(size=8), (33, 1)), rng.normal(size=(50, 8))]).astype(
        np.float32
    )
    points = points[::-1] if last else points
    index = HNSW(8, metric="euclidean")
    index.add(points)
    for point in points:
        assert index.search(point, 1).distances[0] == 0  # itself, or one that equals it


def test_a_weight_that_is_given_twice_moves_once() -> None:
    weight = Tensor([3.0])
    (weight * weight).sum().backward()
    SGD([weight, weight], lr=0.1).step()
    assert weight.data.tolist() == pytest.approx([2.4])


def test_progress_comes_to_its_end_though_sentences_are_short() -> None:
    text = [["a", "b"] * 40, *[["c"]] * 200]
    vocabulary = Vocabulary.build(text)
    model = SkipGram(vocabulary, dim=4, rng=np.random.default_rng(0))
    steps = list(model.train(vocabulary.encode(text), epochs=2, batch=8, sample=1))
    assert steps[-1].done == 1
    assert math.isfinite(steps[-1].loss)
    assert [step.done for step in steps] == sorted(step.done for step in steps)
