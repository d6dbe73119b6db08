"""Unigram: each piece has a probability, and a word is cut where the product of its pieces is largest.

Follows Kudo 2018 (https://arxiv.org/abs/1804.10959) in the form of the `tokenizers` library. All ways to cut
a word are the paths of a lattice, from its first edge between letters to its last; the piece from one edge to
another is a step. The best path is found with Viterbi's algorithm: the best way to each edge is the best way
to an earlier one, and one step more.

As in SentencePiece, a text is brought to the form NFKC, runs of white space become one space, and each word
begins with "▁", which stands for the space before it.

Left out: learning the pieces (`python -m tools.make_unigram_pieces` has the library do it), drawing one of
several good paths at random, and pieces for bytes, so a character that no piece holds is unknown.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from pycore.tokenizers.pretokenize import WHITE_SPACE

SPACE = "▁"  # U+2581, which stands for a space
UNKNOWN = 0  # the id of what no piece holds

# How much less probable than the rarest piece an unknown character is, as a natural logarithm.
_PENALTY = 10.0

_CACHED_WORDS = 1 << 16


class Step(NamedTuple):
    """A step of the lattice: a piece of the word.

    Attributes
    ----------
    start, end
        Where it begins and ends, counted in characters.
    score
        Natural logarithm of its probability.
    id
        Its id; `UNKNOWN` for a character that no piece holds.
    """

    start: int
    end: int
    score: float
    id: int


class UnigramTokenizer:
    """A unigram tokenizer, given by its pieces.

    Parameters
    ----------
    scores
        Piece to the natural logarithm of its probability, in the order of the ids, which begin with 1.

    Attributes
    ----------
    scores : dict
        Piece to score.
    pieces : list of str
        Id to piece; the empty text stands at `UNKNOWN`.

    Raises
    ------
    ValueError
        If there is no piece, one is empty, or a score is not finite.

    Examples
    --------
    >>> tokenizer = UnigramTokenizer({"▁": -3.0, "▁un": -4.0, "t": -2.5, "i": -2.5, "e": -2.0, "tie": -5.0})
    >>> tokenizer.tokenize("untie tie")
    ['▁un', 'tie', '▁', 'tie']
    >>> tokenizer.encode("untie tie")
    [2, 6, 1, 6]
    """

    def __init__(self, scores: Mapping[str, float]) -> None:
        if not scores or "" in scores:
            raise ValueError(
                "expected pieces of at least one character each, found " + ("''" if scores else "none")
            )
        wrong = next((piece for piece, score in scores.items() if not math.isfinite(score)), None)
        if wrong is not None:
            raise ValueError(f"expected a finite score for {wrong!r}, found {scores[wrong]}")
        self.scores = dict(scores)
        self.pieces = ["", *self.scores]
        self._ids = {piece: id_ for id_, piece in enumerate(self.pieces)}
        self._longest = max(map(len, self.scores))
        self._unknown = min(self.scores.values()) - _PENALTY
        self._cut_word = functools.lru_cache(_CACHED_WORDS)(self._cut)

    def lattice(self, word: str) -> list[Step]:
        """Return all pieces that a word holds, by where they begin, and the shorter first.

        Where no piece of one character begins, a step over an unknown one is put in: there is always a path.

        Examples
        --------
        >>> tokenizer = UnigramTokenizer({"a": -1.0, "ab": -2.0, "c": -1.0})
        >>> [(step.start, step.end, step.score) for step in tokenizer.lattice("abc")]
        [(0, 1, -1.0), (0, 2, -2.0), (1, 2, -12.0), (2, 3, -1.0)]
        """
        steps: list[Step] = []
        scores, length = self.scores, len(word)
        for start in range(length):
            if word[start] not in scores:
                steps.append(Step(start, start + 1, self._unknown, UNKNOWN))
            for end in range(start + 1, min(start + self._longest, length) + 1):
                piece = word[start:end]
                if piece in scores:
                    steps.append(Step(start, end, scores[piece], self._ids[piece]))
        return steps

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into pieces.

        Parameters
        ----------
        text
            Any string.

        Returns
        -------
        list of str
            Pieces; what no piece holds stands among them as it is, a run of it as one.

        Examples
        --------
        >>> UnigramTokenizer({"▁": -1.0, "a": -1.0}).tokenize("a 北京")
        ['▁', 'a', '▁', '北京']
        """
        return [piece for word in split_words(text) for piece, _ in self._cut_word(word)]

    def encode(self, text: str) -> list[int]:
        """Cut a text into pieces, and return their ids; those of `tokenize`, in the same places."""
        return [id_ for word in split_words(text) for _, id_ in self._cut_word(word)]

    def decode(self, ids: Iterable[int]) -> str:
        """Join pieces to a text: what `normalize` made of it, with U+FFFD for what was unknown.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.

        Examples
        --------
        >>> tokenizer = UnigramTokenizer({"▁": -1.0, "a": -1.0})
        >>> tokenizer.decode(tokenizer.encode("a  北"))
        'a �'
        """
        joined = ""
        for id_ in ids:
            if not 0 <= id_ < len(self.pieces):
                raise ValueError(f"expected ids of the vocabulary, found {id_}")
            joined += self.pieces[id_] or "\ufffd"
        return joined.replace(SPACE, " ").removeprefix(" ")

    def _cut(self, word: str) -> tuple[tuple[str, int], ...]:
        path = best_path(self.lattice(word), len(word))
        cut: list[tuple[str, int]] = []
        for unknown, run in groupby(path, lambda step: step.id == UNKNOWN):
            steps = list(run)
            if unknown:
                cut.append((word[steps[0].start : steps[-1].end], UNKNOWN))
            else:
                cut.extend((word[step.start : step.end], step.id) for step in steps)
        return tuple(cut)


def normalize(text: str) -> str:
    r"""Bring a text to the form NFKC, and make every run of white space one space, with none at the ends.

    >>> normalize("  ﬁne\n\n½  day ")
    'fine 1⁄2 day'
    """
    return _runs().sub(" ", unicodedata.normalize("NFKC", text)).strip(" ")


def split_words(text: str) -> list[str]:
    """Cut a text into words, each with "▁" for the space before it.

    >>> split_words("Call me  Ishmael.")
    ['▁Call', '▁me', '▁Ishmael.']
    """
    text = normalize(text).replace(" ", SPACE)
    return re.findall(f"{SPACE}[^{SPACE}]*", text if text.startswith(SPACE) else SPACE + text) if text else []


def best_path(steps: Sequence[Step], length: int) -> list[Step]:
    """Find the path whose scores add up to the most; of equal ones, the one whose steps begin first.

    Parameters
    ----------
    steps
        A lattice, as `UnigramTokenizer.lattice` gives it.
    length
        Characters of the word.

    Raises
    ------
    ValueError
        If no path leads from the first edge to the last.

    Examples
    --------
    >>> tokenizer = UnigramTokenizer({"a": -1.0, "b": -1.5, "ab": -2.0})
    >>> [(step.start, step.end) for step in best_path(tokenizer.lattice("aab"), 3)]
    [(0, 1), (1, 3)]
    """
    best = best_steps(steps, length)
    path: list[Step] = []
    at = length
    while at:
        step = best[at][1]
        if step is None:
            raise ValueError(f"expected a path to {length}, found none to {at}")
        path.append(step)
        at = step.start
    return path[::-1]


def best_steps(steps: Iterable[Step], length: int) -> list[tuple[float, Step | None]]:
    """Return, for each edge between characters, the best score of a way to it, and the last step of that way.

    This is Viterbi's algorithm. The steps come by where they begin, so the way to there is known.

    Examples
    --------
    >>> tokenizer = UnigramTokenizer({"a": -1.0, "b": -1.5, "ab": -2.0})
    >>> [score for score, _ in best_steps(tokenizer.lattice("aab"), 3)]
    [0.0, -1.0, -2.0, -3.0]
    """
    best: list[tuple[float, Step | None]] = [(0.0, None), *[(float("-inf"), None)] * length]
    for step in steps:
        score = best[step.start][0] + step.score
        if score > best[step.end][0]:
            best[step.end] = (score, step)
    return best


def best_path_through(steps: Sequence[Step], length: int, through: Step) -> list[Step]:
    """Find the best of the paths that take a given step.

    Examples
    --------
    >>> tokenizer = UnigramTokenizer({"a": -1.0, "b": -1.5, "ab": -2.0})
    >>> steps = tokenizer.lattice("aab")
    >>> [(step.start, step.end) for step in best_path_through(steps, 3, steps[1])]
    [(0, 1), (1, 2), (2, 3)]
    """
    kept = [
        step for step in steps if step.end <= through.start or step.start >= through.end or step == through
    ]
    return best_path(kept, length)


def count_paths(steps: Iterable[Step], length: int) -> int:
    """Count the ways to cut a word.

    >>> count_paths(UnigramTokenizer({"a": -1.0, "aa": -1.0}).lattice("aaaa"), 4)
    5
    """
    ways = [1] + [0] * length
    for step in steps:
        ways[step.end] += ways[step.start]
    return ways[length]


@functools.cache
def _runs() -> re.Pattern[str]:
    return re.compile(f"[{WHITE_SPACE}]+")
