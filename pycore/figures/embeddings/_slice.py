"""The space of words, and the flat slice of it that FIG.02 shows; neighbours are sought in all of it."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.data.embeddings import word_directions, word_vectors
from pycore.embeddings.projection import Plane, plane_through
from pycore.embeddings.similarity import top_k

CORNERS = ("pet", "finance", "river")
PINS = ("pet", "cat", "horse", "doctor", "music", "money", "bank", "finance", "mountain", "river")
GROUP = 40  # words around each pin that are drawn, and whose mean is a corner
NEIGHBOURS = 8
SPARE = 8  # more are sought by sums of three products, then put in order by all dimensions


@dataclass(frozen=True)
class Space:
    """All words as directions, and the slice.

    Attributes
    ----------
    unit
        Vectors of length one, in double precision: neighbours with nearly equal cosines keep their order in
        every Python.
    plane
        The slice that the map shows; its two coordinates are plain dot products.
    flat
        All words in the slice, [V, 2].
    groups
        Around each pin, the ids of the words nearest to it, [pins, GROUP].
    """

    unit: Floats
    plane: Plane
    flat: Floats
    groups: NDArray[np.intp]

    @functools.cached_property
    def drawn(self) -> list[int]:
        """Ids of the words on the map: first each pin's own, then each one's nearest, and so on outward."""
        return list(dict.fromkeys(self.groups.T.ravel().tolist()))

    def variance_held(self, ids: list[int] | slice) -> float:
        """Share of the variance of some words that the slice holds."""
        return float(np.sum(np.var(self.flat[ids], axis=0)) / np.sum(np.var(self.unit[ids], axis=0)))

    def nearest(self, i: int, vector: Floats) -> list[int]:
        """Ids of the words with the largest cosine to the vector of word `i`, moved within the slice."""
        way = vector - self.unit[i]
        moved = way @ self.plane.axes.T
        if not self.plane.holds(way):  # code that was edited may leave the slice
            return [int(j) for j in top_k(self.unit, vector, NEIGHBOURS, exclude=[i]).ids]
        found = top_k(_seen_from(i), [1.0, *moved], NEIGHBOURS + SPARE, exclude=[i]).ids
        return [int(j) for j in found[top_k(self.unit[found], vector, NEIGHBOURS).ids]]

    def nearest_on_the_map(self, flat: Floats, without: int) -> list[int]:
        """Ids of the words that lie nearest to a place in the slice."""
        x, y = self.flat.T  # a sum along rows of two would take much longer
        squared = (x - flat[0]) ** 2 + (y - flat[1]) ** 2
        return [int(i) for i in top_k(-squared[:, np.newaxis], [1.0], NEIGHBOURS, exclude=[without]).ids]


@functools.cache
def space() -> Space:
    """Lay the slice: from the corner of pets to that of finance, and on to that of rivers."""
    vectors = word_vectors()
    unit = word_directions()
    groups = np.array([top_k(unit, unit[vectors.id(pin)], GROUP).ids for pin in PINS])
    pet, finance, river = (unit[groups[PINS.index(corner)]].mean(axis=0) for corner in CORNERS)
    plane = plane_through(np.zeros(vectors.dim), finance - pet, river - pet)
    return Space(unit, plane, plane.flatten(unit), groups)


@functools.lru_cache(maxsize=16)
def _seen_from(i: int) -> Floats:
    """All that the dot products of word `i` with all words depend on while it moves in the slice, [V, 3].

    Moved by a and b along the axes, its dot product with a word is `row @ [1, a, b]`: the row holds the
    word's dot products with the direction as it was, and with the two axes.
    """
    words = space()
    return np.column_stack([words.unit @ words.unit[i], words.flat])


@functools.lru_cache(maxsize=64)
def own_nearest(i: int) -> tuple[int, ...]:
    """Ids of the neighbours of a word's own row."""
    return tuple(space().nearest(i, space().unit[i]))
