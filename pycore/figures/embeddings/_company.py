"""What FIG.04 and FIG.04B share: the small text, the run, the judge, and their drawing.

Everything here is computed in float64, so that every Python shows the same decimals after thousands of steps.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from pycore.arrays import Floats, Ints
from pycore.data.embeddings import speeches, word_vectors
from pycore.embeddings.glove import Counts, cooccurrences
from pycore.embeddings.projection import pca
from pycore.embeddings.similarity import normalize
from pycore.embeddings.skipgram import SkipGram
from pycore.embeddings.vocabulary import Corpus, Vocabulary
from pycore.embeddings.word_pairs import PairScore, mutual_nearest, score_pairs
from pycore.live.labels import Box, crossings
from pycore.live.markup import Markup, number, percent, signed, tag
from pycore.live.runs import Runs

SEED = 4
DIM = 24
MIN_COUNT = 8
WINDOW = 5
EPOCHS, RATE, SAMPLE, BATCH, POOL, NEGATIVE = 8, 0.08, 1e-2, 64, 64, 5  # of skip-gram
TICKS = 32  # steps of a run that are drawn
FREQUENT = 100  # words that the judge leaves out: the most frequent ones of GloVe's text
CLOSE = 0.55  # least cosine of a related pair in GloVe
DATA = ("embeddings/speech-sentences.json", "embeddings/glove-100d.npz")
SUBJECTS = {
    "sea": "ships vessels navy naval fleet ports".split(),
    "school": "school schools students teachers children college".split(),
    "money": "gold silver coin coinage currency bullion".split(),
}
CORNERS = np.array([[-1.0, -0.6], [0.0, 1.0], [1.0, -0.6]])  # where the map is turned to show the subjects


# ---------------------------------------------------------------- the text and the judge


@dataclass(frozen=True)
class Text:
    """The small text: its vocabulary, and its tokens without the rare words."""

    vocabulary: Vocabulary
    corpus: Corpus

    def ids(self, words: list[str]) -> list[int]:
        """Ids of words that are in the vocabulary."""
        return [self.vocabulary.index[word] for word in words]


@functools.cache
def text() -> Text:
    """Count and number the words of the speeches' sentences."""
    vocabulary = Vocabulary.build(speeches().sentences, MIN_COUNT)
    return Text(vocabulary, vocabulary.encode(speeches().sentences))


@dataclass(frozen=True)
class Judge:
    """Words of the text that GloVe knows, by their ids, and the pairs among them (places in `ids`)."""

    ids: Ints
    pairs: Ints

    def score(self, vectors: Floats) -> PairScore:
        """Test vectors of the whole vocabulary."""
        return score_pairs(vectors[self.ids], self.pairs)


@functools.cache
def judge() -> Judge:
    """Let GloVe say which words are related: it has seen six billion words, but none of the vectors here."""
    vocabulary, glove = text().vocabulary, word_vectors()
    known = [word for word in vocabulary.words if word in glove and glove.id(word) >= FREQUENT]
    rows = glove.matrix[[glove.id(word) for word in known]]
    return Judge(np.array(text().ids(known), np.intp), mutual_nearest(rows, CLOSE))


@functools.cache
def counts() -> Counts:
    """Count which words of the text occur near which."""
    return cooccurrences(text().corpus, WINDOW)


def met(one: str, other: str) -> float:
    """How often two words met, a pair at distance d counted as 1/d."""
    (i, j), c = text().ids([one, other]), counts()
    return float(c.x[(c.row == i) & (c.column == j)].sum())


@functools.cache
def strangers() -> int:
    """How many of the related pairs share no sentence, so that no window ever holds both words."""
    corpus, pairs = text().corpus, judge().ids[judge().pairs]
    seen = np.zeros((len(text().vocabulary.words), int(corpus.sentence.max()) + 1), dtype=bool)
    seen[corpus.ids, corpus.sentence] = True
    return int(np.sum(~np.any(seen[pairs[:, 0]] & seen[pairs[:, 1]], axis=1)))


# ---------------------------------------------------------------- the run


class HasDone(Protocol):
    """What trainers yield."""

    @property
    def done(self) -> float:
        """Part of the whole that is done."""


class Run:
    """A trainer that is stepped in ticks of equal size, up to TICKS."""

    def __init__(self, steps: Iterator[HasDone]) -> None:
        self._steps = steps
        self.ticks = 0
        self._done = 0.0

    def to(self, ticks: int) -> None:
        """Train on until so many ticks are done."""
        self.ticks = TICKS + 1  # a run that raises is used up, and counts as too far for any state
        while self._done < ticks / TICKS:
            self._done = next(self._steps).done
        self.ticks = ticks


def skipgram(seed: int = SEED) -> tuple[SkipGram, Run]:
    """Make skip-gram's two tables, and the run that trains them."""
    rng = np.random.default_rng(seed)
    model = SkipGram(text().vocabulary, DIM, NEGATIVE, rng=rng)
    # The released code starts hundreds of times closer to zero. Here a single step should show.
    model.vectors = rng.uniform(-0.5, 0.5, model.vectors.shape)  # type: ignore[assignment]
    model.contexts = model.contexts.astype(np.float64)
    steps = model.train(
        text().corpus, epochs=EPOCHS, window=WINDOW, sample=SAMPLE, rate=RATE, batch=BATCH, pool=POOL
    )
    return model, Run(steps)


S = TypeVar("S", bound=Any)


class Trains(Runs[S], Generic[S]):
    """A figure whose run takes so many ticks, and says how many passes over the text are done."""

    ticks = TICKS

    def passes_bar(self, what: str, epochs: int) -> Markup:
        """Draw the button that runs or stops, and how far the run is."""
        done = f"{epochs * self.state.trained / TICKS:.1f} of {epochs} passes"
        return self.run_bar(what, done, start="run")


# ---------------------------------------------------------------- what is drawn


def score_list(score: PairScore, before: PairScore | None, key: str = "") -> Markup:
    """Draw what the judge found, as a list; `before` is the score before training."""

    def row(label: str, name: str, now: str, then: str | None) -> tuple[Markup, Markup]:
        was = None if then is None else tag("span", "was ", then, class_="was")
        return tag("dt", label), tag("dd", was, tag("b", now, data_out=f"{name}{key}"))

    return tag(
        "dl",
        row("related pairs", "related", signed(score.related), before and signed(before.related)),
        row("random pairs", "random", signed(score.random), before and signed(before.random)),
        row("partner beats a random word", "ahead", percent(score.ahead), before and percent(before.ahead)),
        class_="readings score",
    )


WIDTH, HEIGHT = 460, 380
SCALE = 250.0  # viewBox units for a length of one: the directions drawn are one long in the full space
GLYPH, LINE = 10.5, 19.0  # how wide a letter and how high a line is in the map
SHAPES = {
    "sea": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
    "school": "M-5 -5h10v10h-10z",
    "money": "M0 -6l6 11h-12z",
}


def flat_map(vectors: Floats) -> tuple[Floats, float]:
    """Places of the subjects' words in the best plane of their directions, [18, 2], and what it holds.

    A best plane may be turned and mirrored at will; here each subject is turned toward its corner.
    """
    unit = normalize(vectors[text().ids([word for words in SUBJECTS.values() for word in words])])
    plane, variance = pca(unit)
    flat = plane.flatten(unit)
    # The rotation or reflection that comes nearest the corners (orthogonal Procrustes, Schoenemann 1966).
    left, _, right = np.linalg.svd(flat.T @ np.repeat(CORNERS, 6, axis=0))
    return flat @ left @ right, float(variance.sum())


def word_map(vectors: Floats, name: str) -> Markup:
    """Draw the map of the three subjects' words, always at one scale."""
    flat, variance = flat_map(vectors)
    inside = np.clip(
        flat * [SCALE, -SCALE], [10 - WIDTH / 2, 10 - HEIGHT / 2], [WIDTH / 2 - 10, HEIGHT / 2 - 10]
    )
    places = np.round(inside + np.array([WIDTH / 2, HEIGHT / 2]), 1)
    words = [(word, subject) for subject, words in SUBJECTS.items() for word in words]
    labels = _spread([word for word, _ in words], places)
    means = np.round(np.array([flat[i : i + 6].mean(axis=0) for i in (0, 6, 12)]), 1)
    apart = ", ".join(f"{s} {_side(m)}" for s, m in zip(SUBJECTS, means.tolist(), strict=True))
    return tag(
        "svg",
        (
            tag("path", class_=subject, d=SHAPES[subject], transform=f"translate({number(x)} {number(y)})")
            for (_, subject), (x, y) in zip(words, places.tolist(), strict=True)
        ),
        (
            tag("text", word, class_=subject, x=x, y=y + 5, text_anchor=anchor)
            for (word, subject), (x, y, anchor) in zip(words, labels, strict=True)
        ),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        class_="map",
        role="img",
        aria_label=(
            f"Map of 18 words by {name}: on average {apart}. "
            f"The plane holds {percent(variance)} of the variance."
        ),
    )


def _side(mean: list[float]) -> str:
    x, y = mean
    across = "right" if x > 0 else "left" if x < 0 else ""
    along = "up" if y > 0 else "down" if y < 0 else ""
    return " and ".join(filter(None, (along, across))) or "in the middle"


def _spread(words: list[str], places: Floats) -> list[tuple[float, float, str | None]]:
    """Find a spot for each label beside its point, moved up or down until it covers no other."""
    taken = [Box.around(x, y, 12, LINE - 3) for x, y in places.tolist()]
    spots: dict[int, tuple[float, float, str | None]] = {}
    for i in sorted(range(len(words)), key=lambda i: (places[i, 1], i)):
        x, y = places[i].tolist()
        tries = {
            Box.beside(x, y + LINE / 2 * shift, side, 9, GLYPH * len(words[i]), LINE - 3): (
                x + side * 9,
                y + LINE / 2 * shift,
                None if side > 0 else "end",
            )
            for shift in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6)
            for side in (1, -1)
        }
        inside = [
            b for b in tries if b.left >= 0 and b.right <= WIDTH and b.top >= 2 and b.bottom <= HEIGHT - 2
        ]
        box = min(inside, key=lambda box: crossings(box, taken))
        taken.append(box)
        spots[i] = tries[box]
    return [spots[i] for i in range(len(words))]


def legend() -> Markup:
    """Draw what the three shapes stand for."""
    marks = (
        tag(
            "span",
            tag("svg", tag("path", class_=s, d=SHAPES[s]), viewBox="-7 -7 14 14", aria_hidden="true"),
            f" {s}",
        )
        for s in SUBJECTS
    )
    return tag("p", marks, class_="legend")


def how_chosen() -> Markup:
    """Say what text this is and who judges, with every pair."""
    vocabulary, j = text().vocabulary, judge()
    pairs = (" · ".join(vocabulary.words[i] for i in j.ids[pair]) for pair in j.pairs)
    sentences, judged = len(speeches().sentences), len(j.ids)
    kept, all_words = len(text().corpus.ids), sum(map(len, speeches().sentences))
    return tag(
        "details",
        tag("summary", "How the text, the pairs and the run were chosen"),
        tag(
            "p",
            f"The text: {sentences:,} sentences of State of the Union speeches, 1790 to 2021, picked because "
            "each holds two or more keywords on one of three subjects (ships, schools, coins). "
            f"{kept:,} of its {all_words:,} words count: the {len(vocabulary.words)} that occur "
            f"{MIN_COUNT} times or more; words that are struck out are rarer.",
        ),
        tag(
            "p",
            "Related, by an outside judge: two words that are each other’s nearest, with a cosine of "
            f"{CLOSE} or more, in the GloVe of this lesson, trained on six billion other words. It judges "
            f"the {judged} words of this text that it holds, apart from its {FREQUENT} most frequent. Of the "
            f"{len(j.pairs)} related pairs {strangers()} share no sentence of this text. "
            f"Random: the mean over all pairs of the {judged}. Text and settings were chosen with this judge "
            "at hand, so its numbers show that training works here, not how well.",
        ),
        tag(
            "p",
            f"The run takes {BATCH} centres at a time and draws {POOL} random words for all together, "
            f"weighted so that {NEGATIVE} come to each true pair: on average the same as {NEGATIVE} fresh "
            "draws, and faster. The map is the best plane of the 18 directions; the numbers use all 24 "
            "dimensions.",
        ),
        tag("p", f"The {len(j.pairs)} related pairs: ", ", ".join(pairs), "."),
        class_="how",
    )
