"""The numbers that lesson 02 states, each computed from what its figures show."""

from __future__ import annotations

from pycore.data.tokenizers import vocabularies
from pycore.data.tokenizers.unigram import unigram
from pycore.data.tokenizers.unsplit import held_out
from pycore.data.tokenizers.word_costs import word_costs
from pycore.data.tokenizers.wordpiece import wordpiece
from pycore.figures.tokenizers import no_split, token_tax
from pycore.figures.tokenizers._pieces import shown
from pycore.figures.tokenizers.learn_merges import TEXTS
from pycore.live.markup import percent
from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.pretokenize import split_words
from pycore.tokenizers.unigram import count_paths
from pycore.tokenizers.utf8 import SURROGATES

# ---------------------------------------------------------------- sections 1 to 4


def code_of_a() -> int:
    """Which number Unicode gives to A."""
    return ord("A")


def code_of_e() -> int:
    """Which number Unicode gives to é."""
    return ord("é")


def code_of_sun() -> int:
    """Which number Unicode gives to 日."""
    return ord("日")


def code_points() -> int:
    """How many numbers Unicode has: 17 planes of 2 to the 16."""
    return 17 * 2**16


def surrogates() -> int:
    """How many of them are halves of a pair."""
    return len(SURROGATES)


def all_words() -> int:
    """How many different words the speeches up to 2000 have."""
    return word_costs().sizes[-1]


def one_in() -> str:
    """One in how many words of the later speeches is not among them."""
    return f"{word_costs().words / word_costs().unknown[-1]:.0f}"


def letters_longer() -> str:
    """How many times as long a row of bytes is as a row of words."""
    return {5: "five"}[round(word_costs().bytes / word_costs().tokens)]


def pieces_longer() -> str:
    """How much longer a row of pieces is than a row of words, by lists of equal length."""
    return percent(word_costs().pieces[-1] / word_costs().tokens - 1)


_TWISTER = TEXTS["woodchuck"]


def _twister() -> BytePairTokenizer:
    return BytePairTokenizer.train([_TWISTER], 1000)


def twister_merges() -> int:
    """How many merges can be learned from it, each of a pair that occurs twice or more."""
    return len(_twister().merges)


def twister_bytes() -> int:
    """How many bytes it has."""
    return len(_TWISTER.encode())


def twister_tokens() -> int:
    """How many tokens it has after all merges."""
    return len(_twister().encode(_TWISTER))


_DIGITS = "12345678"


def digits_gpt2() -> str:
    """A number, as GPT-2's split cuts it."""
    return " ".join(split_words(_DIGITS, "gpt2"))


def digits_later() -> str:
    """The same, as those of cl100k and o200k do."""
    (cut,) = {tuple(split_words(_DIGITS, split)) for split in ("cl100k", "o200k")}
    return " ".join(cut)


def learned_each() -> int:
    """How many merges were learned with the split, and how many without."""
    (count,) = {len(no_split.vocabulary(how)) for how in ("split", "whole")}
    return count


def america_whole() -> int:
    """How many tokens hold the word where there was no split."""
    return len(no_split.having("whole", "America"))


def crossing_whole() -> str:
    """Share of the tokens learned without a split that the split would have cut."""
    return percent(no_split.crossing("whole"))


def unsplit_saves() -> str:
    """How many tokens fewer it makes of 500,000 characters of earlier speeches."""
    counts = held_out()
    return percent(1 - counts["whole"] / counts["split"])


# ---- sections 5 and 6


def gpt2_size() -> int:
    """How many tokens GPT-2 knows: the bytes, the merges, and the one special token."""
    return len(vocabularies.gpt2().vocabulary)


def gpt2_table() -> str:
    """Millions of numbers in GPT-2's table of embeddings, a row of 768 for each token."""
    return f"{len(vocabularies.gpt2().vocabulary) * 768 / 1e6:.1f}"


def burmese_gpt2() -> str:
    """How many times as many of GPT-2's tokens the declaration takes in Burmese as in English."""
    return f"{token_tax.ratio('mya', 'gpt2'):.1f}"


def burmese_bytes() -> str:
    """How many times as many bytes it takes."""
    return f"{token_tax.ratio('mya', 'bytes'):.1f}"


def burmese_o200k() -> str:
    """How many times as many tokens of o200k it takes."""
    return f"{token_tax.ratio('mya', 'o200k'):.1f}"


def byte_of_stop() -> int:
    """The byte that UTF-8 writes for a full stop."""
    return b"."[0]


def token_of_stop() -> int:
    """GPT-2's token for it."""
    return vocabularies.gpt2().encode(".")[0]


def end_of_text() -> str:
    """The id of GPT-2's mark for the end of a text."""
    return str(vocabularies.gpt2().special_tokens[vocabularies.END_OF_TEXT])


# ---- section 7


def _whole(least: int, most: int) -> int:
    """How many numbers from one to another are one token for GPT-2, without a space."""
    return sum(len(vocabularies.gpt2().encode(str(number))) == 1 for number in range(least, most + 1))


def whole_numbers() -> int:
    """Of all numbers with four digits."""
    return _whole(1000, 9999)


def whole_years() -> int:
    """Of those that are years, 1900 to 2020."""
    return _whole(1900, 2020)


def unhappiest_ways() -> int:
    """How many ways FIG.07A's list has to cut the word, its space included."""
    word = "▁unhappiest"
    return count_paths(unigram().lattice(word), len(word))


def unigram_size() -> int:
    """How many pieces that list has."""
    return len(unigram().scores)


def wordpiece_size() -> int:
    """How many tokens BERT (uncased) has."""
    return len(wordpiece().vocabulary)


def unhappiness() -> str:
    """How GPT-2 cuts the word with the space before it, which is written as the figures do."""
    ids = vocabularies.gpt2().encode(" unhappiness")
    return "·".join(shown(vocabularies.gpt2().decode([id_])) for id_ in ids)


def hello() -> str:
    """The id of the word."""
    return str(vocabularies.gpt2().encode("hello")[0])


def _beside(step: int) -> str:
    """The token that stands before or after it on the list."""
    return vocabularies.gpt2().decode([int(hello()) + step]).strip()


def before_hello() -> str:
    """The token before it."""
    return _beside(-1)


def after_hello() -> str:
    """The token after it."""
    return _beside(1)


def spaced_hello() -> str:
    """The id of the word with a space before it."""
    return str(vocabularies.gpt2().encode(" hello")[0])
