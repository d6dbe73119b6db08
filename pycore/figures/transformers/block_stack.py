"""FIG.06: one block of SmolLM2, its shapes and the size of each sum; and what the model would say after it.

The lens (nostalgebraist 2020) reads a block's vectors as if it were the last: last norm, then the table. All
was computed beforehand with pycore's own code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pycore.data.transformers import heads
from pycore.data.transformers.tokens import shown
from pycore.figures.transformers import _heads
from pycore.figures.transformers._blocks import block_slider, called
from pycore.live import expect
from pycore.live.controls import button, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Child, Markup, number, tag
from pycore.live.readout import honest
from pycore.transformers.llama import Llama
from pycore.transformers.rmsnorm import RMSNorm
from pycore.transformers.swiglu import SwiGLU
from pycore.transformers.transformer import DecoderBlock

WIDE, SHARED, HIDDEN = heads.SMOLLM2.width, heads.SMOLLM2.shared, heads.SMOLLM2.hidden
ATTENTION, FEED_FORWARD = heads.SMOLLM2.attention, heads.SMOLLM2.feed_forward


@dataclass(frozen=True)
class BlockStackState:
    """Which text, which of its tokens (−1: the last), which block (0: the table), and up to which it went."""

    text: str = "france"
    place: int = -1
    block: int = 0
    seen: int = 0


class BlockStack(Figure[BlockStackState]):
    """Take a text and a token, and go from block to block."""

    State = BlockStackState
    data = ("transformers/lens.npz", "transformers/sentences.json")
    code = (Llama.read, DecoderBlock.__call__, RMSNorm.__call__, SwiGLU.__call__)
    settings = {"text": _heads.SHORT, "block": range(heads.BLOCKS + 1), "seen": range(heads.BLOCKS + 1)}

    def check(self, state: BlockStackState) -> None:
        """Refuse tokens that the text does not have."""
        expect.between("a token", state.place, len(heads.tokens(state.text)) - 1, least=-1)

    @event
    def show(self, text: str) -> None:
        """Take another text, and its last token."""
        self.state = self.parse({"text": text}, base=replace(self.state, place=-1))

    @event
    def after(self, place: str) -> None:
        """Take another token of the text."""
        last = len(heads.tokens(self.state.text)) - 1
        self.change(place=-1 if place == str(last) else place)

    @event
    def go_to(self, block: str) -> None:
        """Go to a block."""
        self.change(block=block)
        self.change(seen=max(self.state.seen, self.state.block))

    def view(self) -> Parts:
        """Draw the texts, their tokens, one block, and what would be said after each."""
        s = self.state
        tokens = heads.tokens(s.text)
        place = s.place % len(tokens)
        return {
            "controls": tag(
                "div",
                _heads.texts(s.text),
                tag("p", "after which token", class_="label"),
                group(
                    "Token",
                    (
                        button(
                            shown(token),
                            event="after",
                            arg=i,
                            control=f"token-{i}",
                            pressed=i == place,
                            class_="token",
                        )
                        for i, token in enumerate(tokens)
                    ),
                    look="tokens",
                ),
                block_slider(s.block),
            ),
            "stage": _block(s.text, s.block, place),
            "lens": _lens(s, place),
        }


def _length(x: float) -> str:
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}"


def _block(text: str, block: int, place: int) -> Markup:
    """Draw what enters a block, what its two halves add, and what leaves it."""
    token = shown(heads.tokens(text)[place])
    guess = heads.lens(text, block, place)[0]
    said = tag(
        "p",
        f"Would say after {called(block)}: “",
        tag("b", shown(guess.token), data_out="guess"),
        f"”, {_heads.chance(guess.p)}",
        class_="would",
        role="status",
    )
    if block:
        title, later = "enters", ""
        enters, attention, feed = heads.sizes(text)[block - 1, place].tolist()
        leaves = heads.sizes(text)[block, place, 0].item()
    else:  # the block that is to come keeps its room
        title, later = f"the row of “{token}” in the table", " later"
        enters, attention, feed, leaves = heads.sizes(text)[0, place, 0].item(), 0.0, 0.0, 0.0
    most = max(enters, attention, feed, leaves)
    return tag(
        "div",
        tag(
            "ol",
            _row("stream", title, f"{WIDE} numbers", enters, enters / most, 1),
            _row(
                f"part{later}",
                ["norm, then ", tag("b", "attention"), ": 9 heads of 64"],
                f"Q, output {WIDE} × {WIDE}; K, V {SHARED} × {WIDE}: {ATTENTION:,} weights",
                attention,
                attention / most,
                2,
            ),
            _row(
                f"part{later}",
                ["norm, then ", tag("b", "feed-forward")],
                f"up, gate {HIDDEN:,} × {WIDE}; down {WIDE} × {HIDDEN:,}: {FEED_FORWARD:,} weights",
                feed,
                feed / most,
                3,
            ),
            _row(
                f"stream{later}",
                "leaves",
                f"{WIDE} numbers, the sum of the three",
                leaves,
                leaves / most,
                4,
            ),
            class_="flow" if block else "flow table",
        ),
        said,
    )


def _row(look: str, title: Child, shapes: str, length: float, share: float, place: int) -> Markup:
    size = tag(
        "span",
        tag("i", class_="bar", style=f"--p:{number(100 * share, 1)}%"),
        tag(
            "span",
            "adds " * look.startswith("part") + "length ",
            tag("b", _length(length), data_out=f"length-{place}"),
        ),
        class_="size",
    )
    return tag(
        "li", tag("span", title, class_="title"), tag("span", shapes, class_="shapes"), size, class_=look
    )


def _lens(s: BlockStackState, place: int) -> Markup:
    """List what would be said after each block, as far as the reader went."""
    rows = (
        _line(b, heads.lens(s.text, b, place)[0], b == s.block, b <= s.seen) for b in range(heads.BLOCKS + 1)
    )
    return tag(
        "div",
        tag("p", "what it would say if it ended here", class_="label"),
        tag("ol", rows, class_="guesses"),
        honest(
            "Only the last line is what the model says. The others read a vector with a norm and a table "
            "that were trained for the last block alone: early on, the guess tells more of that mismatch "
            "than of what the vector holds. After start alone there is nothing to go on."
        ),
    )


def _line(block: int, guess: heads.Guess, pressed: bool, seen: bool) -> Markup:
    # The slider is the control; a press here is a way of its own for a pointer.
    return tag(
        "li",
        tag("span", block or "table", class_="number"),
        tag("span", shown(guess.token) if seen else "·", class_="said"),
        tag("i", class_="bar", style=f"--p:{number(100 * guess.p * seen, 1)}%"),
        tag("span", _heads.chance(guess.p) if seen else "", class_="value"),
        data_on_click="go_to",
        data_arg=block,
        data_control=f"lens-{block}",
        aria_current="true" if pressed else None,
        class_="guess",
    )
