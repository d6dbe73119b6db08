"""FIG.03: it shows what `learn_merges` learns, at every step and at its ends."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest

from pycore.figures.tokenizers.learn_merges import LONGEST, TEXTS, LearnMerges
from pycore.tokenizers.bpe import BytePairTokenizer
from pycore.tokenizers.bpe_training import learn_merges
from pycore.tokenizers.pretokenize import split_words


def figure(**state: object) -> LearnMerges:
    made = LearnMerges()
    made.change(**state)
    return made


def out(of: LearnMerges, name: str) -> str:
    found = re.search(rf'data-out="{name}"[^>]*>([^<]*)<', "".join(of.parts().values()))
    assert found
    return found[1]


def boxes(of: LearnMerges) -> list[str]:
    """What stands in the boxes of the text."""
    return [
        html.unescape(text) for text in re.findall(r'<bdi class="t[^"]*">(.*?)</bdi>', of.parts()["stage"])
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_each_step_is_what_learning_gives(text: str) -> None:
    merges = learn_merges(Counter(split_words(TEXTS[text])), 1000)
    of = figure(text=text)
    for done in range(len(merges) + 1):
        ids = BytePairTokenizer(merges[:done]).encode(TEXTS[text])
        assert out(of, "tokens") == str(len(ids)) == str(len(boxes(of)))
        assert out(of, "merges") == str(done)
        assert "".join(boxes(of)) == TEXTS[text].replace(" ", "␣")
        of.handle("merge", ["1"])
    # Pressed after the end, nothing changes.
    assert out(of, "merges") == str(len(merges))
    assert "learning ends" in out(of, "verdict") or "Nothing is left" in out(of, "verdict")
    of.handle("merge", ["-1"])
    assert out(of, "merges") == str(len(merges) - 1)


def test_what_is_marked_is_what_is_merged_next() -> None:
    of = figure(text="aaa")
    marked = of.parts()["stage"].count(" first")
    before = len(boxes(of))
    of.handle("merge", ["1"])
    assert before - len(boxes(of)) == marked == of.parts()["stage"].count("t new")


def test_the_listed_counts_and_the_tie_are_told() -> None:
    of = figure(text="banana", merges=0)
    assert int(out(of, "count-1")) >= int(out(of, "count-2"))
    told = {figure(text="woodchuck", merges=n) for n in range(12)}
    for at in told:
        tie = out(at, "count-1") == out(at, "count-2")
        assert out(at, "verdict").startswith("A tie" if tie else "The largest count")
    # All that are equal count, also those that are not listed.
    assert out(figure(text="woodchuck"), "verdict").startswith("A tie: 2 pairs occur 12 times.")
    assert out(figure(text="banana", merges=6), "verdict").startswith("A tie: 8 pairs occur 2 times.")


def test_the_tree_of_a_token_ends_in_its_bytes() -> None:
    of = figure(own="été été été", text="own", merges=9)
    of.handle("look", [str(256)])
    tree = of.parts()["learned"].split('class="tree"')[1]
    assert re.findall(r'<bdi class="t[^"]*">([^<]*)</bdi>', tree) == ["é", "C3", "A9"]


def test_running_ends_by_itself_and_begins_anew() -> None:
    of = figure(text="aaa")
    of.handle("play", [])
    for _ in range(200):
        of.handle("tick", [0.25])
    assert not of.state.playing
    assert of.state.merges == len(learn_merges(Counter(split_words(TEXTS["aaa"])), 99))
    of.handle("play", [])
    assert of.state.playing
    assert of.state.merges == 0


def test_hostile_and_empty_texts() -> None:
    of = LearnMerges()
    for text in (
        "",
        " ",
        "a",
        "a" * LONGEST,
        "<b>&\0\u202e\x1b",
        "👩‍👩‍👧 👩‍👩‍👧",
        "a" + "\u0301" * (LONGEST - 1),
        "سلام 123",
    ):
        of.handle("write", [text])
        for step in ("10", "10", "-1"):
            of.parts()
            of.handle("merge", [step])
        drawn = "".join(of.parts().values())
        assert "<b>&\0" not in drawn
        assert "\u202e" not in of.parts()["stage"]
    with pytest.raises(ValueError, match="1,501 characters are too many"):
        of.handle("write", ["a" * (LONGEST + 1)])
    with pytest.raises(ValueError, match="U\\+D800 is half of a character"):
        of.handle("write", ["a\ud800b"])
    with pytest.raises(ValueError, match="lone surrogate"):
        of.restore({"own": "\udfff"})
    of.restore({"text": "aaa", "merges": 2999, "token": 2000, "playing": True})
    assert int(out(of, "merges")) == len(learn_merges(Counter(split_words(TEXTS["aaa"])), 99))
