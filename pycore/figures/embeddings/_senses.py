"""What FIG.06 shows: the word *bank* in 24 sentences, and in one of the reader's own.

Cosines and neighbours are those of all 384 dimensions. Only the picture is flat: the best plane (PCA) of a
layer's states, mirrored so that all layers show alike, the last with the river sentences on the left. A
sentence of the reader's own is read by MiniLM, on demand, and laid into the same plane.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.embeddings import bank_states, word_vectors
from pycore.embeddings.projection import Plane, pca, plane_through
from pycore.embeddings.similarity import normalize
from pycore.figures.embeddings import _encoder
from pycore.live.places import fit
from pycore.tokenizers.wordpiece import basic_tokenize

WORD = "bank"
LAST = 6  # layer
WIDTH, HEIGHT, MARGIN = 520, 400, 36
EXACT = 9  # decimals that are compared: equal states have equal cosines only up to the last bits


@dataclass(frozen=True)
class SensesState:
    """Which vectors are shown, whether their mean is taken off, the chosen sentence, and the one typed."""

    static: bool = True
    layer: int = LAST
    centred: bool = False
    chosen: int = 0
    typed: str = ""


@dataclass(frozen=True)
class Scene:
    """All that is drawn for one set of vectors, n of them.

    Attributes
    ----------
    flat
        Places in the picture, viewBox units, float64 [n, 2].
    cosines
        Of each vector with each, in the full space, float64 [n, n].
    variance
        Share of the vectors' variance that the picture holds; None where nothing varies.
    words
        Words that are drawn beside the vectors, each with its place and its cosine with them.
    """

    flat: Floats
    cosines: Floats
    variance: float | None
    words: tuple[tuple[str, float, float, float], ...] = ()

    @classmethod
    @functools.cache
    def of_layer(cls, layer: int, centred: bool) -> Scene:
        """Take the hidden states of a layer."""
        x = bank_states().states[:, layer]
        unit = normalize(x - x.mean(axis=0)) if centred else normalize(x)
        plane, variance = _plane(layer)
        return cls(_placed(plane.flatten(x)), np.round(unit @ unit.T, EXACT), variance)

    @classmethod
    @functools.cache
    def of_word(cls) -> Scene:
        """Take the word's one vector for every sentence; *money* and *river* lie in its picture too."""
        vectors, n = word_vectors(), len(bank_states().sentences)
        unit = normalize(np.stack([vectors[word].astype(np.float64) for word in (WORD, "money", "river")]))
        # Three points lie in one plane, so their distances in the picture are the real ones.
        flat = _placed(plane_through(*unit).flatten(unit))
        words = tuple(
            (word, *place, float(unit[0] @ vector))
            for word, place, vector in zip(("money", "river"), flat[1:].tolist(), unit[1:], strict=True)
        )
        return cls(np.tile(flat[0], (n, 1)), np.ones((n, n)), None, words)

    @functools.cached_property
    def same(self) -> NDArray[np.bool_]:
        """Whether two different sentences have the same sense, [n, n]."""
        senses = np.array(bank_states().senses)
        return np.asarray((senses[:, np.newaxis] == senses) & ~np.eye(len(senses), dtype=bool))

    @functools.cached_property
    def across(self) -> NDArray[np.bool_]:
        """Whether two sentences differ in sense, [n, n]."""
        return np.asarray(~self.same & ~np.eye(len(self.same), dtype=bool))

    @functools.cached_property
    def others(self) -> Floats:
        """Cosines with all sentences but itself, which is out of the race, [n, n]."""
        return np.where(np.eye(len(self.cosines), dtype=bool), -np.inf, self.cosines)

    @functools.cached_property
    def nearest(self) -> list[int]:
        """Nearest neighbour of each sentence; of several equally near ones, the first."""
        return [int(i) for i in self.others.argmax(axis=1)]

    def right(self, i: int) -> bool:
        """Whether the nearest neighbour of sentence i has its sense."""
        return bool(self.same[i, self.nearest[i]])

    @property
    def score(self) -> int:
        """How many sentences have a nearest neighbour of their own sense."""
        return sum(map(self.right, range(len(self.cosines))))

    def mean(self, sense: str | None) -> float:
        """Mean cosine of two sentences of one sense, or across senses."""
        if sense is None:
            return float(self.cosines[self.across].mean())
        rows = np.array(bank_states().senses) == sense
        return float(self.cosines[rows][self.same[rows]].mean())


@dataclass(frozen=True)
class Own:
    """The word in the reader's own sentence.

    Attributes
    ----------
    place
        In the picture, viewBox units.
    cosines
        With each sentence, in the full space, float64 [n].
    """

    place: tuple[float, float]
    cosines: Floats

    @property
    def nearest(self) -> list[int]:
        """The sentences nearest to it, the nearest first."""
        order: list[int] = np.argsort(-self.cosines, kind="stable")[: _encoder.SHOWN].tolist()
        return order


def with_own(scene: Scene, s: SensesState) -> tuple[Scene, Own | None]:
    """Lay the reader's sentence into a scene, if MiniLM has read one with the word in it."""
    if WORD not in basic_tokenize(s.typed) or not _encoder.ON_DEMAND.here:
        return scene, None
    if s.static:
        x, y = scene.flat[0].tolist()
        return scene, Own((x, y), scene.cosines[0])
    place = _encoder.place_of(WORD, s.typed)
    if place is None:
        return scene, None
    state = _encoder.states(s.typed)[s.layer, place].astype(np.float64)
    x = bank_states().states[:, s.layer]
    mean = x.mean(axis=0) if s.centred else 0.0
    # The plane stays that of the 24. If the new point lies outside the picture, all is drawn smaller.
    *flat, own = _placed(_plane(s.layer)[0].flatten(np.vstack([x, state]))).tolist()
    cosines = np.round(normalize(x - mean) @ normalize(state - mean), EXACT)
    return replace(scene, flat=np.array(flat)), Own(tuple(own), cosines)


def _placed(flat: Floats) -> Floats:
    return fit(flat, WIDTH, HEIGHT, MARGIN)


@functools.cache
def _plane(layer: int) -> tuple[Plane, float]:
    """The best plane of a layer's states, and the share of their variance that it holds."""
    x = bank_states().states[:, layer]
    plane, variance = pca(x)
    flat = plane.flatten(x)
    # An axis may point either way. The last layer has river on the left, the others are mirrored to match.
    if layer == LAST:
        river = np.array(bank_states().senses) == "river"
        way = np.array([-np.sign(flat[river, 0].sum()), 1.0])
    else:
        way = np.sign(np.sum(flat * _plane(LAST)[0].flatten(bank_states().states[:, LAST]), axis=0))
    return Plane(plane.origin, plane.axes * way[:, np.newaxis]), float(variance.sum())


def problem(typed: str) -> str:
    """Say what is wrong with the reader's sentence, or only with a part of it."""
    count = basic_tokenize(typed).count(WORD)
    if not count:
        return f"“{WORD}” is not in it: “{WORD}s” would be another word." if typed.strip() else ""
    if not _encoder.ON_DEMAND.here:
        return ""
    if _encoder.place_of(WORD, typed) is None:
        return f"Too long: “{WORD}” comes after all that MiniLM reads."
    if words := _encoder.remark(typed):
        return f"It {words}"
    return f"The first “{WORD}” is shown." if count > 1 else ""


def said(s: SensesState, own: Own | None) -> str:
    """Say where the reader's sentence lies, or what it waits for."""
    if not own:
        waits = WORD in basic_tokenize(s.typed) and not _encoder.ON_DEMAND.here
        return _encoder.WAITING if waits else ""
    if s.static:
        return "GloVe’s one vector again: yours lies on the same point."
    senses = [bank_states().senses[i] for i in own.nearest]
    river = senses.count("river")
    return f"Of the {_encoder.SHOWN} nearest to yours, {river} river and {_encoder.SHOWN - river} money."
