"""FIG.07A: three tokenizers as their libraries have them, and a lattice in which every path is possible."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pycore.data.tokenizers.unigram import unigram
from pycore.figures.tokenizers.three_ways import (
    LETTERS,
    LONGEST,
    TEXTS,
    WORDS,
    ThreeWays,
    lanes,
    lattice,
    offered,
)
from pycore.tokenizers.unigram import split_words
from sitegen.vendor import fetch
from tests.pycore.figures.test_figures import outs, page, value
from tests.pycore.real_tokenizers import encoding

HARD = [
    "",
    " ",
    "\0",
    "شكرا 12 שלום",
    "\u202e\u2066",
    "e" + "\u0301" * (LONGEST - 1),
    "👩‍🚀",
    "x" * LONGEST,
    "[UNK] ##a",
]


@functools.cache
def minilm() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(fetch("minilm", "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def typed(text: str) -> ThreeWays:
    figure = ThreeWays()
    figure.handle("type_text", [text])
    return figure


def ways(figure: ThreeWays) -> list[list[int]]:
    """The numbers below the tokens of the three tokenizers; what is unknown to the last one has none."""
    sections = [e for e in page(figure).walk() if e.name == "section"]
    return [[int(e.text) for e in section.walk() if e.name == "small"] for section in sections]


@pytest.mark.parametrize("text", [*TEXTS.values(), *HARD])
def test_ids_are_those_of_the_libraries(text: str) -> None:
    bpe, wordpiece, ours = ways(typed(text))
    assert bpe == encoding("gpt2").encode_ordinary(text)
    if text != "[UNK] ##a":  # the library takes the name of a special token for the token
        assert wordpiece == minilm().encode(text, add_special_tokens=False).ids
    assert ours == [id_ for id_ in unigram().encode(text) if id_]
    shown = outs(typed(text))
    assert shown["bpe-count"] == str(len(bpe))
    assert shown["unigram-count"] == str(len(unigram().encode(text)))


def test_what_comes_back() -> None:
    shown = outs(typed("Naïve  Café, 北🙂"))
    assert shown["bpe-back"] == "Naïve  Café, 北🙂"
    assert shown["wordpiece-back"] == "naive cafe , 北 [UNK]"
    assert shown["unigram-back"] == "Naïve Caf�, �"  # no piece of ours holds é


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=LONGEST))
def test_any_text_can_be_drawn_and_each_of_its_words(text: str) -> None:
    figure = typed(text)
    page(figure)
    for i in range(len(offered(text))):
        figure.handle("pick_word", [str(i)])
        page(figure)


def test_every_piece_can_be_forced_and_none_is_better_than_the_best() -> None:
    figure = ThreeWays()
    word = offered(figure.state.text)[1]
    least = value(outs(figure)["cost"])
    assert outs(figure)["verdict"] == "the best of all"
    for step in lattice(word):
        figure.handle("pick_piece", [f"{step.start} {step.end}"])
        shown = outs(figure)
        assert word[step.start : step.end] in shown["path"].split()
        assert "".join(shown["path"].split()) == word
        assert value(shown["cost"]) >= least
        assert ("less probable" in shown["verdict"]) == (value(shown["cost"]) > least)
        figure.handle("pick_piece", [f"{step.start} {step.end}"])
        assert value(outs(figure)["cost"]) == least
    assert figure.changes() == {}


@pytest.mark.parametrize("text", [*TEXTS.values(), "internationalizationists"])
def test_no_bar_of_the_lattice_covers_another(text: str) -> None:
    for word in offered(text):
        cells = [(row, at) for step, row in lanes(lattice(word)) for at in range(step.start, step.end)]
        assert len(cells) == len(set(cells))
        assert len(word) <= LETTERS


def test_what_is_not_there_is_refused() -> None:
    figure = ThreeWays()
    for event, args, message in (
        ("pick_piece", ["2 9"], "expected the edges of a piece"),
        ("pick_piece", ["x"], "must be int"),
        ("pick_word", ["3"], "expected a word from 0 to 2; found 3"),
        ("take", ["none"], "expected text"),
        ("type_text", ["\udc00"], "half of a character"),
        ("type_text", ["x" * (LONGEST + 1)], "121 characters are too many"),
    ):
        with pytest.raises(ValueError, match=message):
            figure.handle(event, args)
    assert figure.changes() == {}
    many = "a " * 60
    assert len(split_words(many)) > len(offered(many)) == WORDS
