"""A figure away from its page: its numbers, its events, and the reader's functions in place of pycore's."""

from __future__ import annotations

import pytest

from pycore.embeddings import similarity
from pycore.live import catalog, editing
from pycore.live.taken import Taken


@pytest.mark.parametrize("path", catalog.paths())
def test_every_figure_can_be_taken(path):
    figure = Taken(path)
    assert figure.send("reset") is figure
    shown = "".join(catalog.load(path)().parts().values())
    assert shown in figure.html() or all(part in figure.html() for part in figure.figure.parts().values())
    assert f'data-out="{next(iter(figure.numbers))}"' in shown if figure.numbers else "data-out" not in shown


def test_what_it_refuses_is_told():
    with pytest.raises(KeyError):
        Taken("no/such")
    with pytest.raises(ValueError, match="the state has no"):
        Taken("embeddings/cosine", state={"colour": "red"})
    with pytest.raises(ValueError, match="no event"):
        Taken("embeddings/cosine").send("explode")
    with pytest.raises(ValueError, match="no function"):
        Taken("embeddings/cosine").runs("pycore.embeddings.similarity.nothing")(len)


def test_the_readers_function_runs_with_the_readers_names():
    figure = Taken("embeddings/cosine")
    name = editing.name_of(similarity.cosine)
    mine = 0.25
    try:

        @figure.runs(name)
        def cosine(a, b):
            return mine  # of this test, which pycore does not know

        assert cosine(1, 2) == 0.25
        assert figure.numbers["cosine"] == "+0.25"
        assert similarity.cosine([1.0], [1.0]) == 0.25
    finally:
        editing.edit(name, None)
    assert Taken("embeddings/cosine").numbers["cosine"] == "+0.88"
