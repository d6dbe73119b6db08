"""The graph of a computation on single numbers, as `autograd` has recorded it, and the way back by steps.

`Tensor.backward` does all at once; here every node is handled by itself, so that a figure can stop in
between. Griewank & Walther, 2008, "Evaluating Derivatives" (https://doi.org/10.1137/1.9780898717761), tell
what it costs: at most a small constant times the way forward, whatever the number of inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pycore.networks.autograd import Tensor, topological_order


@dataclass(frozen=True)
class Node:
    """One number of the computation.

    Attributes
    ----------
    name
        What it is called, if it has a name.
    op
        How it was computed; empty for an input.
    value
        The number.
    parents
        Places of the numbers that it was computed from.
    local
        Its derivative with respect to each of those alone.
    """

    name: str
    op: str
    value: float
    parents: tuple[int, ...]
    local: tuple[float, ...]


def record(root: Tensor, names: Mapping[Tensor, str] | None = None) -> list[Node]:
    """List the numbers that `root` was computed from, parents before children, `root` last.

    Parameters
    ----------
    root
        The result.
    names
        What some of the tensors are called.

    Raises
    ------
    ValueError
        If one of them is not a single number.

    Examples
    --------
    >>> a = Tensor(3.0)
    >>> [(node.name, node.op, node.value, node.local) for node in record(a * a, {a: "a"})]
    [('a', '', 3.0, ()), ('', '*', 9.0, (3.0, 3.0))]
    """
    place = {tensor: i for i, tensor in enumerate(topological_order(root))}
    one = root.data * 0 + 1
    return [
        Node(
            (names or {}).get(tensor, ""),
            tensor.op,
            tensor.item(),
            tuple(place[parent] for parent in tensor.parents),
            # What reaches a parent when the gradient of this node is one.
            tuple(float(share.item()) for share in tensor.vjp(one)),
        )
        for tensor in place
    ]


def operations(nodes: list[Node]) -> list[int]:
    """Return the places of the nodes that were computed, in the order of the way forward."""
    return [i for i, node in enumerate(nodes) if node.op]


def gradients(nodes: list[Node], steps: int) -> list[float | None]:
    """Return the derivative of the last number with respect to each, after some steps of the way back.

    Step one gives the last number its gradient of 1 and hands it on to its parents, and each further step
    does so for one more operation. None stands where nothing has arrived yet.

    Examples
    --------
    >>> a, b = Tensor(3.0), Tensor(2.0)
    >>> nodes = record((a + b) * b)
    >>> gradients(nodes, 1), gradients(nodes, 2)
    ([None, 5.0, 2.0, 1.0], [2.0, 7.0, 2.0, 1.0])
    """
    arrived: list[float | None] = [None] * len(nodes)
    if steps:
        arrived[-1] = 1.0
    for i in list(reversed(operations(nodes)))[:steps]:
        grad = arrived[i] or 0.0
        for parent, local in zip(nodes[i].parents, nodes[i].local, strict=True):
            arrived[parent] = (arrived[parent] or 0.0) + grad * local
    return arrived


def nudged(
    compute: Callable[[Mapping[str, float]], float], inputs: Mapping[str, float], name: str, by: float
) -> float:
    """Estimate a derivative without any calculus: compute again with one input changed a little.

    >>> round(nudged(lambda x: x["a"] ** 2, {"a": 3.0}, "a", 0.001), 6)
    6.001
    """
    return (compute({**inputs, name: inputs[name] + by}) - compute(inputs)) / by
