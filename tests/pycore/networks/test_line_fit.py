"""The bowl and the ways down it, against numpy, torch, autograd on all points, and theory."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from pycore.networks.autograd import Tensor
from pycore.networks.line_fit import Bowl, descend
from pycore.networks.losses import mse
from pycore.networks.optimisers import SGD, Adam, Momentum

RNG = np.random.default_rng(3)
X = RNG.normal(2, 1.4, 50)
Y = 0.5 * X + 3 + RNG.normal(0, 0.4, 50)
BOWL = Bowl.of_line(X, Y)


def test_the_bottom_is_that_of_least_squares() -> None:
    assert_allclose(BOWL.best, np.polyfit(X, Y, 1))
    assert_allclose(BOWL.least, np.mean((np.polyval(np.polyfit(X, Y, 1), X) - Y) ** 2))


@pytest.mark.parametrize("place", [(0.0, 0.0), (1.0, -2.0), (0.5, 3.0)])
def test_loss_and_gradient_are_those_of_autograd_over_all_points(place: tuple[float, float]) -> None:
    w, b = Tensor(place[0]), Tensor(place[1])
    loss = mse(Tensor(X) * w + b, Y)
    loss.backward()
    assert_allclose(BOWL.loss(place), loss.item())
    assert_allclose(BOWL.gradient(place), [w.grad.item(), b.grad.item()], rtol=1e-9, atol=1e-12)


def test_curvatures_are_numpys_eigenvalues() -> None:
    assert_allclose(BOWL.curvatures(), np.linalg.eigvalsh(BOWL.hessian)[::-1])
    assert_allclose(BOWL.largest_rate(), 2 / np.linalg.eigvalsh(BOWL.hessian).max())


@pytest.mark.parametrize("far", [0, 1e4, 1e8])
def test_the_flat_curvature_keeps_its_digits_far_from_zero(far: float) -> None:
    """In exact fractions; where x is large, the hessian's numbers no longer hold it."""
    xs = [Fraction(far), Fraction(far) + 1]
    mean, square = sum(xs) / 2, sum(x * x for x in xs) / 2
    bowl = Bowl.of_line([float(x) for x in xs], [0, 1])
    steep, flat = bowl.curvatures()
    assert_allclose(steep + flat, float(2 * square + 2), rtol=1e-15)
    assert_allclose(steep * flat, float(4 * (square - mean * mean)), rtol=1e-14)
    assert np.isfinite(bowl.contour(1.0)).all()


def test_the_steepest_direction_is_numpys() -> None:
    vector = np.linalg.eigh(BOWL.hessian)[1][:, 1]
    assert_allclose(abs(BOWL.steepest() @ vector), 1)


def test_many_losses_are_those_of_each() -> None:
    places = RNG.normal(size=(9, 2))
    assert_allclose(BOWL.losses(places), [BOWL.loss(place) for place in places])


def test_a_contour_has_one_loss() -> None:
    assert_allclose([BOWL.loss(place) for place in BOWL.contour(2.5)], 2.5)


@pytest.mark.parametrize(("share", "ends"), [(0.999, True), (1.001, False)])
def test_gradient_descent_runs_away_just_beyond_the_largest_rate(share: float, ends: bool) -> None:
    rate = share * BOWL.largest_rate()
    way = descend(BOWL, lambda p: SGD([p], rate), [0, 0], 5000)
    start, end = BOWL.loss(way[0]) - BOWL.least, BOWL.loss(way[-1]) - BOWL.least
    assert (end < 1e-3 * start) is ends
    assert (end > start) is not ends


def test_momentum_has_its_own_limit() -> None:
    """2 (1 + momentum) / the largest curvature."""
    for share in (0.99, 1.01):
        rate = share * 1.9 * BOWL.largest_rate()
        way = descend(BOWL, lambda p, rate=rate: Momentum([p], rate), [0, 0], 3000)  # type: ignore[misc]
        assert (BOWL.loss(way[-1]) < 2 * BOWL.least) is (share < 1)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda p: SGD([p], 0.03), lambda p: torch.optim.SGD([p], 0.03)),
        (lambda p: Momentum([p], 0.03), lambda p: torch.optim.SGD([p], 0.03, momentum=0.9)),
        (lambda p: Adam([p], 0.03), lambda p: torch.optim.Adam([p], 0.03)),
    ],
)
def test_ways_are_torchs(ours, theirs) -> None:  # type: ignore[no-untyped-def]
    way = descend(BOWL, ours, [-1.0, 2.0], 50)
    p = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
    optimiser = theirs(p)
    x, y = torch.tensor(X), torch.tensor(Y)
    for place in way:
        loss = torch.mean((p[0] * x + p[1] - y) ** 2)
        assert_allclose(place, p.detach().numpy(), rtol=1e-5)
        assert_allclose(BOWL.loss(place), loss.item(), rtol=1e-5)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def test_what_runs_off_is_cut_before_it_overflows() -> None:
    way = descend(BOWL, lambda p: SGD([p], 10.0), [0, 0], 10_000)
    assert len(way) < 50
    assert np.isfinite(way).all()


def test_points_on_one_x_have_no_bottom() -> None:
    with pytest.raises(ValueError, match="two different x"):
        Bowl.of_line([1, 1], [0, 2])
