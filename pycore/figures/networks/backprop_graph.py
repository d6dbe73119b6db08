"""FIG.05: one neuron and its loss as a graph of single numbers, forward and then backward, a step at a time.

The graph is the one that pycore's autograd records while it computes; nothing of it is drawn by hand but the
order from left to right. Each node is told its gradient by the node below it, times that node's derivative.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_box
from pycore.live.markup import Child, Markup, number, signed, tag
from pycore.live.parsing import parse_float
from pycore.live.readout import fold, headline, readings
from pycore.networks.autograd import Tensor
from pycore.networks.graph import Node, gradients, nudged, operations, record

INPUTS = {"x1": "x₁", "w1": "w₁", "x2": "x₂", "w2": "w₂", "b": "b", "t": "t"}
SIGNS = {"*": "×", "**": "( )²", "-": "−"}
MOST = 10.0  # what an input may be, either way
NUDGE = 0.001
LETTERS = 12  # that a box holds
COLUMN, ROW = 78.0, 92.0
BOX, TALL = 70.0, 58.0
WIDTH = 480
BACK = 7  # steps forward, and as many back


@dataclass(frozen=True)
class BackpropState:
    """The six inputs and what stands in their boxes, how far it has come, and which input is nudged."""

    x1: float = 1.0
    w1: float = 0.8
    x2: float = -2.0
    w2: float = 0.6
    b: float = 0.1
    t: float = 1.0
    text: str = ""  # what stands in one box, if it cannot be read yet
    box: str = ""  # which box that is
    at: int = 0
    nudge: str = "w1"


class BackpropGraph(Figure[BackpropState]):
    """Step forward, step backward, and check a gradient by a nudge."""

    State = BackpropState
    code = (Tensor.tanh, Tensor.backward, record, gradients, nudged)
    settings = {"nudge": tuple(INPUTS), "box": ("", *INPUTS), "at": range(2 * BACK + 1)}

    def check(self, state: BackpropState) -> None:
        """Refuse inputs that are too large, and a text that no box holds."""
        for name in INPUTS:
            value = getattr(state, name)
            if not -MOST <= value <= MOST:
                raise ValueError(f"expected {name} from {-MOST:g} to {MOST:g}; found {value:g}")
        expect.fits(state.text, LETTERS)

    @event
    def move(self, by: str) -> None:
        """Go some steps on or back; at an end it stays."""
        expect.one_of("a step of", by, ("1", "-1", "all", "none"))
        last = 2 * BACK
        at = {"all": last, "none": 0}.get(by, self.state.at + (1 if by == "1" else -1))
        self.change(at=min(max(at, 0), last))

    @event
    def type_number(self, name: str, text: str) -> None:
        """Take what is typed into a box; the graph follows as soon as it is a number."""
        expect.one_of("box", name, tuple(INPUTS))
        read = parse_float(text[:LETTERS], -MOST, MOST)
        if read.value is None:
            self.change(box=name, text=text[:LETTERS])
        else:
            self.change(**{name: read.value, "box": name, "text": text[:LETTERS]})

    def view(self) -> Parts:
        """Draw the steps, the graph, what the last step did, and the check."""
        s = self.state
        nodes = graph_of(_values(s))
        grads = gradients(nodes, max(s.at - BACK, 0))
        return {
            "controls": _controls(s),
            "stage": _stage(s, nodes, grads),
            "readout": tag("div", _step(s, nodes, grads), _check(self, s, nodes)),
            "boxes": self._boxes(s),
        }

    def _boxes(self, s: BackpropState) -> Markup:
        fields = []
        for name, label in INPUTS.items():
            typed = s.text if s.box == name else number(getattr(s, name), 6)
            problem = parse_float(typed, -MOST, MOST).problem
            fields.append(
                text_box(
                    label,
                    "type_number",
                    f"type-{name}",
                    typed,
                    arg=name,
                    problem=problem,
                    within=self.id,
                    most=LETTERS,
                    inputmode="text",
                )
            )
        return fold("Type other numbers", tag("div", fields, class_="boxes"))


# ---------------------------------------------------------------- what is computed


def _values(s: BackpropState) -> dict[str, float]:
    return {name: float(getattr(s, name)) for name in INPUTS}


def loss(inputs: Mapping[str, Tensor]) -> tuple[Tensor, dict[Tensor, str]]:
    """Compute the loss of one neuron for one example; name the numbers that have names."""
    i = inputs
    z = i["x1"] * i["w1"] + i["x2"] * i["w2"] + i["b"]
    y = z.tanh()
    end = (y - i["t"]) ** 2
    return end, {tensor: INPUTS[name] for name, tensor in i.items()} | {z: "z", y: "y", end: "L"}


def graph_of(values: Mapping[str, float]) -> list[Node]:
    """Return the graph of that loss."""
    return record(*loss({name: Tensor(value) for name, value in values.items()}))


def loss_of(values: Mapping[str, float]) -> float:
    """Return that loss: one pass forward."""
    return loss({name: Tensor(value) for name, value in values.items()})[0].item()


# ---------------------------------------------------------------- where nodes stand


@functools.cache
def places() -> list[tuple[float, float]]:
    """Where each node stands: an input right above what takes it, in a column of its own."""
    nodes = graph_of(dict.fromkeys(INPUTS, 0.5))
    depth = [0] * len(nodes)
    for i, node in enumerate(nodes):
        depth[i] = 1 + max((depth[p] for p in node.parents), default=-1)
    for i, node in enumerate(nodes):
        for p in node.parents:
            if not nodes[p].op:
                depth[p] = depth[i] - 1
    columns = iter(range(len(nodes)))
    across: list[float] = []
    for node in nodes:
        if node.op:
            across.append(sum(across[p] for p in node.parents) / len(node.parents))
        else:
            across.append(float(next(columns)))
    return [(8 + BOX / 2 + x * COLUMN, 8 + TALL / 2 + d * ROW) for x, d in zip(across, depth, strict=True)]


# ---------------------------------------------------------------- what is drawn


def _controls(s: BackpropState) -> Markup:
    told = f"forward {s.at} of {BACK}" if s.at <= BACK else f"backward {s.at - BACK} of {BACK}"
    return group(
        "Steps",
        button("← back", event="move", arg="-1", control="back", class_="chip"),
        button("step →", event="move", arg="1", control="step", class_="chip"),
        button("to the end", event="move", arg="all", control="end", class_="chip"),
        tag(
            "span", told if s.at else "nothing computed yet", class_="label", data_out="place", role="status"
        ),
    )


def _stage(s: BackpropState, nodes: list[Node], grads: list[float | None]) -> Markup:
    order = operations(nodes)
    done = {i for i, node in enumerate(nodes) if not node.op} | set(order[: s.at])
    forward = s.at <= BACK
    # What the last step was about: an operation and what it was made from.
    now = None if s.at == 0 else order[s.at - 1] if forward else order[2 * BACK - s.at]
    spots = places()
    edges: list[Child] = []
    for i, node in enumerate(nodes):
        for p, local in zip(node.parents, node.local, strict=True):
            (x1, y1), (x2, y2) = spots[p], spots[i]
            look = "edge" if i != now else "edge ahead" if forward else "edge behind"
            edges.append(
                tag("path", class_=look, d=f"M{number(x1)} {number(y1 + 29)}L{number(x2)} {number(y2 - 29)}")
            )
            if i == now and not forward:
                side = -1 if x1 < x2 else 1
                edges.append(
                    tag(
                        "text",
                        f"×{signed(local)}",
                        class_="local",
                        x=(x1 + x2) / 2 + side * 6,
                        y=(y1 + y2) / 2 + 5,
                        text_anchor="end" if side < 0 else "start",
                    )
                )
    boxes = [_box(node, spots[i], i in done, grads[i], i == now) for i, node in enumerate(nodes)]
    told = f"The graph of the loss. {_spoken(s, nodes, grads)}"
    deepest = max(y for _, y in spots) + TALL / 2 + 8
    return tag(
        "svg",
        edges,
        boxes,
        class_="plot graph",
        viewBox=f"0 0 {WIDTH} {number(deepest)}",
        style=f"--w:{WIDTH}",
        role="img",
        aria_label=told,
    )


def _title(node: Node) -> str:
    return node.name or SIGNS.get(node.op, node.op)


def _box(node: Node, place: tuple[float, float], done: bool, grad: float | None, now: bool) -> Markup:
    x, y = place
    look = "node" + ("" if node.op else " input") + (" now" if now else "")
    return tag(
        "g",
        tag("rect", x=x - BOX / 2, y=y - TALL / 2, width=BOX, height=TALL, rx=6),
        tag("text", node.name, class_="name", x=x - BOX / 2 - 7, y=y + 5, text_anchor="end")
        if node.op
        else None,
        tag(
            "text",
            SIGNS.get(node.op, node.op) or node.name,
            class_="title",
            x=x,
            y=y - 12,
            text_anchor="middle",
        ),
        tag("text", _short(node.value) if done else "", class_="value", x=x, y=y + 6, text_anchor="middle"),
        tag("text", "" if grad is None else _short(grad), class_="grad", x=x, y=y + 24, text_anchor="middle"),
        class_=look,
    )


def _short(value: float) -> str:
    """Write a number in at most six signs."""
    if abs(value) < 9.995:
        return signed(value)
    return signed(value, 1) if abs(value) < 99.95 else signed(value, 0)


def _spoken(s: BackpropState, nodes: list[Node], grads: list[float | None]) -> str:
    if s.at == 0:
        return "The six inputs are there."
    if s.at <= BACK:
        node = nodes[operations(nodes)[s.at - 1]]
        return f"{_title(node)} gives {_short(node.value)}."
    known = [
        f"{node.name} {_short(g)}"
        for node, g in zip(nodes, grads, strict=True)
        if g is not None and node.name
    ]
    return f"Gradients so far: {', '.join(known)}."


def _step(s: BackpropState, nodes: list[Node], grads: list[float | None]) -> Markup:
    """Say in numbers what the last step did."""
    order = operations(nodes)
    lines: list[tuple[str, str]] = []
    if s.at == 0:
        text = "six inputs, and nothing computed yet"
    elif s.at <= BACK:
        node = nodes[order[s.at - 1]]
        from_ = [_short(nodes[p].value) for p in node.parents]
        sign = SIGNS.get(node.op, node.op)
        how = (
            f"({from_[0]})²"
            if node.op == "**"
            else f" {sign} ".join(from_)
            if len(from_) > 1
            else f"{sign} {from_[0]}"
        )
        text = "forward: a value from the values above"
        lines = [(_title(node), f"{how} = {_short(node.value)}")]
    else:
        node = nodes[order[2 * BACK - s.at]]
        own = grads[order[2 * BACK - s.at]] or 0.0
        text = "backward: its gradient, times its own derivative, goes to what it was made from"
        if s.at == BACK + 1:
            text = "backward: the loss has the gradient 1, and hands it on"
        lines = [
            (f"to {_title(nodes[p])}", f"{_short(own)} × {_short(local)} = {_short(own * local)}")
            for p, local in zip(node.parents, node.local, strict=True)
        ]
    lines += [("", "")] * (2 - len(lines))
    result = nodes[-1].value if s.at >= BACK else None
    return tag(
        "div",
        headline(
            "the loss L",
            "?" if result is None else f"{result:.3f}" if result < 1000 else f"{result:,.0f}",
            "loss",
            text,
        ),
        readings([(label, f"line-{i + 1}", value) for i, (label, value) in enumerate(lines)]),
    )


def _check(figure: BackpropGraph, s: BackpropState, nodes: list[Node]) -> Markup:
    """Compare a gradient with what a nudge finds."""
    values = _values(s)
    exact = {node.name: g for node, g in zip(nodes, gradients(nodes, BACK), strict=True)}[INPUTS[s.nudge]]
    found = nudged(loss_of, values, s.nudge, NUDGE)
    forward, there = s.at >= BACK, s.at == 2 * BACK
    later = "not yet"
    label = INPUTS[s.nudge]
    return tag(
        "div",
        tag("p", f"check: nudge one input by {NUDGE}", class_="label"),
        group(
            "The input to nudge",
            (
                chip(text, "adjust", f"nudge={name}", f"nudge-{name}", name == s.nudge)
                for name, text in INPUTS.items()
            ),
        ),
        readings(
            [
                (
                    f"L with {label} nudged",
                    "nudged",
                    f"{loss_of({**values, s.nudge: values[s.nudge] + NUDGE}):.5f}" if forward else later,
                ),
                ("L as it was", "before", f"{loss_of(values):.5f}" if forward else later),
                (f"change / {NUDGE}", "difference", signed(found, 3) if forward else later),
                (
                    f"∂L/∂{label}, backprop",
                    "gradient",
                    signed(exact or 0.0, 3) if there else later,
                ),
                ("to nudge all six", "passes-nudge", f"{1 + len(INPUTS)} passes"),
                ("by backprop", "passes-back", "1 and 1 back"),
            ]
        ),
        class_="check",
    )
