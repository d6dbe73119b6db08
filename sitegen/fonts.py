"""Fonts: the pinned files, cut to the letters and weights that the site uses, so that a page stays light."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import io
import itertools
import operator
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sitegen import cache, vendor

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables.otBase import BaseTable

# What a face may hold. A site takes of it what its own texts use, and all of ASCII, since readers type.
# English with its typography, the letters of Western European names, and a few signs.
ASCII = "".join(map(chr, range(0x20, 0x7F)))
LETTERS = ASCII + "–—‘’“”„…•′″‹›«»€™§©°±·×÷−" + "ÀÁÂÄÅÇÈÉÊËÍÎÏÑÓÔÖØÚÜßàáâäåæçèéêëíîïñóôöøúüÿ"
# Of code and of names from anywhere nothing is set in italics but what a sentence quotes.
ITALIC = "".join(c for c in LETTERS if c not in "#$*<>@[\\]^`{|}~«»°÷")
HEADINGS = ASCII + "–—‘’“”…−·é"
NUMBERS = "abcdefghijklmnopqrstuvwxyz0123456789 +−.,:%×"  # what figures set large
# What the text faces lack: arrows, signs, Greek upright and italic, and brackets that stretch.
SIGNS = " ′()[]{}|/=+<>‖∣−×÷·⋅±∑∏∫∂∇∆√∈∉⊂∪∩≈≠≤≥∞∝∼…⋯←↑→↓↔↩⟨⟩ℝ⊤✓" + "".join(
    chr(code)
    for code in [*range(0x3B1, 0x3CA), *range(0x1D6FC, 0x1D716)]
    if chr(code) not in "οςυ"  # of no formula
)
FEATURES = ["kern", "liga", "calt", "mark", "mkmk", "ccmp", "locl", "onum", "lnum", "tnum", "pnum"]

PAIRS = 2  # the type of a GPOS lookup
ADVANCE = 4  # of a ValueFormat, the bit for what is added to a letter's width
# Apps choose fonts by STAT, GDEF tells marks that stand over letters, of which there are none, and HVAR
# repeats what the outlines tell of widths.
UNREAD = ["STAT", "GDEF", "HVAR"]

# Outlines are rounded to this part of an em: of the text's, to less than a tenth of a phone's smallest dots.
FINE = 1000
ENOUGH = 500

# What has larger sizes in formulas. A slash has them too, but no formula lets it grow.
GROWING = "()[]{}|‖∣⟨⟩√∑∏∫←↑→↓↔"
# Of a bracket's thirteen heights, some from one line to four; what is taller is put together of parts.
BRACKET_SIZES = (0, 1, 3, 7, 12)

# Copyright and licence stay with a font; its family name, which may be reserved, does not.
NAMES = [0, 13, 14]


@dataclass(frozen=True)
class Face:
    """A @font-face of the site and the file that it is cut from."""

    family: str
    weight: str
    style: str
    source: tuple[str, str]  # third-party row and file
    axes: tuple[tuple[str, float | tuple[float, float]], ...] = ()  # where the variable axes are pinned
    letters: str = LETTERS
    always: str = ASCII  # of these, what it holds even where no text uses it: readers type
    inline: bool = False  # inside the stylesheet: there from the first paint on
    kerned: bool = True
    units: int = ENOUGH
    growing: str = GROWING  # of these, what formulas let grow


_NEWSREADER = ("newsreader", "newsreader-latin-opsz-normal.woff2")
_ITALIC = ("newsreader", "newsreader-latin-opsz-italic.woff2")
FACES = (
    Face("Text", "400 700", "normal", _NEWSREADER, (("opsz", 18.0), ("wght", (400.0, 700.0))), inline=True),
    # Kerning is two fifths of the italic, which stands for single words.
    Face(
        "Text",
        "400",
        "italic",
        _ITALIC,
        (("opsz", 18.0), ("wght", 400.0)),
        ITALIC,
        inline=True,
        kerned=False,
    ),
    Face(
        "Display",
        "400",
        "normal",
        _NEWSREADER,
        (("opsz", 60.0), ("wght", 400.0)),
        HEADINGS,
        NUMBERS,
        units=FINE,
    ),
    Face("Mono", "400", "normal", ("ibm-plex-mono", "ibm-plex-mono-latin-400-normal.woff2"), inline=True),
    Face("Signs", "400", "normal", ("stix-two-math", "STIXTwoMath-Regular.ttf"), letters=SIGNS, kerned=False),
)


def build(folder: Path, used: Set[str], headings: Set[str], grown: Set[str]) -> tuple[str, list[str]]:
    """Write the cut fonts into a folder.

    Parameters
    ----------
    folder
        Where the files go.
    used, headings
        The characters that the site's texts use, and those that its headings use.
    grown
        The characters that its formulas let grow.

    Returns
    -------
    css, files
        The @font-face rules, and the names of the files that they refer to.
    """
    rules, files = [], []
    for face in FACES:
        needed = {*(headings if face.letters == HEADINGS else used), *face.always}
        letters = "".join(c for c in face.letters if c in needed)
        content = cut(replace(face, letters=letters, growing="".join(c for c in face.growing if c in grown)))
        name = f"{face.family}-{face.weight.replace(' ', '-')}-{face.style}".lower()
        file = f"{name}.{hashlib.sha256(content).hexdigest()[:8]}.woff2"
        if face.inline:
            file = f"data:font/woff2;base64,{base64.b64encode(content).decode()}"
        else:
            (folder / file).write_bytes(content)
            files.append(file)
        # No text ever jumps: the faces of the first paint come with the stylesheet, and another that is late
        # ("optional") is used from the next page on.
        rules.append(
            f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};font-style:{face.style};'
            f'font-display:{"block" if face.inline else "optional"};src:url("{file}") format("woff2")}}'
        )
    return "\n".join(rules) + "\n", files


def inlined(rules: str, folder: Path) -> str:
    """Put the files that @font-face rules refer to into the rules."""

    def put(found: re.Match[str]) -> str:
        return f'url("data:font/woff2;base64,{base64.b64encode((folder / found[1]).read_bytes()).decode()}")'

    return re.sub(r'url\("([\w.-]+)"\)', put, rules)


def cut(face: Face) -> bytes:
    """Return a face as woff2, cut to its letters and to FEATURES."""
    source = vendor.fetch(*face.source)
    recipe = repr(
        (
            face,
            FEATURES,
            NAMES,
            vendor.sha256(source),
            importlib.metadata.version("fonttools"),
            Path(__file__).read_text("utf-8"),
        )
    )
    return cache.derived(recipe, lambda: _cut(face, source))


def _cut(face: Face, source: Path) -> bytes:
    # They take longer to import than a whole build whose fonts are kept.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.scaleUpem import scale_upem
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source, recalcTimestamp=False)
    if face.axes:
        font = instantiateVariableFont(font, dict(face.axes), inplace=True)
    if "fvar" in font:
        font["fvar"].instances.clear()  # names that apps show for some of the weights
    if "MATH" in font:
        _thin_out_sizes(font, face.growing)
    options = Options()
    options.layout_features = [name for name in FEATURES if face.kerned or name != "kern"]
    options.hinting = False
    options.name_IDs = NAMES
    options.drop_tables += UNREAD
    subsetter = Subsetter(options)
    subsetter.populate(text=face.letters)
    subsetter.subset(font)
    scale_upem(font, face.units)
    _fix_kerning(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _thin_out_sizes(font: TTFont, growing: str) -> None:
    """Leave larger sizes to what grows, and of the many that a bracket has, those that formulas need."""
    variants = font["MATH"].table.MathVariants
    names = {font.getBestCmap()[ord(letter)] for letter in growing}
    for way in ("Vert", "Horiz"):
        glyphs = getattr(variants, f"{way}GlyphCoverage").glyphs
        constructions = getattr(variants, f"{way}GlyphConstruction")
        kept = [(glyph, its) for glyph, its in zip(glyphs, constructions, strict=True) if glyph in names]
        glyphs[:] = [glyph for glyph, _ in kept]
        constructions[:] = [its for _, its in kept]
        setattr(variants, f"{way}GlyphCount", len(kept))
    for bracket in variants.VertGlyphConstruction:
        sizes = bracket.MathGlyphVariantRecord
        if len(sizes) > max(BRACKET_SIZES):
            bracket.MathGlyphVariantRecord = [sizes[i] for i in BRACKET_SIZES]
            bracket.VariantCount = len(BRACKET_SIZES)


def _fix_kerning(font: TTFont) -> None:
    """Kern every weight like the regular one, in steps that can be seen, and in as few classes as can be."""
    step = font["head"].unitsPerEm / 100
    for lookup in font["GPOS"].table.LookupList.Lookup:
        tables = [getattr(table, "ExtSubTable", table) for table in lookup.SubTable]
        if all(table.LookupType == PAIRS for table in tables):
            pairs = _pairs(tables, font.getGlyphOrder())
            kerning = {pair: round(round(value / step) * step) for pair, value in pairs}
            lookup.LookupType, lookup.SubTable, lookup.SubTableCount = PAIRS, [_table(font, kerning)], 1


def _table(font: TTFont, kerning: Mapping[tuple[str, str], int]) -> BaseTable:
    """Tell in classes what is added between pairs of glyphs.

    A font's own classes are made for all its letters, with exceptions beside them. Of the letters that are
    left, those that are kerned alike on one side are a class of that side, and no pair stands apart.
    """
    from fontTools.otlLib.builder import buildCoverage, buildValue
    from fontTools.ttLib.tables import otTables

    names = font.getGlyphOrder()
    firsts = _classes({name: [kerning.get((name, other), 0) for other in names] for name in names})
    seconds = _classes({name: [kerning.get((other, name), 0) for other in names] for name in names})
    table = otTables.PairPos()
    table.Format, table.ValueFormat1, table.ValueFormat2 = 2, ADVANCE, 0
    table.Coverage = buildCoverage({*itertools.chain(*firsts)}, font.getReverseGlyphMap())
    table.ClassDef1, table.ClassDef2 = otTables.ClassDef(), otTables.ClassDef()
    table.ClassDef1.classDefs = {name: i for i, alike in enumerate(firsts) for name in alike}
    table.ClassDef2.classDefs = {name: i for i, alike in enumerate(seconds, 1) for name in alike}
    table.Class1Record, table.Class1Count, table.Class2Count = [], len(firsts), 1 + len(seconds)
    for first, *_ in firsts:
        row = otTables.Class1Record()
        row.Class2Record = []
        # Whatever is kerned after none is class 0.
        for value in (0, *(kerning.get((first, second), 0) for second, *_ in seconds)):
            pair = otTables.Class2Record()
            pair.Value1 = buildValue({"XAdvance": value})
            row.Class2Record.append(pair)
        table.Class1Record.append(row)
    return table


def _classes(kerned: Mapping[str, Sequence[int]]) -> list[list[str]]:
    """Gather letters that are kerned alike, each class beside the one most like it: they compress better so.

    >>> _classes({"a": [0, 0], "b": [1, 2], "c": [8, 9], "d": [1, 2], "e": [1, 3]})
    [['b', 'd'], ['e'], ['c']]
    """
    left: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
    for name, values in kerned.items():
        if any(values):
            left[tuple(values)].append(name)
    found = []
    last = next(iter(left), ())
    while left:
        unlike = {values: sum(map(operator.ne, values, last)) for values in left}
        last = min(left, key=unlike.__getitem__)
        found.append(left.pop(last))
    return found


def _pairs(tables: Sequence[BaseTable], names: Sequence[str]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield pairs of glyphs with what is added between them; what is told of a pair last holds."""
    for table in reversed(tables):
        for i, first in enumerate(table.Coverage.glyphs):
            if table.Format == 1:
                found = {pair.SecondGlyph: pair for pair in table.PairSet[i].PairValueRecord}
            else:
                row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
                found = {name: row[table.ClassDef2.classDefs.get(name, 0)] for name in names}
            for second, pair in found.items():
                yield (first, second), getattr(pair.Value1, "XAdvance", 0)
