"""Real word vectors in full precision, and the Google analogy questions, for several tests."""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from pycore.embeddings.similarity import normalize, top_k
from sitegen import cache, vendor
from sitegen.errors import AuthorError
from tools.make_word_vectors import read_glove

TOKENS = 60_000


@functools.cache
def glove() -> tuple[list[str], NDArray[np.float32]]:
    """The 60,000 most frequent tokens of GloVe; it takes some ten seconds to read them, so they are kept."""
    recipe = repr((vendor.table()["glove"].files, TOKENS, inspect.getsource(read_glove), 1))
    try:
        kept = np.load(io.BytesIO(cache.derived(recipe, _read)))
    except AuthorError as error:
        pytest.skip(f"the vectors cannot be had: {error}")
    return kept["words"].tobytes().decode("utf-8").split("\n"), kept["matrix"]


def _read() -> bytes:
    words, matrix = read_glove(TOKENS)
    out = io.BytesIO()
    np.savez(out, words=np.frombuffer("\n".join(words).encode("utf-8"), np.uint8), matrix=matrix)
    return out.getvalue()


def questions(words: Sequence[str]) -> NDArray[np.intp]:
    """The questions whose four words are known, as rows [m, 4]: a is to b as c is to the answer."""
    row = {word: i for i, word in enumerate(words)}
    known = [quad for _, quad in question_lines() if row.keys() >= set(quad)]
    return np.array([[row[word] for word in quad] for quad in known])


def question_lines() -> Iterator[tuple[str, list[str]]]:
    """Section and words of each question of the file that gensim ships."""
    utils = pytest.importorskip("gensim.test.utils")
    section = ""
    with open(utils.datapath("questions-words.txt"), encoding="utf-8") as lines:  # noqa: PTH123
        for line in lines:
            if line.startswith(":"):
                section = line
            else:
                yield section, line.lower().split()


def answers(matrix: NDArray[np.float32], asked: NDArray[np.intp], exclude_inputs: bool) -> NDArray[np.intp]:
    """Answer all questions at once by 3CosAdd: rows of the best words [m]."""
    unit = normalize(matrix)
    a, b, c, _ = asked.T
    # Among four words at least one is not an input.
    found = top_k(unit, normalize(unit[b] - unit[a] + unit[c]), 4).ids
    if not exclude_inputs:
        return found[:, 0]
    is_input = np.any(found[:, :, np.newaxis] == asked[:, np.newaxis, :3], axis=2)
    return found[np.arange(len(found)), np.argmin(is_input, axis=1)]
