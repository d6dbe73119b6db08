"""FIG.04: where all 270 heads of SmolLM2 look, as small maps; some are marked by what they measure.

Rows of a map are the tokens that look, columns those that they look at. The habits were measured on random
tokens read twice, not on the texts shown; the maps were computed beforehand, with pycore's own code. Those of
the reader's own sentence are computed here, by SmolLM2 on demand.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import shown
from pycore.figures.transformers import _heads, _models, _own_sentence
from pycore.figures.transformers._own_sentence import Looks
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_area
from pycore.live.markup import Child, Markup, number, percent, tag
from pycore.live.readout import fold, readings
from pycore.transformers.attention import attention
from pycore.transformers.heads import to_first, to_previous, to_what_followed, where_they_look

HABITS = {
    "": "all",
    "previous": "the previous token",
    "first": "the first token",
    "induction": "what followed last time",
    "it": "from it to its noun",
}
OWN = "own"  # as text: the reader's own sentence
STRENGTHS = (0.1, 0.25, 0.5)  # shares from which a cell is weak, middling, strong in the overview
SIZE, NAMES, SIDE = 420, 92, 328  # units of the large map: in all, of the names, of the cells
LETTERS = 9  # of a name in the large map


@dataclass(frozen=True)
class AllHeadsState:
    """Which text, which head is shown large, which habit is marked; a sentence typed, and the one shown."""

    text: str = "france"
    head: str = "b0h0"
    habit: str = ""
    typed: str = ""
    own: str = ""


class AllHeads(Figure[AllHeadsState]):
    """Take a text, press a head, mark a habit."""

    State = AllHeadsState
    data = ("transformers/heads.npz", "transformers/sentences.json")
    code = (where_they_look, attention, to_previous, to_first, to_what_followed)
    settings = {"text": (*_heads.SHORT, OWN), "habit": HABITS}
    on_demand = _models.ON_DEMAND

    def check(self, state: AllHeadsState) -> None:
        """Refuse heads and sentences that are not there."""
        _heads.read_head(state.head)
        for sentence in (state.typed, state.own):
            expect.fits(sentence, _own_sentence.LONGEST)
        if state.text == OWN and not state.own.strip():
            raise ValueError("expected a sentence: type a few words first")

    @event
    def show(self, text: str) -> None:
        """Take another text."""
        self.change(text=text)

    @event
    def type_own(self, text: str) -> None:
        """Take what is typed, to be read when the reader asks for it."""
        self.change(typed=text)

    @event
    def read_own(self) -> None:
        """Show the heads on what was typed, if anything was."""
        if self.state.typed.strip():
            self.change(text=OWN, own=self.state.typed)

    @event
    def work(self) -> None:
        """Do a bit of what it takes until SmolLM2 has read the sentence."""
        s = self.state
        if s.text == OWN and _models.here(_models.SMOLLM2) and _own_sentence.own(s.own) is None:
            _own_sentence.read_on(s.own)

    @event
    def mark(self, habit: str) -> None:
        """Mark the heads that have a habit, and show the one that has it most."""
        self.change(habit=habit)
        if habit:
            self.change(head="b{}h{}".format(*strongest(habit)))

    @event
    def pick(self, head: str) -> None:
        """Show a head large."""
        self.change(head=head)

    @event
    def to_block(self, block: str) -> None:
        """Go to the same head of another block, counted from 1."""
        self.change(head=f"b{int(block) - 1}h{_heads.read_head(self.state.head)[1]}")

    @event
    def to_head(self, head: str) -> None:
        """Go to another head of the block."""
        self.change(head=f"b{_heads.read_head(self.state.head)[0]}h{int(head)}")

    def view(self) -> Parts:
        """Draw the texts, all maps, the chosen one large, and what it measures."""
        s = self.state
        block, head = _heads.read_head(s.head)
        looks = _own_sentence.own(s.own) if s.text == OWN else _own_sentence.stored(s.text)
        return {
            "controls": tag(
                "div",
                _heads.texts(s.text),
                fold("Your own sentence", self._own()),
                tag("p", f"mark heads that look at … ({_count(s.habit)})", class_="label", data_out="marked"),
                group("Habit", choice("mark", HABITS, s.habit, "mark-{}"), look="chips slide"),
            ),
            "maps": _maps(looks),
            # A part of its own, so that a press on a head need not draw all maps anew.
            "ring": _marks((block, head), s.habit),
            "pick": _heads.chooser(block, head),
            "stage": _large(looks, block, head),
            "readout": _readout(block, head, self._said(looks, block, head)),
        }

    def _own(self) -> Markup:
        s = self.state
        return tag(
            "div",
            text_area(
                "a sentence",
                "type_own",
                "own",
                s.typed,
                problem=_own_sentence.cut_short(s.typed),
                within=self.id,
                most=_own_sentence.LONGEST,
                rows=2,
                dir="auto",
            ),
            tag(
                "div",
                chip("see all heads on it", "read_own", None, "read-own", s.text == OWN and s.own == s.typed),
                tag("span", self._waits(), class_="label", role="status", data_out="waits"),
                class_="row",
            ),
        )

    def _waits(self) -> str:
        """Say what must be waited for, if anything."""
        s = self.state
        if s.text == OWN:
            return "" if _own_sentence.own(s.own) else _own_sentence.waiting()
        return "" if s.typed.strip() else "Type a few words first."

    def _said(self, looks: Looks | None, block: int, head: int) -> Markup:
        """Say where the last token looks, or what must be waited for."""
        if looks:
            return tag("p", _strongest_look(looks, block, head), class_="said", data_out="last")
        working = _models.here(_models.SMOLLM2)
        tick = tag("span", hidden=True, data_tick="work") if working else None
        return tag("p", self._waits(), tick, class_="said", data_out="last")


@functools.cache
def has_habit(habit: str) -> NDArray[np.bool_]:
    """Say which heads give a habit more than half of their attention: [block, head]; of "it", the one."""
    measured = heads.measures()[heads.MEASURES.index(habit)]
    if habit == "it":
        only = np.zeros(measured.shape, bool)
        only[heads.it().block, heads.it().head] = True
        return only
    return np.asarray(measured > heads.HABIT)


def strongest(habit: str) -> tuple[int, int]:
    """Return the head that has a habit most, from 0."""
    measured = heads.measures()[heads.MEASURES.index(habit)]
    block, head = np.unravel_index(np.where(has_habit(habit), measured, -1).argmax(), measured.shape)
    return int(block), int(head)


def _count(habit: str) -> str:
    if not habit:
        return f"{heads.BLOCKS * heads.HEADS} heads"
    count = int(has_habit(habit).sum())
    return f"{count} of {heads.BLOCKS * heads.HEADS}"


def _runs(looks: Looks, block: int, head: int) -> tuple[str, ...]:
    """Write a map as paths of three strengths: each run downward is a stroke, one unit a token."""
    shares = looks.maps[block, head] / heads.STEPS
    levels = np.digitize(shares, STRENGTHS)
    n = len(levels)
    paths = [""] * len(STRENGTHS)
    for column in range(n):
        row = column
        while row < n:
            start, level = row, int(levels[row, column])
            while row < n and levels[row, column] == level:
                row += 1
            if level:
                paths[level - 1] += f"M{column} {start}v{row - start}"
    return tuple(paths)


@functools.lru_cache(4)
def _maps(looks: Looks | None) -> Markup:
    """Draw all maps; empty ones while there are none."""
    scale = number(_heads.CELL / len(looks.tokens), 3) if looks else ""

    def draw(block: int, head: int) -> Child:
        ground = _heads.square(block, head, "pick", "ground")
        if not looks:
            return ground
        paths = enumerate(_runs(looks, block, head))
        strokes = (tag("path", class_=f"s{level}", d=d) for level, d in paths if d)
        place = f"translate(0 {_heads.upper(head)}) scale({scale}) translate(.5)"
        return [ground, tag("g", strokes, transform=place)]

    return _heads.halves(draw, f"maps of {heads.HEADS} heads each")


def _marks(chosen: tuple[int, int], habit: str) -> Markup:
    """Draw what lies over the maps: a veil on those without the habit, and a ring around the chosen one."""
    size = _heads.CELL + 2

    def draw(block: int, head: int) -> Child:
        y = _heads.upper(head) - 1
        marks = []
        if habit and not has_habit(habit)[block, head]:
            marks.append(tag("path", class_="veil", d=f"M-1 {y}h{size}v{size}h-{size}z"))
        if (block, head) == chosen:
            marks.append(tag("rect", class_="chosen", x=-1, y=y, width=size, height=size))
        return marks

    return _heads.halves(draw, None)


def _large(looks: Looks | None, block: int, head: int) -> Markup:
    """Draw one map with its tokens: rows look at columns."""
    if not looks:
        return tag("svg", viewBox=f"0 0 {SIZE} {SIZE}", class_="large", aria_hidden="true")
    names = [_short(token) for token in looks.tokens]
    shares = looks.maps[block, head] / heads.STEPS
    n = len(names)
    cell = SIDE / n
    cells = (
        tag(
            "rect",
            x=NAMES + column * cell,
            y=NAMES + row * cell,
            width=cell - 1,
            height=cell - 1,
            style=f"--v:{round(100 * float(shares[row, column]))}%",
        )
        for row in range(n)
        for column in range(row + 1)
    )
    rows = (
        tag("text", name, x=NAMES - 5, y=NAMES + (i + 0.5) * cell + 4, text_anchor="end")
        for i, name in enumerate(names)
    )
    columns = (
        tag(
            "text",
            name,
            transform=f"translate({number(NAMES + (i + 0.5) * cell + 4)} {NAMES - 5}) rotate(-90)",
        )
        for i, name in enumerate(names)
    )
    return tag(
        "svg",
        rows,
        columns,
        tag("g", cells, class_="cells-of"),
        viewBox=f"0 0 {SIZE} {SIZE}",
        class_="large",
        role="img",
        aria_label=f"{_heads.called(block, head).capitalize()}: rows look at columns. "
        f"{_strongest_look(looks, block, head)}",
    )


def _short(token: str) -> str:
    name = shown(token)
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"


def _strongest_look(looks: Looks, block: int, head: int) -> str:
    """Say where the last token looks most."""
    tokens = looks.tokens
    last = looks.maps[block, head, -1]
    most = int(last.argmax())
    share = percent(float(last[most]) / heads.STEPS)
    whom = "itself" if most == len(tokens) - 1 else f"“{shown(tokens[most])}”"
    return f"The last token, “{shown(tokens[-1])}”, takes {share} from {whom}."


def _readout(block: int, head: int, looked: Markup) -> Markup:
    measured = heads.measures()[:, block, head].tolist()
    habits = [name for name in HABITS if name and has_habit(name)[block, head]]
    said = " and ".join(f"“{HABITS[name]}”" for name in habits)
    return tag(
        "div",
        tag("p", _heads.called(block, head), class_="name", data_out="head"),
        tag(
            "p",
            f"marked as {said}" if said else "not marked",
            class_="verdict",
            data_out="habits",
            role="status",
        ),
        tag("p", f"on random tokens; the last on {len(heads.it().shares)} sentences", class_="label"),
        readings(
            (HABITS[name], f"measure-{name}", percent(share))
            for name, share in zip(heads.MEASURES, measured, strict=True)
        ),
        looked,
        fold(
            "How it was measured",
            tag(
                "p",
                "The share of its attention, as a mean. The first three: on random tokens that come twice, "
                "where no meaning could help. “What followed last time” is induction: in the second round, "
                "the token after the same token’s first place. The last: on "
                f"{len(heads.it().shares)} sentences written for this. "
                "Marked is what takes more than half, and of the last only the head found with it.",
                class_="honest",
            ),
        ),
    )
