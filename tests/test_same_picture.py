"""One drawing in SVG, PDF, PowerPoint and draw.io: read back, all four show the same.

What is read is what a viewer would show, lines and outlines where they are painted; only what
has no place there (which boxes a connector is glued to) is taken as the file says it.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree

import pypdf
import pytest
from editable_drawings import views
from pypdf.generic import ContentStream
from readback import A, Deck, label, pages, route

from diagtool.model.diagram import Arrow
from diagtool.pictures import formats
from diagtool.pictures.drawing import Close, Drawing, DrawnNode, Point, Rect
from diagtool.pictures.formats import FormatKind, Look, drawio, pdf, pptx, svg

LOOK = Look()
LIGHT = LOOK.theme.light
SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = [*views("topology/designate.yaml"), *views("examples/webshop/topology")]

Ends = tuple[tuple[str, bool], tuple[str, bool]]


@dataclass
class Shown:
    """What a file shows: labelled boxes, and lines between labels with or without heads."""

    nodes: dict[str, Rect] = field(default_factory=dict)
    groups: list[tuple[str, Rect]] = field(default_factory=list)
    edges: list[tuple[Ends, str]] = field(default_factory=list)
    points: list[tuple[Point, Point]] = field(default_factory=list)
    """Where the lines end, in the order of ``edges``."""

    def ends(self, line: Sequence[Point], tips: Sequence[Point]) -> Ends:
        """The boxes that a line ends at, and whether there is a tip of an arrowhead there.

        A line stops short of its tips, which touch the box.
        """
        start, end = line[0], line[-1]
        found: list[tuple[str, bool]] = []
        touched: list[Point] = []
        for here, there in ((start, end), (end, start)):
            mine = [tip for tip in tips if apart(tip, here) < apart(tip, there)]
            assert len(mine) <= 1
            at = mine[0] if mine else here
            touched.append(at)
            found.append((min(self.nodes, key=lambda name: off(at, self.nodes[name])), bool(mine)))
            assert off(at, self.nodes[found[-1][0]]) <= 10, "the line ends at no box"
        self.points.append((touched[0], touched[1]))
        return found[0], found[1]


def apart(one: Point, other: Point) -> float:
    return max(abs(one[0] - other[0]), abs(one[1] - other[1]))


def off(point: Point, box: Rect) -> float:
    """How far a point is from the sides of a box."""
    x, y = point
    outside = max(box.x - x, x - box.right, box.y - y, y - box.bottom)
    return abs(outside)


def around(points: Sequence[Point]) -> Rect:
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def fronts(outlines: Sequence[Rect]) -> list[Rect]:
    """Outlines without those that lie inside the one before, as the lid of a database does."""
    kept: list[Rect] = []
    for each in outlines:
        if not kept or around([*corners_of(kept[-1]), *corners_of(each)]) != kept[-1]:
            kept.append(each)
    return kept


def corners_of(box: Rect) -> list[Point]:
    return [(box.x, box.y), (box.right, box.bottom)]


def words(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def saying(drawing: Drawing) -> list[bool]:
    """Which edges bear a label: what several have in the same place, the first one says."""
    said: set[object] = set()
    return [bool(e.lines) and not (e.lines in said or said.add(e.lines)) for e in drawing.edges]


# --- readers --------------------------------------------------------------------------


def of_drawing(drawing: Drawing) -> Shown:
    shown = Shown()
    for node in drawing.nodes:
        shown.nodes[words([line.text for line in node.lines])] = outline(node)
    for group in drawing.groups:
        shown.groups.append((words([line.text for line in group.lines]), group.box))
    labels = {node.id: words([line.text for line in node.lines]) for node in drawing.nodes}
    for edge, says in zip(drawing.edges, saying(drawing), strict=True):
        ends = (
            (labels[edge.tail], edge.arrow in (Arrow.BACK, Arrow.BOTH)),
            (labels[edge.head], edge.arrow in (Arrow.FORWARD, Arrow.BOTH)),
        )
        text = words([line.text for line in edge.lines]) if says else ""
        shown.edges.append((ends, text))
        shown.points.append((edge.points[0], edge.points[-1]))
    return shown


def outline(node: DrawnNode) -> Rect:
    """What the front outline of a node covers."""
    segments = [s for path in node.copies[-1] for s in path.segments]
    return around([s.to for s in segments if not isinstance(s, Close)])


def of_svg(drawing: Drawing) -> Shown:
    root = ElementTree.fromstring(svg.write(drawing, LOOK))
    shown = Shown()

    def of_class(kind: str) -> Iterator[ElementTree.Element]:
        yield from (g for g in root.iter(f"{SVG}g") if g.get("class") == f"topo-{kind}")

    def text(g: ElementTree.Element) -> str:
        return words([each.text or "" for each in g.iter(f"{SVG}text")])

    for g in of_class("group"):
        (frame,) = g.iter(f"{SVG}path")
        shown.groups.append((text(g), around(way(frame.get("d", "")))))
    for g in of_class("node"):
        filled = [p.get("d", "") for p in g.iter(f"{SVG}path") if p.get("fill") != "none"]
        shown.nodes[text(g)] = fronts([around(way(data)) for data in filled])[-1]
    for g in of_class("edge"):
        (line,) = g.iter(f"{SVG}path")
        heads = [head.get("points", "") for head in g.iter(f"{SVG}polygon")]
        tips = [numbers(head)[0] for head in heads]
        shown.edges.append((shown.ends(way(line.get("d", "")), tips), text(g)))
    return shown


def numbers(text: str) -> list[Point]:
    values = [float(value) for value in re.findall(r"-?[\d.]+", text)]
    return list(zip(values[::2], values[1::2], strict=True))


def way(data: str) -> list[Point]:
    """The points that a path with absolute commands passes through."""
    return [numbers(command)[-1] for command in re.findall(r"[MLC][^MLCZ]*", data)]


def of_pdf(drawing: Drawing) -> Shown:
    (page,) = pypdf.PdfReader(io.BytesIO(pdf.write([drawing], LOOK))).pages
    shown = Shown()
    boxes: list[Rect] = []
    lines: list[tuple[list[Point], list[Point], list[str]]] = []
    frames: list[tuple[Rect, list[str]]] = []
    nodes: list[tuple[Rect, list[str]]] = []
    last: list[str] = []
    for kind, color, points, text in painted(page, drawing.height):
        if kind == "text":
            if boxes and not (nodes and nodes[-1][0] is boxes[-1]):
                last = []
                nodes.append((boxes[-1], last))
            last.append(text)
        elif kind == "line" and color == LIGHT.edge_line:
            last = []
            lines.append((points, [], last))
        elif kind == "fill" and color == LIGHT.edge_line:
            lines[-1][1].append(points[0])
        elif kind == "fill" and color == LIGHT.group_fill:
            last = []
            frames.append((around(points), last))
        elif kind == "fill" and color == LIGHT.node_fill:
            boxes = fronts([*boxes, around(points)])
    shown.nodes = {words(text): box for box, text in nodes}
    shown.groups = [(words(text), frame) for frame, text in frames]
    shown.edges = [(shown.ends(points, tips), words(text)) for points, tips, text in lines]
    return shown


def painted(page: pypdf.PageObject, height: float) -> Iterator[tuple[str, str, list[Point], str]]:
    """What a page paints, in that order: what, its colour, its points in pixels, its text."""
    fonts = {
        name: dict(re.findall(rb"<(\w\w)> <(\w{4})>", font.get_object()["/ToUnicode"].get_data()))
        for name, font in page["/Resources"]["/Font"].items()
    }
    stroke = fill = font = ""
    points: list[Point] = []
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        match operator:
            case b"RG":
                stroke = color_of(operands)
            case b"rg":
                fill = color_of(operands)
            case b"m" | b"l" | b"c":
                points.append((float(operands[-2]), height - float(operands[-1])))
            case b"n":
                points = []
            case b"S" | b"s":
                yield "line", stroke, points, ""
                points = []
            case b"f" | b"f*" | b"B" | b"B*" | b"b" | b"b*":
                if points:
                    yield "fill", fill, points, ""
                points = []
            case b"Tf":
                font = operands[0]
            case b"Tj":
                codes = operands[0].original_bytes
                said = (fonts[font][b"%02X" % code] for code in codes)
                yield "text", fill, [], "".join(chr(int(each, 16)) for each in said)


def color_of(operands: Sequence[float]) -> str:
    return "#" + "".join(f"{round(255 * float(value)):02x}" for value in operands)


def of_pptx(drawing: Drawing) -> Shown:
    (slide,) = Deck(pptx.write([drawing], LOOK)).slides()
    pixels = slide.to_pixels(drawing)
    shown = Shown()

    def box(name: str) -> Rect:
        shape = slide.shape(name)
        far = pixels(shape.left + shape.width, shape.top + shape.height)
        return around([pixels(shape.left, shape.top), far])

    for node in drawing.nodes:
        shown.nodes[label(slide.shape(node.id))] = box(node.id)
    for group in drawing.groups:
        shown.groups.append((label(slide.shape(group.id)), box(group.id)))
    captions = iter([shape for shape in slide.all if shape.name.endswith(" (label)")])
    for connector, says in zip(slide.connectors, saying(drawing), strict=True):
        tail, head = (
            label(slide.by_id[int(connector.element.find(f".//{A}{end}").get("id"))])
            for end in ("stCxn", "endCxn")
        )
        at_tail, at_head = (
            connector.element.find(f".//{A}{end}").get("type") != "none"
            for end in ("headEnd", "tailEnd")
        )
        text = label(next(captions)) if says else ""
        shown.edges.append((((tail, at_tail), (head, at_head)), text))
        line = [pixels(*point) for point in route(connector)]
        shown.points.append((line[0], line[-1]))
    assert next(captions, None) is None
    return shown


def of_drawio(drawing: Drawing) -> Shown:
    (page,) = pages(drawio.write([drawing], LOOK))
    shown = Shown()
    for node in drawing.nodes:
        cell = page.node(node.id)
        shown.nodes[words([cell.label])] = cell.box
    for group in drawing.groups:
        cell = page.group(group.id)
        shown.groups.append((words([cell.label]), cell.box))
    for cell, says in zip(page.edges(), saying(drawing), strict=True):
        tail, head = (
            (
                words([page.cells[cell.cell.get(end, "")].label]),
                cell.style[f"{arrow}Arrow"] != "none",
            )
            for end, arrow in (("source", "start"), ("target", "end"))
        )
        # Each edge bears its label here, and those in the same place cover one another.
        shown.edges.append(((tail, head), words([cell.label]) if says else ""))
        line = cell.way()
        shown.points.append((line[0], line[-1]))
    return shown


READERS: dict[str, Callable[[Drawing], Shown]] = {
    "drawing": of_drawing,
    "svg": of_svg,
    "pdf": of_pdf,
    "pptx": of_pptx,
    "drawio": of_drawio,
}

OF_ANOTHER = {"png": "it is the SVG as pixels, which test_png.py looks at"}
"""Formats that are not read back here, with the reason."""

# --- tests ----------------------------------------------------------------------------


@pytest.mark.parametrize("format", formats.names())
def test_every_drawn_format_is_compared(format: str) -> None:
    """Formats in text show no places: test_text_formats.py holds what they say."""
    drawn = formats.get(format).KIND is not FormatKind.TEXT
    assert not drawn or format in READERS or format in OF_ANOTHER, (
        f"nothing compares {format} with the other formats: add a reader of it to READERS of "
        "tests/test_same_picture.py, which tells what a viewer of it shows"
    )


def differences(one: Shown, other: Shown) -> list[str]:
    """What two files do not show alike."""
    told = []
    if list(one.nodes) != list(other.nodes):
        told.append(f"nodes: {list(one.nodes)} {list(other.nodes)}")
    if [name for name, _ in one.groups] != [name for name, _ in other.groups]:
        told.append(f"groups: {one.groups} {other.groups}")
    if one.edges != other.edges:
        told.append(f"edges: {one.edges} {other.edges}")
    if told:
        return told
    mine = [*one.nodes.values(), *(box for _, box in one.groups)]
    others = [*other.nodes.values(), *(box for _, box in other.groups)]
    for a, b in zip(mine, others, strict=True):
        # A cloud bulges out of its box by up to two pixels.
        far = max(apart((a.x, a.y), (b.x, b.y)), apart((a.right, a.bottom), (b.right, b.bottom)))
        if far > 2.1:
            told.append(f"a box: {a} {b}")
    for ends, others_ends in zip(one.points, other.points, strict=True):
        for a, b in zip(ends, others_ends, strict=True):
            # Connectors end at the front copy of a stack, lines at what covers all copies.
            if apart(a, b) > 10:
                told.append(f"the end of an edge: {a} {b}")
    return told


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda d: f"{d.topology}-{d.name}")
def test_all_formats_show_the_same(drawing: Drawing) -> None:
    shown = {name: read(drawing) for name, read in READERS.items()}
    assert len(shown["drawing"].nodes) == len(drawing.nodes)
    for one, other in itertools.combinations(shown, 2):
        assert differences(shown[one], shown[other]) == [], (one, other)


@pytest.mark.parametrize("format", [name for name in READERS if name != "drawing"])
def test_what_is_different_is_seen(format: str) -> None:
    """Each reader sees a label, a box, an arrowhead or an end that is not as it was."""
    (drawing,) = (d for d in DRAWINGS if d.name == "storefront")
    read = READERS[format]
    usual = read(drawing)
    first, *others = drawing.nodes
    edge, *edges = drawing.edges
    (line,) = first.lines
    renamed = replace(first, label="Other", lines=(replace(line, text="Other"),))
    turned = replace(edge, arrow=Arrow.NONE, heads=())
    gone = replace(drawing, edges=tuple(edges))
    for other in (
        replace(drawing, nodes=(renamed, *others)),
        replace(drawing, edges=(turned, *edges)),
        gone,
    ):
        assert differences(usual, read(other))
    assert differences(usual, read(drawing)) == []
