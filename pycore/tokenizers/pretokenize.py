r"""Pre-tokenizers: cut a text into words, the pieces that byte pairs are merged within.

Three patterns as they were published: GPT-2's (Radford et al. 2019, section 2.2), and those of tiktoken's
cl100k_base (GPT-4) and o200k_base (GPT-4o). Each is a list of alternatives, tried in order at each place, so
no character is lost. In GPT-2's a word keeps the one space before it, and letters, numbers and everything
else never share a word; the later ones cut a number after three digits, and a word may begin with other
marks than a space.

Python's `re` has no ``\p{L}`` and ``\p{N}``, and its `\s` and `$` mean something else, so the patterns are
translated, with classes built from `unicodedata`. They are those of the Unicode version that Python ships:
14.0 for Python 3.11, 16.0 for 3.14. A letter that came with a later one counts as "everything else" here,
and another tokenizer may cut around it in another way. On characters that both versions know, the cuts are
the same.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from itertools import groupby

#: Pattern by the name of its vocabulary: its alternatives, in the order in which they are tried.
SPLITS: dict[str, tuple[str, ...]] = {
    "gpt2": (
        "'(?:[sdmt]|ll|ve|re)",
        r" ?\p{L}+",
        r" ?\p{N}+",
        r" ?[^\s\p{L}\p{N}]+",
        # A run of white space leaves its last character to the word that follows.
        r"\s+(?!\S)",
        r"\s+",
    ),
    "cl100k": (
        "'(?i:[sdmt]|ll|ve|re)",
        r"[^\r\n\p{L}\p{N}]?+\p{L}++",
        r"\p{N}{1,3}+",
        r" ?[^\s\p{L}\p{N}]++[\r\n]*+",
        r"\s++$",
        r"\s*[\r\n]",
        r"\s+(?!\S)",
        r"\s",
    ),
    "o200k": (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    ),
}

# Unicode's White_Space property. Not Python's `\s`, which also takes the separators U+001C to U+001F.
WHITE_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

# All letters, marks and numbers are in planes 0 to 3, and among the variation selectors of plane 14.
_STRETCHES = range(0x40000), range(0xE0000, 0xE0200)


@functools.cache
def _runs() -> tuple[tuple[str, int, int], ...]:
    """Return (general category, first code point, last one) of all runs of one category."""
    runs = []
    for codes in _STRETCHES:
        first = codes.start
        for category, run in groupby(map(unicodedata.category, map(chr, codes))):
            end = first + len(list(run))
            runs.append((category, first, end - 1))
            first = end
    return tuple(runs)


@functools.cache
def character_class(category: str) -> str:
    r"""Return the characters of a Unicode category as the inside of a regular expression's brackets.

    Parameters
    ----------
    category
        A general category, "Lu" for upper-case letters, or its first letter: "L" for letters, "N" for
        numbers.

    Returns
    -------
    str
        Ranges such as ``A-Za-z...``, for use as ``f"[{ranges}]"``.

    Raises
    ------
    ValueError
        If no character has that category.

    Examples
    --------
    >>> numbers = re.compile(f"[{character_class('N')}]+")
    >>> numbers.findall("3 or ٣ or ³ or Ⅲ, not three")
    ['3', '٣', '³', 'Ⅲ']
    """
    ranges: list[list[int]] = []
    for found, first, last in _runs():
        if category and found.startswith(category):
            if ranges and ranges[-1][1] == first - 1:
                ranges[-1][1] = last
            else:
                ranges.append([first, last])
    if not ranges:
        raise ValueError(f"expected a Unicode category, such as 'Lu', 'L' or 'N', found {category!r}")
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def translate(published: str) -> str:
    r"""Write a pattern for Python's `re`.

    Parameters
    ----------
    published
        A pattern as tiktoken reads it: ``\p{…}``, `\s` by Unicode's White_Space, `$` at the end only.

    Examples
    --------
    >>> re.findall(translate(r"\p{N}+|\S"), "1²x")
    ['1²', 'x']
    """
    inside = False

    def rewrite(found: re.Match[str]) -> str:
        nonlocal inside
        part = found[0]
        if part in ("[", "]"):
            inside = part == "["
        elif part.startswith(r"\p") or part == r"\s":
            characters = WHITE_SPACE if part == r"\s" else character_class(part[3:-1])
            return characters if inside else f"[{characters}]"
        elif part == r"\S":
            return f"[^{WHITE_SPACE}]"
        elif part == "$":
            return r"\Z"
        return part

    return re.sub(r"\\p\{\w+\}|\\.|[\[\]$]", rewrite, published)


@functools.cache
def split_pattern(split: str = "gpt2") -> re.Pattern[str]:
    r"""Return a pattern of `SPLITS`; its classes are built at the first call.

    Examples
    --------
    >>> split_pattern().findall("a fine\u3000day")
    ['a', ' fine', '\u3000', 'day']
    """
    return re.compile(translate("|".join(_rules(split))))


def _rules(split: str) -> tuple[str, ...]:
    if split not in SPLITS:
        raise ValueError(f"expected a split of {', '.join(SPLITS)}, found {split!r}")
    return SPLITS[split]


def split_words_and_digits(text: str) -> list[str]:
    """Cut a text as `split_words` does, but take every digit by itself first, as SmolLM2's tokenizer does.

    A model that sees 1234 as 1, 2, 3, 4 finds the same digit at the same place in all numbers.

    Parameters
    ----------
    text
        Any string. A digit is any character that Unicode counts as a number, such as ³ or Ⅲ.

    Returns
    -------
    list of str
        Words of at least one character each; joined again, they are the text. The space before a number
        stays outside it.

    Examples
    --------
    >>> split_words_and_digits("in 1789, café")
    ['in', ' ', '1', '7', '8', '9', ',', ' café']
    """
    # Each piece is cut on its own: white space before a digit is at the end of its piece.
    pieces = re.split(f"([{character_class('N')}])", text)
    return [word for piece in pieces for word in split_words(piece)]


def split_words(text: str, split: str = "gpt2") -> list[str]:
    """Cut a text into words. Joined again, they are the text: no character is lost.

    Parameters
    ----------
    text
        Any string.
    split
        A name in `SPLITS`.

    Returns
    -------
    list of str
        Words of at least one character each.

    Raises
    ------
    ValueError
        If there is no such split.

    Examples
    --------
    >>> split_words("It's  12 o'clock, café!")
    ['It', "'s", ' ', ' 12', ' o', "'", 'clock', ',', ' café', '!']
    >>> split_words("It's 1789, x.size()", "cl100k")
    ['It', "'s", ' ', '178', '9', ',', ' x', '.size', '()']
    """
    return split_pattern(split).findall(text)


def split_by_rule(text: str, split: str = "gpt2") -> list[tuple[str, int]]:
    """Cut a text as `split_words` does, and tell which alternative of the pattern cut each word.

    Returns
    -------
    list of (str, int)
        Word and the index of its rule in ``SPLITS[split]``.

    Raises
    ------
    ValueError
        If there is no such split.

    Examples
    --------
    >>> split_by_rule("It's 12")
    [('It', 1), ("'s", 0), (' 12', 2)]
    """
    return [(found[0], (found.lastindex or 1) - 1) for found in _grouped(split).finditer(text)]


@functools.cache
def _grouped(split: str) -> re.Pattern[str]:
    """Return a pattern of `SPLITS` with each alternative in a group of its own."""
    return re.compile("|".join(f"({translate(rule)})" for rule in _rules(split)))
