"""Die Zahlen der Lektion, jede berechnet aus dem, was ihre Abbildungen zeigen."""

from __future__ import annotations

from pycore.data.embeddings import word_vectors
from pycore.embeddings.similarity import cosine
from pycore.live.markup import signed


def _german(number: str) -> str:
    return number.translate(str.maketrans(",.", ".,"))


def zeilen() -> str:
    """Wie viele Wörter die Tabelle hat."""
    return _german(f"{len(word_vectors()):,}")


def spalten() -> int:
    """Wie viele Zahlen ein Vektor hat."""
    return word_vectors().dim


def gut_schlecht() -> str:
    """Der Kosinus von good und bad."""
    return _german(signed(cosine(word_vectors()["good"], word_vectors()["bad"])))
