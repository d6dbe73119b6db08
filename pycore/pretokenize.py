r"""GPT-2's pre-tokenizer: cut a text into words, the pieces that byte pairs are merged within.

Follows Radford et al. 2019, section 2.2, and the pattern published with the model:
``'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+``. A word keeps the one space
before it, and letters, numbers and everything else never share a word.

Python's `re` has no ``\p{L}`` and ``\p{N}``, so the classes are built from `unicodedata`. They are those of
the Unicode version that Python ships: 14.0 for Python 3.11, 16.0 for 3.14. A letter that came with a later
one counts as "everything else" here, and another tokenizer may cut around it in another way. On characters
that both versions know, the cuts are the same.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# Unicode's White_Space property. Not Python's `\s`, which also takes the separators U+001C to U+001F.
WHITE_SPACE = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

# All letters and numbers are in planes 0 to 3; above them are tags, variation selectors and private use.
_PLANES = range(0x40000)


@functools.cache
def character_class(category: str) -> str:
    r"""Return the characters of a Unicode major category as the inside of a regular expression's brackets.

    Parameters
    ----------
    category
        First letter of the general category: "L" for letters, "N" for numbers.

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
    for code in _PLANES:
        if unicodedata.category(chr(code))[0] == category:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    if not ranges:
        raise ValueError(
            f"expected the first letter of a Unicode category, such as 'L' or 'N', found {category!r}"
        )
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


@functools.cache
def gpt2_pattern() -> re.Pattern[str]:
    """Return GPT-2's pattern; its classes are built at the first call.

    Examples
    --------
    >>> gpt2_pattern().findall("a fine\u3000day")
    ['a', ' fine', '\u3000', 'day']
    """
    letter, number, space = character_class("L"), character_class("N"), WHITE_SPACE
    return re.compile(
        "'(?:[sdmt]|ll|ve|re)"
        f"| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        # A run of white space leaves its last character to the word that follows.
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


def split_words(text: str) -> list[str]:
    """Cut a text into words. Joined again, they are the text: no character is lost.

    Parameters
    ----------
    text
        Any string.

    Returns
    -------
    list of str
        Words of at least one character each.

    Examples
    --------
    >>> split_words("It's  12 o'clock, café!")
    ['It', "'s", ' ', ' 12', ' o', "'", 'clock', ',', ' café', '!']
    """
    return gpt2_pattern().findall(text)
