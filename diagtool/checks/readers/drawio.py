"""draw.io: the pages of a file.

A line counts from its source to its target; it has an arrowhead at its end unless its
style says otherwise, and none at its start unless its style says so.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from diagtool.checks.readers import (
    LARGEST,
    PICTURE,
    Claim,
    File,
    ReadError,
    Reading,
    Seal,
    _picture,
)
from diagtool.checks.readers._markup import Element, parse_html, parse_xml
from diagtool.checks.readers._picture import (
    Box,
    Link,
    Outline,
    Point,
    Rect,
    Text,
    at,
    glued,
    labelled,
    unplaced,
)
from diagtool.model import Place
from diagtool.model.facts import Facts, flat

SUFFIXES = (".drawio",)

DEEPEST = 100

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def read(file: File) -> Reading:
    """The pictures on a file's pages."""
    root = parse_xml(file.content)
    pages = [root] if root.tag == "mxGraphModel" else list(root.every("diagram"))
    if not pages:
        raise ReadError("it is not a draw.io file")
    claims: list[Claim] = []
    seals: list[Seal] = []
    for page in pages:
        place = file.place(page.line, page.column)
        model = page if page.tag == "mxGraphModel" else page.first("mxGraphModel")
        model = model or parse_xml(unpacked(page))
        graph = _Graph(file, place)
        graph.take(model)
        about = (page.get("name"), *([file.stem] if len(pages) == 1 else []))
        facts = graph.facts()
        claims.append(Claim(PICTURE, facts, place, about, tuple(graph.unread)))
        seals += _seals(model, place)
    return Reading(claims=tuple(claims), seals=tuple(seals))


def unpacked(page: Element) -> bytes:
    """The XML of a page that is compressed, as draw.io can save it. Raises ReadError."""
    inflate = zlib.decompressobj(-15)
    try:
        data = inflate.decompress(base64.b64decode(page.text.strip()), LARGEST)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise ReadError(f"a page cannot be read: {error}", page.line, page.column) from None
    if inflate.unconsumed_tail:
        message = f"a page unpacks to more than {LARGEST // 2**20} MiB"
        raise ReadError(message, page.line, page.column)
    return unquote(data.decode("utf-8", "replace")).encode()


def _seals(model: Element, place: Place) -> Iterator[Seal]:
    for element in model.every("object", "UserObject"):
        if _DIGEST.fullmatch(element.get("digest")):
            origin = f"diagtool {element.get('topology')}/{element.get('view')}"
            yield Seal(f"{origin} {element.get('digest')}", place)


@dataclass(slots=True)
class _Cell:
    """A cell with its label, which stands on the cell or on the object around it."""

    element: Element
    label: str
    style: dict[str, str]
    place: Place
    order: int

    def number(self, name: str) -> float:
        geometry = self.element.first("mxGeometry")
        return _number(geometry.get(name)) if geometry else 0.0


@dataclass(slots=True)
class _Graph:
    file: File
    place: Place
    cells: dict[str, _Cell] = field(default_factory=dict)
    unread: list[tuple[str, Place]] = field(default_factory=list)

    def take(self, model: Element) -> None:
        """Takes in the cells of a page."""
        root = model.first("root") or model
        for order, element in enumerate(root.elements):
            outer, inner = element, element
            if element.tag in ("object", "UserObject"):
                cell = element.first("mxCell")
                if cell is None:
                    continue
                inner = cell
            style = _style(inner.get("style"))
            label = outer.get("label") or inner.get("value")
            # Packed pages have no places of their own.
            place = self.place
            if model.line > 1 or self.place.line <= element.line:
                place = self.file.place(element.line, element.column)
            id = outer.get("id") or inner.get("id") or f" {order}"
            self.cells[id] = _Cell(inner, _plain(label, style), style, place, order)

    def corner(self, id: str) -> Point:
        """Where the room of a cell starts, which its children count from."""
        x = y = 0.0
        for _ in range(DEEPEST):
            cell = self.cells.get(id)
            if cell is None or cell.element.get("edge") == "1":
                return x, y
            x, y = x + cell.number("x"), y + cell.number("y")
            id = cell.element.get("parent")
        raise ReadError("cells are nested too deep, or in themselves")

    def hidden(self, id: str) -> bool:
        """Whether a cell, or one that it is in, is not shown."""
        for _ in range(DEEPEST):
            cell = self.cells.get(id)
            if cell is None:
                return False
            if cell.element.get("visible") == "0":
                return True
            id = cell.element.get("parent")
        raise ReadError("cells are nested too deep, or in themselves")

    def facts(self) -> Facts:
        outlines, texts = [], []
        rects: dict[str, Rect] = {}
        labels: dict[str, str] = {}
        for id, cell in self.cells.items():
            if cell.element.get("vertex") != "1" or self.hidden(id):
                continue
            parent = cell.element.get("parent")
            edge = self.cells.get(parent)
            if edge and edge.element.get("edge") == "1":
                labels[parent] = f"{labels.get(parent, '')} {cell.label}"
                continue
            x, y = self.corner(id)
            rect = Rect(x, y, x + cell.number("width"), y + cell.number("height"))
            rects[id] = rect
            if cell.style.get("shape") == "image" or "image" in cell.style:
                self.unread.append(("an image", cell.place))
            if _is_seen(cell.style):
                outlines.append(Outline(rect, cell.order, cell.place))
            if cell.label:
                texts.append(Text(cell.label, _room(rect, cell), cell.order + 1, cell.place))
        boxes, frames, free = labelled(outlines, texts)
        self.unread += unplaced(free)
        links = []
        for id, cell in self.cells.items():
            if cell.element.get("edge") != "1" or self.hidden(id) or _is_invisible(cell.style):
                continue
            links.append(
                Link(
                    self.end(cell, "source", rects, boxes, frames),
                    self.end(cell, "target", rects, boxes, frames),
                    cell.style.get("startArrow", "none") != "none",
                    cell.style.get("endArrow", "classic") != "none",
                    cell.place,
                    f"{cell.label} {labels.get(id, '')}",
                    cell.style.get("dashed") == "1",
                )
            )
        return _picture.facts(boxes, frames, links)

    def end(
        self, cell: _Cell, name: str, rects: dict[str, Rect], boxes: list[Box], frames: list[Box]
    ) -> Box | None:
        """The box or frame at the end of a line: glued, or where the end lies."""
        if rect := rects.get(cell.element.get(name)):
            return glued(rect, boxes, frames)
        point = next(
            (p for p in cell.element.every("mxPoint") if p.get("as") == f"{name}Point"), None
        )
        if point is None:
            return None
        x, y = self.corner(cell.element.get("parent"))
        return at((x + _number(point.get("x")), y + _number(point.get("y"))), boxes)


def _room(rect: Rect, cell: _Cell) -> Rect:
    """The room that the label of a shape takes."""
    high = min(20.0, rect.bottom - rect.top)
    wide = min(len(cell.label) * 6.0, rect.right - rect.left) / 2
    x, y = rect.center
    y = {"top": rect.top + high / 2, "bottom": rect.bottom - high / 2}.get(
        cell.style.get("verticalAlign", "middle"), y
    )
    return Rect(x - wide, y - high / 2, x + wide, y + high / 2)


def _style(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(";") if part)
    return {name.strip(): value.strip() for name, _, value in parts}


def _is_invisible(style: dict[str, str]) -> bool:
    return style.get("strokeColor") == "none" or style.get("opacity") == "0"


def _is_seen(style: dict[str, str]) -> bool:
    """Whether a shape has a fill or a line; one that says nothing has draw.io's."""
    if "group" in style or style.get("opacity") == "0" or style.get("shape") == "line":
        return False
    usual = "none" if "text" in style else "default"
    return any(style.get(name, usual) != "none" for name in ("fillColor", "strokeColor"))


def _plain(label: str, style: dict[str, str]) -> str:
    """A label as it is shown: a style can say that it is HTML."""
    if style.get("html") == "1":
        label = re.sub(r"<(br|/div|/p)\b[^>]*>", " ", label)
        # The parser of HTML passes over what no tag ends.
        label = parse_html(f"<div>{label}</div>").text
    return flat(label)


def _number(text: str) -> float:
    try:
        number = float(text or "0")
    except ValueError:
        return 0.0
    return number if abs(number) < 1e9 else 0.0
