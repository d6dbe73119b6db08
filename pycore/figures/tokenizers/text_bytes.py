r"""FIG.01: a text as characters, code points and bytes.

What a reader takes for one character is a grapheme cluster (`pycore.tokenizers.graphemes`), which may hold
several code points, and each of these is one to four bytes of UTF-8. In the box "\ud83d" stands for the code
point of that number: so a page can hold, and show, what no text may hold, half of a surrogate pair.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from pycore.data.tokenizers.graphemes import CLASSES, graphemes
from pycore.figures.tokenizers._pieces import sign
from pycore.live import expect
from pycore.live.controls import button, chip, group
from pycore.live.figure import Figure, Parts, event
from pycore.live.inputs import text_box
from pycore.live.markup import Markup, join, tag
from pycore.live.readout import fold, readings
from pycore.tokenizers.graphemes import Graphemes
from pycore.tokenizers.utf8 import SURROGATES, utf8_bits, utf16_units

PRESETS = {
    "one": ("é in one", "caf\u00e9"),
    "two": ("é in two", "cafe\u0301"),
    "family": ("a family", "👨\u200d👩\u200d👧"),
    "flag": ("a flag", "🇫🇷"),
    "thai": ("Thai", "ที่นี่"),
    "arabic": ("Arabic", "مرحبا 123"),
    "half": ("UTF-16 half", r"\ud83d"),
}
LONGEST = 300  # characters in the box
MOST = 100  # code points that are drawn
ROWS = 40  # code points that are named
CONTROLS = {0: "NULL", 9: "TAB", 10: "LINE FEED", 13: "CARRIAGE RETURN", 27: "ESCAPE", 127: "DELETE"}
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class TextBytesState:
    """What stands in the box, and which character is looked at."""

    text: str = "Née, 日本 👋"
    chosen: int = 1


class TextBytes(Figure[TextBytesState]):
    """Type a text and see what it is made of."""

    State = TextBytesState
    data = (CLASSES,)
    code = (Graphemes.split, utf8_bits)

    def check(self, state: TextBytesState) -> None:
        """Refuse what the box cannot hold."""
        expect.fits(state.text, LONGEST)
        expect.between("a character", state.chosen, LONGEST)
        if kept(state.text) != state.text:
            raise ValueError("a lone surrogate or a NUL stands in a text only as an escape")

    @event
    def write(self, text: str) -> None:
        """Take what is typed, and look at its end."""
        expect.fits(text := kept(text), LONGEST)
        self.change(text=text, chosen=max(len(clusters_of(text)) - 1, 0))

    @event
    def take(self, preset: str) -> None:
        """Take one of the ready texts, and look at its most interesting end."""
        expect.one_of("text", preset, PRESETS)
        self.write(PRESETS[preset][1])

    @event
    def pick(self, place: str) -> None:
        """Look at a character."""
        if not place.isdecimal() or len(place) > 3 or int(place) >= len(clusters_of(self.state.text)):
            raise ValueError(f'expected the place of a character; found "{expect.cut(place, 20)}"')
        self.change(chosen=place)

    def view(self) -> Parts:
        """Draw the box, the three counts, the characters, and one of them bit by bit."""
        s = self.state
        text = read(s.text)
        clusters = clusters_of(s.text)
        return {
            "controls": join(
                [
                    text_box("text", "write", "text", s.text, within=self.id, most=LONGEST, dir="auto"),
                    group(
                        "Texts",
                        (
                            chip(label, "take", name, f"take-{name}", pressed=preset == s.text)
                            for name, (label, preset) in PRESETS.items()
                        ),
                    ),
                ]
            ),
            "counts": _counts(text, clusters),
            "stage": _characters(text, clusters, s.chosen),
            "detail": _detail(clusters, s.chosen),
            "more": fold("Other ways to count", _other_counts(text)),
        }


# ---------------------------------------------------------------- what is computed


def read(typed: str) -> str:
    r"""Return the text that stands in the box, escapes read.

    >>> read(r"caf\u00e9")
    'café'
    """
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), typed)


@functools.lru_cache(8)
def clusters_of(typed: str) -> list[str]:
    """Return the characters, as a reader counts, of the text that stands in the box."""
    return graphemes().split(read(typed))


def kept(typed: str) -> str:
    r"""Write what no page can hold as escapes.

    >>> kept("a\ud83d\0")
    'a\\ud83d\\u0000'
    """
    return re.sub("[\0\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", typed)


def utf8(text: str) -> bytes | None:
    """Return the bytes, or None where a surrogate makes that impossible."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None


def name(character: str) -> str:
    """Return what Unicode calls a code point."""
    code = ord(character)
    if code in SURROGATES:
        return "half of a pair in UTF-16, and no character"
    other = CONTROLS.get(
        code, "a control" if unicodedata.category(character) == "Cc" else "without a name here"
    )
    return unicodedata.name(character, other)


def direction(text: str) -> str:
    """Return the direction in which a text runs: that of its first letter."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


# ---------------------------------------------------------------- what is drawn


def _counts(text: str, clusters: list[str]) -> Markup:
    data = utf8(text)
    counts = [
        ("characters", "characters", f"{len(clusters):,}"),
        ("code points", "points", f"{len(text):,}"),
        ("bytes", "bytes", "none" if data is None else f"{len(data):,}"),
    ]
    return tag(
        "div",
        (
            tag(
                "div",
                tag("p", label, class_="label"),
                tag("p", value, class_="big", data_out=out),
                class_=out,
            )
            for label, out, value in counts
        ),
        class_="three",
        role="status",
    )


def _glyph(cluster: str) -> str:
    """Return what a cluster looks like, with signs where it cannot be seen."""
    seen = any(unicodedata.category(character)[0] in "LNPS" for character in cluster)
    return cluster if seen else "".join(map(sign, cluster))


def _hex(character: str) -> Markup:
    if ord(character) in SURROGATES:
        return tag("s", "no bytes")
    return tag("span", character.encode("utf-8").hex(" ").upper())


def _characters(text: str, clusters: list[str], chosen: int) -> Markup:
    """Draw a column for each character: itself, its code points, their bytes."""
    columns = []
    drawn = 0
    for place, cluster in enumerate(clusters):
        if drawn >= MOST:
            break
        points = cluster[: MOST - drawn]
        drawn += len(points)
        columns.append(
            tag(
                "li",
                button(
                    tag("bdi", _glyph(cluster)),
                    event="pick",
                    arg=place,
                    control=f"pick-{place}",
                    pressed=place == chosen,
                    aria_label=f"Character {place + 1}: {_glyph(cluster)}",
                ),
                tag("p", (tag("span", tag("b", f"{ord(c):04X}"), _hex(c)) for c in points), dir="ltr"),
            )
        )
    left = len(text) - drawn
    return tag(
        "div",
        tag(
            "p",
            tag("b", "a character"),
            tag("i", "its code points"),
            tag("span", "their bytes"),
            class_="key",
        )
        if clusters
        else tag("p", "The box is empty: no characters, no bytes.", class_="verdict"),
        tag("ol", columns, data_group="horizontal", dir=direction(text)),
        tag("p", f"and {left:,} more code points, not drawn", class_="label") if left else None,
        class_="scroll",
        tabindex=0,
        role="group",
        aria_label="The characters, their code points and bytes",
    )


def _detail(clusters: list[str], chosen: int) -> Markup:
    """Name the code points of one character, and write its bytes in bits."""
    if not clusters:
        return tag("div", class_="scroll")
    place = min(chosen, len(clusters) - 1)
    cluster = clusters[place]
    rows = [
        tag(
            "tr",
            tag("th", f"U+{ord(c):04X}", scope="row"),
            tag("td", tag("bdi", sign(c)), class_="sign"),
            tag("td", name(c)),
            tag(
                "td",
                [tag("span", tag("i", mark), bits, " ") for mark, bits in utf8_bits(c)]
                or tag("s", "UTF-8 refuses it"),
                class_="bits",
            ),
        )
        for c in cluster[:ROWS]
    ]
    if len(cluster) > ROWS:
        rows.append(tag("tr", tag("td", f"and {len(cluster) - ROWS:,} more", colspan=4)))
    return tag(
        "div",
        tag("p", f"character {place + 1} in bits", class_="label"),
        tag("table", tag("tbody", rows)),
        class_="scroll",
        tabindex=0,
        role="group",
        aria_label="One character in bits",
    )


def _other_counts(text: str) -> Markup:
    composed, apart = (len(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
    return readings(
        [
            ("JavaScript's length: units of UTF-16", "utf16", f"{utf16_units(text):,}"),
            ("Python's len: code points", "len", f"{len(text):,}"),
            ("code points, accents joined to letters (NFC)", "nfc", f"{composed:,}"),
            ("code points, accents apart (NFD)", "nfd", f"{apart:,}"),
        ]
    )
