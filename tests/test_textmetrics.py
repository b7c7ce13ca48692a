"""Text is measured in the shipped font, to the font unit, and wraps as a reader expects."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagtool.pictures.text_metrics import (
    ASCENT,
    BOLD,
    CAP_HEIGHT,
    REGULAR,
    FontError,
    FontFile,
    Fonts,
)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return Fonts()


@pytest.mark.parametrize("path", [REGULAR, BOLD], ids=["regular", "bold"])
def test_every_character_is_as_wide_as_a_font_library_says(path: Path) -> None:
    library = pytest.importorskip("fontTools.ttLib")
    font = library.TTFont(path)
    characters, metrics = font.getBestCmap(), font["hmtx"]
    ours = FontFile(path)
    for code in range(0x20000):
        expected = metrics[characters[code]][0] if code in characters else None
        assert ours.advance(chr(code)) == expected, hex(code)
    assert font["head"].unitsPerEm == ours.units_per_em
    assert round(font["hhea"].ascent / ours.units_per_em, 3) == ASCENT
    assert round(font["OS/2"].sCapHeight / ours.units_per_em, 3) == CAP_HEIGHT


def test_a_large_character_map_is_read_too(tmp_path: Path) -> None:
    """The map of all Unicode, which the shipped font does not have."""
    builder = pytest.importorskip("fontTools.fontBuilder")
    path = tmp_path / "emoji.ttf"
    build = builder.FontBuilder(1000, isTTF=True)
    build.setupGlyphOrder([".notdef", "server", "letter"])
    build.setupCharacterMap({0x1F5A5: "server", 0x0E01: "letter"})
    glyph = library_glyph()
    build.setupGlyf({".notdef": glyph, "server": glyph, "letter": glyph})
    build.setupHorizontalMetrics({".notdef": (500, 0), "server": (1200, 0), "letter": (600, 0)})
    build.setupHorizontalHeader(ascent=800, descent=-200)
    build.save(path)
    fonts = Fonts(path)
    assert fonts.width("\u0e01", 10) == 6
    assert fonts.missing_glyphs("a\u0e01\U0001f5a5") == set()
    assert Fonts().missing_glyphs("a\u0e01\U0001f5a5") == {"\u0e01", "\U0001f5a5"}


def library_glyph() -> object:
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    return Glyph()


@pytest.mark.parametrize(
    "content",
    [b"", b"not a font", b"\x00\x01\x00\x00\xff\xff" + b"\x00" * 40, b"ttcf" + b"\xff" * 9],
)
def test_what_is_no_font_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(FontError, match="not a TrueType or OpenType font"):
        Fonts(path)


def test_a_cut_font_is_no_font(tmp_path: Path) -> None:
    whole = REGULAR.read_bytes()
    path = tmp_path / "font.ttf"
    for length in range(0, len(whole), 9973):
        path.write_bytes(whole[:length])
        try:
            font = FontFile(path)
        except FontError:
            continue
        assert font.advance("A") == FontFile(REGULAR).advance("A"), length


def test_a_font_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FontError, match="No such file"):
        Fonts(tmp_path / "none.ttf")


def test_widths_add_up_and_scale(fonts: Fonts) -> None:
    assert fonts.width("", 13) == 0
    assert fonts.width("AB", 20) == pytest.approx(2 * fonts.width("AB", 10))
    assert fonts.width("AB", 10) == pytest.approx(fonts.width("A", 10) + fonts.width("B", 10))
    assert fonts.width("server", 10, bold=True) > fonts.width("server", 10)


def test_full_width_characters_count_one_em_and_marks_nothing(fonts: Fonts) -> None:
    assert fonts.width("数据库", 10) == 30
    assert fonts.width("サーバー", 10) == 40
    assert fonts.width("e\u0301", 10) == fonts.width("e", 10)
    assert fonts.width("a\u200db", 10) == fonts.width("ab", 10)


def test_latin_greek_and_cyrillic_have_glyphs(fonts: Fonts) -> None:
    assert fonts.missing_glyphs("Größe naïve Łódź Ελληνικά Сервер → “…” €\n\t") == set()
    assert fonts.missing_glyphs("a数b") == {"数"}


def test_text_wraps_at_spaces(fonts: Fonts) -> None:
    text = "designate-central Server 1"
    assert fonts.wrap(text, 13, 240) == [text]
    assert fonts.wrap(text, 13, 116) == ["designate-central", "Server 1"]
    assert fonts.wrap("one\ntwo three", 13, 400) == ["one", "two three"]
    assert fonts.wrap("one\n\ntwo", 13, 400) == ["one", "", "two"]


def test_a_word_that_is_too_wide_is_broken(fonts: Fonts) -> None:
    word = "db.internal.example.com"
    lines = fonts.wrap(word, 13, 60)
    assert "".join(lines) == word
    assert len(lines) > 1
    assert all(fonts.width(line, 13) <= 60 for line in lines)
    assert fonts.wrap("ab", 13, 1) == ["a", "b"]
    assert fonts.wrap("e\u0301e\u0301", 13, 1) == ["e\u0301", "e\u0301"]


def test_full_width_text_wraps_anywhere(fonts: Fonts) -> None:
    assert fonts.wrap("数据库服务器", 10, 40) == ["数据库服", "务器"]


@pytest.mark.parametrize("width", [1, 30, 60, 100, 500])
@pytest.mark.parametrize(
    "text", ["a  b c", "two words", "x" * 90, "数据 库服务器 server", "e\u0301" * 30, "- -", " a "]
)
def test_wrapping_loses_nothing_but_spaces(fonts: Fonts, text: str, width: int) -> None:
    lines = fonts.wrap(text, 13, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert fonts.width(line, 13) <= width or len(line.rstrip("\u0301")) == 1
