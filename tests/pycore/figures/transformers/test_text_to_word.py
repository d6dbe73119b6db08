"""The course's picture: what is drawn is what was stored, each word that is written is the likeliest one."""

from __future__ import annotations

import pytest

from pycore.data.transformers import heads
from pycore.data.transformers.text_to_word import NUMBERS, block, ways
from pycore.figures.transformers.text_to_word import NAMES, TextToWord
from tests.pycore.figures.test_figures import page


def drawn(figure: TextToWord, name: str) -> list[str]:
    """Return the texts of the elements of a kind."""
    return [" ".join(e.text.split()) for e in page(figure).walk() if e.name == name]


def test_all_texts_have_a_name():
    assert list(NAMES) == list(ways())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_the_likeliest_and_shares_add_up(name):
    way = ways()[name]
    assert "".join(way.tokens[1 : way.given]) == way.text
    assert way.rows.shape == (len(way.tokens), NUMBERS)
    for written, step in enumerate(way.steps):
        chances = [guess.p for guess in step.next]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1
        assert len(step.percent) == way.given + written
        assert sum(step.percent) == pytest.approx(100, abs=len(step.percent) / 2)
        if written + 1 < len(way.steps):
            assert way.tokens[way.given + written] == step.next[0].token


def test_where_both_have_a_text_they_agree_with_the_heads_of_lesson_04():
    """The same model read it, in another run: at most the last percent differs."""
    way = ways()["france"]
    step = way.steps[0]
    shares = heads.maps("france")[block(), step.head, -1] / heads.STEPS
    assert [round(100 * share) for share in shares.tolist()] == pytest.approx(step.percent, abs=1)
    lens = heads.lens("france", heads.BLOCKS, way.given - 1)
    assert [guess.token for guess in lens] == [guess.token for guess in step.next]
    assert heads.bits("france")[block()].argmax() == step.head


def test_a_press_writes_the_word_and_reads_it_too():
    figure = TextToWord()
    before = drawn(figure, "svg")
    figure.handle("write", [])
    assert figure.state.written == 1
    assert " Paris" in page(figure).text
    assert any("Paris" in text for text in drawn(figure, "li"))
    assert drawn(figure, "svg") == before  # beams have no words
    for _ in range(len(ways()["france"].steps) - 2):
        figure.handle("write", [])
    with pytest.raises(ValueError, match="tokens written"):
        figure.handle("write", [])
    figure.handle("show", ["france"])
    assert figure.state.written == 0
