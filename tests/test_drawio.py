"""draw.io files: cells, frames that hold them, lines bound to them, labels that are text."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sample_drawings
from editable_drawings import ROOT, corners, every_shape, every_style, everything, flat
from readback import Page, pages

import diagtool
from diagtool import exporting
from diagtool.files.writing import OutputError
from diagtool.model import diagram
from diagtool.model.diagram import Arrow
from diagtool.pictures import themes
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Drawing, Picture, Point, Rect
from diagtool.pictures.formats import Look, drawio

LOOK = Look()


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    return everything()


def read(drawing: Drawing, look: Look = LOOK) -> Page:
    (page,) = pages(drawio.write([drawing], look))
    return page


def sides(box: Rect) -> Iterator[float]:
    yield from (box.x, box.y, box.right, box.bottom)


# --- the same picture as everywhere ---------------------------------------------------


def test_a_page_for_each_drawing(drawings: list[Drawing]) -> None:
    read = pages(drawio.write(drawings, LOOK))
    assert [page.name for page in read] == [drawing.title for drawing in drawings]


def test_boxes_and_labels_are_the_drawing_s(drawings: list[Drawing]) -> None:
    for drawing, page in zip(drawings, pages(drawio.write(drawings, LOOK)), strict=True):
        for thing, cell in (
            *((group, page.group(group.id)) for group in drawing.groups),
            *((node, page.node(node.id)) for node in drawing.nodes),
        ):
            assert list(sides(cell.box)) == pytest.approx(list(sides(thing.box)), abs=0.02)
            if thing.lines:
                assert cell.label == "\n".join(line.text for line in thing.lines)


def test_both_ends_way_and_arrowheads_of_every_edge(drawings: list[Drawing]) -> None:
    for drawing, page in zip(drawings, pages(drawio.write(drawings, LOOK)), strict=True):
        assert len(page.edges()) == len(drawing.edges)
        for edge, cell in zip(drawing.edges, page.edges(), strict=True):
            ends = (cell.cell.get("source"), cell.cell.get("target"))
            assert ends == (f"node-{edge.tail}", f"node-{edge.head}")
            pointed = tuple(cell.style[f"{end}Arrow"] != "none" for end in ("start", "end"))
            assert (
                pointed
                == {
                    Arrow.FORWARD: (False, True),
                    Arrow.BACK: (True, False),
                    Arrow.BOTH: (True, True),
                    Arrow.NONE: (False, False),
                }[edge.arrow]
            )
            assert flat(cell.way()) == pytest.approx(flat(corners(edge.points)), abs=0.03)
            assert cell.label == "\n".join(line.text for line in edge.lines)


def test_frames_hold_what_is_in_them(drawings: list[Drawing]) -> None:
    for drawing, page in zip(drawings, pages(drawio.write(drawings, LOOK)), strict=True):
        inside: dict[str, set[str]] = {f"group-{group.id}": set() for group in drawing.groups}
        for node in drawing.nodes:
            parent = page.node(node.id).parent
            while parent not in (None, "1"):
                if parent in inside:
                    inside[parent].add(node.id)
                parent = page.cells[parent or ""].parent
        assert inside == {f"group-{g.id}": set(g.members) for g in drawing.groups}
    nested = next(drawing for drawing in drawings if drawing.name == "checkout")
    outer, inner = nested.groups[:2]
    assert set(inner.members) <= set(outer.members)
    assert inner.part == "checkout"
    assert read(nested).group(inner.id).parent == f"group-{outer.id}"


def test_a_stack_is_a_group_whose_front_copy_has_the_text() -> None:
    drawing = sample_drawings.mdns()
    page = read(drawing)
    stack = [cell for cell in page.cells.values() if cell.parent == "node-amqp_servers-stack"]
    *copies, front = stack
    assert front.id == "node-amqp_servers"
    assert [copy.label for copy in copies] == ["", ""]
    assert [cell.box.x - front.box.x for cell in stack] == [8, 4, 0]
    assert page.node("mdns_1").parent == "group-mdns_servers"


def test_shapes_are_draw_io_s_own() -> None:
    drawing = every_shape("portrait")
    page = read(drawing)
    found = {node.shape: page.node(node.id).style for node in drawing.nodes}
    assert {shape: found[shape].get("shape") for shape in found if "shape" in found[shape]} == {
        "ellipse": "ellipse",
        "circle": "ellipse",
        "beginpoint": "ellipse",
        "diamond": "rhombus",
        "minidiamond": "rhombus",
        "flowchart.condition": "rhombus",
        "cloud": "cloud",
        "actor": "umlActor",
        "note": "note",
        "mail": "message",
        "endpoint": "endState",
        "flowchart.database": "cylinder3",
        "flowchart.input": "parallelogram",
        "flowchart.loopin": "loopLimit",
        "flowchart.loopout": "loopLimit",
    }
    assert found["roundedbox"]["rounded"] == found["flowchart.terminator"]["rounded"] == "1"
    assert (found["flowchart.loopin"].get("flipV"), found["flowchart.loopout"]["flipV"]) == (
        None,
        "1",
    )


def test_colours_dashes_and_arrowheads() -> None:
    page = read(every_style())
    light = LOOK.theme.light
    first, plain = page.node("A").style, page.node("E").style
    assert (first["fillColor"], first["strokeColor"]) == ("#ffe0b0", "#aa0000")
    assert (plain["fillColor"], plain["strokeColor"]) == (light.node_fill, light.node_line)
    assert page.node("D").style["fontColor"] == "#ffffff"
    assert (first["dashed"], page.node("F").style["dashPattern"]) == ("1", "5 2 1 2")
    assert "dashed" not in plain
    by_ends = {(e.cell.get("source"), e.cell.get("target")): e.style for e in page.edges()}
    called = by_ends["node-A", "node-B"]
    assert (called["strokeColor"], called["dashed"]) == ("#ff0000", "1")
    assert (called["endArrow"], called["endFill"]) == ("block", "1")
    thick, usual = by_ends["node-B", "node-C"]["strokeWidth"], called["strokeWidth"]
    assert float(thick) == pytest.approx(2.5 * float(usual), abs=0.01)
    general = by_ends["node-A", "node-E"]
    assert (general["endArrow"], general["endFill"]) == ("block", "0")
    composed = by_ends["node-E", "node-F"]
    assert (composed["endArrow"], composed["endFill"]) == ("diamond", "1")


def test_labels_of_lines_stand_where_they_were_drawn(drawings: list[Drawing]) -> None:
    seen = 0
    for drawing, page in zip(drawings, pages(drawio.write(drawings, LOOK)), strict=True):
        for edge, cell in zip(drawing.edges, page.edges(), strict=True):
            offset = cell.cell.find("mxGeometry/mxPoint[@as='offset']")
            assert (offset is not None) == bool(edge.lines)
            if offset is None:
                continue
            seen += 1
            # draw.io counts from the middle of the line.
            x, y = middle(cell.way())
            (line, *_) = edge.lines
            assert x + float(offset.get("x", 0)) == pytest.approx(line.x, abs=0.5)
            assert y + float(offset.get("y", 0)) == pytest.approx(line.y, abs=line.size)
    assert seen > 5


def middle(way: list[Point]) -> Point:
    steps = [
        (a[0] + (b[0] - a[0]) * n / 1000, a[1] + (b[1] - a[1]) * n / 1000)
        for a, b in pairwise(way)
        for n in range(1000)
    ]
    lengths = [0.0]
    for a, b in pairwise(steps):
        lengths.append(lengths[-1] + abs(a[0] - b[0]) + abs(a[1] - b[1]))
    half = lengths[-1] / 2
    return next(point for point, length in zip(steps, lengths, strict=True) if length >= half)


def test_the_page_is_the_theme_s_and_as_large_as_the_drawing() -> None:
    drawing = sample_drawings.mdns()
    model = read(drawing, Look(theme=themes.load("classic"))).model
    assert model is not None
    assert (model.get("pageWidth"), model.get("pageHeight")) == ("832", "280")
    assert model.get("background") == "#ffffff"
    clear = read(drawing, Look(transparent=True)).model
    assert clear is not None
    assert clear.get("background") == "none"


def test_icons_are_in_the_file(tmp_path: Path) -> None:
    from base64 import b64decode

    from PIL import Image

    icon = tmp_path / "icon.png"
    Image.new("RGB", (4, 4), "red").save(icon)
    drawing = sample_drawings.mdns()
    server = replace(drawing.nodes[1], pictures=(Picture(str(icon), Rect(300, 60, 20, 20)),))
    page = read(replace(drawing, nodes=(server, *drawing.nodes[2:]), edges=()))
    picture = page.cells["node-mdns_1-picture-1"]
    assert picture.box == Rect(300, 60, 20, 20)
    media_type, _, data = picture.style["image"].partition(",")
    assert media_type == "data:image/png"
    assert b64decode(data) == icon.read_bytes()


# --- hostile content ------------------------------------------------------------------


def test_hostile_labels_are_text() -> None:
    drawing = sample_drawings.hostile()
    page = read(drawing)
    safe = "".join(
        character if character.isprintable() else "�" for character in sample_drawings.HOSTILE
    )
    labels = [cell.label for cell in page.cells.values()]
    assert safe in labels
    for cell in page.cells.values():
        if cell.label:
            # Not HTML, so that tags are shown.
            assert cell.style["html"] == "0"
        assert "javascript" not in (cell.outer.get("link") or "")


def test_ids_that_look_alike_are_kept_apart() -> None:
    drawing = sample_drawings.mdns()
    one, two, *others = drawing.nodes
    clash = (replace(one, id="a\x00"), replace(two, id="a\x01"), *others)
    page = read(replace(drawing, nodes=clash, edges=(), groups=()))
    ids = [id for id in page.cells if id.startswith("node-a")]
    assert len(set(ids)) == len(ids) >= 2


def test_a_link_is_a_link_on_its_box() -> None:
    drawing = sample_drawings.mdns()
    one, two, *others = drawing.nodes
    linked = (
        replace(one, href="https://example.org/?a=1&b=2"),
        replace(two, href="page.html"),
        *others,
    )
    page = read(replace(drawing, nodes=linked))
    assert page.node(one.id).outer.get("link") == "https://example.org/?a=1&b=2"
    assert page.node(one.id).label == one.label
    assert page.node(two.id).outer.get("link") is None


# --- the file -------------------------------------------------------------------------


def test_a_stray_page_says_where_it_comes_from(drawings: list[Drawing]) -> None:
    for drawing, page in zip(drawings, pages(drawio.write(drawings, LOOK)), strict=True):
        data = page.cells["0"].outer
        source = origin(drawing)
        assert (data.get("topology"), data.get("view"), data.get("digest")) == (
            source.topology,
            source.view,
            source.digest,
        )
        assert data.get("description") == drawing.description


def test_bytes_are_the_same_every_time() -> None:
    code = (
        "import sys, sample_drawings; from diagtool.pictures.formats import Look, drawio;"
        "sys.stdout.buffer.write(drawio.write([sample_drawings.mdns()] * 2, Look()))"
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


def test_only_an_edited_file_counts_as_edited() -> None:
    content = drawio.write([sample_drawings.mdns()], LOOK)
    assert not drawio.edited(content)
    assert not drawio.edited(content.replace(b"\n", b"\r\n"))
    assert drawio.edited(content.replace(b"AMQP Servers", b"RabbitMQ", 1))
    saved = ElementTree.tostring(ElementTree.fromstring(content))
    assert drawio.edited(saved)
    for other in (b"", b"<mxfile/>", content[:-20]):
        assert drawio.edited(other)


def test_an_edited_file_is_not_overwritten_without_force(tmp_path: Path) -> None:
    topology = diagtool.load(ROOT / "topology/designate.yaml")
    view = [diagram.overview(topology)]
    (path,) = exporting.export(topology, ["drawio"], tmp_path, views=view)
    first = path.read_bytes()
    mine = first.replace(b"designate-sink", b"the sink")
    path.write_bytes(mine)
    with pytest.raises(OutputError, match=r"overview\.drawio: it was edited"):
        exporting.export(topology, ["drawio"], tmp_path, views=view)
    assert path.read_bytes() == mine
    exporting.export(topology, ["drawio"], tmp_path, views=view, force=True)
    assert path.read_bytes() == first
