"""The graph and the way back through it, against `Tensor.backward` and torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pycore.networks.autograd import Tensor
from pycore.networks.graph import gradients, nudged, operations, record


def loss(a, b, c):  # type: ignore[no-untyped-def]
    """Something in which numbers are used more than once."""
    d = a * b + c
    return ((d * d + a).tanh() - b) ** 2 / c


def test_all_steps_are_backward_and_torch() -> None:
    leaves = [Tensor(v) for v in (0.7, -0.4, 1.3)]
    root = loss(*leaves)
    nodes = record(root, dict(zip(leaves, "abc", strict=True)))
    found = {node.name: g for node, g in zip(nodes, gradients(nodes, len(operations(nodes))), strict=True)}
    root.backward()
    assert [found[name] for name in "abc"] == pytest.approx([t.grad.item() for t in leaves])
    twins = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (0.7, -0.4, 1.3)]
    loss(*twins).backward()
    for name, twin in zip("abc", twins, strict=True):
        assert twin.grad is not None
        assert found[name] == pytest.approx(twin.grad.item())


def test_gradients_arrive_from_the_end_and_none_is_taken_back() -> None:
    nodes = record(loss(*(Tensor(v) for v in (0.7, -0.4, 1.3))))
    assert gradients(nodes, 0) == [None] * len(nodes)
    reached = [sum(g is not None for g in gradients(nodes, k)) for k in range(len(operations(nodes)) + 1)]
    assert reached == sorted(reached)
    assert reached[-1] == len(nodes)


def test_what_the_first_parent_was_computed_from_comes_first() -> None:
    leaves = [Tensor(v) for v in (0.7, -0.4, 1.3)]
    a, b, c = leaves
    nodes = record(a * b + c * a, dict(zip(leaves, "abc", strict=True)))
    assert [node.name or node.op for node in nodes] == ["a", "b", "*", "c", "*", "+"]


def test_many_ways_and_a_long_one() -> None:
    wide = long = Tensor(0.5)
    for _ in range(60):  # 2 ** 60 ways: a walk that is not remembered would not end
        wide = wide * wide
    for _ in range(3000):  # deeper than Python's stack
        long = long + 1.0
    assert len(record(wide)) == 61
    assert len(record(long)) == 6001


def test_only_single_numbers() -> None:
    with pytest.raises(ValueError, match="size 1"):
        record(Tensor(np.ones(2)) * 2)


def test_a_nudge_comes_near_to_the_gradient() -> None:
    values = {"a": 0.7, "b": -0.4, "c": 1.3}
    leaves = {name: Tensor(v) for name, v in values.items()}
    loss(*leaves.values()).backward()
    for name, leaf in leaves.items():
        assert nudged(
            lambda v: float(loss(*(Tensor(x) for x in v.values())).item()), values, name, 1e-6
        ) == pytest.approx(leaf.grad.item(), rel=1e-4)
