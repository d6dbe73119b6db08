"""The figures with networks in CPython: what they show is computed, states come back, bad input is told."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from pycore.data.networks.digits import digit_reader, digits
from pycore.figures.networks import digits as digits_figure
from pycore.figures.networks._fields import bands, grid
from pycore.figures.networks.deep_stack import DeepStack, power
from pycore.figures.networks.digits import Digits
from pycore.figures.networks.playground import FINE, STEPS, Playground, build, regions, sample
from pycore.figures.networks.reading import Reading, chosen
from pycore.figures.networks.smallest_change import SHARES, SmallestChange, altered
from pycore.live.figure import Figure


def outs(figure: Figure) -> dict[str, str]:  # type: ignore[type-arg]
    return dict(re.findall(r'data-out="([^"]+)"[^>]*>([^<]*)<', "".join(figure.parts().values())))


# ---------------------------------------------------------------- FIG.06


def test_a_link_brings_the_same_run_back():
    figure, other = Playground(), Playground()
    figure.handle("adjust", ["data=spirals"])
    figure.handle("adjust", ["kind1=relu"])
    figure.handle("run", [])
    for _ in range(3):
        figure.handle("tick", [])
    figure.handle("stop", [])
    figure.handle("step_once", [])
    other.restore(json.loads(json.dumps(figure.changes())))
    assert other.state.trained == 0
    while other.state.running:
        other.handle("tick", [])
        other.parts()
    assert other.state.trained == 61
    assert outs(other) == outs(figure)


def test_steps_and_ticks_come_to_the_same_picture():
    one, other = Playground(), Playground()
    for _ in range(40):
        one.handle("step_once", [])
        one.parts()
    other.handle("run", [])
    for _ in range(2):
        other.handle("tick", [])
    other.handle("stop", [])
    assert one.parts() == other.parts()


def test_what_changes_the_run_begins_anew_and_what_does_not_goes_on():
    figure = Playground({"data": "own", "own": "0,0,a\n1,1,b"})
    figure.handle("step_once", [])
    figure.handle("adjust", ["place=1"])
    figure.handle("nudge", ["cross", 1.0, 0.0])
    assert figure.state.trained == 1
    figure.handle("adjust", ["batch=8"])
    assert figure.state.trained == 0


def verdict_of(step: int, **settings: object) -> str:
    figure = Playground(settings)
    figure.change(trained=step)
    return outs(figure)["verdict"]


def test_what_overfits_had_a_lower_loss_on_held_out_points_before():
    assert verdict_of(340) == "trained and held-out points fare alike"
    assert verdict_of(320).startswith("losses go up and down; at step")
    figure = Playground()
    figure.change(trained=STEPS)
    shown = outs(figure)
    lowest, step = re.fullmatch(
        r"it overfits: held-out loss was down to (\S+) at step (\S+)", shown["verdict"]
    ).groups()  # type: ignore[union-attr]
    assert float(shown["held-loss"]) > 2 * float(lowest)
    assert verdict_of(int(step)) == "trained and held-out points fare alike"
    figure.handle("again", [])
    figure.change(trained=int(step))
    assert outs(figure)["held-loss"] == lowest


@pytest.mark.parametrize(("settings", "last"), [({}, STEPS), ({"optimiser": "SGD", "rate": 10.0}, 200)])
def test_a_run_that_is_over_offers_no_step(settings, last):
    figure = Playground({**settings, "data": "wave"} if settings else {"layers": 0})
    off = 'data-control="step" data-on-click="step_once" class="chip" aria-disabled="true"'
    assert off not in figure.view()["run"]
    figure.change(trained=last)
    assert off in figure.view()["run"]
    figure.handle("again", [])
    assert off not in figure.view()["run"]


def test_a_penalty_keeps_twenty_points_from_overfitting():
    noisy = {"points": 20, "noise": 0.3}
    assert verdict_of(1000, **noisy).startswith("it overfits")
    assert verdict_of(1000, **noisy, l2=0.01) == "held-out points fare worse than those it learns from"


def test_without_held_out_points_nothing_is_said_of_them():
    assert verdict_of(100, data="own", own="0,0,a\n1,1,b") == "too few points to hold any out"


def test_shades_are_the_classes_that_win():
    figure = Playground()
    figure.change(trained=200)
    figure.parts()
    s = figure.state
    network, trainer = build(s)
    trainer.train(200)
    wins = network.scores(grid(FINE, 1.2)).argmax(axis=1).reshape(FINE, FINE)
    assert (regions(network) // 3 == wins).all()
    drawn = bands(np.array([[0, 0, 1], [1, 1, 1]]), {0: "a", 1: "b"})
    assert drawn == '<path class="a" d="M0 0h2"/><path class="b" d="M2 0h1M0 1h3"/>'


def test_own_points_are_scaled_only_when_they_must_be():
    near, far = (
        sample(Playground({"data": "own", "own": text}).state)
        for text in ("-1, 0.5, red\n0.5, 1, blue", "100, 2, cat\n300, 50, dog")
    )
    assert near.fits
    assert near.names == ("blue", "red")  # colours keep their places
    assert not far.fits
    assert np.abs(far.x).max() == pytest.approx(0.9)
    one_place = sample(Playground({"data": "own", "own": "5, 5, a\n5, 5, b"}).state)
    assert one_place.clash
    assert np.isfinite(one_place.x).all()
    many = sample(Playground({"data": "own", "own": "\n".join(f"{i},{i},a" for i in range(20))}).state)
    assert len(many.held) == 5
    assert set(many.held) | set(many.train) == set(range(20))


@pytest.mark.parametrize("data", ["moons", "wave", "own"])
@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam"])
def test_no_rate_makes_a_picture_of_nan(data: str, optimiser: str):
    own = "0,0,a\n1,1,b\n0.5,0.5,a"
    figure = Playground(
        {"data": data, "own": own, "optimiser": optimiser, "rate": 10.0, "kind1": "linear", "kind2": "relu"}
    )
    figure.handle("run", [])
    for _ in range(40):
        figure.handle("tick", [])
        html = "".join(figure.parts().values()).lower()
        assert "nan" not in html
        assert "inf" not in html.replace("info", "")


@pytest.mark.parametrize(
    "state",
    [
        {"rate": 0.0},
        {"rate": 1e8},
        {"own": "1, 2"},
        {"trained": STEPS + 1},
        {"batch": 3},
        {"layers": 9},
        {"x": 5.0},
        {"own": "1,1,a\n2,2,b\n3,3,c\n4,4,d"},
    ],
)
def test_the_playground_refuses(state: dict[str, object]):
    with pytest.raises(ValueError, match=r"expected|class|colour"):
        Playground().restore(state)


# ---------------------------------------------------------------- FIG.06A


def test_the_digit_reader_is_trained_by_its_ticks():
    figure = Digits()
    assert float(outs(figure)["accuracy"].split()[0]) < 20
    figure.handle("run", [])
    while figure.state.running:
        figure.handle("tick", [])
    shown = outs(figure)
    data = digits()
    p = digit_reader().probabilities(data.ink[data.held_out])
    wrong = p.argmax(axis=1) != data.labels[data.held_out]
    assert shown["accuracy"] == f"{100 * (1 - wrong.mean()):.1f} %"
    assert shown["misread"] == str(wrong.sum())
    unsure = p.max(axis=1) < digits_figure.SURE
    assert (shown["unsure"], shown["unsure-wrong"]) == (str(unsure.sum()), str((unsure & wrong).sum()))


def test_an_empty_and_a_full_pad_are_told():
    figure = Digits()
    assert outs(figure)["said"] == "Nothing is drawn yet."
    figure.handle("lift", [])
    for y in range(5, 96, 3):
        for x in (3, 97) if y % 2 else (97, 3):
            figure.handle("drag", ["pen", x, y])
    assert outs(figure)["said"] == "All ink: there is no digit to see."
    assert outs(figure)["p-0"] == "–"
    assert digits().ink.mean(axis=1).max() < digits_figure.FULL
    figure.handle("clear", [])
    assert outs(figure)["said"] == "Nothing is drawn yet."


def test_the_pad_takes_so_much_ink_and_says_so():
    figure = Digits()
    places = [["pen", 10 + 80 * (i % 2), 3 + i * 94 / 1000] for i in range(digits_figure.MOST + 1)]
    for place in places[:-1]:
        figure.handle("drag", place)
    with pytest.raises(ValueError, match="takes no more ink"):
        figure.handle("drag", places[-1])
    assert len(figure.state.strokes) < 2400
    other = Digits()
    other.restore(figure.changes())
    assert other.parts()["stage"] == figure.parts()["stage"]


@pytest.mark.parametrize("text", ["1", "1,2,3", "1,2;;3,4", "a,b", "1,101", "x" * 5000])
def test_strokes_that_cannot_be_read_are_refused(text: str):
    with pytest.raises(ValueError, match=r"expected|too many"):
        Digits().restore({"strokes": text})


# ---------------------------------------------------------------- FIG.00, FIG.07, FIG.07A


def test_the_hero_says_what_the_reader_reads():
    data = digits()
    assert set(chosen()) <= set(data.held_out.tolist())
    for place, i in enumerate(chosen()):
        html = Reading({"shown": place}).parts()["stage"]
        read = int(digit_reader().scores(data.ink[[i]]).argmax())
        assert f"It reads <b>{read}</b>" in html
        assert ("The writer meant" in html) == (read != data.labels[i]) == (place >= 10)


def test_powers_are_written_short():
    assert [power(v) for v in (0.0, 0.31, 25.3, 3e-7, 8e-8, 2e6, float("inf"), float("nan"))] == [
        "0", "0.31", "25", "10⁻⁷", "10⁻⁷", "10⁶", "∞", "∞",
    ]  # fmt: skip


def test_no_stack_makes_a_picture_of_nan():
    for kind in ("sigmoid", "tanh", "relu"):
        for gain in (0.0, 4.0):
            figure = DeepStack({"kind": kind, "depth": 30, "gain": gain})
            figure.handle("run", [])
            for _ in range(3):
                figure.handle("tick", [])
                assert "nan" not in "".join(figure.parts().values()).lower()


def test_what_is_beyond_the_chart_is_not_drawn_at_its_edge():
    drawn = DeepStack({"kind": "relu", "depth": 30, "gain": 4.0}).view()["stage"]
    assert drawn.count("beyond") == 2
    assert drawn.count("<circle") < 40
    zeros = DeepStack({"kind": "relu", "depth": 30, "gain": 0.0}).view()["stage"]
    assert "0 lies below this scale" in zeros
    assert "<circle" not in zeros
    level = DeepStack().view()["stage"]
    assert "beyond" not in level
    assert level.count("<circle") == 8


def test_the_change_flips_the_answer_exactly_when_it_is_whole():
    figure = SmallestChange()
    for place in range(8):
        figure.handle("show", [str(place)])
        answers = []
        for share in SHARES:
            figure.handle("adjust", ["share", str(share)])
            answers.append(int(digit_reader().scores(altered(figure.state)[np.newaxis]).argmax()))
            assert outs(figure)["read"] == str(answers[-1])
        whole = list(SHARES).index(100)
        assert len(set(answers[:whole])) == len(set(answers[whole:])) == 1
        assert answers[0] != answers[-1]
