"""Our own small model, which writes like presidents' speeches, and the record of its training."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

from pycore.data import FOLDER
from pycore.tokenizers.gguf_bpe import GGUFTokenizer
from pycore.transformers.gguf import GGUF, read_gguf
from pycore.transformers.llama import Llama

MODEL = "transformers/speech-model.gguf"
TRAINING = "transformers/speech-training.json"
END = "<|endoftext|>"


@functools.cache
def speech_file() -> GGUF:
    """Read the file: its settings, and its weights in 8 bits."""
    return read_gguf((FOLDER / MODEL).read_bytes())


@functools.cache
def speech_model() -> Llama:
    """Return the model, its weights widened to float32."""
    return Llama.from_gguf(speech_file())


@functools.cache
def speech_tokenizer() -> GGUFTokenizer:
    """Return its tokenizer.

    >>> tokenizer = speech_tokenizer()
    >>> [tokenizer.vocabulary[id_] for id_ in tokenizer.encode("the Congress")]
    [b'the', b' Congress']
    """
    return GGUFTokenizer.from_metadata(speech_file().metadata)


@dataclass(frozen=True)
class Checkpoint:
    """How far training was, what it was worth on held-out speeches, and what the model wrote then.

    Attributes
    ----------
    step
        Steps of training so far.
    bits
        Bits for each byte of the held-out speeches.
    texts
        How it went on from each prompt.
    """

    step: int
    bits: float
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Training:
    """The record: what was learned from, the checkpoints, and counting beside them.

    Attributes
    ----------
    tokens
        Of the speeches that were learned from.
    held_out
        Bytes of those that were not.
    weights
        Of the model.
    tokens_a_step
        That a step of training reads.
    prompts
        What the texts go on from.
    checkpoints
        In order.
    counting
        Bits a byte of Kneser-Ney on the same tokens, for sequences of 1 to 5 tokens.
    """

    tokens: int
    held_out: int
    weights: int
    tokens_a_step: int
    prompts: tuple[str, ...]
    checkpoints: tuple[Checkpoint, ...]
    counting: tuple[float, ...]


@functools.cache
def speech_training() -> Training:
    """Read the record."""
    found = json.loads((FOLDER / TRAINING).read_text("utf-8"))
    return Training(
        found["learned"]["tokens"],
        found["held_out"]["bytes"],
        found["weights"],
        found["tokens_a_step"],
        tuple(found["prompts"]),
        tuple(Checkpoint(each["step"], each["bits"], tuple(each["texts"])) for each in found["checkpoints"]),
        tuple(found["counting"].values()),
    )
