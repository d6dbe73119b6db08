"""Oracles: tiktoken for GPT-2's ids, the tokenizers library for learning, Python's codec for broken UTF-8."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.byte_alphabet import BYTES, CHARACTERS
from sitegen.vendor import fetch
from tests.pycore.real_text import declarations, english
from tests.pycore.tokenizers.any_text import ANY_TEXT

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
END = "<|endoftext|>"
# Few characters give many merges, many ties, and runs in which merges overlap.
FEW_LETTERS = st.text("ab ", max_size=200)
LONG_WORD = st.text("ab", min_size=60, max_size=200)


@pytest.fixture(scope="module")
def gpt2() -> BytePairTokenizer:
    return BytePairTokenizer.from_gpt2(
        fetch("gpt2-vocabulary", "vocab.bpe"), fetch("gpt2-vocabulary", "encoder.json")
    )


@pytest.fixture(scope="module")
def reference() -> tiktoken.Encoding:
    """tiktoken's GPT-2, read from encoder.json alone, so that the id of each token comes from the file."""
    byte_of = dict(zip(CHARACTERS, BYTES, strict=True))
    encoder = json.loads(fetch("gpt2-vocabulary", "encoder.json").read_text("utf-8"))
    special = {END: encoder.pop(END)}
    ranks = {bytes(byte_of[character] for character in token): id_ for token, id_ in encoder.items()}
    return tiktoken.Encoding("gpt2", pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens=special)


def train_reference(texts: list[str], vocabulary_size: int, min_count: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        min_frequency=min_count,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def merges_of(tokenizer: Tokenizer) -> list[tuple[int, int]]:
    model = json.loads(tokenizer.to_str())["model"]
    return [(model["vocab"][left], model["vocab"][right]) for left, right in model["merges"]]


def some_english() -> list[str]:
    """Every fifth speech."""
    return english()[::5]


def some_declarations() -> list[str]:
    """The Declaration in every second language."""
    return declarations()[::2]


class TestGpt2:
    def test_the_real_text_is_5_mb_in_10_scripts(self) -> None:
        texts = some_english() + some_declarations()
        assert sum(len(text.encode()) for text in texts) >= 5_000_000
        letters = Counter("".join(some_declarations()))
        scripts: Counter[str] = Counter()
        for letter, count in letters.items():
            if letter.isalpha():
                scripts[unicodedata.name(letter, "?").split()[0]] += count
        assert sum(count >= 1000 for count in scripts.values()) >= 10

    @pytest.mark.parametrize("texts", [some_english, some_declarations])
    def test_ids_of_real_text(self, texts, gpt2: BytePairTokenizer, reference: tiktoken.Encoding) -> None:
        for text in texts():
            ids = gpt2.encode(text)
            assert ids == reference.encode_ordinary(text)
            assert gpt2.decode(ids, errors="strict") == text

    @settings(deadline=None)
    @given(ANY_TEXT | FEW_LETTERS | LONG_WORD)
    def test_ids_of_any_text(self, gpt2: BytePairTokenizer, reference: tiktoken.Encoding, text: str) -> None:
        assert gpt2.encode(text) == reference.encode_ordinary(text)

    def test_a_word_can_be_long(self, gpt2: BytePairTokenizer, reference: tiktoken.Encoding) -> None:
        word = "".join(filter(str.isalpha, english()[-1]))[:200_000]
        assert gpt2.encode(word) == reference.encode_ordinary(word)

    @settings(deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_decode_inverts_encode(self, gpt2: BytePairTokenizer, text: str) -> None:
        assert gpt2.decode(gpt2.encode(text), errors="strict") == text

    @settings(deadline=None)
    @given(st.lists(st.integers(0, 50_256)))
    def test_decode_any_ids(
        self, gpt2: BytePairTokenizer, reference: tiktoken.Encoding, ids: list[int]
    ) -> None:
        assert gpt2.decode_bytes(ids) == reference.decode_bytes(ids)
        assert gpt2.decode(ids) == reference.decode(ids, errors="replace")

    def test_special_tokens_are_decoded_and_never_encoded(
        self, gpt2: BytePairTokenizer, reference: tiktoken.Encoding
    ) -> None:
        assert gpt2.decode([50_256]) == END
        assert gpt2.encode(END) == reference.encode_ordinary(END) != [50_256]


@settings(deadline=None)
@given(st.binary())
@pytest.mark.parametrize("errors", ["replace", "ignore"])
def test_bytes_that_are_not_utf8(errors, data: bytes) -> None:
    tokenizer = BytePairTokenizer([])
    ids = [BYTES.index(byte) for byte in data]
    assert tokenizer.decode_bytes(ids) == data
    assert tokenizer.decode(ids, errors) == data.decode("utf-8", errors)


def test_strict_decoding_raises() -> None:
    tokenizer = BytePairTokenizer([])
    with pytest.raises(UnicodeDecodeError):
        tokenizer.decode(tokenizer.encode("€")[:2], errors="strict")


class TestTraining:
    def test_merges_and_ids_of_real_text(self) -> None:
        # English, and one declaration in twenty: many scripts, and many words that occur once.
        texts = english()[-40:] + declarations()[::20]
        held_out = declarations()[1::20] + english()[:5]
        theirs = train_reference(texts, 4000, 2)
        ours = BytePairTokenizer.train(texts, 4000)
        assert list(ours.merges) == merges_of(theirs)
        assert len(ours.vocabulary) == 4000
        for text in held_out:
            assert ours.encode(text) == theirs.encode(text).ids

    @settings(deadline=None)
    @given(st.lists(FEW_LETTERS, max_size=5), st.integers(1, 4))
    def test_ties_and_overlaps(self, texts: list[str], min_count: int) -> None:
        ours = BytePairTokenizer.train(texts, 400, min_count)
        assert list(ours.merges) == merges_of(train_reference(texts, 400, min_count))

    def test_a_tie_takes_the_lowest_ids(self) -> None:
        a, b, c, d = (CHARACTERS.index(letter) for letter in "abcd")
        assert learn_merges({"cd": 3, "ab": 3, "ac": 3}, count=3) == [(a, b), (a, c), (c, d)]

    def test_stops_when_no_pair_is_frequent_enough(self) -> None:
        assert learn_merges({"ab": 1, "cd": 2}, count=10) == [(CHARACTERS.index("c"), CHARACTERS.index("d"))]
        assert len(learn_merges({"ab": 1, "cd": 2}, count=10, min_count=1)) == 2
        assert BytePairTokenizer.train([], 1000).merges == {}


class TestBadInput:
    def test_lone_surrogate(self, gpt2: BytePairTokenizer) -> None:
        with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
            gpt2.encode("a \ud800")

    @pytest.mark.parametrize("id_", [-1, 50_257])
    def test_unknown_id(self, gpt2: BytePairTokenizer, id_: int) -> None:
        with pytest.raises(ValueError, match=f"expected ids of the vocabulary, found {id_}"):
            gpt2.decode([0, id_])

    def test_merge_of_a_later_token(self) -> None:
        with pytest.raises(ValueError, match=r"merge 1 .* from 0 to 256, found \(0, 257\)"):
            BytePairTokenizer([(0, 1), (0, 257)])

    def test_merge_twice(self) -> None:
        with pytest.raises(ValueError, match="expected each merge once"):
            BytePairTokenizer([(0, 1), (0, 1)])

    def test_special_token_with_a_taken_id(self) -> None:
        with pytest.raises(ValueError, match="expected an unused id for '<pad>', found 256"):
            BytePairTokenizer([(0, 1)], {"<pad>": 256})

    def test_vocabulary_too_small(self) -> None:
        with pytest.raises(ValueError, match=r"expected vocabulary_size >= 256.*found 255"):
            BytePairTokenizer.train(["a"], 255)

    def test_one_text_is_no_list_of_texts(self) -> None:
        with pytest.raises(ValueError, match="expected a list of texts, found the string 'low lower'"):
            BytePairTokenizer.train("low lower", 300)

    def test_min_count_too_small(self) -> None:
        with pytest.raises(ValueError, match="expected min_count >= 1, found 0"):
            learn_merges({"ab": 1}, 1, min_count=0)

    @pytest.mark.parametrize(
        ("line", "encoder", "message"),
        [
            ("ab c", {}, r"line 2: expected two earlier tokens, found 'ab c'"),
            ("a", {}, r"line 2: expected two earlier tokens, found 'a'"),
            ("a b", {"ab": 7}, r"encoder.json: expected id 256 for 'ab', found 7"),
            ("a b", {}, r"encoder.json: expected id 256 for 'ab', found None"),
        ],
    )
    def test_files(self, tmp_path, line: str, encoder: dict[str, int], message: str) -> None:
        (tmp_path / "vocab.bpe").write_text(f"#version: 0.2\n{line}\n", "utf-8")
        all_bytes = {character: id_ for id_, character in enumerate(CHARACTERS)}
        (tmp_path / "encoder.json").write_text(json.dumps(all_bytes | encoder), "utf-8")
        with pytest.raises(ValueError, match=message):
            BytePairTokenizer.from_gpt2(tmp_path / "vocab.bpe", tmp_path / "encoder.json")
