"""SVG files and inline pictures: right in every viewer, legible in light and dark, safe."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import lxml.html
import pytest
import sample_drawings
from chromium import SWITCHES
from PIL import Image

from diagtool.pictures import themes
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Dash, DrawnGroup, Picture, Point, Rect, Stroke
from diagtool.pictures.formats import FormatError, Look, _svg_css, svg

SVG = "{http://www.w3.org/2000/svg}"
Tool = Callable[..., str]
LOOK = Look()
LINKS = {"amqp_servers": "#amqp", "mdns_1": "designate.html#mdns", "mdns_servers": "#mdns"}


def parsed(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def named(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if g.get("class") == f"topo-{kind}"]


# --- what a file says -----------------------------------------------------------------


def test_the_whole_diagram_can_be_read_back() -> None:
    drawing = sample_drawings.mdns()
    root = parsed(svg.write(drawing, LOOK))
    assert [g.get("data-id") for g in named(root, "node")] == [n.id for n in drawing.nodes]
    assert [g.get("data-id") for g in named(root, "group")] == ["mdns_servers"]
    assert [
        (g.get("data-tail"), g.get("data-arrow"), g.get("data-head")) for g in named(root, "edge")
    ] == [(e.tail, e.arrow.value, e.head) for e in drawing.edges]
    for edge, g in zip(drawing.edges, named(root, "edge"), strict=True):
        assert len(g.findall(f"{SVG}polygon")) == len(edge.heads) >= 1


def test_every_label_is_text_as_wide_as_it_was_measured() -> None:
    drawing = sample_drawings.mdns()
    root = parsed(svg.write(drawing, LOOK))
    lines = [line for part in (*drawing.groups, *drawing.nodes) for line in part.lines]
    assert texts(root) == [line.text for line in lines]
    for line, text in zip(lines, root.iter(f"{SVG}text"), strict=True):
        assert float(text.get("textLength", "0")) == pytest.approx(line.width, abs=0.01)
        assert text.get("lengthAdjust") == "spacingAndGlyphs"


def test_who_cannot_see_it_is_told() -> None:
    drawing = sample_drawings.mdns()
    root = parsed(svg.write(drawing, LOOK))
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert by_id[root.get("aria-labelledby")].text == drawing.title
    assert by_id[root.get("aria-describedby")].text == drawing.description
    assert root[0].tag == f"{SVG}title"
    names = [g.findtext(f"{SVG}title") for g in named(root, "edge")]
    assert names[0] == "AMQP Servers ↔ designate-mdns Server 1"
    assert names[3] == "designate-mdns Server 1 ← Database Servers"
    assert names[6] == "designate-mdns Server 1 → DNS Servers"


def test_a_stray_file_says_where_it_comes_from() -> None:
    drawing = sample_drawings.mdns()
    metadata = parsed(svg.write(drawing, LOOK)).findtext(f"{SVG}metadata")
    assert metadata == str(origin(drawing))
    assert metadata.startswith("diagtool designate/designate-mdns sha256:")


def test_the_digest_is_of_what_is_shown_and_not_of_how() -> None:
    drawing = sample_drawings.mdns()
    moved = replace(drawing, width=999, name="other")
    assert origin(moved).digest == origin(drawing).digest
    first, *others = drawing.nodes
    renamed = replace(drawing, nodes=(replace(first, label="RabbitMQ"), *others))
    turned = replace(
        drawing,
        edges=(replace(drawing.edges[0], arrow=drawing.edges[3].arrow), *drawing.edges[1:]),
    )
    assert len({origin(d).digest for d in (drawing, renamed, turned)}) == 3


def test_nothing_comes_from_outside() -> None:
    for content in (svg.write(sample_drawings.mdns(), LOOK), _svg_css.inline(LOOK.theme).encode()):
        text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", content.decode())
        assert not re.search(r"https?:|url\(|@import|foreignObject|<filter|<script|<use", text)


def test_the_size_follows_the_scale() -> None:
    root = parsed(svg.write(sample_drawings.mdns(), Look(scale=1.5)))
    assert (root.get("width"), root.get("height")) == ("1248", "420")
    assert root.get("viewBox") == "-0.5 -0.5 832 280"


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys, sample_drawings; from diagtool.pictures.formats import Look, svg;"
        "d = sample_drawings.mdns(); out = sys.stdout.buffer;"
        "out.write(svg.write(d, Look()) + svg.inline(d, Look(), id_prefix='a',"
        " links={'mdns_1': '#x', 'mdns_2': '#y'}).encode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2", "3")
    }
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.001, "0"),
        (1.0, "1"),
        (1.005, "1"),
        (0.1 + 0.2, "0.3"),
        (12345.678, "12345.68"),
    ],
)
def test_numbers_have_at_most_two_decimals(value: float, written: str) -> None:
    drawing = replace(sample_drawings.mdns(), width=value)
    assert parsed(svg.write(drawing, LOOK)).get("width") == written


# --- what an author chose -------------------------------------------------------------


def test_the_authors_colours_are_kept_and_text_on_them_is_legible() -> None:
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    for fill, ink in (("#ffff99", "#000000"), ("#222222", "#ffffff")):
        painted = replace(first, fill=fill, stroke=Stroke("#cc0000"))
        root = parsed(svg.write(replace(drawing, nodes=(painted, *others)), LOOK))
        node = named(root, "node")[0]
        for outline in node.iter(f"{SVG}path"):
            assert (outline.get("fill"), outline.get("stroke")) == (fill, "#cc0000")
            assert outline.get("class") is None
        text = node.find(f"{SVG}text")
        assert text is not None
        assert (text.get("fill"), text.get("class")) == (ink, None)


def test_a_black_head_at_the_authors_gives_way_on_a_dark_page() -> None:
    drawing = sample_drawings.mdns()
    for color, given_way in (("#000000", True), ("#ee3333", False)):
        edge = replace(drawing.edges[0], stroke=Stroke(color))
        root = parsed(svg.write(replace(drawing, edges=(edge,)), LOOK))
        line = named(root, "edge")[0].find(f"{SVG}path")
        assert line is not None
        assert line.get("stroke") == color
        assert (line.get("class") == "topo-dark-edge-line") is given_way


def test_line_styles() -> None:
    drawing = sample_drawings.mdns()
    strokes = (
        Stroke(dash=Dash.DOTTED),
        Stroke(dash=Dash.DASHED),
        Stroke(dash=Dash.DASHED, dashes=(7, 2)),
        Stroke(thick=True),
        Stroke(dash=Dash.NONE),
    )
    edges = tuple(replace(drawing.edges[0], stroke=stroke) for stroke in strokes)
    dotted, dashed, own, thick, none = named(
        parsed(svg.write(replace(drawing, edges=edges), LOOK)), "edge"
    )
    lines = [g.find(f"{SVG}path") for g in (dotted, dashed, own, thick)]
    lengths = [line.get("stroke-dasharray") for line in lines if line is not None]
    assert len({*lengths}) == len(lengths) == 4
    assert (lengths[2], lengths[3]) == ("7 2", None)
    assert lines[3] is not None
    assert float(lines[3].get("stroke-width", "0")) > LOOK.theme.shape.edge_width * 2
    assert none.find(f"{SVG}path") is None


@pytest.mark.parametrize("color", [None, "#cc0000"])
def test_a_dot_has_the_colour_of_lines(color: str | None) -> None:
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    dot = replace(first.copies[-1][0], inked=True)
    point = replace(
        first, shape="beginpoint", copies=((dot,),), fill="#ffff99", stroke=Stroke(color)
    )
    root = parsed(svg.write(replace(drawing, nodes=(point, *others)), LOOK))
    outline = named(root, "node")[0].find(f"{SVG}path")
    assert outline is not None
    assert outline.get("fill") == outline.get("stroke") == (color or LOOK.theme.light.node_line)
    classes = outline.get("class", "").split()
    assert classes == ([] if color else ["topo-node-ink", "topo-node-line"])
    assert ".topo-node-ink{fill:var(--topo-node-line)}" in _svg_css.inline(LOOK.theme)


def test_pictures_are_taken_into_the_file(tmp_path: Path) -> None:
    icon = tmp_path / "icon.png"
    Image.new("RGB", (4, 4), "#00ff00").save(icon)
    drawing = with_picture(str(icon))
    image = parsed(svg.write(drawing, LOOK)).find(f".//{SVG}image")
    assert image is not None
    href = image.get("{http://www.w3.org/1999/xlink}href", "")
    assert href.startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"", None])
def test_what_is_no_bitmap_is_refused(tmp_path: Path, content: bytes | None) -> None:
    icon = tmp_path / "icon.png"
    if content is not None:
        icon.write_bytes(content)
    with pytest.raises(FormatError, match=r"icon\.png: not a PNG, JPEG or GIF file"):
        svg.write(with_picture(str(icon)), LOOK)


def with_picture(path: str):  # type: ignore[no-untyped-def]
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    first = replace(first, pictures=(Picture(path, Rect(64, 120, 40, 40)),))
    return replace(drawing, nodes=(first, *others))


# --- hostile input --------------------------------------------------------------------


def test_hostile_labels_stay_labels() -> None:
    drawing = sample_drawings.hostile()
    root = parsed(svg.write(drawing, LOOK))
    shown = sample_drawings.HOSTILE.translate({0: "\ufffd", 0xB: "\ufffd", 0xD800: "\ufffd"})
    assert root.findtext(f"{SVG}title") == shown
    assert shown in texts(root)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "style",
        "metadata",
        "rect",
        "g",
        "path",
        "text",
        "polygon",
    }
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on")]


def test_hostile_labels_stay_labels_in_a_page() -> None:
    drawing = sample_drawings.hostile()
    first, second = drawing.nodes
    links = {first.id: '"><script>alert(1)</script>', second.id: "javascript:alert(1)"}
    page = lxml.html.fromstring(
        f"<div>{svg.inline(drawing, LOOK, id_prefix='</style><b>', links=links)}</div>"
    )
    assert not page.xpath("//script | //b")
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert page.xpath("//a/@href") == ['"><script>alert(1)</script>'.replace(" ", "")]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org/?a=1&b=2", True),
        ("HTTP://example.org", True),
        ("mailto:someone@example.org", True),
        ("../guide.html#designate-mdns", True),
        ("#designate-mdns", True),
        ("page.html?x=a:b", True),
        ("javascript:alert(1)", False),
        (" \tjava\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_links_lead_only_where_links_may_lead(url: str, kept: bool) -> None:
    page = lxml.html.fromstring(
        svg.inline(sample_drawings.mdns(), LOOK, id_prefix="p", links={"mdns_1": url})
    )
    assert page.xpath("//a/@href") == ([url] if kept else [])
    drawing = sample_drawings.mdns()
    nodes = tuple(replace(node, href=url) for node in drawing.nodes[:1])
    root = parsed(svg.write(replace(drawing, nodes=nodes), LOOK))
    assert [a.get("href") for a in root.iter(f"{SVG}a")] == ([url] if kept else [])


def test_ids_are_unique_on_a_page_whatever_the_names() -> None:
    drawing = sample_drawings.mdns()
    names = ["a b", "a_b", "a-b", "漢", "字", "desc", "title", "1"]
    nodes = tuple(replace(drawing.nodes[0], id=name) for name in names)
    group = DrawnGroup("a b", None, Rect(0, 0, 9, 9), "", (), ())
    drawing = replace(drawing, nodes=nodes, groups=(group,), edges=())
    page = lxml.html.fromstring(
        "<div>"
        + svg.inline(drawing, LOOK, id_prefix="one")
        + svg.inline(drawing, LOOK, id_prefix="2", links={"a b": "#x"})
        + "</div>"
    )
    ids = page.xpath("//@id")
    assert len(ids) == 2 * (len(names) + 1 + 3)
    assert not [id for id, count in Counter(ids).items() if count > 1]
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", id) for id in ids)


# --- in a page ------------------------------------------------------------------------


def test_with_links_every_box_is_reached_by_the_keyboard() -> None:
    drawing = sample_drawings.mdns()
    page = lxml.html.fromstring(svg.inline(drawing, LOOK, id_prefix="p", links=LINKS))
    assert page.get("role") == "group"
    for node in page.xpath("//*[@class='topo-node']"):
        label = next(n.label for n in drawing.nodes if n.id == node.get("data-id"))
        reached = node.xpath("self::*[@tabindex='0'] | a[@href]")
        assert [element.get("aria-label") for element in reached] == [label]


def test_a_link_that_the_author_gave_is_reached_too() -> None:
    drawing = sample_drawings.mdns()
    first, *others = drawing.nodes
    linked = replace(drawing, nodes=(replace(first, href="https://example.org/"), *others))
    root = parsed(svg.write(linked, LOOK))
    assert root.get("role") == "group"
    assert len(root.findall(".//*[@tabindex]")) == len(others)
    page = lxml.html.fromstring(svg.inline(linked, LOOK, id_prefix="p", links=LINKS))
    assert page.xpath("//*[@data-id='amqp_servers']/a/@href") == ["#amqp"]


def test_without_links_it_is_one_image() -> None:
    page = lxml.html.fromstring(svg.inline(sample_drawings.mdns(), LOOK, id_prefix="p"))
    assert page.get("role") == "img"
    assert not page.xpath("//a | //@tabindex")


# --- in real programs -----------------------------------------------------------------

CORNER, BOX, FRAME, LINE = (4, 4), (420, 55), (280, 240), (584, 70)
"""Points of the sample: on the page, inside a box, inside a frame, on a box's line."""


@pytest.fixture
def screenshot(chromium_program: str, tmp_path: Path) -> Callable[..., Image.Image]:
    """Shows content in Chromium to a reader who prefers dark pages or does not."""

    def show(content: str | bytes, suffix: str, *, dark: bool) -> Image.Image:
        page = tmp_path / f"page{suffix}"
        page.write_bytes(content.encode() if isinstance(content, str) else content)
        picture = tmp_path / "page.png"
        with TemporaryDirectory() as profile:
            subprocess.run(
                [
                    chromium_program,
                    *SWITCHES,
                    "--hide-scrollbars",
                    f"--user-data-dir={profile}",
                    f"--blink-settings=preferredColorScheme={0 if dark else 1}",
                    "--window-size=832,400",
                    f"--screenshot={picture}",
                    page.as_uri(),
                ],
                check=True,
                capture_output=True,
                timeout=120,
            )
        return Image.open(picture).convert("RGB")

    return show


def color(picture: Image.Image, point: Point) -> str:
    pixel = picture.getpixel((round(point[0]), round(point[1])))
    assert isinstance(pixel, tuple)
    return "#{:02x}{:02x}{:02x}".format(*pixel[:3])


def near(one: str, other: str) -> bool:
    """Whether two colours differ by no more than what layers painted over each other add."""
    return all(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) <= 4 for i in (1, 3, 5))


@pytest.mark.slow
@pytest.mark.parametrize("theme", themes.names())
@pytest.mark.parametrize("dark", [False, True])
def test_a_file_alone_follows_its_reader(
    screenshot: Callable[..., Image.Image], theme: str, dark: bool
) -> None:
    look = Look(themes.load(theme))
    picture = screenshot(svg.write(sample_drawings.mdns(), look), ".svg", dark=dark)
    colors = look.theme.dark if dark else look.theme.light
    assert color(picture, CORNER) == colors.page
    assert color(picture, BOX) == colors.node_fill
    assert color(picture, FRAME) == colors.group_fill


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "follows_reader", "reader_dark", "dark"),
    [
        ("", False, False, False),
        ("", False, True, False),  # a theme without a dark mode, such as alabaster
        ("", True, True, True),  # furo before its script has run
        ("", True, False, False),
        ('data-theme="auto"', True, True, True),
        ('data-theme="auto"', False, False, False),
        ('data-theme="light"', True, True, False),
        ('data-theme="dark"', True, False, True),
        ('data-theme="dark"', False, False, True),
    ],
)
def test_an_inline_picture_matches_its_page(
    screenshot: Callable[..., Image.Image],
    body: str,
    follows_reader: bool,
    reader_dark: bool,
    dark: bool,
) -> None:
    style = _svg_css.inline(LOOK.theme, follows_reader=follows_reader)
    picture = svg.inline(sample_drawings.mdns(), LOOK, id_prefix="p", links=LINKS)
    page = (
        f"<!doctype html><title>Page</title><style>{style} body {{margin: 0}}</style>"
        f"<body {body}>{picture}"
    )
    shown = screenshot(page, ".html", dark=reader_dark)
    colors = LOOK.theme.dark if dark else LOOK.theme.light
    assert color(shown, BOX) == colors.node_fill
    assert color(shown, FRAME) == colors.group_fill


@pytest.mark.slow
def test_the_keyboard_lights_up_a_box_and_its_lines(
    screenshot: Callable[..., Image.Image],
) -> None:
    """The script only puts the focus where a key would."""
    picture = svg.inline(sample_drawings.mdns(), LOOK, id_prefix="p", links=LINKS)
    page = (
        f"<!doctype html><title>Page</title><style>{_svg_css.inline(LOOK.theme)}"
        f" body {{margin: 0}}</style><body>{picture}"
    )
    head_at_first, head_at_second = (549, 70), (549, 140)
    plain = screenshot(page, ".html", dark=False)
    assert near(color(plain, head_at_first), LOOK.theme.light.edge_line)
    focus = "<script>document.querySelector('#p-node-mdns_1 a').focus()</script>"
    lit = screenshot(page + focus, ".html", dark=False)
    assert near(color(lit, head_at_first), LOOK.theme.light.accent)
    assert not near(color(lit, head_at_second), LOOK.theme.light.accent)


@pytest.mark.parametrize("theme", themes.names())
def test_other_programs_draw_the_light_set(tool: Tool, tmp_path: Path, theme: str) -> None:
    look = Look(themes.load(theme))
    file = tmp_path / "picture.svg"
    file.write_bytes(svg.write(sample_drawings.mdns(), look))
    program = tool("rsvg-convert")
    drawn = subprocess.run([program, str(file)], capture_output=True, check=True).stdout
    picture = Image.open(io.BytesIO(drawn)).convert("RGB")
    assert picture.size == (832, 280)
    assert color(picture, CORNER) == look.theme.light.page
    assert color(picture, BOX) == look.theme.light.node_fill
    assert color(picture, FRAME) == look.theme.light.group_fill
