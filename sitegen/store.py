"""The store: what a figure answers to its discrete controls, worked out by the build.

From the initial state, every control is pressed in every state that this leads to, breadth first, until
all is known or the budget is spent. A page answers from the store while Python is not there.

States, not paths: a state is stored only if a fresh figure can be put into it, so Python can take over from
any of them. What differs between pictures is small, so a picture is written as an edit of the one before it.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

from pycore.live import catalog
from pycore.live.figure import Figure, Parts
from sitegen import cache, controls, imports, keep, limits, made_from, soundness
from sitegen.controls import Press
from sitegen.errors import Mistakes

BUDGET = 36_000  # bytes of one figure's store, compressed
MOST = 1000  # states: a bound on the build's time
GROWTH = 1.25  # the budget is looked at again after so many times more states


@dataclass(frozen=True)
class Store:
    """A figure's answers."""

    text: str  # JSON, as `encode` says
    complete: bool  # whether Python is never needed


@dataclass
class Node:
    """A state that was reached, and how it looks."""

    state: Any
    changes: dict[str, Any]  # fields that differ from the initial state, as they travel
    parts: Parts
    presses: list[Press]
    beyond: bool  # whether it has controls that the store cannot answer
    answers: dict[Press, int | None] = field(default_factory=dict)  # None: beyond the store


class Walk:
    """Presses every button of a figure."""

    def __init__(self, kind: type[Figure[Any]], params: Mapping[str, object]) -> None:
        self.kind, self.params = kind, dict(params)
        self.nodes: list[Node] = []
        self._known: dict[str, int | None] = {}  # by state; None: cannot be stored
        self._expanded = 0
        self._closed = False
        self.mistakes = Mistakes()  # a handler's, or the markup's; a ValueError is for the reader
        self._place(kind(self.params))

    def grow(self, most: int) -> bool:
        """Go on until `most` states are known or all are; return whether all are."""
        while self._expanded < len(self.nodes) < most:
            self._expand(self.nodes[self._expanded])
            self._expanded += 1
        return self._expanded == len(self.nodes)

    def finish(self) -> None:
        """Find the answers that lead from the last states back to known ones."""
        self._closed = True
        for node in self.nodes[self._expanded :]:
            self._expand(node)

    def cut(self, count: int) -> list[Node]:
        """Return the first `count` states; answers that lead to others are beyond."""
        nodes = []
        for node in self.nodes[:count]:
            answers = {press: self._within(node.answers.get(press), count) for press in node.presses}
            nodes.append(replace(node, answers=answers))
        return nodes

    @staticmethod
    def _within(target: int | None, count: int) -> int | None:
        return target if target is not None and target < count else None

    def _expand(self, node: Node) -> None:
        for press in node.presses:
            node.answers[press] = self._press(node, press)

    def _press(self, node: Node, press: Press) -> int | None:
        """Press one button; return the number of the state that it leads to."""
        figure = self.kind(self.params)
        figure.state = node.state
        try:
            with limits.limited(limits.FIGURE):
                figure.handle(press[0], list(press[1:]))
        except ValueError:
            return None  # Python will raise it again and tell the reader
        except TimeoutError as error:  # other presses would take as long
            raise soundness.raised(error, self.kind, press[0], f'the event "{press[0]}" raises') from error
        except (Exception, SystemExit) as error:
            self.mistakes.add(soundness.raised(error, self.kind, press[0], f'the event "{press[0]}" raises'))
            return None
        with self.mistakes.told():
            soundness.check_state(figure, press[0])
            return self._place(figure)
        return None

    def _place(self, figure: Figure[Any]) -> int | None:
        key = repr(figure.state)
        if key not in self._known and not self._closed:
            self._known[key] = self._draw(figure)
        return self._known.get(key)

    def _draw(self, figure: Figure[Any]) -> int | None:
        changes = json.loads(json.dumps(figure.changes()))
        fresh = self.kind(self.params)
        try:
            fresh.restore(changes)  # as Python does when it takes over from the page
            if fresh.state != figure.state:
                return None  # such as an outcome, which does not travel
            with limits.limited(limits.FIGURE):
                parts = fresh.parts()
        except ValueError:
            return None
        except (Exception, SystemExit) as error:
            self.mistakes.add(
                soundness.raised(error, self.kind, "view", "a state that its events lead to cannot be drawn")
            )
            return None
        with self.mistakes.told():
            soundness.check_markup(self.kind, parts.values())
        if any("data-tick" in html for html in parts.values()):
            return None  # it goes on by itself, in Python
        presses, beyond = controls.read(parts.values())
        reset: Press = ("reset",)
        self.nodes.append(Node(figure.state, changes, parts, list(dict.fromkeys([*presses, reset])), beyond))
        return len(self.nodes) - 1


def build(kind: type[Figure[Any]], params: Mapping[str, object], budget: int = BUDGET) -> Store | None:
    """Make a figure's store, as large as the budget allows; None when it would hold no answer.

    Raises
    ------
    AuthorError
        When an event raises anything but a ValueError, or what is drawn names events that are not there.
    """
    walk = Walk(kind, params)
    most = 8.0
    while not walk.grow(int(most)) and most < MOST and _size(walk.nodes) <= budget:
        most *= GROWTH
    walk.finish()
    walk.mistakes.end()
    low, high = 1, len(walk.nodes)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(walk.cut(middle)) <= budget else (low, middle - 1)
    nodes = walk.cut(low)
    if len(nodes) < 2:
        return None
    complete = not any(node.beyond or None in node.answers.values() for node in nodes)
    return Store(encode(nodes), complete)


def _size(nodes: list[Node]) -> int:
    return len(gzip.compress(encode(nodes).encode(), 9, mtime=0))


def encode(nodes: list[Node]) -> str:
    """Write states, answers and pictures as JSON.

    The fields:

    - states: of each state, the fields that differ from the initial one.
    - events: [event, *args] of every press.
    - answers: for each press a column: the state that it leads to from each state, or -1.
    - pieces: texts of which the pictures are made.
    - parts: for each part its pictures and a column of the one that each state shows. A picture is
      [kept at the start, kept at the end, *pieces between], on top of the picture before it.

    Columns hold differences from one entry to the next, which compress well.
    """
    events = list(dict.fromkeys(press for node in nodes for press in node.presses))
    pieces: dict[str, int] = {}
    names = list(dict.fromkeys(name for node in nodes for name in node.parts))
    parts = {name: _pictures([node.parts.get(name, "") for node in nodes], pieces) for name in names}
    columns = [
        _column([-1 if (target := node.answers.get(event)) is None else target for node in nodes])
        for event in events
    ]
    written = {
        "states": [node.changes for node in nodes],
        "events": events,
        "answers": columns,
        "pieces": list(pieces),
        "parts": parts,
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def _column(values: list[int]) -> list[int]:
    return [value - before for before, value in zip([0, *values], values, strict=False)]


def _pictures(texts: list[str], pieces: dict[str, int]) -> list[list[Any]]:
    """Write the texts of one part; `pieces` takes what is new."""
    order = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    edits, before = [], list[int]()
    for text in order:
        # A piece is a tag and what follows it.
        now = [pieces.setdefault(piece, len(pieces)) for piece in re.findall(r"<[^>]*>[^<]*|[^<]+", text)]
        start = _same(before, now)
        end = _same(before[start:][::-1], now[start:][::-1])
        edits.append([start, end, *now[start : len(now) - end]])
        before = now
    return [edits, _column([order[text] for text in texts])]


def _same(one: list[int], other: list[int]) -> int:
    """How many numbers two lists have in common at their start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


# ---------------------------------------------------------------- the cache


def make(path: str, params: Mapping[str, object]) -> Store | None:
    """Make a figure's store, or take it from the cache while nothing that it depends on has changed.

    A figure that shares its state has none: what it answers is another figure's matter too.

    Parameters
    ----------
    path
        The figure's module in pycore/figures.
    params
        Fields of the initial state that the lesson sets.
    """
    key = recipe(path, params)
    return _make(path, params) if key is None else keep.kept(key, lambda: _make(path, params))


def _make(path: str, params: Mapping[str, object]) -> Store | None:
    kind = catalog.load(path)
    made = build(kind, params)  # also of one that shares its state, for what is wrong with it
    return None if kind(params).shares else made


def is_kept(path: str, params: Mapping[str, object]) -> bool:
    """Whether the cache has a figure's store."""
    key = recipe(path, params)
    return key is not None and cache.has(key)


def recipe(path: str, params: Mapping[str, object]) -> str | None:
    """Say what a store is made from; None when that is unknown."""
    figure = made_from.figure(path)
    return figure and f"store {path} {json.dumps(dict(params))} {figure} {imports.code(__name__)}"
