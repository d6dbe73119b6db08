"""From scores to a next token: temperature, the k likeliest, the nucleus, and a draw.

Temperature follows Ackley et al. 1985; keeping the k likeliest follows Fan et al. 2018 (arXiv 1805.04833),
and the nucleus, the fewest tokens whose probabilities reach p, follows Holtzman et al. 2019 (arXiv
1904.09751). The order is the usual one: temperature, k, p. Left out: penalties for repeating, and beam
search, which suits translation better than free text.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pycore.arrays import Floats
from pycore.transformers.attention import softmax


def probabilities(
    logits: Floats, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Floats:
    """Turn scores into the probabilities by which the next token is drawn.

    Parameters
    ----------
    logits
        Shape ``(vocabulary,)``.
    temperature
        The scores are divided by it: below 1 the likely gets likelier, above 1 less so. At 0 the likeliest
        token is certain (greedy), the first of them where scores are equal.
    top_k
        Keep this many of the likeliest; all if not given.
    top_p
        Keep the fewest of the likeliest whose probabilities add up to this, or to more; all if not given.

    Returns
    -------
    float64, shape ``(vocabulary,)``, adding up to 1; zero for tokens that are not kept.

    Raises
    ------
    ValueError
        When a setting makes no sense, no score is finite, or one is NaN or positive infinity.

    Examples
    --------
    >>> logits = np.log([0.5, 0.25, 0.15, 0.1])
    >>> probabilities(logits, temperature=0.5).round(3)
    array([0.725, 0.181, 0.065, 0.029])
    >>> probabilities(logits, top_k=2).round(3), probabilities(logits, top_p=0.8).round(3)
    (array([0.667, 0.333, 0.   , 0.   ]), array([0.556, 0.278, 0.167, 0.   ]))
    >>> probabilities(logits, temperature=0)
    array([1., 0., 0., 0.])
    """
    if logits.ndim != 1 or not np.isfinite(logits).any() or not np.all(logits < np.inf):
        raise ValueError(
            f"expected a row of scores, some finite and none NaN or +inf, found shape {logits.shape}"
        )
    if not 0 <= temperature < np.inf:
        raise ValueError(f"expected a temperature of zero or more, found {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"expected top_k of at least 1, found {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"expected top_p above 0 and at most 1, found {top_p}")
    scores = logits.astype(np.float64)
    if temperature == 0:
        certain: Floats = np.eye(1, len(scores), int(scores.argmax()))[0]
        return certain
    # The best first becomes 0: then a score that is too large for a float64 can only be one of no chance.
    with np.errstate(over="ignore"):
        result = softmax((scores - scores.max()) / temperature)
    order = np.argsort(-result, kind="stable")  # the likeliest first; of equals, the first in the vocabulary
    if top_k is not None:
        result[order[top_k:]] = 0
        result /= result.sum()
    if top_p is not None and top_p < 1:  # all together reach 1, but for the last bits of a sum
        # A token is kept if those before it fall short of p: so the first always is.
        before = np.cumsum(result[order]) - result[order]
        result[order[before >= top_p]] = 0
        result /= result.sum()
    return result


@dataclass(eq=False)
class Sampler:
    """Draws tokens; the same seed and the same scores give the same tokens.

    Parameters
    ----------
    temperature, top_k, top_p
        As for `probabilities`; they may be changed between draws.
    seed
        Of the draws.

    Examples
    --------
    >>> logits = np.log([0.5, 0.25, 0.15, 0.1])
    >>> first, second = Sampler(seed=1), Sampler(seed=1)
    >>> [first(logits) for _ in range(9)] == [second(logits) for _ in range(9)]
    True
    >>> Sampler(temperature=0)(logits)
    0
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0
    rng: np.random.Generator = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def __call__(self, logits: Floats) -> int:
        """Choose a token by its `probabilities`, given logits of shape ``(vocabulary,)``."""
        return draw(probabilities(logits, self.temperature, self.top_k, self.top_p), self.rng.random())


def draw(distribution: Floats, at: float) -> int:
    """Choose the token in whose part of the line from 0 to 1 a number falls.

    Parameters
    ----------
    distribution
        Chances, shape ``(vocabulary,)``, that add up to 1.
    at
        From 0 to below 1.

    Examples
    --------
    >>> [draw(np.array([0.5, 0.0, 0.5]), at) for at in (0.0, 0.49, 0.5, 0.99)]
    [0, 0, 2, 2]
    """
    ends = np.cumsum(distribution)
    # Rounding may leave the last end just short of 1, or of `at`: the last possible token takes the rest.
    last = int(np.flatnonzero(distribution)[-1])
    return min(int(np.searchsorted(ends, at, side="right")), last)
