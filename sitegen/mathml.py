r"""Formulas: LaTeX in, MathML out, at build time, with errors instead of guesses.

math-core was chosen after comparing it with latex2mathml, the other Python converter: latex2mathml writes
`aligned` as running text with stray ampersands, sets what belongs under `\operatorname*` beside it, and
passes unknown commands and unclosed groups through in silence. math-core gets these right or refuses them,
with the place.
"""

from __future__ import annotations

import re

from math_core import LatexError, LatexToMathML

MOST = 1000  # braces, indices and commands: some thousands within one another would end the converter
# Brackets that nothing closes: each doubles the time that the converter takes.
MOST_OPEN = 12
_BRACKETS = re.compile(
    r"(?P<open>\\l(?:brace|brack|angle|floor|ceil|vert|Vert|group)(?![A-Za-z])|\\\{|[(\[])"
    r"|\\r(?:brace|brack|angle|floor|ceil|vert|Vert|group)(?![A-Za-z])|\\\}|[)\]]"
)
# What an escape has made of a command, as of "\frac" where a text is not taken as it is written.
_EATEN = re.compile(
    r"[\x00-\x08\x0b-\x1f]|\t(?=heta|au|imes|ext|o\b|an|ilde|op|riangle|frac|binom|herefore)|\n(?=abla|eq\b|otin)"
)
_LETTERS = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", "\x1b": "e"}
_converter = LatexToMathML(fancy_error=False)


class FormulaError(ValueError):
    """A formula that cannot be converted; `line` counts from 0 at the formula's start."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def eaten(text: str) -> str | None:
    r"""Say which command of a formula an escape has turned into a character; None when there is none.

    >>> eaten(r"2 \frac 1 2"), eaten("2 \frac 1 2")
    (None, 'an escape has made a control character of "\\frac"')
    """
    if not (found := _EATEN.search(text)):
        return None
    rest = re.match(r"[A-Za-z]*", text[found.end() :])
    written = (
        f"\\{_LETTERS[found[0]]}{rest[0] if rest else ''}" if found[0] in _LETTERS else repr(found[0])[1:-1]
    )
    return f'an escape has made a control character of "{written}"'


def to_mathml(latex: str, *, block: bool) -> str:
    r"""Convert a formula.

    Raises
    ------
    FormulaError
        With the place in the formula, for an unknown command or a broken structure.

    Examples
    --------
    >>> to_mathml("x^2", block=False)
    '<math><msup><mi class="var">x</mi><mn>2</mn></msup></math>'
    >>> to_mathml(r"\nosuch", block=False)
    Traceback (most recent call last):
    sitegen.mathml.FormulaError: unknown command "\nosuch" at character 1 of \nosuch
    """
    latex = latex.rstrip()
    if (size := len(re.findall(r"[{^_]|\\[A-Za-z]+", latex))) > MOST:
        raise FormulaError(f"it has {size:,} braces and commands; allowed: {MOST:,}", 0)
    left = 0
    for bracket in _BRACKETS.finditer(latex):
        left = left + 1 if bracket["open"] else max(0, left - 1)
    if left > MOST_OPEN:
        raise FormulaError(f"it opens {left:,} brackets that nothing closes; allowed: {MOST_OPEN}", 0)
    try:
        converted = _converter.convert_with_local_state(latex, displaystyle=block)
    except LatexError as error:
        match = re.match(r"(\d+): (.*)", str(error), flags=re.DOTALL)
        place, message = (int(match[1]), match[2]) if match else (0, str(error))
        message = (message[:1].lower() + message[1:].rstrip(". \n")).replace("\n", "\\n").replace("\r", "\\r")
        lines = latex[:place].split("\n")
        line, column = len(lines) - 1, len(lines[-1])
        text = latex.split("\n")[line]
        raise FormulaError(f"{message} at character {column + 1} of {text}", line) from None
    # Latin variables are set in the italic of the text face; browsers would look for a mathematical alphabet.
    return re.sub(r"<mi>([A-Za-z])</mi>", r'<mi class="var">\1</mi>', converted)
