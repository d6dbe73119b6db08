"""FIG.04A: what is crossed out is off, and the lists are the stored ones."""

from __future__ import annotations

import pytest

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import shown as name_of
from pycore.figures.transformers.head_off import HeadOff
from tests.pycore.figures.test_figures import outs, page


def crosses(figure):
    return sum(e.attributes.get("class") == "gone" for e in page(figure).walk())


@pytest.mark.parametrize(
    ("off", "count"), [("induction", 5), ("previous", 6), ("lot", 6), ("b4", 9), ("b18h6", 1)]
)
def test_what_is_off_is_crossed_out_and_answers_are_the_stored_ones(off, count):
    figure = HeadOff()
    assert crosses(figure) == 0
    figure.handle("turn", [off])
    assert crosses(figure) == count
    shown = outs(figure)
    guesses, bits = heads.without("quirkle", off)
    assert [shown[f"after-{i}"] for i in range(1, 6)] == [name_of(guess.token) for guess in guesses]
    assert f"{bits:.2f} bits" in shown["said"]
    figure.handle("turn", [off])
    assert figure.state.off == ""
    assert crosses(figure) == 0


def test_the_name_is_forgotten_without_induction_heads_and_kept_without_others():
    figure = HeadOff()
    figure.handle("turn", ["induction"])
    assert "now comes first, instead of “Bl”" in outs(figure)["said"]
    figure.handle("turn", ["lot"])
    assert "“Bl” stays first" in outs(figure)["said"]


def test_the_slider_takes_along_what_is_off():
    figure = HeadOff()
    figure.handle("to_block", ["3"])
    assert figure.state.off == ""
    figure.handle("to_head", ["4"])
    figure.handle("to_block", ["7"])
    assert figure.state.off == "b6h4"
    figure.handle("turn", ["induction"])
    figure.handle("to_block", ["8"])
    assert (figure.state.off, figure.state.block) == ("induction", 7)
    for bad in ("b30", "b0h9", "x", "<b>"):
        with pytest.raises(ValueError, match="expected a head"):
            figure.handle("turn", [bad])
