"""Make pycore/data/embeddings/sentences.npz: what all-MiniLM-L6-v2 makes of short questions and texts.

Run it with `python -m tools.make_sentence_vectors`. sentences.json beside the arrays holds the sentences and
where the weights came from. All were written for this course before any of them was run, and none was changed
or dropped afterwards: eight questions on four subjects, a text that answers each in other words, and two more
that keep close to its words or its subject and answer nothing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from tools import minilm
from tools.minilm import sentence_vectors

ARRAYS = Path("pycore/data/embeddings/sentences.npz")
RECORD = ARRAYS.with_suffix(".json")
QUERIES = (
    "Why does my bread not rise?",
    "How do I keep a loaf fresh for longer?",
    "What makes the tide come in and go out?",
    "Why do we always see the same side of the Moon?",
    "How can I tell that a bike chain is worn?",
    "My brakes squeal in the rain. What can I do?",
    "Can I plant tomatoes outside in April?",
    "Why do the leaves of my tomato plant turn yellow?",
)
ANSWERS = (
    "Dough stays flat when the yeast is old or was killed by hot water.",
    "Wrapped in cloth in a closed box, it stays soft for days.",
    "Twice a day the pull of the Moon lifts the sea and lets it fall.",
    "It turns once on its axis in the time it takes to go round us.",
    "Lay a gauge on the links: if it drops in, they have stretched.",
    "Wet rims sing. Clean them, and toe the pads in a little.",
    "Seedlings die in frost, so wait until the nights are mild.",
    "Pale foliage low down often means too much water.",
)
OTHERS = (
    "The price of bread has risen again this year.",
    "She rises at four to bake for the village.",
    "Fresh bread smells best in the morning.",
    "A loaf costs more in the city than in the country.",
    "The tide was out, and the boats lay on the mud.",
    "Surfers wait for the wave that suits them.",
    "The far side of the Moon was first photographed in 1959.",
    "We sat on the side of the hill and looked at the moon.",
    "The chain has bike shops in nine countries.",
    "He wore a gold chain with his cycling jersey.",
    "It rained all day, and nobody took the bike.",
    "The train braked so hard that the cups slid off the tables.",
    "In April the garden centre sells out of tomatoes.",
    "Tomatoes came to Europe from America in the sixteenth century.",
    "In autumn the leaves of the maple turn yellow and red.",
    "Yellow tomatoes taste milder than red ones.",
)


def main() -> int:
    """Write the arrays and their record."""
    texts = QUERIES + ANSWERS + OTHERS
    exact = sentence_vectors(texts)
    # Only directions are kept: the largest entry of each row becomes 127.
    rows = np.rint(exact / np.abs(exact).max(axis=1, keepdims=True) * 127).astype(np.int8)
    np.savez_compressed(ARRAYS, queries=rows[: len(QUERIES)], documents=rows[len(QUERIES) :])
    record = {
        "arrays": f"{ARRAYS.name}, queries and documents: int8 [text, coordinate], directions only",
        "content": "sentence embeddings (mean over the tokens of the last layer), rounded from float32",
        **minilm.origin(),
        "script": "tools/make_sentence_vectors.py",
        "order": "document i answers query i; the documents after those answer none",
        "queries": QUERIES,
        "documents": ANSWERS + OTHERS,
    }
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    stored = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = stored[: len(QUERIES)] @ stored[len(QUERIES) :].T
    first = int(sum(cosines.argmax(axis=1) == np.arange(len(QUERIES))))
    print(f"{ARRAYS}: {len(texts)} sentences, {ARRAYS.stat().st_size:,} bytes")
    print(f"lowest cosine with the exact vector: {np.sum(stored * exact, axis=1).min():.5f}")
    print(f"answer is nearest: {first} of {len(QUERIES)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
