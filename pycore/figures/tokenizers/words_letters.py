"""FIG.02: what a list of words costs, what letters cost, and what pieces cost that lie in between.

All three are measured on speeches after 2000; lists of words and of pieces were made from those up to 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

from pycore.data.tokenizers.word_costs import COSTS, Sample, split_sentence, word_costs
from pycore.figures.tokenizers._pieces import token
from pycore.live.figure import Figure, Parts
from pycore.live.markup import Child, Markup, percent, tag
from pycore.live.plot import Plot
from pycore.live.readout import headline, honest, readings
from pycore.live.scale import Scale
from pycore.live.settings import chips, slide
from pycore.tokenizers.bpe_training import learn_merges

SIZES = range(8)  # places among the sizes of the lists
FREE = 400  # tokens: from here on the place on the left is free
LINE = 30  # units, more than a line of letters on a phone
SENTENCES = {0: "download", 1: "pandemic", 2: "outinnovate"}
PLOT = Plot.of(
    Scale(0, 1100),
    Scale(0, 50),
    x_title="tokens for 1,000 characters",
    y_title="unknown words, %",
    x_ticks=((0, "0"), (250, "250"), (500, "500"), (750, "750"), (1000, "1,000")),
    y_ticks=((0, "0"), (20, "20"), (40, "40")),
    width=560,
    height=250,
)


@dataclass(frozen=True)
class WordsLettersState:
    """Which size the lists have, and which sentence is shown."""

    size: int = 0
    sentence: int = 0


class WordsLetters(Figure[WordsLettersState]):
    """Make the list longer, and see what it costs."""

    State = WordsLettersState
    data = (COSTS,)
    code = (split_sentence, learn_merges)
    settings = {"size": SIZES, "sentence": SENTENCES}

    def view(self) -> Parts:
        """Draw the sentence cut in three ways, the two costs, and the numbers."""
        s, costs = self.state, word_costs()
        entries = f"{costs.sizes[s.size]:,}"
        return {
            "controls": tag(
                "div",
                slide(self, "size", "entries on the list", entries, spoken=f"{entries} entries"),
                chips(self, "sentence", SENTENCES, "A sentence with", control="sentence-{}"),
                class_="row",
            ),
            "sentence": _sentence(costs.samples[s.sentence], s.size),
            "stage": self._plot(),
            "readout": self._readout(),
        }

    def _plot(self) -> Markup:
        costs, at = word_costs(), self.state.size
        words, letters = per_thousand(costs.tokens), per_thousand(costs.bytes)
        pieces = [per_thousand(count) for count in costs.pieces]
        unknown = [100 * count / costs.words for count in costs.unknown]
        return PLOT.draw(
            f"Two costs. Words: {words:.0f} tokens for 1,000 characters, {unknown[at]:.1f} percent unknown. "
            f"Pieces: {pieces[at]:.0f} tokens, none unknown. Letters: {letters:.0f} tokens, none unknown.",
            PLOT.curve([words] * len(unknown), unknown, "curve words"),
            PLOT.curve(pieces, [0.0] * len(pieces), "curve"),
            PLOT.points([words], [unknown[at]], "here words", r=7),
            PLOT.points([pieces[at]], [0], "here pieces", r=7),
            PLOT.points([letters], [0], "here letters", r=7),
            # Where that nears the floor, above the name that stands there.
            _beside("words", words, min(PLOT.y(unknown[at]) + 5, PLOT.y(0) - 6 - LINE)),
            # On the side that is free: a longer list brings it from the letters to the words.
            _beside("pieces", pieces[at], PLOT.y(0) - 6, left=pieces[at] > FREE),
            PLOT.name(letters, 0, "letters"),
        )

    def _readout(self) -> Markup:
        costs, at = word_costs(), self.state.size
        share = costs.unknown[at] / costs.words
        every = round(1 / share)
        told = f"about one word in {every}" + (", with all words of 210 years" if at == SIZES[-1] else "")
        return tag(
            "div",
            headline("words that are not on the list", percent(share, 1), "unknown", told),
            readings(
                [
                    ("tokens, in words", "words", f"{costs.tokens:,}"),
                    ("in pieces", "pieces", f"{costs.pieces[at]:,}"),
                    ("in letters", "letters", f"{costs.bytes:,}"),
                ]
            ),
            honest("All speeches of 2001 to 2021; the lists were made from those of 1790 to 2000."),
        )


# ---------------------------------------------------------------- what is computed


def per_thousand(count: int) -> float:
    """Return how many tokens that is for 1,000 characters of the later speeches."""
    return 1000 * count / word_costs().characters


def unknown_at(sample: Sample, size: int) -> int:
    """How many words of a sentence are missing on the list of a size."""
    entries = word_costs().sizes[size]
    return sum(rank is not None and not 0 <= rank < entries for rank in sample.ranks)


def pieces(sample: Sample, size: int) -> list[bytes]:
    """Return the pieces of a sentence by the list of a size."""
    data, cut, start = sample.text.encode("utf-8"), [], 0
    for length in sample.cuts[size]:
        cut.append(data[start : start + length])
        start += length
    return cut


# ---------------------------------------------------------------- what is drawn


def _beside(name: str, x: float, y: float, *, left: bool = False) -> Markup:
    """Write a name beside a point of the plot, at a height of the picture."""
    return tag(
        "text",
        name,
        class_="name",
        x=PLOT.x(x) + (-12 if left else 12),
        y=y,
        text_anchor="end" if left else "start",
    )


def _sentence(sample: Sample, size: int) -> Markup:
    entries = word_costs().sizes[size]
    words = [
        token(b"[UNK]", "unknown") if rank is not None and not 0 <= rank < entries else token(word.encode())
        for (word, _), rank in zip(split_sentence(sample.text), sample.ranks, strict=True)
    ]
    cut = pieces(sample, size)
    missing = unknown_at(sample, size)
    return tag(
        "div",
        _row("words", f"{len(words)} tokens, ", tag("b", f"{missing} unknown", data_out="missing"), of=words),
        _row("pieces", f"{len(cut)} tokens", of=[token(piece) for piece in cut]),
        _row(
            "letters",
            f"{len(sample.text.encode())} tokens",
            of=[token(bytes([byte])) for byte in sample.text.encode()],
        ),
        class_="three",
    )


def _row(name: str, *told: Child, of: list[Markup]) -> Markup:
    return tag(
        "div", tag("p", tag("i"), f"{name}: ", *told, class_="label"), tag("p", of), class_=f"as {name}"
    )
