"""FIG.01, 02, 02A and 03: averages, softmax and a real head, against formulas worked out here and torch."""

from __future__ import annotations

import hashlib
import math
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pycore.data.transformers.one_head import FOLDER, head_run
from pycore.figures.transformers import ask_offer, sqrt_d, weighted_average
from pycore.figures.transformers.ask_offer import KEYS, KEYS_PLOT, QUERIES, VALUES, AskOffer
from pycore.figures.transformers.one_head import OneHead, matrices
from pycore.figures.transformers.sqrt_d import SqrtD
from pycore.figures.transformers.weighted_average import (
    SENTENCES,
    WAYS,
    WeightedAverage,
    WeightedAverageState,
)
from tests.pycore.figures.test_figures import outs, page, value

# ---------------------------------------------------------------- FIG.01


@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("way", WAYS)
def test_the_new_vector_is_drawn_at_the_average_of_its_words(text, way):
    """Flattening keeps averages: the picture says what the vectors say."""
    figure = WeightedAverage({"text": text, "way": way, "units": weighted_average.OWN[text]})
    made = weighted_average.weights(figure.state)
    assert made.sum() == pytest.approx(1)
    assert (made >= 0).all()
    plane, _ = weighted_average._corners()
    flat = made @ plane.flatten(weighted_average.sentence(text))
    svg = figure.view()["stage"]
    new = re.search(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="9" class="new"', svg)
    plot = weighted_average.PLOT
    assert [float(new[1]), float(new[2])] == pytest.approx([plot.x(flat[0]), plot.y(flat[1])], abs=0.01)


def test_no_rule_finds_the_river_and_a_hand_does():
    """What the lesson says."""

    def leaning(**state):
        shown = outs(WeightedAverage(state))
        return value(shown["shore"]) - value(shown["credit"])

    assert all(leaning(way=way) < 0.1 for way in ("equal", "near", "like"))
    assert leaning(units=(0, 0, 0, 0, 1, 0, 0, 1)) > 0.15
    assert outs(WeightedAverage({"way": "equal"}))["nearest-1"] == "the"
    assert outs(WeightedAverage({"way": "near"}))["nearest-1"] == "the"
    assert outs(WeightedAverage({"way": "like"}))["nearest-1"] == "bank"


def test_presses_give_weight_and_the_last_cannot_be_taken():
    figure = WeightedAverage({"way": "like"})
    for units in (2, 3, 1):
        figure.handle("give", ["4"])
        assert (figure.state.way, figure.state.units[4]) == ("hand", units)
    figure.handle("give", ["7"])
    figure.handle("adjust", ["text", "river"])  # which it is already
    assert outs(WeightedAverage(figure.changes()))["nearest-1"] == "river"
    with pytest.raises(ValueError, match="weights"):
        WeightedAverage({"units": (0,) * 8})
    assert (
        weighted_average.average(WeightedAverageState()).tolist()
        == weighted_average.sentence("river")[4].tolist()
    )


# ---------------------------------------------------------------- FIG.02


@pytest.mark.parametrize("query", [(x, y) for _, x, y in QUERIES.values()] + [(-4.0, 4.0), (1.3, -0.7)])
def test_each_number_follows_from_the_one_before(query):
    shown = outs(AskOffer({"x": query[0], "y": query[1]}))
    exact = [math.exp((query[0] * x + query[1] * y) / math.sqrt(2)) for x, y in KEYS.tolist()]
    for i, (x, y) in enumerate(KEYS.tolist()):
        score = query[0] * x + query[1] * y
        assert value(shown[f"score-{i}"]) == pytest.approx(score, abs=0.0051)
        assert value(shown[f"scaled-{i}"]) == pytest.approx(score / math.sqrt(2), abs=0.0051)
        assert value(shown[f"weight-{i}"].split()[0]) == pytest.approx(100 * exact[i] / sum(exact), abs=0.51)
    output = np.array(exact) @ VALUES / sum(exact)
    assert [value(part) for part in shown["output"].split(", ")] == pytest.approx(output.tolist(), abs=0.0051)


def test_a_query_of_zero_gives_the_plain_average():
    """What the lesson says."""
    figure = AskOffer()
    figure.handle("ask", ["nothing"])
    *_, weights, output = ask_offer.followed(figure.state)
    assert weights.tolist() == [0.25] * 4
    assert_allclose(output, VALUES.mean(axis=0))
    figure.handle("drag", ["query", KEYS_PLOT.x(2.0), KEYS_PLOT.y(-1.0)])
    assert (figure.state.x, figure.state.y) == (2.0, -1.0)


@pytest.mark.parametrize("x", sorted({*range(-4, 5), *(x for _, x, _ in QUERIES.values())}))
def test_the_name_of_the_query_covers_no_other(x):
    for y in range(-40, 41):
        boxes = {}
        for e in page(AskOffer({"x": float(x), "y": y / 10})).walk():
            if e.name == "text":
                place = float(e.attributes["x"]), float(e.attributes["y"]), e.attributes["text-anchor"]
                boxes.setdefault(e.text, ask_offer._box(e.text, *place))
        left, top, right, bottom = boxes.pop("query")
        assert min(left, top) >= 0, y
        assert max(right, bottom) <= 300, y
        assert sorted(boxes) == sorted(ask_offer.TOKENS)
        assert all(right < a or c < left or bottom < b or d < top for a, b, c, d in boxes.values()), y


# ---------------------------------------------------------------- FIG.02A


def test_scores_spread_with_the_root_of_the_width():
    for d in (4, 64, 256):
        spread = float(outs(SqrtD({"d": d}))["spread"])
        assert spread == pytest.approx(math.sqrt(d), rel=0.05)
        assert float(outs(SqrtD({"d": d, "factor": True}))["spread"]) == pytest.approx(1, abs=0.05)


def test_what_is_measured_is_the_trace_of_the_jacobian():
    """Nudge each score of a row: how much its own weight moves, summed."""
    row = sqrt_d.scores(sqrt_d.SqrtDState(d=16))[0]

    def weight(nudge, i):
        moved = row.copy()
        moved[i] += nudge
        power = np.exp(moved)
        return power[i] / power.sum()

    trace = sum((weight(1e-6, i) - weight(-1e-6, i)) / 2e-6 for i in range(len(row)))
    power = np.exp(row)
    assert sqrt_d.responsiveness(power / power.sum()) == pytest.approx(trace, abs=1e-6)


def test_a_real_head_hardens_too():
    soft, hard = (float(outs(SqrtD({"source": "head", "factor": on}))["slope"]) for on in (True, False))
    assert hard < soft / 2


# ---------------------------------------------------------------- FIG.03


@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("text", ["cake", "bank"])
def test_the_matrices_are_torchs(text, mask):
    torch = pytest.importorskip("torch")
    made = matrices(text, mask)
    query, key, given = (torch.tensor(a.copy())[None] for a in (made.query, made.key, made.run.value))
    expected = torch.nn.functional.scaled_dot_product_attention(query, key, given, is_causal=mask)
    assert_allclose(made.output, expected[0].numpy(), atol=1e-12)


def test_a_cell_is_its_rows_query_times_its_columns_key():
    figure = OneHead()
    cells = page(figure).all("data-control")
    for i, j in ((7, 6), (8, 4), (3, 1)):
        figure.handle("pick", [f"{i} {j}"])
        shown = outs(figure)
        made = matrices("cake", True)
        score = sum(a * b for a, b in zip(made.query[i].tolist(), made.key[j].tolist(), strict=True))
        assert value(shown["score"]) == pytest.approx(score, abs=0.0051)
        assert value(shown["scaled"]) == pytest.approx(score / 8, abs=0.0051)
        terms = [value(shown[f"term-{n}"].split(" = ")[1]) for n in (1, 2, 3)]
        assert sum(terms) + value(shown["term-rest"]) == pytest.approx(score, abs=0.03)
        share = float(shown["power"]) / float(shown["total"])
        assert share == pytest.approx(float(made.weights[i, j]), abs=0.02)
        assert cells[f"cell-{i}-{j}"].text == str(round(100 * float(made.weights[i, j])))


def test_the_mask_hides_what_comes_later():
    figure = OneHead({"row": 3, "column": 4})
    assert outs(figure)["weight"] == "0 %"
    assert outs(figure)["added"] == "−∞"
    assert [cell.text for name, cell in page(figure).all("data-control").items() if name == "cell-3-4"] == [
        ""
    ]
    figure.handle("adjust", ["mask=false"])
    assert outs(figure)["weight"] == "37 %"
    assert "foretell" in outs(figure)["verdict"]


def test_another_sentence_keeps_to_its_cells():
    figure = OneHead({"row": 8, "column": 8})
    figure.handle("adjust", ["text=bank"])
    assert (figure.state.row, figure.state.column) == (7, 2)
    with pytest.raises(ValueError, match="8 rows"):
        figure.handle("pick", ["8 0"])


# ---------------------------------------------------------------- data


def test_the_record_names_this_file():
    record = (FOLDER / "README.md").read_text("utf-8")
    digest = hashlib.sha256((FOLDER / "one-head.npz").read_bytes()).hexdigest()
    assert re.search(rf"^\| one-head\.npz.*Apache-2\.0.*`{digest}` \|$", record, re.MULTILINE)
    with pytest.raises(ValueError, match="cake, bank, bite"):
        head_run("dog")
