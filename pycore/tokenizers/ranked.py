"""Byte pair encoding by ranks: each token is some bytes, and its number says how early it was learned.

Follows tiktoken (OpenAI), whose files hold nothing but tokens and their numbers. Two neighbours may be
joined when the bytes of both together are a token, and the pair of the lowest number comes first. So no list
of pairs is needed: those of GPT-2, cl100k and o200k follow from their tokens. A word that is a token as a
whole is that token, whether or not merges lead to it. `pycore.tokenizers.bpe` does the same from a list of
pairs.

Left out: special tokens in the input. The text "<|endoftext|>" is encoded as the characters it has; only
`decode` knows what is special.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from pycore.tokenizers.bpe import merge_in_bits, merge_pairs
from pycore.tokenizers.bpe_training import Pair
from pycore.tokenizers.decoding import Decodes
from pycore.tokenizers.pretokenize import SPLITS, split_pattern, split_words

_CACHED_WORDS = 1 << 16
_BIT = 2000  # characters; and candidates, within a word that is longer
_NONE = 1 << 62  # in place of a rank: these two make no token


@dataclass(frozen=True)
class Step:
    """One step of encoding a word.

    Attributes
    ----------
    place
        Which of the tokens before it, counted from 0, is joined with the one to its right.
    id
        Number of the token that is made, and so its rank among all merges.
    ids
        The tokens after it.
    """

    place: int
    id: int
    ids: tuple[int, ...]


class RankedTokenizer(Decodes):
    """A byte-level BPE tokenizer, given by its tokens and their ranks.

    Parameters
    ----------
    ranks
        Bytes of each token to its number. Every single byte is a token.
    split
        Name of the pattern in `pretokenize.SPLITS` that cuts a text into the words that no token crosses.
    special_tokens
        Name to number of what stands for something other than text; for decoding only.

    Attributes
    ----------
    ranks : dict
        As given.
    vocabulary : dict
        Number to bytes, special tokens among them.
    special_tokens : dict
        As given.

    Raises
    ------
    ValueError
        If a single byte is no token, if two tokens have one number, or if there is no such split.

    Examples
    --------
    >>> single = {bytes([byte]): byte for byte in range(256)}
    >>> tokenizer = RankedTokenizer(single | {b"lo": 256, b"low": 257, b" low": 258, b"er": 259}, "gpt2")
    >>> [tokenizer.vocabulary[id_] for id_ in tokenizer.encode("slow lower")]
    [b's', b'low', b' low', b'er']
    """

    def __init__(
        self,
        ranks: Mapping[bytes, int],
        split: str,
        special_tokens: Mapping[str, int] | None = None,
    ) -> None:
        self.ranks = dict(ranks)
        self.split = split
        if split not in SPLITS:
            raise ValueError(f"expected a split of {', '.join(SPLITS)}, found {split!r}")
        self.special_tokens = dict(special_tokens or {})
        named = {name.encode("utf-8"): id_ for name, id_ in self.special_tokens.items()}
        self.vocabulary = {id_: token for token, id_ in (*self.ranks.items(), *named.items())}
        if len(self.vocabulary) != len(self.ranks) + len(named):
            raise ValueError(
                f"expected a number of its own for each of {len(self.ranks) + len(named)} tokens, "
                f"found {len(self.vocabulary)} numbers"
            )
        missing = [byte for byte in range(256) if bytes([byte]) not in self.ranks]
        if missing:
            raise ValueError(
                f"expected a token for every byte, found none for {len(missing)}, such as {missing[0]}"
            )
        self._byte_ids = [self.ranks[bytes([byte])] for byte in range(256)]
        self._encode_word = lru_cache(_CACHED_WORDS)(self._merge)

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens.

        Parameters
        ----------
        text
            Any text; special tokens have no meaning in it.

        Returns
        -------
        list of int
            Numbers of tokens; empty for an empty text.

        Raises
        ------
        UnicodeEncodeError
            If the text has a lone surrogate, which UTF-8 cannot hold. It is a ValueError.
        """
        return list(chain.from_iterable(map(self._encode_word, split_words(text, self.split))))

    def encode_in_bits(self, text: str) -> Iterator[tuple[list[tuple[int, ...]], int]]:
        """Do what `encode` does bit by bit, so that whoever asks can do something else in between.

        Parameters
        ----------
        text
            As `encode` takes it.

        Yields
        ------
        words
            The numbers of the tokens of each word that is done since the bit before; often none within a
            long word.
        done
            How many characters are done.

        Raises
        ------
        UnicodeEncodeError
            As `encode`.

        Examples
        --------
        >>> tokenizer = RankedTokenizer({bytes([byte]): byte for byte in range(256)}, "gpt2")
        >>> list(tokenizer.encode_in_bits("a bc"))
        [([(97,), (32, 98, 99)], 4)]
        """
        words: list[tuple[int, ...]] = []
        done = start = 0
        for found in split_pattern(self.split).finditer(text):
            word = found[0]
            if len(word) <= _BIT:
                words.append(self._encode_word(word))
            else:
                ids = self.byte_ids(word)
                for _ in merge_in_bits(ids, self, _BIT):
                    yield words, done
                    words = []
                words.append(tuple(ids))
            done = found.end()
            if done - start >= _BIT:
                yield words, done
                words, start = [], done
        if words:
            yield words, done

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Join tokens to bytes, which need not be whole characters; a ValueError names an unknown number."""
        try:
            return b"".join([self.vocabulary[id_] for id_ in ids])
        except KeyError as error:
            raise ValueError(f"expected numbers of tokens, found {error.args[0]!r}") from None

    def get(self, pair: Pair, default: int, /) -> int:
        """Return the number that two tokens make together, `default` if they make none."""
        return self.ranks.get(self.vocabulary[pair[0]] + self.vocabulary[pair[1]], default)

    def byte_ids(self, word: str) -> list[int]:
        """Return the tokens that encoding a word starts from, one for each of its UTF-8 bytes."""
        return [self._byte_ids[byte] for byte in word.encode("utf-8")]

    def steps(self, word: str) -> list[Step]:
        """Encode one word step by step: always the join of the lowest number, the leftmost first.

        Parameters
        ----------
        word
            One word, as the split cuts it.

        Returns
        -------
        list of Step
            The last one's `ids` are what joining leaves. For a few words of some vocabularies that is not
            what `encode` returns, since a word that is a token is taken whole.

        Examples
        --------
        >>> single = {bytes([byte]): byte for byte in range(256)}
        >>> RankedTokenizer(single | {b"ow": 256, b"low": 257}, "gpt2").steps("low")
        [Step(place=1, id=256, ids=(108, 256)), Step(place=0, id=257, ids=(257,))]
        """
        ids = self.byte_ids(word)
        steps: list[Step] = []
        while True:
            made = [(self.get(pair, _NONE), place) for place, pair in enumerate(pairwise(ids))]
            id_, place = min(made, default=(_NONE, 0))
            if id_ == _NONE:
                return steps
            ids[place : place + 2] = [id_]
            steps.append(Step(place, id_, tuple(ids)))

    def _merge(self, word: str) -> tuple[int, ...]:
        whole = self.ranks.get(word.encode("utf-8"))
        return tuple(merge_pairs(self.byte_ids(word), self)) if whole is None else (whole,)


def read_ranks(lines: str) -> dict[bytes, int]:
    r"""Read a vocabulary as tiktoken's files hold it: a token in base64, a space and its number on each line.

    Raises
    ------
    ValueError
        If a line is anything else, or a token comes twice.

    Examples
    --------
    >>> read_ranks("IQ== 0\nIHRoZQ== 262\n")
    {b'!': 0, b' the': 262}
    """
    ranks: dict[bytes, int] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        encoded, _, rank = line.partition(" ")
        try:
            token = binascii.a2b_base64(encoded, strict_mode=True)
        except ValueError:  # binascii's, or for a letter that is not ASCII
            token = b""
        if not token or not (rank.isascii() and rank.isdigit()) or token in ranks:
            raise ValueError(
                f"line {number}: expected a new token in base64, a space and a number, found {line[:80]!r}"
            )
        ranks[token] = int(rank)
    return ranks
