"""FIG.07: six oddities of tokens, each cut by GPT-2's own tokenizer, and a box to look for more.

Nothing here is told by heart: the tokens, their numbers and the counts below them are computed.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from pycore.data.tokenizers.vocabularies import GPT2, gpt2
from pycore.figures.tokenizers._boxed import boxed
from pycore.live import expect
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_box
from pycore.live.markup import Markup, tag
from pycore.live.readout import headline
from pycore.live.settings import chips
from pycore.tokenizers.ranked import RankedTokenizer

LONGEST = 200  # characters of the reader's own text
Ids = list[int]


@dataclass(frozen=True)
class Quirk:
    """An oddity: what its chip says, the texts that show it, and what is computed of them.

    Attributes
    ----------
    name
        What stands on its chip.
    rows
        Texts, each cut by itself. A text that is given in parts is cut part by part.
    read
        Computes from the rows' ids what is measured, the number, and what it means.
    lit
        Which tokens are pointed out, by their bytes.
    """

    name: str
    rows: tuple[str | tuple[str, ...], ...]
    read: Callable[[list[Ids]], tuple[str, str, str]]
    lit: Callable[[bytes], bool] = lambda token: False

    def ids(self) -> list[Ids]:
        """Cut the rows."""
        parts = [(row,) if isinstance(row, str) else row for row in self.rows]
        return [[id_ for part in row for id_ in gpt2().encode(part)] for row in parts]


# ---------------------------------------------------------------- what is computed of each


def _space(rows: list[Ids]) -> tuple[str, str, str]:
    different = {id_ for row in rows for id_ in row}
    shared = sum(map(len, rows)) - len(different)
    return (
        "different ids in these rows",
        str(len(different)),
        "No id stands in two rows. That they are one word is something the model has to learn."
        if not shared
        else "Some ids stand in two rows.",
    )


@functools.cache
def four_digits() -> Counter[tuple[int, ...]]:
    """Count how the numbers from 1000 to 9999 are cut: lengths of the pieces, and how many are cut so."""
    vocabulary = gpt2().vocabulary
    return Counter(
        tuple(len(vocabulary[id_]) for id_ in gpt2().encode(str(number))) for number in range(1000, 10_000)
    )


def _numbers(rows: list[Ids]) -> tuple[str, str, str]:
    cuts = four_digits()
    return (
        "four-digit numbers in one piece",
        f"{cuts[4,]} of {sum(cuts.values()):,}",
        f"{cuts[2, 2]:,} are cut in two and two digits, {cuts[1, 3]:,} in one and three, "
        f"{cuts[3, 1]} in three and one, {cuts[1, 2, 1]} in three pieces. So a digit’s place "
        "in its token does not tell whether it counts tens or hundreds.",
    )


def _code(rows: list[Ids]) -> tuple[str, str, str]:
    total = sum(map(len, rows))
    blank = sum(gpt2().vocabulary[id_] == b" " for row in rows for id_ in row)
    return (
        "tokens that are one space",
        f"{blank} of {total}",
        "In GPT-2 each space of an indent costs a token, but for the last one, which goes with the word.",
    )


def _letters(rows: list[Ids]) -> tuple[str, str, str]:
    return (
        "letters, in tokens",
        f"{len(gpt2().decode(rows[0]).strip())} in {len(rows[0])}",
        f"The model gets the number {rows[0][0]}. How many r are in it? Nothing in the number says, "
        "so it has to be known by heart. Spelled out, each r is a token.",
    )


def _trailing(rows: list[Ids]) -> tuple[str, str, str]:
    sentence, _, prompt, forced = rows
    kept = next(i for i, (a, b) in enumerate(zip(sentence, prompt, strict=False)) if a != b)
    return (
        f"tokens; the first row has {len(sentence)}",
        str(len(forced)),
        f"The sentence goes on with {sentence[kept]}, the word and its space. Where the space stands by "
        f"itself already, as {prompt[kept]}, the word must follow without one: {forced[-1]}. The last row "
        "spells the same sentence as the first, but GPT-2's tokenizer would never cut it so.",
    )


def _glitch(rows: list[Ids]) -> tuple[str, str, str]:
    return (
        "its id",
        str(rows[0][0]),
        f"One token with the space and these capitals; {len(rows[1])} without the space, {len(rows[2])} in "
        "lower case. The text that the merges were learned from must have held this name often.",
    )


QUIRKS = {
    "space": Quirk("a space", ("hello", " hello", "Hello", " Hello", "HELLO"), _space),
    "numbers": Quirk("numbers", ("1999", "2047", "7201", "999 + 1 = 1000"), _numbers),
    "code": Quirk(
        "code",
        ("if x:", "    return x", "        return x", "\t\treturn x"),
        _code,
        lambda token: token == b" ",
    ),
    "letters": Quirk(
        "letters",
        (" strawberry", "strawberry", "s t r a w b e r r y"),
        _letters,
        lambda token: token.strip() == b"r",
    ),
    "trailing": Quirk(
        "the last space",
        ("Once upon a time", "Once upon a", "Once upon a ", ("Once upon a ", "time")),
        _trailing,
        lambda token: token == b" ",
    ),
    "glitch": Quirk("Magikarp", (" SolidGoldMagikarp", "SolidGoldMagikarp", " solidgoldmagikarp"), _glitch),
}


# ---------------------------------------------------------------- the figure


@dataclass(frozen=True)
class QuirksState:
    """Which oddity is looked at, and the reader's own text."""

    quirk: str = "space"
    own: str = ""


class Quirks(Figure[QuirksState]):
    """Choose an oddity and see it in the tokens."""

    State = QuirksState
    data = (GPT2,)
    code = (RankedTokenizer.encode,)
    settings = {"quirk": QUIRKS}

    def check(self, state: QuirksState) -> None:
        """Refuse a text that cannot be cut."""
        expect.fits(state.own, LONGEST)

    @event
    def type_own(self, text: str) -> None:
        """Take what is typed."""
        self.change(own=text)

    def view(self) -> Parts:
        """Draw the chips, the rows of tokens, what they show, and the reader's own."""
        s = self.state
        quirk = QUIRKS[s.quirk]
        ids = quirk.ids()
        label, number, verdict = quirk.read(ids)
        return {
            "controls": chips(self, "quirk", {key: q.name for key, q in QUIRKS.items()}, "What to look at"),
            "stage": tag(
                "div", [_row(row, quirk.lit, f"row-{i + 1}") for i, row in enumerate(ids)], class_="rows"
            ),
            "readout": tag("div", headline(label, number, "number", verdict)),
            "own": self._own(s.own),
        }

    def _own(self, text: str) -> Markup:
        box = text_box(
            "your own",
            "type_own",
            "own",
            text,
            within=self.id,
            most=LONGEST,
            placeholder="type anything",
            dir="auto",
        )
        return tag("div", box, _row(gpt2().encode(text), lambda token: False, "row-own") if text else None)


def _row(ids: Ids, lit: Callable[[bytes], bool], out: str) -> Markup:
    found = [gpt2().vocabulary[id_] for id_ in ids]
    count = f"{len(ids)} token{'' if len(ids) == 1 else 's'}"
    places = {place for place, token in enumerate(found) if lit(token)}
    return tag(
        "div",
        boxed(list(zip(found, ids, strict=True)), places),
        tag("p", count, class_="label", data_out=out),
        class_="line",
    )
