"""What decks and draw.io files hold, read back with other means than they were written with."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

from pptx import Presentation
from pptx.shapes.connector import Connector

from diagtool.pictures.drawing import Drawing, Point, Rect

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class Cell:
    """A cell with what draw.io knows of it; data and links are on an element around it."""

    def __init__(self, page: Page, outer: ElementTree.Element) -> None:
        inner = outer.find("mxCell")
        self.page, self.outer = page, outer
        self.cell = outer if inner is None else inner
        self.id = outer.get("id", "")
        self.label = outer.get("value") or outer.get("label") or ""
        self.parent = self.cell.get("parent")
        parts = [part.partition("=") for part in self.cell.get("style", "").split(";") if part]
        self.style = {name: value for name, _, value in parts}

    @property
    def box(self) -> Rect:
        """Its place on the page."""
        geometry = self.cell.find("mxGeometry")
        if geometry is None or self.cell.get("edge"):
            return Rect(0, 0, 0, 0)
        x, y, width, height = (float(geometry.get(n, 0)) for n in ("x", "y", "width", "height"))
        around = self.page.cells[self.parent or ""].box if self.parent else Rect(0, 0, 0, 0)
        return Rect(x + around.x, y + around.y, width, height)

    def way(self) -> list[Point]:
        """The points of a line: its ends lie on its boxes."""
        points = [
            (float(point.get("x", 0)), float(point.get("y", 0)))
            for point in self.cell.findall("mxGeometry/Array/mxPoint")
        ]
        return [self.end("source", "exit"), *points, self.end("target", "entry")]

    def end(self, terminal: str, name: str) -> Point:
        node = self.page.cells[self.cell.get(terminal, "")]
        box = node.box
        x, y, dx, dy = (float(self.style[f"{name}{part}"]) for part in ("X", "Y", "Dx", "Dy"))
        if node.style.get("flipV") == "1":
            y, dy = 1 - y, -dy
        return (box.x + x * box.width + dx, box.y + y * box.height + dy)


class Page:
    """A page with its cells by id."""

    def __init__(self, page: ElementTree.Element) -> None:
        self.name = page.get("name")
        root = page.find("mxGraphModel/root")
        assert root is not None
        ids = [cell.get("id", "") for cell in root]
        assert len(ids) == len(set(ids))
        self.cells = dict(zip(ids, (Cell(self, cell) for cell in root), strict=True))
        self.model = page.find("mxGraphModel")

    def edges(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.cell.get("edge")]

    def node(self, id: str) -> Cell:
        return self.cells[f"node-{id}"]

    def group(self, id: str) -> Cell:
        return self.cells[f"group-{id}"]


def pages(content: bytes) -> list[Page]:
    return [Page(page) for page in ElementTree.fromstring(content).findall("diagram")]


class Deck:
    """A deck as python-pptx reads it back, slide by slide beside its drawing."""

    def __init__(self, content: bytes) -> None:
        self.deck = Presentation(io.BytesIO(content))

    def slides(self) -> list[SlideRead]:
        return [SlideRead(slide) for slide in self.deck.slides]


class SlideRead:
    """The shapes of a slide by name and id, with boxes in the drawing's pixels."""

    def __init__(self, slide: Any) -> None:
        self.slide = slide
        # python-pptx does not look into what PowerPoint has a choice of.
        elements = slide.element.iter(f"{P}cxnSp")
        self.connectors = [Connector(element, slide.shapes) for element in elements]
        self.all = [*_unfold(slide.shapes), *self.connectors]
        self.by_id = {shape.shape_id: shape for shape in self.all}
        self.by_name: dict[str, list[Any]] = {}
        for shape in self.all:
            self.by_name.setdefault(shape.name, []).append(shape)

    def shape(self, name: str) -> Any:
        (shape,) = self.by_name[name]
        return shape

    def to_pixels(self, drawing: Drawing) -> Callable[[float, float], Point]:
        """From the slide's units to the drawing's, by one box of the drawing."""
        node = max(drawing.nodes, key=lambda node: node.box.width)
        shape = self.shape(node.id)
        unit = shape.width / node.box.width
        return lambda x, y: (
            (x - shape.left) / unit + node.box.x,
            (y - shape.top) / unit + node.box.y,
        )


def _unfold(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        yield shape
        if hasattr(shape, "shapes"):
            yield from _unfold(shape.shapes)


def label(shape: Any) -> str:
    return " ".join(shape.text_frame.text.replace("\v", "\n").split("\n"))


def route(connector: Any) -> list[Point]:
    """The way of a connector, as ECMA-376 defines its preset shapes."""
    frame = connector.element.spPr.xfrm
    (x, y), (w, h) = (frame.off.x, frame.off.y), (frame.ext.cx, frame.ext.cy)
    shape = connector.element.find(f".//{A}prstGeom")
    if shape is None:
        points = connector.element.findall(f".//{A}pt")
        return [(x + int(point.get("x")), y + int(point.get("y"))) for point in points]
    adjust = [int(gd.get("fmla").split()[1]) / 100000 for gd in shape.iter(f"{A}gd")]
    match shape.get("prst"), adjust:
        case "straightConnector1", []:
            way = [(0, 0), (w, h)]
        case "bentConnector2", []:
            way = [(0, 0), (w, 0), (w, h)]
        case "bentConnector3", [a]:
            way = [(0, 0), (a * w, 0), (a * w, h), (w, h)]
        case "bentConnector4", [a, b]:
            way = [(0, 0), (a * w, 0), (a * w, b * h), (w, b * h), (w, h)]
        case "bentConnector5", [a, b, c]:
            way = [(0, 0), (a * w, 0), (a * w, b * h), (c * w, b * h), (c * w, h), (w, h)]
        case unknown:
            raise AssertionError(unknown)
    angle = math.radians(int(frame.get("rot", 0)) / 60000)
    placed = []
    for px, py in way:
        dx, dy = px - w / 2, py - h / 2
        dx, dy = (-dx if frame.get("flipH") else dx), (-dy if frame.get("flipV") else dy)
        placed.append(
            (
                x + w / 2 + dx * math.cos(angle) - dy * math.sin(angle),
                y + h / 2 + dx * math.sin(angle) + dy * math.cos(angle),
            )
        )
    return placed
