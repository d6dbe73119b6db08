"""The numbers that lesson 01 states, each computed from what its figures show."""

from __future__ import annotations

import functools
import math
from itertools import pairwise

import numpy as np

from pycore.data.networks.digits import digit_reader, digits
from pycore.data.networks.penguins import penguins
from pycore.figures.networks import _digits, deep_stack, downhill, layer, neuron, playground
from pycore.figures.networks import _valley as valley
from pycore.figures.networks.digits import SURE
from pycore.live.markup import percent
from pycore.networks.adversarial import smallest_change
from pycore.networks.autograd import Tensor
from pycore.networks.line_fit import Bowl
from pycore.networks.losses import cross_entropy
from pycore.networks.neuron import Neuron, standardize
from pycore.networks.signals import Signals, signals

_WORDS = "none one two three four five six seven eight nine ten".split()

# ---------------------------------------------------------------- a neuron


def trained_wrong() -> str:
    """How many birds training's line leaves on the wrong side."""
    return _WORDS[neuron.trained_wrong()]


def fewest_wrong() -> str:
    """How many the best line of some 40,000 leaves: all directions and places, in small steps."""
    x, labels = neuron.inputs(), neuron.birds()[1]
    turns = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    counts = [
        int(Neuron(np.array([np.cos(turn), np.sin(turn)]), bias).wrong(x, labels).sum())
        for turn in turns
        for bias in np.linspace(-1.1, 1.1, 111)
    ]
    return _WORDS[min(counts)]


# ---------------------------------------------------------------- a layer


def layer_numbers() -> int:
    """How many weights and biases FIG.02's layer has."""
    w, b = layer.weights()
    return w.size + b.size


def layer_right() -> int:
    """For how many birds its largest score names the right species."""
    w, b = layer.weights()
    scores = standardize(penguins().measures) @ w.T + b
    return int((scores.argmax(axis=1) == penguins().species).sum())


# ---------------------------------------------------------------- a loss


def birds() -> int:
    """How many penguins were measured."""
    return len(valley.birds()[0])


def _surprise(p: float) -> str:
    """Cross-entropy of one example whose right class got the probability p, of two."""
    scores = Tensor([[math.log(p), math.log(1 - p)]])
    return f"{cross_entropy(scores, [0]).item():.2f}"


def unsure() -> str:
    """What a coin's guess costs."""
    return _surprise(0.5)


def sure_and_wrong() -> str:
    """What it costs to leave the right class with a hundredth."""
    return _surprise(0.01)


# ---------------------------------------------------------------- downhill


def last_step() -> int:
    """How many steps FIG.04 takes."""
    return downhill.LAST


def steepest() -> str:
    """Curvature across the valley."""
    return f"{valley.bowl().curvatures()[0]:.2f}"


def flattest() -> str:
    """Curvature along it."""
    return f"{valley.bowl().curvatures()[1]:.2f}"


def largest_rate() -> str:
    """The rate beyond which plain descent runs off."""
    return f"{valley.bowl().largest_rate():.4f}"


def _steps(method: str, rate: float) -> str:
    """Steps that a method takes at a rate from FIG.04's start until the loss stays near the least."""
    return f"{downhill.arrival(downhill.DownhillState(rate=rate), method)}"


def momentum_slow() -> str:
    """Momentum at 0.02, where the other two take more than are shown."""
    assert {_steps(method, 0.02) for method in ("sgd", "adam")} == {"None"}
    return _steps("momentum", 0.02)


def plain_fast() -> str:
    """Plain descent at 0.13."""
    return _steps("sgd", 0.13)


def adam_fast() -> str:
    """Adam at 0.13."""
    return _steps("adam", 0.13)


def momentum_fast() -> str:
    """Momentum at 0.13."""
    return _steps("momentum", 0.13)


def round_curvature() -> str:
    """Both curvatures, when flippers are brought to mean 0 and spread 1."""
    x, y = valley.birds()
    steep, flat = Bowl.of_line((x - x.mean()) / np.std(x), y).curvatures()
    assert math.isclose(steep, flat)
    return f"{steep:.2f}"


# ---------------------------------------------------------------- backpropagation

_SIZES = (64, 32, 10)  # of the digit reader's layers


def digit_numbers() -> int:
    """How many weights and biases a network of that shape has."""
    return sum(n_in * n_out + n_out for n_in, n_out in pairwise(_SIZES))


def nudge_passes() -> int:
    """How many forward passes it takes to nudge each of them once."""
    return 1 + digit_numbers()


def forward_products() -> int:
    """How many multiplications by a weight one forward pass takes."""
    return sum(n_in * n_out for n_in, n_out in pairwise(_SIZES))


def backward_products() -> int:
    """How many the way back takes: two for each weight, but one at the first layer."""
    return 2 * forward_products() - _SIZES[0] * _SIZES[1]


def flat_tanh() -> str:
    """The derivative of tanh at 5, as autograd finds it."""
    z = Tensor(5.0)
    z.tanh().backward()
    return f"{z.grad.item():.4f}"


# ---------------------------------------------------------------- learning live, and where it goes wrong


@functools.cache
def _trained(points: int, l2: float = 0.0, steps: int = 1000) -> tuple[str, float, float]:
    """Train FIG.06 on noisy moons; return the share of held-out points read right, and the losses.

    The first loss is on the points that it learned from, the second on held-out ones.
    """
    s = playground.PlaygroundState(points=points, noise=0.3, l2=l2)
    data, (network, trainer) = playground.sample(s), playground.build(s)
    trainer.train(steps)
    right = network.scores(data.x[data.held]).argmax(axis=1) == data.targets[data.held]
    learned, held = (network.loss(data.x[which], data.targets[which]) for which in (data.train, data.held))
    return percent(float(right.mean())), learned, held


def overfit_learned() -> str:
    """Loss on 20 points after 1,000 steps."""
    return f"{_trained(20)[1]:.2f}"


def overfit_held() -> str:
    """Loss of that network on held-out points."""
    return f"{_trained(20)[2]:.1f}"


def overfit_end() -> str:
    """That loss at the end of the run, rounded down: so late, its decimals differ between machines."""
    return f"{math.floor(_trained(20, steps=playground.STEPS)[2])}"


def more_points() -> str:
    """Held-out loss after 1,000 steps on 200 points."""
    return f"{_trained(200)[2]:.2f}"


def more_points_end() -> str:
    """That loss at the end of the run."""
    return f"{_trained(200, steps=playground.STEPS)[2]:.2f}"


def with_penalty() -> str:
    """Held-out loss on 20 points with an L2 penalty of 0.01, after 1,000 steps and still at the end."""
    early, late = (f"{_trained(20, 0.01, steps)[2]:.2f}" for steps in (1000, playground.STEPS))
    assert early == late
    return early


def right_with_penalty() -> str:
    """How many held-out points that network reads right after 1,000 steps."""
    return _trained(20, 0.01)[0]


def right_without() -> str:
    """How many it reads right without the penalty."""
    return _trained(20)[0]


def for_training() -> int:
    """How many digits are to learn from."""
    return len(digits().train)


def held_out() -> int:
    """How many are held out."""
    return len(digits().held_out)


def parameters() -> int:
    """How many numbers the digit reader learns."""
    return len(digit_reader().parameters)


def accuracy() -> str:
    """How many held-out digits are read right after the whole run."""
    return percent(_digits.accuracy(digit_reader()), 1)


def one_pass() -> str:
    """How many were after one pass: 45 steps of 32 digits."""
    network, trainer = _digits.untrained()
    trainer.train(45)
    return percent(_digits.accuracy(network), 1)


def _misread(sure: bool) -> str:
    data = digits()
    p = digit_reader().probabilities(data.ink[data.held_out])
    wrong = p.argmax(axis=1) != data.labels[data.held_out]
    asked = (p.max(axis=1) >= SURE) == sure
    return f"{int((asked & wrong).sum())} of {int(asked.sum())}"


def unsure_wrong() -> str:
    """Of the held-out digits whose best answer gets less than 80 %, how many are misread."""
    return _misread(sure=False)


def sure_wrong() -> str:
    """Of the others."""
    return _misread(sure=True)


def _stack(kind: str, depth: int, gain: float = 1.0) -> Signals:
    """Look at the signals of a stack of FIG.07 that is not trained yet."""
    trainer = deep_stack.untrained(deep_stack.DeepStackState(kind=kind, depth=depth, gain=gain))
    shown = slice(deep_stack.SHOWN)
    return signals(trainer.network, digits().ink[shown], digits().labels[shown])


def vanishing() -> str:
    """Gradient in the first of 20 sigmoid layers, beside the last."""
    gradients = _stack("sigmoid", 20).gradients
    return deep_stack.power(float(gradients[0] / gradients[-1]))


def exploding() -> str:
    """The same for ReLU with weights twice as large as He's."""
    gradients = _stack("relu", 20, 2.0).gradients
    return deep_stack.power(float(gradients[0] / gradients[-1]))


def dead() -> str:
    """Which part of 30 layers of ReLU is zero for each of 100 digits, before training."""
    return percent(_stack("relu", 30).dead / (30 * deep_stack.WIDTH))


def nudge() -> str:
    """Median length of the change that flips an answer, beside the length of the digit."""
    data, network = digits(), digit_reader()
    inks = data.ink[data.held_out]
    lengths = [np.linalg.norm(smallest_change(network, ink)) / np.linalg.norm(ink) for ink in inks]
    return percent(float(np.median(lengths)))
