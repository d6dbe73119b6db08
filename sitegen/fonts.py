"""Fonts: the pinned files, cut to the letters and weights that the site uses, so that a page stays light."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import Path

import fontTools
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from sitegen import cache, vendor

# What a face may hold. A site takes of it what its own texts use, and all of ASCII, since readers type.
# English with its typography, the letters of Western European names, and a few signs.
ASCII = "".join(map(chr, range(0x20, 0x7F)))
LETTERS = ASCII + "–—‘’“”„…•′″‹›«»€™§©°±·×÷−" + "ÀÁÂÄÅÇÈÉÊËÍÎÏÑÓÔÖØÚÜßàáâäåæçèéêëíîïñóôöøúüÿ"
HEADINGS = ASCII + "–—‘’“”…−·é"
# What the text faces lack: arrows, signs, Greek upright and italic, and brackets that stretch.
SIGNS = " ′()[]{}|/=+<>‖∣−×÷·⋅±∑∏∫∂∇∆√∈∉⊂∪∩≈≠≤≥∞∝∼…⋯←↑→↓↔↩⟨⟩ℝ⊤✓" + "".join(
    map(chr, [*range(0x3B1, 0x3CA), *range(0x1D6FC, 0x1D716)])
)
FEATURES = ["kern", "liga", "calt", "mark", "mkmk", "ccmp", "locl", "onum", "lnum", "tnum", "pnum"]

PLAIN = 0x0F  # the bits of a GPOS ValueFormat that are no device or variation tables

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
    inline: bool = False  # inside the stylesheet: there from the first paint on
    kerned: bool = True


_NEWSREADER = ("newsreader", "newsreader-latin-opsz-normal.woff2")
_ITALIC = ("newsreader", "newsreader-latin-opsz-italic.woff2")
FACES = (
    Face("Text", "400 700", "normal", _NEWSREADER, (("opsz", 18.0), ("wght", (400.0, 700.0))), inline=True),
    # Kerning is two fifths of the italic, which stands for single words.
    Face("Text", "400", "italic", _ITALIC, (("opsz", 18.0), ("wght", 400.0)), inline=True, kerned=False),
    Face("Display", "400", "normal", _NEWSREADER, (("opsz", 60.0), ("wght", 400.0)), letters=HEADINGS),
    Face("Mono", "400", "normal", ("ibm-plex-mono", "ibm-plex-mono-latin-400-normal.woff2"), inline=True),
    Face("Mono", "500", "normal", ("ibm-plex-mono", "ibm-plex-mono-latin-500-normal.woff2"), inline=True),
    Face("Signs", "400", "normal", ("stix-two-math", "STIXTwoMath-Regular.ttf"), letters=SIGNS),
)


def build(folder: Path, used: Set[str]) -> tuple[str, list[str]]:
    """Write the cut fonts into a folder.

    Parameters
    ----------
    folder
        Where the files go.
    used
        The characters that the site's texts use.

    Returns
    -------
    css, files
        The @font-face rules, and the names of the files that they refer to.
    """
    rules, files = [], []
    for face in FACES:
        content = cut(replace(face, letters="".join(c for c in face.letters if c in used or c in ASCII)))
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


def cut(face: Face) -> bytes:
    """Return a face as woff2, cut to its letters and to FEATURES."""
    source = vendor.fetch(*face.source)
    recipe = repr(
        (face, FEATURES, NAMES, vendor.sha256(source), fontTools.version, Path(__file__).read_text("utf-8"))
    )
    return cache.derived(recipe, lambda: _cut(face, source))


def _cut(face: Face, source: Path) -> bytes:
    font = TTFont(source, recalcTimestamp=False)
    if face.axes:
        font = instantiateVariableFont(font, dict(face.axes))
    options = Options()
    options.layout_features = [name for name in FEATURES if face.kerned or name != "kern"]
    options.hinting = False
    options.name_IDs = NAMES
    subsetter = Subsetter(options)
    subsetter.populate(text=face.letters)
    subsetter.subset(font)
    _fix_kerning(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _fix_kerning(font: TTFont) -> None:
    """Kern every weight like the regular one: how kerning varies along the axis takes a fifth of the file."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in (getattr(table, "ExtSubTable", table) for table in lookup.SubTable):
            for name in ("ValueFormat1", "ValueFormat2"):
                if hasattr(table, name):
                    setattr(table, name, getattr(table, name) & PLAIN)
