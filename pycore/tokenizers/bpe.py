"""Byte pair encoding: learn a vocabulary of frequent byte sequences, and cut text into them.

Follows Sennrich et al. 2016 in the byte-level form of GPT-2 (Radford et al. 2019): a text is cut into words
(`pycore.tokenizers.pretokenize`), a word is its UTF-8 bytes, and every byte is a token
(`pycore.tokenizers.byte_alphabet`), so no text is unknown. In each word, pairs of tokens are
merged in the order in which the merges were learned (`pycore.tokenizers.bpe_training`).

Ids are GPT-2's: 0 to 255 are the single bytes in the order of `BYTES`, 256 + k is what the k-th merge makes.

Left out: special tokens in the input. The text "<|endoftext|>" is encoded as the characters it has, so what
someone types can never end a document; only `decode` knows the special tokens. Also left out: BPE dropout,
and pre-tokenizers other than GPT-2's.
"""

from __future__ import annotations

import heapq
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Protocol

from pycore.tokenizers.bpe_training import Pair, learn_merges
from pycore.tokenizers.byte_alphabet import BYTES, CHARACTERS, to_byte_ids
from pycore.tokenizers.decoding import Decodes
from pycore.tokenizers.pretokenize import split_words

# Words kept with their ids. In natural text few words make up most of the text, so most are found here.
_CACHED_WORDS = 1 << 16

_SHORT = 64  # bytes; longer words are merged with a heap
_NEVER = sys.maxsize  # in place of an id: this pair has no merge
_GONE = -1  # in place of an id: this token is part of the one to its left


class Merges(Protocol):
    """What merges there are: a dictionary of pairs, or whatever else answers as one."""

    def get(self, pair: Pair, default: int, /) -> int:
        """Return the id that a pair makes; `default` if it has no merge. A lower id is an earlier merge."""


class BytePairTokenizer(Decodes):
    """A byte-level BPE tokenizer, given by its merges.

    Parameters
    ----------
    merges
        Pairs of ids, in the order of learning. Merge k makes the token with id 256 + k.
    special_tokens
        Ids that stand for something other than text, such as ``{"<|endoftext|>": 50256}``; for decoding only.

    Attributes
    ----------
    merges : dict
        Pair of ids to the id that it makes. A lower id is an earlier merge, so ids are ranks.
    vocabulary : dict
        Id to the bytes that it stands for.

    Raises
    ------
    ValueError
        If a merge comes twice or uses an id that no earlier merge makes, or if a special token's id is taken.

    Examples
    --------
    >>> tokenizer = BytePairTokenizer.train(["low lower lowest"], vocabulary_size=259)
    >>> [tokenizer.vocabulary[id_] for id_ in tokenizer.encode("slow lower")]
    [b's', b'low', b' low', b'e', b'r']
    >>> tokenizer.decode(tokenizer.encode("slow lower"))
    'slow lower'
    """

    def __init__(self, merges: Sequence[Pair], special_tokens: Mapping[str, int] | None = None) -> None:
        self.merges: dict[Pair, int] = {}
        self.vocabulary = {id_: bytes([byte]) for id_, byte in enumerate(BYTES)}
        for new, (left, right) in enumerate(merges, start=len(BYTES)):
            if left not in self.vocabulary or right not in self.vocabulary:
                raise ValueError(
                    f"expected merge {new - 256} to use ids from 0 to {new - 1}, found {(left, right)}"
                )
            if (left, right) in self.merges:
                raise ValueError(
                    f"expected each merge once, found {(left, right)} again at merge {new - 256}"
                )
            self.merges[left, right] = new
            self.vocabulary[new] = self.vocabulary[left] + self.vocabulary[right]
        for token, id_ in (special_tokens or {}).items():
            if id_ in self.vocabulary:
                raise ValueError(
                    f"expected an unused id for {token!r}, found {id_}, {self.vocabulary[id_]!r}"
                )
            self.vocabulary[id_] = token.encode("utf-8")
        self._encode_word = lru_cache(_CACHED_WORDS)(self._merge)

    @classmethod
    def train(cls, texts: Iterable[str], vocabulary_size: int, min_count: int = 2) -> BytePairTokenizer:
        """Learn merges from texts; see `learn_merges` for the rules.

        Parameters
        ----------
        texts
            Any number of texts. No merge crosses from one word or text into another.
        vocabulary_size
            Number of tokens wanted, at least 256. Fewer come out when the texts have no more pairs to merge.
        min_count
            Stop when the most frequent pair occurs less often than this.

        Raises
        ------
        ValueError
            If `vocabulary_size` is below 256, or `texts` is one text and not a list of them.
        UnicodeEncodeError
            If a text has a lone surrogate, which UTF-8 cannot hold.

        Examples
        --------
        >>> list(BytePairTokenizer.train(["ab ab abc"], vocabulary_size=300).vocabulary.values())[256:]
        [b'ab', b' ab']
        """
        if vocabulary_size < len(BYTES):
            raise ValueError(
                f"expected vocabulary_size >= 256, one token for each byte, found {vocabulary_size}"
            )
        # A string is an iterable of strings too, and would quietly train on letters.
        if isinstance(texts, str):
            raise ValueError(f"expected a list of texts, found the string {texts[:40]!r}")
        words = Counter(chain.from_iterable(map(split_words, texts)))
        return cls(learn_merges(words, vocabulary_size - len(BYTES), min_count))

    @classmethod
    def from_gpt2(cls, vocab_bpe: Path, encoder_json: Path) -> BytePairTokenizer:
        """Load the two files that GPT-2 was published with.

        Parameters
        ----------
        vocab_bpe
            A version line, then one merge a line: two tokens, written in `CHARACTERS`.
        encoder_json
            Token to id. Its tokens that are no merge are the special tokens.

        Raises
        ------
        ValueError
            If a line of `vocab_bpe` is not a merge of earlier tokens, or if the two files give different ids.
        """
        ids = {character: id_ for id_, character in enumerate(CHARACTERS)}
        merges: list[Pair] = []
        for number, line in enumerate(vocab_bpe.read_text("utf-8").splitlines()[1:], start=2):
            parts = line.split(" ")
            if len(parts) != 2 or not ids.keys() >= set(parts):
                raise ValueError(
                    f"{vocab_bpe.name}, line {number}: expected two earlier tokens, found {line!r}"
                )
            left, right = parts
            merges.append((ids[left], ids[right]))
            ids[left + right] = len(BYTES) + len(merges) - 1
        encoder: dict[str, int] = json.loads(encoder_json.read_text("utf-8"))
        for token, id_ in ids.items():
            if encoder.get(token) != id_:
                raise ValueError(
                    f"{encoder_json.name}: expected id {id_} for {token!r}, found {encoder.get(token)}"
                )
        return cls(merges, {token: id_ for token, id_ in encoder.items() if token not in ids})

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens.

        Parameters
        ----------
        text
            Any text; special tokens have no meaning in it.

        Returns
        -------
        list of int
            Ids; empty for an empty text.

        Raises
        ------
        UnicodeEncodeError
            If the text has a lone surrogate, which UTF-8 cannot hold. It is a ValueError.

        Examples
        --------
        >>> BytePairTokenizer(merges=[(64, 65)]).encode("abba")
        [256, 65, 64]
        """
        return list(chain.from_iterable(map(self._encode_word, split_words(text))))

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        r"""Join tokens to bytes, which need not be whole characters.

        Parameters
        ----------
        ids
            Ids of tokens, special ones among them.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.

        Examples
        --------
        >>> tokenizer = BytePairTokenizer(merges=[])
        >>> tokenizer.decode_bytes(tokenizer.encode("é")[:1])
        b'\xc3'
        """
        try:
            return b"".join([self.vocabulary[id_] for id_ in ids])
        except KeyError as error:
            raise ValueError(f"expected ids of the vocabulary, found {error.args[0]!r}") from None

    def _merge(self, word: str) -> tuple[int, ...]:
        return tuple(merge_pairs(to_byte_ids(word), self.merges))


def merge_pairs(ids: list[int], merges: Merges) -> list[int]:
    """Merge the tokens of one word: always the earliest learned merge that applies, the leftmost first.

    Parameters
    ----------
    ids
        Tokens of the word, most often its bytes. The list is used up.
    merges
        Pair of ids to the id that it makes. A lower id is an earlier merge.

    Examples
    --------
    >>> merge_pairs([0, 1, 0, 1, 1], {(0, 1): 2, (2, 2): 3})
    [3, 1]
    """
    return _merge_short(ids, merges) if len(ids) <= _SHORT else _merge_long(ids, merges)


def _merge_short(ids: list[int], merges: Merges) -> list[int]:
    """Do what `merge_pairs` says for a short word.

    Searching all pairs for it takes O(n^2) steps for n bytes, but a usual word has 5 to 10.
    """
    find = merges.get
    candidates = list(map(find, pairwise(ids), repeat(_NEVER)))
    while candidates and (new := min(candidates)) != _NEVER:
        left = candidates.index(new)
        ids[left] = new
        del ids[left + 1], candidates[left]
        if left > 0:
            candidates[left - 1] = find((ids[left - 1], new), _NEVER)
        if left < len(candidates):
            candidates[left] = find((new, ids[left + 1]), _NEVER)
    return ids


def _merge_long(ids: list[int], merges: Merges) -> list[int]:
    """Do what `_merge_short` does in O(n log n) steps: a "word" can be a page without a space."""
    for _ in merge_in_bits(ids, merges, joins=len(ids)):
        pass
    return ids


def merge_in_bits(ids: list[int], merges: Merges, joins: int) -> Iterator[None]:
    """Do what `merge_pairs` does bit by bit, so that whoever asks can do something else in between.

    The tokens are a linked list, and the merges that may apply wait in a heap.

    Parameters
    ----------
    ids
        Tokens of the word. Between the bits the list is of no use; at the end it holds the merged tokens.
    merges
        As `merge_pairs` takes them.
    joins
        How many candidates are looked at in a bit.

    Examples
    --------
    >>> ids = [0, 1, 0, 1, 1]
    >>> len(list(merge_in_bits(ids, {(0, 1): 2, (2, 2): 3}, joins=1))), ids
    (3, [3, 1])
    """
    find = merges.get
    end = len(ids)
    before, after = list(range(-1, end - 1)), list(range(1, end + 1))
    made = map(find, pairwise(ids), repeat(_NEVER))
    heap = [(new, left) for left, new in enumerate(made) if new != _NEVER]
    heapq.heapify(heap)
    for count in itertools.count(1):
        if not heap:
            break
        if count % joins == 0:
            yield
        new, left = heapq.heappop(heap)
        right = after[left]
        # An entry is stale when one of its two tokens has been merged since.
        if ids[left] == _GONE or right == end or find((ids[left], ids[right]), _NEVER) != new:
            continue
        ids[left], ids[right] = new, _GONE
        after[left] = after[right]
        if after[left] < end:
            before[after[left]] = left
        for first in (before[left], left):
            if first >= 0 and after[first] < end:
                earliest = find((ids[first], ids[after[first]]), _NEVER)
                if earliest != _NEVER:
                    heapq.heappush(heap, (earliest, first))
    ids[:] = [id_ for id_ in ids if id_ != _GONE]
