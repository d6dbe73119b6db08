"""Similarity against scikit-learn and gensim on real word vectors, and the algebra by hypothesis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from pycore.data.embeddings import word_vectors
from pycore.embeddings import similarity
from pycore.embeddings.similarity import analogy, cosine, dot, euclidean, normalize, top_k
from tests.pycore.real_vectors import answers, glove, question_lines, questions

TOP = 30_000
EVERY = 4  # gensim answers every fourth question


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Small products are many times slower on two threads when other programs want the processor."""
    limits = pytest.importorskip("threadpoolctl").threadpool_limits(1)
    with limits:
        yield


@pytest.fixture(scope="module", params=["words", "random"])
def rows(request):
    """Real vectors and random ones, float64 [n, d]."""
    if request.param == "words":
        return word_vectors().matrix[::10].astype(np.float64)
    return np.random.default_rng(1).normal(size=(1000, 7)) * np.geomspace(1e-3, 1e3, 1000)[:, np.newaxis]


@pytest.fixture(scope="module")
def full():
    """Words and vectors of the 30,000 most frequent tokens."""
    words, matrix = glove()
    return words[:TOP], matrix[:TOP]


@pytest.fixture(scope="module")
def keyed(full):
    models = pytest.importorskip("gensim.models")
    vectors = models.KeyedVectors(100)
    vectors.add_vectors(*full)
    return vectors


# ---------------------------------------------------------------- against scikit-learn


def test_measures_of_pairs(rows):
    metrics = pytest.importorskip("sklearn.metrics.pairwise")
    a, b = rows[:200], rows[200:400]
    for ours, theirs in (
        (cosine, np.diag(metrics.cosine_similarity(a, b))),
        (euclidean, metrics.paired_euclidean_distances(a, b)),
        (dot, np.diag(metrics.linear_kernel(a, b))),
    ):
        assert_allclose([ours(x, y) for x, y in zip(a, b, strict=True)], theirs, rtol=1e-6, atol=1e-6)


def test_normalize(rows):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    assert_allclose(normalize(rows), preprocessing.normalize(rows), atol=1e-12)
    assert_allclose(normalize(rows[3]), preprocessing.normalize(rows[3:4])[0], atol=1e-12)
    assert normalize(rows.astype(np.float32)).dtype == np.float32
    assert normalize(rows.reshape(2, -1, rows.shape[1])).shape == (2, len(rows) // 2, rows.shape[1])
    assert normalize(rows[:0]).shape == (0, rows.shape[1])


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_top_k_finds_the_nearest_neighbours(rows, metric):
    neighbors = pytest.importorskip("sklearn.neighbors")
    unit = normalize(rows)
    # More queries than are scored at a time, and not a multiple of that.
    queries = normalize(rows[:300] + 0.3 * rows[300:600])
    theirs = neighbors.NearestNeighbors(n_neighbors=10, algorithm="brute", metric=metric).fit(unit)
    distances, ids = theirs.kneighbors(queries)
    ours = top_k(unit, queries, 10)
    assert_array_equal(ours.ids, ids)
    expected = 1 - distances if metric == "cosine" else 1 - distances**2 / 2
    assert_allclose(ours.scores, expected, atol=1e-6)
    one = top_k(unit, queries[7], 10)
    assert_array_equal(one.ids, ids[7])
    assert_allclose(one.scores, ours.scores[7], atol=1e-12)


def test_float32_stays_float32_and_agrees():
    metrics = pytest.importorskip("sklearn.metrics.pairwise")
    unit = word_vectors().unit
    found = top_k(unit, unit[:300], 5)
    assert found.scores.dtype == np.float32
    theirs = metrics.cosine_similarity(unit[:300].astype(np.float64), unit.astype(np.float64))
    assert_allclose(found.scores, np.sort(theirs, axis=1)[:, :-6:-1], atol=1e-6)
    assert_array_equal(found.ids[:, 0], np.arange(300))  # each word is nearest to itself


# ---------------------------------------------------------------- algebra

entries = st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3)


def vectors_of(count):
    """Some vectors of one length, none of them zero."""
    return st.integers(1, 6).flatmap(
        lambda d: st.tuples(*[arrays(np.float64, d, elements=entries).filter(np.any)] * count)
    )


@given(vectors_of(2), st.floats(1e-150, 1e150), st.floats(1e-150, 1e150))
def test_cosine_is_bounded_symmetric_and_blind_to_length(pair, s, t):
    a, b = pair
    value = cosine(a, b)
    assert -1 <= value <= 1
    assert cosine(b, a) == pytest.approx(value, abs=1e-15)
    assert cosine(s * a, t * b) == pytest.approx(value, abs=1e-12)
    assert cosine(-a, b) == pytest.approx(-value, abs=1e-15)
    assert cosine(a, a) == pytest.approx(1, abs=1e-15)


@given(vectors_of(1), st.floats(1e-150, 1e150))
def test_normalize_twice_is_normalize_once(one, s):
    unit = normalize(s * one[0])
    assert np.linalg.norm(unit) == pytest.approx(1, abs=1e-15)
    assert_allclose(normalize(unit), unit, atol=1e-15)
    assert_allclose(unit, normalize(one[0]), atol=1e-15)


@given(vectors_of(2))
def test_the_law_of_cosines(pair):
    a, b = pair
    squared = dot(a, a) + dot(b, b) - 2 * dot(a, b)
    assert euclidean(a, b) ** 2 == pytest.approx(squared, rel=1e-9, abs=1e-8)


@given(vectors_of(9))
def test_three_measures_rank_unit_vectors_alike(vectors):
    *rows, query = normalize(np.array(vectors))
    by_dot = sorted(rows, key=lambda row: -dot(row, query))
    cosines = [cosine(row, query) for row in by_dot]
    distances = [euclidean(row, query) for row in by_dot]
    assert np.all(np.diff(cosines) <= 1e-12)
    # A distance is the square root of 2 - 2 cos, which makes a rounding error near 1 large.
    assert np.all(np.diff(np.square(distances)) >= -1e-12)


@given(st.data(), st.integers(1, 12), st.integers(1, 3), st.integers(0, 4))
def test_top_k_breaks_ties_in_row_order(data, n, d, m):
    """Small whole numbers give exact scores and many ties, also across the last place."""
    small = st.integers(-1, 1)
    matrix = data.draw(arrays(np.int64, (n, d), elements=small))
    queries = data.draw(arrays(np.int64, (m, d), elements=small))
    exclude = data.draw(st.lists(st.integers(0, n - 1), max_size=n))
    assume(len(set(exclude)) < n)
    k = data.draw(st.integers(1, n - len(set(exclude))))
    ids, scores = top_k(matrix, queries, k, exclude)
    assert ids.shape == scores.shape == (m, k)
    for query, found, kept in zip(queries, ids, scores, strict=True):
        exact = matrix @ query
        ranked = sorted(set(range(n)) - set(exclude), key=lambda row: (-exact[row], row))
        assert found.tolist() == ranked[:k]
        assert kept.tolist() == exact[found].tolist()


def test_sizes_whose_squares_no_float_can_hold():
    for dtype, huge, tiny in ((np.float64, 1e300, 1e-300), (np.float32, 1e38, 1e-38)):
        a, b = np.array([huge, huge], dtype), np.array([tiny, 0], dtype)
        assert cosine(a, b) == pytest.approx(np.sqrt(0.5), abs=1e-6)
        assert cosine(a, a) == pytest.approx(1, abs=1e-6)
        assert_allclose(np.linalg.norm(normalize([a, b]), axis=1), 1, rtol=1e-6)
    assert euclidean([3e300, 0], [0, 4e300]) == pytest.approx(5e300)
    assert euclidean([3e-300, 0], [0, 4e-300]) == pytest.approx(5e-300)
    assert cosine([5e-324], [-5e-324]) == -1


def test_narrow_and_whole_numbers_are_widened():
    assert dot(np.float16([300, 300]), np.float16([300, 300])) == 180_000
    assert dot(np.float32([1e20, 1e20]), np.float32([1e20, -1e20])) == 0
    unit = normalize(np.ones(70_000, np.float16))
    assert unit.dtype == np.float16
    assert_allclose(unit, 70_000**-0.5, rtol=1e-3)
    rows = np.array([[9, 0, 1], [1, 0, 9], [0, 1, 9], [0, 9, 1]])
    assert_array_equal(analogy(rows.astype(np.uint8), 0, 1, 2, k=1).ids, analogy(rows, 0, 1, 2, k=1).ids)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("measure", [dot, cosine, euclidean])
@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ([1, 2], [1, 2, 3], r"one length; found shapes \(2,\) and \(3,\)"),
        ([[1, 2]], [[1, 2]], "two vectors"),
        (1.0, 2.0, "two vectors"),
        ([1, np.nan], [1, 2], "finite"),
        ([1, 2], [np.inf, 2], "finite"),
        (["1"], ["2"], "real numbers; found dtype <U1"),
        ([1, 2j], [1, 2j], "real numbers; found dtype complex128"),
    ],
)
def test_measures_refuse(measure, a, b, words):
    with pytest.raises(ValueError, match=words):
        measure(a, b)


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        ([0.0, 0.0], "length zero has no direction"),
        ([[1, 2], [0, 0]], "length zero has no direction"),
        (np.zeros((3, 0)), "length zero has no direction"),
        ([1, np.nan], "finite"),
        ([[-np.inf, 1]], "finite"),
    ],
)
def test_normalize_refuses(vectors, words):
    with pytest.raises(ValueError, match=words):
        normalize(vectors)


def test_a_vector_of_length_zero_has_no_cosine_but_a_distance():
    with pytest.raises(ValueError, match="no direction"):
        cosine([0, 0], [1, 0])
    assert euclidean([0, 0], [0, 0]) == 0
    assert dot([0, 0], [1, 2]) == 0


@pytest.mark.parametrize(
    ("matrix", "query", "k", "exclude", "words"),
    [
        (np.eye(3), [1, 0], 1, (), r"found \(3, 3\), \(2,\)"),
        (np.ones(3), [1, 0, 0], 1, (), "matrix"),
        (np.eye(3), np.ones((1, 1, 3)), 1, (), "query"),
        (np.eye(3), 1.0, 1, (), "query"),
        (np.eye(3), [1, 0, 0], 0, (), "k from 1 to 3.*found 0"),
        (np.eye(3), [1, 0, 0], 4, (), "k from 1 to 3.*found 4"),
        (np.eye(3), [1, 0, 0], 2, (0, 1, 1), "k from 1 to 1.*found 2"),
        (np.eye(3), [1, 0, 0], 1, (3,), "excluded rows from 0 to 2; found 3"),
        (np.eye(3), [1, 0, 0], 1, (0, -1), "excluded rows from 0 to 2; found -1"),
        (np.ones((0, 3)), [1, 0, 0], 1, (), "k from 1 to 0"),
        (np.eye(3), [1, np.nan, 0], 1, (), "finite"),
        (np.eye(3), [[1, np.inf, 0]], 1, (), "finite"),
        (np.full((3, 3), np.nan), [1, 0, 0], 1, (), "finite"),
        (np.diag([1, np.inf, 1]), [1, 1, 1], 1, (), "finite"),
        (np.eye(3) * 1j, [1, 0, 0], 1, (), "real numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in matmul")  # infinity times zero
def test_top_k_refuses(matrix, query, k, exclude, words):
    with pytest.raises(ValueError, match=words):
        top_k(matrix, query, k, exclude)


def test_top_k_leaves_its_inputs_alone_and_takes_no_queries():
    matrix, queries = np.eye(3), np.ones((2, 3))
    top_k(matrix, queries, 1, exclude=[0])
    assert_array_equal(matrix, np.eye(3))
    assert_array_equal(queries, np.ones((2, 3)))
    empty = top_k(matrix, queries[:0], 2)
    assert empty.ids.shape == empty.scores.shape == (0, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"a": 4}, r"rows below n; found \(4, 3\) and rows \(4, 1, 2\)"),
        ({"c": -1}, "rows below n"),
        ({"matrix": np.ones(4)}, "matrix"),
        ({"k": 2}, "k from 1 to 1"),
        ({"k": 2, "method": "mul"}, "k from 1 to 1"),
        ({"method": "plus"}, '"add" or "mul"; found "plus"'),
        ({"matrix": [[1, 0], [1, 0], [0, 0], [0, 1]]}, "no direction"),
        ({"matrix": np.full((4, 3), np.nan)}, "finite"),
        ({"matrix": np.full((4, 3), np.nan), "method": "mul"}, "finite"),
    ],
)
def test_analogy_refuses(change, words):
    matrix = normalize([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]])
    with pytest.raises(ValueError, match=words):
        analogy(**{"matrix": matrix, "a": 0, "b": 1, "c": 2, **change})


# ---------------------------------------------------------------- analogies, against gensim


def test_3cosadd_answers_the_questions_that_gensim_answers(full, keyed, tmp_path):
    words, matrix = full
    asked = list(question_lines())[::EVERY]
    file = tmp_path / "questions.txt"
    file.write_text("".join(f"{section}{' '.join(quad)}\n" for section, quad in asked), "utf-8")
    score, sections = keyed.evaluate_word_analogies(str(file))
    theirs = [[word.lower() for word in quad] for quad in sections[-1]["correct"]]

    row, unit = {word: i for i, word in enumerate(words)}, normalize(matrix)
    known = [quad for _, quad in asked if row.keys() >= set(quad)]
    best = [analogy(unit, row[a], row[b], row[c]).ids[0] for a, b, c, _ in known]
    ours = [quad for quad, i in zip(known, best, strict=True) if words[i] == quad[3]]
    assert len(known) == len(theirs) + len(sections[-1]["incorrect"]) > 3500
    assert ours == theirs
    assert len(ours) / len(known) == score


def test_leaving_the_inputs_in_costs_a_third_of_the_score(full):
    asked = questions(full[0])
    without = np.mean(answers(full[1], asked, exclude_inputs=True) == asked[:, 3])
    with_inputs = np.mean(answers(full[1], asked, exclude_inputs=False) == asked[:, 3])
    assert len(asked) > 15_000
    assert without == pytest.approx(0.657, abs=0.001)
    assert with_inputs == pytest.approx(0.348, abs=0.001)


def test_analogy_with_inputs_left_in_agrees_with_the_batch(full):
    unit, asked = normalize(full[1]), questions(full[0])[::50]
    found = [analogy(unit, a, b, c, exclude_inputs=False).ids[0] for a, b, c, _ in asked]
    assert_array_equal(found, answers(full[1], asked, exclude_inputs=False))


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")  # gensim's own call
def test_3cosmul_is_gensims_but_for_its_epsilon(full, keyed, monkeypatch):
    words, matrix = full
    unit = normalize(matrix)
    monkeypatch.setattr(similarity, "MUL_EPSILON", 1e-6)
    for a, b, c, _ in questions(words)[::60].tolist():
        ours = analogy(unit, a, b, c, k=10, method="mul")
        theirs = keyed.most_similar_cosmul(positive=[words[b], words[c]], negative=[words[a]], topn=10)
        assert_allclose(ours.scores, [score for _, score in theirs], atol=1e-6)
        # Scores that differ by less than float32 can tell may change places.
        assert sum(words[i] == word for i, (word, _) in zip(ours.ids, theirs, strict=True)) >= 8


@pytest.mark.parametrize("exclude_inputs", [True, False])
def test_3cosmul_is_the_formula_of_the_paper(exclude_inputs):
    """Levy & Goldberg 2014, equation 4, with cosines moved to [0, 1] and their epsilon of 0.001."""
    unit = normalize(word_vectors().matrix.astype(np.float64))
    for a, b, c in np.random.default_rng(2).integers(len(unit), size=(50, 3)):
        to_a, to_b, to_c = ((unit @ unit[i] + 1) / 2 for i in (a, b, c))
        scores = to_b * to_c / (to_a + 0.001)
        if exclude_inputs:
            scores[[a, b, c]] = 0
        best = np.argsort(-scores)[:5]
        ours = analogy(unit, a, b, c, k=5, method="mul", exclude_inputs=exclude_inputs)
        assert_array_equal(ours.ids, best)
        assert_allclose(ours.scores, scores[best], rtol=1e-12)


def test_king_minus_man_plus_woman():
    vectors = word_vectors()
    a, b, c = (vectors.id(word) for word in ("man", "woman", "king"))
    ids, scores = analogy(vectors.unit, a, b, c)
    assert (vectors.words[ids[0]], scores[0]) == ("queen", pytest.approx(0.770, abs=0.001))
    ids, scores = analogy(vectors.unit, a, b, c, k=2, exclude_inputs=False)
    assert [vectors.words[i] for i in ids] == ["king", "queen"]
    assert_allclose(scores, [0.836, 0.770], atol=0.001)


def test_wordsim_353_gives_the_correlation_that_gensim_gives(full, keyed):
    utils, stats = pytest.importorskip("gensim.test.utils"), pytest.importorskip("scipy.stats")
    file = utils.datapath("wordsim353.tsv")
    vectors = dict(zip(*full, strict=True))
    people, ours = [], []
    with open(file, encoding="utf-8") as lines:  # noqa: PTH123
        for line in lines:
            if not line.startswith("#"):
                a, b, score = line.lower().split("\t")
                if a in vectors and b in vectors:
                    people.append(float(score))
                    ours.append(cosine(vectors[a], vectors[b]))
    _, theirs, _ = keyed.evaluate_word_pairs(file)
    assert len(ours) > 330
    assert stats.spearmanr(people, ours).statistic == pytest.approx(theirs.statistic, abs=1e-6)
