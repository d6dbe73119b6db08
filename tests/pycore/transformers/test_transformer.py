import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.transformers.attention import KVCache, MultiHead, causal_mask
from pycore.transformers.layers import FeedForward, LayerNorm, Linear
from pycore.transformers.transformer import Decoder, DecoderBlock, EncoderBlock

SEED = st.integers(0, 2**32 - 1)


def reference_and_parts(norm_first):
    """Torch's own layer, and its parameters as pycore's parts."""
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(
        16, 4, 64, 0.0, "gelu", 1e-5, batch_first=True, norm_first=norm_first, dtype=torch.float64
    )
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, 0.1, 0.3)

    def linear(weight, bias):
        return Linear(weight.detach().numpy(), bias.detach().numpy())

    def norm(part):
        return LayerNorm(part.weight.detach().numpy(), part.bias.detach().numpy(), part.eps)

    inner = layer.self_attn
    query, key, value = map(linear, inner.in_proj_weight.chunk(3), inner.in_proj_bias.chunk(3))
    return layer, {
        "attention": MultiHead(
            query, key, value, linear(inner.out_proj.weight, inner.out_proj.bias), heads=4
        ),
        "attention_norm": norm(layer.norm1),
        "feed_forward": FeedForward(
            linear(layer.linear1.weight, layer.linear1.bias), linear(layer.linear2.weight, layer.linear2.bias)
        ),
        "output_norm": norm(layer.norm2),
    }


def test_encoder_block_is_torchs_with_the_norm_last():
    reference, parts = reference_and_parts(norm_first=False)
    x = np.random.default_rng(0).normal(size=(3, 6, 16))
    visible = np.arange(6) < np.array([[6], [3], [1]])
    expected = reference(torch.tensor(x), src_key_padding_mask=torch.tensor(~visible)).detach().numpy()
    found, _ = EncoderBlock(**parts)(x, visible[:, None, None, :])
    np.testing.assert_allclose(found[visible], expected[visible], atol=1e-6)


def test_decoder_block_without_rotation_is_torchs_with_the_norm_first_and_a_causal_mask():
    reference, parts = reference_and_parts(norm_first=True)
    x = np.random.default_rng(0).normal(size=(3, 6, 16))
    expected = reference(torch.tensor(x), src_mask=torch.tensor(~causal_mask(6))).detach().numpy()
    np.testing.assert_allclose(DecoderBlock(**parts, rotary=False)(x), expected, atol=1e-6)


@settings(deadline=None)
@given(SEED, st.lists(st.integers(1, 4), min_size=1, max_size=5), st.booleans())
def test_decoding_in_pieces_with_a_cache_equals_decoding_at_once(seed, pieces, batch):
    rng = np.random.default_rng(seed)
    decoder = Decoder.random(rng, 8, heads=2, layers=3)
    x = rng.normal(size=(2, sum(pieces), 8) if batch else (sum(pieces), 8))
    caches, ends = decoder.caches(), np.cumsum(pieces)
    parts = [decoder(x[..., end - n : end, :], caches) for n, end in zip(pieces, ends, strict=True)]
    np.testing.assert_allclose(np.concatenate(parts, axis=-2), decoder(x), atol=1e-12)
    assert [len(cache) for cache in caches] == [sum(pieces)] * 3


@settings(deadline=None)
@given(SEED, st.integers(1, 9), st.integers(0, 9))
def test_later_tokens_do_not_change_earlier_outputs(seed, n, cut):
    rng = np.random.default_rng(seed)
    decoder = Decoder.random(rng, 8, heads=2, layers=2)
    x = rng.normal(size=(n, 8))
    changed = x.copy()
    changed[cut:] = rng.normal(0, 10, size=changed[cut:].shape)
    np.testing.assert_allclose(decoder(changed)[:cut], decoder(x)[:cut], rtol=0, atol=1e-12)
    assert cut >= n or not np.allclose(decoder(changed)[cut], decoder(x)[cut])


def test_an_encoder_without_positions_sees_a_set_and_a_decoder_with_rotation_an_order():
    rng = np.random.default_rng(0)
    x, order = rng.normal(size=(5, 8)), [3, 1, 2, 0, 4]
    encoder = EncoderBlock.random(rng, 8, heads=2)
    np.testing.assert_allclose(encoder(x[order])[0], encoder(x)[0][order], atol=1e-12)
    decoder = DecoderBlock.random(rng, 8, heads=2)
    # The last token sees the same set of tokens both times; only their order differs.
    assert not np.allclose(decoder(x[order])[-1], decoder(x)[-1])


def test_a_decoder_needs_one_cache_for_each_block():
    decoder = Decoder.random(np.random.default_rng(0), 8, heads=2, layers=2)
    with pytest.raises(ValueError, match="shorter"):
        decoder(np.ones((3, 8)), [KVCache()])


def test_a_cache_keeps_what_it_was_given():
    cache, key = KVCache(), np.ones((1, 2, 3))
    cache.extend(key, key)
    key[:] = 7
    assert (cache.keys == 1).all()
    assert (cache.values == 1).all()
    with pytest.raises(ValueError, match="length of 0 or more, found -1"):
        cache.keep(-1)
    assert len(cache) == 2


def test_no_text_is_a_batch_too():
    output, weights = EncoderBlock.random(np.random.default_rng(0), 8, heads=2)(np.ones((0, 5, 8)))
    assert output.shape == (0, 5, 8)
    assert weights.shape == (0, 2, 5, 5)
