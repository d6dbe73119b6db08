"""FIG.02 and FIG.02A: matrices against numpy, and what the bent plane shows."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from pycore.data.networks.penguins import penguins
from pycore.figures.networks import layer as module
from pycore.figures.networks.bent_plane import HIDDEN, INPUT, BentPlane, Scene
from pycore.figures.networks.layer import BATCHES, CHOSEN, Layer
from pycore.networks.two_classes import SHAPES
from tests.pycore.figures.test_figures import outs, page, value

# ---------------------------------------------------------------- FIG.02


@pytest.mark.parametrize("bend", ["none", "sigmoid"])
@pytest.mark.parametrize("batch", BATCHES)
def test_the_result_is_numpys_product(batch, bend):
    figure = Layer({"batch": batch, "bend": bend})
    measures = penguins().measures
    x = ((measures - measures.mean(axis=0)) / measures.std(axis=0))[list(CHOSEN)[:batch]]
    w, b = module.weights()
    z = x @ w.T + b
    y = z if bend == "none" else 1 / (1 + np.exp(-z))
    cells = [
        e.text for e in page(figure).walk() if e.name == "button" and "pick" in e.attributes["data-control"]
    ]
    assert [value(cell) for cell in cells] == pytest.approx(y.ravel().tolist(), abs=0.051)
    shown = outs(figure)
    assert (shown["shape-x"], shown["shape-w"], shown["shape-y"]) == (
        f"[{batch} × 4]",
        "[4 × 3]",
        f"[{batch} × 3]",
    )
    for i in range(batch):
        for j in range(3):
            figure.handle("pick", [f"{i} {j}"])
            shown = outs(figure)
            parts = [value(shown[f"part-{k}"].split(" = ")[1]) for k in range(1, 5)]
            assert sum(parts) + value(shown["bias"]) == pytest.approx(z[i, j], abs=0.03)
            assert value(shown["value"]) == pytest.approx(y[i, j], abs=0.0051)
            assert shown["bent"] == shown["value"]  # what is written out leads to the large number


def test_the_lit_row_and_column_are_those_of_the_number():
    figure = Layer({"batch": 5})
    figure.handle("pick", ["3 1"])
    lit = [e.text for e in page(figure).walk() if e.attributes.get("class") == "on"]
    w, b = module.weights()
    numbers = [*w[1], b[1], *module.batch()[3]]
    assert [value(text) for text in lit] == pytest.approx(numbers, abs=0.0051)


def test_a_smaller_batch_keeps_to_its_rows():
    figure = Layer({"batch": 5})
    figure.handle("pick", ["4 2"])
    figure.handle("adjust", ["batch=2"])
    assert (figure.state.batch, figure.state.row) == (2, 1)
    for bad in ("2 0", "0 3", "x", "-1 0", ""):
        with pytest.raises(ValueError, match=r"expected|found"):
            figure.handle("pick", [bad])
    with pytest.raises(ValueError, match="expected batch"):
        figure.handle("adjust", ["batch=3"])


# ---------------------------------------------------------------- FIG.02A

APART = {
    "layer": "two",
    "x1": -0.5,
    "y1": -0.5,
    "u1": 2.0,
    "v1": 2.0,
    "x2": 0.5,
    "y2": 0.5,
    "u2": 2.0,
    "v2": 2.0,
}


def test_side_by_side_the_two_part_the_clouds():
    """What the caption says."""
    figure = BentPlane(APART)
    assert outs(figure)["wrong"] == "0"
    assert "one line parts them now" in outs(figure)["verdict"]
    assert outs(BentPlane(APART | {"shape": "ring"}))["wrong"] != "0"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("layer", ["none", "two", "three"])
def test_the_count_is_of_points_in_the_wrong_tint(shape, layer):
    """Read off the picture: whether a point lies on a tinted cell is what the network says."""
    figure = BentPlane(APART | {"shape": shape, "layer": layer, "u1": 1.3, "v2": 1.1})
    stage = figure.view()["input"]
    path = re.search(r'class="yes" d="([^"]*)"', stage)[1]
    boxes = [tuple(map(float, box)) for box in re.findall(r"M(\S+) (\S+)H(\S+)V(\S+)H\S+Z", path)]
    points, labels = SHAPES[shape]()
    wrong = 0
    for (x, y), label in zip(points.tolist(), labels.tolist(), strict=True):
        px, py = INPUT.x(x), INPUT.y(y)
        tinted = any(left <= px <= right and top <= py <= bottom for left, top, right, bottom in boxes)
        wrong += tinted != bool(label)
    assert wrong == pytest.approx(int(outs(figure)["wrong"]), abs=2)  # cells have a size


def test_the_hidden_plane_shows_the_outputs_of_both_neurons():
    figure = BentPlane(APART)
    scene = Scene.of(figure.state)
    drawn = re.findall(r"M(\S+) (\S+)h0", figure.view()["hidden"])
    found = sorted((HIDDEN.x.value(float(x)), HIDDEN.y.value(float(y))) for x, y in drawn)
    z = [(scene.points + c) @ [2.0, 2.0] for c in (0.5, -0.5)]
    assert np.allclose(found, sorted(zip(*np.tanh(z), strict=True)), atol=0.004)


@pytest.mark.parametrize("layer", ["none", "two", "three"])
def test_weights_of_zero_are_drawn_in_plain_words(layer):
    figure = BentPlane(
        APART | {"u1": 0.0, "v1": 0.0, "u2": 0.0, "v2": 0.0, "u3": 0.0, "v3": 0.0, "layer": layer}
    )
    assert "nan" not in "".join(figure.view().values()).replace("tanh", "")
    assert int(outs(figure)["wrong"]) == 32


TRIANGLE = {f"x{i}": -1.1 * math.cos(turn) for i, turn in enumerate((1.5708, 3.6652, 5.7596), 1)}
TRIANGLE |= {f"y{i}": -1.1 * math.sin(turn) for i, turn in enumerate((1.5708, 3.6652, 5.7596), 1)}
TRIANGLE |= {f"u{i}": 2.5 * math.cos(turn) for i, turn in enumerate((1.5708, 3.6652, 5.7596), 1)}
TRIANGLE |= {f"v{i}": 2.5 * math.sin(turn) for i, turn in enumerate((1.5708, 3.6652, 5.7596), 1)}


def test_three_in_a_triangle_part_the_ring_and_a_level_line_shows_it():
    """What the fold says: the drawn line has the points of one class above it, the others below."""
    figure = BentPlane(TRIANGLE | {"layer": "three", "shape": "ring"})
    assert outs(figure)["wrong"] == "0"
    hidden = figure.view()["hidden"]
    level = {
        float(y) for y in re.findall(r'class="cut out" x1="\S+" y1="(\S+)" x2="\S+" y2="(\S+)"', hidden)[0]
    }
    assert len(level) == 1
    for label, above in ((0, False), (1, True)):
        marks = re.search(rf'class="point-{label}" d="([^"]*)"', hidden)[1]
        for y in re.findall(r"M\S+ (\S+)h0", marks):
            assert (float(y) < min(level)) is above


def test_a_press_moves_the_neuron_that_was_chosen():
    figure = BentPlane(APART)
    figure.handle("adjust", ["pressed=2"])
    surface = [e.attributes["data-surface"] for e in page(figure).walk() if "data-surface" in e.attributes]
    assert surface == ["line2"]
    before = figure.state
    figure.handle("adjust", ["u2", "90"])
    assert (figure.state.u2, figure.state.u1) == (3.0, before.u1)
