"""Oracles: tiktoken's classes and cuts, and the cuts of the `regex` library, by the published patterns."""

from __future__ import annotations

import re
import unicodedata

import pytest
import regex
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from tiktoken_ext import openai_public

from pycore.tokenizers.pretokenize import (
    SPLITS,
    WHITE_SPACE,
    character_class,
    split_by_rule,
    split_pattern,
    split_words,
)
from tests.pycore.real_text import declarations, english
from tests.pycore.tokenizers.any_text import (
    ALL_CHARACTERS,
    ANY_TEXT,
    KNOWN_TO_BOTH,
    SINGLE_BYTES,
    tiktoken_characters,
)

# tiktoken defines its patterns beside its ranks, which are large and left out here.
PUBLISHED = {"gpt2": openai_public.r50k_pat_str}


@pytest.fixture(scope="module", autouse=True)
def published() -> None:
    """Take the patterns out of tiktoken's own definitions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openai_public, "load_tiktoken_bpe", lambda *_, **__: {})
        PUBLISHED["cl100k"] = openai_public.cl100k_base()["pat_str"]
        PUBLISHED["o200k"] = openai_public.o200k_base()["pat_str"]


def tiktoken_agrees(words: list[str], text: str, split: str) -> bool:
    """Whether tiktoken cuts the text so: it takes a word whole if it is a token, so let all of them be."""
    ranks = dict(SINGLE_BYTES)
    for word in words:
        ranks.setdefault(word.encode(), len(ranks))
    probe = tiktoken.Encoding("probe", pat_str=PUBLISHED[split], mergeable_ranks=ranks, special_tokens={})
    return probe.encode_ordinary(text) == [ranks[word.encode()] for word in words]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        *[(character_class(category), rf"\p{{{category}}}") for category in "L N M Lu Ll Lt Lm Lo".split()],
        (WHITE_SPACE, r"\s"),
    ],
    ids=lambda value: value if len(value) < 8 else "",
)
def test_each_class_has_the_same_characters(ours: str, theirs: str) -> None:
    found = set(re.findall(f"[{ours}]", ALL_CHARACTERS))
    assert found & KNOWN_TO_BOTH == tiktoken_characters(theirs) & KNOWN_TO_BOTH


def test_most_of_unicode_is_compared() -> None:
    assert sum(unicodedata.category(c)[0] in "LN" for c in KNOWN_TO_BOTH) > 130_000


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match=r"expected a Unicode category.*'X'"):
        character_class("X")
    with pytest.raises(ValueError, match=r"expected a Unicode category.*''"):
        character_class("")
    with pytest.raises(ValueError, match=r"expected a split of gpt2, cl100k, o200k, found 'gpt4'"):
        split_words("a", "gpt4")


@pytest.mark.parametrize("split", SPLITS)
class TestSplits:
    @pytest.mark.parametrize("texts", [english, declarations])
    def test_real_text(self, split: str, texts) -> None:
        reference = regex.compile(PUBLISHED[split])
        for text in texts()[::40]:
            words = split_words(text, split)
            assert words == reference.findall(text)
            assert tiktoken_agrees(words, text, split)

    @settings(deadline=None)
    @given(ANY_TEXT)
    def test_any_text(self, split: str, text: str) -> None:
        words = split_words(text, split)
        assert words == regex.findall(PUBLISHED[split], text)
        assert tiktoken_agrees(words, text, split)

    @pytest.mark.parametrize(
        "text",
        [
            "a\n", "a \n ", " \n\n  x", "\r\n\r\n", "x\t\n", "  \x1c  ", "\u3000\u3000a", "I'LL don't",
            "\u2019s 'ſ 'S",
            "12345678", "²³¼Ⅲ٣٤٥٦", "e\u0301a", "ABCdefGHI", "ǅungla", "/path//to/\n",
            "!!!\n\n//", "\u0301\u0301", "",
        ],
    )  # fmt: skip
    def test_edges(self, split: str, text: str) -> None:
        words = split_words(text, split)
        assert words == regex.findall(PUBLISHED[split], text)
        assert tiktoken_agrees(words, text, split)

    @settings(deadline=None)
    @given(st.text())
    def test_no_character_is_lost_and_each_word_has_a_rule(self, split: str, text: str) -> None:
        words = split_words(text, split)
        assert "".join(words) == text
        assert all(words)
        assert [word for word, _ in split_by_rule(text, split)] == words

    def test_a_rule_cuts_what_it_says(self, split: str) -> None:
        text = english()[0]
        for rule in {rule for _, rule in split_by_rule(text, split)}:
            pattern = regex.compile(SPLITS[split][rule])
            start = 0
            for word, by in split_by_rule(text, split):
                if by == rule:
                    found = pattern.match(text, start)
                    assert found
                    assert found[0] == word
                start += len(word)

    def test_long_runs_take_no_long_time(self, split: str) -> None:
        for run in ("a", "A", " ", "\n", "!", "1", "é", "中", " \n", "aA", "\u0301"):
            assert "".join(split_pattern(split).findall(run * 20_000)) == run * 20_000
