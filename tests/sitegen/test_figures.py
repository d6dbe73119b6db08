from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from pycore.live import catalog
from pycore.live.host import Host
from sitegen import figures, made_from, site, store
from sitegen.errors import AuthorError
from tests.sitegen.small_course import Dial, add_dial
from tools.strict_html import StrictHTML

HERE = Path("lesson.md")
NAMED = {"number": "07", "title": "A figure"}


def draw(name: str, **attributes: str) -> figures.Drawn:
    return figures.draw(site.environment(), name, attributes, "<p>Caption.</p>", HERE, 3)


@pytest.mark.parametrize("name", [name for name in catalog.paths() if name != "exercise"])
def test_every_figure_draws_itself_and_keeps_the_contract(name: str) -> None:
    drawn = draw(name, **NAMED)
    html = StrictHTML(drawn.html)
    assert html.problems == []
    (element,) = html.all("py-figure")
    assert (element["id"], element["name"], element["state"]) == ("fig-07", name.rpartition("/")[2], "static")
    assert element["data-path"] == name
    kind = catalog.load(name)
    parts = [str(a["data-part"]) for _, a in html.elements if "data-part" in a]
    view = kind(drawn.params).view()
    assert parts == list(view)
    assert "".join(view.values()).replace("\n", "") in re.sub(
        r'</div>\n?<div class="part-[\w-]+" data-part="[\w-]+">', "", drawn.html
    ).replace("\n", "")
    assert drawn.data == kind.data


@pytest.mark.parametrize("name", catalog.paths())
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
    assert json.loads(str(element["data-params"])) == {"word": "a < b", "times": "3"}
    assert drawn.params == {"word": "a < b", "times": "3", "@id": "here"}


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
    assert [button["data-control"] for button in html.all("button")] == ["take"]


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


def test_the_build_gives_a_figure_its_id_and_its_formulas() -> None:
    drawn = draw("swing", **NAMED)
    html = StrictHTML(drawn.html)
    assert html.problems == []
    assert html.all("math")
    assert "fig-07-marks-problem" in {a.get("id") for _, a in html.elements}
    assert [a["aria-describedby"] for a in html.all("input") if "aria-describedby" in a] == [
        "fig-07-marks-problem"
    ]
    # Python in the browser has no converter: it draws the same from what the page sends it.
    params = json.loads(str(html.all("py-figure")[0]["data-params"]))
    reply = json.loads(
        Host().mount(json.dumps({"id": "fig-07", "name": drawn.path, "params": params, "redraw": True}))
    )
    assert reply["parts"]["readout"] in drawn.html
    assert "<math>" in reply["parts"]["readout"]


def test_a_broken_formula_is_a_mistake_in_the_figures_file(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = catalog.load("examples/swing")
    monkeypatch.setattr(kind, "formulas", {"angle": r"\frac{1}{\nosuch}"})
    monkeypatch.setattr(made_from, "figure", lambda path: None)  # its files do not tell of the change
    with pytest.raises(AuthorError) as caught:
        draw("swing", **NAMED)
    file = Path(inspect.getfile(kind))
    line = next(i for i, text in enumerate(file.read_text("utf-8").splitlines(), 1) if '"angle": rf' in text)
    assert (caught.value.file, caught.value.line) == (file, line)
    assert 'formula "angle" cannot be read: unknown command "\\nosuch"' in caught.value.message


def test_a_model_is_named_by_the_lesson_and_leaves_no_store() -> None:
    drawn = draw("counter", **NAMED, model="both")
    assert drawn.params == {"@id": "fig-07", "@model": "both"}
    assert store.make(drawn.path, drawn.params) is None
    assert catalog.load(drawn.path)(drawn.params).shares == "both"
