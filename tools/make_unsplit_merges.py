"""Make pycore/data/tokenizers/unsplit-merges.npz: merges of the same speeches with a split and without.

Run it with `python -m tools.make_unsplit_merges`; it takes a minute. The same source gives the same bytes.
The `tokenizers` library learns them, by the rules of `pycore.tokenizers.bpe_training`: without a split a
word is half a speech, and each merge would read all of it again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from pycore.data.tokenizers.unsplit import SIZE
from tools.make_word_costs import speeches

TARGET = Path("pycore/data/tokenizers/unsplit-merges.npz")


HELD_OUT = 500_000  # characters of the speeches before: the last ones up to 2000


def learn(texts: list[str], held_out: list[str], split: bool) -> tuple[np.ndarray, int]:
    """Return pairs of ids, uint16 [SIZE - 256, 2], and how many tokens the texts held out take."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split)
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    ids = model["vocab"]
    pairs = np.array([(ids[left], ids[right]) for left, right in model["merges"]], np.uint16)
    return pairs, sum(len(encoding.ids) for encoding in tokenizer.encode_batch(held_out))


def main() -> int:
    """Write the file."""
    earlier, later = speeches()
    texts, held_out = later.split("\n"), earlier[-HELD_OUT:].split("\n")
    (cut, of_cut), (whole, of_whole) = learn(texts, held_out, True), learn(texts, held_out, False)
    np.savez_compressed(TARGET, split=cut, whole=whole, held_out=np.array([of_cut, of_whole], np.int32))
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
