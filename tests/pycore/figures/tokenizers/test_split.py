"""FIG.04 and FIG.04A: pieces are those of the pattern, rules are named right; what training then learns."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.data.tokenizers.unsplit import held_out, learned
from pycore.figures.tokenizers.no_split import LONGEST as LETTERS
from pycore.figures.tokenizers.no_split import NoSplit, crossing, having, vocabulary
from pycore.figures.tokenizers.split import LONGEST, RULES, Split
from pycore.tokenizers.bpe import merge_pairs
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.byte_alphabet import to_byte_ids
from pycore.tokenizers.pretokenize import SPLITS, split_by_rule, split_words
from tools.make_unsplit_merges import HELD_OUT
from tools.make_word_costs import speeches


def out(of: Split | NoSplit, name: str) -> str:
    found = re.search(rf'data-out="{name}"[^>]*>([^<]*)<', "".join(of.parts().values()))
    assert found
    return found[1]


def boxes(of: Split) -> list[str]:
    drawn = of.parts()["stage"].split('class="cut"')[1]
    return [html.unescape(box) for box in re.findall(r'<bdi class="t [^"]*">(.*?)</bdi>', drawn)]


class TestSplit:
    @pytest.mark.parametrize("split", SPLITS)
    def test_pieces_and_counts(self, split: str) -> None:
        of = Split({"split": split})
        cut = split_by_rule(of.state.text, split)
        assert [box.replace("␣", " ").replace("↵", "\n") for box in boxes(of)] == [word for word, _ in cut]
        assert out(of, "chunks") == str(len(cut))
        taken = Counter(rule for _, rule in cut)
        assert [out(of, f"rule-{at}") for at in range(len(RULES[split]))] == [
            str(taken[at]) for at in range(len(SPLITS[split]))
        ]

    def test_digits_are_what_the_lesson_says(self) -> None:
        of = Split({"text": "12345678"})
        assert boxes(of) == ["12345678"]
        of.handle("adjust", ["split=cl100k"])
        assert boxes(of) == ["123", "456", "78"]
        of.handle("adjust", ["split=none"])
        assert out(of, "chunks") == "1"

    def test_a_rule_that_stands_out_fades_the_others(self) -> None:
        of = Split()
        of.handle("stress", ["2"])
        stage = of.parts()["stage"]
        assert stage.count(" faded") == len(boxes(of)) - int(out(of, "rule-2"))
        of.handle("stress", ["2"])
        assert " faded" not in of.parts()["stage"]
        of.handle("stress", ["2"])
        of.handle("adjust", ["split=o200k"])
        assert of.state.rule == -1

    @settings(deadline=None, max_examples=50)
    @given(st.text(max_size=60), st.sampled_from([*SPLITS, "none"]))
    def test_any_text(self, text: str, split: str) -> None:
        of = Split({"split": split})
        of.handle("write", [text])
        assert len(boxes(of)) == int(out(of, "chunks"))
        "".join(of.parts().values()).encode("utf-8")
        again = Split({"split": split})
        again.restore(of.changes())
        assert again.parts() == of.parts()

    def test_bad_input(self) -> None:
        of = Split()
        with pytest.raises(ValueError, match="401 characters are too many"):
            of.handle("write", ["a" * (LONGEST + 1)])
        for rule in ("6", "99", "-1", "<b>"):
            with pytest.raises(ValueError, match="expected"):
                of.handle("stress", [rule])
        with pytest.raises(ValueError, match="expected a rule from -1 to 0"):
            Split({"split": "none", "rule": 1})


class TestNoSplit:
    def test_merges_are_those_that_learning_gives(self) -> None:
        texts = speeches()[1].split("\n")
        words = Counter(word for text in texts for word in split_words(text))
        assert list(learned("split").merges)[:1000] == learn_merges(words, 1000)
        # Each merge reads the whole text again where there is no split, so only the first ones.
        assert list(learned("whole").merges)[:2] == learn_merges(Counter(texts), 2)

    def test_tokens_of_the_text_held_out(self) -> None:
        text = speeches()[0][-HELD_OUT:]
        for how in ("split", "whole"):
            if how == "split":
                found = sum(len(learned(how).encode(line)) for line in text.split("\n"))
            else:
                merges = learned(how).merges
                found = sum(len(merge_pairs(to_byte_ids(line), merges)) for line in text.split("\n"))
            assert found == held_out()[how]

    def test_what_is_listed(self) -> None:
        of = NoSplit({"word": "America"})
        assert having("split", "America") == [b" America"]
        assert b"United States of America" in having("whole", "America")
        assert out(of, "found-split") == "1"
        assert int(out(of, "found-whole")) == len(having("whole", "America"))
        of.handle("write", ["(.*"])
        assert out(of, "found-whole") == "0"
        of.handle("write", [" "])
        assert out(of, "found-split") == "3,744"
        assert having("split", "")[0] == max(vocabulary("split"), key=len)
        of.handle("write", ["\0" + "a" * (LETTERS - 1)])
        of.parts()
        before = of.state
        for bad in ("a\ud800", "a" * (LETTERS + 1)):
            with pytest.raises(ValueError, match=r"half of a character|are too many"):
                of.handle("write", [bad])
        assert of.state == before

    def test_nothing_crosses_with_a_split(self) -> None:
        assert crossing("split") == 0
        assert 0.4 < crossing("whole") < 0.6
