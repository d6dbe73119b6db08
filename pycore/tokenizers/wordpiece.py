"""WordPiece: cut text into the tokens that a BERT model reads, such as all-MiniLM-L6-v2.

Follows the tokenizer published with BERT (Devlin et al. 2019), "uncased": clean the text, put spaces around
Chinese characters, drop accents, lower the case, cut at white space and punctuation; then cut each word by
greedy longest match against the vocabulary (Wu et al. 2016). Tokens inside a word begin with "##".

Two details follow the `tokenizers` library, which most people run the models with: case is lowered character
by character ("Σ" is always "σ", never the final "ς"), and characters that Unicode has not assigned are kept.
Which characters are marks or punctuation is asked of `unicodedata`, so for those that Unicode added lately it
depends on the version that Python ships: 14.0 for Python 3.11, 16.0 for 3.14.

Left out: special tokens in the input ("[SEP]" in a text is cut like any text), pairs of sentences, cased
models, and learning a vocabulary.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

# A word longer than this is unknown as a whole; BERT's own limit.
MAX_WORD_LENGTH = 100

_CACHED_WORDS = 1 << 16

# The blocks of Chinese characters, as BERT lists them. Kana and Hangul are not among them: they form words.
_CHINESE = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


def basic_tokenize(text: str) -> list[str]:
    """Normalise a text and cut it at white space and punctuation.

    Parameters
    ----------
    text
        Any string.

    Returns
    -------
    list of str
        Lower-case words without accents. Punctuation marks and Chinese characters are words by themselves.

    Examples
    --------
    >>> basic_tokenize("Déjà-vu in 北京!")
    ['deja', '-', 'vu', 'in', '北', '京', '!']
    """
    cleaned = "".join(map(_clean, text))
    # The canonical decomposition turns "é" into "e" and an accent, which is then dropped by itself.
    return "".join(map(_fold, unicodedata.normalize("NFD", cleaned))).split()


@lru_cache(_CACHED_WORDS)
def _clean(character: str) -> str:
    """Drop what is invisible, make all white space a space, and set Chinese characters apart."""
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Co", "Cs") or character == "\ufffd":
        return ""
    if category.startswith("Z"):
        return " "
    code = ord(character)
    return f" {character} " if any(first <= code <= last for first, last in _CHINESE) else character


@lru_cache(_CACHED_WORDS)
def _fold(character: str) -> str:
    """Drop accents, set punctuation apart, and lower the case of the rest."""
    category = unicodedata.category(character)
    if category == "Mn":
        return ""
    # BERT takes all ASCII symbols as punctuation, among them "$" and "+", which Unicode does not.
    if category.startswith("P") or (character.isascii() and category.startswith("S")):
        return f" {character} "
    return character.lower()


class WordPieceTokenizer:
    """A BERT tokenizer, given by its vocabulary.

    Parameters
    ----------
    vocabulary
        Tokens in the order of their ids. Must hold "[UNK]", "[CLS]" and "[SEP]".

    Attributes
    ----------
    vocabulary : list of str
        Id to token.
    ids : dict
        Token to id.

    Raises
    ------
    ValueError
        If a token comes twice, or one of the three special tokens is missing.

    Examples
    --------
    >>> tokenizer = WordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", "un", "##afford", "##able"])
    >>> tokenizer.tokenize("Unaffordable tea")
    ['un', '##afford', '##able', '[UNK]']
    >>> tokenizer.encode("Unaffordable tea")
    [1, 3, 4, 5, 0, 2]
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self.ids = {token: id_ for id_, token in enumerate(self.vocabulary)}
        if len(self.ids) != len(self.vocabulary):
            twice = next(token for id_, token in enumerate(self.vocabulary) if self.ids[token] != id_)
            raise ValueError(f"expected each token once, found {twice!r} again")
        missing = [token for token in ("[UNK]", "[CLS]", "[SEP]") if token not in self.ids]
        if missing:
            raise ValueError(f"expected a vocabulary with [UNK], [CLS] and [SEP], found none of {missing}")
        self._tokenize_word = lru_cache(_CACHED_WORDS)(self._longest_matches)

    @classmethod
    def from_file(cls, vocab_txt: Path) -> WordPieceTokenizer:
        """Load a ``vocab.txt``: UTF-8, one token a line, in the order of the ids.

        Raises
        ------
        ValueError
            As the class does, or if the file is not UTF-8 (a UnicodeDecodeError).
        """
        # Not `splitlines`, which would also cut at rarer line separators, and those may be tokens.
        return cls(vocab_txt.read_text("utf-8").removesuffix("\n").split("\n"))

    def tokenize(self, text: str) -> list[str]:
        """Cut a text into tokens, without "[CLS]" and "[SEP]".

        Parameters
        ----------
        text
            Any string.

        Returns
        -------
        list of str
            Tokens of the vocabulary. A word that cannot be built from them is one "[UNK]".

        Examples
        --------
        >>> WordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", "bank", "##s"]).tokenize("Banks, banker")
        ['bank', '##s', '[UNK]', '[UNK]']
        """
        return [token for word in basic_tokenize(text) for token in self._tokenize_word(word)]

    def encode(self, text: str, max_length: int | None = None) -> list[int]:
        """Turn a text into a model's input: the id of "[CLS]", those of the tokens, the id of "[SEP]".

        Parameters
        ----------
        text
            Any string.
        max_length
            Longest result, the two special tokens included; tokens past it are cut off. None cuts nothing,
            but a model has a limit of its own: 512 for BERT and MiniLM.

        Returns
        -------
        list of int
            Two ids or more; just two for an empty text.

        Raises
        ------
        ValueError
            If `max_length` is below 2.

        Examples
        --------
        >>> tokenizer = WordPieceTokenizer(["[UNK]", "[CLS]", "[SEP]", "a", "bank"])
        >>> tokenizer.encode("A bank, a bank", max_length=5)
        [1, 3, 4, 0, 2]
        """
        if max_length is not None and max_length < 2:
            raise ValueError(f"expected max_length >= 2, for [CLS] and [SEP], found {max_length}")
        tokens = self.tokenize(text)
        if max_length is not None:
            tokens = tokens[: max_length - 2]
        return [self.ids[token] for token in ["[CLS]", *tokens, "[SEP]"]]

    def _longest_matches(self, word: str) -> tuple[str, ...]:
        """Take the longest token that the rest of the word begins with, until nothing is left."""
        if len(word) > MAX_WORD_LENGTH:
            return ("[UNK]",)
        tokens: list[str] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                token = prefix + word[start:end]
                if token in self.ids:
                    break
            else:
                return ("[UNK]",)
            tokens.append(token)
            start = end
        return tuple(tokens)
