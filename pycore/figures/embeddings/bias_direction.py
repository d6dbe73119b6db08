"""FIG.07D: a direction of gender in GloVe, how occupations lie along it, and what taking it out leaves.

Bolukbasi et al. 2016 project such a direction out of words that should not depend on it. Gonen & Goldberg
2019 look at the neighbours then: words that leaned the same way still keep company. All words have length
one; ranks are those of all 100 dimensions.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.bias import bias_direction, neutralize, share_among_nearest
from pycore.embeddings.similarity import analogy, top_k
from pycore.figures.embeddings._words import TakesOneWord
from pycore.live import expect
from pycore.live.controls import chip, choice, group
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, moved, number, percent, signed, tag
from pycore.live.plot import Axis
from pycore.live.readout import fold, headline

# Picked by hand: English does not mark them for gender, and the vocabulary has them; many jobs it has not.
OCCUPATIONS = tuple(
    """
    banker carpenter chef clerk dancer designer doctor driver engineer farmer journalist judge lawyer nurse
    photographer pilot professor psychologist scientist secretary singer surgeon teacher writer
    """.split()
)
PAIRS = "she he,woman man,her his,herself himself,daughter son,mother father,girl boy,female male,mary john"
NAMED = tuple(tuple(pair.split()) for pair in PAIRS.split(","))
GENDERED = frozenset(word for pair in NAMED for word in pair)
CHIPS = ("nurse", "doctor", "engineer", "secretary", "teacher")
LEANING = 500  # words that lean most, each way
K = 10  # neighbours that are asked
ANALOGIES = (("doctor", "man", "woman"), ("doctor", "woman", "man"))
WIDTH, TOP, ROW = 520, 60, 23  # of the picture
NAME, BARS = 138.0, 412.0  # where names end, and where the bars of the company begin
LEAN = Axis(-0.4, 0.4, 150, 400)
WAYS = {"one": "she − he", "all": "nine pairs (PCA)"}


@dataclass(frozen=True)
class BiasState:
    """The word in the box, the pairs that make the direction, whether it is taken out, and the analogies."""

    word: str = "doctor"
    typed: str = ""
    all_pairs: bool = False
    removed: bool = False
    inputs: bool = False


class BiasDirection(TakesOneWord[BiasState]):
    """See how words lean, take the direction out, and look at who keeps company with whom."""

    State = BiasState
    data = ("embeddings/glove-100d.npz",)
    code = (bias_direction, neutralize, share_among_nearest)

    @event
    def derive(self, pairs: str) -> None:
        """Make the direction of "one" pair, or of "all"."""
        expect.one_of("pairs", pairs, WAYS)
        self.state = replace(self.state, all_pairs=pairs == "all")

    @event
    def remove(self) -> None:
        """Take the direction out of all words, or put it back."""
        self.state = replace(self.state, removed=not self.state.removed)

    @event
    def switch_inputs(self) -> None:
        """Let the words of an analogy be answers, or leave them out again."""
        self.state = replace(self.state, inputs=not self.state.inputs)

    def view(self) -> Parts:
        """Draw controls, picture, the word's company, the company of all, and the analogies."""
        s = self.state
        before, now = Space.of(s.all_pairs, False), Space.of(s.all_pairs, s.removed)
        return {
            "controls": self._controls(),
            "stage": _stage(s, before, now),
            "readout": _readout(s, before, now),
            "company": _company(s),
            "direction": _made(s),
            "analogies": _analogies(s),
        }

    def _controls(self) -> Markup:
        return tag(
            "div",
            chip("remove the direction", "remove", None, "remove", self.state.removed),
            self.box("any word", CHIPS),
        )


# ---------------------------------------------------------------- what is computed


@dataclass(frozen=True, eq=False)
class Space:
    """All words, with the direction in them or taken out.

    Attributes
    ----------
    unit
        The words, at length one, float64 [n, d].
    leans
        Their projections on the direction, float64 [n].
    crowd
        Ids of the words that leaned most before anything was taken out: toward he, then toward she.
    """

    unit: Floats
    leans: Floats
    crowd: NDArray[np.intp]

    @classmethod
    @functools.cache
    def of(cls, all_pairs: bool, removed: bool) -> Space:
        """Derive the direction from one pair or from all, and take it out if asked to."""
        unit, vectors = word_directions(), word_vectors()
        pairs = NAMED if all_pairs else NAMED[:1]
        ones, others = (unit[[vectors.id(pair[i]) for pair in pairs]] for i in (0, 1))
        direction = bias_direction(ones, others)
        if removed:
            left = neutralize(unit, direction)
            return cls(left, np.round(left @ direction, 12), cls.of(all_pairs, False).crowd)
        leans = unit @ direction
        order = [i for i in np.argsort(leans, kind="stable").tolist() if vectors.words[i] not in GENDERED]
        return cls(unit, leans, np.array(order[:LEANING] + order[-LEANING:]))

    @property
    def to_she(self) -> NDArray[np.bool_]:
        """Which words of the crowd lean toward she."""
        return np.arange(len(self.crowd)) >= LEANING

    def lean(self, word: str) -> float:
        """Projection of a word on the direction."""
        return float(self.leans[word_vectors().id(word)])

    def place(self, i: int) -> int:
        """Where word i stands in the crowd; -1 if it is not there."""
        ids = self.crowd.tolist()
        return ids.index(i) if i in ids else -1

    def neighbours(self, word: str) -> list[tuple[str, bool]]:
        """Find the words of the crowd that are nearest to a word, and whether each leaned toward she."""
        i = word_vectors().id(word)
        itself = [place] if (place := self.place(i)) >= 0 else []
        found = top_k(self.unit[self.crowd], self.unit[i], K, exclude=itself).ids.tolist()
        return [(word_vectors().words[int(self.crowd[j])], bool(self.to_she[j])) for j in found]

    @functools.cached_property
    def shares(self) -> dict[str, float]:
        """Share of she-leaning words among the nearest of each occupation."""
        ids = [word_vectors().id(word) for word in OCCUPATIONS]
        itself = [self.place(i) for i in ids]
        found = share_among_nearest(self.unit[ids], self.unit[self.crowd], self.to_she, K, itself)
        return dict(zip(OCCUPATIONS, found.tolist(), strict=True))

    @functools.cached_property
    def together(self) -> float:
        """Share of a leaning word's nearest leaning words that lean as it does, on average."""
        rows = self.unit[self.crowd]
        share = share_among_nearest(rows, rows, self.to_she, K, np.arange(len(rows)))
        alike = np.where(self.to_she, share, 1 - share)
        # Counted in whole neighbours, so that every Python rounds the same number.
        return int(np.rint(K * alike).sum()) / (K * len(rows))


def _correlation(before: Space, space: Space) -> float:
    """Correlate the occupations' leans, before, with their neighbours in a space."""
    leans = [before.lean(word) for word in OCCUPATIONS]
    return float(np.corrcoef(leans, [space.shares[word] for word in OCCUPATIONS])[0, 1])


# ---------------------------------------------------------------- what is drawn


def _stage(s: BiasState, before: Space, now: Space) -> Markup:
    """Draw a row for the chosen word and one for each occupation, in the order of their leans before."""
    order = sorted(OCCUPATIONS, key=lambda word: -before.lean(word))
    bottom = TOP + ROW * len(order)
    average = float(now.leans.mean())
    first, last = order[0], order[-1]
    told = (
        f"{len(order)} occupations on the direction, from {first}, {signed(now.lean(first))}, to {last}, "
        f"{signed(now.lean(last))}. The average of all words stands at {signed(average)}. Of the ten nearest "
        f"leaning words, {round(K * now.shares[first])} lean to she for {first}, "
        f"and {round(K * now.shares[last])} for {last}."
    )
    return tag(
        "div",
        tag(
            "p",
            (
                tag("span", tag("i", class_=f"mark {way}"), f" lean{'ed' if s.removed else 's'} to {way}")
                for way in ("he", "she")
            ),
            class_="legend",
        ),
        tag(
            "svg",
            # Some screen readers go on into a picture; its words make no sense there one by one.
            tag(
                "g",
                tag("path", class_="grid", d=f"M{number(LEAN(0))} 22V{bottom}"),
                tag("path", class_="mean", d=f"M{number(LEAN(average))} 22V{bottom}"),
                tag("text", "projection", x=LEAN(0), y=13, class_="tick", text_anchor="middle"),
                tag("text", "of 10 near", x=WIDTH, y=13, class_="tick"),
                _row(s.word, TOP - 38, before, now, sum(she for _, she in now.neighbours(s.word)), "own"),
                (
                    _row(
                        word,
                        TOP + ROW * i,
                        before,
                        now,
                        round(K * now.shares[word]),
                        word == s.word and "lit",
                    )
                    for i, word in enumerate(order)
                ),
                text_anchor="end",
                aria_hidden="true",
            ),
            viewBox=f"0 0 {WIDTH} {bottom + 6}",
            role="img",
            aria_label=told,
        ),
        tag(
            "p",
            "Dashed: the average of all 10,019 words, ",
            tag("b", signed(average), data_out="average"),
            ". Right: how many of the ten nearest of the 1,000 leaning words lean to she.",
            class_="label",
        ),
    )


def _row(word: str, y: float, before: Space, now: Space, count: int, look: str | bool) -> Markup:
    """Draw a word's name, its dot on the scale, and a bar for its company."""
    side = "she" if before.lean(word) > 0 else "he"
    x, wide = LEAN(now.lean(word)), WIDTH - 34 - BARS
    shown = word if len(word) <= 12 else word[:11] + "…"
    return tag(
        "g",
        tag("text", shown, x=NAME, y=5),
        tag("path", class_="stem", d=f"M{number(LEAN(0))} 0H{number(x)}"),
        tag(
            "rect",
            class_="dot",
            x=-6,
            y=-6,
            width=12,
            height=12,
            rx=6 if side == "she" else 1,
            style=moved(x, 0),
        ),
        tag("path", class_="all", d=f"M{number(BARS)} 0h{number(wide)}"),
        tag("path", class_="count", d=f"M{number(BARS)} 0h{number(wide * count / K)}"),
        tag("text", count, x=WIDTH, y=5, class_="n"),
        class_=f"{side} {look or ''}".strip(),
        transform=f"translate(0 {number(y + ROW / 2)})",
    )


def _readout(s: BiasState, before: Space, now: Space) -> Markup:
    found = now.neighbours(s.word)
    near = (
        tag(
            "li",
            tag("i", class_=f"mark {'she' if she else 'he'}"),
            tag("span", word, data_out=f"near-{place}"),
            tag("span", f", leaned to {'she' if she else 'he'}", class_="spoken"),
        )
        for place, (word, she) in enumerate(found, 1)
    )
    return tag(
        "div",
        headline(
            f"projection of {s.word}",
            signed(now.lean(s.word)),
            "projection",
            _verdict(s, before.lean(s.word), float(before.leans.std())),
        ),
        tag("p", "its ten nearest of the 1,000 words that leaned most", class_="label"),
        tag("ol", near, class_="near"),
        tag(
            "p",
            tag("b", sum(she for _, she in found), data_out="she"),
            f" of 10 leaned to she{', before the removal' * s.removed}",
            class_="sum",
        ),
    )


def _verdict(s: BiasState, lean: float, spread: float) -> str:
    if s.word in GENDERED:
        return "gendered by its meaning: Bolukbasi’s method would leave it alone"
    if s.removed:
        return f"nothing is left of {signed(lean)}, and the neighbours?"
    if abs(lean) < spread / 2:
        return "hardly leans, for a word of this table"
    return f"leans to {'she' if lean > 0 else 'he'}"


def _company(s: BiasState) -> Markup:
    """Tell the company that words keep before the direction is taken out and, when it is, after that."""
    before = Space.of(s.all_pairs, False)
    spaces = [before, Space.of(s.all_pairs, True)] if s.removed else [before]
    rows = (
        (
            "together",
            "1,000 leaning words: neighbours that lean the same way (by chance: 50 %)",
            [percent(space.together, 1) for space in spaces],
        ),
        (
            "correlation",
            "24 occupations: correlation of projection (before) and she-leaning neighbours",
            [signed(_correlation(before, space)) for space in spaces],
        ),
    )
    heads = ("what is measured", "before", "after removal")
    return tag(
        "div",
        tag(
            "table",
            tag("thead", tag("tr", (tag("th", head, scope="col") for head in heads))),
            tag(
                "tbody",
                (
                    tag(
                        "tr",
                        tag("th", label, scope="row"),
                        tag("td", found[0], data_out=f"{name}-before", class_=None if s.removed else "now"),
                        tag(
                            "td",
                            *(found[1:] or "?"),
                            data_out=f"{name}-after",
                            class_="now" if s.removed else None,
                        ),
                    )
                    for name, label, found in rows
                ),
            ),
        ),
    )


def _made(s: BiasState) -> Markup:
    """Fold away of which pairs the direction is made, and what that leaves out."""
    ways = choice("derive", WAYS, "all" if s.all_pairs else "one", "pairs-{}")
    return fold(
        "How the direction is made, and what it misses",
        tag(
            "div",
            tag("span", "direction", class_="label"),
            group("Pairs of words that make the direction", ways),
            class_="row",
        ),
        tag(
            "p",
            "The 1,000 are the 500 words that lean most each way, without the pairs’ own. Many are names or "
            "words for kin, gendered by their meaning. One axis from he to she is a crude model of "
            "gender: it takes in all that differs between two words, and those toward he are full of "
            "sport and politics. The occupations were picked by hand. The method’s step of equalizing "
            "pairs is left out.",
            class_="honest",
        ),
    )


def _analogies(s: BiasState) -> Markup:
    """Answer two analogies, with the inputs left out or in."""
    return fold(
        "The test often quoted as proof",
        chip("leave the input words in", "switch_inputs", None, "inputs", s.inputs),
        tag("ol", (_analogy(line, *words, s.inputs) for line, words in enumerate(ANALOGIES, 1))),
        tag(
            "p",
            "While inputs are barred, “man is to doctor as woman is to …” cannot be answered with “doctor” "
            "(Nissim et al. 2020): the ban picks the answer, not only the vectors. Nothing is removed here.",
            class_="honest",
        ),
    )


def _analogy(line: int, start: str, minus: str, plus: str, inputs: bool) -> Markup:
    found, scores = _answers(start, minus, plus, inputs)
    rest = ", ".join(f"{word} {signed(score)}" for word, score in zip(found[1:], scores[1:], strict=True))
    return tag(
        "li",
        tag("span", f"{start} − {minus} + {plus}", class_="sum"),
        tag("b", found[0], data_out=f"answer-{line}"),
        tag("span", signed(scores[0]), class_="value", data_out=f"answer-{line}-cosine"),
        tag("small", f"then {rest}"),
    )


@functools.cache
def _answers(start: str, minus: str, plus: str, inputs: bool) -> tuple[list[str], list[float]]:
    vectors = word_vectors()
    a, b, c = (vectors.id(word) for word in (minus, plus, start))
    found = analogy(word_directions(), a, b, c, k=3, exclude_inputs=not inputs)
    return [vectors.words[i] for i in found.ids.tolist()], [float(x) for x in found.scores]
