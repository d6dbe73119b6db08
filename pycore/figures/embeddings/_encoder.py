"""MiniLM on demand: it reads the sentences of the reader's own, in FIG.06 and FIG.06B.

What it read is kept, so a sentence that stands there unchanged costs nothing when another is typed.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np

from pycore.arrays import Floats
from pycore.data import unzipped
from pycore.embeddings.contrastive import mean_pool
from pycore.embeddings.similarity import normalize
from pycore.live.demand import Fetch, OnDemand
from pycore.live.inputs import text_area
from pycore.live.markup import Child, Markup, signed, tag
from pycore.recent import Recent
from pycore.tokenizers.wordpiece import WordPieceTokenizer, basic_tokenize
from pycore.transformers.minilm import MiniLM
from pycore.transformers.minilm_file import pack, unpack

MOST = 128  # tokens that are read of a sentence, [CLS] and [SEP] included
KEPT = 64  # vectors of sentences
SHOWN = 3  # sentences, or pairs of them, in a list
_MODEL, _WORDS = "model.npz", "vocabulary.txt"


def _make(fetch: Fetch) -> Mapping[str, bytes]:
    vocabulary = unzipped("tokenizers/wordpiece.txt.gz").encode("utf-8")
    return {_MODEL: pack(fetch("minilm-onnx").read_bytes()), _WORDS: vocabulary}


# Beside the files: the table of words in 8 bits, 12 MB, the rest in float32, 43 MB, and what reading takes.
ON_DEMAND = OnDemand("minilm", "MiniLM, for sentences of your own", _make, memory=70_000_000)
WAITING = "That needs MiniLM, which is not here: see the line at the top."


_vectors: Recent[str, Floats] = Recent(KEPT)


@functools.cache
def _tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer(str(ON_DEMAND.read(_WORDS), "utf-8").removesuffix("\n").split("\n"))


@functools.cache
def _model() -> MiniLM:
    return unpack(ON_DEMAND.read(_MODEL))


@functools.lru_cache(1)
def states(sentence: str) -> Floats:
    """What MiniLM makes of each token of a sentence, or of its beginning, at each layer: [7, n, 384]."""
    return _model()(np.array(_tokenizer().encode(sentence, MOST))).hidden


def vector(sentence: str) -> Floats | None:
    """Return the vector of a sentence, of length one, float64 [384]; None while it is not read."""
    return _vectors.get(sentence)


def read_on(sentences: Sequence[str]) -> None:
    """Read the next of some sentences: many at once might take longer than a page waits."""
    for sentence in sentences:
        if vector(sentence) is None:
            _vectors.put(sentence, normalize(mean_pool(states(sentence)[-1]).astype(np.float64)))
            return


def place_of(word: str, sentence: str) -> int | None:
    """Where a word that is one token comes first in what is read of a sentence; [CLS] is token 0."""
    words = basic_tokenize(sentence)
    place = 1 + len(_tokenizer().tokenize(" ".join(words[: words.index(word)])))
    return place if place < MOST - 1 else None


@functools.lru_cache(KEPT)
def remark(sentence: str) -> str:
    """Say what MiniLM does not read of a sentence; "" if it reads all."""
    tokens = _tokenizer().tokenize(sentence)
    if len(tokens) > MOST - 2:
        return f"is {len(tokens)} tokens long: the first {MOST - 2} are read."
    unknown = tokens.count("[UNK]")
    if unknown:
        return f"has {unknown} of {len(tokens)} tokens that MiniLM does not know."
    return ""


def field(
    label: str,
    typed: str,
    said: Child,
    rows: Sequence[tuple[str, float]],
    *,
    problem: str,
    within: str,
    most: int,
    lines: int,
) -> Markup:
    """Draw the field for the reader's own sentences, what is said of them, and what is closest.

    Parameters
    ----------
    label, typed, problem, within
        As `pycore.live.inputs.text_area` takes them; it sends `type_own`.
    said
        In words.
    rows
        Sentences with their cosines, the closest first; the list keeps room for `SHOWN`.
    most, lines
        Characters that may be typed, and lines that are in sight.
    """
    return tag(
        "div",
        text_area(
            label,
            "type_own",
            "own",
            typed,
            problem=problem,
            within=within,
            most=most,
            rows=lines,
            dir="auto",
        ),
        tag("p", said, class_="label", data_out="own-said", role="status"),
        _closest(rows),
    )


def _closest(rows: Sequence[tuple[str, float]]) -> Markup:
    places = (
        tag(
            "li",
            tag("span", text, data_out=f"own-{place}"),
            tag("span", signed(cosine, 3), data_out=f"own-{place}-cosine"),
        )
        for place, (text, cosine) in enumerate(rows, 1)
    )
    return tag("ol", places, class_="own-list", style=f"--most:{SHOWN}")


def forget() -> None:
    """Forget what was made of the files: in a test others stand in their place."""
    for made in (_tokenizer, _model, states, remark, _vectors):
        made.cache_clear()
