r"""The comparison that chose math-core: `aligned`, `\operatorname*`, unknown commands, unclosed groups."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from sitegen.mathml import FormulaError, to_mathml


def parse(latex: str, *, block: bool = True) -> ElementTree.Element:
    """Convert a formula, and read the result as XML."""
    return ElementTree.fromstring(to_mathml(latex, block=block).replace("&ApplyFunction;", "\u2061"))


def test_aligned_is_a_table_without_ampersands() -> None:
    math = parse(r"\begin{aligned} a &= b + c \\ &= d \end{aligned}")
    rows = [["".join(cell.itertext()) for cell in row] for row in math.iter("mtr")]
    assert rows == [["a", "=b+c"], ["", "=d"]]


def test_operatorname_star_stands_over_its_subscript() -> None:
    under = parse(r"\operatorname*{argmax}_x f(x)").find(".//munder")
    assert under is not None
    assert ["".join(part.itertext()) for part in under] == ["argmax", "x"]
    beside = parse(r"\operatorname{argmax}_x f(x)").find(".//msub")
    assert beside is not None


def test_latin_variables_are_marked_and_nothing_else_is() -> None:
    math = parse(r"x + \alpha + \sin y + \mathbf{v}")
    assert [m.text for m in math.iter("mi") if m.get("class") == "var"] == ["x", "y"]


def test_a_block_is_displayed() -> None:
    assert parse("x").get("display") == "block"
    assert parse("x", block=False).get("display") is None


@pytest.mark.parametrize(
    ("latex", "line", "message"),
    [
        (r"a + \nosuch", 0, r'unknown command "\nosuch" at character 5 of a + \nosuch'),
        ("{a", 0, 'expected closing token "}", but reached end of input at character 3 of {a'),
        ("a}", 0, 'unmatched closing token: "}" at character 2 of a}'),
        (
            r"\left( a",
            0,
            r'expected closing token "\right", but reached end of input at character 9 of \left( a',
        ),
        ("a & b", 0, 'found "&", which may only appear in a table-like environment at character 3 of a & b'),
        ("\n\na\n  é \\nosuch\nb\n", 3, 'unknown command "\\nosuch" at character 5 of   é \\nosuch'),
        ("a\n{\n\n", 1, 'expected closing token "}", but reached end of input at character 2 of {'),
    ],
)
def test_a_broken_formula_is_refused_with_its_place(latex: str, line: int, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        to_mathml(latex, block=True)
    assert str(caught.value) == message
    assert caught.value.line == line
    assert "\n" not in message


def test_formulas_leave_nothing_behind() -> None:
    with pytest.raises(FormulaError):
        to_mathml(r"\begin{aligned} a &= b", block=True)
    assert to_mathml("x", block=False) == '<math><mi class="var">x</mi></math>'
