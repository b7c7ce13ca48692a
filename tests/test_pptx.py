"""Decks: native shapes, lines glued at both ends, templates, and care for edited files."""

from __future__ import annotations

import io
import math
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample_drawings
from editable_drawings import ROOT, corners, every_shape, every_style, everything, flat
from pptx import Presentation
from readback import MC, A, Deck, P, SlideRead, label, route

import diagtool
from diagtool import exporting
from diagtool.files.writing import OutputError
from diagtool.model import diagram
from diagtool.model.diagram import Arrow
from diagtool.pictures import themes
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Dash, Drawing, DrawnEdge, Picture, Point, Rect, Stroke
from diagtool.pictures.formats import FormatError, Look, pptx

LOOK = Look()


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    return everything()


# --- the same picture as everywhere ---------------------------------------------------


def test_a_slide_for_each_drawing(drawings: list[Drawing]) -> None:
    deck = Deck(pptx.write(drawings, LOOK)).deck
    assert deck.slide_width * 9 == deck.slide_height * 16
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == [
        drawing.title for drawing in drawings
    ]
    assert [slide.name for slide in deck.slides] == [drawing.name for drawing in drawings]
    assert len({slide.shapes.title.is_placeholder for slide in deck.slides}) == 1


def test_boxes_and_labels_are_the_drawing_s(drawings: list[Drawing]) -> None:
    slides = Deck(pptx.write(drawings, LOOK)).slides()
    for drawing, slide in zip(drawings, slides, strict=True):
        pixels = slide.to_pixels(drawing)
        for thing in (*drawing.groups, *drawing.nodes):
            shape, box = slide.shape(thing.id), thing.box
            corners = (
                *pixels(shape.left, shape.top),
                *pixels(shape.left + shape.width, shape.top + shape.height),
            )
            assert corners == pytest.approx((box.x, box.y, box.right, box.bottom), abs=0.01)
            assert label(shape) == " ".join(line.text for line in thing.lines)


def test_everything_is_on_the_slide_below_the_title(drawings: list[Drawing]) -> None:
    deck = Deck(pptx.write(drawings, LOOK))
    for slide in deck.slides():
        title = slide.slide.shapes.title
        for shape in slide.all:
            if shape.shape_id == title.shape_id:
                continue
            assert shape.top >= title.top + title.height
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.deck.slide_width
            assert shape.top + shape.height <= deck.deck.slide_height


def test_both_ends_and_arrowheads_of_every_edge(drawings: list[Drawing]) -> None:
    slides = Deck(pptx.write(drawings, LOOK)).slides()
    for drawing, slide in zip(drawings, slides, strict=True):
        assert len(slide.connectors) == len(drawing.edges)
        for edge, connector in zip(drawing.edges, slide.connectors, strict=True):
            tail, head = (
                slide.by_id[int(connector.element.find(f".//{A}{end}").get("id"))]
                for end in ("stCxn", "endCxn")
            )
            assert (tail.name, head.name) == (edge.tail, edge.head)
            pointed = tuple(
                connector.element.find(f".//{A}{end}").get("type") != "none"
                for end in ("headEnd", "tailEnd")
            )
            assert (
                pointed
                == {
                    Arrow.FORWARD: (False, True),
                    Arrow.BACK: (True, False),
                    Arrow.BOTH: (True, True),
                    Arrow.NONE: (False, False),
                }[edge.arrow]
            )


def test_lines_take_the_drawing_s_way(drawings: list[Drawing]) -> None:
    slides = Deck(pptx.write(drawings, LOOK)).slides()
    for drawing, slide in zip(drawings, slides, strict=True):
        pixels = slide.to_pixels(drawing)
        for edge, connector in zip(drawing.edges, slide.connectors, strict=True):
            way = [pixels(*point) for point in route(connector)]
            drawn = corners(edge.points)
            assert len(way) == len(drawn)
            assert flat(way[1:-1]) == pytest.approx(flat(drawn[1:-1]), abs=0.3)
            for end, was, before in ((0, drawn[0], drawn[1]), (-1, drawn[-1], drawn[-2])):
                # To the front copy of a stack, and to the side of what leans.
                assert math.dist(way[end], was) <= 13
                axis = 1 if was[1] == before[1] else 0
                assert way[end][axis] == pytest.approx(was[axis], abs=0.3)


SITES = {
    "rect": "tlbr",
    "roundRect": "tlbr",
    "diamond": "tlbr",
    "flowChartDecision": "tlbr",
    "flowChartTerminator": "tlbr",
    "ellipse": "t-l-b-r-",
    "parallelogram": "t-r-bl",
}
"""On which side the points for connectors are that ECMA-376 gives a shape, by their number."""


def test_lines_are_glued_to_the_side_at_which_they_end(drawings: list[Drawing]) -> None:
    used = set()
    for slide in Deck(pptx.write(drawings, LOOK)).slides():
        for connector in slide.connectors:
            way = route(connector)
            for tag, here, there in (
                ("stCxn", way[0], way[1]),
                ("endCxn", way[-1], way[-2]),
            ):
                glue = connector.element.find(f".//{A}{tag}")
                shape = slide.by_id[int(glue.get("id"))]
                preset = shape.element.find(f".//{A}prstGeom")
                name = "rect" if preset is None else preset.get("prst")
                used.add(name)
                side = SITES[name][int(glue.get("idx"))]
                dx, dy = there[0] - here[0], there[1] - here[1]
                away = ("r" if dx > 0 else "l") if abs(dx) > abs(dy) else "b" if dy > 0 else "t"
                assert side == away
    assert used == set(SITES)


# --- native, and good to edit ---------------------------------------------------------


def presets(slide: SlideRead, node: str) -> set[str]:
    shapes = [shape for name in (node, f"{node} (copy)") for shape in slide.by_name.get(name, ())]
    return {preset.get("prst") for s in shapes for preset in s.element.iter(f"{A}prstGeom")}


def test_shapes_are_powerpoint_s_own() -> None:
    drawing = every_shape("landscape")
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    found = {node.shape: presets(slide, node.id) for node in drawing.nodes}
    assert found["box"] == found["square"] == found["roundedbox"] == {"roundRect"}
    assert found["circle"] == found["ellipse"] == {"ellipse"}
    assert found["diamond"] == {"diamond"}
    assert "cloud" in found["cloud"]
    assert "can" in found["flowchart.database"]
    assert found["flowchart.terminator"] == {"flowChartTerminator"}
    assert found["flowchart.condition"] == {"flowChartDecision"}
    assert found["flowchart.input"] == {"parallelogram"}
    # These are freeforms.
    assert {shape for shape, names in found.items() if not names} == {
        *("actor", "note", "mail", "dots", "endpoint"),
        *("flowchart.loopin", "flowchart.loopout"),
    }


def test_plain_boxes_have_the_theme_s_corners() -> None:
    (slide,) = Deck(
        pptx.write([sample_drawings.mdns()], Look(theme=themes.load("classic")))
    ).slides()
    assert presets(slide, "mdns_1") == {"rect"}
    shadow = slide.shape("mdns_1").element.find(f".//{A}outerShdw")
    assert int(shadow.get("dist")) > 0
    # One shadow for a whole stack, which falls on none of its copies.
    stack = slide.shape("amqp_servers (group)")
    behind, *others = stack.shapes
    assert behind.element.find(f".//{A}outerShdw") is not None
    assert not any(other.element.find(f".//{A}outerShdw") is not None for other in others)


def test_copies_of_a_stack_are_grouped_behind_the_one_with_the_text() -> None:
    drawing = sample_drawings.mdns()
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    for node in drawing.nodes:
        if not node.stacked:
            assert f"{node.id} (group)" not in slide.by_name
            continue
        stack = slide.shape(f"{node.id} (group)")
        *copies, front = stack.shapes
        assert front.name == node.id
        assert label(front) == node.label
        assert {copy.name for copy in copies} == {f"{node.id} (copy)"}
        assert not any(copy.text_frame.text for copy in copies)
        outlines = [s for s in stack.shapes if s.element.find(f".//{A}ln/{A}solidFill") is not None]
        assert len(outlines) == len(node.copies)
        lefts = [outline.left for outline in outlines]
        assert lefts == sorted(lefts, reverse=True)
        left = min(s.left for s in stack.shapes)
        assert (stack.left, stack.left + stack.width) == (
            left,
            pytest.approx(max(s.left + s.width for s in stack.shapes), abs=2),
        )


def test_groups_lie_behind_their_members_and_lines_behind_all_but_stacks() -> None:
    drawing = sample_drawings.mdns()
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    order = [element.get("name") for element in slide.slide.element.iter(f"{P}cNvPr")]
    group = order.index("mdns_servers")
    stacks = [order.index(f"{node.id} (group)") for node in drawing.nodes if node.stacked]
    lines = [order.index(connector.name) for connector in slide.connectors]
    singles = [order.index(node.id) for node in drawing.nodes if not node.stacked]
    assert group < min(stacks) < max(stacks) < min(lines) < max(lines) < min(singles)


def test_other_programs_are_offered_the_same_lines_as_freeforms(drawings: list[Drawing]) -> None:
    for slide in Deck(pptx.write(drawings, LOOK)).slides():
        choices = list(slide.slide.element.iter(f"{MC}AlternateContent"))
        assert len(choices) == len(slide.connectors)
        for connector, choice in zip(slide.connectors, choices, strict=True):
            first, other = choice
            assert first.nsmap[first.get("Requires")].startswith("http://schemas.microsoft.com/")
            (line,) = other.iter(f"{P}sp")
            at = line.find(f".//{A}off")
            x, y = int(at.get("x")), int(at.get("y"))
            points = [(x + int(p.get("x")), y + int(p.get("y"))) for p in line.iter(f"{A}pt")]
            assert flat(points) == pytest.approx(flat(route(connector)), abs=700)
            for end in ("headEnd", "tailEnd"):
                kinds = [
                    each.find(f".//{A}{end}").get("type") for each in (line, connector.element)
                ]
                assert kinds[0] == kinds[1]


def test_colours_and_dashes() -> None:
    drawing = every_style()
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()

    def color(shape: Any, path: str) -> str:
        return str(shape.element.spPr.find(f"{path}{A}solidFill/{A}srgbClr").get("val")).lower()

    def dash(shape: Any) -> str | None:
        found = shape.element.find(f".//{A}ln/{A}prstDash")
        return None if found is None else str(found.get("val"))

    light = LOOK.theme.light
    first, plain = slide.shape("A"), slide.shape("E")
    assert (color(first, ""), color(first, f"{A}ln/")) == ("ffe0b0", "aa0000")
    assert "#" + color(plain, "") == light.node_fill
    assert "#" + color(plain, f"{A}ln/") == light.node_line
    assert (dash(first), dash(slide.shape("B")), dash(plain)) == ("dash", "sysDot", None)
    pieces = slide.shape("F").element.findall(f".//{A}custDash/{A}ds")
    assert [(int(p.get("d")), int(p.get("sp"))) for p in pieces] == [
        (400000, 160000),
        (80000, 160000),
    ]
    lines = {connector.name: connector for connector in slide.connectors}
    assert color(lines["A -> B"], f"{A}ln/") == "ff0000"
    assert dash(lines["A -> B"]) == "dash"
    width = {
        name: int(lines[name].element.find(f".//{A}ln").get("w")) for name in ("A -> B", "B <-> C")
    }
    assert width["B <-> C"] == pytest.approx(2.5 * width["A -> B"], rel=0.01)
    # Dark boxes have light text.
    text = slide.shape("D").element.find(f".//{A}rPr//{A}srgbClr")
    assert text.get("val") == "FFFFFF"


def test_arrowheads_keep_their_kind() -> None:
    (slide,) = Deck(pptx.write([every_style()], LOOK)).slides()
    ends = {
        c.name: tuple(c.element.find(f".//{A}{end}").get("type") for end in ("headEnd", "tailEnd"))
        for c in slide.connectors
    }
    assert ends["A -> B"] == ("none", "triangle")
    assert ends["C -- D"] == ("none", "none")
    assert ends["B <-> C"] == ("triangle", "triangle")
    assert ends["E -> F"] == ("none", "diamond")
    assert ends["A -> E"] == ("none", "arrow")


def test_text_is_never_wrapped_or_shrunk_and_fits_its_box(drawings: list[Drawing]) -> None:
    for drawing, slide in zip(drawings, Deck(pptx.write(drawings, LOOK)).slides(), strict=True):
        for node in drawing.nodes:
            shape = slide.shape(node.id)
            body = shape.element.find(f".//{A}bodyPr")
            if not node.lines:
                continue
            assert body.get("wrap") == "none"
            assert body.find(f"{A}noAutofit") is not None
            points = {int(run.get("sz")) / 100 for run in shape.element.iter(f"{A}rPr")}
            (size,) = points
            unit = shape.width / node.box.width if node.box.width else None
            if unit:
                assert size * 12700 / unit == pytest.approx(node.lines[0].size, abs=0.05)


def test_all_shapes_have_alternative_text() -> None:
    drawing = sample_drawings.mdns()
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    alt = {
        shape.name: shape.element.xpath(".//p:cNvPr")[0].get("descr")
        for shape in (*slide.slide.shapes, *slide.connectors)
        if not shape.is_placeholder
    }
    assert alt["mdns_1"] == "designate-mdns Server 1"
    assert alt["amqp_servers (group)"] == "AMQP Servers (several)"
    assert alt["mdns_servers"] == "designate-mdns Servers"
    assert alt["mdns_1 <- db_servers"] == "designate-mdns Server 1 ← Database Servers"
    assert all(alt.values())


def test_notes_are_the_model_s_and_the_description(drawings: list[Drawing]) -> None:
    deck = Presentation(io.BytesIO(pptx.write(drawings, LOOK)))
    for drawing, slide in zip(drawings, deck.slides, strict=True):
        spoken = slide.notes_slide.notes_text_frame.text
        paragraphs = [*drawing.notes, *filter(None, [drawing.description])]
        assert spoken == "\n".join(paragraphs)
    topology = diagtool.load(ROOT / "topology/designate.yaml")
    by_name = {drawing.name: drawing for drawing in drawings if drawing.topology == topology.id}
    assert by_name["overview"].notes[0].startswith("Every Designate service can run as several")
    with_notes = [service for service in topology.services.values() if service.notes]
    assert with_notes
    for service in with_notes:
        assert len(by_name[service.id].notes) == len(service.notes)


def test_icons_and_numbers_stay_with_their_box(tmp_path: Path) -> None:
    from PIL import Image

    icon = tmp_path / "icon.png"
    Image.new("RGB", (40, 20), "red").save(icon)
    drawing = every_style()
    box = Rect(drawing.nodes[0].box.x, drawing.nodes[0].box.y, 20, 20)
    first = replace(drawing.nodes[0], pictures=(Picture(str(icon), box),))
    drawing = replace(drawing, nodes=(first, *drawing.nodes[1:]))
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    picture = next(s for s in slide.shape(f"{first.id} (group)").shapes if hasattr(s, "image"))
    assert picture.width == pytest.approx(2 * picture.height, abs=2)
    assert picture.image.blob == icon.read_bytes()
    badge = slide.shape("B (number)")
    assert label(badge) == "3"
    assert badge.shape_id in {s.shape_id for s in slide.shape("B (group)").shapes}


# --- hostile content ------------------------------------------------------------------


def test_hostile_labels_are_text() -> None:
    drawing = sample_drawings.hostile()
    content = pptx.write([drawing], LOOK)
    (slide,) = Deck(content).slides()
    shown = {shape.text_frame.text for shape in slide.all if shape.has_text_frame}
    safe = sample_drawings.HOSTILE.replace("\x00", "�").replace("\x0b", "�")
    assert safe.replace("\ud800", "�") in shown
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("ppt/slides/"):
                data = archive.read(name)
                assert b"javascript" not in re.sub(rb">[^<]*<|\"[^\"]*\"", b"", data)
                assert b"<a:fld" not in data
            if name.endswith(".rels"):
                assert b"javascript" not in archive.read(name)


def test_a_link_is_a_link_on_its_box() -> None:
    drawing = sample_drawings.mdns()
    first = replace(drawing.nodes[0], href="https://example.org/?a=1&b=2")
    second = replace(drawing.nodes[1], href="page.html")
    drawing = replace(drawing, nodes=(first, second, *drawing.nodes[2:]))
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    assert slide.shape(first.id).click_action.hyperlink.address == first.href
    assert slide.shape(second.id).click_action.hyperlink.address is None


# --- the file -------------------------------------------------------------------------


def test_a_stray_file_says_where_it_comes_from(drawings: list[Drawing]) -> None:
    properties = Presentation(io.BytesIO(pptx.write(drawings, LOOK))).core_properties
    assert properties.keywords == "; ".join(str(origin(drawing)) for drawing in drawings)
    assert properties.title == ", ".join(drawing.title for drawing in drawings)


def test_bytes_are_the_same_every_time() -> None:
    code = (
        "import sys, sample_drawings; from diagtool.pictures.formats import Look, pptx;"
        "sys.stdout.buffer.write(pptx.write([sample_drawings.mdns()] * 2, Look()))"
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
    with zipfile.ZipFile(io.BytesIO(runs.pop())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        core = archive.read("docProps/core.xml")
    assert not re.search(rb"\d{4}-\d\d-\d\d|dcterms", core)


def test_only_an_edited_deck_counts_as_edited() -> None:
    content = pptx.write([sample_drawings.mdns()], LOOK)
    assert not pptx.edited(content)
    packed_anew = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed_anew, "w", zipfile.ZIP_STORED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert not pptx.edited(packed_anew.getvalue())
    deck = Presentation(io.BytesIO(content))
    next(s for s in deck.slides[0].shapes if s.name == "mdns_1").left += 1
    moved = io.BytesIO()
    deck.save(moved)
    assert pptx.edited(moved.getvalue())
    Presentation().save(somebody_else_s := io.BytesIO())
    for other in (b"", b"PK\x03\x04", somebody_else_s.getvalue()):
        assert pptx.edited(other)


def test_a_damaged_deck_counts_as_edited() -> None:
    content = pptx.write([sample_drawings.mdns()], LOOK)
    for place in range(0, len(content), len(content) // 200):
        damaged = bytearray(content)
        damaged[place : place + 40] = bytes(byte ^ 0xFF for byte in damaged[place : place + 40])
        assert pptx.edited(bytes(damaged)) or len(damaged) - place < 40
    assert pptx.edited(content[: len(content) // 2])


def test_without_python_pptx_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    with pytest.raises(FormatError, match=r"pip install 'diagtool\[pptx\]'"):
        pptx.write([sample_drawings.mdns()], LOOK)


def test_an_edited_deck_is_not_overwritten_without_force(tmp_path: Path) -> None:
    topology = diagtool.load(ROOT / "topology/designate.yaml")
    view = [diagram.overview(topology)]
    (path,) = exporting.export(topology, ["pptx"], tmp_path, views=view)
    first = path.read_bytes()
    deck = Presentation(path)
    deck.slides[0].shapes.title.text_frame.text = "Ours"
    deck.save(path)
    mine = path.read_bytes()
    with pytest.raises(OutputError, match=r"overview\.pptx: it was edited"):
        exporting.export(topology, ["pptx"], tmp_path, views=view)
    assert path.read_bytes() == mine
    exporting.export(topology, ["pptx"], tmp_path, views=view, force=True)
    assert path.read_bytes() == first
    # What we wrote ourselves gives way to what we write now.
    classic = Look(theme=themes.load("classic"))
    exporting.export(topology, ["pptx"], tmp_path, views=view, look=classic)
    assert path.read_bytes() != first


# --- templates ------------------------------------------------------------------------


def test_the_picture_keeps_clear_of_a_title_wherever_it_stands(tmp_path: Path) -> None:
    drawing = sample_drawings.mdns()
    whole = Rect(0, 0, 9144000, 6858000)
    for place in (
        Rect(457200, 5486400, 8229600, 914400),
        Rect(457200, 228600, 8229600, 914400),
        Rect(228600, 228600, 1828800, 6400800),
        Rect(7086600, 228600, 1828800, 6400800),
    ):
        deck = Presentation()
        for holder in (*deck.slide_master.placeholders, *deck.slide_layouts[5].placeholders):
            if holder.placeholder_format.type == 1:
                holder.left, holder.top = place.x, place.y
                holder.width, holder.height = place.width, place.height
        deck.save(tmp_path / "template.pptx")
        look = Look(template=str(tmp_path / "template.pptx"))
        (slide,) = Deck(pptx.write([drawing], look)).slides()
        title = slide.slide.shapes.title
        assert (title.left, title.top) == (place.x, place.y)
        for shape in slide.all:
            if shape.shape_id != title.shape_id:
                box = Rect(shape.left, shape.top, shape.width, shape.height)
                beside = box.right <= place.x or box.x >= place.right
                assert beside or box.bottom <= place.y or box.y >= place.bottom
                assert box.right <= whole.right and box.bottom <= whole.bottom


def corporate(path: Path, *layouts: str) -> Path:
    """A deck with a size, a slide and layouts of its own."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = 10000000, 7000000
    for layout in list(deck.slide_layouts):
        if layout.name in layouts:
            layout.name = f"ACME {layout.name}"
        else:
            deck.slide_layouts.remove(layout)
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.add_textbox(0, 0, 99, 99).text_frame.text = "sample"
    deck.save(path)
    return path


@pytest.mark.parametrize(
    ("layouts", "chosen"),
    [
        (("Title Slide", "Title and Content", "Title Only"), "ACME Title Only"),
        (("Title Slide", "Title and Content", "Blank"), "ACME Title and Content"),
        (("Blank", "Comparison"), "ACME Comparison"),
        (("Blank",), "ACME Blank"),
    ],
)
def test_a_template_s_layouts_are_used(
    tmp_path: Path, layouts: tuple[str, ...], chosen: str
) -> None:
    template = corporate(tmp_path / "corporate.pptx", *layouts)
    drawing = sample_drawings.mdns()
    content = pptx.write([drawing, drawing], Look(template=str(template)))
    deck = Deck(content).deck
    assert (deck.slide_width, deck.slide_height) == (10000000, 7000000)
    assert len(deck.slides) == 2
    assert [layout.name for layout in deck.slide_layouts] == [
        layout.name for layout in Presentation(template).slide_layouts
    ]
    for slide in deck.slides:
        assert slide.slide_layout.name == chosen
        texts = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        assert texts.count(drawing.title) == 1
        assert "sample" not in texts
        holders = [holder.text_frame.text for holder in slide.placeholders]
        assert holders == ([drawing.title] if chosen != "ACME Blank" else [])
        for shape in slide.shapes:
            assert 0 <= shape.left <= shape.left + shape.width <= 10000000
            assert 0 <= shape.top <= shape.top + shape.height <= 7000000
    assert len([n for n in zipfile.ZipFile(io.BytesIO(content)).namelist() if "/slide1" in n])
    assert not pptx.edited(content)


def test_what_is_no_deck_is_said_to_be_none(tmp_path: Path) -> None:
    text = tmp_path / "text.pptx"
    text.write_text("not a deck")
    archive = tmp_path / "archive.pptx"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("hello.txt", "hello")
    for path in (text, archive, tmp_path / "missing.pptx", tmp_path):
        with pytest.raises(FormatError, match=re.escape(str(path))):
            pptx.write([sample_drawings.mdns()], Look(template=str(path)))


def test_a_line_with_many_bends_is_still_glued() -> None:
    drawing = sample_drawings.mdns()
    first = drawing.edges[0]
    stairs: list[Point] = [first.points[0]]
    for step in range(1, 4):
        stairs += [(192 + 16.0 * step, stairs[-1][1]), (192 + 16.0 * step, 140 + 8.0 * step)]
    edge = replace(first, points=(*stairs, (288, stairs[-1][1])), heads=())
    assert len(corners(edge.points)) == 8
    drawing = replace(drawing, edges=(edge,))
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    (connector,) = slide.connectors
    pixels = slide.to_pixels(drawing)
    way = [pixels(*point) for point in route(connector)]
    assert flat(way[1:-1]) == pytest.approx(flat(list(edge.points[1:-1])), abs=0.1)
    assert connector.element.find(f".//{A}stCxn") is not None
    assert connector.element.find(f".//{A}endCxn") is not None


def test_a_line_can_be_left_out() -> None:
    drawing = sample_drawings.mdns()
    edge: DrawnEdge = replace(drawing.edges[0], stroke=Stroke(dash=Dash.NONE))
    (slide,) = Deck(pptx.write([replace(drawing, edges=(edge,))], LOOK)).slides()
    assert slide.connectors[0].element.find(f".//{A}ln/{A}noFill") is not None
