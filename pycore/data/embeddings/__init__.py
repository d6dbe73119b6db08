"""Word vectors, hidden states and texts of lesson 03, and the functions that read them.

README.md beside it names sources, licences and hashes.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pycore.embeddings.similarity import normalize
from pycore.embeddings.vectors import WordVectors

FOLDER = Path(__file__).parent

SMOLLM_BLOCKS = (0, 1, 5, 10, 20, 29, 30)  # of SmolLM2's 30 blocks those that are stored; 0 is its table


@dataclass(frozen=True)
class BankStates:
    """The word *bank* in sentences, and what all-MiniLM-L6-v2 makes of it there.

    Attributes
    ----------
    sentences
        The texts, the river sentences first.
    senses
        "river" or "money", one for each sentence.
    states
        Hidden states of the token *bank*, [sentence, layer, coordinate], float64 of what is stored as
        float16. Layer 0 enters the first block, layers 1 to 6 leave a block each.
    """

    sentences: tuple[str, ...]
    senses: tuple[str, ...]
    states: NDArray[np.float64]


@dataclass(frozen=True)
class ConeStates:
    """Different words, each in a sentence of its own, and what a model makes of them there.

    Attributes
    ----------
    words, sentences
        Word i stands in sentence i, once. Both were drawn at random from public-domain text.
    states
        Hidden states of the words' tokens, float64 [word, layer, coordinate], from int8 rows. Layer 0 enters
        the first block; the others leave a block each.
    """

    words: tuple[str, ...]
    sentences: tuple[str, ...]
    states: NDArray[np.float64]


@dataclass(frozen=True)
class Sentences:
    """Questions and texts of our own, and what all-MiniLM-L6-v2 makes of each.

    Attributes
    ----------
    queries, documents
        Text i answers question i; the texts after the answers keep close to the questions and answer none.
    query_vectors, document_vectors
        Sentence embeddings of length one, float64 [query, 384] and [document, 384], from int8 rows.
    """

    queries: tuple[str, ...]
    documents: tuple[str, ...]
    query_vectors: NDArray[np.float64]
    document_vectors: NDArray[np.float64]


@dataclass(frozen=True)
class Speeches:
    """A small text on three subjects: sentences from State of the Union speeches, oldest first.

    Attributes
    ----------
    keywords
        For each subject the words that chose the sentences: each holds two or more of one subject.
    sentences
        Lower-case words.
    """

    keywords: dict[str, tuple[str, ...]]
    sentences: tuple[tuple[str, ...], ...]


def _shared(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bar writing: whoever asks for it gets the same array."""
    array.setflags(write=False)
    return array


@functools.cache
def word_vectors() -> WordVectors:
    """Vectors of about 10,000 frequent English words: GloVe 6B, 100-d, in order of frequency."""
    return WordVectors.load(FOLDER / "glove-100d.npz")


@functools.cache
def word_directions() -> NDArray[np.float64]:
    """Those vectors at length one, in float64: no order of neighbours hangs on how a Python rounds."""
    return _shared(np.asarray(normalize(word_vectors().matrix.astype(np.float64)), dtype=np.float64))


@functools.cache
def bank_states() -> BankStates:
    """Hidden states of *bank* in 24 sentences, at layers 0 to 6, 384-d."""
    record = json.loads((FOLDER / "bank-states.json").read_text("utf-8"))["sentences"]
    with np.load(FOLDER / "bank-states.npz") as arrays:
        states = _shared(arrays["states"].astype(np.float64))
    return BankStates(
        sentences=tuple(sentence["text"] for sentence in record),
        senses=tuple(sentence["sense"] for sentence in record),
        states=states,
    )


@functools.cache
def sentences() -> Sentences:
    """Eight questions, the eight texts that answer them, and sixteen that do not, 384-d."""
    record = json.loads((FOLDER / "sentences.json").read_text("utf-8"))
    with np.load(FOLDER / "sentences.npz") as arrays:
        queries, documents = (
            _shared(normalize(arrays[name]).astype(np.float64)) for name in ("queries", "documents")
        )
    return Sentences(tuple(record["queries"]), tuple(record["documents"]), queries, documents)


@functools.cache
def speeches() -> Speeches:
    """A thousand sentences on ships, schools and coins, 1790 to 2021."""
    record = json.loads((FOLDER / "speech-sentences.json").read_text("utf-8"))
    return Speeches(
        keywords={subject: tuple(words) for subject, words in record["keywords"].items()},
        sentences=tuple(tuple(sentence.split()) for sentence in record["sentences"]),
    )


@functools.cache
def cone_states() -> ConeStates:
    """Hidden states of 80 different words in 80 sentences, at layers 0 to 6, 384-d."""
    record = json.loads((FOLDER / "cone-states.json").read_text("utf-8"))["words"]
    with np.load(FOLDER / "cone-states.npz") as arrays:
        states = _shared(arrays["rows"] * arrays["scale"].astype(np.float64)[..., np.newaxis])
    return ConeStates(tuple(record), tuple(record.values()), states)


@functools.cache
def smollm_cone_states() -> ConeStates:
    """Hidden states of the same 80 words in the same sentences, in SmolLM2-135M-Instruct, 576-d.

    Layer i is block ``SMOLLM_BLOCKS[i]``: the row of the table, then what leaves some of the 30 blocks, not
    yet normalised. A word is its last token; before the sentence stands the model's own first token.
    """
    same = cone_states()
    with np.load(FOLDER / "smollm-cone-states.npz") as arrays:
        states = arrays["rows"] * arrays["scale"].astype(np.float64)[..., np.newaxis]
    return ConeStates(same.words, same.sentences, states)


@functools.cache
def two_spaces() -> tuple[WordVectors, WordVectors]:
    """The same 1,400 words, learned twice from the same text with another random seed, 50-d: old and new."""
    return WordVectors.load(FOLDER / "space-old.npz"), WordVectors.load(FOLDER / "space-new.npz")
