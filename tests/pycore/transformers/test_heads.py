"""Where heads look, the lens and the model without a head are the transformers library's own."""

import numpy as np
import pytest
import torch

from pycore.transformers.gguf import read_gguf
from pycore.transformers.heads import to_first, to_previous, to_what_followed, where_they_look, without
from pycore.transformers.llama import Llama
from tests.pycore.transformers import stand_in
from tests.pycore.transformers.test_llama import in_transformers


def with_heads_off(reference, heads):
    """Let hooks put zeros where these heads' findings enter the output map, and return the hooks."""
    size = reference.config.hidden_size // reference.config.num_attention_heads

    def hook(off):
        def zeros(_, inputs):
            x = inputs[0].clone()
            for head in off:
                x[..., head * size : (head + 1) * size] = 0
            return (x,)

        return zeros

    blocks = {block: [head for of, head in heads if of == block] for block, _ in heads}
    return [
        reference.model.layers[block].self_attn.o_proj.register_forward_pre_hook(hook(off))
        for block, off in blocks.items()
    ]


def its_weights(reference, ids):
    reference.set_attn_implementation("eager")
    with torch.no_grad():
        result = reference(torch.tensor([ids]), output_attentions=True)
    return np.stack([one[0].numpy() for one in result.attentions])


def its_last_logits(reference, ids, heads):
    hooks = with_heads_off(reference, heads)
    try:
        with torch.no_grad():
            return reference(torch.tensor([ids])).logits[0, -1].numpy()
    finally:
        for hook in hooks:
            hook.remove()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("heads") / "tiny.gguf"
    stand_in.write(path)
    file = read_gguf(path.read_bytes())
    return Llama.from_gguf(file), in_transformers(file)


def test_weights_are_transformers(tiny):
    model, reference = tiny
    ids = np.random.default_rng(0).integers(0, len(model.table), 20).tolist()
    np.testing.assert_allclose(where_they_look(model, ids), its_weights(reference, ids), atol=1e-5)


@pytest.mark.parametrize("off", [[(0, 0)], [(1, 3), (1, 0), (2, 2)]])
def test_a_head_that_is_off_is_off_in_transformers(tiny, off):
    model, reference = tiny
    ids = np.random.default_rng(1).integers(0, len(model.table), 12).tolist()
    found = without(model, off)(ids)
    np.testing.assert_allclose(found, its_last_logits(reference, ids, off), atol=1e-4)
    assert np.abs(found - model(ids)).max() > 1e-3


def test_turning_off_leaves_the_model_as_it_was(tiny):
    model, _ = tiny
    before = model([5, 6, 7])
    without(model, [(0, 0), (0, 1)])
    np.testing.assert_array_equal(model([5, 6, 7]), before)
    with pytest.raises(ValueError, match="expected a head of one of"):
        without(model, [(0, 4)])
    with pytest.raises(ValueError, match="expected a head of one of"):
        without(model, [(99, 0)])


def test_measures_count_the_places_that_they_name():
    period = 4
    n = 1 + 2 * period
    weights = np.random.default_rng(0).dirichlet(np.ones(n), size=(2, 3, n))
    places = [(i, i - 1) for i in range(2, n)]
    np.testing.assert_allclose(to_previous(weights), np.mean([weights[..., i, j] for i, j in places], axis=0))
    np.testing.assert_allclose(to_first(weights), np.mean([weights[..., i, 0] for i in range(1, n)], axis=0))
    # Tokens stand at 1 to 4 and again at 5 to 8: from 5, 6, 7 one looks at 2, 3, 4.
    found = np.mean([weights[..., period + i, i + 1] for i in range(1, period)], axis=0)
    np.testing.assert_allclose(to_what_followed(weights, period), found)
