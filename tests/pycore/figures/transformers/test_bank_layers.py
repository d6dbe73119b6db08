"""FIG.06A: neighbours are those of the full vectors, and the numbers of the lesson are counted here."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pycore.data.embeddings import bank_states
from pycore.data.transformers.bank import READINGS, bank_layers
from pycore.data.transformers.heads import BLOCKS
from pycore.figures.transformers.bank_layers import APART, BankLayers, cosines, right
from tests.pycore.figures.test_figures import outs, page


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("block", [1, 7, 30])
def test_neighbours_are_counted_right(reading, block):
    x = bank_layers(reading)[block]
    x = x - x.mean(axis=0)
    expected = []
    for i, own in enumerate(x):
        found = [
            float(own @ other / np.sqrt(own @ own * (other @ other))) if j != i else -2.0
            for j, other in enumerate(x)
        ]
        np.testing.assert_allclose(cosines(block, reading)[i], found, atol=1e-8)
        # Sentences that begin alike are equally near; the first of them counts, on every machine.
        nearest = int(np.argmax(np.round(found, 8)))
        expected.append(bank_states().senses[nearest] == bank_states().senses[i])
    assert right(block, reading) == tuple(expected)


def test_the_table_has_one_vector_for_all():
    for reading in READINGS:
        assert np.ptp(bank_layers(reading)[0], axis=0).max() < 1e-4
    figure = BankLayers()
    assert outs(figure)["right"] == "none"
    places = {
        e.attributes["style"]
        for e in page(figure).walk()
        if "data-on-click" in e.attributes and e.name == "g"
    }
    assert len(places) == 1


def test_reading_twice_helps():
    figure = BankLayers({"block": 7})
    assert outs(figure)["right"] == "21 of 24"
    figure.handle("again", [])
    assert outs(figure)["right"] == "23 of 24"


def test_what_has_not_been_read_is_weak():
    figure = BankLayers({"chosen": 12})
    unread = [e.text for e in page(figure).walk() if e.attributes.get("class") == "unread"]
    assert unread == [" turned down her application for a loan."]
    figure.handle("again", [])
    assert not [e for e in page(figure).walk() if e.attributes.get("class") == "unread"]


def test_no_point_covers_another():
    for twice in (False, True):
        for block in range(1, BLOCKS + 1):
            styles = [
                e.attributes["style"]
                for e in page(BankLayers({"block": block, "twice": twice})).walk()
                if e.name == "g" and "data-on-click" in e.attributes
            ]
            places = np.array([re.findall(r"-?[\d.]+(?=px)", style) for style in styles], dtype=np.float64)
            apart = np.linalg.norm(places[:, np.newaxis] - places, axis=-1)
            np.fill_diagonal(apart, np.inf)
            assert places.shape == (24, 2)
            assert apart.min() > 0.98 * APART, (block, twice)
