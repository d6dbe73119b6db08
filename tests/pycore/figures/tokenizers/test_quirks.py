"""FIG.07: its tokens are tiktoken's, and what it says of them holds."""

from __future__ import annotations

import re

import pytest

from pycore.figures.tokenizers.quirks import LONGEST, QUIRKS, Quirks, four_digits
from tests.pycore.figures.test_figures import outs, page
from tests.pycore.real_tokenizers import encoding


def rows(figure: Quirks) -> list[list[int]]:
    """The numbers below the tokens of each row, the reader's own last."""
    lines = [e for e in page(figure).walk() if e.attributes.get("class") == "line"]
    return [[int(e.text) for e in line.walk() if e.name == "small"] for line in lines]


def verdict(quirk: str) -> str:
    return outs(Quirks({"quirk": quirk}))["verdict"]


@pytest.mark.parametrize("quirk", QUIRKS)
def test_each_row_is_cut_as_tiktoken_cuts_it(quirk: str) -> None:
    theirs = encoding("gpt2").encode_ordinary
    figure = Quirks({"quirk": quirk})
    parts = [(row,) if isinstance(row, str) else row for row in QUIRKS[quirk].rows]
    expected = [[id_ for part in row for id_ in theirs(part)] for row in parts]
    assert rows(figure) == expected
    shown = outs(figure)
    for i, ids in enumerate(expected, start=1):
        assert shown[f"row-{i}"] == f"{len(ids)} token{'s' if len(ids) > 1 else ''}"


@pytest.mark.parametrize(
    "text",
    ["It’s 1,000,000!", "naïve 🙂", "<|endoftext|>", " ", "\0\t\n", "x" * LONGEST, "e" + "\u0301" * 99],
)
def test_the_readers_own_is_cut_as_tiktoken_cuts_it(text: str) -> None:
    figure = Quirks()
    before = rows(figure)
    figure.handle("type_own", [text])
    assert rows(figure) == [*before, encoding("gpt2").encode_ordinary(text)]
    figure.handle("type_own", [""])
    assert rows(figure) == before


def test_four_digit_numbers_are_counted_right() -> None:
    theirs = encoding("gpt2")
    cuts = [
        tuple(len(theirs.decode_single_token_bytes(id_)) for id_ in theirs.encode_ordinary(str(number)))
        for number in range(1000, 10_000)
    ]
    assert four_digits() == {cut: cuts.count(cut) for cut in set(cuts)}
    told = [int(n.replace(",", "")) for n in re.findall(r"(\d[\d,]*) (?:are|in)", verdict("numbers"))]
    assert sum(told) + four_digits()[4,] == 9000


def test_what_is_said_of_the_others_holds() -> None:
    theirs = encoding("gpt2").encode_ordinary
    spaces, (sentence, prompt, trailing, forced) = rows(Quirks()), rows(Quirks({"quirk": "trailing"}))
    assert len({id_ for row in spaces for id_ in row}) == sum(map(len, spaces)) == 7
    assert outs(Quirks())["number"] == "7"
    # The last row spells the sentence, and no text is cut so.
    assert encoding("gpt2").decode(forced) == "Once upon a time"
    assert theirs("Once upon a time") == sentence != forced
    assert sentence[: len(prompt)] == prompt == trailing[:-1]
    assert all(str(id_) in verdict("trailing") for id_ in (sentence[3], trailing[3], forced[4]))
    code = rows(Quirks({"quirk": "code"}))
    assert (
        outs(Quirks({"quirk": "code"}))["number"]
        == f"{sum(r.count(220) for r in code)} of {sum(map(len, code))}"
    )
    assert outs(Quirks({"quirk": "letters"}))["number"] == "10 in 1"
    assert outs(Quirks({"quirk": "glitch"}))["number"] == str(theirs(" SolidGoldMagikarp")[0]) == "43453"


def test_what_cannot_be_cut_is_refused_and_nothing_is_lost() -> None:
    figure = Quirks()
    figure.handle("type_own", ["kept"])
    with pytest.raises(ValueError, match=r"U\+D83D is half of a character"):
        figure.handle("type_own", ["a\ud83d"])
    with pytest.raises(ValueError, match="5,000,000 characters are too many: 200"):
        figure.handle("type_own", ["x" * 5_000_000])
    with pytest.raises(ValueError, match="expected quirk"):
        figure.handle("adjust", ["quirk=other"])
    assert figure.state.own == "kept"
