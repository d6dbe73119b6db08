import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from pycore.transformers.attention import (
    KVCache,
    MultiHead,
    attention,
    causal_mask,
    grouped_attention,
    softmax,
)
from pycore.transformers.layers import Linear

SEED = st.integers(0, 2**32 - 1)


@given(SEED, st.floats(-1e4, 1e4))
def test_softmax_sums_to_one_and_ignores_a_shift_of_all_scores(seed, shift):
    scores = np.random.default_rng(seed).normal(0, 100, size=(3, 7))
    np.testing.assert_allclose(softmax(scores), torch.softmax(torch.tensor(scores), -1).numpy(), atol=1e-12)
    np.testing.assert_allclose(softmax(scores, axis=0).sum(axis=0), 1)
    np.testing.assert_allclose(softmax(scores + shift), softmax(scores), atol=1e-9)


@pytest.mark.parametrize("masked", ["none", "causal", "random"])
@pytest.mark.parametrize("lead", [(), (3,), (2, 4)])
def test_attention_is_torchs(lead, masked):
    rng = np.random.default_rng(1)
    query, key = rng.normal(size=(*lead, 6, 8)), rng.normal(size=(*lead, 6, 8))
    value = rng.normal(size=(*lead, 6, 5))
    mask = {"none": None, "causal": causal_mask(6), "random": rng.random((*lead, 6, 6)) < 0.5}[masked]
    if masked == "random":
        mask |= np.eye(6, dtype=bool)
    expected = F.scaled_dot_product_attention(
        *map(torch.tensor, (query, key, value)), attn_mask=None if mask is None else torch.tensor(mask)
    )
    output, weights = attention(query, key, value, mask)
    np.testing.assert_allclose(output, expected.numpy(), atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    assert mask is None or not weights[~np.broadcast_to(mask, weights.shape)].any()


def test_the_causal_mask_is_torchs_and_aligns_to_the_last_key():
    query = torch.eye(4, dtype=torch.float64)
    expected = F.scaled_dot_product_attention(query, query, query, is_causal=True).numpy() > 0
    np.testing.assert_array_equal(causal_mask(4), expected)
    np.testing.assert_array_equal(causal_mask(2, 4), causal_mask(4)[2:])


@given(SEED, st.integers(1, 9), st.integers(0, 9))
def test_later_tokens_do_not_leak_through_the_causal_mask(seed, n, cut):
    rng = np.random.default_rng(seed)
    layer = MultiHead.random(rng, 8, heads=2)
    x = rng.normal(size=(n, 8))
    changed = x.copy()
    changed[cut:] += rng.normal(0, 10, size=changed[cut:].shape)
    mask = causal_mask(n)
    np.testing.assert_allclose(
        layer(changed, mask=mask)[0][:cut], layer(x, mask=mask)[0][:cut], rtol=0, atol=1e-12
    )


@given(SEED)
def test_attention_does_not_depend_on_the_order_of_the_keys(seed):
    rng = np.random.default_rng(seed)
    query, key, value = rng.normal(size=(3, 4)), rng.normal(size=(6, 4)), rng.normal(size=(6, 2))
    order = rng.permutation(6)
    np.testing.assert_allclose(
        attention(query, key[order], value[order])[0], attention(query, key, value)[0], atol=1e-12
    )


@pytest.mark.parametrize("cross", [False, True])
def test_multi_head_attention_is_torchs(cross):
    torch.manual_seed(0)
    rng = np.random.default_rng(2)
    reference = torch.nn.MultiheadAttention(16, 4, batch_first=True, dtype=torch.float64)
    torch.nn.init.normal_(reference.in_proj_bias)
    torch.nn.init.normal_(reference.out_proj.bias)
    weights = reference.in_proj_weight.detach().numpy().reshape(3, 16, 16)
    biases = reference.in_proj_bias.detach().numpy().reshape(3, 16)
    output = Linear(reference.out_proj.weight.detach().numpy(), reference.out_proj.bias.detach().numpy())
    layer = MultiHead(*map(Linear, weights, biases), output, heads=4)
    x = rng.normal(size=(3, 5, 16))
    context = rng.normal(size=(3, 7, 16)) if cross else x
    visible = np.arange(context.shape[1]) < np.array([[2], [4], [5]])
    expected, expected_weights = reference(
        *map(torch.tensor, (x, context, context)),
        key_padding_mask=torch.tensor(~visible),
        average_attn_weights=False,
    )
    found, found_weights = layer(x, context if cross else None, visible[:, None, None, :])
    np.testing.assert_allclose(found, expected.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(found_weights, expected_weights.detach().numpy(), atol=1e-12)


def test_split_and_join_undo_each_other():
    eye = Linear(np.eye(12), np.zeros(12))
    layer = MultiHead(eye, eye, eye, eye, heads=3)
    x = np.random.default_rng(0).normal(size=(2, 5, 12))
    assert layer.split(x).shape == (2, 3, 5, 4)
    np.testing.assert_array_equal(layer.split(x)[1, 2, 3], x[1, 3, 8:])
    np.testing.assert_array_equal(layer.join(layer.split(x)), x)


def test_bad_input_is_named():
    q = np.ones((2, 4))
    with pytest.raises(ValueError, match=r"found \(2, 4\), \(2, 3\) and \(2, 4\)"):
        attention(q, np.ones((2, 3)), q)
    with pytest.raises(ValueError, match=r"found \(2, 4\), \(2, 4\) and \(3, 4\)"):
        attention(q, q, np.ones((3, 4)))
    with pytest.raises(ValueError, match="boolean mask, True where a query may look, found float64"):
        attention(q, q, q, np.zeros((2, 2)))
    with pytest.raises(ValueError, match="row of the mask with none"):
        attention(q, q, q, np.array([[True, False], [False, False]]))
    with pytest.raises(ValueError, match="heads that divide 8, found 3"):
        MultiHead.random(np.random.default_rng(0), 8, heads=3)
    with pytest.raises(ValueError, match="found 2 keys, 3 queries"):
        causal_mask(3, 2)
    cache = KVCache()
    cache.extend(np.ones((2, 1, 4)), np.ones((2, 1, 4)))
    with pytest.raises(ValueError, match="dimension"):
        cache.extend(np.ones((3, 1, 4)), np.ones((3, 1, 4)))


@pytest.mark.parametrize("masked", ["none", "causal", "each head"])
@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_grouped_attention_is_torchs(groups, masked):
    rng = np.random.default_rng(3)
    query = rng.normal(size=(2, 6, 5, 8))
    key, value = rng.normal(size=(2, groups, 7, 8)), rng.normal(size=(2, groups, 7, 8))
    mask = {"none": None, "causal": causal_mask(5, 7), "each head": rng.random((2, 6, 5, 7)) < 0.5}[masked]
    if masked == "each head":
        mask[..., 0] = True
    expected = F.scaled_dot_product_attention(
        *map(torch.tensor, (query, key, value)),
        attn_mask=None if mask is None else torch.tensor(mask),
        enable_gqa=True,
    )
    output, weights = grouped_attention(query, key, value, mask)
    np.testing.assert_allclose(output, expected.numpy(), atol=1e-12)
    assert weights.shape == (2, 6, 5, 7)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)


def test_heads_that_share_keys_are_heads_with_copies_of_them():
    rng = np.random.default_rng(4)
    shared = MultiHead.random(rng, 12, heads=6, groups=2)

    def copied(linear):
        weight = linear.weight.reshape(2, 2, 12).repeat(3, axis=0)
        return Linear(weight.reshape(12, 12), linear.bias.reshape(2, 2).repeat(3, axis=0).reshape(12))

    full = MultiHead(shared.query, copied(shared.key), copied(shared.value), shared.output, 6)
    x = rng.normal(size=(3, 5, 12))
    for own, other in zip(shared(x, mask=causal_mask(5)), full(x, mask=causal_mask(5)), strict=True):
        np.testing.assert_allclose(own, other, atol=1e-12)


def test_groups_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="groups that divide 6 heads, found 4"):
        grouped_attention(np.ones((6, 2, 4)), np.ones((4, 2, 4)), np.ones((4, 2, 4)))
    with pytest.raises(ValueError, match="slices of 2, as many as divide 6 heads, found 8 and 8 outputs"):
        MultiHead.random(np.random.default_rng(0), 12, heads=6, groups=4)
