"""From ids back to text: what all byte-level tokenizers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Literal


class Decodes(ABC):
    """A tokenizer whose ids stand for bytes."""

    @abstractmethod
    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Join tokens to bytes, which need not be whole characters; a ValueError names an unknown id."""

    def decode(self, ids: Iterable[int], errors: Literal["replace", "strict", "ignore"] = "replace") -> str:
        """Join tokens to a text. ``decode(encode(text)) == text`` for every text that can be encoded.

        Parameters
        ----------
        ids
            Ids of tokens, special ones among them, which stand for their names.
        errors
            What to do where the bytes are not UTF-8, as when a character is cut in two: "replace" puts U+FFFD
            there, "ignore" nothing, and "strict" raises.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.
        UnicodeDecodeError
            If the bytes are not UTF-8 and `errors` is "strict". It is a ValueError.

        Examples
        --------
        >>> from pycore.tokenizers.bpe import BytePairTokenizer
        >>> tokenizer = BytePairTokenizer(merges=[])
        >>> tokenizer.decode(tokenizer.encode("é")[:1])
        '�'
        """
        return self.decode_bytes(ids).decode("utf-8", errors)
