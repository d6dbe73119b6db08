"""Make pycore/data/tokenizers/grapheme-classes.txt: the classes by which Unicode cuts text into graphemes.

Run it with `python -m tools.make_grapheme_classes`. The same source gives the same bytes. The source holds
the properties Grapheme_Cluster_Break, Extended_Pictographic and Indic_Conjunct_Break of Unicode 18.0.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pycore.tokenizers.graphemes import CLASSES
from sitegen import vendor

TARGET = Path("pycore/data/tokenizers/grapheme-classes.txt")
BREAK = {
    "CR": "R", "LF": "N", "Control": "C", "Prepend": "P", "Extend": "E", "ZWJ": "Z", "SpacingMark": "S",
    "Regional_Indicator": "I", "Extended_Pictographic": "X", "L": "L", "V": "V", "T": "T",
}  # fmt: skip
COMPUTED = {"LV", "LVT"}  # syllables, which pycore works out


def read(file: str) -> dict[int, str]:
    """Return the property's value by code point."""
    found = {}
    for value, of in json.loads(vendor.fetch("graphemeu", file).read_text("utf-8")).items():
        for code in of["single_chars"]:
            found[code] = value
        for first, last in of["ranges"]:
            found.update(dict.fromkeys(range(first, last + 1), value))
    return found


def letter(cluster: str | None, conjunct: str | None) -> str | None:
    """Return the class for the values of the two properties.

    >>> letter("Extend", "InCBLinker"), letter(None, "InCBConsonant"), letter("Extend", None)
    ('J', 'K', 'e')
    """
    if conjunct == "InCBLinker":
        return "J" if cluster == "Extend" else "j"
    if conjunct == "InCBConsonant":
        return "K"
    if cluster == "Extend" and conjunct is None:
        return "e"
    return None if cluster is None or cluster in COMPUTED else BREAK[cluster]


def main() -> int:
    """Write the file."""
    cluster, conjunct = read("grapheme_break_property.json"), read("derived_core_property.json")
    ranges: dict[str, list[list[int]]] = {name: [] for name in CLASSES}
    for code in sorted(cluster.keys() | conjunct.keys()):
        name = letter(cluster.get(code), conjunct.get(code))
        if name is None:
            continue
        if ranges[name] and ranges[name][-1][1] == code - 1:
            ranges[name][-1][1] = code
        else:
            ranges[name].append([code, code])
    lines = [
        " ".join([name, *(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in of)])
        for name, of in ranges.items()
    ]
    TARGET.write_text("\n".join(lines) + "\n", "ascii")
    print(f"{TARGET}: {sum(map(len, ranges.values()))} ranges, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
