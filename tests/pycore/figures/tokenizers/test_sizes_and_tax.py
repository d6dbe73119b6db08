"""FIG.06 and FIG.06A: what is drawn is what was counted, and what was counted is tiktoken's."""

from __future__ import annotations

import pytest

from pycore.data.tokenizers.declarations import COUNTED, declarations
from pycore.figures.tokenizers import token_tax, vocabulary_size
from pycore.figures.tokenizers.token_tax import TokenTax
from pycore.figures.tokenizers.vocabulary_size import STEPS, VocabularySize, rates, record
from tests.pycore.figures.test_figures import outs, page

# ---------------------------------------------------------------- FIG.06


def test_more_merges_never_make_more_tokens_and_the_table_grows():
    assert len(record()["sizes"]) == STEPS + 1
    for text in vocabulary_size.NAMES:
        assert rates(text) == sorted(rates(text), reverse=True)
    figure = VocabularySize()
    assert outs(figure)["table"] == "0.2 million"
    figure.handle("adjust", ["size", str(STEPS)])
    figure.handle("adjust", ["d=4096"])
    assert outs(figure)["table"] == f"{23170 * 4096 / 1e6:.1f} million"
    spoken = figure.view()["stage"]
    assert "with 23,170 tokens: 191 in other speeches, 283 in a novel of 1851, 481 in a German text" in spoken


def test_at_first_only_bytes_are_drawn():
    figure = VocabularySize()
    assert outs(figure)["rate-speeches"] == "1,000"
    assert outs(figure)["saved"] == "–"
    curves = [e for e in page(figure).walk() if e.attributes.get("class", "").startswith("curve")]
    assert all("L" not in curve.attributes["d"] for curve in curves)


# ---------------------------------------------------------------- FIG.06A


def test_english_is_the_measure_and_all_bars_fit():
    for counted in COUNTED:
        assert token_tax.ratio("eng", counted) == 1
        assert all(0 < token_tax.ratio(code, counted) <= token_tax.most() for code in declarations())
    assert len(declarations()) == 40


@pytest.mark.parametrize("counted", COUNTED)
def test_sorting_puts_the_most_costly_first(counted):
    figure = TokenTax()
    figure.handle("adjust", [f"counted={counted}"])
    by_name = [e.text for e in languages(figure)]
    assert by_name == sorted(by_name)
    figure.handle("adjust", ["sorted=true"])
    times = [
        float(text.removesuffix("×")) for name, text in outs(figure).items() if name.startswith("times-")
    ]
    assert times == sorted(times, reverse=True)
    assert len(times) == 40


def languages(figure):
    return [
        next(e.walk()) for name, e in page(figure).all("data-control").items() if name.startswith("pick-")
    ]


@pytest.mark.parametrize("counted", COUNTED)
def test_the_pieces_are_the_article(counted):
    figure = TokenTax()
    figure.handle("adjust", [f"counted={counted}"])
    for code, row in declarations().items():
        assert b"".join(row.pieces(counted)).decode() == row.article
        figure.handle("pick", [code])
        assert outs(figure)["pieces"] == str(len(row.pieces(counted)))


def test_a_language_that_is_not_there():
    with pytest.raises(ValueError, match="a language of the list"):
        TokenTax().handle("pick", ["tlh"])
