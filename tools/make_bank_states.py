"""Make bank-states.npz: what all-MiniLM-L6-v2 makes of the word *bank*, layer by layer.

Run it with `python -m tools.make_bank_states`. bank-states.json beside the array holds the sentences, their
senses, and where the weights came from. The sentences were written for this course, before any of them was
run, and none was dropped afterwards.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.embeddings.similarity import normalize
from tools import minilm

ARRAY = Path("pycore/data/embeddings/bank-states.npz")
RECORD = ARRAY.with_suffix(".json")
WORD = "bank"
SENTENCES = {
    "river": (
        "We sat on the bank of the river and watched the boats go by.",
        "The bank was muddy after three days of rain, so we kept to the path.",
        "Willows lean over the water from the far bank.",
        "A heron stood motionless on the opposite bank.",
        "By noon the flood had washed away part of the bank.",
        "She pulled the canoe up onto the bank and tied it to a root.",
        "Otters have dug a den into the steep bank of the stream.",
        "The children raced along the grassy bank, throwing sticks into the current.",
        "He fished from the bank because he had no boat.",
        "On the north bank of the Thames there is a footpath shaded by old trees.",
        "The ferry bumped against the bank and let its ramp down.",
        "Reeds grow thick along the bank, where the water is slow.",
    ),
    "money": (
        "The bank turned down her application for a loan.",
        "He opened a savings account at the bank on Monday.",
        "My bank charges a fee for every transfer abroad.",
        "They robbed the bank in broad daylight and fled with the cash.",
        "Please take these cheques to the bank before it closes.",
        "Interest on the mortgage is paid to the bank every month.",
        "The cashier at the bank counted the notes twice.",
        "When the bank failed, thousands of people lost their savings.",
        "I asked the bank to raise the limit on my credit card.",
        "A bank must hold enough capital to cover its bad debts.",
        "Her salary arrives in the bank on the last day of the month.",
        "The shop owner borrowed from the bank to pay his suppliers.",
    ),
}


def bank_states(texts: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
    """Run the model on each text and keep the one token *bank*, as `minilm.token_states` does."""
    return minilm.token_states([WORD] * len(texts), texts)


def report(states: NDArray[np.floating], senses: Sequence[str]) -> str:
    """Tabulate, for each layer, how well the cosine tells the senses apart, before and after centring."""
    sense = np.array(senses)
    same = sense[:, None] == sense
    other = ~np.eye(len(sense), dtype=bool)
    lines = ["layer  river  money  across  nearest | centred: same  across  nearest"]
    for layer in range(states.shape[1]):
        raw = states[:, layer].astype(np.float64)
        plain, centred = (unit @ unit.T for unit in (normalize(raw), normalize(raw - raw.mean(axis=0))))
        river, money = (
            plain[(sense[:, None] == name) & (sense == name) & other].mean() for name in SENTENCES
        )
        right = [
            same[range(len(sense)), (cos - 2 * ~other).argmax(axis=1)].mean() for cos in (plain, centred)
        ]
        lines.append(
            f"{layer:5}  {river:.3f}  {money:.3f}  {plain[~same].mean():6.3f}  {right[0]:7.1%} | "
            f"{centred[same & other].mean():13.3f}  {centred[~same].mean():6.3f}  {right[1]:7.1%}"
        )
    return "\n".join(lines)


def main() -> int:
    """Write the array and its record."""
    senses = [sense for sense, texts in SENTENCES.items() for _ in texts]
    texts = [text for group in SENTENCES.values() for text in group]
    states, positions = bank_states(texts)
    np.savez_compressed(ARRAY, states=states.astype(np.float16))
    record = {
        "array": f"{ARRAY.name}, states: float16 [sentence, layer, coordinate]",
        "content": f"the hidden state of the token {WORD}, rounded from float32",
        "layers": minilm.LAYERS,
        **minilm.origin(),
        "script": "tools/make_bank_states.py",
        "sentences": [
            {"sense": sense, "position": position, "text": text}
            for sense, position, text in zip(senses, positions, texts, strict=True)
        ],
    }
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(f"{ARRAY}: {len(texts)} sentences, {ARRAY.stat().st_size:,} bytes")
    print(report(states, senses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
