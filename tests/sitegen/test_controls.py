"""What can be pressed, read from markup."""

from __future__ import annotations

import pytest

from sitegen import controls


@pytest.mark.parametrize(
    ("html", "presses"),
    [
        ('<button data-on-click="add" data-arg="1">+</button>', [("add", "1")]),
        ('<button data-on-click="add">+</button>' * 2, [("add",)]),
        ('<g data-on-click="pick" data-arg="a &amp; b"></g>', [("pick", "a & b")]),
        ('<g data-on-click="pick" data-arg=""/>', [("pick", "")]),
        ('<button data-on-click="add" disabled>+</button>', []),
        ('<input type="checkbox" data-on-change="set">', [("set", "true")]),
        ('<input type="checkbox" data-on-change="set" data-arg="x" checked/>', [("set", "x", "false")]),
        (
            '<input type="radio" data-on-change="set" value="1"/><input type="radio" data-on-change="set"/>',
            [("set", "1"), ("set", "on")],
        ),
        (
            '<select data-on-change="set" data-arg="k"><option value="1">One<option selected> two\n words'
            "</option><option disabled>no</option></select><option>not of it</option>",
            [("set", "k", "1"), ("set", "k", "two words")],
        ),
        (
            '<input type="range" min="-0.5" max="0.75" step="0.50" data-on-input="a" data-on-change="z"/>',
            [(event, at) for at in ("-0.5", "0", "0.5") for event in ("a", "z")],
        ),
        (
            '<input type="range" max="20" step="10" data-on-input="go"/>',
            [("go", str(n)) for n in (0, 10, 20)],
        ),
        ('<input type="text" name="no event"/><p>data-on-click</p>', []),
    ],
)
def test_presses(html: str, presses: list[controls.Press]) -> None:
    assert controls.read([html]) == (presses, False)


@pytest.mark.parametrize(
    "html",
    [
        '<input data-on-input="type"/>',
        '<input type="number" data-on-input="type"/>',
        '<textarea data-on-input="type"></textarea>',
        '<select multiple data-on-change="set"><option>a</option></select>',
        '<input type="range" data-on-input="go"/>',
        '<input type="range" step="any" max="2" data-on-input="go"/>',
        '<svg data-surface="b"></svg>',
        '<g data-drag="b"></g>',
    ],
)
def test_what_takes_more_than_a_press_is_beyond(html: str) -> None:
    assert controls.read([html, "<p>more</p>"]) == ([], True)


def test_each_event_comes_once_from_all_parts() -> None:
    button = '<button data-on-click="{}">+</button>'
    assert controls.read([button.format("b"), button.format("a") + button.format("b")])[0] == [("b",), ("a",)]
