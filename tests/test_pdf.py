"""PDF files: vectors with real text in embedded fonts, the same on every machine."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import sample_drawings
from fontTools.ttLib import TTFont
from pictures import SAME, difference
from PIL import Image
from pypdf.generic import DictionaryObject

from diagtool.pictures import themes
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Drawing, Picture, Rect, TextLine
from diagtool.pictures.formats import FormatError, Look, pdf, png
from diagtool.pictures.text_metrics import REGULAR

LOOK = Look()
Tool = Callable[..., str]


def read(*drawings: Drawing, look: Look = LOOK) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.write(drawings, look)))


def test_every_label_is_text() -> None:
    drawing = sample_drawings.mdns()
    text = read(drawing).pages[0].extract_text()
    for part in (*drawing.groups, *drawing.nodes):
        assert part.label in text


def test_a_page_is_as_large_as_its_drawing() -> None:
    box = read(sample_drawings.mdns()).pages[0].mediabox
    assert (box.width, box.height) == (832 * 0.75, 280 * 0.75)
    box = read(sample_drawings.mdns(), look=Look(scale=2)).pages[0].mediabox
    assert (box.width, box.height) == (832 * 1.5, 280 * 1.5)


def test_one_file_holds_many_drawings() -> None:
    one, two = sample_drawings.mdns(), sample_drawings.hostile()
    two = replace(two, title="The other")
    file = read(one, two)
    assert [float(page.mediabox.width) for page in file.pages] == [624, 315]
    assert [entry.title for entry in file.outline] == [one.title, "The other"]
    assert "designate-mdns Server 1" not in file.pages[1].extract_text()


def test_a_stray_file_says_where_it_comes_from() -> None:
    one = sample_drawings.mdns()
    two = replace(one, name="overview", title="Übersicht — 漢字")
    about = read(one, two).metadata
    assert about is not None
    assert about.title == f"{one.title}, {two.title}"
    assert about["/Keywords"] == f"{origin(one)}; {origin(two)}"


def test_every_font_is_embedded() -> None:
    drawing = sample_drawings.mdns()
    bold = tuple(replace(line, bold=True) for line in drawing.groups[0].lines)
    page = read(replace(drawing, groups=(replace(drawing.groups[0], lines=bold),))).pages[0]
    fonts = page["/Resources"]["/Font"].values()
    names = {str(font.get_object()["/BaseFont"])[8:] for font in fonts}
    assert names == {"LiberationSans", "LiberationSans-Bold"}
    for font in fonts:
        descriptor = font.get_object()["/FontDescriptor"]
        assert isinstance(descriptor, DictionaryObject)
        assert "/FontFile2" in descriptor


@pytest.mark.parametrize(
    ("href", "kept"),
    [("https://example.org/", True), ("javascript:alert(1)", False), ("guide.html", False)],
)
def test_links_lead_only_where_links_may_lead(href: str, kept: bool) -> None:
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    page = read(replace(drawing, nodes=(replace(first, href=href), *others))).pages[0]
    links = [link.get_object() for link in page.get("/Annots", [])]
    assert [link["/A"]["/URI"] for link in links] == ([href] if kept else [])
    if kept:
        # The box of the sample's first node, counted from the lower left corner.
        assert [float(edge) for edge in links[0]["/Rect"]] == [48, 90, 144, 120]


def test_hostile_labels_make_a_good_file() -> None:
    text = read(sample_drawings.hostile()).pages[0].extract_text()
    assert "<b>\"'&]]>\\ " in text


CODE = """
import sys, sample_drawings
from diagtool.pictures.formats import Look, pdf
drawings = [sample_drawings.mdns(), sample_drawings.hostile()]
sys.stdout.buffer.write(pdf.write(drawings, Look()))
"""


def test_bytes_do_not_depend_on_the_hash_seed_or_on_what_was_written_before() -> None:
    drawings = [sample_drawings.mdns(), sample_drawings.hostile()]
    pdf.write(drawings[1:], LOOK)
    runs = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "0123"
    }
    assert runs == {pdf.write(drawings, LOOK)}


@pytest.mark.parametrize("theme", themes.names())
def test_it_shows_what_the_png_shows(tool: Tool, tmp_path: Path, theme: str) -> None:
    look = Look(themes.load(theme))
    drawing = sample_drawings.mdns()
    edges = tuple(
        replace(edge, jumps=((edge.points[0][0] + 16, edge.points[0][1]),), label="x")
        for edge in drawing.edges
    )
    first, *others = drawing.nodes
    dot = replace(first.copies[-1][0], inked=True)
    nodes = (replace(first, shape="beginpoint", copies=((dot,),), lines=()), *others)
    drawing = replace(drawing, edges=edges, nodes=nodes)
    file = tmp_path / "picture.pdf"
    file.write_bytes(pdf.write([drawing], look))
    subprocess.run(
        [tool("pdftoppm"), "-r", "96", "-png", "-singlefile", str(file), str(tmp_path / "pdf")],
        check=True,
    )
    ours = Image.open(io.BytesIO(png.write(drawing, look)))
    theirs = Image.open(tmp_path / "pdf.png")
    assert difference(ours, theirs) < SAME
    lacking = Image.open(io.BytesIO(png.write(replace(drawing, edges=edges[1:]), look)))
    assert difference(lacking, theirs) > 2 * SAME


def test_pictures_are_taken_into_the_file(tmp_path: Path) -> None:
    icon = tmp_path / "icon.png"
    Image.new("RGBA", (4, 4), (0, 255, 0, 128)).save(icon)
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    first = replace(first, pictures=(Picture(str(icon), Rect(64, 120, 40, 40)),))
    page = read(replace(drawing, nodes=(first, *others))).pages[0]
    assert [image.image.size for image in page.images if image.image] == [(4, 4)]


def test_a_font_that_the_user_names_is_used(tmp_path: Path) -> None:
    font = TTFont(REGULAR)
    for table in font["cmap"].tables:
        table.cmap = {ord("漢"): table.cmap[ord("E")]}
    for name in font["name"].names:
        name.string = "SomeHan"
    file = tmp_path / "han.ttf"
    font.save(file)
    drawing = sample_drawings.mdns()
    line = TextLine("a漢b", 128, 144, 30, 13)
    nodes = (replace(drawing.nodes[0], lines=(line,)),)
    page = read(replace(drawing, nodes=nodes), look=Look(font=str(file))).pages[0]
    assert "a漢b" in page.extract_text()
    fonts = page["/Resources"]["/Font"].values()
    assert any("SomeHan" in str(font.get_object()["/BaseFont"]) for font in fonts)


def test_a_font_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.ttf"
    file.write_bytes(b"no font")
    for path in (file, tmp_path / "missing.ttf"):
        with pytest.raises(FormatError, match=path.name):
            pdf.write([sample_drawings.mdns()], Look(font=str(path)))


def test_a_font_of_another_kind_is_refused(tmp_path: Path) -> None:
    """OpenType fonts with PostScript outlines can be measured but not embedded."""
    file = tmp_path / "outlines.otf"
    content = REGULAR.read_bytes()
    file.write_bytes(b"OTTO" + content[4:])
    with pytest.raises(FormatError, match=r"outlines\.otf: not a font for a PDF: .*postscript"):
        pdf.write([sample_drawings.mdns()], Look(font=str(file)))


def test_what_a_pdf_cannot_show_is_told() -> None:
    told: list[str] = []
    drawing = sample_drawings.mdns()
    pdf.write([drawing], Look(warn=told.append))
    assert told == []
    first, *others = drawing.nodes
    hebrew = replace(first, label="שרת", lines=(replace(first.lines[0], text="שרת"),))
    pdf.write([replace(drawing, nodes=(hebrew, *others))], Look(warn=told.append))
    assert told == ["designate-mdns: a PDF cannot join or turn the letters of 'שרת'"]
    told.clear()
    pdf.write([sample_drawings.hostile()], Look(warn=told.append))
    assert "漢 (U+6F22)" in told[0]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(FormatError, match=r"pip install 'diagtool\[pdf\]'"):
        pdf.write([sample_drawings.mdns()], LOOK)
