"""The costs are those of the real speeches, their words counted here by another library."""

from __future__ import annotations

from collections import Counter

import regex

from pycore.data.tokenizers.word_costs import split_sentence, word_costs
from tools.make_word_costs import speeches


def test_words_and_what_is_unknown() -> None:
    costs = word_costs()
    earlier, later = speeches()
    assert len(earlier) + len(later) > 10_000_000
    assert later.count("pandemic") > 5
    assert costs.characters == len(later)
    assert costs.bytes == len(later.encode())
    words = regex.compile(r"\p{L}+(?:'\p{L}+)*")
    known = Counter(words.findall(earlier))
    seen = words.findall(later)
    assert costs.words == len(seen)
    assert costs.sizes[-1] == len(known)
    assert costs.tokens == len(seen) + len(regex.findall(r"\S", words.sub("", later)))
    for size, unknown in zip(costs.sizes, costs.unknown, strict=True):
        # Of equally frequent words, which are on the list is a matter of the alphabet.
        listed = {word for word, _ in sorted(known.items(), key=lambda item: (-item[1], item[0]))[:size]}
        assert unknown == sum(word not in listed for word in seen)


def test_longer_lists_cost_less_and_pieces_never_fail() -> None:
    costs, later = word_costs(), speeches()[1]
    assert costs.unknown == sorted(costs.unknown, reverse=True)
    assert costs.pieces == sorted(costs.pieces, reverse=True)
    assert costs.unknown[-1] > 0
    for sample in costs.samples:
        assert sample.text in later
        assert [sum(cut) for cut in sample.cuts] == [len(sample.text.encode())] * len(costs.sizes)
        assert len(sample.ranks) == len(split_sentence(sample.text))
