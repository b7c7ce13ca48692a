"""Every picture, opened in programs that show SVG and PDF: they show what the PNG shows."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from browser import look
from editable_drawings import views
from pictures import SAME, difference
from PIL import Image

from diagtool.pictures import themes
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.formats import Look, pdf, png, svg

pytestmark = pytest.mark.interop

Tool = Callable[..., str]
PHONE = 390


drawn = cache(views)


@pytest.fixture(params=["topology/designate.yaml", "examples/webshop/topology"])
def drawings(request: pytest.FixtureRequest) -> list[Drawing]:
    return drawn(request.param)


THEMES = pytest.mark.parametrize("theme", themes.names())


def bitmap(content: bytes) -> Image.Image:
    """A PNG on a white page."""
    with Image.open(io.BytesIO(content)) as image:
        picture = image.convert("RGBA")
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    return page.convert("RGB")


def ours(drawing: Drawing, theme: str) -> Image.Image:
    return bitmap(png.write(drawing, Look(themes.load(theme))))


def apart(one: Image.Image, other: Image.Image) -> int:
    """How far two pictures differ; programs round a page of half a pixel up or down."""
    assert abs(one.width - other.width) <= 1
    assert abs(one.height - other.height) <= 1
    common = (0, 0, min(one.width, other.width), min(one.height, other.height))
    return difference(one.crop(common), other.crop(common))


def ink(picture: Image.Image, page: str) -> float:
    """How much of a picture stands out from the page as lines and text have to."""
    colors = picture.getcolors(picture.width * picture.height) or []
    found = sum(
        count for count, pixel in colors if themes.contrast(f"#{bytes(pixel).hex()}", page) >= 3
    )
    return found / (picture.width * picture.height)


@THEMES
def test_rsvg_convert_shows_it(
    tool: Tool, tmp_path: Path, drawings: list[Drawing], theme: str
) -> None:
    file = tmp_path / "picture.svg"
    for drawing in drawings:
        file.write_bytes(svg.write(drawing, Look(themes.load(theme))))
        shown = subprocess.run([tool("rsvg-convert"), str(file)], capture_output=True, check=True)
        assert apart(bitmap(shown.stdout), ours(drawing, theme)) < SAME, drawing.name


@THEMES
def test_pdftoppm_shows_it(tool: Tool, tmp_path: Path, drawings: list[Drawing], theme: str) -> None:
    file, shown = tmp_path / "picture.pdf", tmp_path / "shown"
    command = [tool("pdftoppm"), "-r", "96", "-png", "-singlefile", str(file), str(shown)]
    for drawing in drawings:
        file.write_bytes(pdf.write([drawing], Look(themes.load(theme))))
        subprocess.run(command, check=True)
        page = bitmap(shown.with_suffix(".png").read_bytes())
        assert apart(page, ours(drawing, theme)) < SAME, drawing.name


def test_chromium_shows_it_in_light_in_dark_and_on_a_phone(
    tool: Tool, tmp_path: Path, drawings: list[Drawing]
) -> None:
    visits: list[dict[str, Any]] = []
    cases = [*product(drawings, themes.names())]
    for number, (drawing, theme) in enumerate(cases):
        file = tmp_path / f"{number}.svg"
        file.write_bytes(svg.write(drawing, Look(themes.load(theme))))
        size = {"width": round(drawing.width), "height": round(drawing.height)}
        for name, scheme, width in (
            ("light", "light", size["width"]),
            ("dark", "dark", size["width"]),
            ("phone", "light", PHONE),
        ):
            shots = tmp_path / f"{number}-{name}"
            shots.mkdir()
            visit = {"url": file.as_uri(), "scheme": scheme, "shots": str(shots)}
            visits.append(visit | size | {"width": width})
    look(tool, tmp_path, visits)
    for number, (drawing, theme) in enumerate(cases):
        light, dark, phone = (
            bitmap((tmp_path / f"{number}-{name}" / "page.png").read_bytes())
            for name in ("light", "dark", "phone")
        )
        expected = ours(drawing, theme)
        assert light.size == dark.size
        assert apart(light, expected) < SAME, (drawing.name, theme)
        # On the dark page, which is dark, as much stands out as on the light one.
        palettes = themes.load(theme)
        assert dark.getpixel((2, 2)) == tuple(bytes.fromhex(palettes.dark.page[1:]))
        there, here = ink(dark, palettes.dark.page), ink(light, palettes.light.page)
        assert there == pytest.approx(here, rel=0.25), (drawing.name, theme)
        # A file that stands alone is as large as it is; a browser scrolls to the rest.
        part = (0, 0, min(PHONE, expected.width), min(phone.height, expected.height))
        assert difference(phone.crop(part), expected.crop(part)) < SAME, (drawing.name, theme)


@pytest.mark.parametrize("program", ["rsvg-convert", "pdftoppm"])
def test_a_missing_line_would_be_seen(tool: Tool, tmp_path: Path, program: str) -> None:
    (drawing,) = (d for d in drawn("topology/designate.yaml") if d.name == "overview")
    less = replace(drawing, edges=drawing.edges[:-1])
    file = tmp_path / "picture"
    if program == "pdftoppm":
        file.write_bytes(pdf.write([less], Look()))
        command = [tool(program), "-r", "96", "-png", "-singlefile", str(file)]
    else:
        file.write_bytes(svg.write(less, Look()))
        command = [tool(program), str(file)]
    shown = subprocess.run(command, capture_output=True, check=True).stdout
    assert apart(bitmap(shown), ours(drawing, "clean")) > 2 * SAME
