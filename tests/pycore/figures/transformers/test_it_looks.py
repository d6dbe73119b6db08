"""FIG.00: what is drawn are the stored shares, the words lie apart, and each press plays the film anew."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pycore.data.transformers import heads
from pycore.figures.transformers.it_looks import LEAST, SENTENCES, WIDTH, ItLooks, places
from tests.pycore.figures.test_figures import outs, page


@pytest.mark.parametrize("shown", SENTENCES)
def test_shares_are_the_stored_ones(shown):
    tokens, percent = heads.it().texts[shown]
    figure = ItLooks({"shown": shown})
    for word in (tokens.index(" it"), 1, len(tokens) - 1):
        figure.handle("look", [str(word)])
        shares = {
            e.attributes.get("data-control"): share.text
            for e in page(figure).walk()
            if "word" in e.attributes.get("class", "").split()
            for share in e.walk()
            if share.name == "small"
        }
        expected = {
            f"word-{i}" if i else None: f"{percent[word][i]} %"
            for i in range(word)
            if percent[word][i] >= LEAST
        }
        assert shares == expected
        assert len([e for e in page(figure).walk() if e.name == "path"]) == len(expected)


def test_it_says_what_it_looks_at():
    assert outs(ItLooks())["said"].startswith("it takes 7")
    assert "from key" in outs(ItLooks())["said"]
    assert "from ball" in outs(ItLooks({"shown": "ball"}))["said"]
    assert "from animal" in outs(ItLooks({"shown": "street"}))["said"]


@pytest.mark.parametrize("shown", SENTENCES)
def test_words_lie_in_the_picture_and_apart(shown):
    laid = places(heads.it().texts[shown][0])
    for x, _, width in laid:
        assert x >= 0
        assert x + width <= WIDTH
    for (x, y, width), (next_x, next_y, _) in pairwise(laid):
        assert next_y > y or next_x >= x + width - 1e-9


def test_all_sentences_have_one_height():
    assert len({places(tokens)[-1][1] for tokens, _ in heads.it().texts.values()}) == 1


def test_shares_of_a_word_add_up():
    for _, percent in heads.it().texts.values():
        for row, shares in enumerate(percent):
            assert sum(shares) == pytest.approx(100, abs=len(percent) / 2)
            assert not any(shares[row + 1 :])


def test_the_film_starts_anew_with_each_press():
    figure = ItLooks()
    for event, args in (("replay", []), ("show", ["street"]), ("show", ["street"]), ("look", ["3"])):
        again = figure.state.again
        figure.handle(event, args)
        assert figure.state.again != again
