"""What the figures with all of SmolLM2's heads share: texts, maps of all heads, choosing a head."""

from __future__ import annotations

import re
from collections.abc import Callable

from pycore.data.transformers import heads
from pycore.live.controls import button, chip, group, slider
from pycore.live.markup import Child, Markup, percent, tag

SHORT = {
    "france": "capital of France",
    "mary": "Mary and John",
    "lamp": "a lamp, but it",
    "quirkle": "Mr Quirkle",
    "list": "a list, twice",
    "salmon": "a salmon is",
    "hot": "opposite of hot",
    "count": "one, two, three",
    "save": "wanted to save",
    "once": "once upon a time",
}
HALF = 15  # blocks side by side; on a phone the others lie below
PITCH, CELL, TOP = 16, 14, 11  # units: from head to head, a head's square, the numbers above


def upper(head: int) -> int:
    """Return where a head's square begins in its block's column."""
    return head * PITCH


def halves(draw: Callable[[int, int], Child], spoken: str | None) -> Markup:
    """Draw something for each head, by its block and number: a column a block, in two halves.

    What is drawn of a head begins at its column's left edge, so that all columns are written alike: that
    packs well, and there are 270 heads.

    Without `spoken` it is what lies over such a picture: it has no numbers and no words.
    """
    all_ = range(heads.BLOCKS)
    return tag(
        "div",
        (_half(all_[start : start + HALF], draw, spoken) for start in all_[::HALF]),
        class_="halves" if spoken else "halves over",
    )


def _half(blocks: range, draw: Callable[[int, int], Child], spoken: str | None) -> Markup:
    columns = (
        tag(
            "g",
            tag("text", block + 1, x=CELL / 2, y=-3, text_anchor="middle") if spoken else None,
            (draw(block, head) for head in range(heads.HEADS)),
            transform=f"translate({block % HALF * PITCH} {TOP})",
        )
        for block in blocks
    )
    return tag(
        "svg",
        columns,
        viewBox=f"0 0 {HALF * PITCH - 2} {TOP + heads.HEADS * PITCH}",
        role="img" if spoken else None,
        aria_label=f"Blocks {blocks[0] + 1} to {blocks[-1] + 1}: {spoken}" if spoken else None,
        aria_hidden=None if spoken else "true",
    )


def square(block: int, head: int, event: str, look: str) -> Markup:
    """Draw a head's square; a press sends the event with its name."""
    name = f"b{block}h{head}"
    return tag(
        "rect",
        class_=look,
        y=upper(head),
        width=CELL,
        height=CELL,
        data_on_click=event,
        data_arg=name,
        data_control=f"map-{name}",
    )


def texts(chosen: str) -> Markup:
    """Draw a chip for each text; they send `show`."""
    chips = (chip(label, "show", key, f"show-{key}", key == chosen) for key, label in SHORT.items())
    return group("Texts", chips, look="chips slide")


def chance(p: float) -> str:
    """Write a chance; one below a percent with a decimal, so that little is not nothing."""
    return percent(p, 0 if p >= 0.01 else 1)


def read_head(name: str) -> tuple[int, int]:
    """Read "b13h8" as block and head, from 0; a ValueError says what is no head."""
    found = re.fullmatch(r"b(\d{1,2})h(\d)", name)
    block, head = (int(found[1]), int(found[2])) if found else (-1, -1)
    if not (0 <= block < heads.BLOCKS and 0 <= head < heads.HEADS):
        raise ValueError(f"expected a head from b0h0 to b{heads.BLOCKS - 1}h{heads.HEADS - 1}")
    return block, head


def called(block: int, head: int) -> str:
    """Name a head for a reader, who counts from 1."""
    return f"block {block + 1}, head {head + 1}"


def chooser(block: int, head: int | None) -> Markup:
    """Draw what chooses a head without aiming: the block on a slider (`to_block`), the head (`to_head`)."""
    return tag(
        "div",
        slider(
            ["block ", tag("b", block + 1, data_out="block")],
            "to_block",
            "block",
            block + 1,
            heads.BLOCKS,
            least=1,
            name="Block",
            spoken=f"block {block + 1} of {heads.BLOCKS}",
        ),
        tag("span", "head", class_="label"),
        group(
            "Head",
            (
                button(
                    h + 1,
                    event="to_head",
                    arg=h,
                    control=f"head-{h + 1}",
                    pressed=h == head,
                    class_="chip",
                    aria_label=f"head {h + 1}",
                )
                for h in range(heads.HEADS)
            ),
            look="steps",
        ),
        class_="row chooser",
    )
