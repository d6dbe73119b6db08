"""FIG.02: attention of one token over four, in two dimensions: query, keys, scores, softmax, sum of values.

The numbers are placed by hand, so that two dimensions are enough and each step can be followed by eye.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.live.controls import chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.handle import Along, Knob
from pycore.live.markup import Markup, percent, signed, tag
from pycore.live.plot import Axis, Plot
from pycore.live.readout import honest
from pycore.live.scale import Scale
from pycore.transformers.attention import attention, softmax

TOKENS = ("Ann", "ate", "cake", "it")
KEYS = np.array([[2.6, -0.6], [-1.6, -1.4], [0.4, 2.6], [-0.9, 0.7]])
VALUES = np.array([[-2.4, 0.8], [0.6, -2.4], [2.2, 1.6], [-0.8, -0.8]])
LETTER = 13.8  # units that a letter takes on a phone
REACH = Scale(-4, 4, steps=80)
# A little wider than the query reaches, with room for its knob.
KEYS_PLOT = Plot(300, 300, Axis(-4.5, 4.5, 0, 300), Axis(-4.5, 4.5, 300, 0))
QUERIES = {
    "thing": ("a thing", 0.2, 2.0),
    "person": ("a person", 2.2, 0.0),
    "nothing": ("nothing", 0.0, 0.0),
    "louder": ("a thing, loudly", 0.4, 4.0),
}


@dataclass(frozen=True)
class AskOfferState:
    """The query of *it*: two numbers."""

    x: float = 0.2
    y: float = 2.0


class AskOffer(Figure[AskOfferState]):
    """Drag the query, and follow it to the sum of values."""

    State = AskOfferState
    code = (attention, softmax)
    handles = {"query": Knob(KEYS_PLOT, x=Along("x", REACH), y=Along("y", REACH))}

    def check(self, state: AskOfferState) -> None:
        """Refuse a query outside the picture."""
        if not (abs(state.x) <= 4 and abs(state.y) <= 4):
            raise ValueError(f"expected a query from -4 to 4 both ways; found {state.x:g}, {state.y:g}")

    @event
    def ask(self, what: str) -> None:
        """Take one of the queries that are offered."""
        if what not in QUERIES:
            raise ValueError(f"expected one of {', '.join(QUERIES)}; found {what!r}")
        _, x, y = QUERIES[what]
        self.change(x=x, y=y)

    def view(self) -> Parts:
        """Draw keys and query, the numbers between, and the values with their sum."""
        s = self.state
        offered = [
            chip(label, "ask", name, f"ask-{name}", (x, y) == (s.x, s.y))
            for name, (label, x, y) in QUERIES.items()
        ]
        return {
            "controls": group("it asks for", *offered),
            "stage": tag(
                "div",
                tag("div", tag("p", "query and keys", class_="label"), self._asked(), class_="half"),
                tag("div", tag("p", "values and their sum", class_="label"), _given(s), class_="half"),
                class_="planes",
            ),
            "numbers": _numbers(s),
        }

    def _asked(self) -> Markup:
        s, plot = self.state, KEYS_PLOT
        keys = [_arrow(x, y, "key", name) for name, (x, y) in zip(TOKENS, KEYS.tolist(), strict=True)]
        return plot.draw(
            "The keys of four tokens, and the query of it, as arrows.",
            _axes(),
            keys,
            tag("line", class_="query", x1=plot.x(0), y1=plot.y(0), x2=plot.x(s.x), y2=plot.y(s.y)),
            self.knob(
                "query",
                tag("text", "query", class_="mine", **_beside(plot.x(s.x), plot.y(s.y))),
                label="Query of it",
                spoken=f"{signed(s.x, 1)} across, {signed(s.y, 1)} up",
            ),
            surface="query",
        )


# ---------------------------------------------------------------- what is computed


def followed(s: AskOfferState) -> tuple[Floats, Floats, Floats, Floats]:
    """Return scores, scores over the root of two, weights, each [4], and the sum of values [2]."""
    query = np.array([[s.x, s.y]])
    output, weights = attention(query, KEYS, VALUES)
    scores = KEYS @ query[0]
    return scores, scores / math.sqrt(2), weights[0], output[0]


# ---------------------------------------------------------------- what is drawn


def _axes() -> Markup:
    return tag("path", class_="axes", d="M0 150H300M150 0V300")


def _arrow(x: float, y: float, class_: str, name: str, **look: str) -> Markup:
    return tag(
        "g",
        tag("line", x1=150, y1=150, x2=KEYS_PLOT.x(x), y2=KEYS_PLOT.y(y)),
        tag("circle", cx=KEYS_PLOT.x(x), cy=KEYS_PLOT.y(y), r=5),
        tag("text", name, **_beyond(x, y)),
        class_=class_,
        **look,
    )


def _beyond(x: float, y: float) -> dict[str, Any]:
    """Place a name beyond an arrow's tip; near an edge below it."""
    side = "end" if x < -0.3 else "start" if x > 0.3 else "middle"
    across = KEYS_PLOT.x(x) + {"end": -9, "start": 9, "middle": 0}[side]
    down = -10 if y > 0 else 22
    return {"x": min(max(across, 6), 294), "y": KEYS_PLOT.y(y) + down, "text_anchor": side}


def _beside(px: float, py: float) -> dict[str, Any]:
    """Place the query's name at its tip, where it covers no key's name and does not leave the picture."""
    taken = [_box(name, **_beyond(x, y)) for name, (x, y) in zip(TOKENS, KEYS.tolist(), strict=True)]
    places: list[dict[str, Any]] = [
        {"x": px + across, "y": py + down, "text_anchor": "start" if across > 0 else "end"}
        for across in ((14, -14) if px < 206 else (-14, 14))
        for down in ((20, -14, 1, 30, -24) if py < 150 else (-14, 20, 1, -24, 30))
    ]
    for place in places:
        left, top, right, bottom = _box("query", **place)
        apart = all(right < a or c < left or bottom < b or d < top for a, b, c, d in taken)
        if apart and left >= 0 and right <= 300 and top >= 0 and bottom <= 300:
            return place
    return places[0]


def _box(text: str, x: float, y: float, text_anchor: str) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of a name in the letters of a phone, the largest."""
    width = LETTER * len(text)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[text_anchor]
    return left, y - 17, left + width, y + 4


def _given(s: AskOfferState) -> Markup:
    """Draw the values, and the weighted ones put tip to tail up to their sum."""
    *_, weights, output = followed(s)
    plot = KEYS_PLOT
    values = [
        _arrow(x, y, "value", name, style=f"--v:{w:.3f}")
        for name, (x, y), w in zip(TOKENS, VALUES.tolist(), weights.tolist(), strict=True)
    ]
    stops = np.cumsum(np.vstack([np.zeros(2), weights[:, None] * VALUES]), axis=0).tolist()
    chain = "L".join(f"{plot.x(x):.1f} {plot.y(y):.1f}" for x, y in stops)
    ox, oy = plot.x(float(output[0])), plot.y(float(output[1]))
    return plot.draw(
        "The values of four tokens as arrows, and their weighted sum.",
        _axes(),
        values,
        tag("path", class_="chain", d=f"M{chain}"),
        tag("line", class_="output", x1=150, y1=150, x2=ox, y2=oy),
        tag("circle", class_="sum", cx=ox, cy=oy, r=9),
    )


def _numbers(s: AskOfferState) -> Markup:
    scores, scaled, weights, output = followed(s)
    heads = ("", "key", "q · k", "÷ √2", "weight", "value")
    rows = [
        tag(
            "tr",
            tag("th", name, scope="row"),
            tag("td", _pair(KEYS[i])),
            tag("td", signed(float(scores[i])), data_out=f"score-{i}"),
            tag("td", signed(float(scaled[i])), data_out=f"scaled-{i}"),
            tag("td", percent(float(weights[i])), data_out=f"weight-{i}", class_="strong"),
            tag("td", _pair(VALUES[i])),
            style=f"--v:{round(100 * float(weights[i]))}",
        )
        for i, name in enumerate(TOKENS)
    ]
    last = tag(
        "tr",
        tag("th", "it, new", scope="row"),
        tag("td"),
        tag("td"),
        tag("td"),
        tag("td", "100 %"),
        tag("td", _pair(output, 2), data_out="output", class_="strong"),
        class_="sum",
    )
    return tag(
        "div",
        tag(
            "p", "the query of it: ", tag("b", _pair(np.array([s.x, s.y])), data_out="query"), class_="label"
        ),
        tag(
            "table",
            tag("thead", tag("tr", (tag("th", head, scope="col") if head else tag("td") for head in heads))),
            tag("tbody", rows, last),
        ),
        honest("These numbers are placed by hand; a model learns its own."),
    )


def _pair(values: Floats, decimals: int = 1) -> str:
    return f"{signed(float(values[0]), decimals)}, {signed(float(values[1]), decimals)}"
