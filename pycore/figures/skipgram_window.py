"""FIG.04: skip-gram's window on real sentences, what one look through it teaches, and a run over all of them.

The window's numbers are those of `SkipGram.step`, one true pair after the other. A sentence starts from the
tables as the run left them, and its windows are learned in order: going back unlearns.
"""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pycore import skipgram
from pycore.data import speeches
from pycore.live import company, expect
from pycore.live.company import EPOCHS, TICKS, Floats, RunState, Trains, text
from pycore.live.controls import chip, group
from pycore.live.figure import Parts, event
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.readout import headline
from pycore.similarity import cosine
from pycore.skipgram import SkipGram, Step
from pycore.word_pairs import PairScore, score_pairs

REACH = 2  # words to either side
NEGATIVES = 2
FIRST_RATE, LATER_RATE = 0.2, 0.05  # of a step by hand: large enough to be seen, and smaller after a run
STRANGERS = ("bank", "banks")  # they share no sentence of the text
# Short sentences of the text, by their numbers, with few words that are too rare for the vocabulary.
SHOWN = (87, 198, 887, 332, 684, 788, 405, 679, 799, 82, 701, 1004)


@dataclass(frozen=True)
class WindowState(RunState):
    """Which of the sentences shown, and which of its known words is the center."""

    sentence: int = 0
    position: int = 6


class SkipgramWindow(Trains[WindowState]):
    """Step a window through sentences; let skip-gram learn from it, or from all of them in a run."""

    State = WindowState
    data = company.DATA
    code = (SkipGram.step, skipgram.loss_and_gradients, score_pairs)

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._model, self._run = company.skipgram()

    def check(self, state: WindowState) -> None:
        """Refuse sentences and positions that are not there."""
        super().check(state)
        expect.between("a sentence", state.sentence, len(SHOWN) - 1)
        expect.between("a position", state.position, len(_known(state.sentence)) - 1)

    @event
    def move(self, by: str) -> None:
        """Move the window on by a word, or back by one; at an end of the sentence it stays."""
        expect.one_of("a step of", by, ("1", "-1"))
        last = len(_known(self.state.sentence)) - 1
        position = min(max(self.state.position + int(by), 0), last)
        self.state = replace(self.state, position=position)

    @event
    def next_sentence(self) -> None:
        """Go to the next sentence's first word."""
        sentence = (self.state.sentence + 1) % len(SHOWN)
        self.state = replace(self.state, sentence=sentence, position=0)

    def view(self) -> Parts:
        """Draw the sentence, the window's pairs, the run, the map, and what the judge finds."""
        s, model = self.state, self._trained()
        return {
            "controls": _controls(s),
            "window": _window(s, _learn(model, s)),
            "run": company.run_bar(s, "skip-gram", EPOCHS),
            "stage": tag(
                "div", company.legend(), company.word_map(np.asarray(model.vectors, np.float64), "skip-gram")
            ),
            "readout": _readout(s, np.asarray(model.vectors, np.float64)),
            "how": company.how_chosen(),
        }

    def _trained(self) -> SkipGram:
        """Bring the tables to where the state says; back only by starting anew."""
        if self._run.ticks > self.state.trained:
            self._model, self._run = company.skipgram()
        self._run.to(self.state.trained)
        return self._model


# ---------------------------------------------------------------- what is computed


@functools.cache
def _known(sentence: int) -> tuple[int, ...]:
    """Where in a sentence the words of the vocabulary stand."""
    words = speeches().sentences[SHOWN[sentence]]
    return tuple(i for i, word in enumerate(words) if word in text().vocabulary.index)


def _learn(trained: SkipGram, s: WindowState) -> list[Step]:
    """Learn the windows of the sentence on copies of the tables, and return the last window's steps."""
    model = copy.copy(trained)
    model.vectors, model.contexts = trained.vectors.copy(), trained.contexts.copy()
    words = speeches().sentences[SHOWN[s.sentence]]
    ids = text().ids([words[i] for i in _known(s.sentence)])
    steps: list[Step] = []
    for center in range(s.position + 1):
        model.rng = np.random.default_rng([company.SEED, s.sentence, center])
        steps = []
        for context in _contexts(center, len(ids)):
            drawn = model.draw(NEGATIVES)
            negatives = drawn[drawn != ids[context]]
            steps.append(model.step(ids[center], ids[context], negatives, _rate(s)))
    return steps


def _rate(s: WindowState) -> float:
    return LATER_RATE if s.trained else FIRST_RATE


def _contexts(center: int, size: int) -> list[int]:
    return [i for i in range(max(center - REACH, 0), min(center + REACH + 1, size)) if i != center]


@functools.cache
def _untrained() -> PairScore:
    return company.judge().score(np.asarray(company.skipgram()[0].vectors, np.float64))


# ---------------------------------------------------------------- what is drawn


def _controls(s: WindowState) -> Markup:
    return group(
        "Move the window",
        chip("← back", "move", "-1", "back", name="Move the window back by a word"),
        chip("next word →", "move", "1", "next"),
        chip("next sentence", "next_sentence", None, "next-sentence"),
        tag("span", f"sentence {s.sentence + 1} of {len(SHOWN)}", class_="place", data_out="sentence"),
    )


def _window(s: WindowState, steps: list[Step]) -> Markup:
    """Draw the sentence with its window, and a row for each true pair."""
    words, known = speeches().sentences[SHOWN[s.sentence]], _known(s.sentence)
    contexts = {known[i] for i in _contexts(s.position, len(known))}
    center = known[s.position]

    def look(i: int) -> str | None:
        if i == center:
            return "center"
        return "context" if i in contexts else None if i in known else "rare"

    sentence = (
        [tag("mark" if look(i) in ("center", "context") else "span", word, class_=look(i)), " "]
        for i, word in enumerate(words)
    )
    note = (
        "Nothing is trained yet: each context vector starts at zero, and so P starts at 0.50. "
        f"Rate {FIRST_RATE}."
    )
    if s.trained:
        note = (
            "Trained vectors share a direction, so a random word may be drawn along with the true one. "
            f"In a run that evens out. Rate {LATER_RATE}."
        )
    rows = [tag("li", _pairs(step)) for step in steps]
    # A window at the edge of the sentence has fewer words; the figure keeps its height.
    rows += [tag("li", class_="none", aria_hidden="true")] * (2 * REACH - len(rows))
    return tag(
        "div",
        tag("p", sentence, class_="sentence"),
        tag(
            "p",
            "centre ",
            tag("b", words[center], class_="center", data_out="center"),
            " · a row for each neighbour: pushed up; random words beside it: pushed down. P = σ(u·v)",
            class_="label hint-line",
        ),
        tag("ol", rows, class_="pairs"),
        tag("p", note, class_="label note", role="status"),
    )


def _pairs(step: Step) -> list[Markup]:
    """Draw the true pair of a step and its negatives."""
    before, after = (1 / (1 + np.exp(-dots)) for dots in (step.before, step.after))
    words = [text().vocabulary.words[i] for i in step.targets]
    return [
        tag(
            "div",
            tag("span", "+" if i == 0 else "−", class_="sign", aria_hidden="true"),
            tag("b", word),
            tag(
                "span",
                f"{before[i]:.2f} → ",
                tag("b", f"{after[i]:.2f}"),
                class_="p",
            ),
            _gauge(float(before[i]), float(after[i])),
            tag("small", f"u·v {signed(float(step.before[i]))} → {signed(float(step.after[i]))}"),
            class_="seen" if i == 0 else "drawn",
        )
        for i, word in enumerate(words)
    ]


def _gauge(before: float, after: float) -> Markup:
    """Draw the way from one probability to another on a track from 0 to 1."""
    low, high = sorted((100 * before, 100 * after))
    return tag(
        "i",
        class_="gauge" + (" up" if after > before else " down"),
        style=f"--from:{number(low, 1)};--to:{number(high, 1)}",
        aria_hidden="true",
    )


def _readout(s: WindowState, vectors: Floats) -> Markup:
    score = company.judge().score(vectors)
    lead = score.related - score.random
    strangers = cosine(*vectors[text().ids(list(STRANGERS))])
    verdict = "random vectors: related words are no closer than others"
    if s.trained == TICKS:
        verdict = "the run is over: words that share company lie together"
    elif s.trained:
        verdict = "training: the gap between related and random pairs grows"
    return tag(
        "div",
        headline("mean cosine, related less random", signed(lead), "lead", verdict),
        company.score_list(score, _untrained()),
        tag(
            "dl",
            tag("dt", f"{' and '.join(STRANGERS)}, which share no sentence"),
            tag("dd", tag("b", signed(strangers), data_out="strangers")),
            class_="readings score",
        ),
        tag(
            "p",
            "The map is the best plane of these 18 directions. The numbers use all 24 dimensions.",
            class_="label",
        ),
    )
