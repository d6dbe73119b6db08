"""Oracle: the tokenizers library's Unigram, given the same pieces."""

from __future__ import annotations

import hashlib
import itertools
import math
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from pycore.data import FOLDER
from pycore.data.tokenizers.unigram import FILE, unigram
from pycore.tokenizers.unigram import (
    UNKNOWN,
    UnigramTokenizer,
    best_path,
    best_path_through,
    count_paths,
    normalize,
    split_words,
)
from tests.pycore.real_text import declarations, english

NO_TEXT = "\U0010ffff"  # stands for the unknown piece in the library's list, and occurs in no text here

# Python and the library each have Unicode's tables of their own year: what one alone knows is left out.
ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cn", "Co"])
    | st.sampled_from(" \t\n\0\x1c\x85\xa0▁abeinrst\u0301ﬁ½")
).filter(lambda text: normalizers.NFKC().normalize_str(text) == unicodedata.normalize("NFKC", text))


def reference(scores: dict[str, float]) -> Tokenizer:
    vocabulary = [(NO_TEXT, 0.0), *scores.items()]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    return reference(unigram().scores)


def same(ours: UnigramTokenizer, theirs: Tokenizer, text: str) -> bool:
    found = theirs.encode(text)
    return (ours.encode(text), ours.tokenize(text)) == (found.ids, found.tokens)


def test_pieces_of_many_languages(library: Tokenizer) -> None:
    for text in declarations()[::20]:
        assert same(unigram(), library, text)


@pytest.mark.slow
def test_pieces_of_a_novel(library: Tokenizer) -> None:
    assert same(unigram(), library, english()[-1])


@settings(deadline=None)
@given(text=ANY_TEXT)
def test_pieces_of_any_text(text: str, library: Tokenizer) -> None:
    assert same(unigram(), library, text)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("ab▁", min_size=1, max_size=4), st.sampled_from([-1.0, -2.0, -2.5, -4.0]), min_size=1
    ),
    st.text("abc ", max_size=12),
)
def test_pieces_with_any_vocabulary(scores: dict[str, float], text: str) -> None:
    """Few scores, so many paths are equally good: ties are broken as the library breaks them."""
    assert same(UnigramTokenizer(scores), reference(scores), text)


@settings(deadline=None)
@given(
    st.dictionaries(st.text("ab", min_size=1, max_size=4), st.floats(-9, -1), min_size=1),
    st.text("abc", min_size=1, max_size=7),
)
def test_no_other_path_is_better(scores: dict[str, float], word: str) -> None:
    """Every way to cut the word, tried out."""
    steps = UnigramTokenizer(scores).lattice(word)
    by_place = {(step.start, step.end): step for step in steps}
    paths = []
    for count in range(len(word)):
        for cuts in itertools.combinations(range(1, len(word)), count):
            places = list(itertools.pairwise([0, *cuts, len(word)]))
            if all(place in by_place for place in places):
                paths.append([by_place[place] for place in places])
    assert count_paths(steps, len(word)) == len(paths)

    def total(path) -> float:
        return math.fsum(step.score for step in path)

    assert total(best_path(steps, len(word))) == pytest.approx(max(map(total, paths)))
    for step in steps:
        through = best_path_through(steps, len(word), step)
        assert step in through
        best = max((total(path) for path in paths if step in path), default=None)
        assert total(through) == pytest.approx(best)


@settings(deadline=None)
@given(ANY_TEXT)
def test_decoding_gives_back_what_was_normalized(text: str) -> None:
    ids = unigram().encode(text)
    if UNKNOWN not in ids and "▁" not in text:
        assert unigram().decode(ids) == normalize(text)


def test_a_long_word_and_no_word() -> None:
    assert unigram().tokenize("") == unigram().tokenize(" \n\t") == []
    assert sum(map(len, unigram().tokenize("a" * 20_000))) == 20_001
    assert unigram().tokenize("\ud800") == ["▁", "\ud800"]
    assert [len(word) for word in split_words("b" + "\u0301" * 10_000)] == [10_002]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="found none"):
        UnigramTokenizer({})
    with pytest.raises(ValueError, match="found ''"):
        UnigramTokenizer({"": -1.0})
    for score in (float("-inf"), float("inf"), float("nan")):
        with pytest.raises(ValueError, match=f"expected a finite score for 'b', found {score}"):
            UnigramTokenizer({"a": -1.0, "b": score})
    with pytest.raises(ValueError, match="expected ids of the vocabulary, found 8001"):
        unigram().decode([1, 8001])
    with pytest.raises(ValueError, match="expected a path to 2, found none to 2"):
        best_path(unigram().lattice("ab")[-1:], 2)


def test_the_readme_names_the_hash_of_the_pieces() -> None:
    readme = (FOLDER / "tokenizers" / "README.md").read_text("utf-8")
    assert hashlib.sha256((FOLDER / FILE).read_bytes()).hexdigest() in readme
