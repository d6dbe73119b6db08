"""What figures that go from block to block share: a block's name, and the slider."""

from __future__ import annotations

from pycore.data.transformers.heads import BLOCKS
from pycore.live.controls import slider
from pycore.live.markup import Markup, tag


def called(block: int) -> str:
    """Name a block; 0 is the table."""
    return f"block {block}" if block else "the table"


def block_slider(block: int) -> Markup:
    """Draw the slider from the table to the last block; it sends `go_to`."""
    label = [tag("b", called(block), data_out="block"), f" of {BLOCKS}" * (block > 0)]
    return slider(label, "go_to", "block", block, BLOCKS, name="Block", spoken=called(block))
