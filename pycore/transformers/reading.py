"""A text that grows and is cut back while a model reads it: only what is new is computed.

The cache of keys and values (`pycore.transformers.attention.KVCache`) holds what the model remembers of the
tokens so far. Whoever writes with it, token by token, also goes back and tries another word; then what
stands before that word is still true, and is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from pycore.arrays import Floats
from pycore.recent import Recent
from pycore.transformers.llama import Llama

KEPT = 64  # texts whose scores are remembered


class Reading:
    """What a model has read.

    Parameters
    ----------
    model
        Which model.

    Attributes
    ----------
    tokens : list of int
        Those that the caches hold.

    Examples
    --------
    >>> import numpy as np
    >>> model = Llama.random(np.random.default_rng(0), vocabulary=50, dim=16, heads=4, groups=2, blocks=3)
    >>> reading = Reading(model)
    >>> reading.read([3, 1, 4], most=2) is None, reading.tokens
    (True, [3, 1])
    >>> reading.left([3, 1, 4])
    1
    >>> np.allclose(reading.read([3, 1, 4]), model([3, 1, 4]))
    True
    >>> np.allclose(reading.read([3, 7]), model([3, 7])), reading.tokens
    (True, [3, 7])
    """

    def __init__(self, model: Llama) -> None:
        self.model = model
        self.tokens: list[int] = []
        self._caches = model.caches()
        self._scores: Recent[tuple[int, ...], Floats] = Recent(KEPT)

    def read(self, tokens: Sequence[int], most: int | None = None) -> Floats | None:
        """Read a text, as far as it is new.

        Parameters
        ----------
        tokens
            The whole text, at least one token.
        most
            Read no more than so many; all if not given.

        Returns
        -------
        Scores of the token that comes next, shape ``(vocabulary,)``, read-only, since they are remembered;
        None while there is more to read.

        Raises
        ------
        ValueError
            As a call of the model.
        """
        text = tuple(tokens)
        if (known := self._scores.get(text)) is not None:
            return known
        # The last token is read again, also when it is there: its scores are what is asked for.
        same = min(self._same(text), len(text) - 1)
        new = text[same:] if most is None else text[same : same + most]
        for cache in self._caches:
            cache.keep(same)
        self.tokens = list(text[:same])
        try:
            scores = self.model(new, self._caches)
        except BaseException:  # the caches of some blocks have grown, and those of others not
            self.tokens, self._caches = [], self.model.caches()
            raise
        self.tokens += new
        if len(self.tokens) < len(text):
            return None
        scores.setflags(write=False)
        self._scores.put(text, scores)
        return scores

    def left(self, tokens: Sequence[int]) -> int:
        """Count the tokens of a text that must still be read."""
        return 0 if tuple(tokens) in self._scores else len(tokens) - min(self._same(tokens), len(tokens) - 1)

    def _same(self, tokens: Sequence[int]) -> int:
        same = 0
        for mine, asked in zip(self.tokens, tokens, strict=False):
            if mine != asked:
                break
            same += 1
        return same
