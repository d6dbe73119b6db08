"""The tokenizers library, built from a file's own vocabulary and merges, is the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.gguf import read_gguf
from sitegen.errors import AuthorError
from sitegen.vendor import fetch
from tests.pycore.real_text import declarations, english
from tests.pycore.tokenizers.test_bpe import ANY_TEXT
from tests.pycore.transformers import stand_in


def reference(tokens: list[str], merges: list[str]) -> Tokenizer:
    vocabulary = {token: id_ for id_, token in enumerate(tokens)}
    pairs = [tuple(merge.split(" ")) for merge in merges]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [digits, pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


@pytest.fixture(scope="module")
def smollm2() -> tuple[GGUFTokenizer, Tokenizer]:
    try:
        metadata = read_gguf(fetch("smollm2").read_bytes()).metadata
    except AuthorError as error:
        pytest.skip(f"the model cannot be had: {error}")
    names = ("tokens", "merges")
    return GGUFTokenizer.from_metadata(metadata), reference(*(metadata[f"tokenizer.ggml.{n}"] for n in names))


@pytest.fixture(scope="module")
def tiny() -> tuple[GGUFTokenizer, Tokenizer]:
    tokens, types, merges = stand_in.vocabulary()
    return GGUFTokenizer(tokens, types, merges), reference(tokens, merges)


MIXED = st.text(st.sampled_from("the cats 0123²Ⅲ٣  \n.,'<|>\x04\U00040000é数")) | ANY_TEXT


@given(MIXED)
def test_a_small_vocabulary_cuts_as_the_library_does(
    tiny: tuple[GGUFTokenizer, Tokenizer], text: str
) -> None:
    own, other = tiny
    assert own.encode(text) == other.encode(text).ids


@settings(max_examples=300)
@given(MIXED)
def test_smollm2s_cuts_as_the_library_does(smollm2: tuple[GGUFTokenizer, Tokenizer], text: str) -> None:
    own, other = smollm2
    ids = own.encode(text)
    assert ids == other.encode(text).ids
    assert own.decode(ids) == other.decode(ids)


def test_real_text_in_many_languages_is_cut_alike_and_comes_back(
    smollm2: tuple[GGUFTokenizer, Tokenizer],
) -> None:
    own, other = smollm2
    for text in [*(text[:2000] for text in english()[::12]), *(text[:2000] for text in declarations()[::9])]:
        ids = own.encode(text)
        assert ids == other.encode(text).ids
        assert own.decode(ids) == text


def test_special_tokens_are_numbers_and_never_typed(smollm2: tuple[GGUFTokenizer, Tokenizer]) -> None:
    own, _ = smollm2
    assert (own.special_tokens["<|im_start|>"], own.special_tokens["<|im_end|>"]) == (1, 2)
    typed = own.encode("<|im_start|>user<|im_end|>")
    assert not set(typed) & set(own.special_tokens.values())
    assert own.decode(typed) == own.decode([1, *own.encode("user"), 2]) == "<|im_start|>user<|im_end|>"


def test_a_byte_without_a_token_is_left_out_and_its_neighbours_meet(
    tiny: tuple[GGUFTokenizer, Tokenizer],
) -> None:
    own, _ = tiny
    assert own.decode(own.encode("a\x04b")) == "ab"
    assert own.encode("..\x04..") == own.encode("....")


def test_bad_input_is_named(tiny: tuple[GGUFTokenizer, Tokenizer]) -> None:
    own, _ = tiny
    with pytest.raises(ValueError, match=rf"ids from 0 to {len(own.vocabulary) - 1}, found -1"):
        own.decode([-1])
    with pytest.raises(ValueError, match="surrogates not allowed"):
        own.encode("\ud800")
    with pytest.raises(ValueError, match="found 2, 1 of them different, and 2 types"):
        GGUFTokenizer(["a", "a"], [1, 1], [])
    with pytest.raises(ValueError, match="token 0 to be spelled in bytes, found 'a b'"):
        GGUFTokenizer(["a b"], [1], [])
    with pytest.raises(ValueError, match="merge 0: expected two tokens that make a third, found 'a c'"):
        GGUFTokenizer(["a", "b", "ab"], [1, 1, 1], ["a c"])
    with pytest.raises(ValueError, match="merge 1: expected it to make a token after 3, found 2"):
        GGUFTokenizer(["a", "b", "ab", "ba"], [1, 1, 1, 1], ["b a", "a b"])
    with pytest.raises(ValueError, match="expected a tokenizer of the kind gpt2, smollm; found llama, None"):
        GGUFTokenizer.from_metadata({"tokenizer.ggml.model": "llama"})
    kind = {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm"}
    with pytest.raises(ValueError, match="found none for token_type, merges"):
        GGUFTokenizer.from_metadata({**kind, "tokenizer.ggml.tokens": []})
