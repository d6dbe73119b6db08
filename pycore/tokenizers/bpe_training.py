"""Learn the merges of a byte pair encoding from the words of a text.

Follows Sennrich et al. 2016, on bytes as in GPT-2 (Radford et al. 2019): replace the most frequent pair of
neighbouring tokens by a new token, and count again. `pycore.tokenizers.bpe` uses the merges to encode.

Left out: reading texts that do not fit in memory, and counting on several cores.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

from pycore.tokenizers.byte_alphabet import BYTES, to_byte_ids

Pair = tuple[int, int]


def learn_merges(words: Mapping[str, int], count: int, min_count: int = 2) -> list[Pair]:
    """Learn merges: replace the most frequent pair of neighbours by a new token, and count again.

    Pairs are counted inside words only, each word as often as it occurs. Of pairs that are equally frequent,
    the one with the lowest left id is taken, and of those the one with the lowest right id, as the
    `tokenizers` library does. Overlapping pairs all count ("aaa" holds two), but merging goes from left to
    right, so "aaa" becomes "aa", "a".

    A merge changes few words, so only their counts are renewed; a heap finds the next pair.

    Parameters
    ----------
    words
        Word to the number of its occurrences.
    count
        Number of merges wanted. Fewer are learned when no pair is left that occurs `min_count` times.
    min_count
        Least number of occurrences of a pair that is merged. What was seen once makes no token by default.

    Returns
    -------
    list of (int, int)
        Pairs of ids; pair k makes id 256 + k.

    Raises
    ------
    ValueError
        If `min_count` is below 1.

    Examples
    --------
    >>> merges = learn_merges({"low": 5, "lower": 2, "newest": 6, "widest": 3}, count=3)
    >>> from pycore.tokenizers.bpe import BytePairTokenizer
    >>> list(BytePairTokenizer(merges).vocabulary.values())[256:]
    [b'es', b'est', b'lo']
    """
    if min_count < 1:
        raise ValueError(f"expected min_count >= 1, found {min_count}")
    tokens = [to_byte_ids(word) for word in words]
    frequency = list(words.values())
    pair_count: Counter[Pair] = Counter()
    words_with: defaultdict[Pair, set[int]] = defaultdict(set)
    for index, word in enumerate(tokens):
        for pair in pairwise(word):
            pair_count[pair] += frequency[index]
            words_with[pair].add(index)

    merges: list[Pair] = []
    heap = [(-pair_count[pair], pair) for pair in pair_count]
    heapq.heapify(heap)
    while heap and len(merges) < count:
        negative_count, pair = heapq.heappop(heap)
        if -negative_count != pair_count[pair]:
            # Other merges have used some of these pairs up. Counts only fall, so no pair is overlooked.
            heapq.heappush(heap, (-pair_count[pair], pair))
            continue
        if pair_count[pair] < min_count:
            break
        new = len(BYTES) + len(merges)
        merges.append(pair)
        made: set[Pair] = set()
        for index in words_with.pop(pair):
            for old_pair in pairwise(tokens[index]):
                pair_count[old_pair] -= frequency[index]
            tokens[index] = replace_pair(tokens[index], pair, new)
            for new_pair in pairwise(tokens[index]):
                pair_count[new_pair] += frequency[index]
                if new in new_pair:
                    words_with[new_pair].add(index)
                    made.add(new_pair)
        for new_pair in made:
            heapq.heappush(heap, (-pair_count[new_pair], new_pair))
    return merges


def replace_pair(word: list[int], pair: Pair, new: int) -> list[int]:
    """Replace each occurrence of a pair by one token, from left to right.

    >>> replace_pair([1, 1, 1, 2], (1, 1), 256)
    [256, 1, 2]
    """
    replaced: list[int] = []
    skip = False
    for left, right in pairwise([*word, -1]):
        if skip:
            skip = False
        elif (left, right) == pair:
            replaced.append(new)
            skip = True
        else:
            replaced.append(left)
    return replaced
