"""FIG.05: every value and gradient of the graph against formulas worked out here."""

from __future__ import annotations

import math

import pytest

from pycore.figures.networks.backprop_graph import BACK, INPUTS, BackpropGraph, graph_of, places
from pycore.networks.graph import operations
from tests.pycore.figures.test_figures import outs, page, value


def truth(s):
    """Values and gradients by hand."""
    z = s.x1 * s.w1 + s.x2 * s.w2 + s.b
    y = math.tanh(z)
    dy = 2 * (y - s.t)
    dz = dy * (1 - y * y)
    values = {
        "x₁": s.x1,
        "w₁": s.w1,
        "x₂": s.x2,
        "w₂": s.w2,
        "b": s.b,
        "t": s.t,
        "z": z,
        "y": y,
        "L": (y - s.t) ** 2,
    }
    grads = {
        "x₁": dz * s.w1,
        "w₁": dz * s.x1,
        "x₂": dz * s.w2,
        "w₂": dz * s.x2,
        "b": dz,
        "t": -dy,
        "z": dz,
        "y": dy,
    }
    return values, grads | {"L": 1.0}


def drawn(figure):
    """What the boxes say: value and gradient by name."""
    found = {}
    for box in page(figure).walk():
        if box.attributes.get("class", "").startswith("node"):
            texts = {e.attributes["class"]: e.text for e in box.children if e.name == "text"}
            found[texts.get("name") or texts["title"]] = (texts["value"], texts["grad"])
    return found


@pytest.mark.parametrize("typed", [{}, {"w1": "-1.5", "b": "0,7"}, {"x2": "0.25", "t": "-1", "w2": "−2"}])
def test_the_graph_is_right_at_its_end(typed):
    figure = BackpropGraph()
    for name, text in typed.items():
        figure.handle("type_number", [name, text])
    figure.handle("move", ["all"])
    values, grads = truth(figure.state)
    found = drawn(figure)
    for name in values:
        assert value(found[name][0]) == pytest.approx(values[name], abs=0.0051)
        assert value(found[name][1]) == pytest.approx(grads[name], abs=0.0051)
    assert value(outs(figure)["loss"]) == pytest.approx(values["L"], abs=6e-4)


def test_steps_fill_the_graph_forward_then_backward_and_undo_it():
    figure = BackpropGraph()
    assert len(operations(graph_of(dict.fromkeys(INPUTS, 1.0)))) == BACK
    shown = []
    for _ in range(2 * BACK + 1):
        boxes = drawn(figure).values()
        shown.append((sum(bool(v) for v, _ in boxes), sum(bool(g) for _, g in boxes)))
        figure.handle("move", ["1"])
    assert [v for v, _ in shown] == sorted(v for v, _ in shown)
    assert [g for _, g in shown] == sorted(g for _, g in shown)
    assert shown[BACK] == (shown[-1][0], 0)
    assert shown[BACK + 1][1] == 2
    assert drawn(figure).keys() >= {*INPUTS.values(), "z", "y", "L"}
    for _ in range(2 * BACK):
        figure.handle("move", ["-1"])
    assert figure.view() == BackpropGraph().view()


@pytest.mark.parametrize("name", INPUTS)
def test_a_nudge_agrees_with_the_gradient_and_is_told_only_at_the_end(name):
    figure = BackpropGraph({"nudge": name})
    assert outs(figure)["gradient"] == "not yet"
    figure.handle("move", ["all"])
    shown = outs(figure)
    exact = truth(figure.state)[1][INPUTS[name]]
    assert value(shown["gradient"]) == pytest.approx(exact, abs=6e-4)
    assert value(shown["difference"]) == pytest.approx(exact, abs=0.006)
    assert (value(shown["nudged"]) - value(shown["before"])) / 0.001 == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("text", ["", "-", "NaN", "inf", "1e9", "ten", "11"])
def test_what_is_no_number_leaves_the_graph_as_it_was(text):
    figure = BackpropGraph()
    figure.handle("move", ["all"])
    before = figure.view()["stage"]
    figure.handle("type_number", ["w1", text])
    assert figure.view()["stage"] == before
    problem = [e.text for e in page(figure).walk() if e.attributes.get("class") == "problem" and e.text]
    assert len(problem) == 1


def test_extremes_are_drawn_without_what_is_no_number():
    figure = BackpropGraph(
        {"x1": 10.0, "w1": 10.0, "x2": -10.0, "w2": 10.0, "b": -10.0, "t": -10.0, "at": 14}
    )
    for box in drawn(figure).values():
        for text in box:
            assert math.isfinite(value(text))
            assert len(text) <= 6


def test_boxes_do_not_lie_on_each_other():
    spots = places()
    for i, (x, y) in enumerate(spots):
        for u, v in spots[:i]:
            assert abs(x - u) >= 70 or abs(y - v) >= 58
