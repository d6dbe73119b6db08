"""FIG.02: both costs, and the sentence in three cuts, for each size of the list."""

from __future__ import annotations

import html
import re

import pytest

from pycore.data.tokenizers.word_costs import word_costs
from pycore.figures.tokenizers.words_letters import SENTENCES, SIZES, WordsLetters


def out(of: WordsLetters, name: str) -> str:
    found = re.search(rf'data-out="{name}"[^>]*>([^<]*)<', "".join(of.parts().values()))
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_sentence_is_whole_in_each_cut(sentence: int) -> None:
    text = word_costs().samples[sentence].text
    of = WordsLetters({"sentence": sentence})
    before = len(text)
    for size in SIZES:
        of.handle("adjust", ["size", str(size)])
        drawn = of.parts()["sentence"]
        boxes = [html.unescape(box) for box in re.findall(r'<bdi class="t[^"]*">(.*?)</bdi>', drawn)]
        cut = drawn.count("[UNK]")
        assert out(of, "missing") == f"{cut} unknown"
        joined = "".join(boxes)
        spaced = text.replace(" ", "␣")
        assert joined.endswith(spaced + spaced)
        pieces = re.findall(r"pieces: (\d+) tokens", drawn)
        assert len(pieces) == 1
        assert int(pieces[0]) <= before
        before = int(pieces[0])


def test_the_share_is_that_of_all_later_speeches() -> None:
    costs = word_costs()
    assert len(costs.sizes) == len(SIZES)
    of = WordsLetters({"size": 0})
    assert out(of, "unknown") == f"{100 * costs.unknown[0] / costs.words:.1f} %"
    of.handle("adjust", ["size", "7"])
    assert float(out(of, "unknown").split()[0]) == pytest.approx(
        100 * costs.unknown[-1] / costs.words, abs=0.05
    )
    assert "all words" in out(of, "verdict")
