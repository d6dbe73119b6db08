"""FIG.03 and FIG.04: their numbers against numpy and torch, and what theory says of the largest rate."""

from __future__ import annotations

import csv
import math
import re

import numpy as np
import pytest
import torch

from pycore.data.networks import penguins as data
from pycore.figures.networks import _valley as valley
from pycore.figures.networks.downhill import LAST, METHODS, RATES, Downhill, arrival
from pycore.figures.networks.loss_map import LossMap
from tests.pycore.figures.test_figures import outs, page, value


def table():
    """The birds' flippers and masses, read again."""
    path = data.__file__.replace("penguins.py", "penguins.csv")
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        rows = list(csv.DictReader(file))
    x = np.array([float(row["flipper_length_mm"]) for row in rows]) / 10 - 18
    return x, np.array([float(row["body_mass_g"]) for row in rows]) / 1000


X, Y = table()


def loss_of(w, b):
    return float(np.mean((w * X + b - Y) ** 2))


# ---------------------------------------------------------------- FIG.03


def test_the_loss_is_the_mean_square_of_all_birds():
    figure = LossMap()
    for name, x, y in (("point", 200, 100), ("tilt", 0, 150), ("shift", 0, 250), ("point", -99, 999)):
        figure.handle("drag", [name, x, y])
        s, shown = figure.state, outs(figure)
        assert value(shown["loss"]) == pytest.approx(loss_of(s.w, s.b), abs=6e-4)
        assert value(shown["sum"]) == pytest.approx(342 * loss_of(s.w, s.b), abs=0.06)
        assert value(shown["worst"]) == pytest.approx(np.max((s.w * X + s.b - Y) ** 2), abs=0.006)


def test_each_handle_of_the_line_changes_one_number():
    figure = LossMap()
    before = figure.state
    figure.handle("nudge", ["tilt", 0, -1])
    assert (figure.state.b, figure.state.w > before.w) == (before.b, True)
    figure.handle("nudge", ["shift", 0, 1])
    assert figure.state.b < before.b


def test_the_drawn_line_stays_within_the_chart_and_goes_through_its_handles():
    figure = LossMap()
    for w, b in ((0.0, 1.4), (1.0, 5.0), (0.5, 3.16), (1.0, 1.4), (0.01, 5.0)):
        figure.restore({"w": w, "b": b})
        drawn = re.search(r'class="fit" d="M(\S+) (\S+)L(\S+) (\S+)"', figure.view()["fit"])
        x1, y1, x2, y2 = map(float, drawn.groups())
        assert min(y1, y2) >= 25
        assert max(y1, y2) <= 370
        for name in ("shift", "tilt"):
            x, y = figure.position(name)
            assert y == pytest.approx(y1 + (x - x1) * (y2 - y1) / (x2 - x1), abs=0.3)


def test_the_bottom_is_least_squares_as_near_as_steps_allow():
    figure = LossMap()
    figure.handle("go", ["best"])
    w, b = np.polyfit(X, Y, 1)
    assert (figure.state.w, figure.state.b) == (pytest.approx(w, abs=0.005), pytest.approx(b, abs=0.021))
    assert value(outs(figure)["loss"]) < loss_of(w, b) * 1.005


# ---------------------------------------------------------------- FIG.04


def run(figure):
    figure.handle("play", [])
    while figure.state.playing:
        figure.handle("tick", [0.25])
    return figure


def test_the_largest_rate_is_two_over_the_largest_eigenvalue():
    hessian = 2 * np.array([[np.mean(X * X), X.mean()], [X.mean(), 1]])
    assert outs(Downhill({"rate": 0.03}))["largest"] == f"{2 / np.linalg.eigvalsh(hessian)[-1]:.4f}"


def test_the_largest_rate_is_marked_once_something_was_tried():
    """Before, the mark would tell the answer of the question above the figure."""
    figure = Downhill()
    assert "largest" not in outs(figure)
    assert 'class="label largest"' in figure.view()["controls"]  # its room is kept
    figure.handle("step_once", [])
    assert "largest" in outs(figure)
    figure.handle("back", [])
    figure.handle("adjust", ["rate", "200"])
    assert "largest" in outs(figure)


def test_plain_descent_runs_off_at_each_rate_beyond_it_and_at_none_below():
    """From any start that lies off the valley's floor; within 200 steps it shows nearly at once."""
    largest = valley.bowl().largest_rate()
    for at in range(1, RATES.steps + 1):
        rate = RATES.value(at)
        figure = Downhill({"rate": rate, "clock": float(LAST)})
        start = valley.bowl().loss([figure.state.w, figure.state.b])
        shown = outs(figure)["loss"]
        if rate > largest:
            assert shown == "over a million" or value(shown) > start, rate
        else:
            assert value(shown) < start, rate


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.14, 0.15, 0.2])
def test_a_step_multiplies_the_distances_as_the_figure_says(rate):
    figure = Downhill({"rate": rate, "clock": 3.0})
    shown = outs(figure)
    steep = valley.bowl().steepest()
    start = np.array([figure.state.w, figure.state.b]) - valley.bowl().best
    now = np.array([value(part) for part in shown["place"].split(", ")]) - valley.bowl().best
    for name, way in (("steep", steep), ("flat", np.array([-steep[1], steep[0]]))):
        factor = value(shown[name].removeprefix("× "))
        assert now @ way == pytest.approx((start @ way) * factor**3, abs=0.004)


def test_ways_and_arrivals_are_torchs():
    figure = run(Downhill({"rate": 0.05, "momentum": True, "adam": True}))
    shown = outs(figure)
    makers = {
        "sgd": lambda p: torch.optim.SGD([p], 0.05),
        "momentum": lambda p: torch.optim.SGD([p], 0.05, momentum=0.9),
        "adam": lambda p: torch.optim.Adam([p], 0.05),
    }
    x, y = torch.tensor(X), torch.tensor(Y)
    least = loss_of(*np.polyfit(X, Y, 1))
    assert makers.keys() == METHODS.keys()
    for name, maker in makers.items():
        p = torch.tensor([figure.state.w, figure.state.b], dtype=torch.float64, requires_grad=True)
        optimiser, losses = maker(p), []
        for _ in range(LAST + 1):
            loss = torch.mean((p[0] * x + p[1] - y) ** 2)
            losses.append(loss.item())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        there = max(i for i, loss in enumerate(losses) if loss > 1.01 * least) + 1
        assert shown[f"there-{name}"] == f"{there}"


def test_an_arrival_is_not_told_before_it_happens():
    figure = Downhill({"rate": 0.1})
    there = arrival(figure.state, "sgd")
    figure.restore({"clock": float(there - 1)})
    assert outs(figure)["there-sgd"] == "…"
    figure.handle("step_once", [])
    assert outs(figure)["there-sgd"] == f"{there}"
    assert f"from step {there} on" in outs(figure)["verdict"]


def test_a_rate_of_zero_moves_nothing_and_says_so():
    figure = run(Downhill({"rate": 0.0, "momentum": True, "adam": True}))
    assert outs(figure)["verdict"] == "with a rate of zero nothing moves"
    assert len(set(re.findall(r'class="stops \w+" d="([^"]*)"', figure.view()["stage"]))) == 1


def test_no_picture_holds_what_is_no_number():
    for rate in (0.0, 0.142, 0.2):
        for w, b in ((0.0, 1.4), (1.0, 5.0)):
            figure = run(Downhill({"rate": rate, "w": w, "b": b, "momentum": True, "adam": True}))
            drawn = "".join(figure.view().values())
            assert "nan" not in drawn.lower().replace("aria-", "")
            assert "inf" not in drawn
            for number in re.findall(r"[ML](-?[\d.]+) ", drawn):
                assert math.isfinite(float(number))


def test_running_ends_and_starts_anew():
    figure = run(Downhill())
    assert figure.state.clock == LAST
    figure.handle("play", [])
    assert (figure.state.clock, figure.state.playing) == (0.0, True)
    figure.handle("back", [])
    assert (figure.state.clock, figure.state.playing) == (0.0, False)


def test_a_run_ends_when_all_have_run_off():
    figure = run(Downhill({"rate": 0.2}))
    assert figure.state.clock == 11.0
    assert outs(figure)["loss"] == "over a million"
    assert 'class="curve beyond sgd"' in figure.view()["curve"]
    figure.handle("play", [])
    assert (figure.state.clock, figure.state.playing) == (0.0, True)
    assert run(Downhill({"rate": 0.2, "adam": True})).state.clock == LAST


def test_ids_of_cuts_are_the_figures_own():
    figures = [Downhill({"@id": "fig-04"}), LossMap({"@id": "fig-03"})]
    ids = [e.attributes["id"] for f in figures for e in page(f).walk() if "id" in e.attributes]
    assert len(set(ids)) == len(ids) > 1
