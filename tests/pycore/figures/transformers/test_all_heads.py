"""FIG.04: maps are the stored ones, marks those of the measures, and what is said is what is drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import START
from pycore.figures.transformers import _heads, _models, _own_sentence
from pycore.figures.transformers._own_sentence import stored
from pycore.figures.transformers.all_heads import HABITS, STRENGTHS, AllHeads, _runs, has_habit
from pycore.live import demand
from pycore.recent import Recent
from pycore.transformers.gguf import split
from pycore.transformers.heads import where_they_look
from sitegen import vendor
from tests.pycore.figures.test_figures import outs, page
from tests.pycore.transformers import stand_in


def test_the_large_map_shows_the_stored_shares():
    shares = heads.maps("lamp")[13, 8]
    figure = AllHeads({"text": "lamp", "head": "b13h8"})
    shown = [
        int(re.search(r"--v:(\d+)%", e.attributes["style"])[1])
        for e in page(figure).walk()
        if e.name == "rect" and "style" in e.attributes
    ]
    lower = shares[np.tril_indices(len(shares))]
    np.testing.assert_allclose(shown, lower * (100 / heads.STEPS), atol=0.5)


@pytest.mark.parametrize(("text", "block", "head"), [("mary", 0, 0), ("list", 18, 6), ("hot", 29, 8)])
def test_small_maps_are_the_large_ones_in_three_strengths(text, block, head):
    shares = heads.maps(text)[block, head] / heads.STEPS
    drawn = np.zeros(shares.shape, int)
    for level, d in enumerate(_runs(stored(text), block, head), 1):
        for column, row, length in re.findall(r"M(\d+) (\d+)v(\d+)", d):
            drawn[int(row) : int(row) + int(length), int(column)] = level
    np.testing.assert_array_equal(drawn, np.digitize(shares, STRENGTHS))


@pytest.mark.parametrize("habit", [name for name in HABITS if name])
def test_a_mark_veils_all_heads_that_have_not_the_habit(habit):
    figure = AllHeads()
    figure.handle("mark", [habit])
    veils = sum(e.attributes.get("class") == "veil" for e in page(figure).walk())
    count = int(has_habit(habit).sum())
    assert veils == heads.BLOCKS * heads.HEADS - count
    assert f"({count} of 270)" in outs(figure)["marked"]
    # The head that it goes to is the strongest of them.
    assert has_habit(habit)[_heads.read_head(figure.state.head)]
    assert HABITS[habit] in outs(figure)["habits"]


def test_what_is_said_of_the_last_token():
    figure = AllHeads({"text": "lamp", "head": "b13h8"})
    assert outs(figure)["last"] == "The last token, “it”, takes 69 % from “lamp”."
    assert outs(figure)["head"] == "block 14, head 9"


def test_heads_can_be_chosen_without_aiming():
    figure = AllHeads()
    figure.handle("to_block", ["14"])
    figure.handle("to_head", ["8"])
    assert figure.state.head == "b13h8"
    for bad in ("b30h0", "b0h9", "b-1h0", "h", ""):
        with pytest.raises(ValueError, match="expected a head"):
            figure.handle("pick", [bad])
    assert figure.state.head == "b13h8"


def ask(figure: AllHeads, sentence: str) -> list[str]:
    """Type a sentence, ask for it, and let it be read; returns what was said meanwhile."""
    said = []
    for event, args in (("type_own", [sentence]), ("read_own", [])):
        figure.handle(event, args)
    while "data-tick" in figure.view()["readout"]:
        said.append(outs(figure)["last"])
        figure.handle("work", [])
    return said


def test_until_smollm2_is_here_an_own_sentence_waits_and_the_rest_goes_on():
    figure = AllHeads()
    figure.handle("read_own", [])
    assert figure.state.text == "france"
    assert outs(figure)["waits"] == "Type a few words first."
    with pytest.raises(ValueError, match="type a few words first"):
        AllHeads({"text": "own"})
    assert ask(figure, "The cat sat.") == []
    assert "see the line above" in outs(figure)["last"]
    figure.handle("mark", ["first"])
    assert "(84 of 270)" in outs(figure)["marked"]
    figure.handle("show", ["hot"])
    assert "see the line above" not in outs(figure)["last"]


def test_an_own_sentence_is_read_by_the_model_and_no_further_than_there_is_room(smollm2, monkeypatch):
    monkeypatch.setattr(heads, "BLOCKS", stand_in.BLOCKS)
    monkeypatch.setattr(heads, "HEADS", stand_in.HEADS)
    monkeypatch.setattr(_own_sentence, "_read", Recent(_own_sentence.KEPT))
    figure = AllHeads()
    said = ask(figure, "the cat sat 🙂")
    assert said[0] == "SmolLM2 unpacks its list of tokens …"
    assert said[-1] == "SmolLM2 reads your sentence …"
    looks = _own_sentence.own("the cat sat 🙂")
    tokenizer = _models.tokenizer("smollm2")
    ids = [tokenizer.special_tokens[START], *tokenizer.encode("the cat sat 🙂")]
    expected = where_they_look(_models.model("smollm2"), ids)
    np.testing.assert_allclose(looks.maps / heads.STEPS, expected, atol=0.5 / heads.STEPS + 1e-6)
    assert len(looks.tokens) == len(ids)
    assert ask(figure, "the cat sat 🙂") == []  # it is kept
    ask(figure, "1234567890 " * 12)
    assert len(_own_sentence.own(figure.state.own).tokens) == _own_sentence.MOST
    assert f"the first {_own_sentence.MOST - 1} are read" in figure.view()["controls"]


@pytest.mark.slow
def test_a_stored_text_that_is_typed_gives_the_stored_maps():
    content = vendor.fetch("smollm2").read_bytes()
    demand.provide("smollm2", split(content))
    _models.forget()
    try:
        ask(AllHeads(), heads.texts()["lamp"])
        looks = _own_sentence.own(heads.texts()["lamp"])
        assert looks.tokens == stored("lamp").tokens
        np.testing.assert_allclose(looks.maps.astype(int), stored("lamp").maps.astype(int), atol=1)
    finally:
        demand.drop("smollm2")
        _models.forget()
