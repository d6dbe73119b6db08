"""A language model of Llama's form, SmolLM2-135M above all: from token numbers to a score for each next one.

Follows Touvron et al. 2023 (arXiv 2302.13971) with grouped heads (Ainslie et al. 2023, arXiv 2305.13245), in
the size and with the weights of SmolLM2-135M-Instruct (Allal et al. 2025, arXiv 2502.02737): 30 blocks of
width 576, 9 heads that share 3 of keys and values, and one table that both reads and writes tokens. All of it
is the parts that this folder has already; here they are put together. Left out: training, several texts at
once, and a table of its own for the output, which larger models have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pycore.arrays import Floats
from pycore.transformers.attention import KVCache, MultiHead
from pycore.transformers.gguf import GGUF
from pycore.transformers.layers import Linear
from pycore.transformers.rmsnorm import RMSNorm
from pycore.transformers.swiglu import SwiGLU
from pycore.transformers.transformer import Decoder, DecoderBlock


@dataclass(frozen=True, eq=False)
class Llama:
    """The language model.

    Parameters
    ----------
    table
        A row for each token, shape ``(vocabulary, d)``, rows contiguous.
    decoder
        Blocks and last norm, of width ``d``.
    window
        The most tokens that are read at a time, those in the caches included; what `write` makes of a text
        can be one more, since it need not read the last.

    Examples
    --------
    A model of the same form with random weights; `from_gguf` builds the real one.

    >>> model = Llama.random(np.random.default_rng(0), vocabulary=50, dim=16, heads=4, groups=2, blocks=3)
    >>> model.states([3, 1, 4]).shape, model([3, 1, 4]).shape
    ((4, 3, 16), (50,))

    Read a prompt once, then only what is new: the caches remember the rest.

    >>> caches = model.caches()
    >>> np.allclose([model([3, 1, 4], caches), model([1], caches)][1], model([3, 1, 4, 1]))
    True
    """

    table: Floats
    decoder: Decoder
    window: int

    @classmethod
    def random(
        cls, rng: np.random.Generator, vocabulary: int, dim: int, heads: int, groups: int, blocks: int
    ) -> Llama:
        """Draw random weights, the feed-forward layer ``3 * dim`` wide and a window of 64; float64."""
        made = [
            DecoderBlock(
                RMSNorm.identity(dim),
                MultiHead.random(rng, dim, heads, groups),
                RMSNorm.identity(dim),
                SwiGLU.random(rng, dim, 3 * dim),
            )
            for _ in range(blocks)
        ]
        return cls(rng.normal(size=(vocabulary, dim)), Decoder(made, RMSNorm.identity(dim)), 64)

    @classmethod
    def from_gguf(cls, file: GGUF, ready: Callable[[int, int], None] = lambda done, of: None) -> Llama:
        """Build the model from a file's settings and weights, widened to float32.

        Parameters
        ----------
        file
            Such as ``read_gguf(path.read_bytes())`` returns. SmolLM2-135M takes 538 MB.
        ready
            Called after the table and after each block with the number of these that are done, and of all.

        Raises
        ------
        ValueError
            When the file holds another architecture, or a setting or a tensor is missing or does not fit.
        """
        if (kind := file.setting("general.architecture")) != "llama":
            raise ValueError(f"expected a model of the architecture llama, found {kind}")

        def size(name: str) -> int:
            value = file.setting(f"llama.{name}")
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"llama.{name}: expected a positive whole number, found {value!r}")
            return value

        blocks, dim, hidden = size("block_count"), size("embedding_length"), size("feed_forward_length")
        heads, groups = size("attention.head_count"), size("attention.head_count_kv")
        if dim % heads:
            raise ValueError(f"expected heads that divide {dim}, found {heads}")
        if heads % groups:
            raise ValueError(f"expected groups that divide {heads} heads, found {groups}")
        if "output.weight" in file.tensors:
            raise ValueError("expected one table that reads and writes tokens, found output.weight beside it")
        if file.metadata.get("llama.rope.dimension_count", dim // heads) != dim // heads:
            raise ValueError(
                "expected all coordinates of a head to be rotated, found llama.rope.dimension_count"
            )
        shared = dim // heads * groups
        eps = float(file.setting("llama.attention.layer_norm_rms_epsilon"))
        base = float(file.setting("llama.rope.freq_base"))

        def linear(name: str, outputs: int, inputs: int) -> Linear:
            return Linear(file.floats(f"{name}.weight", (outputs, inputs)))

        def norm(name: str) -> RMSNorm:
            return RMSNorm(file.floats(f"{name}.weight", (dim,)), eps)

        def block(name: str) -> DecoderBlock:
            attention = MultiHead(
                linear(f"{name}.attn_q", dim, dim),
                linear(f"{name}.attn_k", shared, dim),
                linear(f"{name}.attn_v", shared, dim),
                linear(f"{name}.attn_output", dim, dim),
                heads,
            )
            feed_forward = SwiGLU(
                linear(f"{name}.ffn_gate", hidden, dim),
                linear(f"{name}.ffn_up", hidden, dim),
                linear(f"{name}.ffn_down", dim, hidden),
            )
            return DecoderBlock(
                norm(f"{name}.attn_norm"), attention, norm(f"{name}.ffn_norm"), feed_forward, base=base
            )

        table = file.floats("token_embd.weight", (size("vocab_size"), dim))
        ready(1, blocks + 1)
        made = []
        for number in range(blocks):
            made.append(block(f"blk.{number}"))
            ready(number + 2, blocks + 1)
        return cls(table, Decoder(made, norm("output_norm")), size("context_length"))

    def caches(self) -> list[KVCache]:
        """Return an empty cache for each block."""
        return self.decoder.caches()

    def __call__(
        self, ids: Sequence[int] | NDArray[np.integer[Any]], caches: Sequence[KVCache] | None = None
    ) -> Floats:
        """Read tokens, and score what may come next.

        Parameters
        ----------
        ids
            Token numbers, shape ``(n,)``: the whole text, or the tokens that follow those in the caches.
        caches
            Such as `caches` returns; they grow by ``n``.

        Returns
        -------
        Logits of the token after the last, shape ``(vocabulary,)``.

        Raises
        ------
        ValueError
            When there is no token, one that is not in the vocabulary, or more than the window holds.
        """
        *_, last = self._run(ids, caches)
        return self.read(last[-1])

    def states(
        self, ids: Sequence[int] | NDArray[np.integer[Any]], caches: Sequence[KVCache] | None = None
    ) -> Floats:
        """Return every token's vector after each block, shape ``(blocks + 1, n, d)``; row 0 enters the first.

        Parameters and errors are those of a call. The last norm, which `read` applies, is not yet in it.
        """
        return np.stack(list(self._run(ids, caches)))

    def read(self, states: Floats) -> Floats:
        """Score all tokens as the model would if `states` left its last block.

        Parameters
        ----------
        states
            Shape ``(..., d)``. With those of an earlier block this is the logit lens (nostalgebraist 2020).

        Returns
        -------
        Logits, shape ``(..., vocabulary)``.
        """
        return Linear(self.table)(self.decoder.norm(states))

    def write(
        self,
        ids: Sequence[int],
        choose: Callable[[Floats], int],
        ends: Sequence[int] = (),
        caches: Sequence[KVCache] | None = None,
    ) -> Iterator[int]:
        """Continue a text, token by token, until the window is full or a token of `ends` is chosen.

        Parameters
        ----------
        ids
            The prompt.
        choose
            Takes logits, shape ``(vocabulary,)``, and returns a token, as `pycore.transformers.sampling`
            does.
        ends
            Tokens that end a text; they are not returned.
        caches
            To be filled; their own if not given.

        Examples
        --------
        >>> model = Llama.random(np.random.default_rng(0), vocabulary=50, dim=16, heads=4, groups=2, blocks=3)
        >>> written = model.write([3, 1, 4], lambda logits: int(logits.argmax()))
        >>> first, second = next(written), next(written)
        >>> bool(model([3, 1, 4, first]).argmax() == second)
        True
        """
        caches = self.caches() if caches is None else caches
        new = list(ids)
        while (token := choose(self(new, caches))) not in ends:
            yield token
            if len(caches[0]) == self.window:
                return
            new = [token]

    def _run(
        self, ids: Sequence[int] | NDArray[np.integer[Any]], caches: Sequence[KVCache] | None
    ) -> Iterator[Floats]:
        """Yield the tokens' vectors, then what each block makes of them, shape ``(n, d)`` each."""
        numbers = np.asarray(ids)
        caches = self.caches() if caches is None else caches
        if numbers.ndim != 1 or not len(numbers) or not np.issubdtype(numbers.dtype, np.integer):
            raise ValueError(f"expected at least one token number, found {numbers.dtype} {numbers.shape}")
        if not 0 <= numbers.min() <= numbers.max() < len(self.table):
            raise ValueError(
                f"expected token numbers from 0 to {len(self.table) - 1}, "
                f"found {numbers.min()} to {numbers.max()}"
            )
        if (length := len(caches[0]) + len(numbers)) > self.window:
            raise ValueError(f"expected at most {self.window} tokens, found {length}")
        yield (x := self.table[numbers])
        for block, cache in zip(self.decoder.blocks, caches, strict=True):
            yield (x := block(x, cache))
