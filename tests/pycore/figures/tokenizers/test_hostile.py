"""Whatever is typed into a figure of lesson 02: it is drawn, or refused in words, and nothing is lost.

A hidden sign never reaches the picture as it is: it would change how its neighbours are read, or vanish.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pycore.figures.tokenizers._pieces import SHORT
from pycore.live import catalog
from tests.pycore.figures.test_figures import SENDERS, page
from tests.pycore.live.test_live import ATTACKS

TYPED = ("data-on-input", "data-on-change")
MOST = 200_000  # calls of functions that a text may cost: ten times what any costs now, a part of its letters
HOSTILE = {
    "nothing": "",
    "one letter": "a",
    "NUL and controls": "".join(map(chr, range(32))) + "\x7f\x85",
    "half a character": "whole \ud83d half",
    "the other half": "\udc00",
    "10,000 marks on a letter": "e" + "\u0301" * 10_000,
    "marks on nothing": "\u0301\u20dd",
    "right to left, with digits": "abc שלום 123, العربية ٤٥٦ (7)",
    "overrides": "\u202eabc\u202c\u2066def\u2069\u200f\u061c",
    "joined emoji": "👩‍👩‍👧‍👦🇺🇦🏳️‍🌈",
    "beyond Unicode's use": "\ufffe\U0010ffff\ue000\U000e0041",
    "line ends": "a\r\nb\rc\u2028d\u2029e\u0085f",
    "a special token": "<|endoftext|>[UNK][CLS]<unk>▁##",
    "one letter, repeated": "a" * 300,
    "5 MB of words": "word and another " * 300_000,
    "5 MB without a space": "ab" * 2_500_000,
    "markup": "".join(ATTACKS),
}
# Signs that change how others are read, or are not seen; ZWJ and the variation selectors shape one character.
HIDDEN = {chr(code) for code in range(32)} | {chr(code) for code in SHORT} - {"\u200d", "\ufe0e", "\ufe0f"}


def fields(figure: Any) -> list[Any]:
    """The boxes that a reader can type into."""
    return [
        element
        for element in page(figure).walk()
        if element.name == "textarea" or element.attributes.get("type") == "text"
    ]


FIGURES = [
    path for path in catalog.paths() if path.startswith("tokenizers/") and fields(catalog.load(path)())
]


def drawn(figure: Any) -> str:
    """All text of a figure, what stands in its boxes left out."""
    return "".join(
        child
        for element in page(figure).walk()
        if element.name != "textarea"
        for child in element.children
        if isinstance(child, str)
    )


def send(figure: Any, field: Any, text: str) -> bool:
    """Type a text; tell whether it was taken. A refusal is short, and changes nothing."""
    before, picture = figure.state, figure.view()
    arg = [field.attributes["data-arg"]] if "data-arg" in field.attributes else []
    event = next(field.attributes[sender] for sender in TYPED if sender in field.attributes)
    try:
        figure.handle(event, [*arg, text])
    except ValueError as error:
        assert_in_words(error)
    else:
        return True
    assert (figure.state, figure.view()) == (before, picture)
    return False


def counted(act: Callable[[], bool]) -> tuple[int, bool]:
    """Count the calls of functions that something takes, whatever else the machine does; and call it."""
    count = 0

    def note(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        given = act()
    finally:
        sys.setprofile(None)
    return count, given


def assert_in_words(error: ValueError) -> None:
    """Whether a refusal is one for the reader."""
    assert not isinstance(error, UnicodeError)
    assert 10 < len(str(error)) < 300


def finish(figure: Any) -> None:
    """Let a figure that works in ticks do all of its work, as the page would."""
    for _ in range(2000):
        ticks = [e.attributes["data-tick"] for e in page(figure).walk() if "data-tick" in e.attributes]
        if not ticks:
            return
        figure.handle(ticks[0], [])
    raise AssertionError("it never comes to an end")


@pytest.mark.parametrize("path", FIGURES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_is_drawn_or_refused(path: str, text: str) -> None:
    kind = catalog.load(path)
    for i in range(len(fields(kind()))):
        figure = kind()
        kind().view()  # what is computed once for all is no work of the text's
        work, taken = counted(lambda figure=figure, i=i: send(figure, fields(figure)[i], text))
        assert work < MOST, "it would freeze the page"
        root = page(figure)
        root.all("data-control")
        root.all("data-out")
        assert sum(map(len, figure.view().values())) < 900_000 + len(text)
        assert not HIDDEN & set(drawn(figure)) - {"\n"}
        drawn(figure).encode("utf-8")  # no half of a character
        if taken:
            again = kind()
            again.restore(json.loads(json.dumps(figure.changes())))
            assert again.view() == figure.view()


@pytest.mark.parametrize("path", FIGURES)
@pytest.mark.parametrize("name", ["nothing", "overrides", "markup"])
def test_every_button_answers_after_it(path: str, name: str) -> None:
    kind = catalog.load(path)
    for i in range(len(fields(kind()))):
        figure = kind()
        send(figure, fields(figure)[i], HOSTILE[name])
        finish(figure)
        kept = figure.state
        for control in list(page(figure).all("data-control").values())[:24]:
            for sender in set(SENDERS[:3]) & control.attributes.keys():
                given = [control.attributes["data-arg"]] if "data-arg" in control.attributes else []
                value = [] if sender == "data-on-click" else [control.attributes.get("value") or control.text]
                figure.state = kept
                try:
                    figure.handle(control.attributes[sender], given + value)
                except ValueError as error:
                    assert_in_words(error)
                page(figure)
                assert not HIDDEN & set(drawn(figure)) - {"\n"}


def test_the_figures_that_take_text_are_tried() -> None:
    assert {"tokenizers/" + name for name in ("text_bytes", "byte_level", "quirks", "three_ways")} <= set(
        FIGURES
    )
