"""FIG.01: three counts and every byte, for any text; what cannot be a text is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.data.tokenizers.graphemes import graphemes
from pycore.figures.tokenizers.text_bytes import LONGEST, PRESETS, TextBytes, read


def out(of: TextBytes, name: str) -> str:
    found = re.search(rf'data-out="{name}"[^>]*>([^<]*)<', "".join(of.parts().values()))
    assert found
    return found[1]


def counts(of: TextBytes) -> tuple[str, str, str]:
    return out(of, "characters"), out(of, "points"), out(of, "bytes")


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("one", ("4", "4", "5")),
        ("two", ("4", "5", "6")),
        ("family", ("1", "5", "18")),
        ("flag", ("1", "2", "8")),
        ("thai", ("2", "6", "18")),
        ("arabic", ("9", "9", "14")),
        ("half", ("1", "1", "none")),
    ],
)
def test_what_each_text_counts(preset: str, expected: tuple[str, str, str]) -> None:
    of = TextBytes()
    of.handle("take", [preset])
    assert counts(of) == expected
    assert set(PRESETS) == {"one", "two", "family", "flag", "thai", "arabic", "half"}


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=LONGEST // 6))
def test_any_text_shows_its_own_bytes(text: str) -> None:
    of = TextBytes()
    of.handle("write", [text])
    whole = read(of.state.text)
    assert whole == read(text)
    clusters = graphemes().split(whole)
    assert out(of, "characters") == str(len(clusters))
    stage = of.parts()["stage"]
    held = any(0xD800 <= ord(c) < 0xE000 for c in whole)
    assert out(of, "bytes") == ("none" if held else str(len(whole.encode())))
    written = "".join(re.findall(r"<b>[0-9A-F]{4,6}</b><span>([0-9A-F ]+)</span>", stage)).replace(" ", "")
    assert bytes.fromhex(written) == whole.encode("utf-8", "ignore")
    # No markup holds what a page cannot: it could be sent, kept and read again.
    "".join(of.parts().values()).encode("utf-8")
    again = TextBytes()
    again.restore(of.changes())
    assert again.parts() == of.parts()


def test_other_counts() -> None:
    of = TextBytes()
    of.handle("write", ["👋e\u0301"])
    assert [out(of, name) for name in ("utf16", "len", "nfc", "nfd")] == ["4", "3", "2", "3"]


def test_hostile_texts() -> None:
    of = TextBytes()
    of.handle("write", ["\0\u202e<i>\x1b\x7f\u2066"])
    stage = of.parts()["stage"]
    assert not {"\0", "\u202e", "\x1b", "\u2066", "<i><"} & set(stage)
    assert "RLO" in stage
    assert "<i>" not in stage.replace("<i>its code points</i>", "")
    of.handle("write", ["a" + "\u0301" * (LONGEST - 1)])
    assert out(of, "characters") == "1"
    assert "200 more code points" in of.parts()["stage"]
    for bad in ("a" * (LONGEST + 1), "x" * 5_000_000):
        with pytest.raises(ValueError, match="characters are too many"):
            of.handle("write", [bad])
    for state in ({"text": "\ud800"}, {"text": "\0"}, {"chosen": 301}, {"text": "a" * 301}):
        with pytest.raises(ValueError, match=r"expected|lone surrogate|301 characters"):
            of.restore(state)
    for place in ("9", "-1", "²", "<b>", "1" * 5000):
        with pytest.raises(ValueError, match="expected the place of a character"):
            of.handle("pick", [place])


def test_right_to_left_text_runs_so() -> None:
    of = TextBytes()
    of.handle("take", ["arabic"])
    assert '<ol data-group="horizontal" dir="rtl">' in of.parts()["stage"]
    of.handle("write", ["12 مرحبا"])
    assert 'dir="rtl"' in of.parts()["stage"]
    of.handle("write", ["a مرحبا"])
    assert '<ol data-group="horizontal" dir="ltr">' in of.parts()["stage"]
