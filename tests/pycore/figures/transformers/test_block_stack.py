"""FIG.06: shapes are the model's own, sums are as long as they can be, and the lens fills as one goes."""

from __future__ import annotations

import pytest

from pycore.data.transformers import heads
from pycore.figures.transformers.block_stack import ATTENTION, FEED_FORWARD, BlockStack
from tests.pycore.figures.test_figures import outs, page, value


def guesses(figure):
    return [e.text for e in page(figure).walk() if e.attributes.get("class") == "said"]


def test_the_weights_are_smollm2s():
    # 134,515,008 numbers: 30 blocks with two norms each, the last norm, and the table.
    assert 30 * (ATTENTION + FEED_FORWARD + 2 * 576) + 576 + 49_152 * 576 == 134_515_008


@pytest.mark.parametrize("block", [1, 12, 30])
def test_a_sum_is_no_longer_than_its_parts_together(block):
    figure = BlockStack({"block": block})
    enters, attention, feed, leaves = (value(outs(figure)[f"length-{i}"]) for i in (1, 2, 3, 4))
    assert leaves <= enters + attention + feed + 0.2
    assert (
        leaves
        >= max(enters, attention, feed) - (enters + attention + feed - max(enters, attention, feed)) - 0.2
    )


def test_the_list_fills_as_far_as_one_went():
    figure = BlockStack()
    assert guesses(figure)[1:] == ["·"] * heads.BLOCKS
    figure.handle("go_to", ["12"])
    figure.handle("go_to", ["3"])
    assert guesses(figure).count("·") == heads.BLOCKS - 12
    figure.handle("go_to", ["30"])
    assert guesses(figure)[-1] == "Paris"
    assert outs(figure)["guess"] == "Paris"


def test_another_text_begins_at_its_last_token():
    figure = BlockStack({"place": 2})
    figure.handle("show", ["mary"])
    assert figure.state.place == -1
    figure.handle("after", ["14"])
    assert figure.state.place == -1
    with pytest.raises(ValueError, match="expected a token from -1 to 14; found 15"):
        figure.handle("after", ["15"])
