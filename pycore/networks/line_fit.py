"""A loss with two parameters: a line through points, by its mean squared error, and the way down.

The loss is a quadratic bowl, so all about it is known: the gradient from the averages of the points, the
curvatures along its two axes from the eigenvalues of a 2 x 2 matrix, and what one step of gradient descent
makes of a distance along either axis: it multiplies it by 1 - rate * curvature. Beyond 2 / curvature the
factor is below -1, and gradient descent runs away. Goh, 2017, "Why Momentum Really Works"
(https://doi.org/10.23915/distill.00006), tells it with pictures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats
from pycore.networks.autograd import Tensor
from pycore.networks.optimisers import Optimiser


@dataclass(frozen=True)
class Bowl:
    """A quadratic loss of two parameters: least + (p - best) @ hessian @ (p - best) / 2.

    Attributes
    ----------
    best
        The parameters at the bottom, float64 [2].
    least
        The loss there.
    hessian
        Second derivatives, float64 [2, 2]: the same everywhere.
    determinant
        That of the hessian, where it is known better than from its numbers: for points far from zero, their
        difference rounds it away. Without it, it is worked out from them.
    """

    best: Floats
    least: float
    hessian: Floats
    determinant: float | None = None

    @classmethod
    def of_line(cls, x: ArrayLike, y: ArrayLike) -> Bowl:
        """The mean squared error of the line w * x + b, as a function of [w, b].

        Parameters
        ----------
        x, y
            Points, [n] each; at least two different x.

        Raises
        ------
        ValueError
            When the points stand on one x: then no bottom is the only one.

        Examples
        --------
        >>> bowl = Bowl.of_line([0, 1, 2], [1, 3, 5])
        >>> bowl.best.round(6), bowl.loss([2, 0])
        (array([2., 1.]), 1.0)
        """
        xs, ys = np.asarray(x, np.float64), np.asarray(y, np.float64)
        spread = float(np.mean((xs - xs.mean()) ** 2))
        if not spread > 0:
            raise ValueError("expected points with at least two different x")
        slope = float(np.mean((xs - xs.mean()) * (ys - ys.mean()))) / spread
        best = np.array([slope, ys.mean() - slope * xs.mean()])
        least = float(np.mean((best[0] * xs + best[1] - ys) ** 2))
        hessian = 2 * np.array([[np.mean(xs * xs), xs.mean()], [xs.mean(), 1.0]])
        return cls(best, least, hessian, 4 * spread)

    def losses(self, parameters: ArrayLike) -> Floats:
        """Return the loss at each of some places [..., 2], float64 [...]."""
        away = np.asarray(parameters, np.float64) - self.best
        return np.asarray(self.least + ((away @ self.hessian) * away).sum(axis=-1) / 2)

    def loss(self, parameters: ArrayLike) -> float:
        """Return the loss at [w, b]."""
        away = np.asarray(parameters, np.float64) - self.best
        return self.least + float(away @ self.hessian @ away) / 2

    def gradient(self, parameters: ArrayLike) -> Floats:
        """Return the derivatives of the loss with respect to w and b, float64 [2]."""
        return np.asarray(self.hessian @ (np.asarray(parameters, np.float64) - self.best))

    def curvatures(self) -> tuple[float, float]:
        """Return the eigenvalues of the hessian: along the steepest direction, and along the flattest.

        >>> Bowl(np.zeros(2), 0.0, np.array([[3.0, 1.0], [1.0, 3.0]])).curvatures()
        (4.0, 2.0)
        """
        (a, b), (_, d) = self.hessian.tolist()
        determinant = a * d - b * b if self.determinant is None else self.determinant
        steep = (a + d) / 2 + math.hypot((a - d) / 2, b)
        # Their product is the determinant. What is left of the sum would have lost the digits of a small one.
        return steep, determinant / steep if steep else a + d

    def steepest(self) -> Floats:
        """Return the direction in which the loss curves most, float64 [2] of length one, w rising."""
        (a, b), (_, d) = self.hessian.tolist()
        turn = math.atan2(2 * b, a - d) / 2
        return np.array([math.cos(turn), math.sin(turn)])

    def largest_rate(self) -> float:
        """Return 2 / the largest curvature: with a larger rate, gradient descent runs away."""
        return 2 / self.curvatures()[0]

    def contour(self, loss: float, corners: int = 60) -> Floats:
        """Return places around the bottom where the loss has one value, float64 [corners, 2].

        >>> Bowl(np.zeros(2), 1.0, np.diag([8.0, 2.0])).contour(5.0, 4).round(6) + 0.0
        array([[ 1.,  0.],
               [ 0.,  2.],
               [-1.,  0.],
               [ 0., -2.]])
        """
        # Along its axes the loss is least + curvature * distance^2 / 2: an ellipse.
        turn = 2 * np.pi * np.arange(corners) / corners
        height = max(2 * (loss - self.least), 0.0)
        steep, flat = (math.sqrt(height / curvature) for curvature in self.curvatures())
        u = self.steepest()
        across, along = np.outer(np.cos(turn), u), np.outer(np.sin(turn), [-u[1], u[0]])
        return np.asarray(self.best + steep * across + flat * along)


def descend(
    bowl: Bowl,
    optimiser: Callable[[Tensor], Optimiser],
    start: ArrayLike,
    steps: int,
    most: float = 1e9,
) -> Floats:
    """Walk down from a start, and return the way: the start and the place after each step.

    Parameters
    ----------
    bowl
        The loss.
    optimiser
        Makes the optimiser of the tensor that holds the two parameters.
    start
        Where it begins, [2].
    steps
        How many steps.
    most
        A loss above this ends the way early: it runs off to infinity.

    Returns
    -------
    float64 array of shape (at most steps + 1, 2)

    Examples
    --------
    >>> from pycore.networks.optimisers import SGD
    >>> bowl = Bowl(np.zeros(2), 0.0, np.diag([2.0, 1.0]))
    >>> descend(bowl, lambda p: SGD([p], lr=0.5), [1, 1], 2)
    array([[1.  , 1.  ],
           [0.  , 0.5 ],
           [0.  , 0.25]])
    """
    parameters = Tensor(np.array(start, np.float64))
    step = optimiser(parameters)
    way = [parameters.data]
    for _ in range(steps):
        if bowl.loss(parameters.data) > most:
            break
        parameters.grad = bowl.gradient(parameters.data)
        step.step()
        way.append(parameters.data)
    return np.array(way)
