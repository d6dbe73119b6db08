"""all-MiniLM-L6-v2, a real sentence encoder, run from its own weights: BERT with 6 layers of 384 dimensions.

The architecture is BERT (Devlin et al. 2019, arXiv 1810.04805). The small model was distilled from a large
one (MiniLM, Wang et al. 2020, arXiv 2002.10957) and then trained on pairs of sentences in the manner of SBERT
(Reimers & Gurevych 2019, arXiv 1908.10084), whose mean pooling turns token vectors into a sentence vector.
Left out: the tokenizer, since the model takes token numbers, and BERT's pooler, since this model has no use
for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.embeddings.contrastive import mean_pool
from pycore.embeddings.similarity import normalize
from pycore.transformers.attention import MultiHead
from pycore.transformers.layers import FeedForward, LayerNorm, Linear
from pycore.transformers.rows import Rows
from pycore.transformers.transformer import EncoderBlock

HEADS = 12  # from the model's config.json; the weights do not tell it
BLOCKS = 6


def pad(sentences: Sequence[Sequence[int]], filler: int = 0) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Put token numbers of sentences of different lengths into one array.

    Parameters
    ----------
    sentences
        Token numbers, the model's [CLS] and [SEP] included.
    filler
        What stands after the end of a shorter sentence.

    Returns
    -------
    ids
        Shape ``(sentences, longest)``.
    mask
        The same shape; True at tokens, False at the filler.

    Raises
    ------
    ValueError
        When there is no sentence, or an empty one.

    Examples
    --------
    >>> ids, mask = pad([[101, 2924, 102], [101, 102]])
    >>> ids.tolist()
    [[101, 2924, 102], [101, 102, 0]]
    >>> mask[1]
    array([ True,  True, False])
    """
    lengths = np.array([len(sentence) for sentence in sentences], np.int64)
    if not len(lengths) or not lengths.all():
        raise ValueError(f"expected sentences of at least one token, found lengths {lengths.tolist()}")
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(mask.shape, filler, np.int64)
    ids[mask] = np.concatenate([np.asarray(sentence, np.int64) for sentence in sentences])
    return ids, mask


@dataclass(frozen=True, eq=False)
class Encoding:
    """Everything that the model computed for its input.

    Parameters
    ----------
    hidden
        Shape ``(layers + 1, ..., n, d)``: the token vectors that enter the first block, then those that
        leave each block.
    attention
        Shape ``(layers, ..., heads, n, n)``: how much each token (row) took from each (column).
    """

    hidden: Floats
    attention: Floats


@dataclass(frozen=True, eq=False)
class MiniLM:
    """The encoder.

    Parameters
    ----------
    words, positions
        Embedding tables, shapes ``(vocabulary, d)`` and ``(longest, d)``; that of the words may be in 8 bits.
    segment
        The vector that marks a first sentence, shape ``(d,)``; there is never a second here.
    norm
        Normalises the sum of the three.
    blocks
        The encoder blocks.

    Examples
    --------
    A model of BERT's form with random weights; `from_tensors` shows how to get the real one.

    >>> rng = np.random.default_rng(0)
    >>> blocks = [EncoderBlock.random(rng, 8, heads=2) for _ in range(3)]
    >>> words, positions = rng.normal(size=(100, 8)), rng.normal(size=(32, 8))
    >>> model = MiniLM(words, positions, np.zeros(8), LayerNorm.identity(8), blocks)
    >>> ids, mask = pad([[1, 2, 3, 4], [5, 6]])
    >>> encoding = model(ids, mask)
    >>> encoding.hidden.shape, encoding.attention.shape, model.embed(ids, mask).shape
    ((4, 2, 4, 8), (3, 2, 2, 4, 4), (2, 8))
    """

    words: Floats | Rows
    positions: Floats
    segment: Floats
    norm: LayerNorm
    blocks: Sequence[EncoderBlock]

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any] | Rows], heads: int = HEADS) -> MiniLM:
        """Build the model from arrays under the names that BERT's PyTorch code gives them.

        Parameters
        ----------
        tensors
            Such as ``read_safetensors(path.read_bytes())`` returns from the model's ``model.safetensors``.
            What is in 8 bits is widened, but for the table of words.
        heads
            Attention heads in each layer.

        Raises
        ------
        ValueError
            When an array is missing, or its shape does not fit.
        """

        def find(name: str) -> NDArray[Any] | Rows:
            if name not in tensors:
                raise ValueError(f"expected an array named {name}, found {len(tensors)} others")
            return tensors[name]

        def get(name: str) -> NDArray[Any]:
            found = find(name)
            return found.floats() if isinstance(found, Rows) else found

        def linear(name: str) -> Linear:
            return Linear(get(f"{name}.weight"), get(f"{name}.bias"))

        def norm(name: str) -> LayerNorm:
            return LayerNorm(get(f"{name}.weight"), get(f"{name}.bias"))

        def block(name: str) -> EncoderBlock:
            return EncoderBlock(
                MultiHead(
                    linear(f"{name}.attention.self.query"),
                    linear(f"{name}.attention.self.key"),
                    linear(f"{name}.attention.self.value"),
                    linear(f"{name}.attention.output.dense"),
                    heads,
                ),
                norm(f"{name}.attention.output.LayerNorm"),
                FeedForward(linear(f"{name}.intermediate.dense"), linear(f"{name}.output.dense")),
                norm(f"{name}.output.LayerNorm"),
            )

        layers = {name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")}
        return cls(
            find("embeddings.word_embeddings.weight"),
            get("embeddings.position_embeddings.weight"),
            get("embeddings.token_type_embeddings.weight")[0],
            norm("embeddings.LayerNorm"),
            [block(f"encoder.layer.{number}") for number in range(len(layers))],
        )

    def __call__(self, ids: NDArray[np.integer[Any]], mask: NDArray[np.bool_] | None = None) -> Encoding:
        """Run the encoder.

        Parameters
        ----------
        ids
            Token numbers, shape ``(..., n)``.
        mask
            The same shape, True at tokens and False at filler; without one, all are tokens. Vectors at
            filler mean nothing.

        Raises
        ------
        ValueError
            When a number is not in the vocabulary, a sentence is too long or has no token, or the mask has
            another shape.
        """
        if ids.size and not 0 <= ids.min() <= ids.max() < len(self.words):
            raise ValueError(
                f"expected token numbers from 0 to {len(self.words) - 1}, found {ids.min()} to {ids.max()}"
            )
        if ids.shape[-1] > len(self.positions):
            raise ValueError(f"expected at most {len(self.positions)} tokens, found {ids.shape[-1]}")
        if mask is not None and mask.shape != ids.shape:
            raise ValueError(f"expected a mask of shape {ids.shape}, found {mask.shape}")
        # One row of keys serves all heads and all queries of a sentence.
        visible = None if mask is None else mask[..., None, None, :]
        x = self.norm(self.words[ids] + self.segment + self.positions[: ids.shape[-1]])
        hidden, attention = [x], []
        for block in self.blocks:
            x, weights = block(x, visible)
            hidden.append(x)
            attention.append(weights)
        return Encoding(np.stack(hidden), np.stack(attention))

    def embed(self, ids: NDArray[np.integer[Any]], mask: NDArray[np.bool_] | None = None) -> Floats:
        """Sentence vectors of length 1, shape ``(..., d)``; parameters and errors are those of a call."""
        return normalize(mean_pool(self(ids, mask).hidden[-1], mask))
