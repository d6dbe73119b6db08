"""The byte-level BPE inside a GGUF file: the model's own numbers for its tokens, digits one by one.

The merging is `pycore.tokenizers.bpe`'s, after Radford et al. 2019. A GGUF file lists all tokens by number
and the merges as text; SmolLM2's (Allal et al. 2025, arXiv 2502.02737) begins with 17 special tokens, and 21
bytes that its training text did not hold have no token: what a text has of them is left out, as the reference
libraries leave it out. Left out here: pre-tokenizers other than SmolLM2's, and special tokens in the input.
The text "<|im_end|>" is encoded as the characters it has; a program puts in the number itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pycore.tokenizers.bpe import merge_pairs
from pycore.tokenizers.bpe_training import Pair
from pycore.tokenizers.byte_alphabet import BYTES, CHARACTERS
from pycore.tokenizers.decoding import Decodes
from pycore.tokenizers.pretokenize import split_words_and_digits

NORMAL, CONTROL = 1, 3  # types of tokens in the file
_CACHED_WORDS = 1 << 16


class GGUFTokenizer(Decodes):
    """A byte-level BPE tokenizer with the numbers that a GGUF file gives its tokens.

    Parameters
    ----------
    tokens
        Spelled in `CHARACTERS`; a token's number is its place.
    types
        `NORMAL` or `CONTROL`, one for each token. A control token is a special one.
    merges
        Two tokens with a space between them, in the order of learning.

    Attributes
    ----------
    vocabulary : list
        The bytes of each token, by number.
    special_tokens : dict
        Name to number, such as ``<|im_start|>`` to 1.

    Raises
    ------
    ValueError
        If a token comes twice or is not spelled in bytes, if a merge uses or makes a token that is not
        there, or if merges do not make their tokens in the order of their numbers.

    Examples
    --------
    >>> tokenizer = GGUFTokenizer(["<|end|>", "a", "b", "ab", "1"], [3, 1, 1, 1, 1], ["a b"])
    >>> tokenizer.encode("abb11"), tokenizer.decode([3, 4, 0])
    ([3, 2, 4, 4], 'ab1<|end|>')
    """

    def __init__(self, tokens: Sequence[str], types: Sequence[int], merges: Sequence[str]) -> None:
        ids = {token: id_ for id_, token in enumerate(tokens)}
        if len(ids) != len(tokens) or len(types) != len(tokens):
            raise ValueError(
                f"expected different tokens and a type for each, "
                f"found {len(tokens)}, {len(ids)} of them different, and {len(types)} types"
            )
        spelling = dict(zip(CHARACTERS, BYTES, strict=True))
        self.special_tokens = {
            token: ids[token] for token, kind in zip(tokens, types, strict=True) if kind == CONTROL
        }
        self.vocabulary: list[bytes] = []
        for token in tokens:
            if token in self.special_tokens:
                self.vocabulary.append(token.encode("utf-8"))
            elif spelling.keys() >= set(token):
                self.vocabulary.append(bytes(spelling[character] for character in token))
            else:
                raise ValueError(f"expected token {ids[token]} to be spelled in bytes, found {token!r}")
        self.merges: dict[Pair, int] = {}
        last = -1
        for number, line in enumerate(merges):
            left, space, right = line.partition(" ")
            if not space or not ids.keys() >= {left, right, left + right}:
                raise ValueError(f"merge {number}: expected two tokens that make a third, found {line!r}")
            new = ids[left + right]
            # An earlier merge goes first, and `merge_pairs` knows it by its lower number.
            if new <= last:
                raise ValueError(f"merge {number}: expected it to make a token after {last}, found {new}")
            last = self.merges[ids[left], ids[right]] = new
        self._byte_ids = {byte: ids[character] for character, byte in spelling.items() if character in ids}
        self._encode_word = lru_cache(_CACHED_WORDS)(self._merge)

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> GGUFTokenizer:
        """Build it from a file's settings, as `pycore.transformers.gguf.read_gguf` returns them.

        Raises
        ------
        ValueError
            If the settings are missing or are those of another kind of tokenizer.
        """
        kind = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
        if kind != ("gpt2", "smollm"):
            raise ValueError(f"expected a tokenizer of the kind gpt2, smollm; found {kind[0]}, {kind[1]}")
        parts = ("tokens", "token_type", "merges")
        missing = [part for part in parts if f"tokenizer.ggml.{part}" not in metadata]
        if missing:
            raise ValueError(f"expected settings named tokenizer.ggml.…, found none for {', '.join(missing)}")
        return cls(*(metadata[f"tokenizer.ggml.{part}"] for part in parts))

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens; special tokens have no meaning in it.

        A lone surrogate, which UTF-8 cannot hold, raises UnicodeEncodeError, which is a ValueError.
        """
        return [id_ for word in split_words_and_digits(text) for id_ in self._encode_word(word)]

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Join tokens to bytes; a ValueError names a number that is no token's."""
        numbers = list(ids)
        for id_ in numbers:
            if not 0 <= id_ < len(self.vocabulary):
                raise ValueError(f"expected ids from 0 to {len(self.vocabulary) - 1}, found {id_}")
        return b"".join([self.vocabulary[id_] for id_ in numbers])

    def _merge(self, word: str) -> tuple[int, ...]:
        known = [self._byte_ids[byte] for byte in word.encode("utf-8") if byte in self._byte_ids]
        return tuple(merge_pairs(known, self.merges))
