"""Make pycore/data/tokenizers/unigram.txt.gz: 8,000 pieces and their scores, learned from English text.

Run it with `python -m tools.make_unigram_pieces`; it takes a minute. The `tokenizers` library learns them
from State of the Union speeches and *Moby Dick*. A line holds a score, the natural logarithm of a probability
rounded to hundredths, and a piece; the most probable come first. Rounding also takes away what differs from
one run to the next, the last digits of sums.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from tools import corpus

SIZE, LONGEST = 8_000, 16  # pieces, and characters of one
TARGET = Path("pycore/data/tokenizers/unigram.txt.gz")
_UNKNOWN = "<unk>"


def lines() -> Iterator[str]:
    """Yield the lines of all texts, without control characters."""
    for text in corpus.texts():
        for line in text.split("\n"):
            yield "".join(character for character in line if character >= " ")


def learn(texts: Iterator[str], size: int) -> dict[str, float]:
    """Return pieces and scores; `size` counts the unknown one too, which is left out."""
    tokenizer = Tokenizer(models.Unigram())
    # What `pycore.tokenizers.unigram` does to a text before it cuts it.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        special_tokens=[_UNKNOWN],
        unk_token=_UNKNOWN,
        max_piece_length=LONGEST,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    pieces = json.loads(tokenizer.to_str())["model"]["vocab"]
    return {piece: round(score, 2) for piece, score in pieces if piece != _UNKNOWN}


def main() -> int:
    """Write the file."""
    pieces = learn(lines(), SIZE + 1)
    ordered = sorted(pieces.items(), key=lambda item: (-item[1], item[0]))
    text = "".join(f"{score:.2f}\t{piece}\n" for piece, score in ordered)
    TARGET.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(f"{TARGET}: {len(ordered):,} pieces, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
