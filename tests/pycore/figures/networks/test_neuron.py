"""FIG.01: counts, sums and shade against formulas worked out here."""

from __future__ import annotations

import re

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pycore.figures.networks import neuron as module
from pycore.figures.networks._plane import ARROW, LONGEST
from pycore.figures.networks.neuron import NeuronFigure, birds, chart, inputs
from pycore.networks.neuron import BENDS
from tests.pycore.figures.test_figures import outs, value


def test_both_axes_have_one_scale():
    plot = chart()
    across = (plot.x.end - plot.x.start) / (plot.x.high - plot.x.low)
    up = (plot.y.start - plot.y.end) / (plot.y.high - plot.y.low)
    assert across == pytest.approx(up)
    x = inputs()
    assert plot.x.low < x[:, 0].min() < x[:, 0].max() < plot.x.high
    assert plot.y.low < x[:, 1].min() < x[:, 1].max() < plot.y.high


@pytest.mark.parametrize("foot", [(0.0, 0.0), (0.5, -1.0), (-2.0, 2.0)])
@pytest.mark.parametrize("weights", [(3.0, -1.0), (-0.2, 0.1), (0.0, 2.0), (6.0, 0.0)])
def test_the_count_is_of_birds_beyond_the_drawn_line(foot, weights):
    figure = NeuronFigure({"x": foot[0], "y": foot[1], "w1": weights[0], "w2": weights[1]})
    x, labels = inputs(), birds()[1]
    ahead = (x - np.array(foot)) @ np.array(weights) > 0
    assert outs(figure)["wrong"] == str(int((ahead != (labels == 1)).sum()))
    drawn = re.search(r'class="cut" x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)"', figure.view()["stage"])
    x1, y1, x2, y2 = map(float, drawn.groups())
    way = np.array([chart().x.value(x2) - chart().x.value(x1), chart().y.value(y2) - chart().y.value(y1)])
    assert abs(way @ np.array(weights)) < 0.05 * np.hypot(*way)


@pytest.mark.parametrize("bend", BENDS)
def test_the_ringed_birds_sum_adds_up(bend):
    figure = NeuronFigure({"bend": bend})
    seen = set()
    for _ in range(len(inputs())):
        figure.handle("another", [])
        seen.add(figure.state.bird)
        if len(seen) % 40 == 1:
            shown = outs(figure)
            parts = [value(shown[f"part-{i}"].split(" = ")[1]) for i in (1, 2)]
            z = value(shown["z"])
            assert sum(parts) + value(shown["bias"]) == pytest.approx(z, abs=0.016)
            assert value(shown["y"]) == pytest.approx(float(BENDS[bend](np.array(z))), abs=0.011)
    assert len(seen) == len(inputs())


@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize("z", [-9.0, -2.0, 0.5, 2.0, 2.5, 9.0])
def test_the_dot_lies_on_the_curve_also_where_the_curve_leaves_the_chart(bend, z):
    drawn = module._bend(bend, z, float(BENDS[bend](np.array(z))))
    path = re.search(r'class="curve" d="M([^"]+)"', drawn).group(1)
    curve = [tuple(map(float, place.split())) for place in path.split("L")]
    x, y = (float(re.search(rf'class="here" .*?{name}="([^"]+)"', drawn).group(1)) for name in ("cx", "cy"))
    assert min(np.hypot(x - u, y - v) for u, v in curve) < 4


def test_the_factors_that_are_shown_make_the_product_that_is_shown():
    figure = NeuronFigure()
    for at in range(20):
        figure.handle("drag", ["tip", 40 + 19.3 * at, 30.7 + 11.9 * at])
        figure.handle("another", [])
        shown = outs(figure)
        for i in (1, 2):
            factors, product = shown[f"part-{i}"].split(" = ")
            w, x = map(value, factors.split(" · "))
            assert value(product) == pytest.approx(w * x, abs=0.005001)
            assert value(shown[f"x-{i}"].split(" → ")[1]) == x


def test_doubling_all_leaves_the_line():
    """What the question says."""
    one = NeuronFigure({"w1": 1.0, "w2": 2.0})
    two = NeuronFigure({"w1": 2.0, "w2": 4.0})
    assert outs(one)["wrong"] == outs(two)["wrong"]
    assert value(outs(two)["z"]) == pytest.approx(2 * value(outs(one)["z"]), abs=0.011)


def test_training_is_near_to_logistic_regression_and_the_best_line_is_kept():
    oracle = LogisticRegression(C=np.inf).fit(inputs(), birds()[1])
    assert abs(module.trained_wrong() - (oracle.predict(inputs()) != birds()[1]).sum()) <= 1
    figure = NeuronFigure({"x": 0.23, "y": 0.0, "w1": 5.0, "w2": -1.6})
    figure.handle("nudge", ["line", 0, 0])
    best = int(outs(figure)["best"])
    assert best <= module.trained_wrong()
    figure.handle("drag", ["line", 60, 100])
    assert outs(figure)["best"] == str(best)
    assert int(outs(figure)["wrong"]) > best


def test_the_arrow_stays_on_the_chart_and_has_a_longest_length():
    figure = NeuronFigure()
    for place in ((-900, -900), (5000, 5000), (0, 5000), (300, 200)):
        for name in ("tip", "line", "tip"):
            figure.handle("drag", [name, *place])
            assert np.hypot(figure.state.w1, figure.state.w2) <= LONGEST + 1e-9
            for what in ("line", "tip"):
                x, y = figure.position(what)
                assert chart().x.start - 0.01 <= x <= chart().x.end + 0.01
                assert chart().y.end - 0.01 <= y <= chart().y.start + 0.01
    assert chart().x.high - chart().x.low > 2 * ARROW * LONGEST


def test_no_weights_no_line_and_plain_words():
    figure = NeuronFigure({"w1": 0.0, "w2": 0.0})
    drawn = "".join(figure.view().values())
    assert 'class="cut"' not in drawn
    assert "nan" not in drawn.replace("tanh", "")
    assert "both weights are zero" in outs(figure)["verdict"]
    figure.handle("drag", ["tip", 200, 200])
    assert 'class="cut"' in figure.view()["stage"]


@pytest.mark.parametrize("bend", BENDS)
def test_the_shade_is_the_output(bend):
    figure = NeuronFigure({"bend": bend, "w1": 2.0, "w2": 0.0})
    stops = re.findall(r'offset="(\S+)" class="(\w+)" stop-opacity="(\S+)"', figure.view()["stage"])
    full = 4.0 if bend == "relu" else 1.0
    for offset, side, opacity in stops:
        z = (float(offset) - 0.5) * 24 * 2.0
        if bend == "step" and abs(z) < 0.01:
            continue
        y = float(BENDS[bend](np.array(z)))
        assert float(opacity) == pytest.approx(0.5 * min(abs(y) / full, 1), abs=0.003)
        assert (side == "below") is (y < 0)
