from __future__ import annotations

import base64
import io
import itertools
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from sitegen import fonts, vendor
from tests.sitegen.small_course import tree


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    folder = tmp_path_factory.mktemp("fonts")
    css, files = fonts.build(
        folder, set(fonts.LETTERS + fonts.SIGNS), set(fonts.HEADINGS), set(fonts.GROWING)
    )
    return folder, css, files


def test_every_font_face_has_its_font(written: tuple[Path, str, list[str]]) -> None:
    folder, css, files = written
    rules = re.findall(r'@font-face\{[^}]*src:url\("([^"]+)"\)[^}]*\}', css)
    assert len(rules) == len(fonts.FACES) == css.count("@font-face")
    for url in rules:
        if url.startswith("data:"):
            content = base64.b64decode(url.removeprefix("data:font/woff2;base64,"), validate=True)
        else:
            content = (folder / url).read_bytes()
        assert content[:4] == b"wOF2"
        TTFont(io.BytesIO(content)).getGlyphOrder()
    assert (
        sorted(tree(folder)) == sorted(files) == sorted(url for url in rules if not url.startswith("data:"))
    )


@pytest.mark.parametrize("face", fonts.FACES, ids=lambda face: f"{face.family}-{face.weight}-{face.style}")
def test_a_face_is_cut_to_its_letters(face: fonts.Face) -> None:
    source = TTFont(vendor.fetch(*face.source))
    font = TTFont(io.BytesIO(fonts.cut(face)))
    wanted = {ord(letter) for letter in face.letters}
    held = set(font.getBestCmap())
    assert held >= wanted & set(source.getBestCmap())
    assert len(held) <= len(wanted) + 10  # a glyph that stays may bring a second letter that it stands for
    assert {ord(letter) for letter in "aZ–"} <= held or face.family == "Signs"


def test_a_site_takes_ascii_and_the_letters_it_uses(tmp_path: Path) -> None:
    css, _ = fonts.build(tmp_path, {"é", "θ"}, {"Q"}, set())
    first = re.search(r"base64,([^\"]+)", css)
    assert first
    held = set(map(chr, TTFont(io.BytesIO(base64.b64decode(first[1]))).getBestCmap()))
    assert held >= set("azAZ09{~é")
    assert held.isdisjoint("èÜ€")


@pytest.mark.parametrize("face", fonts.FACES, ids=lambda face: f"{face.family}-{face.weight}-{face.style}")
def test_licence_stays_and_reserved_name_goes(face: fonts.Face) -> None:
    names = {record.nameID for record in TTFont(io.BytesIO(fonts.cut(face)))["name"].names}
    assert 0 in names
    assert 13 in names or 14 in names
    assert names.isdisjoint({1, 3, 4, 6, 16})  # family, and what is made from it


def test_axes_are_pinned() -> None:
    text, italic = (TTFont(io.BytesIO(fonts.cut(face))) for face in fonts.FACES[:2])
    assert [(a.axisTag, a.minValue, a.maxValue) for a in text["fvar"].axes] == [("wght", 400, 700)]
    assert "fvar" not in italic


@pytest.mark.parametrize("face", [fonts.FACES[0], fonts.FACES[2]], ids=lambda face: face.family)
def test_letters_are_kerned_as_in_the_source(face: fonts.Face) -> None:
    regular = {name: 400.0 if name == "wght" else value for name, value in face.axes}
    source = instantiateVariableFont(TTFont(vendor.fetch(*face.source)), regular)
    font = TTFont(io.BytesIO(fonts.cut(face)))
    letters, others = font.getBestCmap(), source.getBestCmap()
    scale = 100 / source["head"].unitsPerEm
    step = face.units / 100
    kerned = 0
    for first, second in itertools.product(letters, letters):
        wanted = _kerning(source, others[first], others[second]) * scale
        found = _kerning(font, letters[first], letters[second]) / step
        assert abs(found - wanted) <= 0.6, chr(first) + chr(second)
        kerned += bool(found)
    assert kerned > 1000


def _kerning(font: TTFont, first: str, second: str) -> int:
    gpos = font["GPOS"].table
    features = [row.Feature for row in gpos.FeatureList.FeatureRecord if row.FeatureTag == "kern"]
    for table in gpos.LookupList.Lookup[features[0].LookupListIndex[0]].SubTable:
        table = getattr(table, "ExtSubTable", table)
        if first not in table.Coverage.glyphs:
            continue
        if table.Format == 2:
            row = table.Class1Record[table.ClassDef1.classDefs.get(first, 0)].Class2Record
            return getattr(row[table.ClassDef2.classDefs.get(second, 0)].Value1, "XAdvance", 0)
        pairs = table.PairSet[table.Coverage.glyphs.index(first)].PairValueRecord
        for pair in pairs:
            if pair.SecondGlyph == second:
                return getattr(pair.Value1, "XAdvance", 0)
    return 0


def test_every_sign_is_there() -> None:
    (face,) = (face for face in fonts.FACES if face.letters == fonts.SIGNS)
    held = TTFont(io.BytesIO(fonts.cut(face))).getBestCmap()
    assert [letter for letter in fonts.SIGNS if ord(letter) not in held] == []


def test_brackets_grow_and_the_tallest_are_put_together_of_parts() -> None:
    (face,) = (face for face in fonts.FACES if face.letters == fonts.SIGNS)
    font = TTFont(io.BytesIO(fonts.cut(face)))
    variants = font["MATH"].table.MathVariants
    grown = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for bracket in "()[]{}":
        construction = grown[font.getBestCmap()[ord(bracket)]]
        sizes = [size.AdvanceMeasurement for size in construction.MathGlyphVariantRecord]
        ratios = [taller / size for size, taller in itertools.pairwise(sizes)]
        assert len(sizes) == len(fonts.BRACKET_SIZES)
        assert all(1.2 < ratio < 1.6 for ratio in ratios)
        assert sizes[-1] > 3.5 * face.units
        assert construction.GlyphAssembly is not None


def test_what_no_formula_lets_grow_has_one_size(tmp_path: Path) -> None:
    _, files = fonts.build(tmp_path, set(fonts.SIGNS), set(), {"(", "√"})
    (file,) = (file for file in files if file.startswith("signs"))
    font = TTFont(tmp_path / file)
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    variants = font["MATH"].table.MathVariants
    assert [letters[glyph] for glyph in variants.VertGlyphCoverage.glyphs] == ["(", "√"]
    assert not variants.HorizGlyphConstruction


def test_the_fonts_of_a_page_stay_light(written: tuple[Path, str, list[str]]) -> None:
    folder, css, _ = written
    assert len(css) + sum(file.stat().st_size for file in folder.iterdir()) < 350_000
