r"""Grapheme clusters: what a reader takes for one character, though it may be many code points.

Follows Unicode Standard Annex 29, section 3, extended grapheme clusters, in the form of Unicode 18.0 (its
rule GB9c keeps a linker such as the Devanagari virama with the consonant after it, whatever stood before). A
text is written as one letter for each code point, its class, and a cluster is then a regular expression over
these letters. Which code point has which class is data: `pycore.data.tokenizers.graphemes` reads it.

Left out: tailoring for single languages, such as Slovak "ch", and words, sentences and lines.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

#: What each letter stands for. Syllables of Hangul and all that has no class are not in the data.
CLASSES = {
    "R": "carriage return",
    "N": "line feed",
    "C": "other control",
    "P": "prepended mark",
    "E": "extending mark",
    "e": "zero-width non-joiner: extends, but not between linker and consonant",
    "J": "linker that extends, as a virama does",
    "j": "linker that stands by itself",
    "K": "consonant that a linker binds",
    "Z": "zero-width joiner",
    "S": "spacing mark",
    "I": "regional indicator: two of them make a flag",
    "X": "pictograph",
    "L": "Hangul leading consonant",
    "V": "Hangul vowel",
    "T": "Hangul trailing consonant",
}

_HANGUL = range(0xAC00, 0xD7A4)  # syllables, 28 by 28: the first of each row has no trailing consonant
_ROW = 28

# GB3; GB4, GB5; then what comes before (GB9b), a core, and what comes after (GB9, GB9a, GB9c).
_CLUSTER = re.compile(
    "RN|[RNC]"
    "|P*"
    "(?:L*(?:V+|AV*|B)T*|L+|T+"  # GB6 to GB8; A and B are syllables without and with a trailing consonant
    "|II"  # GB12, GB13
    "|X(?:[EeJ]*ZX)*"  # GB11
    "|[jJ][EZ]*K"  # GB9c
    "|[^RNC])"
    "(?:J[EZ]*K|[EeJZS])*"
)


class Graphemes:
    """Cuts texts into grapheme clusters, by the classes of code points.

    Parameters
    ----------
    ranges
        By letter of `CLASSES`, the first and the last code point of each range.

    Raises
    ------
    ValueError
        If there is no such class, or if ranges overlap.

    Examples
    --------
    >>> graphemes = Graphemes({"E": [(0x300, 0x36F)], "Z": [(0x200D, 0x200D)], "X": [(0x1F466, 0x1F469)]})
    >>> [len(cluster) for cluster in graphemes.split("ae\u0301 👩\u200d👧")]
    [1, 2, 1, 3]
    """

    def __init__(self, ranges: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        unknown = sorted(set(ranges) - set(CLASSES))
        if unknown:
            raise ValueError(f"expected classes of {''.join(CLASSES)}, found {unknown[0]!r}")
        ordered = sorted((first, last, letter) for letter, of in ranges.items() for first, last in of)
        for (_, last, _), (first, _, _) in pairwise(ordered):
            if first <= last:
                raise ValueError(f"expected each code point in one range, found U+{first:04X} in two")
        self._letters = _Letters(ordered)

    def split(self, text: str) -> list[str]:
        """Cut a text into clusters.

        Parameters
        ----------
        text
            Any string.

        Returns
        -------
        list of str
            Clusters of at least one character each; joined again, they are the text.
        """
        classes = text.translate(self._letters)
        return [text[found.start() : found.end()] for found in _CLUSTER.finditer(classes)]


class _Letters(dict[int, str]):
    """Code point to letter; what was asked once is kept."""

    def __init__(self, ranges: Sequence[tuple[int, int, str]]) -> None:
        super().__init__()
        self._ranges = ranges
        self._starts = [first for first, _, _ in ranges]

    def __missing__(self, code: int) -> str:
        if code in _HANGUL:
            letter = "B" if (code - _HANGUL.start) % _ROW else "A"
        else:
            at = bisect_right(self._starts, code) - 1
            letter = self._ranges[at][2] if at >= 0 and code <= self._ranges[at][1] else "O"
        self[code] = letter
        return letter
