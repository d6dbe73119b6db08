"""Reverse-mode automatic differentiation on numpy arrays.

Each operation makes a new `Tensor` that remembers its parents and one function, its vector-Jacobian product
(`vjp`): given the gradient of the loss with respect to the result, it returns the gradient with respect to
each parent. `Tensor.backward` walks the graph from the loss to the leaves, calls each `vjp` once, and adds up
what arrives at each tensor. That is backpropagation (Rumelhart, Hinton & Williams, 1986,
https://doi.org/10.1038/323533a0); Baydin et al., 2018 (https://arxiv.org/abs/1502.05767) survey the idea.

Broadcasting is undone in one place: a `vjp` may return a gradient of the broadcast shape, and `backward` sums
it down to the shape of the parent.

Numbers are float64 unless float32 data is given; where the two meet, the result is float64, as in numpy. NaN
and infinity travel through as they do in numpy, which also does the warning. Left out: gradients of
gradients, in-place operations, a switch that stops recording, and devices. Every tensor gets a gradient, also
an input or a constant, so a figure can show any of them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from pycore.arrays import Floats, wide
from pycore.functions import sigmoid

Vjp = Callable[[Floats], tuple[Floats, ...]]


class Tensor:
    """An array, the gradient of the loss with respect to it, and how it was computed.

    Arithmetic (`+ - * / @`, also with numbers and arrays on either side, and `**` with a number as exponent),
    indexing and the methods below all return new tensors. Shapes follow numpy's rules for broadcasting, `@`
    those of `numpy.matmul`. A plain number or an array without axes takes the dtype of the tensor it meets.

    Parameters
    ----------
    data
        Real numbers of any shape. float32 and float64 are kept (and share memory with the array given, so do
        not write into it); integers and booleans become float64, and float16 becomes float32, since a sum of
        some ten thousand numbers is more than it can hold.
    parents
        The tensors that this one was computed from; empty for a leaf (an input, a constant, a parameter).
    vjp
        Takes the gradient of this tensor and returns one gradient for each parent.
    op
        The name of the operation, for drawing the graph; empty for a leaf.

    Attributes
    ----------
    grad : array of the same shape and dtype as `data`
        Zero at first. `backward` adds to it, so set it back to zero between steps of training.

    Raises
    ------
    ValueError
        If `data` does not hold real numbers; from an operation, if the shapes do not fit.

    Examples
    --------
    >>> x, w = Tensor([1.0, 2.0, 3.0]), Tensor([0.5, -1.0, 2.0])
    >>> loss = ((x * w).sum() - 1.0) ** 2
    >>> loss.backward()
    >>> loss.item(), w.grad
    (12.25, array([ 7., 14., 21.]))
    """

    # Without this, `array + tensor` would be numpy's work: an object array of one tensor per element.
    __array_ufunc__ = None

    def __init__(
        self,
        data: ArrayLike,
        parents: tuple[Tensor, ...] = (),
        vjp: Vjp = lambda grad: (),
        op: str = "",
    ) -> None:
        array = np.asarray(data)
        if array.dtype.kind in "biu":
            array = array.astype(np.float64)
        if array.dtype.kind != "f":
            raise ValueError(f"expected real numbers, found an array of dtype {array.dtype}")
        self.data: Floats = wide(array)
        self.grad: Floats = np.zeros(array.shape, self.data.dtype)
        self.parents = parents
        self.vjp = vjp
        self.op = op

    def __repr__(self) -> str:
        return f"Tensor({self.data})"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of `data`."""
        return self.data.shape

    def item(self) -> float:
        """Return the only element as a Python number; raise ValueError if there is not exactly one."""
        return float(self.data.item())

    def backward(self) -> None:
        """Add d(self)/d(t) to the `grad` of every tensor t that this one was computed from, itself included.

        Raises
        ------
        ValueError
            If this tensor has more or fewer than one element: only a single number has a gradient.

        Examples
        --------
        >>> x = Tensor([[1.0, 2.0]])
        >>> (x * x + x).sum().backward()
        >>> x.grad
        array([[3., 5.]])
        """
        if self.data.size != 1:
            raise ValueError(f"expected one number, found shape {self.shape}: call .sum() or .mean() first")
        # Gradients of this pass are gathered apart from `grad`, which may hold those of an earlier pass.
        arrived: dict[Tensor, Floats] = {self: np.ones_like(self.data)}
        for node in reversed(topological_order(self)):
            grad = arrived.pop(node)
            node.grad += grad
            for parent, share in zip(node.parents, node.vjp(grad), strict=True):
                share = _sum_to_shape(share, parent.shape)
                # Not `+=`: two parents may have been handed the same array.
                arrived[parent] = arrived[parent] + share if parent in arrived else share

    # ------------------------------------------------------------ arithmetic

    def _constant(self, other: Tensor | ArrayLike) -> Tensor:
        """Wrap an operand; a plain number takes our dtype, so that `x * 2.0` leaves float32 as it is."""
        if isinstance(other, Tensor):
            return other
        number = other.item() if isinstance(other, np.ndarray) and not other.ndim else other
        return Tensor(np.asarray(number, self.data.dtype) if isinstance(number, Real) else other)

    def __add__(self, other: Tensor | ArrayLike) -> Tensor:
        other = self._constant(other)
        return Tensor(self.data + other.data, (self, other), lambda grad: (grad, grad), "+")

    def __sub__(self, other: Tensor | ArrayLike) -> Tensor:
        other = self._constant(other)
        return Tensor(self.data - other.data, (self, other), lambda grad: (grad, -grad), "-")

    def __mul__(self, other: Tensor | ArrayLike) -> Tensor:
        other = self._constant(other)
        a, b = self.data, other.data
        return Tensor(a * b, (self, other), lambda grad: (grad * b, grad * a), "*")

    def __truediv__(self, other: Tensor | ArrayLike) -> Tensor:
        other = self._constant(other)
        a, b = self.data, other.data
        return Tensor(a / b, (self, other), lambda grad: (grad / b, -grad * a / (b * b)), "/")

    def __pow__(self, exponent: float) -> Tensor:
        if not isinstance(exponent, Real):
            raise ValueError(f"expected a number as exponent, found {type(exponent).__name__}")
        a, exponent = self.data, float(exponent)

        def vjp(grad: Floats) -> tuple[Floats]:
            # The derivative of x ** 0 is 0 everywhere, but 0 * x ** -1 would be NaN at x = 0.
            return (grad * exponent * a ** (exponent - 1) if exponent else np.zeros_like(grad),)

        return Tensor(a**exponent, (self,), vjp, "**")

    def __matmul__(self, other: Tensor | ArrayLike) -> Tensor:
        other = self._constant(other)
        a, b = self.data, other.data

        def vjp(grad: Floats) -> tuple[Floats, Floats]:
            # A vector on the left is a matrix of one row, on the right one of one column.
            left, right = a, b
            if b.ndim == 1:
                right, grad = b[:, None], grad[..., None]
            if a.ndim == 1:
                left, grad = a[None, :], np.expand_dims(grad, -2)
            grad_left = _sum_to_shape(grad @ right.swapaxes(-1, -2), left.shape)
            grad_right = _sum_to_shape(left.swapaxes(-1, -2) @ grad, right.shape)
            return grad_left.reshape(a.shape), grad_right.reshape(b.shape)

        return Tensor(a @ b, (self, other), vjp, "@")

    def __neg__(self) -> Tensor:
        return Tensor(-self.data, (self,), lambda grad: (-grad,), "neg")

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: ArrayLike) -> Tensor:
        return self._constant(other) - self

    def __rtruediv__(self, other: ArrayLike) -> Tensor:
        return self._constant(other) / self

    def __rmatmul__(self, other: ArrayLike) -> Tensor:
        return self._constant(other) @ self

    # ------------------------------------------------------------ sums and shapes

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """Sum over `axis` (all axes if None); each summand gets the gradient of its sum.

        Examples
        --------
        >>> Tensor([[1, 2], [3, 4]]).sum(axis=0)
        Tensor([4. 6.])
        """
        a = self.data

        def vjp(grad: Floats) -> tuple[Floats]:
            if axis is not None and not keepdims:
                grad = np.expand_dims(grad, axis)
            return (np.broadcast_to(grad, a.shape),)

        return Tensor(a.sum(axis=axis, keepdims=keepdims), (self,), vjp, "sum")

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """Mean over `axis` (all axes if None); raise ValueError if there is nothing to average."""
        if self.data.size == 0:
            raise ValueError(f"expected something to average, found shape {self.shape}")
        total = self.sum(axis, keepdims)
        return total / (self.data.size // total.data.size)

    def reshape(self, *shape: int | Sequence[int]) -> Tensor:
        """Return the same numbers, in row-major order, in another shape; one length may be -1 (inferred).

        The lengths come one by one or, as in numpy, as one tuple.

        Examples
        --------
        >>> x = Tensor(np.zeros((2, 3, 5)))
        >>> x.reshape(6, -1).shape, x.reshape((6, -1)).shape
        ((6, 5), (6, 5))
        """
        a = self.data
        return Tensor(a.reshape(_as_one(shape)), (self,), lambda grad: (grad.reshape(a.shape),), "reshape")

    def transpose(self, *axes: int | Sequence[int]) -> Tensor:
        """Put the axes into the order `axes`, one by one or as one tuple; reverse them if none are given.

        Examples
        --------
        >>> Tensor(np.zeros((2, 3, 5))).transpose(0, 2, 1).shape
        (2, 5, 3)
        """
        order = np.arange(self.data.ndim)[list(_as_one(axes)) if axes else slice(None, None, -1)]
        inverse = np.argsort(order)
        result = self.data.transpose(order)
        return Tensor(result, (self,), lambda grad: (grad.transpose(inverse),), "transpose")

    @property
    def T(self) -> Tensor:  # noqa: N802 - numpy's name
        """The transpose: all axes in reverse order."""
        return self.transpose()

    def __getitem__(self, index: Any) -> Tensor:
        """Select as numpy does: `table[ids]` is the embedding lookup, one row for each id."""
        a, result = self.data, self.data[index]
        # Whoever writes the next batch into the same array of ids must not move the gradient of this one.
        index = copy.deepcopy(index)

        def vjp(grad: Floats) -> tuple[Floats]:
            full = np.zeros_like(a)
            # `full[index] += grad` would count a row that was looked up twice only once.
            np.add.at(full, index, grad)
            return (full,)

        return Tensor(result, (self,), vjp, "[]")

    # ------------------------------------------------------------ functions of each element

    def exp(self) -> Tensor:
        """Exponential of each element."""
        result = np.exp(self.data)
        return Tensor(result, (self,), lambda grad: (grad * result,), "exp")

    def log(self) -> Tensor:
        """Natural logarithm; numpy's -inf or NaN, with its warning, for what is not positive."""
        a = self.data
        return Tensor(np.log(a), (self,), lambda grad: (grad / a,), "log")

    def tanh(self) -> Tensor:
        """Hyperbolic tangent, from -1 to 1."""
        result = np.tanh(self.data)
        return Tensor(result, (self,), lambda grad: (grad * (1 - result * result),), "tanh")

    def sigmoid(self) -> Tensor:
        """1 / (1 + exp(-x)): above 0 also far below 0, and without an exp that overflows.

        Examples
        --------
        >>> Tensor([-20.0, 0.0]).sigmoid().log()
        Tensor([-20.          -0.69314718])
        """
        a, result = self.data, sigmoid(self.data)
        # sigmoid(-x) is 1 - sigmoid(x), exact also where the latter rounds to 1.
        return Tensor(result, (self,), lambda grad: (grad * (result * sigmoid(-a)),), "sigmoid")

    def relu(self) -> Tensor:
        """max(x, 0); the gradient at 0 is taken to be 0."""
        a = self.data
        # Not `grad * (a > 0)`: a gradient that is infinite would be NaN behind a closed gate.
        return Tensor(np.maximum(a, 0), (self,), lambda grad: (np.where(a <= 0, 0, grad),), "relu")

    def gelu(self, approximate: Literal["none", "tanh"] = "none") -> Tensor:
        """Gaussian error linear unit: x times the probability that a standard normal is below x.

        Hendrycks & Gimpel, 2016 (https://arxiv.org/abs/1606.08415). "none" is exact, as BERT has it; numpy
        has no error function, so it calls `math.erfc` for one element after the other. "tanh" is the faster
        approximation that GPT-2 was trained with; the two differ by less than 0.0005.

        Raises
        ------
        ValueError
            If `approximate` is neither "none" nor "tanh".

        Examples
        --------
        >>> Tensor([-1.0, 0.0, 1.0]).gelu().data.round(4)
        array([-0.1587,  0.    ,  0.8413])
        """
        if approximate == "tanh":
            inner = (self + self * self * self * 0.044715) * math.sqrt(2 / math.pi)
            return self * (inner.tanh() + 1) * 0.5
        if approximate != "none":
            raise ValueError(f'expected approximate to be "none" or "tanh", found {approximate!r}')
        x = self.data
        below = (0.5 * _erfc(-x / math.sqrt(2))).astype(x.dtype)
        density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
        return Tensor(x * below, (self,), lambda grad: (grad * (below + x * density),), "gelu")

    # ------------------------------------------------------------ probabilities

    def softmax(self, axis: int = -1) -> Tensor:
        """exp(x) divided by its sum over `axis`: positive numbers that sum to 1.

        The largest element is subtracted first, which changes nothing but keeps exp from overflowing. An
        element of -inf (a masked one) gets probability 0; where all are masked the result is NaN.

        Examples
        --------
        >>> Tensor([1000.0, 1000.0, -np.inf]).softmax()
        Tensor([0.5 0.5 0. ])
        """
        powers = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        p = powers / powers.sum(axis=axis, keepdims=True)

        def vjp(grad: Floats) -> tuple[Floats]:
            return (p * (grad - (grad * p).sum(axis=axis, keepdims=True)),)

        return Tensor(p, (self,), vjp, "softmax")

    def log_softmax(self, axis: int = -1) -> Tensor:
        """Logarithm of `softmax`, exact also where the probability itself would round to 0."""
        shifted = self.data - self.data.max(axis=axis, keepdims=True)
        result = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))

        def vjp(grad: Floats) -> tuple[Floats]:
            return (grad - np.exp(result) * grad.sum(axis=axis, keepdims=True),)

        return Tensor(result, (self,), vjp, "log_softmax")


def topological_order(root: Tensor) -> list[Tensor]:
    """List every tensor that `root` was computed from, parents before children, `root` last.

    What the first parent was computed from comes before what only the second was. A depth-first search with
    its own stack: Python's would overflow on a graph that is a thousand deep.

    Examples
    --------
    >>> a = Tensor(3.0)
    >>> [node.op for node in topological_order((a * a).exp() + a)]
    ['', '*', 'exp', '+']
    """
    order: list[Tensor] = []
    seen: set[Tensor] = set()
    stack = [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            # The last on the stack is the first off it.
            stack.extend((parent, False) for parent in reversed(node.parents))
    return order


def _as_one(lengths: tuple[int | Sequence[int], ...]) -> Any:
    """Read what came as `f(2, 3)` or as `f((2, 3))`."""
    return lengths[0] if len(lengths) == 1 and isinstance(lengths[0], Sequence) else lengths


def _sum_to_shape(grad: Floats, shape: tuple[int, ...]) -> Floats:
    """Undo broadcasting: an element that was copied gets the sum of the gradients of its copies."""
    if grad.shape == shape:
        return grad
    new_axes = grad.ndim - len(shape)
    stretched = tuple(new_axes + i for i, length in enumerate(shape) if length == 1)
    summed: Floats = grad.sum(axis=(*range(new_axes), *stretched))
    return summed.reshape(shape)


_erfc = np.vectorize(math.erfc, otypes=[np.float64])
