"""Word vectors: look-up, spelling, the int8 file and what it loses."""

from __future__ import annotations

import difflib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import normalize
from pycore.embeddings.vectors import UnknownWordError, WordVectors, dequantize, quantize
from tests.pycore.real_vectors import answers, glove, questions


@pytest.fixture
def pets():
    words = ["cat", "cats", "catch", "dog", "naïve", "日本"]
    return WordVectors(words, np.random.default_rng(1).normal(size=(6, 4)))


@pytest.fixture(scope="module")
def original():
    """The shipped words' vectors as they were before they were rounded."""
    words, matrix = glove()
    row = {word: i for i, word in enumerate(words)}
    return matrix[[row[word] for word in word_vectors().words]]


def saved(vectors):
    file = io.BytesIO()
    vectors.save(file)
    return file.getvalue()


def file_of(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    return file


def text(words):
    return np.frombuffer(words, dtype=np.uint8)


# ---------------------------------------------------------------- rounding to int8


def test_int8_keeps_every_direction(original):
    shipped = word_vectors().matrix.astype(np.float64)
    cosines = np.sum(normalize(shipped) * normalize(original.astype(np.float64)), axis=1)
    assert cosines.min() >= 0.9999


def test_int8_keeps_the_analogy_score(original):
    asked = questions(word_vectors().words)
    before, after = (
        100 * np.mean(answers(matrix, asked, exclude_inputs=True) == asked[:, 3])
        for matrix in (original, word_vectors().matrix)
    )
    assert len(asked) > 7000
    assert before > 70
    assert after == pytest.approx(before, abs=0.5)


def test_the_original_rows_round_to_the_shipped_ones(original):
    assert_array_equal(dequantize(*quantize(original)), word_vectors().matrix)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=st.floats(-1, 1, width=32)),
    st.floats(0.008, 8e6),
)
def test_the_error_is_at_most_half_a_step(matrix, size):
    matrix[:, 0] = 1  # so that the largest entry of each row is `size`
    matrix *= np.float32(size)
    rows, scale = quantize(matrix)
    assert (rows.dtype, scale.dtype) == (np.int8, np.float16)
    assert np.all(np.abs(rows) <= 127)
    assert_allclose(scale, size / 127, rtol=2**-11)
    error = np.abs(dequantize(rows, scale).astype(np.float64) - matrix)
    # The scale itself is rounded to eleven bits, which moves the largest entries by up to 127 / 2^11 steps.
    assert np.all(error <= 0.5001 * scale.astype(np.float64)[:, np.newaxis])


def test_a_row_of_zeros_stays_zero():
    rows, scale = quantize([[0, 0], [1, -1]])
    assert rows.tolist() == [[0, 0], [127, -127]]
    assert dequantize(rows, scale)[0].tolist() == [0, 0]


@pytest.mark.parametrize("row", [[9e6, 1], [1e-3, 0], [1e-9, 1e-9], [np.nan, 1], [np.inf, 1]])
def test_quantize_refuses_what_float16_cannot_scale(row):
    with pytest.raises(ValueError, match="fits a float16"):
        quantize([[1, 1], row])


@pytest.mark.parametrize(
    ("rows", "scale"), [((2, 3), (1,)), ((2, 3), (3,)), ((2, 3), ()), ((2, 3), (2, 1)), ((3,), (3,))]
)
def test_dequantize_refuses_other_lengths(rows, scale):
    with pytest.raises(ValueError, match=r"expected rows \[n, d\] and scale \[n\]; found shapes"):
        dequantize(np.ones(rows, np.int8), np.ones(scale, np.float16))


# ---------------------------------------------------------------- the file


def test_save_and_load(pets):
    again = WordVectors.load(io.BytesIO(saved(pets)))
    assert again.words == pets.words
    assert again.matrix.dtype == np.float32
    assert_allclose(again.matrix, pets.matrix, atol=np.max(np.abs(pets.matrix)) / 250)
    assert_array_equal(again.matrix, dequantize(*quantize(pets.matrix)))


def test_the_same_vectors_make_the_same_bytes(pets, tmp_path):
    pets.save(tmp_path / "pets.npz")
    assert (tmp_path / "pets.npz").read_bytes() == saved(pets)
    assert saved(WordVectors.load(tmp_path / "pets.npz")) == saved(pets)


def test_a_path_needs_no_suffix(pets, tmp_path):
    pets.save(tmp_path / "pets")
    assert WordVectors.load(tmp_path / "pets").words == pets.words


def test_vectors_do_not_change_with_the_array_that_was_given():
    given = np.eye(2, dtype=np.float32)
    vectors = WordVectors(["a", "b"], given)
    given[:] = 7
    assert_array_equal(vectors.matrix, np.eye(2))


def test_save_refuses_a_word_with_a_line_break():
    with pytest.raises(ValueError, match=r"without line breaks; found 'a\\nb'"):
        saved(WordVectors(["a\nb"], [[1, 2]]))


ROWS, SCALE = np.ones((2, 3), np.int8), np.ones(2, np.float16)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"words": text(b"a\nb"), "rows": ROWS}, "arrays words, rows and scale; found words, rows"),
        ({"matrix": ROWS}, "arrays words, rows and scale; found matrix"),
        ({"words": text(b"a\n\xff"), "rows": ROWS, "scale": SCALE}, "utf-8"),
        ({"words": text(b"a"), "rows": ROWS, "scale": SCALE}, r"one row for each of 1 words.*\(2, 3\)"),
        ({"words": text(b"a\nb\nc"), "rows": ROWS, "scale": SCALE}, "one row for each of 3 words"),
        ({"words": text(b"a\na"), "rows": ROWS, "scale": SCALE}, "found one twice"),
        ({"words": text(b"a\nb"), "rows": ROWS, "scale": SCALE[:1]}, r"scale \[n\]; found shapes"),
        ({"words": text(b"a\nb"), "rows": ROWS, "scale": SCALE * np.nan}, "finite"),
    ],
)
def test_load_refuses(arrays, words):
    with pytest.raises(ValueError, match=words):
        WordVectors.load(file_of(**arrays))


# ---------------------------------------------------------------- words and ids


def test_ids_are_places(pets):
    assert len(pets) == 6
    assert pets.dim == 4
    assert [pets.id(word) for word in pets.words] == list(range(6))
    assert_array_equal(pets["dog"], pets.matrix[3])
    assert "日本" in pets
    assert "Cat" not in pets
    assert 3 not in pets
    assert_allclose(np.linalg.norm(pets.unit, axis=1), 1, rtol=1e-6)
    assert pets.unit.dtype == np.float32


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        ([], np.ones((0, 3)), "empty vocabulary"),
        (["a", "b", "a"], np.ones((3, 3)), "different words; found one twice"),
        (["a", "b"], np.ones((3, 3)), r"one row for each of 2 words; found shape \(3, 3\)"),
        (["a", "b"], np.ones(2), r"found shape \(2,\)"),
        (["a", "b"], [[1, 2], [3, np.nan]], "finite"),
        (["a", "b"], [[1, 2], [3, -np.inf]], "finite"),
    ],
)
def test_word_vectors_refuse(words, matrix, message):
    with pytest.raises(ValueError, match=message):
        WordVectors(words, matrix)


def test_a_zero_vector_is_kept_but_has_no_direction():
    vectors = WordVectors(["a", "b"], [[0, 0], [1, 0]])
    assert vectors["a"].tolist() == [0, 0]
    with pytest.raises(ValueError, match="no direction"):
        vectors.unit  # noqa: B018


@pytest.mark.parametrize("look_up", [WordVectors.id, WordVectors.__getitem__])
def test_an_unknown_word_comes_with_near_spellings(pets, look_up):
    with pytest.raises(
        UnknownWordError, match='"catz" is not in the vocabulary; near spellings: cat'
    ) as caught:
        look_up(pets, "catz")
    assert caught.value.word == "catz"
    assert set(caught.value.suggestions) == {"cat", "cats"}
    with pytest.raises(UnknownWordError, match=r'^"xyzzy" is not in the vocabulary$') as caught:
        look_up(pets, "xyzzy")
    assert caught.value.suggestions == ()
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("typed", ["kittin", "Londen", "qeen", "banck", "mathmatics"])
def test_suggestions_are_the_nearest_spellings(typed):
    vectors = word_vectors()
    likeness = {
        word: difflib.SequenceMatcher(None, word, typed.lower()).ratio()
        for word in vectors.words
        if abs(len(word) - len(typed)) < 6  # with more, no likeness can reach 0.7
    }
    found = vectors.suggest(typed)
    assert 0 < len(found) <= 3
    ratios = [likeness[word] for word in found]
    assert ratios == sorted(ratios, reverse=True)
    others = [ratio for word, ratio in likeness.items() if word not in found and ratio >= 0.7]
    assert max(others, default=0) <= ratios[-1]
    assert len(found) == 3 or not others
    assert len(vectors.suggest(typed, n=1)) == 1


def test_completions_come_in_order_of_id(pets):
    assert pets.complete("cat") == ["cat", "cats", "catch"]
    assert pets.complete("cat", n=2) == ["cat", "cats"]
    assert pets.complete("cat", n=0) == []
    assert pets.complete("") == pets.words
    assert pets.complete("CAT") == pets.complete("catz") == []
    frequent = word_vectors().complete("th")
    assert frequent == [word for word in word_vectors().words if word[:2] == "th"][:8]


def test_one_hot_picks_a_row(pets):
    assert pets.one_hot(2).tolist() == [0, 0, 1, 0, 0, 0]
    assert pets.one_hot(2).dtype == np.float32
    for i in range(6):
        assert_array_equal(pets.one_hot(i) @ pets.matrix, pets.matrix[i])


@pytest.mark.parametrize("i", [-1, 6])
def test_one_hot_refuses_what_is_no_id(pets, i):
    with pytest.raises(ValueError, match=f"id from 0 to 5; found {i}"):
        pets.one_hot(i)
