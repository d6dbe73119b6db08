"""FIG.00: the numbers are tiktoken's, and the tokens the sentence."""

from __future__ import annotations

import pytest

from pycore.figures.tokenizers.into_tokens import SENTENCES, IntoTokens
from tests.pycore.figures.test_figures import outs, page
from tests.pycore.real_tokenizers import encoding


@pytest.mark.parametrize("shown", SENTENCES)
def test_numbers_are_tiktokens(shown):
    figure = IntoTokens({"shown": shown})
    ids = encoding("gpt2").encode_ordinary(SENTENCES[shown][1])
    assert outs(figure)["ids"] == f"[{', '.join(map(str, ids))}]"
    assert [e.text for e in page(figure).walk() if e.name == "small"] == list(map(str, ids))


def test_the_film_starts_anew_with_each_press():
    figure = IntoTokens()
    for event, args in (("replay", []), ("show", ["german"]), ("show", ["german"])):
        again = figure.state.again
        figure.handle(event, args)
        assert figure.state.again != again
