"""What is counted, beside torch's own counter of the products that a model of the same sizes makes."""

from __future__ import annotations

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import LlamaConfig, LlamaForCausalLM

from pycore.data.transformers.speeches import speech_model
from pycore.figures.transformers.attention_cost import SIZES
from pycore.transformers.cost import Sizes, cache_bytes, with_cache, without_cache

SMALL = Sizes(vocabulary=50, width=32, hidden=48, blocks=3, heads=4, groups=2)


@pytest.mark.parametrize("tokens", [1, 7, 20])
def test_torch_counts_the_same_products(tokens):
    config = LlamaConfig(
        vocab_size=50,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    model = LlamaForCausalLM(config).eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, tokens, dtype=torch.long), logits_to_keep=1)
    # Torch counts a product and its sum as two, and multiplies keys that the mask hides as well.
    hidden = tokens * (tokens - 1) // 2 * 2 * SMALL.width * SMALL.blocks
    assert counter.get_total_flops() / 2 == without_cache(SMALL, tokens) + hidden


def test_the_sizes_that_the_figure_counts_with_are_the_models():
    model, sizes = speech_model(), SIZES["own"]
    block = model.decoder.blocks[0]
    assert (sizes.vocabulary, sizes.width) == model.table.shape
    assert (sizes.blocks, sizes.heads) == (len(model.decoder.blocks), block.attention.heads)
    assert sizes.shared == len(block.attention.key.weight)
    matrices = [block.attention.query, block.attention.key, block.attention.value, block.attention.output]
    matrices += [block.feed_forward.gate, block.feed_forward.up, block.feed_forward.down]
    assert sizes.in_blocks == sizes.blocks * sum(each.weight.size for each in matrices)
    caches = model.caches()
    model([1, 2, 3], caches)
    assert cache_bytes(sizes, 3) == sum(cache.keys.nbytes + cache.values.nbytes for cache in caches)


def test_with_the_cache_a_token_costs_a_line_and_without_a_square():
    sizes = SIZES["smollm2"]
    steps = [with_cache(sizes, n + 1) - with_cache(sizes, n) for n in (1, 10, 1000)]
    assert len(set(steps)) == 1
    second = [
        without_cache(sizes, n + 2) - 2 * without_cache(sizes, n + 1) + without_cache(sizes, n)
        for n in (1, 99)
    ]
    assert second == [2 * sizes.width * sizes.blocks] * 2
