r"""Oracle: `\X` of the regex library, which knows Unicode 18.0: code points, their classes, real text."""

from __future__ import annotations

from itertools import product

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from pycore.data import FOLDER
from pycore.data.tokenizers.graphemes import CLASSES, graphemes
from pycore.tokenizers.graphemes import Graphemes
from tests.pycore.real_text import declarations

# One code point of each class, and one of each kind that is worked out.
SAMPLES = (
    "\r\n\0\u0600\u0301\u200c\u094d\u1cf5\u0915\u200d\u0903\U0001f1eb\u2764\u1100\u1160\u11a8\uac00\uac01a "
)


def clusters(text: str) -> list[str]:
    return regex.findall(r"\X", text)


# Before and after each of these, a code point joins or does not, by its class.
BESIDE = ["\u0301", "\u0903", "\u0600", "\u1100", "\u1160", "\u11a8", "\U0001f1eb", "\u094d", "❤\u200d"]
CONTEXTS = [("a", ""), ("", "\u0301"), *((before, "") for before in BESIDE), ("", "\u0915"), ("", "\u11a8")]


def same_class(points: list[str]) -> None:
    """Compare each point in all contexts; only its class can make a difference."""
    for left, right in CONTEXTS:
        text = "\n".join(f"{left}{point}{right}" for point in points if point not in "\r\n")
        assert graphemes().split(text) == clusters(text)


def test_the_ends_of_all_ranges_have_their_class() -> None:
    written = (FOLDER / CLASSES).read_text("ascii").split()
    ends = {int(end, 16) for text in written if len(text) > 1 for end in text.split("-")}
    same_class([chr(end + step) for end in sorted(ends) for step in (-1, 0, 1) if end + step >= 0])


@pytest.mark.slow
def test_every_code_point_has_its_class() -> None:
    same_class([chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000])


@pytest.mark.parametrize("length", [1, 2, 3])
def test_all_sequences_of_classes(length: int) -> None:
    for drawn in product(SAMPLES, repeat=length):
        text = "".join(drawn)
        assert graphemes().split(text) == clusters(text)


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from(SAMPLES), max_size=30))
def test_long_sequences_of_classes(text: str) -> None:
    assert graphemes().split(text) == clusters(text)
    assert "".join(graphemes().split(text)) == text


def test_real_text_in_many_scripts() -> None:
    for text in declarations()[::12]:
        assert graphemes().split(text) == clusters(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧", 1),
        ("🇫🇷🇯🇵", 2),
        ("🇫🇷🇯", 2),
        ("क्षि", 1),
        ("\r\n", 1),
        ("a" + 10_000 * "\u0301", 1),
        ("\ud83d\ude00", 2),
    ],
)
def test_what_a_reader_counts(text: str, count: int) -> None:
    assert len(graphemes().split(text)) == count


def test_long_runs_take_no_long_time() -> None:
    for run in (
        "a\u0301",
        "\u094d",
        "\u0915\u094d",
        "\U0001f1eb",
        "👩\u200d",
        "\u0600",
        "👩\u0301",
        "\u1cf5\u0301",
    ):
        assert "".join(graphemes().split(run * 20_000)) == run * 20_000


def test_bad_data() -> None:
    with pytest.raises(ValueError, match=r"expected classes of .*, found 'Q'"):
        Graphemes({"Q": [(1, 2)]})
    with pytest.raises(ValueError, match=r"in one range, found U\+0002 in two"):
        Graphemes({"E": [(1, 2)], "S": [(2, 3)]})
    assert len((FOLDER / CLASSES).read_bytes()) < 10_000
