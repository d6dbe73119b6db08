"""FIG.06D: a small real search with a bi-encoder, over texts of which most were written to mislead.

The cosines are those of stored sentence embeddings. There is no cross-encoder here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from pycore.data.embeddings import sentences
from pycore.embeddings.similarity import top_k
from pycore.live import expect
from pycore.live.controls import button
from pycore.live.figure import Figure, Parts, event
from pycore.live.markup import Markup, signed, tag

SHOWN = 5  # places of the ranking


@dataclass(frozen=True)
class RetrievalState:
    """Which query is asked; or the closest pair of all texts is sought."""

    query: int = 0
    pair: bool = False


class Retrieval(Figure[RetrievalState]):
    """Press a query, and see which texts the bi-encoder finds nearest."""

    State = RetrievalState
    data = ("embeddings/sentences.npz", "embeddings/sentences.json")
    code = (top_k,)

    def check(self, state: RetrievalState) -> None:
        """Refuse a query that is not there."""
        expect.between("a query", state.query, len(sentences().queries) - 1)

    @event
    def ask(self, query: str) -> None:
        """Ask a query, by its number."""
        self.state = self.parse({"query": query, "pair": False}, base=self.state)

    @event
    def seek_pair(self) -> None:
        """Seek the closest pair of all texts."""
        self.state = replace(self.state, pair=True)

    def view(self) -> Parts:
        """Draw the queries and the ranking."""
        s = self.state
        return {"queries": _queries(s), "found": _pairs() if s.pair else _answers(s.query)}


def _queries(s: RetrievalState) -> Markup:
    asked = None if s.pair else s.query
    rows = [
        tag("li", button(text, event="ask", arg=i, control=f"query-{i}", pressed=i == asked))
        for i, text in enumerate(sentences().queries)
    ]
    label = "the two closest of all texts"
    rows.append(tag("li", button(label, event="seek_pair", arg=None, control="pair", pressed=s.pair)))
    return tag("ol", rows, class_="queries", aria_label="Queries to ask", data_group="vertical")


@functools.lru_cache(maxsize=16)
def _answers(query: int) -> Markup:
    """Rank the texts for a query."""
    data = sentences()
    n = len(data.documents)
    found = top_k(data.document_vectors, data.query_vectors[query], n)
    ids = found.ids.tolist()
    rows = [
        _place(place, data.documents[i], float(found.scores[place - 1]), i == query)
        for place, i in enumerate(ids[:SHOWN], 1)
    ]
    rank = ids.index(query) + 1
    told = "first" if rank == 1 else f"in place {rank}, after texts that do not answer"
    return _ranking(
        f"nearest to the query, of {n}",
        rows,
        [
            "The text that answers is ",
            tag("b", told, data_out="answer-rank"),
            ". A cross-encoder would have had to read the query "
            f"with all {n}, or, coming second, with the {SHOWN} shown here.",
        ],
    )


@functools.cache
def _pairs() -> Markup:
    """Rank all pairs of texts."""
    data = sentences()
    n = len(data.documents)
    found = top_k(data.document_vectors, data.document_vectors, n)
    pairs = sorted(
        (
            (-round(score, 9), i, j)
            for i, (ids, scores) in enumerate(zip(found.ids.tolist(), found.scores.tolist(), strict=True))
            for j, score in zip(ids, scores, strict=True)
            if i < j
        )
    )
    rows = [
        _place(place, f"{data.documents[i]} / {data.documents[j]}", -score, False)
        for place, (score, i, j) in enumerate(pairs[:SHOWN], 1)
    ]
    return _ranking(
        f"closest of {len(pairs)} pairs",
        rows,
        [
            f"{n} passes, made once, and then {len(pairs)} cosines. A cross-encoder would have needed ",
            tag("b", f"{len(pairs)} passes", data_out="pair-passes"),
            ".",
        ],
    )


def _place(place: int, text: str, cosine: float, answer: bool) -> Markup:
    mark = [" ", tag("em", "answers it")] if answer else None
    return tag(
        "li",
        tag("span", tag("span", text, data_out=f"found-{place}"), mark),
        tag("span", signed(cosine), class_="value", data_out=f"found-{place}-cosine"),
        class_="answer" if answer else None,
        style=f"--c:{max(round(100 * cosine), 0)}%",
    )


def _ranking(title: str, rows: list[Markup], note: list[Markup | str]) -> Markup:
    return tag(
        "div",
        tag("p", title, class_="label"),
        tag("ol", rows, class_="found"),
        tag("p", note, class_="note", role="status"),
        tag(
            "p",
            "No cross-encoder ships with this page, so its answers are not shown. "
            "The 32 sentences are ours, and two in three texts were written to mislead.",
            class_="honest",
        ),
    )
