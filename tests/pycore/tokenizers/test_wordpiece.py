"""Oracle: the tokenizers library, with the tokenizer.json that all-MiniLM-L6-v2 is published with."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pycore.tokenizers.wordpiece import MAX_WORD_LENGTH, WordPieceTokenizer, basic_tokenize
from sitegen.vendor import fetch
from tests.pycore.real_text import declarations, english

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ALL_CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def comparable(character: str) -> bool:
    """Whether both sides know the character.

    The library's table of marks, punctuation and format characters is from an old version of Unicode. So of
    these, only the ones of Unicode 3.2 are compared, which Python has a table of too. Two characters have
    changed their category since (U+166D, U+1734), and the library's list of Chinese blocks leaves out U+2B820
    to U+2B91F, which BERT's own list has.
    """
    category = unicodedata.category(character)
    if category == "Cn" or character in "\u166d\u1734" or 0x2B820 <= ord(character) < 0x2B920:
        return False
    return category[0] not in "MPC" or unicodedata.ucd_3_2_0.category(character) == category


COMPARABLE = set(filter(comparable, ALL_CHARACTERS))

ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cn"]).filter(COMPARABLE.__contains__)
    | st.sampled_from(" \t\n\0\x1c\x85\xa0\u200d\ufffdabeinrstABÉéßİΣς한か漢字$+'-.,0129")
)


@pytest.fixture(scope="module")
def tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer.from_file(fetch("minilm", "vocab.txt"))


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    reference = Tokenizer.from_file(str(fetch("minilm", "tokenizer.json")))
    reference.no_padding()
    reference.no_truncation()
    return reference


def test_vocabulary(tokenizer: WordPieceTokenizer, reference: Tokenizer) -> None:
    assert tokenizer.ids == reference.get_vocab()


@pytest.mark.parametrize("texts", [english, declarations])
def test_ids_of_real_text(texts, tokenizer: WordPieceTokenizer, reference: Tokenizer) -> None:
    texts = texts()[::4]
    for text, expected in zip(texts, reference.encode_batch(texts), strict=True):
        assert tokenizer.encode(text) == expected.ids


def test_every_character(tokenizer: WordPieceTokenizer, reference: Tokenizer) -> None:
    assert len(COMPARABLE) > 270_000
    # Cut to lines, so that a failure shows a short text.
    characters = sorted(COMPARABLE)
    lines = [
        "".join(f"a{character}b " for character in characters[start : start + 100])
        for start in range(0, len(characters), 100)
    ]
    for line, expected in zip(lines, reference.encode_batch(lines), strict=True):
        assert tokenizer.encode(line) == expected.ids, line


@settings(deadline=None)
@given(ANY_TEXT)
def test_ids_of_any_text(tokenizer: WordPieceTokenizer, reference: Tokenizer, text: str) -> None:
    assert tokenizer.encode(text) == reference.encode(text).ids


@settings(deadline=None)
@given(st.lists(st.sampled_from(["river", "Bank", "unaffordable", "zqx", "漢", "é", "!", "a" * 99])))
def test_words_glued_together(tokenizer: WordPieceTokenizer, reference: Tokenizer, parts: list[str]) -> None:
    for text in ("".join(parts), " ".join(parts)):
        assert tokenizer.encode(text) == reference.encode(text).ids


@settings(deadline=None)
@given(text=st.text("ab c.", max_size=60), max_length=st.integers(2, 20))
def test_truncation(tokenizer: WordPieceTokenizer, text: str, max_length: int) -> None:
    reference = Tokenizer.from_file(str(fetch("minilm", "tokenizer.json")))
    reference.no_padding()
    reference.enable_truncation(max_length)
    assert tokenizer.encode(text, max_length) == reference.encode(text).ids


@pytest.mark.parametrize("length", [MAX_WORD_LENGTH, MAX_WORD_LENGTH + 1])
def test_a_too_long_word_is_unknown(tokenizer: WordPieceTokenizer, reference: Tokenizer, length: int) -> None:
    word = "a" * length
    assert tokenizer.tokenize(word) == reference.encode(word, add_special_tokens=False).tokens
    assert (tokenizer.tokenize(word) == ["[UNK]"]) == (length > MAX_WORD_LENGTH)


def test_special_tokens_in_the_text_are_text(tokenizer: WordPieceTokenizer) -> None:
    assert tokenizer.tokenize("a [SEP]") == ["a", "[", "sep", "]"]


def test_any_string_is_accepted(tokenizer: WordPieceTokenizer) -> None:
    # A lone surrogate is dropped, as an invisible character is.
    assert tokenizer.encode("a\ud800b") == tokenizer.encode("ab")
    assert (
        tokenizer.encode("")
        == tokenizer.encode(" \u200b")
        == [tokenizer.ids["[CLS]"], tokenizer.ids["[SEP]"]]
    )


@settings(deadline=None)
@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    words = basic_tokenize(text)
    assert basic_tokenize(" ".join(words)) == words


def test_tokens_make_up_the_words(tokenizer: WordPieceTokenizer) -> None:
    for text in english()[-3:]:
        words, tokens = basic_tokenize(text), tokenizer.tokenize(text)
        assert "[UNK]" not in tokens
        assert re.sub(" ##", "", " ".join(tokens)) == " ".join(words)


class TestBadInput:
    def test_token_twice(self) -> None:
        with pytest.raises(ValueError, match="expected each token once, found 'a' again"):
            WordPieceTokenizer([*SPECIAL, "a", "b", "a"])

    def test_special_token_missing(self) -> None:
        with pytest.raises(ValueError, match=r"expected a vocabulary with .*found none of \['\[SEP\]'\]"):
            WordPieceTokenizer(["[UNK]", "[CLS]", "a"])

    def test_max_length_too_small(self, tokenizer: WordPieceTokenizer) -> None:
        with pytest.raises(ValueError, match=r"expected max_length >= 2.*found 1"):
            tokenizer.encode("a", max_length=1)

    def test_file_is_not_utf8(self, tmp_path) -> None:
        (tmp_path / "vocab.txt").write_bytes(b"[UNK]\n\xff\n")
        with pytest.raises(UnicodeDecodeError):
            WordPieceTokenizer.from_file(tmp_path / "vocab.txt")
