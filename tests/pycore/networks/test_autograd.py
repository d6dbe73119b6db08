"""Automatic differentiation against torch in float64, against finite differences, and by its algebra."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from pycore.networks.autograd import Tensor, topological_order
from pycore.networks.losses import cross_entropy, mse

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}

GRID = np.random.default_rng(0).normal(size=(2, 3, 4))
OTHER = np.random.default_rng(1).normal(size=(2, 3, 4))
POSITIVE = np.abs(GRID) + 0.5
ROW = np.array([0.3, -1.2, 2.0, 0.7])
COLUMN = np.array([[0.5], [-2.0], [1.5]])
MATRIX = np.random.default_rng(2).normal(size=(4, 5))
BATCH = np.random.default_rng(3).normal(size=(2, 4, 5))
EXTREME = np.array([[-800.0, 0.0, 800.0], [1e-3, -40.0, 40.0]])
IDS = np.array([[0, 2], [2, 2]])

# name: (arguments, what we compute, what torch computes; None if the same expression serves both)
OPERATIONS: dict[str, tuple[list[np.ndarray], Callable[..., Any], Callable[..., Any] | None]] = {
    "add": ([GRID, OTHER], lambda a, b: a + b, None),
    "add a number": ([GRID], lambda a: 2 + a + 0.5, None),
    "add a row": ([GRID, ROW], lambda a, b: a + b, None),
    "subtract a column": ([GRID, COLUMN], lambda a, b: a - b, None),
    "subtract from a number": ([GRID], lambda a: 1.5 - a, None),
    "negate": ([GRID], lambda a: -a, None),
    "multiply": ([ROW, COLUMN], lambda a, b: a * b * 3, None),
    "multiply by itself": ([GRID], lambda a: a * a, None),
    "divide": ([GRID, POSITIVE], lambda a, b: a / b, None),
    "divide by a row": ([GRID, ROW], lambda a, b: a / b, None),
    "divide a number": ([POSITIVE], lambda a: 2 / a, None),
    "cube": ([GRID], lambda a: a**3, None),
    "square root": ([POSITIVE], lambda a: a**0.5, None),
    "inverse square": ([POSITIVE], lambda a: a**-2, None),
    "power 0 at 0": ([np.array([0.0, 1.0, -2.0])], lambda a: a**0, None),
    "power 1 at 0": ([np.array([0.0, 1.0, -2.0])], lambda a: a**1, None),
    "matrix product": ([GRID[0], MATRIX], lambda a, b: a @ b, None),
    "batch by matrix": ([GRID, MATRIX], lambda a, b: a @ b, None),
    "batch by batch": ([GRID, BATCH], lambda a, b: a @ b, None),
    "matrix by batch": ([GRID[0], BATCH], lambda a, b: a @ b, None),
    "batches that broadcast": ([GRID[:, None], BATCH[None]], lambda a, b: a @ b, None),
    "sum": ([GRID], lambda a: a.sum(), None),
    "sum of an axis": ([GRID], lambda a: a.sum(1), None),
    "sum of the last axis, kept": ([GRID], lambda a: a.sum(-1, True), None),
    "sum of two axes": ([GRID], lambda a: a.sum((0, -1)), None),
    "mean": ([GRID], lambda a: a.mean(), None),
    "mean of an axis, kept": ([GRID], lambda a: a.mean(-2, True), None),
    "mean of two axes": ([GRID], lambda a: a.mean((1, 2)), None),
    "exp": ([GRID], lambda a: a.exp(), None),
    "log": ([POSITIVE], lambda a: a.log(), None),
    "tanh": ([GRID], lambda a: a.tanh(), None),
    "tanh far out": ([EXTREME], lambda a: a.tanh(), None),
    "sigmoid": ([GRID], lambda a: a.sigmoid(), None),
    "sigmoid far out": ([EXTREME], lambda a: a.sigmoid(), None),
    "relu": ([np.array([-1.0, 0.0, 2.0])], lambda a: a.relu(), None),
    "gelu": ([GRID * 3], lambda a: a.gelu(), torch.nn.functional.gelu),
    "gelu far out": ([EXTREME], lambda a: a.gelu(), torch.nn.functional.gelu),
    "gelu by tanh": (
        [GRID * 3],
        lambda a: a.gelu("tanh"),
        lambda a: torch.nn.functional.gelu(a, approximate="tanh"),
    ),
    "reshape": ([GRID], lambda a: a.reshape(4, -1), None),
    "reshape by a tuple": ([GRID], lambda a: a.reshape((4, -1)), None),
    "reshape to one number": ([ROW[:1]], lambda a: a.reshape(()), None),
    "transpose": ([GRID], lambda a: a.transpose(1, 2, 0), lambda a: a.permute(1, 2, 0)),
    "transpose, counted from the end": (
        [GRID],
        lambda a: a.transpose(-1, 0, 1),
        lambda a: a.permute(-1, 0, 1),
    ),
    "transpose by a tuple": (
        [GRID],
        lambda a: a.transpose((1, 2, 0)),
        lambda a: a.permute((1, 2, 0)),
    ),
    "T": ([MATRIX], lambda a: a.T, None),
    "T of three axes": ([GRID], lambda a: a.T, lambda a: a.permute(2, 1, 0)),
    "row lookup": ([MATRIX], lambda a: a[IDS], None),
    "slice": ([GRID], lambda a: a[:, 1:, 2], None),
    "boolean mask": ([GRID], lambda a: a[GRID > 0], None),
    "element of each row": ([MATRIX], lambda a: a[np.arange(4), [1, 1, 0, 4]], None),
    "softmax": ([GRID], lambda a: a.softmax(-1), None),
    "softmax of an axis": ([GRID], lambda a: a.softmax(1), None),
    "softmax far out": ([EXTREME], lambda a: a.softmax(-1), None),
    "log_softmax": ([GRID], lambda a: a.log_softmax(-1), None),
    "log_softmax of an axis": ([GRID], lambda a: a.log_softmax(0), None),
    "log_softmax far out": ([EXTREME], lambda a: a.log_softmax(-1), None),
    "cross-entropy": (
        [GRID[0]],
        lambda a: cross_entropy(a, [3, 0, 3]),
        lambda a: torch.nn.functional.cross_entropy(a, torch.tensor([3, 0, 3])),
    ),
    "cross-entropy of sequences": (
        [GRID],
        lambda a: cross_entropy(a, [[3, 0, 3], [1, 1, 2]]),
        lambda a: torch.nn.functional.cross_entropy(a.reshape(-1, 4), torch.tensor([3, 0, 3, 1, 1, 2])),
    ),
    "mse": ([GRID, OTHER], lambda a, b: mse(a, b), torch.nn.functional.mse_loss),
}


def weights_like(shape: tuple[int, ...]) -> np.ndarray:
    """Weights that differ from each other, so that a gradient in the wrong place shows."""
    return np.cos(np.arange(math.prod(shape))).reshape(shape) + 0.1


def torch_tensors(arrays: list[np.ndarray]) -> list[torch.Tensor]:
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def check_against_torch(
    arrays: list[np.ndarray], ours: Callable[..., Tensor], theirs: Callable[..., torch.Tensor]
) -> None:
    inputs, references = [Tensor(a) for a in arrays], torch_tensors(arrays)
    result, reference = ours(*inputs), theirs(*references)
    assert_allclose(result.data, reference.detach().numpy(), **TOLERANCE)
    weights = weights_like(result.shape)
    (result * weights).sum().backward()
    (reference * torch.tensor(weights)).sum().backward()
    for x, y in zip(inputs, references, strict=True):
        assert x.grad.shape == x.shape
        assert_allclose(x.grad, y.grad.numpy(), **TOLERANCE)


def block(x: Any, embedding: Any, w: Any, v: Any) -> Any:
    """Most operations in one expression: a lookup, attention, normalisation and a feed-forward layer."""
    x = x + embedding[IDS]
    scores = (x @ w) @ x.transpose(0, 2, 1) / math.sqrt(3)
    x = x + scores.softmax(-1) @ x
    x = x - x.mean(-1, True)
    x = x / ((x * x).mean(-1, True) + 1e-5) ** 0.5
    return ((x @ v).gelu() + (x @ v).sigmoid()) @ v.T - (x.exp() + 1).log() * x.tanh()


BLOCK_INPUTS = [
    np.random.default_rng(i).normal(size=s) for i, s in enumerate([(2, 2, 3), (3, 3), (3, 3), (3, 5)])
]


class TorchBlockTensor(torch.Tensor):
    """A torch tensor with our names for two methods, so that `block` runs on it."""

    def transpose(self, *axes: int) -> torch.Tensor:  # type: ignore[override]
        return self.permute(*axes)

    def gelu(self) -> torch.Tensor:
        return torch.nn.functional.gelu(self)


@pytest.mark.parametrize("name", OPERATIONS)
def test_forward_and_gradient_are_those_of_torch(name: str) -> None:
    arrays, ours, theirs = OPERATIONS[name]
    check_against_torch(arrays, ours, theirs or ours)


def test_a_transformer_block_has_the_gradient_of_torch() -> None:
    check_against_torch(
        BLOCK_INPUTS, block, lambda *inputs: block(*(x.as_subclass(TorchBlockTensor) for x in inputs))
    )


def test_a_transformer_block_has_the_gradient_of_finite_differences() -> None:
    inputs = [Tensor(a) for a in BLOCK_INPUTS]
    result = block(*inputs)
    weights = weights_like(result.shape)
    (result * weights).sum().backward()

    h = 1e-5
    for position, x in enumerate(inputs):
        for index in np.ndindex(x.shape):
            values = []
            for step in (h, -h):
                moved = [a.copy() for a in BLOCK_INPUTS]
                moved[position][index] += step
                values.append((block(*map(Tensor, moved)).data * weights).sum())
            assert_allclose(x.grad[index], (values[0] - values[1]) / (2 * h), rtol=1e-6, atol=1e-7)


# ---------------------------------------------------------------- algebra

FINITE = st.floats(-50, 50)


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3))
def test_broadcasting_gives_each_operand_a_gradient_of_its_shape(shapes: hnp.BroadcastableShapes) -> None:
    arrays = [weights_like(shape) + 2 for shape in shapes.input_shapes]
    check_against_torch(arrays, lambda a, b: a * b + a / b - b, lambda a, b: a * b + a / b - b)


@given(hnp.mutually_broadcastable_shapes(signature=np.matmul.signature, max_dims=2, max_side=3))
def test_matrix_products_of_every_shape_numpy_allows(shapes: hnp.BroadcastableShapes) -> None:
    arrays = [weights_like(shape) for shape in shapes.input_shapes]
    check_against_torch(arrays, lambda a, b: a @ b, lambda a, b: a @ b)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=5), elements=st.floats(-1e6, 1e6)), st.data()
)
def test_softmax_sums_to_one_along_its_axis(x: np.ndarray, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    p = Tensor(x).softmax(axis).data
    assert (p >= 0).all()
    assert_allclose(p.sum(axis=axis), 1.0, rtol=1e-12)
    assert_allclose(np.exp(Tensor(x).log_softmax(axis).data), p, atol=1e-12)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=6), elements=FINITE), st.floats(-1e3, 1e3)
)
def test_softmax_does_not_change_when_a_number_is_added(x: np.ndarray, shift: float) -> None:
    assert_allclose(Tensor(x + shift).softmax().data, Tensor(x).softmax().data, atol=1e-11)
    # ... and so the gradient along that shift is zero.
    logits = Tensor(x)
    p = logits.softmax()
    (p * weights_like(x.shape)).sum().backward()
    assert_allclose(logits.grad.sum(axis=-1), 0.0, atol=1e-12)


@given(hnp.arrays(np.float64, (3, 4), elements=FINITE), FINITE, FINITE)
def test_backward_is_linear_in_the_loss(x: np.ndarray, a: float, b: float) -> None:
    def gradient(loss: Callable[[Tensor], Tensor]) -> np.ndarray:
        leaf = Tensor(x)
        loss(leaf).backward()
        return leaf.grad

    first = gradient(lambda t: (t * t).sum())
    second = gradient(lambda t: t.tanh().sum())
    both = gradient(lambda t: (t * t).sum() * a + t.tanh().sum() * b)
    assert_allclose(both, a * first + b * second, rtol=1e-9, atol=1e-9)


# ---------------------------------------------------------------- the graph


def test_gradients_add_up_over_passes_and_over_uses() -> None:
    x = Tensor([1.0, 2.0])
    y = (x * x).exp()
    loss = (y * y + y).sum()
    loss.backward()
    once = x.grad.copy()
    loss.backward()
    assert_allclose(x.grad, 2 * once)
    # Tensors in between hold their gradient too: d(y² + y)/dy.
    assert_allclose(y.grad, 2 * (2 * y.data + 1))


def test_a_graph_deeper_than_the_stack_of_python() -> None:
    x = Tensor(1.0)
    y = x
    for _ in range(20_000):
        y = y + x
    y.backward()
    assert x.grad == 20_001


def test_an_index_that_is_written_over_moves_no_gradient() -> None:
    """Batches are often filled into one array."""
    ids, targets = np.array([0, 2]), np.array([0, 1])
    table, twin = Tensor(MATRIX), Tensor(MATRIX)
    loss = cross_entropy(table[ids], targets)
    cross_entropy(twin[ids.copy()], targets.copy()).backward()
    ids[:], targets[:] = 1, 3
    loss.backward()
    assert_allclose(table.grad, twin.grad)


def test_topological_order_has_each_tensor_once_and_parents_first() -> None:
    x = Tensor(-0.5)
    for _ in range(40):  # 2 ** 40 paths: a walk that is not remembered would not end
        x = x * x + x
    order = topological_order(x)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order) == 81
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


def test_arrays_and_numbers_on_the_left() -> None:
    x = Tensor(ROW)
    left = np.arange(8.0).reshape(2, 4)
    for result, expected in [
        (left + x, left + ROW),
        (left - x, left - ROW),
        (left * x, left * ROW),
        (left / x, left / ROW),
        (left @ x, left @ ROW),
        (np.float64(2) * x, 2 * ROW),
    ]:
        assert isinstance(result, Tensor)
        assert_allclose(result.data, expected)


@pytest.mark.parametrize("name", OPERATIONS)
def test_float32_stays_float32(name: str) -> None:
    arrays, ours, _ = OPERATIONS[name]
    inputs = [Tensor(a.astype(np.float32)) for a in arrays]
    result = ours(*inputs)
    result.sum().backward()
    assert {t.data.dtype for t in topological_order(result)} == {np.dtype(np.float32)}
    assert {x.grad.dtype for x in inputs} == {np.dtype(np.float32)}


def test_an_array_without_axes_leaves_float32_as_a_number_does() -> None:
    x = Tensor(ROW.astype(np.float32))
    for number in (4, 4.0, np.float64(4), np.array(4), np.array(4.0)):
        for result in (x / number, number * x):
            assert result.data.dtype == np.float32
    with pytest.raises(ValueError, match="real numbers"):
        x + np.array("4")


def test_float16_is_widened_before_its_sum_overflows() -> None:
    x = Tensor(np.full(70_000, 0.5, np.float16))
    assert (x.data.dtype, x.grad.dtype) == (np.float32, np.float32)
    assert x.mean().item() == 0.5


def test_each_gradient_has_the_dtype_of_its_tensor() -> None:
    table, weights = Tensor(MATRIX.astype(np.float32)), Tensor(np.ones((5, 2)))
    (table[IDS] @ weights).sum().backward()
    assert (table.grad.dtype, weights.grad.dtype) == (np.float32, np.float64)
    assert_allclose(table.grad, [[2.0] * 5, [0.0] * 5, [6.0] * 5, [0.0] * 5])


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize("gate", [lambda a: a.relu(), lambda a: (a**0).log()])
def test_an_infinite_slope_stops_where_nothing_depends(gate: Callable[..., Any]) -> None:
    """A root has one at zero, and zero times infinity is NaN."""
    check_against_torch([np.array([-1.0, 0.0, 4.0])], lambda a: gate(a) ** 0.5, lambda a: gate(a) ** 0.5)


def test_masked_scores_get_no_probability_and_no_gradient() -> None:
    scores = Tensor([[1.0, -np.inf, 2.0]])
    p = scores.softmax()
    (p * p).sum().backward()
    assert p.data[0, 1] == 0
    assert scores.grad[0, 1] == 0
    assert np.isfinite(scores.grad).all()


def test_the_two_gelus_are_as_close_as_the_docstring_says() -> None:
    x = Tensor(np.linspace(-8, 8, 4001))
    assert 0.0004 < np.abs(x.gelu().data - x.gelu("tanh").data).max() < 0.0005


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Tensor(["a"]), "expected real numbers, found an array of dtype <U1"),
        (lambda: Tensor([1j]), "complex128"),
        (lambda: Tensor(Tensor(1.0)), "object"),  # type: ignore[arg-type]
        (lambda: Tensor([1.0, 2.0]).backward(), r"expected one number, found shape \(2,\)"),
        (lambda: Tensor([]).backward(), r"found shape \(0,\)"),
        (lambda: Tensor([]).mean(), r"something to average, found shape \(0,\)"),
        (lambda: Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0]), r"\(2,\) \(3,\)"),
        (lambda: Tensor(np.ones((2, 3))) @ Tensor(np.ones((2, 3))), "mismatch"),
        (lambda: Tensor([1.0]) ** Tensor([1.0]), "number as exponent, found Tensor"),  # type: ignore[operator]
        (lambda: Tensor([1.0]).gelu("erf"), "'erf'"),  # type: ignore[arg-type]
        (lambda: Tensor(np.ones((2, 3))).transpose(0, 0), "repeated axis"),
        (lambda: Tensor([1.0, 2.0]).item(), "size 1"),
        (lambda: cross_entropy(Tensor(np.ones((2, 3))), [0, 3]), "from 0 to 2, found 0 to 3"),
        (lambda: cross_entropy(Tensor(np.ones((2, 3))), [0, -1]), "from 0 to 2, found -1 to 0"),
        (lambda: cross_entropy(Tensor(np.ones((2, 3))), [0]), r"shape \(2,\) .* found int64 of shape \(1,\)"),
        (lambda: cross_entropy(Tensor(np.ones((2, 3))), [0.0, 1.0]), "found float64"),
        (lambda: cross_entropy(Tensor(np.ones((0, 3))), np.zeros(0, int)), "at least one target"),
        (lambda: mse(Tensor(np.ones((3, 1))), np.ones(3)), r"shape \(3, 1\), found \(3,\)"),
        (lambda: mse(Tensor([1.0, 2.0]), Tensor(1.0)), r"shape \(2,\), found \(\)"),
    ],
)
def test_bad_input_is_told(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_mean_squared_error_is_refused_before_it_is_computed() -> None:
    """Broadcast, it would be 80 MB here, and 12 GB for 40,000 of each."""
    prediction, target = Tensor(np.ones((3000, 1))), np.ones(3000)
    tracemalloc.start()
    with pytest.raises(ValueError, match="found"):
        mse(prediction, target)
    assert tracemalloc.get_traced_memory()[1] < 1e6
    tracemalloc.stop()


def test_a_power_takes_a_number_only() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        2.0 ** Tensor([1.0])  # type: ignore[operator]
    with pytest.raises(ValueError, match="number as exponent, found ndarray"):
        Tensor([1.0]) ** np.ones(1)  # type: ignore[operator]


def test_rows_and_axes_out_of_range_are_index_errors() -> None:
    with pytest.raises(IndexError):
        Tensor(MATRIX)[4]
    with pytest.raises(IndexError):
        Tensor(GRID).transpose(0, 1, 5)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_nan_travels_through() -> None:
    x = Tensor([np.nan, 1.0])
    x.relu().sum().backward()
    assert x.grad.tolist() == [1, 1]  # as in torch
    for result in (x + 1, x @ x, x.relu(), x.gelu(), x.softmax(), x.log_softmax()):
        assert np.isnan(result.data).any()
