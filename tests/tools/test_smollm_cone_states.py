"""The stored states of SmolLM2 are what the transformers library computes, at the words' last tokens."""

import hashlib
import json

import numpy as np
import pytest
import torch

from pycore.data.embeddings import FOLDER, SMOLLM_BLOCKS, cone_states, smollm_cone_states
from pycore.embeddings.anisotropy import pair_cosines, share_of_squares
from pycore.figures.embeddings.cone import Crowd
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from sitegen import vendor
from sitegen.errors import AuthorError
from tests.pycore.transformers.test_llama import in_transformers
from tools import smollm
from tools.make_smollm_cone_states import up_to


@pytest.fixture(scope="module")
def file():
    try:
        return smollm.file()
    except AuthorError as error:
        pytest.skip(f"the model cannot be had: {error}")


def test_the_states_are_the_models(file):
    tokenizer, reference = GGUFTokenizer.from_metadata(file.metadata), in_transformers(file)
    stored = smollm_cone_states()
    assert (stored.words, stored.sentences) == (cone_states().words, cone_states().sentences)
    assert stored.states.shape == (80, len(SMOLLM_BLOCKS), 576)
    for i in range(0, 80, 16):
        read = up_to(tokenizer, stored.words[i], stored.sentences[i])
        assert tokenizer.decode(read).lower().endswith(stored.words[i])
        # The library reads the whole sentence: what follows must change nothing.
        ids = [tokenizer.special_tokens["<|im_start|>"], *tokenizer.encode(stored.sentences[i])]
        with torch.no_grad():
            states = reference(torch.tensor([ids]), output_hidden_states=True).hidden_states
        for layer, block in enumerate(SMOLLM_BLOCKS[:-1]):
            its = states[block][0, len(read)].numpy()
            # Rounded to 127 steps of the largest coordinate.
            np.testing.assert_allclose(stored.states[i, layer], its, atol=0.51 * np.abs(its).max() / 127)


def test_a_word_inside_another_is_not_taken_for_it(file):
    tokenizer = GGUFTokenizer.from_metadata(file.metadata)
    read = up_to(tokenizer, "he", "The others say he won, the end.")
    assert tokenizer.decode(read) == "The others say he"


def test_the_files_are_small_documented_and_of_pinned_sources():
    path = FOLDER / "smollm-cone-states.npz"
    assert path.stat().st_size < 300_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() in (FOLDER / "README.md").read_text("utf-8")
    record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert tuple(record["blocks"]) == SMOLLM_BLOCKS
    assert record["sha256"] == vendor.table()["smollm2"].files


def test_the_models_vectors_crowd():
    states = smollm_cone_states().states
    means = [pair_cosines(states[:, layer]).mean() for layer in range(len(SMOLLM_BLOCKS))]
    assert means[0] < 0.15
    assert max(means) == means[SMOLLM_BLOCKS.index(29)]
    crowd = Crowd.of("block 29")
    assert (crowd.width, round(crowd.mean, 2), round(crowd.squares, 2)) == (576, 0.75, 0.7)
    assert crowd.squares == pytest.approx(share_of_squares(states[:, SMOLLM_BLOCKS.index(29)], 3))
