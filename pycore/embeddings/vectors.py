"""A vocabulary and its embedding matrix E: row i of E is the vector of token i.

Rows are stored as int8 with one float16 scale a row, a quarter of float32's size: x ≈ scale · row, with
the scale chosen so that the largest entry becomes ±127. No zero point, no codebooks.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.embeddings.similarity import normalize


class UnknownWordError(ValueError):
    """A word that the vocabulary does not hold; `suggestions` are near spellings that it does."""

    def __init__(self, word: str, suggestions: Sequence[str]) -> None:
        near = f"; near spellings: {', '.join(suggestions)}" if suggestions else ""
        super().__init__(f'"{word}" is not in the vocabulary{near}')
        self.word = word
        self.suggestions = tuple(suggestions)


class WordVectors:
    """Words in order of id, and their vectors.

    Parameters
    ----------
    words
        V different words; a word's place is its id.
    matrix
        E, [V, d]; copied, as float32.

    Raises
    ------
    ValueError
        When there are no words, a word comes twice, the shapes do not fit, or a value is not finite.

    Examples
    --------
    >>> vectors = WordVectors(["cat", "dog"], [[1.0, 2.0], [2.0, 1.0]])
    >>> vectors.id("dog"), vectors["dog"]
    (1, array([2., 1.], dtype=float32))
    """

    def __init__(self, words: Sequence[str], matrix: ArrayLike) -> None:
        self.words = list(words)
        self.matrix: NDArray[np.float32] = np.array(matrix, dtype=np.float32)
        self.matrix.setflags(write=False)  # all who look up a word share it
        self._ids = {word: i for i, word in enumerate(self.words)}
        if not self.words:
            raise ValueError("expected at least one word; found an empty vocabulary")
        if len(self._ids) != len(self.words):
            raise ValueError("expected different words; found one twice")
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words):
            raise ValueError(
                f"expected one row for each of {len(self)} words; found shape {self.matrix.shape}"
            )
        if not np.all(np.isfinite(self.matrix)):
            raise ValueError("expected finite numbers; found NaN or infinity")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __getitem__(self, word: str) -> NDArray[np.float32]:
        """Look up the vector of a word, float32 [d]; raises `UnknownWordError` as `id` does."""
        row: NDArray[np.float32] = self.matrix[self.id(word)]
        return row

    @property
    def dim(self) -> int:
        """Length d of a vector."""
        return int(self.matrix.shape[1])

    @cached_property
    def unit(self) -> NDArray[np.float32]:
        """E with every row scaled to length one, float32 [V, d], so that a dot product is a cosine."""
        unit = normalize(self.matrix).astype(np.float32)
        unit.setflags(write=False)
        return unit

    def id(self, word: str) -> int:
        """Id of a word.

        Raises
        ------
        UnknownWordError
            With near spellings, when the vocabulary does not hold the word.
        """
        try:
            return self._ids[word]
        except KeyError:
            raise UnknownWordError(word, self.suggest(word)) from None

    def suggest(self, word: str, n: int = 3) -> list[str]:
        """Up to n words of the vocabulary that are spelled nearly like `word`, nearest first."""
        return difflib.get_close_matches(word.lower(), self.words, n=n, cutoff=0.7)

    def complete(self, prefix: str, n: int = 8) -> list[str]:
        """Up to n words that begin with `prefix`, in order of id."""
        found = (word for word in self.words if word.startswith(prefix))
        return [word for word, _ in zip(found, range(n), strict=False)]

    def one_hot(self, i: int) -> NDArray[np.float32]:
        """Vector of zeros with a one at place i, float32 [V].

        Raises
        ------
        ValueError
            When i is not an id.
        """
        if not 0 <= i < len(self):
            raise ValueError(f"expected an id from 0 to {len(self) - 1}; found {i}")
        vector = np.zeros(len(self), dtype=np.float32)
        vector[i] = 1.0
        return vector

    def save(self, file: Path | IO[bytes]) -> None:
        """Write words and int8 rows to an .npz file; see `quantize` for the loss.

        Raises
        ------
        ValueError
            When a word holds a line break, which separates words in the file, or as `quantize` does.
        """
        broken = next((word for word in self.words if "\n" in word), None)
        if broken is not None:
            raise ValueError(f"expected words without line breaks; found {broken!r}")
        rows, scale = quantize(self.matrix)
        words = np.frombuffer("\n".join(self.words).encode(), dtype=np.uint8)
        # numpy would write to another name than a path that does not end in .npz.
        with file.open("wb") if isinstance(file, Path) else nullcontext(file) as opened:
            np.savez(opened, words=words, rows=rows, scale=scale)

    @classmethod
    def load(cls, file: Path | IO[bytes]) -> WordVectors:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            When the file holds other arrays than `words`, `rows` and `scale`, words that are not UTF-8, or
            arrays that differ in length.
        """
        with np.load(file) as arrays:
            if not {"words", "rows", "scale"} <= set(arrays.files):
                raise ValueError(f"expected arrays words, rows and scale; found {', '.join(arrays.files)}")
            words = arrays["words"].tobytes().decode("utf-8").split("\n")
            return cls(words, dequantize(arrays["rows"], arrays["scale"]))


def quantize(matrix: ArrayLike) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Store each row as int8 and one scale.

    Parameters
    ----------
    matrix
        [n, d]; a row's largest entry is zero, or from 0.008 to 8e6 in size.

    Returns
    -------
    rows, scale
        int8 [n, d] in -127..127 and float16 [n].

    Raises
    ------
    ValueError
        When a row's scale does not fit into a float16 with all its digits.

    Examples
    --------
    >>> rows, scale = quantize([[1.27, -0.5]])
    >>> rows.tolist(), np.round(dequantize(rows, scale), 2).astype(float).round(2).tolist()
    ([[127, -50]], [[1.27..., -0.5]])
    """
    matrix = np.asarray(matrix, dtype=np.float32)
    largest = np.max(np.abs(matrix), axis=1)
    with np.errstate(over="ignore"):
        scale = (largest / 127).astype(np.float16)
    # Below the smallest normal number a float16 loses digits, and clipping would then bend the row.
    if not np.all(np.isfinite(scale)) or np.any((scale < np.finfo(np.float16).tiny) & (largest > 0)):
        raise ValueError(
            "expected rows whose largest entry / 127 fits a float16; found one too large or too small"
        )
    safe = np.where(scale == 0, np.float16(1), scale).astype(np.float32)
    rows = np.clip(np.rint(matrix / safe[:, np.newaxis]), -127, 127).astype(np.int8)
    return rows, scale


def dequantize(rows: NDArray[np.int8], scale: NDArray[np.float16]) -> NDArray[np.float32]:
    """Turn int8 rows [n, d] and scales [n] back into float32 [n, d].

    Raises
    ------
    ValueError
        When there is not one scale for each row.
    """
    if rows.ndim != 2 or scale.shape != rows.shape[:1]:
        raise ValueError(f"expected rows [n, d] and scale [n]; found shapes {rows.shape} and {scale.shape}")
    return rows.astype(np.float32) * scale.astype(np.float32)[:, np.newaxis]
