"""PNG files: the picture of the SVG, the same on every machine, with its origin inside."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sample_drawings
from fontTools.ttLib import TTFont
from pictures import SAME, difference
from PIL import Image

from diagtool.pictures import themes
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Drawing, TextLine
from diagtool.pictures.formats import FormatError, Look, png, svg
from diagtool.pictures.text_metrics import REGULAR

LOOK = Look()


def picture(drawing: Drawing, look: Look = LOOK) -> Image.Image:
    image = Image.open(io.BytesIO(png.write(drawing, look)))
    image.load()
    return image


@pytest.mark.parametrize(
    ("scale", "size"), [(1, (832, 280)), (2, (1664, 560)), (0.5, (416, 140)), (1.37, (1140, 384))]
)
def test_it_has_any_size(scale: float, size: tuple[int, int]) -> None:
    assert picture(sample_drawings.mdns(), Look(scale=scale)).size == size


def test_the_page_is_opaque_or_transparent() -> None:
    opaque = picture(sample_drawings.mdns()).convert("RGBA")
    clear = picture(sample_drawings.mdns(), Look(transparent=True)).convert("RGBA")
    assert opaque.getpixel((4, 4)) == (255, 255, 255, 255)
    assert clear.getpixel((4, 4)) == (0, 0, 0, 0)
    assert opaque.getpixel((420, 55)) == clear.getpixel((420, 55))


def test_a_stray_file_says_where_it_comes_from() -> None:
    drawing = replace(sample_drawings.mdns(), title="Vue d'œil — 漢字")
    assert picture(drawing).info["Source"] == str(origin(drawing))
    assert picture(drawing).info["Title"] == drawing.title
    assert picture(drawing).info["Description"] == drawing.description


def test_hostile_labels_make_a_good_file() -> None:
    assert picture(sample_drawings.hostile()).size == (420, 140)


@pytest.mark.parametrize("theme", themes.names())
def test_it_shows_what_the_svg_shows(tool: Callable[..., str], tmp_path: Path, theme: str) -> None:
    look = Look(themes.load(theme))
    file = tmp_path / "picture.svg"
    file.write_bytes(svg.write(sample_drawings.mdns(), look))
    drawn = subprocess.run([tool("rsvg-convert"), str(file)], capture_output=True, check=True)
    other = Image.open(io.BytesIO(drawn.stdout))
    drawing = sample_drawings.mdns()
    assert difference(picture(drawing, look), other) < SAME
    assert difference(picture(replace(drawing, edges=drawing.edges[1:]), look), other) > 2 * SAME


CODE = """
import sys, sample_drawings
from diagtool.pictures.formats import Look, png
sys.stdout.buffer.write(png.write(sample_drawings.hostile(), Look()))
"""


def drawn_elsewhere(**environment: str) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        check=True,
    ).stdout


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    assert len({drawn_elsewhere(PYTHONHASHSEED=seed) for seed in "0123"}) == 1


@pytest.fixture
def han_font(tmp_path: Path) -> Path:
    """A font in which the sample's Han characters look like an E and an F."""
    font = TTFont(REGULAR)
    for table in font["cmap"].tables:
        table.cmap = {ord("漢"): table.cmap[ord("E")], ord("字"): table.cmap[ord("F")]}
    for name in font["name"].names:
        name.string = "Some Han"
    file = tmp_path / ".fonts" / "han.ttf"
    file.parent.mkdir()
    font.save(file)
    return file


def test_installed_fonts_do_not_matter(han_font: Path, tool: Callable[..., str]) -> None:
    home = str(han_font.parent.parent)
    found = subprocess.run(
        [tool("fc-list"), ":family=Some Han"],
        env={**os.environ, "HOME": home},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "han.ttf" in found.stdout
    assert drawn_elsewhere(HOME=home) == drawn_elsewhere(HOME="/nonexistent")


def test_a_font_that_the_user_names_is_used(han_font: Path) -> None:
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes

    def labelled(words: str) -> Drawing:
        line = TextLine(words, 128, 144, 60, 26)
        return replace(drawing, nodes=(replace(first, lines=(line,)), *others))

    look = Look(font=str(han_font))
    assert difference(picture(labelled("漢字"), look), picture(labelled("EF"))) == 0
    assert difference(picture(labelled("漢字")), picture(labelled("EF"))) > 0


def test_a_letter_that_no_font_has_is_told() -> None:
    told: list[str] = []
    picture(sample_drawings.mdns(), Look(warn=told.append))
    assert told == []
    drawing = replace(sample_drawings.hostile(), name="hostile")
    picture(drawing, Look(warn=told.append))
    assert len(told) == 1
    assert told[0].startswith("hostile: no font has 字 (U+5B57), 漢 (U+6F22)")


def test_a_font_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.ttf"
    file.write_bytes(b"no font")
    with pytest.raises(FormatError, match=r"bad\.ttf"):
        png.write(sample_drawings.mdns(), Look(font=str(file)))


def test_what_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(FormatError, match="designate-mdns: too large for a PNG at scale 1000"):
        png.write(sample_drawings.mdns(), Look(scale=1000))


def test_what_would_be_no_picture_is_refused() -> None:
    with pytest.raises(FormatError, match="designate-mdns: resvg cannot draw it"):
        png.write(sample_drawings.mdns(), Look(scale=0))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(FormatError, match=r"pip install 'diagtool\[png\]'"):
        png.write(sample_drawings.mdns(), LOOK)
