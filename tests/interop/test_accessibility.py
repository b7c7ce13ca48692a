"""The project's own pages in a browser: what axe-core says, on a phone, by keyboard alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import look
from editable_drawings import views
from PIL import Image

from diagtool.pictures import themes
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.themes import Palette

pytestmark = pytest.mark.interop

Tool = Callable[..., str]
ROOT = Path(__file__).parents[2]
DESK, PHONE = 1280, 390

FRAME = {
    "landmark-unique": (".sidebar-drawer", "both drawers are <aside> without a name"),
    "region": (".visually-hidden", "'View this page' is outside of all landmarks"),
    "page-has-heading-one": ("html", "the search page has no heading before a search"),
}
"""What is wrong with furo's frame, where, and why: docs/explanation/theme.rst tells of it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages as they are published."""
    out = tmp_path_factory.mktemp("site")
    subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-q", "-c", str(ROOT), "-b", "html"),
            *("-d", str(tmp_path_factory.mktemp("trees")), str(ROOT / "docs"), str(out)),
        ],
        cwd=ROOT,
        check=True,
    )
    return out


def test_axe_finds_nothing_in_the_content(tool: Tool, site: Path, tmp_path: Path) -> None:
    names = ("ha-guide", "ha-guide-ports", "ha-guide-losses", "ha-guide-23-losses")
    guides = [site / f"{name}.html" for name in names]
    settings = [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
    visits = [
        {"url": page.as_uri(), "width": width, "scheme": scheme, "axe": True}
        for page in sorted(site.rglob("*.html"))
        if 'role="main"' in page.read_text("utf-8")
        for width, scheme in (settings if page in guides else settings[::3])
    ]
    found = look(tool, tmp_path, visits)
    assert len(visits) > 60
    for visit, page in zip(visits, found, strict=True):
        for finding in page["violations"]:
            assert not finding["content"], (visit, finding)
            target, _ = FRAME.get(finding["id"], ("", ""))
            assert finding["target"] == target, (visit, finding)
    told = (ROOT / "docs/explanation/theme.rst").read_text("utf-8")
    assert all(f"``{rule}``" in told for rule in FRAME)


def test_axe_would_find_something(tool: Tool, site: Path, tmp_path: Path) -> None:
    page = site / "broken.html"
    html = (site / "ha-guide.html").read_text("utf-8")
    page.write_text(html.replace('aria-label="AMQP Servers"', "").replace("AMQP Servers", ""))
    try:
        visit = {"url": page.as_uri(), "width": DESK, "scheme": "light", "axe": True}
        (found,) = look(tool, tmp_path, [visit])
    finally:
        page.unlink()
    assert "link-name" in {finding["id"] for finding in found["violations"] if finding["content"]}


def test_on_a_phone_pictures_scroll_and_pages_do_not(
    tool: Tool, site: Path, tmp_path: Path
) -> None:
    pages = ["ha-guide", "index", "tutorial", "howto/blockdiag", "contributing/architecture"]
    visits = [
        {"url": (site / f"{page}.html").as_uri(), "width": PHONE, "scheme": "light"}
        for page in pages
    ]
    found = look(tool, tmp_path, visits)
    for page in found:
        assert page["page"]["inside"] == page["page"]["outside"] == PHONE
        assert page["boxes"]
        for box in page["boxes"]:
            assert box["right"] <= PHONE
            # Scrolls as far as the picture is wide.
            assert box["inside"] >= int(box["picture"])
    boxes = found[0]["boxes"]
    assert any(box["inside"] > box["outside"] for box in boxes)
    for drawing, box in zip(services(), boxes, strict=True):
        # Letters of 13 pixels shrink to 9, or by 24 pixels of the picture more, for it to fit.
        assert 13 * (box["picture"] + 24) / drawing.width >= 9


def test_no_picture_scrolls_for_a_few_pixels(tool: Tool, site: Path, tmp_path: Path) -> None:
    url = (site / "ha-guide.html").as_uri()
    visits = [{"url": url, "width": width, "scheme": "light"} for width in range(400, 640, 12)]
    gaps = {
        box["inside"] - box["outside"]
        for page in look(tool, tmp_path, visits)
        for box in page["boxes"]
    }
    assert 0 in gaps
    assert len(gaps) > 1
    assert not gaps & set(range(1, 21))


def services() -> list[Drawing]:
    return [drawing for drawing in views("topology/designate.yaml") if drawing.name != "overview"]


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_picture_is_walked_by_keyboard_without_javascript(
    tool: Tool, site: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    visit = {
        "url": (site / "ha-guide.html").as_uri(),
        "width": width,
        "scheme": scheme,
        "walk": True,
        "shots": str(tmp_path),
    }
    (found,) = look(tool, tmp_path, [visit])
    drawings = services()
    assert len(drawings) == 6
    palette: Palette = getattr(themes.load(), scheme)
    walked = [(step["picture"], step["kind"], step["id"]) for step in found["steps"]]
    # Frames before what stands in them, in the order of the drawing.
    assert walked == [
        (f"topo-{number}", kind, part.id)
        for number, drawing in enumerate(drawings, 1)
        for kind, parts in (("group", drawing.groups), ("node", drawing.nodes))
        for part in parts
    ]
    by_picture = {f"topo-{number}": drawing for number, drawing in enumerate(drawings, 1)}
    for step in found["steps"]:
        check_step(step, by_picture[step["picture"]], palette)
    for picture in by_picture:
        assert share_of(tmp_path / f"{picture}.png", palette.accent) > 0.005


def check_step(step: dict[str, Any], drawing: Drawing, palette: Palette) -> None:
    """A box with the focus has a name and leads somewhere, stands out, and so do its edges."""
    (part,) = (p for p in (*drawing.groups, *drawing.nodes) if p.id == step["id"])
    assert step["name"] == part.label
    assert step["link"].startswith("#")
    accent, usual = rgb(palette.accent), rgb(palette.edge_line)
    assert step["visible"]
    assert step["outline"] == ["solid", "2px", accent]
    assert step["line"] == accent
    assert step["inView"], step["id"]
    assert len(step["edges"]) == len(drawing.edges)
    if step["kind"] == "group":
        return
    for edge in step["edges"]:
        lit = step["id"] in (edge["tail"], edge["head"])
        assert edge["color"] == (accent if lit else usual)
        assert (edge["opacity"] == "1") is lit


def rgb(color: str) -> str:
    red, green, blue = bytes.fromhex(color[1:])
    return f"rgb({red}, {green}, {blue})"


def share_of(picture: Path, color: str) -> float:
    """How much of a picture has very nearly one colour."""
    wanted = tuple(bytes.fromhex(color[1:]))
    with Image.open(picture) as image:
        pixels = image.convert("RGB")
    count = sum(
        number
        for number, pixel in pixels.getcolors(pixels.width * pixels.height) or ()
        if all(abs(a - b) < 12 for a, b in zip(pixel, wanted, strict=True))
    )
    return count / (pixels.width * pixels.height)
