"""FIG.04: skip-gram's window on real sentences, what one look through it teaches, and a run over all of them.

The window's numbers are those of `SkipGram.step`, one true pair after the other. Stepping by hand always
starts from the untrained tables, and a sentence's windows are learned in order: going back unlearns. After a
run single windows say little, since true and random pairs alike have sunk by about log k; averages over all
windows show the gap.
"""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pycore.arrays import Floats
from pycore.data.embeddings import speeches
from pycore.embeddings import skipgram
from pycore.embeddings.pair_levels import Levels, chance, levels, seen
from pycore.embeddings.similarity import cosine
from pycore.embeddings.skipgram import SkipGram, Step, noise_distribution
from pycore.embeddings.word_pairs import PairScore, score_pairs
from pycore.figures.embeddings import _company as company
from pycore.figures.embeddings._company import EPOCHS, TICKS, Trains, text
from pycore.functions import sigmoid
from pycore.live import expect
from pycore.live.controls import chip, group
from pycore.live.figure import Parts, event
from pycore.live.kept import Kept
from pycore.live.markup import Markup, number, signed, tag
from pycore.live.readout import headline
from pycore.live.runs import RunState

REACH = 2  # words to either side
NEGATIVES = 2
RATE = 0.2  # of a step by hand: large enough to be seen
ROLES = {"center": "centre", "context": "context"}  # how the words of a window are called aloud
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
    code = (SkipGram.step, skipgram.loss_and_gradients, levels, score_pairs)

    def __init__(self, params: Any = None) -> None:
        super().__init__(params)
        self._model, self._run = company.skipgram()
        self._kept: Kept[Parts] = Kept()

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
            "window": _window(s, _learn(s)),
            "run": self.passes_bar("skip-gram", EPOCHS),
            **self._kept(s.trained, lambda: _judged(s, model)),
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


@functools.cache
def _untrained() -> SkipGram:
    return company.skipgram()[0]


@functools.cache
def _pairs_seen() -> Floats:
    return seen(text().corpus, len(text().vocabulary.words), company.WINDOW)


def _levels(model: SkipGram) -> Levels:
    noise = noise_distribution(text().vocabulary.counts)
    return levels(model.vectors, model.contexts, _pairs_seen(), noise)


def _learn(s: WindowState) -> list[Step]:
    """Learn the windows of the sentence on copies of the untrained tables; return the last window's steps."""
    model = copy.copy(_untrained())
    model.vectors, model.contexts = model.vectors.copy(), model.contexts.copy()
    words = speeches().sentences[SHOWN[s.sentence]]
    ids = text().ids([words[i] for i in _known(s.sentence)])
    steps: list[Step] = []
    for center in range(s.position + 1):
        model.rng = np.random.default_rng([company.SEED, s.sentence, center])
        steps = []
        for context in _contexts(center, len(ids)):
            drawn = model.draw(NEGATIVES)
            negatives = drawn[drawn != ids[context]]
            steps.append(model.step(ids[center], ids[context], negatives, RATE))
    return steps


def _contexts(center: int, size: int) -> list[int]:
    return [i for i in range(max(center - REACH, 0), min(center + REACH + 1, size)) if i != center]


@functools.cache
def _untrained_score() -> PairScore:
    return company.judge().score(np.asarray(_untrained().vectors, np.float64))


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

    def look(i: int) -> str:
        if i == center:
            return "center"
        return "context" if i in contexts else "known" if i in known else "rare"

    sentence = (
        [
            tag("span", f"{ROLES[look(i)]}: ", class_="spoken") if look(i) in ROLES else None,
            tag("mark" if look(i) in ROLES else "span", word, class_=look(i)),
            " ",
        ]
        for i, word in enumerate(words)
    )
    note = (
        f"By hand, a sentence starts from the untrained tables: P is near 0.50. Rate {RATE}. "
        "Struck out: rare words."
    )
    rows = [tag("li", _pairs(step)) for step in steps]
    # A window at the edge of the sentence has fewer words; the figure keeps its height.
    rows += [tag("li", class_="none", aria_hidden="true")] * (2 * REACH - len(rows))
    return tag(
        "div",
        tag("p", sentence, class_="sentence"),
        tag("p", _told(words[center], steps), class_="spoken", role="status"),
        tag(
            "p",
            "centre ",
            tag("b", words[center], class_="center", data_out="center"),
            f" · a row for each neighbour: pushed up; {NEGATIVES} random words beside it: pushed down. "
            "P = σ(u·v)",
            class_="label hint-line",
        ),
        tag("ol", rows, class_="pairs"),
        tag("p", note, class_="label note"),
    )


def _told(center: str, steps: list[Step]) -> str:
    """Say in a sentence what the window shows, for those who do not see it move."""
    words = text().vocabulary.words
    contexts = ", ".join(words[step.targets[0]] for step in steps)
    return f"Centre {center}; context: {contexts}."


def _pairs(step: Step) -> list[Markup]:
    """Draw the true pair of a step and its negatives."""
    before, after = (sigmoid(dots) for dots in (step.before, step.after))
    words = [text().vocabulary.words[i] for i in step.targets]
    return [
        tag(
            "div",
            tag("span", "+" if i == 0 else "−", class_="sign", aria_hidden="true"),
            tag("span", "true pair: " if i == 0 else "random word: ", class_="spoken"),
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


def _judged(s: WindowState, model: SkipGram) -> Parts:
    """Draw what training alone changes: the map, and what the judge finds."""
    words = company.word_map(np.asarray(model.vectors, np.float64), "skip-gram")
    return {"stage": tag("div", company.legend(), words), "readout": _readout(s, model)}


def _readout(s: WindowState, model: SkipGram) -> Markup:
    vectors = np.asarray(model.vectors, np.float64)
    score = company.judge().score(vectors)
    lead = round(score.related, 2) - round(score.random, 2)  # as the two are shown below it
    strangers = cosine(*vectors[text().ids(list(STRANGERS))])
    verdict = "random vectors: related words are no closer than others"
    if s.trained == TICKS:
        verdict = "the run is over: words that share company lie together"
    elif s.trained:
        verdict = "training: the gap between related and random pairs grows"
    return tag(
        "div",
        headline("mean cosine, related minus random", signed(lead), "lead", verdict),
        company.score_list(score, _untrained_score()),
        tag(
            "dl",
            tag("dt", f"{' and '.join(STRANGERS)}, which share no sentence"),
            tag("dd", tag("b", signed(strangers), data_out="strangers")),
            class_="readings score",
        ),
        _averages(model),
    )


def _averages(model: SkipGram) -> Markup:
    """Draw where P has come to for true and for random pairs, over all windows of the text."""
    now = _levels(model)
    level = 100 * chance(model.negative)

    def row(label: str, name: str, p: float) -> Markup:
        gauge = tag(
            "i",
            class_=f"gauge {name}",
            style=f"--from:{number(100 * p, 1)};--to:50;--chance:{number(level, 1)}",
            aria_hidden="true",
        )
        return tag("div", tag("dt", label), tag("dd", tag("b", f"{p:.2f}", data_out=f"{name}-pair")), gauge)

    return tag(
        "div",
        tag("p", "mean P over all windows of the text", class_="label"),
        tag("dl", row("true pairs", "true", now.true), row("random pairs", "drawn", now.random)),
        tag(
            "p",
            f"In a run every true pair comes with {model.negative} random ones, so a pair that meets as "
            f"often as chance has it belongs at 1/{1 + model.negative} = {level / 100:.2f}, the mark. Both "
            "means sink to it and part there; what is learned is the gap.",
            class_="label",
        ),
        class_="averages",
    )
