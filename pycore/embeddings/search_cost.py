"""What it costs to compare n sentences with a cross-encoder, a bi-encoder, and one after the other.

A cross-encoder reads two sentences together, so it needs a pass for each pair. A bi-encoder reads each
sentence once, makes a vector of it, and compares vectors by cosines. Retrieve and re-rank lets the bi-encoder
pick candidates, which the cross-encoder then reads.

Passes become seconds by two numbers of Reimers & Gurevych 2019 (https://arxiv.org/abs/1908.10084), taken on a
V100: 65 hours for the 49,995,000 pairs of 10,000 sentences with BERT, and about 5 seconds for 10,000 sentence
embeddings. Left out: that long sentences take longer, and the time for cosines.
"""

from __future__ import annotations

from dataclasses import dataclass

PAIR = 65 * 3600 / 49_995_000  # seconds for a pair
ENCODE = 5 / 10_000  # seconds for a sentence
RERANKED = 100  # candidates of a sentence that the cross-encoder reads, where it comes second


@dataclass(frozen=True)
class Cost:
    """What a method does with n sentences.

    Attributes
    ----------
    once
        Sentences that are encoded in advance.
    encoded
        Sentences that are encoded when the question comes.
    pairs
        Pairs that the cross-encoder reads then.
    cosines
        Cosines that are computed then; they count as taking no time.
    """

    once: int = 0
    encoded: int = 0
    pairs: int = 0
    cosines: int = 0

    @property
    def passes(self) -> int:
        """How often a model runs, in all."""
        return self.once + self.encoded + self.pairs

    @property
    def before(self) -> float:
        """Seconds in advance."""
        return self.once * ENCODE

    @property
    def then(self) -> float:
        """Seconds once the question is there."""
        return self.encoded * ENCODE + self.pairs * PAIR


def query_costs(n: int, reranked: int = RERANKED) -> dict[str, Cost]:
    """Count what it takes to find the one of n sentences that is nearest to a new query, by method.

    Raises
    ------
    ValueError
        When there is no sentence, or fewer than 0 are to be re-ranked.

    Examples
    --------
    >>> query_costs(1000)["both"]
    Cost(once=1000, encoded=1, pairs=100, cosines=1000)
    """
    _check(n, 1, reranked)
    return {
        "cross": Cost(pairs=n),
        "both": Cost(once=n, encoded=1, pairs=min(reranked, n), cosines=n),
        "bi": Cost(once=n, encoded=1, cosines=n),
    }


def pair_costs(n: int, reranked: int = RERANKED) -> dict[str, Cost]:
    """Count what it takes to find the two of n sentences that are most alike, by method.

    Raises
    ------
    ValueError
        When there are fewer than two sentences, or fewer than 0 are to be re-ranked.

    Examples
    --------
    >>> {method: cost.passes for method, cost in pair_costs(10_000).items()}
    {'cross': 49995000, 'both': 1010000, 'bi': 10000}
    >>> round(pair_costs(10_000)["cross"].then / 3600), pair_costs(10_000)["bi"].before
    (65, 5.0)
    """
    _check(n, 2, reranked)
    pairs = n * (n - 1) // 2
    return {
        "cross": Cost(pairs=pairs),
        "both": Cost(once=n, pairs=min(reranked * n, pairs), cosines=pairs),
        "bi": Cost(once=n, cosines=pairs),
    }


def _check(n: int, least: int, reranked: int) -> None:
    if n < least or reranked < 0:
        raise ValueError(f"expected n of {least} or more and reranked of 0 or more, found {n} and {reranked}")
