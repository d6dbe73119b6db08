"""FIG.05: what it shows is tiktoken's, also at the ends: no text, one letter, a page, half a character."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from pycore.figures.tokenizers import byte_level
from pycore.figures.tokenizers._coloured import held, way
from pycore.figures.tokenizers.byte_level import LONGEST, SHOWN, TEXTS, ByteLevel, fitting, run
from pycore.live import demand
from pycore.tokenizers.utf8 import utf16_units
from sitegen.vendor import fetch
from tests.pycore.figures.test_figures import outs, page
from tests.pycore.real_tokenizers import encoding
from tests.pycore.tokenizers.any_text import ANY_TEXT


def typed(text: str, **state: object) -> ByteLevel:
    figure = ByteLevel()
    figure.handle("write", [text])
    figure.change(**state)
    return figure


def boxes(figure: ByteLevel) -> list:
    return [e for name, e in page(figure).all("data-control").items() if name.startswith("token-")]


def shown_ids(figure: ByteLevel) -> list[int]:
    return [int(next(e.text for e in box.walk() if e.name == "small")) for box in boxes(figure)]


@pytest.mark.parametrize("text", [*TEXTS.values(), "", "a", "👩‍🚀", "e\u0301\u0301", "x" * 300, " \n\n\t\0"])
def test_ids_are_tiktokens_and_so_are_the_counts(text):
    figure = typed(text)
    ids = encoding("gpt2").encode_ordinary(text)
    assert shown_ids(figure) == ids
    read = outs(figure)
    assert read["tokens"] == str(len(ids))
    assert (read["characters"], read["bytes"]) == (str(len(text)), str(len(text.encode())))
    assert read["decoded"] == "equal"
    assert read["ids"] == ", ".join(map(str, ids))
    whole = sum(encoding("gpt2").decode_single_token_bytes(id_).decode(errors="ignore") == "" for id_ in ids)
    assert int(read["cut"]) >= whole


@settings(deadline=None, max_examples=40)
@given(ANY_TEXT)
def test_any_text_is_drawn_and_its_tokens_are_tiktokens(text):
    assert shown_ids(typed(text)) == encoding("gpt2").encode_ordinary(text)[:SHOWN]


def test_merges_lead_from_bytes_to_the_tokens_of_the_word():
    figure = ByteLevel()
    assert outs(figure)["merges"] == "0 of 8"
    assert "become token 256" in outs(figure)["said"]
    for _ in range(8):
        figure.handle("merge", [])
    assert outs(figure)["merges"] == "8 of 8"
    assert outs(figure)["said"] == "No two neighbours make a token any more: the chunk is 2 tokens."
    pieces = [e for e in page(figure).walk() if e.attributes.get("class") == "pieces"]
    assert [e.text for e in pieces[0].walk() if e.name == "bdi"] == ["␣token", "izer"]
    figure.handle("merge", [])
    assert outs(figure)["merges"] == "0 of 8"


def test_the_room_for_a_words_bytes_is_kept_while_they_are_merged():
    figure = typed("supercalifragilisticexpialidocious")
    for _ in range(5):
        room = next(e for e in page(figure).walk() if e.attributes.get("class") == "room")
        assert [e.text for e in room.walk() if e.name == "bdi"] == list("supercalifragilisticexpialidocious")
        figure.handle("merge", [])


def test_the_pressed_token_and_its_word_are_marked():
    figure = typed("unhappily so")
    figure.handle("pick", ["1"])
    pressed = [box.attributes["aria-pressed"] for box in boxes(figure)]
    assert pressed == ["true"] * (len(pressed) - 1) + ["false"]


def test_what_looks_special_is_text():
    figure = typed(TEXTS["special"])
    assert 50256 not in shown_ids(figure)
    assert len(shown_ids(figure)) == 13
    assert b"".join(map(encoding("gpt2").decode_single_token_bytes, shown_ids(figure))) == (
        b"What if I type <|endoftext|> here?"
    )


def test_a_long_text_is_done_in_ticks_and_stays_where_it_is():
    text = "It is the sense of the house. " * 7000
    figure = typed(text)
    counts, shares = [], []
    while "data-tick" in figure.view()["readout"]:
        counts.append(int(outs(figure)["tokens"].replace(",", "")))
        shares.append(outs(figure)["share"])
        figure.handle("tick", [])
    assert counts == sorted(set(counts))
    assert len(counts) > 20
    assert outs(figure)["tokens"] == f"{len(encoding('gpt2').encode_ordinary(text)):,}"
    done = figure.state
    figure.handle("tick", [])
    assert figure.state == done
    # What is drawn depends on the state alone, not on what else has been worked out.
    early = typed(text)
    assert outs(early)["tokens"] == f"{counts[0]:,}"
    figure.handle("turn", ["9999"])
    assert len(boxes(figure)) == (run(text).at(10**6).tokens - 1) % SHOWN + 1


def test_a_word_of_a_page_shows_no_merges():
    figure = typed("x" * 60)
    assert outs(figure)["said"] == "This chunk has 60 bytes: too many to show its merges one by one."
    figure.handle("merge", [])
    assert figure.state.step == 0


def test_half_a_character_is_refused_in_words():
    figure = typed("half \ud83d here")
    assert "U+D83D, half of a character (a lone surrogate)" in figure.view()["box"]
    assert outs(figure)["tokens"] == "0"


def test_too_long_a_text_is_cut_and_says_so():
    for text in ("a" * (LONGEST + 5), "👩" * LONGEST, "a" + "👩" * LONGEST):
        assert LONGEST - 2 <= utf16_units(fitting(text)) <= LONGEST
        assert text.startswith(fitting(text))
    assert fitting("a" * (LONGEST - 1) + "\ud83d\ude00") == "a" * (LONGEST - 1)
    figure = typed("a " * LONGEST)
    assert f"{LONGEST:,} characters is all that fits in here." in figure.view()["box"]
    with pytest.raises(ValueError, match="expected at most 300,000 characters"):
        figure.restore({"text": "a" * (LONGEST + 1)})


def test_right_to_left_runs_are_read_so_and_numbers_in_them_are_not():
    assert [way(part.encode()) for part in ("שלום", " سلام", "abc", "12", "١٢", "?!", " ")] == [
        "rtl",
        "rtl",
        "ltr",
        "ltr",
        "ltr",
        "",
        "",
    ]
    flow = next(e for e in page(typed(TEXTS["arabic"])).walk() if e.attributes.get("class") == "flow")
    assert flow.attributes["dir"] == "rtl"
    runs = [e for e in flow.walk() if e.name == "span"]
    assert [run_.attributes["dir"] for run_ in runs] == ["rtl", "ltr"]
    assert "1948" in "".join(e.text for e in runs[1].walk() if e.name == "bdi").replace("\n", "")


def test_nothing_unseen_is_drawn_as_nothing():
    for token in ("\0", "\u202e", "\u200d", "\ufe0f", "\u00a0", "\n", " ", "\u0301"):
        assert held(token.encode()) not in ("", token)
    assert "<script" not in typed("<script>alert(1)</script>").view()["stage"]


@pytest.fixture(scope="module")
def lists():
    return ByteLevel.on_demand.make(fetch)


@pytest.fixture
def loaded(lists):
    """The lists of GPT-4 and GPT-4o, as the page would give them."""
    demand.provide(ByteLevel.on_demand.name, lists)
    yield
    demand.drop(ByteLevel.on_demand.name)


SIZES = {"cl100k": "100,256 tokens and 5", "o200k": "199,998 tokens and 2"}


@pytest.mark.parametrize("name", SIZES)
def test_with_another_list_the_ids_are_tiktokens_too(loaded, name):
    reference = encoding(f"{name}_base")
    for text in [*TEXTS.values(), "", " \n\n\t\0", "don't DON'T 12345 привет"]:
        figure = typed(text)
        figure.handle("use", [name])
        assert shown_ids(figure) == reference.encode_ordinary(text)
        assert outs(figure)["list"].startswith(SIZES[name])
        assert outs(figure)["decoded"] == "equal"
    figure.handle("take", ["special"])
    assert figure.state.list == name  # another text keeps the list
    used = byte_level.tokenizer(name)
    assert used.special_tokens == reference._special_tokens


def test_until_a_list_is_here_gpt2s_is_shown_and_that_is_said():
    figure = ByteLevel()
    before = shown_ids(figure)
    figure.handle("use", ["o200k"])
    assert outs(figure)["list"] == "GPT-4o’s is not here: load it above. Shown is GPT-2’s."
    assert shown_ids(figure) == before
