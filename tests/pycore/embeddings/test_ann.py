"""The indexes against hnswlib, faiss and scikit-learn on real word vectors, and against float64 sums."""

from __future__ import annotations

import io
import itertools
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from pycore.embeddings.ann import BruteForce, Distance, recall
from pycore.embeddings.hnsw import HNSW
from pycore.embeddings.ivf import IVF, lloyd, nearest_centroids, starting_centroids
from pycore.embeddings.vectors import WordVectors

N, N_QUERIES = 5000, 200
METRICS = ["cosine", "euclidean"]
SETTINGS = [("cosine", 16, 100), ("euclidean", 12, 60)]  # metric, m, ef_construction


@pytest.fixture(scope="module")
def faiss():
    with warnings.catch_warnings():
        # Its generated classes lack __module__, which Python 3.12 and later warn about.
        warnings.simplefilter("ignore", DeprecationWarning)
        module = pytest.importorskip("faiss")
    module.omp_set_num_threads(1)
    return module


@pytest.fixture(scope="module")
def words():
    """The 5,000 most frequent words to search among, and 200 rarer ones to search for."""
    file = Path(__file__).parents[3] / "pycore" / "data" / "embeddings" / "glove-100d.npz"
    matrix = WordVectors.load(file).matrix
    return matrix[:N], matrix[N : N + 25 * N_QUERIES : 25]


@pytest.fixture(scope="module")
def exact(words):
    """The ten nearest words of each query, for each metric."""
    answers = {}
    for metric in METRICS:
        index = BruteForce(100, metric)
        index.add(words[0])
        answers[metric] = [index.search(query, k=10) for query in words[1]]
    return answers


@pytest.fixture(scope="module")
def graphs(words):
    graphs = {}
    for metric, m, ef_construction in SETTINGS:
        graphs[metric] = HNSW(100, metric=metric, m=m, ef_construction=ef_construction)
        graphs[metric].add(words[0])
    return graphs


@pytest.fixture(scope="module")
def cells(words):
    index = IVF(100, nlist=64)
    index.add(words[0])
    return index


def mean_recall(found, exact):
    return np.mean([recall(one, other) for one, other in zip(found, exact, strict=True)])


def mean_recall_of_ids(ids, exact):
    return np.mean([len(np.intersect1d(row, one.ids)) / 10 for row, one in zip(ids, exact, strict=True)])


def unit(vectors):
    vectors = np.asarray(vectors, dtype=np.float64)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def true_distances(vectors, query, metric):
    """All distances in float64, nearest first."""
    if metric == "cosine":
        return np.sort(1 - unit(vectors) @ unit(query))
    return np.sort(np.linalg.norm(np.float64(vectors) - np.float64(query), axis=1))


def saved(index):
    """What a file gives back."""
    file = io.BytesIO()
    np.savez_compressed(file, **index.to_arrays())
    file.seek(0)
    return np.load(file)


# ---------------------------------------------------------------- brute force


@pytest.mark.parametrize("metric", METRICS)
def test_brute_force_finds_what_scikit_learn_finds(words, exact, metric):
    neighbors = pytest.importorskip("sklearn.neighbors")
    theirs = neighbors.NearestNeighbors(n_neighbors=10, algorithm="brute", metric=metric).fit(words[0])
    distances, ids = theirs.kneighbors(words[1])
    assert_allclose([answer.distances for answer in exact[metric]], distances, rtol=1e-4)
    # Two words whose distances differ by less than float32 can tell may change places.
    assert np.mean([answer.ids for answer in exact[metric]] == ids) > 0.99


def test_brute_force_counts_every_vector(exact):
    assert {answer.evaluations for answer in exact["cosine"]} == {N}


def test_distance_counts_each_pair_once():
    distance = Distance(np.eye(3, dtype=np.float32))
    assert distance(np.zeros(3, dtype=np.float32), np.array([2, 0])).tolist() == [1, 1]
    distance(np.zeros(3, dtype=np.float32), np.array([], dtype=int))
    assert distance.count == 2


def test_equal_distances_come_in_order_of_id():
    index = BruteForce(1, "euclidean")
    index.add([[1], [0], [-1], [2]] * 50)
    expected = [*range(1, 200, 4), *range(0, 200, 2)]
    assert index.search([0], k=150).ids.tolist() == expected


def test_recall_wants_an_exact_answer():
    index = BruteForce(1, "euclidean")
    index.add([[0]])
    answer = index.search([0], k=1)
    with pytest.raises(ValueError, match="at least one exact neighbour"):
        recall(answer, answer._replace(ids=answer.ids[:0]))


# ---------------------------------------------------------------- HNSW


@pytest.mark.parametrize(("metric", "m", "ef_construction"), SETTINGS)
def test_hnsw_recalls_as_much_as_hnswlib(words, exact, graphs, metric, m, ef_construction):
    hnswlib = pytest.importorskip("hnswlib")
    theirs = hnswlib.Index("cosine" if metric == "cosine" else "l2", 100)
    theirs.init_index(N, M=m, ef_construction=ef_construction, random_seed=1)
    theirs.set_num_threads(1)
    theirs.add_items(words[0])
    for ef in (10, 20, 50, 100):
        theirs.set_ef(ef)
        ids, _ = theirs.knn_query(words[1], k=10)
        ours = mean_recall([graphs[metric].search(query, k=10, ef=ef) for query in words[1]], exact[metric])
        assert ours == pytest.approx(mean_recall_of_ids(ids, exact[metric]), abs=0.02), ef


def test_hnsw_finds_and_counts_what_faiss_does_in_the_same_graph(words, faiss):
    """A graph that faiss built, searched by both."""
    rows, queries = (unit(vectors).astype(np.float32) for vectors in words)
    theirs = faiss.IndexHNSWFlat(100, 16)
    theirs.hnsw.efConstruction = 40
    theirs.add(rows)
    ours = hnsw_of_faiss(theirs.hnsw, rows, faiss)
    for query in queries[:50]:
        uncounted = set()
        for ef in (10, 20, 50, 100):
            theirs.hnsw.efSearch = ef
            faiss.cvar.hnsw_stats.reset()
            _, ids = theirs.search(query[np.newaxis], 10)
            found = ours.search(query, k=10, ef=ef)
            assert_array_equal(found.ids, ids[0])
            uncounted.add(faiss.cvar.hnsw_stats.ndis - found.evaluations)
        # On the way down faiss leaves out the entry point and counts nodes as often as it meets them. That
        # way is the same for every ef, so in layer 0 both have counted alike.
        assert len(uncounted) == 1


def hnsw_of_faiss(graph, rows, faiss):
    """Index with the nodes and links of a faiss graph, whose rows of all layers lie end to end."""
    levels = faiss.vector_to_array(graph.levels) - 1
    offsets = faiss.vector_to_array(graph.offsets).astype(int)
    neighbours = faiss.vector_to_array(graph.neighbors)
    arrays = {"levels": levels, "metric": np.array("cosine")}
    arrays |= {name: np.array(16) for name in ("m", "ef_construction", "seed", "build_evaluations")}
    for layer in range(levels.max() + 1):
        begin, width = (32 + 16 * (layer - 1), 16) if layer else (0, 32)
        starts = offsets[np.flatnonzero(levels >= layer)] + begin
        arrays[f"links_{layer}"] = neighbours[starts[:, np.newaxis] + np.arange(width)]
    index = HNSW.from_arrays(rows, arrays)
    index.entry = graph.entry_point
    return index


@pytest.mark.parametrize("metric", METRICS)
def test_hnsw_that_keeps_everything_is_exact(words, exact, graphs, metric):
    for query, answer in list(zip(words[1], exact[metric], strict=True))[:20]:
        found = graphs[metric].search(query, k=10, ef=N)
        assert_array_equal(found.ids, answer.ids)
        assert_allclose(found.distances, answer.distances, rtol=1e-6)
        assert 0.99 * N < found.evaluations < 1.1 * N  # layer 0 once, and the walk down to it


def test_an_ef_below_k_is_raised_to_k(words, graphs):
    low, even = (graphs["cosine"].search(words[1][0], k=10, ef=ef) for ef in (1, 10))
    assert_array_equal(low.ids, even.ids)
    assert low.evaluations == even.evaluations


def test_one_node_in_m_rises_to_the_next_layer(graphs):
    for graph in graphs.values():
        for layer in (1, 2):
            share = graph.m**-layer
            deviation = np.sqrt(N * share * (1 - share))
            assert np.sum(graph.levels >= layer) == pytest.approx(N * share, abs=4 * deviation)


def test_a_shadowed_candidate_gets_no_link():
    index = HNSW(2, metric="euclidean", m=2, ef_construction=10)
    # Seen from the last point, the second lies behind the first; the third is farther, but elsewhere.
    index.add([[1, 0], [1.5, 0], [0, -2], [0, 0]])
    assert index.links[0][3].tolist() == [0, 2, -1, -1]


def check_links(graph):
    """What must hold in any graph, whatever was added."""
    assert graph.levels[graph.entry] == graph.levels.max()
    for layer, links in enumerate(graph.links):
        assert links.shape == (len(graph), graph.m if layer else 2 * graph.m)
        for node, row in enumerate(links):
            neighbours = row[row >= 0]
            assert (row[len(neighbours) :] == -1).all()
            assert node not in neighbours
            assert len(set(neighbours)) == len(neighbours)
            assert (graph.levels[neighbours] >= layer).all()
            assert graph.levels[node] >= layer or len(neighbours) == 0


def test_links_of_real_graphs(graphs):
    for graph in graphs.values():
        check_links(graph)


small = st.tuples(st.integers(1, 40), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.integers(-8, 8).map(float))
)


def nonzero(vectors):
    """The same vectors with 1 for the first number of each that is zero, which cosine refuses."""
    vectors = vectors.copy()
    vectors[~vectors.any(axis=1), 0] = 1
    return vectors


@settings(deadline=None)
@given(small, st.sampled_from(METRICS), st.integers(0, 2**32))
def test_hnsw_on_small_sets(vectors, metric, seed):
    """Rows hold 2m + 1 nodes without pruning, so nothing can be lost up to there."""
    vectors = nonzero(vectors)
    graph = HNSW(vectors.shape[1], metric=metric, m=20, ef_construction=40, seed=seed)
    graph.add(vectors)
    check_links(graph)
    n = len(vectors)
    found = graph.search(vectors[0], k=n, ef=n)
    assert sorted(found.ids) == list(range(n))
    assert_allclose(found.distances, true_distances(vectors, vectors[0], metric), atol=1e-5)


@settings(deadline=None)
@given(small, st.integers(0, 40), st.integers(0, 2**32))
def test_hnsw_is_the_same_however_it_is_added_and_saved(vectors, split, seed):
    parameters = {"metric": "euclidean", "m": 2, "ef_construction": 4, "seed": seed}
    at_once = HNSW(vectors.shape[1], **parameters)
    at_once.add(vectors)
    check_links(at_once)
    first = HNSW(vectors.shape[1], **parameters)
    first.add(vectors[:split])
    second = HNSW.from_arrays(vectors[:split], saved(first))
    second.add(vectors[split:])
    for name, array in at_once.to_arrays().items():
        assert_array_equal(array, second.to_arrays()[name])
    found = second.search(vectors[-1], k=1)
    assert_array_equal(found.ids, at_once.search(vectors[-1], k=1).ids)


def test_a_loaded_hnsw_answers_alike(words, graphs):
    graph = graphs["cosine"]
    loaded = HNSW.from_arrays(words[0], saved(graph))
    assert loaded.build_evaluations == graph.build_evaluations > N
    for query in words[1][:20]:
        assert_array_equal(loaded.search(query, k=10).ids, graph.search(query, k=10).ids)


def test_equal_vectors_are_found_once_each():
    graph = HNSW(2, m=2, ef_construction=10)
    graph.add(np.ones((50, 2)))
    found = graph.search([1, 1], k=10)
    assert len(set(found.ids)) == len(found.ids) > 0
    assert found.distances.max() == 0


def test_vectors_that_repeat_cost_no_recall():
    rng = np.random.default_rng(0)
    vectors = rng.integers(0, 3, size=(1500, 4)).astype(np.float32)  # 81 places
    graph, brute = HNSW(4, metric="euclidean"), BruteForce(4, metric="euclidean")
    graph.add(vectors)
    brute.add(vectors)
    for query in vectors[:100]:
        assert_array_equal(graph.search(query, k=10).distances, brute.search(query, k=10).distances)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": None}, "missing"),
        ({"levels": np.zeros(3, dtype=int)}, "graph of 2 nodes; found one of 3"),
        ({"links_0": None}, "links_0 of shape"),
        ({"links_0": np.zeros((2, 5), dtype=np.int32)}, "links_0 of shape"),
        ({"links_0": np.full((2, 32), 2, dtype=np.int32)}, "links_0 from -1 to 1"),
        ({"metric": np.array("manhattan")}, "manhattan"),
    ],
)
def test_hnsw_refuses_arrays_that_do_not_fit(change, message):
    graph = HNSW(2)
    graph.add(np.eye(2))
    changed = {name: array for name, array in (graph.to_arrays() | change).items() if array is not None}
    with pytest.raises(ValueError, match=message):
        HNSW.from_arrays(np.eye(2), changed)


# ---------------------------------------------------------------- IVF


@pytest.mark.parametrize("init", ["k-means++", "random"])
def test_ivf_recalls_as_much_as_faiss(words, exact, faiss, init):
    """On average over three starts: with one, cells drawn by chance differ by more than 0.02."""
    rows, queries = (unit(vectors).astype(np.float32) for vectors in words)
    efforts = (4, 8, 16, 32)
    ours, theirs = np.zeros((2, 3, len(efforts)))
    for seed in range(3):
        index = IVF(100, nlist=64, init=init, iterations=10, seed=seed)
        index.add(rows)
        reference = faiss.IndexIVFFlat(faiss.IndexFlatL2(100), 100, 64)
        reference.cp.seed = seed
        reference.train(rows)
        reference.add(rows)
        for i, nprobe in enumerate(efforts):
            ours[seed, i] = mean_recall([index.search(q, 10, nprobe) for q in queries], exact["cosine"])
            reference.nprobe = nprobe
            theirs[seed, i] = mean_recall_of_ids(reference.search(queries, 10)[1], exact["cosine"])
    assert_allclose(ours.mean(axis=0), theirs.mean(axis=0), atol=0.02)


def test_ivf_finds_and_counts_what_faiss_does_in_the_same_cells(words, cells, faiss):
    quantizer = faiss.IndexFlatL2(100)
    quantizer.add(cells.centroids)
    theirs = faiss.IndexIVFFlat(quantizer, 100, 64)
    theirs.train(cells.vectors)  # finds the quantizer filled and leaves it
    theirs.add(cells.vectors)
    theirs.nprobe = 8
    for query in words[1][:50]:
        faiss.cvar.indexIVF_stats.reset()
        distances, ids = theirs.search(unit(query)[np.newaxis].astype(np.float32), 10)
        found = cells.search(query, k=10, nprobe=8)
        assert_array_equal(found.ids, ids[0])
        assert_allclose(2 * found.distances, distances[0], rtol=1e-4)
        assert found.evaluations == 64 + faiss.cvar.indexIVF_stats.ndis


def test_ivf_that_probes_every_cell_is_exact(words, exact, cells):
    for query, answer in zip(words[1], exact["cosine"], strict=True):
        found = cells.search(query, k=10, nprobe=64)
        assert_array_equal(found.ids, answer.ids)
        assert found.evaluations == 64 + N


def test_ivf_counts_its_build(words):
    index = IVF(100, nlist=8, init="random", iterations=1)
    index.add(words[0][:500])
    assert index.build_evaluations == 2 * 500 * 8  # before the move and after it
    index.add(words[0][500:600])
    assert index.build_evaluations == 2 * 500 * 8 + 100 * 8
    spread = IVF(100, nlist=8, init="k-means++", iterations=1)
    spread.add(words[0][:500])
    assert spread.build_evaluations == 2 * 500 * 8 + 7 * 500


@pytest.mark.parametrize("moves", [1, 3, 100])
def test_lloyd_moves_as_scikit_learn(words, moves):
    cluster = pytest.importorskip("sklearn.cluster")
    vectors = words[0][:1000]
    theirs = cluster.KMeans(20, init=vectors[:20], n_init=1, max_iter=moves, tol=0).fit(vectors)
    ours = lloyd(vectors, vectors[:20], moves)
    assert_allclose(ours.centroids, theirs.cluster_centers_, atol=1e-4)
    assert_array_equal(ours.labels, theirs.labels_)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-5)


def test_lloyd_fills_a_cell_that_nothing_chose():
    vectors = np.array([[100.0], [101.0], [110.0]], dtype=np.float32)
    found = lloyd(vectors, vectors[[0, 0, 0]], iterations=10)
    assert found.inertia == 0
    assert sorted(found.labels) == [0, 1, 2]


def test_nearest_centroids_keeps_its_digits_far_from_the_origin():
    vectors = np.array([[1e4, 1e4 + 0.01]], dtype=np.float32)
    centroids = vectors + np.array([[0.02, 0], [0, 0.005]], dtype=np.float32)
    labels, squared = nearest_centroids(vectors, centroids)
    assert labels.tolist() == [1]
    assert squared[0] == pytest.approx(np.sum((np.float64(centroids[1]) - vectors[0]) ** 2), rel=1e-3)


def test_nearest_centroids_of_data_far_from_the_origin():
    vectors = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    vectors[:, 0] = 1e8  # whose square leaves no digits for the others
    labels, squared = nearest_centroids(vectors, vectors[:100])
    expected = np.sum((vectors[:, None].astype(np.float64) - vectors[:100]) ** 2, axis=-1)
    assert_allclose(squared, expected.min(axis=1), atol=1e-12)
    assert_array_equal(labels, expected.argmin(axis=1))


def test_kmeans_plus_plus_draws_by_squared_distance():
    vectors = np.array([[0.0], [1.0], [3.0]], dtype=np.float32)
    generator = np.random.default_rng(0)
    drawn = [starting_centroids(vectors, 2, "k-means++", generator)[:, 0] for _ in range(3000)]
    second = [row[1] for row in drawn if row[0] == 0]
    assert len(second) == pytest.approx(1000, abs=100)
    assert np.mean(np.equal(second, 3)) == pytest.approx(9 / (1 + 9), abs=0.04)


def test_kmeans_plus_plus_on_fewer_different_vectors_than_cells():
    index = IVF(2, nlist=5, metric="euclidean")
    index.add(np.ones((6, 2)))
    assert index.search([1, 1], k=6, nprobe=5).ids.tolist() == [0, 1, 2, 3, 4, 5]


@settings(deadline=None)
@given(small, st.data(), st.sampled_from(METRICS), st.sampled_from(["k-means++", "random"]))
def test_ivf_on_small_sets(vectors, data, metric, init):
    vectors = nonzero(vectors)
    n, dimension = vectors.shape
    nlist = data.draw(st.integers(1, n))
    first = data.draw(st.integers(nlist, n))
    index = IVF(dimension, nlist, metric=metric, init=init, iterations=3)
    index.add(vectors[:first])
    index.add(vectors[first:])
    assert_array_equal(np.sort(np.concatenate(index.lists)), np.arange(n))
    loaded = IVF.from_arrays(vectors, saved(index))
    assert loaded.build_evaluations == index.build_evaluations
    nearest = []
    for nprobe in range(1, nlist + 1):
        found = index.search(vectors[0], n, nprobe)
        again = loaded.search(vectors[0], n, nprobe)
        assert_array_equal(found.ids, again.ids)
        assert found.evaluations == again.evaluations == nlist + len(found.ids)
        nearest.append(found)
    assert_allclose(nearest[-1].distances, true_distances(vectors, vectors[0], metric), atol=1e-5)
    for fewer, more in itertools.pairwise(nearest):
        assert set(fewer.ids) <= set(more.ids)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": None}, "missing: labels"),
        ({"labels": np.zeros(3, dtype=int)}, "a label for each vector"),
        ({"labels": np.array([0, 2])}, "labels from 0 to 1"),
        ({"centroids": np.zeros(2)}, "centroids"),
    ],
)
def test_ivf_refuses_arrays_that_do_not_fit(change, message):
    index = IVF(2, nlist=2)
    index.add(np.eye(2))
    changed = {name: array for name, array in (index.to_arrays() | change).items() if array is not None}
    with pytest.raises(ValueError, match=message):
        IVF.from_arrays(np.eye(2), changed)


# ---------------------------------------------------------------- bad input

MAKERS = {
    "brute force": BruteForce,
    "HNSW": HNSW,
    "IVF": lambda dimension, metric="cosine": IVF(dimension, nlist=2, metric=metric),
}


@pytest.fixture(params=MAKERS)
def make(request):
    return MAKERS[request.param]


def test_an_empty_index_cannot_be_searched(make):
    with pytest.raises(ValueError, match="found an empty one"):
        make(2).search([1, 0], k=1)


@pytest.mark.parametrize("k", [-1, 0, 4])
def test_k_must_fit(make, k):
    index = make(2)
    index.add([[1, 0], [0, 1], [1, 1]])
    with pytest.raises(ValueError, match=f"k from 1 to 3, the number of vectors; found {k}"):
        index.search([1, 0], k=k)


BAD_ROWS = [
    ([1, 2, 3], "shape"),
    ([1, np.nan], "finite"),
    ([np.inf, 1], "finite"),
    ([1e300, 1], "finite"),
    ([0, 0], "length zero"),
]


@pytest.mark.parametrize(("row", "message"), BAD_ROWS)
def test_bad_vectors_are_refused_and_change_nothing(make, row, message):
    index = make(2)
    index.add([[1, 0], [0, 1], [1, 1]])
    with pytest.raises(ValueError, match=message):
        index.add([row])
    with pytest.raises(ValueError, match=message):
        index.search(row, k=1)
    assert len(index) == 3
    assert index.search([1, 0.1], k=1).ids.tolist() == [0]


def test_one_vector_alone_is_not_a_list_of_vectors(make):
    with pytest.raises(ValueError, match=r"vectors of shape \[n, 2\]; found \(2,\)"):
        make(2).add([1, 2])


def test_a_zero_vector_is_a_point_like_any_other_under_euclidean(make):
    index = make(2, metric="euclidean")
    index.add([[0, 0], [3, 4]])
    found = index.search([0, 0], 2, 2) if isinstance(index, IVF) else index.search([0, 0], 2)
    assert found.distances.tolist() == [0, 5]


def test_adding_nothing_changes_nothing(make):
    index = make(2)
    index.add(np.eye(2))
    index.add(np.empty((0, 2)))
    assert len(index) == 2


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: BruteForce(0), "dimension of at least 1"),
        (lambda: BruteForce(2, "manhattan"), "manhattan"),
        (lambda: HNSW(2, m=1), "m of at least 2"),
        (lambda: HNSW(2, m=8, ef_construction=4), "at least m = 8; found 4"),
        (lambda: HNSW(2, seed=-1), "seed"),
        (lambda: IVF(2, nlist=0), "nlist"),
        (lambda: IVF(2, nlist=1, iterations=0), "iterations"),
        (lambda: IVF(2, nlist=1, seed=-1), "seed"),
        (lambda: IVF(2, nlist=1, init="corner"), "corner"),
        (lambda: IVF(2, nlist=3).add(np.eye(2)), "at least nlist = 3 vectors to begin; found 2"),
    ],
)
def test_bad_settings_are_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_bad_effort_is_refused():
    graph, cells = HNSW(2), IVF(2, nlist=2)
    for index in (graph, cells):
        index.add(np.eye(2))
    with pytest.raises(ValueError, match="ef of at least 1"):
        graph.search([1, 0], k=1, ef=0)
    for nprobe in (0, 3):
        with pytest.raises(ValueError, match=f"nprobe from 1 to nlist = 2; found {nprobe}"):
            cells.search([1, 0], k=1, nprobe=nprobe)
