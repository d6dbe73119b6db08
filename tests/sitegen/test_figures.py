from __future__ import annotations

import re
from pathlib import Path

import pytest

from pycore import figures as all_figures
from sitegen import figures, site
from sitegen.errors import AuthorError
from tests.sitegen.small_course import Dial, add_dial
from tests.sitegen.strict_html import StrictHTML

HERE = Path("lesson.md")
NAMED = {"number": "07", "title": "A figure"}


def draw(name: str, **attributes: str) -> figures.Drawn:
    return figures.draw(site.environment(), name, attributes, "<p>Caption.</p>", HERE, 3)


@pytest.mark.parametrize("name", [name for name in all_figures.names() if name != "exercise"])
def test_every_figure_draws_itself_and_keeps_the_contract(name: str) -> None:
    drawn = draw(name, **NAMED)
    html = StrictHTML(drawn.html)
    assert html.problems == []
    (element,) = html.all("py-figure")
    assert (element["id"], element["name"], element["state"]) == ("fig-07", name, "static")
    kind = all_figures.load(name)
    parts = [str(a["data-part"]) for _, a in html.elements if "data-part" in a]
    assert parts == list(kind().view())
    assert "".join(kind().view().values()).replace("\n", "") in re.sub(
        r'</div>\n?<div class="part-[\w-]+" data-part="[\w-]+">', "", drawn.html
    ).replace("\n", "")
    assert drawn.data == kind.data


@pytest.mark.parametrize("name", all_figures.names())
def test_controls_have_names_of_their_own(name: str) -> None:
    html = StrictHTML(draw(name, **NAMED).html)
    for attribute in ("data-control", "data-drag", "data-out"):
        names = [a[attribute] for _, a in html.elements if attribute in a]
        assert len(names) == len(set(names)), attribute


def test_attributes_set_the_initial_state(monkeypatch: pytest.MonkeyPatch) -> None:
    add_dial(monkeypatch)
    drawn = draw("dial", **NAMED, id="here", word="a < b", times="3")
    assert drawn.id == "here"
    html = StrictHTML(drawn.html)
    assert "a < b a < b a < b" in html.text
    (element,) = html.all("py-figure")
    assert element["data-params"] == '{"word": "a < b", "times": "3"}'


@pytest.mark.parametrize(
    ("number", "key"), [("05", "fig-05"), ("0A", "fig-0a"), ("3.1 b", "fig-3-1-b"), ("EX", "fig-ex")]
)
def test_id_comes_from_the_number(monkeypatch: pytest.MonkeyPatch, number: str, key: str) -> None:
    add_dial(monkeypatch)
    assert draw("dial", number=number, title="A").id == key


def test_figure_without_events_stays_still(monkeypatch: pytest.MonkeyPatch) -> None:
    add_dial(monkeypatch)
    assert figures.is_live(Dial)
    monkeypatch.delattr(Dial, "turn")
    assert not figures.is_live(Dial)
    html = StrictHTML(draw("dial", **NAMED).html)
    assert "still" in html.all("py-figure")[0]
    assert html.all("button") == []


def test_a_mistake_names_the_line_and_where_the_figure_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    add_dial(monkeypatch)
    with pytest.raises(AuthorError) as caught:
        draw("dial", **NAMED, times="0")
    assert (caught.value.file, caught.value.line) == (HERE, 3)
    assert re.fullmatch(
        r'figure "dial" cannot be drawn: ZeroDivisionError: division by zero '
        r"\(tests/sitegen/small_course\.py:\d+\)",
        caught.value.message,
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
