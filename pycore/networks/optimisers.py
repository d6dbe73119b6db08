"""How parameters move by their gradients: descent, momentum (Polyak, 1964), Adam (Kingma & Ba, 2015).

Left out: weight decay, schedules of the learning rate. A loss that runs off to infinity or NaN is not
stopped, so look at it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pycore.arrays import Floats
from pycore.networks.autograd import Tensor


class Optimiser:
    """Moves each parameter by -lr times a direction; the optimisers differ in how they choose it.

    Parameters
    ----------
    parameters
        The tensors to train, at least one; `Module.parameters` lists them. One that comes twice moves once.
    lr
        Learning rate: the length of a step, above 0.

    Raises
    ------
    ValueError
        If there are no parameters, or a setting is out of its range.
    TypeError
        If one tensor is given in place of a list: its rows would be trained, which are no parameters.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float) -> None:
        if isinstance(parameters, Tensor):
            raise TypeError("expected a list of tensors to train, found a tensor: put it into a list")
        self.parameters = list(dict.fromkeys(parameters))
        if not self.parameters:
            raise ValueError("expected at least one parameter, found none")
        _check("lr", lr, "above 0 and finite", 0 < lr < np.inf)
        self.lr = lr
        self.steps = 0

    def zero_grad(self) -> None:
        """Forget the gradients; without this, the next `backward` adds to them."""
        for p in self.parameters:
            p.grad = np.zeros_like(p.data)

    def step(self) -> None:
        """Move every parameter once, by the gradients that `backward` has left in them."""
        self.steps += 1
        for i, p in enumerate(self.parameters):
            # A new array, not `-=`: the old one may belong to the caller, and the last graph refers to it.
            p.data = np.asarray(p.data - self.lr * self.direction(i, p.grad), p.data.dtype)

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the direction to move parameter number `i` away from, an array shaped like its gradient."""
        raise NotImplementedError


class SGD(Optimiser):
    """Stochastic gradient descent: straight down the gradient of the batch.

    Parameters and errors are those of `Optimiser`.

    Examples
    --------
    >>> w = Tensor([3.0])
    >>> optimiser = SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimiser.step()
    >>> w
    Tensor([2.4])
    """

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the gradient itself."""
        return grad


class Momentum(Optimiser):
    """Gradient descent with momentum: velocity = momentum * velocity + gradient, as a heavy ball rolls.

    Polyak, 1964 (https://doi.org/10.1016/0041-5553(64)90137-5), in the form that torch's SGD uses.

    Parameters
    ----------
    parameters, lr
        As in `Optimiser`.
    momentum
        How much of the velocity is left after a step, from 0 to below 1.

    Examples
    --------
    >>> w = Tensor([3.0])
    >>> optimiser = Momentum([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     optimiser.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimiser.step()
    >>> w.data.round(2)
    array([1.62])
    """

    def __init__(self, parameters: Iterable[Tensor], lr: float, momentum: float = 0.9) -> None:
        super().__init__(parameters, lr)
        _check("momentum", momentum, "from 0 to below 1", 0 <= momentum < 1)
        self.momentum = momentum
        self.velocity = [np.zeros_like(p.data) for p in self.parameters]

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the velocity."""
        self.velocity[i] = self.momentum * self.velocity[i] + grad
        return self.velocity[i]


class Adam(Optimiser):
    """Adam: momentum, with a step size of its own for each number, set by how large its gradients were.

    Kingma & Ba, 2015 (https://arxiv.org/abs/1412.6980). Running means of the gradient and of its square start
    at zero and are divided by 1 - beta ** steps to make up for that. The first step moves each number by lr.

    Parameters
    ----------
    parameters, lr
        As in `Optimiser`.
    beta1, beta2
        How much of the running mean of the gradient, and of its square, is kept; from 0 to below 1.
    eps
        Added to the divisor, which may be zero; above 0.

    Examples
    --------
    >>> w = Tensor([3.0, -0.001])
    >>> optimiser = Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimiser.step()
    >>> w.data.round(3)
    array([2.9  , 0.099])
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        _check("beta1", beta1, "from 0 to below 1", 0 <= beta1 < 1)
        _check("beta2", beta2, "from 0 to below 1", 0 <= beta2 < 1)
        _check("eps", eps, "above 0 and finite", 0 < eps < np.inf)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.mean = [np.zeros_like(p.data) for p in self.parameters]
        self.mean_square = [np.zeros_like(p.data) for p in self.parameters]

    def direction(self, i: int, grad: Floats) -> Floats:
        """Return the mean gradient divided by the root of the mean square gradient."""
        self.mean[i] = self.beta1 * self.mean[i] + (1 - self.beta1) * grad
        self.mean_square[i] = self.beta2 * self.mean_square[i] + (1 - self.beta2) * grad * grad
        mean = self.mean[i] / (1 - self.beta1**self.steps)
        mean_square = self.mean_square[i] / (1 - self.beta2**self.steps)
        return np.asarray(mean / (np.sqrt(mean_square) + self.eps))


def _check(name: str, value: float, expected: str, fits: bool) -> None:
    if not fits:
        raise ValueError(f"expected {name} {expected}, found {value}")
