"""The cost of comparing sentences, against the numbers of the paper and against counting."""

import itertools

import pytest

from pycore.embeddings.search_cost import PAIR, pair_costs, query_costs


def test_the_numbers_of_the_paper():
    found = pair_costs(10_000)
    assert found["cross"].pairs == 49_995_000
    assert found["cross"].then == pytest.approx(65 * 3600)
    assert found["bi"].before == pytest.approx(5)
    assert found["bi"].then == 0


@pytest.mark.parametrize("n", [2, 3, 10, 300])
def test_pairs_are_counted(n):
    pairs = len(list(itertools.combinations(range(n), 2)))
    found = pair_costs(n, reranked=2)
    assert found["cross"].passes == pairs
    assert found["bi"].cosines == found["both"].cosines == pairs
    assert found["both"].pairs == min(2 * n, pairs)
    assert found["both"].passes == n + found["both"].pairs
    assert found["bi"].passes == n


@pytest.mark.parametrize("n", [1, 99, 100, 5000])
def test_a_query_is_encoded_once_and_compared_with_all(n):
    found = query_costs(n)
    assert found["cross"].passes == found["bi"].cosines == n
    assert found["bi"].passes == n + 1
    assert found["both"].then - found["bi"].then == pytest.approx(min(n, 100) * PAIR)


@pytest.mark.parametrize("call", [lambda: query_costs(0), lambda: pair_costs(1), lambda: query_costs(5, -1)])
def test_what_cannot_be_searched_is_refused(call):
    with pytest.raises(ValueError, match="expected n of"):
        call()
