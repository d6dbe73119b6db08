"""Approximate nearest neighbours in a graph: hierarchical navigable small world, HNSW.

Follows Malkov & Yashunin (arXiv 1603.09320). Every vector is a node of layer 0; each layer above holds about
one in m of the nodes below it, so its links reach further. A search walks greedily down the upper layers and
looks around in layer 0, keeping the `ef` nearest nodes it has met.

Neighbours are chosen by the paper's heuristic (Algorithm 4), without its two options of extending the
candidates and of filling up with discarded ones, but for those that equal a chosen one. Left out: deletion
and parallel insertion.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pycore.embeddings.ann import Distance, Ids, Index, Metric, Neighbours, Vectors

Links = NDArray[np.int32]
Found = list[tuple[float, int]]  # squared distance and node, nearest first

NONE = -1  # an empty place in a row of links, and the entry point of an empty graph
NUMBERS = ("m", "ef_construction", "seed", "build_evaluations")  # saved beside the arrays


class HNSW(Index):
    """Graph index after Malkov & Yashunin.

    Parameters
    ----------
    dimension
        d, the length of every vector.
    metric
        "cosine" or "euclidean".
    m
        Links that a new node makes in each layer, and the most it may have in a layer above 0; in
        layer 0 the most is 2m. More links: better recall, more work and memory. 5 to 48 in the paper.
    ef_construction
        How many nearest nodes the search for a new node's neighbours keeps, at least m. More: a better
        graph, a slower build.
    seed
        Seed of the nodes' levels.

    Attributes
    ----------
    levels
        intp [n], the highest layer of each node.
    links
        One int32 array a layer, [n, 2m] for layer 0 and [n, m] above; a row lists a node's neighbours and
        is filled up with -1.
    entry
        The node where a search begins; -1 while the graph is empty.
    vectors, build_evaluations
        As in `Index`.

    Raises
    ------
    ValueError
        When m is below 2, ef_construction below m, the seed negative, or as in `Index`.

    Examples
    --------
    >>> index = HNSW(2, metric="euclidean", m=4, ef_construction=8)
    >>> index.add([[x, y] for x in range(5) for y in range(5)])
    >>> index.search([3.1, 1.8], k=3, ef=10).ids
    array([17, 16, 22])
    """

    def __init__(
        self,
        dimension: int,
        *,
        metric: Metric = "cosine",
        m: int = 16,
        ef_construction: int = 100,
        seed: int = 0,
    ) -> None:
        super().__init__(dimension, metric)
        if m < 2:
            raise ValueError(f"expected m of at least 2; found {m}")
        if ef_construction < m:
            raise ValueError(f"expected ef_construction of at least m = {m}; found {ef_construction}")
        if seed < 0:
            raise ValueError(f"expected a seed of at least 0; found {seed}")
        self.m = m
        self.ef_construction = ef_construction
        self.seed = seed
        self.levels: Ids = np.empty(0, dtype=np.intp)
        self.links: list[Links] = []
        self.entry = NONE

    def add(self, vectors: ArrayLike) -> None:
        """Insert vectors [count, d] in order; the graph is the same however they are split into calls.

        Arrays grow once a call, so many small calls are slower than one.

        Raises
        ------
        ValueError
            When the shape does not fit, a value is NaN or too large, or (cosine) a vector is zero.
        """
        new = self._checked(vectors)
        first = len(self)
        self.vectors = np.concatenate([self.vectors, new])
        self.levels = np.concatenate([self.levels, self._draw_levels(len(new))])
        self.links = [np.pad(links, [(0, len(new)), (0, 0)], constant_values=NONE) for links in self.links]
        self._add_layers()
        for node in range(first, len(self)):
            self._insert(node)

    def search(self, query: ArrayLike, k: int, ef: int = 50) -> Neighbours:
        """Find about the k nearest vectors to a query [d].

        Parameters
        ----------
        query
            [d].
        k
            How many to return.
        ef
            How many nearest nodes to keep while looking. An ef below k is raised to k. With ef = n every node
            of layer 0 that can be reached is compared.

        Returns
        -------
        Neighbours
            Fewer than k when fewer can be reached: pruning may cut the last link to a node, which happens
            with small m (21 of 5,000 word vectors at m = 8) or many equal vectors.

        Raises
        ------
        ValueError
            When the index is empty, k is not in 1..n, ef is below 1, or the query is one that `add` would
            refuse.
        """
        query = self._checked_query(query, k)
        if ef < 1:
            raise ValueError(f"expected ef of at least 1; found {ef}")
        distance = Distance(self.vectors)
        found = self._descend(distance, query, to_layer=0)
        ids, squared = _as_arrays(self._search_layer(distance, query, found, max(ef, k), layer=0))
        return self._nearest(ids, squared, k, distance.count)

    def _draw_levels(self, count: int) -> Ids:
        """Levels of the next nodes: floor(−ln U / ln m), so that one node in m rises to the next layer."""
        # The generator is moved on to the first new node, so that no state need be kept or saved.
        generator = np.random.Generator(np.random.PCG64(self.seed).advance(len(self.levels)))
        uniform = 1 - generator.random(count)  # in (0, 1]: the logarithm of 0 is never taken
        levels: Ids = np.floor(-np.log(uniform) / np.log(self.m)).astype(np.intp)
        return levels

    def _add_layers(self) -> None:
        """Make the empty layers that the highest level calls for."""
        while len(self.links) <= self.levels.max(initial=NONE):
            width = self.m if self.links else 2 * self.m
            self.links.append(np.full((len(self), width), NONE, dtype=np.int32))

    def _insert(self, node: int) -> None:
        """Algorithm 1: link a node whose vector, level and empty rows of links are in place."""
        level = int(self.levels[node])
        if self.entry == NONE:
            self.entry = node
            return
        distance = Distance(self.vectors)
        query = self.vectors[node]
        found = self._descend(distance, query, to_layer=level)
        top = int(self.levels[self.entry])
        for layer in range(min(top, level), -1, -1):
            found = self._search_layer(distance, query, found, self.ef_construction, layer)
            self._connect(distance, node, found, layer)
        if level > top:
            self.entry = node
        self.build_evaluations += distance.count

    def _descend(self, distance: Distance, query: Vectors, to_layer: int) -> Found:
        """Greedy walk from the entry point through the layers above `to_layer`; the nearest node met."""
        found = [(float(distance(query, np.array([self.entry]))[0]), self.entry)]
        for layer in range(int(self.levels[self.entry]), to_layer, -1):
            found = self._search_layer(distance, query, found, 1, layer)
        return found

    def _search_layer(self, distance: Distance, query: Vectors, entries: Found, ef: int, layer: int) -> Found:
        """Algorithm 2: from the entries, follow links to the `ef` nodes of a layer nearest to the query."""
        links = self.links[layer]
        # -1 in a row of links points at the last flag, which belongs to no node: never new, so never met.
        is_new = np.ones(len(links) + 1, dtype=bool)
        is_new[NONE] = False
        is_new[[node for _, node in entries]] = False
        candidates = list(entries)  # nearest on top
        nearest = [(-squared, node) for squared, node in entries]  # farthest on top
        heapq.heapify(candidates)
        heapq.heapify(nearest)
        while candidates:
            squared, node = heapq.heappop(candidates)
            if squared > -nearest[0][0]:
                break
            neighbours = links[node]
            neighbours = neighbours[is_new[neighbours]]
            is_new[neighbours] = False
            # As Python numbers: a heap of numpy scalars is several times slower.
            for squared, neighbour in zip(
                distance(query, neighbours).tolist(), neighbours.tolist(), strict=True
            ):
                if len(nearest) < ef:
                    heapq.heappush(nearest, (-squared, neighbour))
                elif squared < -nearest[0][0]:
                    heapq.heapreplace(nearest, (-squared, neighbour))
                else:
                    continue
                heapq.heappush(candidates, (squared, neighbour))
        return sorted((-negative, node) for negative, node in nearest)

    def _connect(self, distance: Distance, node: int, found: Found, layer: int) -> None:
        """Link a new node with the best of the nodes found, both ways, and prune rows that overflow."""
        links = self.links[layer]
        chosen = self._select(distance, *_as_arrays(found), self.m)
        links[node, : len(chosen)] = chosen
        for neighbour in chosen:
            row = links[neighbour]
            degree = np.count_nonzero(row != NONE)
            if degree < len(row):
                row[degree] = node
                continue
            candidates = np.append(row, node)
            squared = distance(self.vectors[neighbour], candidates)
            order = np.argsort(squared, kind="stable")
            kept = self._select(distance, candidates[order], squared[order], len(row))
            row[:] = NONE
            row[: len(kept)] = kept

    def _select(
        self, distance: Distance, candidates: NDArray[np.integer], squared: Vectors, most: int
    ) -> list[int]:
        """Algorithm 4: of candidates sorted by squared distance to a base node, keep up to `most`.

        A candidate is dropped when it lies closer to one already kept than to the base: it can be reached
        through that one, and the place is better spent on another direction. One that lies on the same place
        as one already kept waits until all directions have been served, and takes a place that is left.
        """
        kept: list[int] = []
        waiting: list[int] = []
        while len(candidates):
            kept.append(int(candidates[0]))
            if len(kept) == most:
                break
            candidates, squared = candidates[1:], squared[1:]
            between = distance(self.vectors[kept[-1]], candidates)
            same = between == 0
            waiting += candidates[same].tolist()
            apart = (between >= squared) & ~same
            candidates, squared = candidates[apart], squared[apart]
        return kept + waiting[: most - len(kept)]

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Graph as plain arrays, for `numpy.savez`; the vectors are not among them.

        Returns
        -------
        dict
            Single numbers `m`, `ef_construction`, `seed` and `build_evaluations`; the string `metric`;
            `levels`; and `links_0`, `links_1`, ...: a row for each node of that layer, in order of id.
        """
        arrays = {name: np.array(getattr(self, name)) for name in (*NUMBERS, "metric", "levels")}
        for layer, links in enumerate(self.links):
            arrays[f"links_{layer}"] = links[self.levels >= layer]
        return arrays

    @classmethod
    def from_arrays(cls, vectors: ArrayLike, arrays: Mapping[str, NDArray[Any]]) -> HNSW:
        """Index from the vectors [n, d] that were added, in the same order, and what `to_arrays` gave.

        Raises
        ------
        ValueError
            When an array is missing, or the arrays do not fit each other or the number of vectors, or the
            vectors are ones that `add` would refuse.

        Examples
        --------
        >>> index = HNSW(2, metric="euclidean")
        >>> index.add([[0, 0], [3, 4], [1, 0]])
        >>> copy = HNSW.from_arrays(index.vectors, index.to_arrays())
        >>> copy.search([0, 1], k=2).ids
        array([0, 2])
        """
        vectors = np.asarray(vectors)
        missing = [name for name in (*NUMBERS, "metric", "levels") if name not in arrays]
        if missing or vectors.ndim != 2:
            raise ValueError(
                f"expected vectors [n, d] and all arrays; found {vectors.shape}, missing: {missing}"
            )
        m, ef_construction, seed, build_evaluations = (int(arrays[name]) for name in NUMBERS)
        metric = cast(Metric, str(arrays["metric"]))
        index = cls(vectors.shape[1], metric=metric, m=m, ef_construction=ef_construction, seed=seed)
        index.vectors = index._checked(vectors)
        index.build_evaluations = build_evaluations
        index.levels = arrays["levels"].astype(np.intp)
        if len(index.levels) != len(index):
            raise ValueError(f"expected a graph of {len(index)} nodes; found one of {len(index.levels)}")
        if len(index):
            index.entry = int(np.argmax(index.levels))  # the first node to reach the top became the entry
        index._add_layers()
        for layer, links in enumerate(index.links):
            nodes = np.flatnonzero(index.levels >= layer)
            rows = arrays.get(f"links_{layer}", np.empty((0, 0), dtype=np.int32))
            if rows.shape != (len(nodes), links.shape[1]):
                raise ValueError(
                    f"expected links_{layer} of shape {(len(nodes), links.shape[1])}; found {rows.shape}"
                )
            if rows.min(initial=NONE) < NONE or rows.max(initial=NONE) >= len(index):
                raise ValueError(f"expected links_{layer} from -1 to {len(index) - 1}; found others")
            links[nodes] = rows
        return index


def _as_arrays(found: Found) -> tuple[Ids, Vectors]:
    squared, ids = zip(*found, strict=True)
    return np.array(ids, dtype=np.intp), np.array(squared, dtype=np.float32)
