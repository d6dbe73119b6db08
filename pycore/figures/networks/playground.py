"""FIG.06: a small network that learns from points while one looks; the points may be the reader's own.

A press that changes data, network or training begins anew from step 0: so a step of a run is always that of
the settings that are shown, and a link brings the same run back.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.figures.networks._edges import cut_curve
from pycore.figures.networks._fields import bands, grid
from pycore.figures.networks._samples import (
    EVERY,
    MOST,
    NAMES,
    REACH,
    Sample,
    drawn,
    own_points,
    own_sample,
)
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Parts, event
from pycore.live.handle import handle
from pycore.live.inputs import text_area
from pycore.live.kept import Kept
from pycore.live.markup import Markup, join, number, percent, signed, tag
from pycore.live.plot import Plot, dots, line
from pycore.live.readout import fold, headline, honest, legend, readings
from pycore.live.runs import Runs, RunState
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.networks.backprop import ACTIVATIONS, OPTIMISERS, Network, Trainer, loss_and_gradient

STEPS, STRIDE = 6000, 20  # of a whole run, and of a tick
DEEPEST, WIDEST = 4, 8
RULES = {name: "plain (SGD)" if name == "SGD" else name for name in OPTIMISERS}
WORDS = {kind: "ReLU" if kind == "relu" else kind for kind in ACTIVATIONS}
KINDS = {"moons": "moons", "circles": "circles", "spirals": "spirals", "wave": "a wave", "own": "your own"}
LOOKS = ("p", "n", "q")
LONGEST = 12_000  # characters of one's own points
SIZE, FINE, COARSE = 320, 40, 14  # the picture, its cells, and those of a unit's
SHADES = {3 * c + v: f"{look}{v + 1}" for c, look in enumerate(LOOKS) for v in range(3)}
WAVE_X = np.linspace(-REACH, REACH, 61)
SPANS = (200, 500, 1000, 2000, 4000, STEPS)  # what the chart may show: steps, and losses
TOPS = (0.4, 1.0, 4.0, 16.0)
BATCHES, DECAYS, COUNTS = (1, 8, 32, 128), (0.0, 0.001, 0.01, 0.1), (20, 50, 100, 200)


@dataclass(frozen=True)
class PlaygroundState(RunState):
    """The run, the data, the network, how it is trained, and the reader's own points."""

    data: str = "moons"
    noise: float = 0.1
    points: int = 100
    layers: int = 2
    units1: int = 8
    units2: int = 8
    units3: int = 8
    units4: int = 8
    kind1: str = "tanh"
    kind2: str = "tanh"
    kind3: str = "tanh"
    kind4: str = "tanh"
    optimiser: str = "Adam"
    rate: float = 0.01
    batch: int = 32
    l2: float = 0.0
    seed: int = 1
    own: str = ""
    typed: str = ""
    place: int = 0
    x: float = 0.0
    y: float = 0.0


KEPT = {"trained", "until", "running", "typed", "place", "x", "y"}  # fields that make no other run


class Playground(Runs[PlaygroundState]):
    """Choose points and a network, and watch it learn."""

    State = PlaygroundState
    code = (Network.forward, Network.backward, loss_and_gradient, Trainer.train)
    settings = {
        "data": KINDS,
        "noise": Scale(0, 0.5, steps=10),
        "points": COUNTS,
        "layers": range(DEEPEST + 1),
        **{f"units{i}": range(1, WIDEST + 1) for i in range(1, DEEPEST + 1)},
        **{f"kind{i}": ACTIVATIONS for i in range(1, DEEPEST + 1)},
        "optimiser": OPTIMISERS,
        "rate": Scale(0.0001, 10, steps=15, log=True),
        "batch": BATCHES,
        "l2": DECAYS,
        "seed": range(1, 21),
        "place": range(len(NAMES)),
    }
    ticks, stride = STEPS, STRIDE
    step = 8.0
    _to: int  # how far it is trained, and what it is trained on
    _data: Sample
    _network: Network
    _trainer: Trainer
    _losses: list[tuple[int, float, float]]

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._made: PlaygroundState | None = None
        self._kept: Kept[Markup] = Kept()

    def check(self, state: PlaygroundState) -> None:
        """Refuse points that cannot be read, and places beyond the picture."""
        super().check(state)
        expect.fits(state.typed, LONGEST)
        expect.fits(state.own, LONGEST)
        if state.own and own_points(state.own)[1]:
            raise ValueError(own_points(state.own)[1])
        if max(abs(state.x), abs(state.y)) > REACH:
            raise ValueError(f"expected a place within {REACH}; found {state.x:g}, {state.y:g}")

    # ------------------------------------------------------------ events

    def change(self, **values: object) -> None:
        """Put values into the state; what makes another run begins at step 0."""
        if not KEPT.issuperset(values):
            values = {"trained": 0, "until": 0, **values}
            if values.get("data") == "own":
                values["running"] = False
        super().change(**values)

    @event
    def tick(self) -> None:
        """Train one tick; what overflows ends the run."""
        super().tick()
        self._train()
        if self._trainer.overflowed:
            self.change(running=False)

    @event
    def step_once(self) -> None:
        """Do one step, and pause."""
        self.ready()
        self.change(trained=min(self.state.trained + 1, STEPS), running=False)

    @event
    def again(self) -> None:
        """Go back to the untrained network."""
        self.change(trained=0, until=0, running=False)

    def ready(self) -> None:
        """Refuse to train on points of one class."""
        if self.state.data == "own" and len(sample(self.state).names) < 2:
            raise ValueError("There is nothing to tell apart yet: place points of two classes.")

    @event
    def paste(self, text: str) -> None:
        """Take what is typed or pasted; the points change as soon as it can be read."""
        if len(text) > LONGEST or text.count("\n") > 2 * MOST:
            count = sum(bool(row.strip()) for row in text.splitlines())
            raise ValueError(f"{count:,} lines are too many: {MOST} points find room. Nothing was changed.")
        good = not text.strip() or not own_points(text)[1]
        self.change(typed=text, **({"own": text if text.strip() else "", "data": "own"} if good else {}))

    @event
    def place_here(self) -> None:
        """Put a point where the cross is."""
        self._add(self.state.x, self.state.y)

    @event
    def take_away(self) -> None:
        """Take all of one's own points away."""
        self.change(own="", typed="", data="own")

    def position(self, name: str) -> tuple[float, float]:
        """Where the cross is."""
        expect.one_of("to drag", name, ("cross",))
        return across(self.state.x), down(self.state.y)

    @event
    def drag(self, name: str, x: float, y: float) -> None:
        """Move the cross, or put a point where the picture was pressed."""
        expect.one_of("to drag", name, ("cross", "point"))
        at = (_within((x / SIZE * 2 - 1) * REACH), _within((1 - y / SIZE * 2) * REACH))
        if name == "cross":
            self.change(x=at[0], y=at[1])
        elif self.state.data == "own":
            self._add(*at)

    def _add(self, x: float, y: float) -> None:
        if self.state.data != "own":
            self.change(data="own")
        s = self.state
        points = sample(s)
        if not points.fits:
            raise ValueError(
                "Points can be placed where all lie between −1.2 and 1.2. These were scaled to fit, so write "
                "new ones into the list."
            )
        names = (*points.names, *(name for name in NAMES if name not in points.names))
        written = s.own.rstrip("\n") + f"\n{number(x)}, {number(y)}, {names[s.place]}"
        text = written.lstrip("\n")
        if own_points(text)[1]:
            raise ValueError(own_points(text)[1])
        self.change(own=text, typed=text)

    # ------------------------------------------------------------ the run

    def _train(self) -> None:
        """Bring the network to where the state says; back only by starting anew."""
        s = self.state
        key = replace(s, trained=0, until=0, running=False, typed="", place=0, x=0.0, y=0.0)
        if self._made != key or self._trainer.steps > s.trained or s.trained < self._to:
            self._data, (self._network, self._trainer) = sample(s), build(s)
            self._losses = [(0, *self._judge())]
            # Last: what is made only in part, since an import had to be waited for, is made again.
            self._made, self._to = key, 0
        # The chart's points lie at multiples of STRIDE, by whatever ticks and steps one comes to them.
        while self._to < s.trained and not self._trainer.overflowed:
            self._to = min((self._to // STRIDE + 1) * STRIDE, s.trained)
            self._trainer.train(self._to - self._trainer.steps)
            if self._to % STRIDE == 0:
                self._losses.append((self._to, *self._judge()))
        if self._trainer.overflowed:
            self._to = s.trained

    def _ended(self) -> bool:
        """Whether no step is left to do; the network is trained to where the state says."""
        return self.state.trained >= STEPS or self._trainer.overflowed

    def _judge(self) -> tuple[float, float]:
        data, network = self._data, self._network
        with np.errstate(all="ignore"):
            return tuple(  # type: ignore[return-value]
                network.loss(data.x[which], data.targets[which]) if len(which) else math.nan
                for which in (data.train, data.held)
            )

    # ------------------------------------------------------------ the picture

    def view(self) -> Parts:
        """Draw the data's names, the run, the plane, the losses, and what the hidden units see."""
        with np.errstate(all="ignore"):  # what overflows is told in words
            return self._view()

    def _view(self) -> Parts:
        self._train()
        judged = self._judge()
        others = (
            button(
                "step",
                event="step_once",
                arg=None,
                control="step",
                class_="chip",
                aria_disabled="true" if self._ended() else None,
            ),
            button("start over", event="again", arg=None, control="again", class_="chip"),
        )
        return {
            "controls": chips(self, "data", KINDS, "Points to learn from"),
            "run": self.run_bar(
                "the network", f"step {self._trainer.steps:,}", group("Steps", others), start="run"
            ),
            "stage": tag("div", self._picture(), self._tools(), class_="plane"),
            "readout": self._readout(*judged),
            "more": join([self._folded(), self._formulas()]),
        }

    def _folded(self) -> Markup:
        """Draw the folds that a run does not change, once."""
        of = replace(self.state, trained=0, until=0, running=False)
        return self._kept(of, lambda: join([self._own(), self._structure(), self._training()]))

    def _picture(self) -> Markup:
        s, data = self.state, self._data
        if data.kind == "wave":
            drawn = self._wave()
        else:
            drawn = tag(
                "g",
                bands(regions(self._network), SHADES),
                class_="bands",
                transform=f"scale({SIZE // FINE}) translate(0 .5)",
            )
        cross = (
            handle(
                "cross",
                across(s.x),
                down(s.y),
                tag("path", class_="cross", d=f"M{number(across(s.x) - 7)} {number(down(s.y))}h14m-7 -7v14"),
                label="Cross, where the next point goes",
                spoken=f"{signed(s.x)} across, {signed(s.y)} up",
                value=s.x,
                least=-REACH,
                most=REACH,
                knob=5,
            )
            if data.kind == "own"
            else None
        )
        return tag(
            "svg",
            drawn,
            marks(data),
            cross,
            viewBox=f"0 0 {SIZE} {SIZE}",
            class_="field-picture main",
            data_surface="point" if data.kind == "own" else None,
            role="group" if data.kind == "own" else "img",
            aria_label=f"{len(data.train)} points to learn from and {len(data.held)} held out, of "
            f"{KINDS[data.kind]}; the background shows what the network says at each place.",
        )

    def _wave(self) -> Markup:
        values = self._network.scores(WAVE_X[:, np.newaxis])[:, 0]
        places = [
            (across(x), down(min(max(y, -9), 9)))
            for x, y in zip(WAVE_X.tolist(), values.tolist(), strict=True)
        ]
        return tag("path", class_="fit", d=line(places))

    def _tools(self) -> Markup:
        data = self._data
        if data.kind != "own":
            told = {"dot": "to learn from", "dot hollow": "held out"}
            return legend(told)
        names = (*data.names, *(name for name in NAMES if name not in data.names))[: len(NAMES)]
        return tag(
            "div",
            chips(
                self,
                "place",
                dict(enumerate(names)),
                "The class of the next point",
                control="class-{}",
            ),
            class_="tools",
        )

    def _readout(self, learned: float, held: float) -> Markup:
        data, network = self._data, self._network
        shown = data.held if len(data.held) else data.train
        which = "held-out points" if len(data.held) else "points"
        if data.kind == "wave":
            top = headline("mean squared error, held out", _loss(held), "score", self._verdict(learned, held))
        elif not len(shown):
            top = headline("points read right", "–", "score", self._verdict(learned, held))
        else:
            right = float((network.scores(data.x[shown]).argmax(axis=1) == data.targets[shown]).mean())
            top = headline(f"{which} read right", percent(right), "score", self._verdict(learned, held))
        numbers = [
            ("loss on points it learns from", "loss", _loss(learned)),
            ("loss on held-out points", "held-loss", _loss(held)),
            ("weights and biases", "parameters", f"{len(network.parameters)}"),
        ]
        return tag("div", top, self._chart(learned, held), self._units(), readings(numbers))

    def _verdict(self, learned: float, held: float) -> str:
        s, data = self.state, self._data
        if self._trainer.overflowed:
            return f"overflowed after step {self._trainer.steps:,}: lower the learning rate"
        if learned > 10 * self._losses[0][1]:
            return "the loss runs off: lower the learning rate"
        if data.kind == "own" and len(data.names) < 2:
            return "tap the plane to place points of two classes"
        if data.kind == "own" and data.clash:
            return "two points of different classes share a place: no network gets both right"
        if not s.trained:
            return "untrained: random weights"
        if s.trained <= STRIDE:
            return "the first steps"
        if math.isnan(held):
            return "too few points to hold any out"
        return self._held_out(learned, held)

    def _held_out(self, learned: float, held: float) -> str:
        """Judge the held-out loss by the lowest that this run has seen, and by the other loss."""
        step, then, lowest = min(self._losses, key=lambda losses: losses[2])
        untrained = self._losses[0][1]
        if held > 1.25 * lowest + 0.05 * untrained:
            if learned < then:
                return f"it overfits: held-out loss was down to {_loss(lowest)} at step {step:,}"
            return f"losses go up and down; at step {step:,} both were lower"
        if held > 1.5 * learned + 0.1 * untrained:
            return "held-out points fare worse than those it learns from"
        if held > 1.25 * learned + 0.01 * untrained:
            return "held-out points fare a little worse"
        return "trained and held-out points fare alike"

    def _units(self) -> Markup:
        s, data = self.state, self._data
        room = [_layer_room() for _ in range(DEEPEST - s.layers)]
        if not s.layers:
            straight = tag("p", "No hidden layer: a straight border is all it can draw.", class_="label")
            return tag("div", straight, room, class_="units none")
        inputs = WAVE_X[::3, np.newaxis] if data.kind == "wave" else grid(COARSE, REACH)
        values = self._network.forward(inputs)[1:-1]
        rows = []
        for i, layer in enumerate(values, 1):
            kind = getattr(s, f"kind{i}")
            centred = layer * 2 - 1 if kind == "sigmoid" else layer
            most = 1.0 if kind in ("tanh", "sigmoid") else max(float(np.abs(layer).max()), 1e-9)
            draw = _small_curve if data.kind == "wave" else _small_field
            pictures = [draw(np.round(unit / most, 9)) for unit in centred.T]
            rows.append(
                tag(
                    "div",
                    tag("p", f"layer {i}, {WORDS[kind]}", class_="label"),
                    tag(
                        "div",
                        pictures,
                        class_="row-of-units",
                        role="img",
                        aria_label=f"What the {len(pictures)} units of layer {i} say over the plane",
                    ),
                )
            )
        return tag("div", rows, room, class_="units")

    def _chart(self, *judged: float) -> Markup:
        now = (self._trainer.steps, *judged)
        points = [p for p in self._losses if p[0] < now[0]] + [now]
        keep = max(1, len(points) // 50)
        points = [p for i, p in enumerate(points) if i % keep == 0 or i == len(points) - 1]
        span = next(span for span in SPANS if span >= now[0])
        highest = max(v for p in points for v in p[1:] if not math.isnan(v)) if self._data.x.size else 0.0
        plot = chart(span, next((top for top in TOPS if highest <= top), TOPS[-1]))
        steps, learned, held = ([p[i] for p in points] for i in range(3))
        return tag(
            "div",
            legend({"stroke": "on its points", "stroke held": "on held-out points"}),
            plot.draw(
                f"Loss by step, now {_loss(now[1])}, and {_loss(now[2])} on held-out points.",
                cut_curve(plot, steps, learned),
                cut_curve(plot, steps, held, "held"),
            ),
        )

    # ------------------------------------------------------------ what is folded away

    def _own(self) -> Markup:
        s = self.state
        problem = own_points(s.typed)[1] if s.typed.strip() else ""
        scaled = "" if self._data.fits else " Yours were scaled to fit."
        return fold(
            "Your own points",
            honest(
                "Choose “your own” and tap the plane, or write a point a line here: x, y, class. Up to three "
                f"classes and {MOST} points; one in {EVERY} is held out, if there are {3 * EVERY} or more."
                + scaled
            ),
            text_area(
                "x, y, class",
                "paste",
                "paste",
                s.typed,
                problem=problem,
                within=self.id,
                most=1_000_000,
                rows=5,
                placeholder="0.5, 0.2, blue",
            ),
            group(
                "Your own points",
                chip("place a point at the cross", "place_here", None, "place-here"),
                chip("take all away", "take_away", None, "clear"),
            ),
        )

    def _structure(self) -> Markup:
        s = self.state
        rows = (
            tag(
                "div",
                slide(self, f"units{i}", f"layer {i}: units", str(getattr(s, f"units{i}"))),
                chips(
                    self,
                    f"kind{i}",
                    WORDS,
                    f"Activation of layer {i}",
                    control=f"kind{i}-{{}}",
                ),
                class_="layer" if i <= s.layers else "layer unused",
            )
            for i in range(1, DEEPEST + 1)
        )
        return fold("The network", slide(self, "layers", "hidden layers", str(s.layers)), rows)

    def _training(self) -> Markup:
        s = self.state
        return fold(
            "How it is trained, noise and seed",
            chips(self, "optimiser", RULES, "Optimiser"),
            slide(self, "rate", "learning rate", number(s.rate, 5)),
            _labelled(
                "points a step",
                chips(self, "batch", {b: str(b) for b in BATCHES}, "Points a step", control="batch-{}"),
            ),
            _labelled(
                "L2 penalty",
                chips(
                    self,
                    "l2",
                    {v: number(v, 3) for v in DECAYS},
                    "L2 penalty",
                    control=[f"decay-{i}" for i in range(len(DECAYS))],
                ),
            ),
            slide(self, "noise", "noise of the points", number(s.noise)),
            _labelled(
                "points to learn from",
                chips(
                    self, "points", {c: str(c) for c in COUNTS}, "Points to learn from", control="points-{}"
                ),
            ),
            slide(self, "seed", "seed", str(s.seed)),
        )

    def _formulas(self) -> Markup:
        s = self.state
        names = ("x",) if self._data.kind == "wave" else ("x", "y")
        kind = WORDS[s.kind1] if s.layers else "score: "
        rows = (
            tag("li", f"{kind}({_sum(weights, names)} {_weight(b)})")
            for weights, b in zip(
                self._network.weights[0].T.tolist(), self._network.biases[0].tolist(), strict=True
            )
        )
        return fold("What the first layer computes", tag("ol", rows, class_="formulas"))


# ---------------------------------------------------------------- what is computed


def sample(s: PlaygroundState) -> Sample:
    """Draw the points of a state, or read the reader's own."""
    return own_sample(s.own) if s.data == "own" else drawn(s.data, s.noise, s.points, s.seed)


def build(s: PlaygroundState) -> tuple[Network, Trainer]:
    """Make the network of a state, and what trains it."""
    data = sample(s)
    inputs, outputs = (1, 1) if s.data == "wave" else (2, max(2, len(data.names)))
    hidden = [getattr(s, f"units{i}") for i in range(1, s.layers + 1)]
    kinds = [getattr(s, f"kind{i}") for i in range(1, s.layers + 1)]
    network = Network([inputs, *hidden, outputs], kinds, np.random.default_rng(s.seed))
    trainer = Trainer(
        network,
        data.x[data.train],
        data.targets[data.train],
        s.optimiser,
        s.rate,
        s.batch,
        s.l2,
        rng=np.random.default_rng([s.seed, 1]),
    )
    return network, trainer


def regions(network: Network) -> Ints:
    """Say which class wins in each cell, and how surely: 3 x class + 0, 1 or 2, [FINE, FINE]."""
    with np.errstate(all="ignore"):
        p = np.nan_to_num(network.probabilities(grid(FINE, REACH)))
    winner, classes = p.argmax(axis=1), p.shape[1]
    sure = (p.max(axis=1) * classes - 1) / (classes - 1)
    levels = np.minimum((np.round(sure, 9) * 3).astype(np.intp), 2)
    return np.asarray((3 * winner + levels).reshape(FINE, FINE), np.intp)


# ---------------------------------------------------------------- what is drawn


def across(x: float) -> float:
    """Where a value lies in the picture, from the left."""
    return (x / REACH + 1) / 2 * SIZE


def down(y: float) -> float:
    """Where a value lies in the picture, from the top."""
    return (1 - y / REACH) / 2 * SIZE


def _within(value: float) -> float:
    return round(min(max(value, -REACH), REACH), 2)


def marks(data: Sample) -> Markup:
    """Draw the points: filled to learn from, hollow held out, a colour a class."""
    drawn = []
    for c in range(1 if data.kind == "wave" else len(data.names)):
        for which, look in ((data.held, "held"), (data.train, "train")):
            chosen = which if data.kind == "wave" else which[data.targets[which] == c]
            points = np.hstack([data.x, data.targets]) if data.kind == "wave" else data.x
            path = dots((across(x), down(y)) for x, y in points[chosen].tolist())
            drawn += [tag("path", class_=f"dots {LOOKS[c]} {part}", d=path) for part in ("rim", look)]
            if look == "held":
                drawn.append(tag("path", class_="dots inner", d=path))
    return tag("g", drawn, class_="marks")


@functools.lru_cache(maxsize=16)
def chart(span: int, top: float) -> Plot:
    """Lay out the chart of the losses."""
    return Plot.of(
        Scale(0, span),
        Scale(0, top),
        x_title="step",
        y_title="loss",
        width=330,
        height=180,
    )


_SIGNS = {v: f"{'n' if v < 0 else 'p'}{abs(v)}" for v in (-3, -2, -1, 1, 2, 3)}


@functools.cache
def _layer_room() -> Markup:
    """Draw nothing, as high as a layer's row of pictures."""
    blank = tag("svg", viewBox=f"0 0 {COARSE} {COARSE}", class_="field-picture")
    row = tag("div", blank, class_="row-of-units")
    return tag("div", tag("p", "layer", class_="label"), row, class_="later", aria_hidden="true")


def _small_field(values: Floats) -> Markup:
    levels = np.rint(np.clip(np.nan_to_num(values), -1, 1) * 3).astype(np.intp).reshape(COARSE, COARSE)
    return tag(
        "svg",
        tag("g", bands(levels, _SIGNS), class_="bands"),
        viewBox=f"0 -.5 {COARSE} {COARSE}",
        class_="field-picture",
    )


def _small_curve(values: Floats) -> Markup:
    places = zip(
        np.linspace(0, COARSE, len(values)).tolist(), (COARSE / 2 * (1 - values * 0.9)).tolist(), strict=True
    )
    return tag(
        "svg",
        tag("path", class_="axis", d=f"M0 {COARSE // 2}h{COARSE}"),
        tag("path", class_="fit", d=line(places)),
        viewBox=f"0 0 {COARSE} {COARSE}",
        class_="field-picture",
    )


def _loss(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.3f}" if value < 1000 else "over 1,000"


def _sum(weights: list[float], names: tuple[str, ...]) -> str:
    return " ".join(f"{_weight(w)} {name}" for w, name in zip(weights, names, strict=True))


def _weight(value: float) -> str:
    return signed(value) if abs(value) < 1e4 else f"{value:+.0e}".replace("-", "−")


def _labelled(label: str, control: Markup) -> Markup:
    return tag("div", tag("span", label, class_="label"), control, class_="row")
