"""FIG.07B: numbers of the formula at each length, and times that the machine really took."""

from __future__ import annotations

import pytest

from pycore.data.transformers.speeches import speech_model
from pycore.figures.transformers import attention_cost
from pycore.figures.transformers.attention_cost import LENGTHS, SIZES, TIMED, AttentionCost
from pycore.transformers.cost import with_cache, without_cache
from tests.pycore.figures.test_figures import outs, page


@pytest.mark.parametrize("model", SIZES)
@pytest.mark.parametrize("step", [0, 4, 9])
def test_the_ratio_is_that_of_the_products(model, step):
    figure = AttentionCost({"sizes": model, "tokens": str(LENGTHS.value(step))})
    n = round(LENGTHS.value(step))
    ratio = without_cache(SIZES[model], n) / with_cache(SIZES[model], n)
    assert outs(figure)["ratio"] == f"{ratio:,.0f} ×"
    assert ("window" in outs(figure)["verdict"]) == (model == "own" and n > speech_model().window)


def test_it_is_timed_length_by_length_and_the_cache_saves(monkeypatch):
    monkeypatch.setattr(attention_cost, "LEAST", 0.002)
    figure = AttentionCost()
    assert "data-tick" not in figure.view()["timing"]
    figure.handle("measure", [])
    counts = []
    while "data-tick" in figure.view()["timing"]:
        figure.handle("tick", [])
        counts.append(len(figure.state.kept))
    assert counts == list(range(1, len(TIMED) + 1))
    assert figure.state.anew[-1] > 2 * figure.state.kept[-1]
    assert f"{figure.state.kept[-1]:.3g} ms kept" in outs(figure)["said"]
    # It is part of the state, so a link shows what was measured.
    other = AttentionCost()
    other.restore(figure.changes())
    assert other.view() == figure.view()
    figure.handle("measure", [])
    assert (figure.state.kept, figure.state.measuring) == ((), True)


def test_it_can_be_stopped_and_keeps_what_it_has(monkeypatch):
    monkeypatch.setattr(attention_cost, "measured", lambda tokens: (1.0, 2.0))
    figure = AttentionCost()
    for name in ("measure", "tick", "tick", "measure", "tick"):
        figure.handle(name, [])
    assert figure.state.kept == (1.0, 1.0)
    page(figure)


def test_times_that_cannot_be_are_refused():
    for state in ({"kept": [1.0]}, {"kept": [0.0], "anew": [1.0]}, {"kept": [1.0] * 7, "anew": [1.0] * 7}):
        with pytest.raises(ValueError, match="expected"):
            AttentionCost().restore(state)
