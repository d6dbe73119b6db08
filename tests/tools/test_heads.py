"""What is stored of SmolLM2's heads is what the transformers library computes from the same weights."""

import hashlib
import json

import numpy as np
import pytest
import torch

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import START
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.transformers.test_heads import its_last_logits, its_weights
from tests.pycore.transformers.test_llama import in_transformers
from tools import make_heads, smollm


def test_the_files_are_small_documented_and_of_pinned_sources():
    readme = (heads.FOLDER / "README.md").read_text("utf-8")
    files = [heads.FOLDER / name for name in (heads.MAPS, heads.ABLATIONS, heads.LENS, heads.SENTENCES)]
    assert sum(path.stat().st_size for path in files) < 1_500_000
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme
    record = json.loads(files[-1].read_text("utf-8"))
    assert record["sha256"] == vendor.table()["smollm2"].files
    assert {name: one["text"] for name, one in record["sentences"].items()} == make_heads.TEXTS


def test_each_token_spends_its_whole_attention_on_what_came_before():
    for name in heads.texts():
        maps = heads.maps(name).astype(int)
        n = len(heads.tokens(name))
        assert maps.shape == (heads.BLOCKS, heads.HEADS, n, n)
        assert not np.triu(maps, 1).any()
        # Each cell is rounded to a whole 255th.
        assert np.abs(maps.sum(-1) - heads.STEPS).max() <= n / 2


def test_the_lens_ends_with_what_the_model_says():
    for name in heads.texts():
        last = heads.lens(name, heads.BLOCKS, len(heads.tokens(name)) - 1)
        assert 0 < sum(guess.p for guess in last) <= 1.001
        assert [guess.p for guess in last] == sorted((guess.p for guess in last), reverse=True)
    assert heads.lens("france", heads.BLOCKS, 5)[0].token == " Paris"


def test_the_head_of_it_was_chosen_on_half_of_the_sentences():
    it = heads.it()
    assert len(it.shares) == len(make_heads.IT)
    assert heads.measures()[heads.MEASURES.index("it"), it.block, it.head] == pytest.approx(
        np.mean(it.shares), abs=1e-4
    )
    with pytest.raises(ValueError, match="expected one of the texts"):
        heads.maps("nowhere")


# ---------------------------------------------------------------- against the library


@pytest.fixture(scope="module")
def library():
    try:
        file = smollm.file()
    except AuthorError as error:
        pytest.skip(f"the model cannot be had: {error}")
    return GGUFTokenizer.from_metadata(file.metadata), in_transformers(file)


def ids_of(tokenizer, name):
    return [tokenizer.special_tokens[START], *tokenizer.encode(heads.texts()[name])]


@pytest.mark.slow
@pytest.mark.parametrize("name", make_heads.TEXTS)
def test_maps_and_lens_are_transformers(library, name):
    tokenizer, reference = library
    ids = ids_of(tokenizer, name)
    looks = its_weights(reference, ids)
    np.testing.assert_allclose(heads.maps(name) / heads.STEPS, looks, atol=0.51 / heads.STEPS)
    with torch.no_grad():
        states = reference(torch.tensor([ids]), output_hidden_states=True).hidden_states
        # The last state is behind the last norm already.
        read = [reference.model.norm(state) for state in states[:-1]] + [states[-1]]
        p = torch.stack([reference.lm_head(state)[0].softmax(-1) for state in read]).numpy()
    for block in range(heads.BLOCKS + 1):
        for place in range(len(ids)):
            found = heads.lens(name, block, place)
            best = np.sort(p[block, place])[::-1][: heads.TOP]
            np.testing.assert_allclose([guess.p for guess in found], best, rtol=2e-3, atol=1e-4)
    lengths = torch.stack(states[:-1])[:, 0].norm(dim=-1).numpy()
    np.testing.assert_allclose(heads.sizes(name)[..., 0], lengths, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["quirkle", "france"])
def test_what_is_said_without_heads_is_transformers(library, name):
    tokenizer, reference = library
    ids = ids_of(tokenizer, name)
    offs = {
        "b18h6": [(18, 6)],
        "b0h0": [(0, 0)],
        "b0": [(0, h) for h in range(heads.HEADS)],
        **heads.groups(),
    }
    for off, gone in offs.items():
        logits = torch.tensor(its_last_logits(reference, ids, gone), dtype=torch.float64)
        whole = torch.tensor(its_last_logits(reference, ids, []), dtype=torch.float64).log_softmax(-1)
        log_p = logits.log_softmax(-1)
        guesses, bits = heads.without(name, off)
        order = log_p.argsort(descending=True)[: heads.TOP].tolist()
        assert guesses[0].token == tokenizer.decode([order[0]])
        np.testing.assert_allclose([guess.p for guess in guesses], log_p[order].exp(), rtol=2e-3, atol=1e-4)
        expected = float((whole.exp() * (whole - log_p)).sum() / np.log(2))
        assert bits == pytest.approx(expected, rel=2e-3, abs=1e-3)


@pytest.mark.slow
def test_measures_are_transformers(library):
    _, reference = library
    rng = np.random.default_rng(0)
    previous, first, induction = [], [], []
    period = make_heads.PERIOD
    for _ in range(make_heads.RANDOM):
        once = rng.integers(make_heads.FIRST_WORD, reference.config.vocab_size, period).tolist()
        looks = its_weights(reference, [1, *once, *once])
        n = looks.shape[-1]
        previous.append(np.mean([looks[..., i, i - 1] for i in range(2, n)], axis=0))
        first.append(np.mean([looks[..., i, 0] for i in range(1, n)], axis=0))
        induction.append(np.mean([looks[..., period + i, i + 1] for i in range(1, period)], axis=0))
    for stored, its in zip(heads.measures(), (previous, first, induction), strict=False):
        np.testing.assert_allclose(stored, np.mean(its, axis=0), atol=2e-3)
