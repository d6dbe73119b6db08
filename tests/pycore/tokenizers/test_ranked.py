"""Oracle: tiktoken's own encodings, which give the same ids on every text whose characters both know."""

from __future__ import annotations

import functools
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.data.tokenizers.vocabularies import gpt2, gpt2_merges
from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.byte_alphabet import BYTES
from pycore.tokenizers.pretokenize import split_words
from pycore.tokenizers.ranked import RankedTokenizer, read_ranks
from sitegen.vendor import fetch
from tests.pycore.real_text import declarations, english
from tests.pycore.real_tokenizers import encoding
from tests.pycore.tokenizers.any_text import ANY_TEXT

FEW_LETTERS = st.text("ab ", max_size=200)
LONG_WORD = st.text("ab", min_size=60, max_size=200)
SINGLE = {bytes([byte]): byte for byte in range(256)}


@functools.cache
def ours(name: str) -> RankedTokenizer:
    if name == "gpt2":
        return gpt2()
    ranks = read_ranks(fetch("gpt-tokenizer", f"{name}.tiktoken").read_text("ascii"))
    return RankedTokenizer(ranks, SPLITS[name], encoding(name)._special_tokens)


SPLITS = {"gpt2": "gpt2", "cl100k_base": "cl100k", "o200k_base": "o200k"}
each = pytest.mark.parametrize("name", SPLITS)


def check(name: str, text: str) -> None:
    ids = ours(name).encode(text)
    assert ids == encoding(name).encode_ordinary(text)
    assert ours(name).decode(ids, errors="strict") == text


@each
class TestAgainstTiktoken:
    def test_the_whole_vocabulary(self, name: str) -> None:
        assert ours(name).vocabulary == {
            id_: encoding(name).decode_single_token_bytes(id_)
            for id_ in range(encoding(name).n_vocab)
            if id_ in ours(name).vocabulary
        }
        assert len(ours(name).vocabulary) == len(encoding(name).token_byte_values()) + len(
            encoding(name).special_tokens_set
        )

    def test_ids_of_some_real_text(self, name: str) -> None:
        for text in declarations()[::25]:
            check(name, text)

    @pytest.mark.slow
    def test_ids_of_the_declaration_in_all_languages(self, name: str) -> None:
        for text in declarations():
            check(name, text)

    @pytest.mark.slow
    def test_ids_of_5_mb_of_speeches(self, name: str) -> None:
        text = "\n".join(english()[:-1])[:5_000_000]
        assert len(text) == 5_000_000
        check(name, text)

    @settings(deadline=None)
    @given(text=ANY_TEXT | FEW_LETTERS | LONG_WORD)
    def test_ids_of_any_text(self, name: str, text: str) -> None:
        check(name, text)

    def test_a_word_can_be_long(self, name: str) -> None:
        check(name, "".join(filter(str.isalpha, "".join(declarations()[:9])))[:50_000])
        check(name, "a" * 5000 + "é" * 3000)

    def test_special_tokens_are_decoded_and_never_encoded(self, name: str) -> None:
        for special, id_ in ours(name).special_tokens.items():
            assert ours(name).decode([id_]) == special
            assert ours(name).encode(special) == encoding(name).encode_ordinary(special) != [id_]

    def test_steps_end_where_encoding_ends(self, name: str) -> None:
        texts = declarations()[7][:2000], declarations()[8][:2000]
        for word in (word for text in texts for word in split_words(text, SPLITS[name])):
            steps = ours(name).steps(word)
            ids = ours(name).byte_ids(word)
            for step in steps:
                pair = ids[step.place : step.place + 2]
                ids[step.place : step.place + 2] = [step.id]
                assert ours(name).decode_bytes(pair) == ours(name).vocabulary[step.id]
                assert step.ids == tuple(ids)
            assert ours(name).encode(word) in (ids, [ours(name).ranks.get(word.encode())])

    @pytest.mark.parametrize("text", ["", "x" * 9000 + " is a long one", "It’s 人人生而自由 🧑‍🚀\n" * 900])
    def test_bits_are_the_whole(self, name: str, text: str) -> None:
        ids, reached = [], 0
        for words, done in ours(name).encode_in_bits(text):
            assert "".join(map(ours(name).decode, words)) == text[reached:done]
            assert done - reached <= 9000
            ids += [id_ for word in words for id_ in word]
            reached = done
        assert (ids, reached) == (encoding(name).encode_ordinary(text), len(text))


def test_the_merges_of_gpt2_are_the_published_ones() -> None:
    published = BytePairTokenizer.from_gpt2(
        fetch("gpt2-vocabulary", "vocab.bpe"), fetch("gpt2-vocabulary", "encoder.json")
    )
    assert gpt2_merges() == tuple(published.merges)
    assert gpt2().vocabulary == published.vocabulary


def test_ranks_are_enough_to_find_the_merges() -> None:
    """Each of GPT-2's tokens is made by the published merge, when only ranks are known."""
    tokenizer = gpt2()
    for id_, pair in list(enumerate(gpt2_merges(), start=256))[::25]:
        word = tokenizer.vocabulary[id_]
        parts = [BYTES.index(byte) for byte in word]
        last = parts
        while len(parts) > 1:
            last = list(parts)
            rank, place = min((tokenizer.get((a, b), 1 << 40), i) for i, (a, b) in enumerate(pairwise(parts)))
            parts[place : place + 2] = [rank]
        assert (parts, tuple(last)) == ([id_], pair)


class TestBadInput:
    def test_lone_surrogate(self) -> None:
        with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
            gpt2().encode("a \ud800")

    @pytest.mark.parametrize("id_", [-1, 50_257])
    def test_unknown_id(self, id_: int) -> None:
        with pytest.raises(ValueError, match=f"expected numbers of tokens, found {id_}"):
            gpt2().decode([0, id_])

    def test_a_byte_without_a_token(self) -> None:
        with pytest.raises(ValueError, match="a token for every byte, found none for 255, such as 1"):
            RankedTokenizer({b"\0": 0}, "gpt2")

    def test_a_number_twice(self) -> None:
        with pytest.raises(ValueError, match="a number of its own for each of 257 tokens, found 256"):
            RankedTokenizer(SINGLE | {b"ab": 7}, "gpt2")
        with pytest.raises(ValueError, match="a number of its own for each of 257 tokens, found 256"):
            RankedTokenizer(SINGLE, "gpt2", {"<|end|>": 7})

    def test_a_split_that_is_not_there(self) -> None:
        with pytest.raises(ValueError, match="a split of gpt2, cl100k, o200k, found 'gpt3'"):
            RankedTokenizer(SINGLE, "gpt3")

    @pytest.mark.parametrize("line", ["IQ==", "IQ== x", "IQ= 0", " 0", "é 0", "IQ== 1\nIQ== 2", ""])
    def test_lines_that_are_none(self, line: str) -> None:
        with pytest.raises(ValueError, match=r"line \d: expected a new token in base64"):
            read_ranks(f"AA== 0\n{line}\n")
