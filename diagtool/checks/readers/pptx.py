"""PowerPoint: the slides of a deck.

A line counts from the shape that its start is glued to, to that of its end, or where it is
not glued, to where it is drawn. Arrowheads are those of its line.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from diagtool.checks.readers import PICTURE, Claim, File, ReadError, Reading, Seal, _picture
from diagtool.checks.readers._archive import Archive
from diagtool.checks.readers._markup import Element, parse_xml
from diagtool.checks.readers._picture import (
    REACH,
    Link,
    Outline,
    Point,
    Rect,
    Text,
    around,
    at,
    glued,
    labelled,
    stand,
    unplaced,
)
from diagtool.model import Place
from diagtool.model.facts import Facts

SUFFIXES = (".pptx",)

PIXEL = 9525
"""How many of PowerPoint's units a CSS pixel has."""

FIRST = "ppt/presentation.xml"
_CORE = "docProps/core.xml"

_ORIGIN = re.compile(r"diagtool \S+/\S+ sha256:[0-9a-f]{64}")
_ADJUST = re.compile(r"val (-?\d{1,9})$")


def read(file: File) -> Reading:
    """The pictures on the slides that are shown."""
    archive = Archive(file.content)
    claims: list[Claim] = []
    slides = _slides(archive)
    for number, name in enumerate(slides, 1):
        root = parse_xml(archive.read(name))
        tree = root.first("cSld", "spTree")
        if tree is None:
            continue
        place = file.place(number)
        slide = _Slide(place)
        slide.take(tree, _Frame())
        about = (slide.title, *([file.stem] if len(slides) == 1 else []))
        if root.get("show") in ("0", "false"):
            hidden = ((f"slide {number}, which is hidden,", place),)
            claims.append(Claim(frozenset(), {}, place, about, hidden))
        else:
            claims.append(Claim(PICTURE, slide.facts(), place, about, tuple(slide.unread)))
    return Reading(claims=tuple(claims), seals=_seals(archive, file))


def _seals(archive: Archive, file: File) -> tuple[Seal, ...]:
    return tuple(Seal(match[0], file.place()) for match in _ORIGIN.finditer(properties(archive)))


def properties(archive: Archive) -> str:
    """What a deck says of itself. LibreOffice leaves signs out of keywords."""
    if _CORE not in archive.names:
        return ""
    text = parse_xml(archive.read(_CORE)).text
    return re.sub("sha256 (?=[0-9a-f]{64})", "sha256:", text)


def _slides(archive: Archive) -> list[str]:
    """The names of the slides' parts, in their order."""
    targets = _relations(archive, FIRST)
    order = parse_xml(archive.read(FIRST)).first("sldIdLst")
    if order is None:
        return []
    # A slide has two ids: its own, and (in a namespace) that of its part.
    found = [targets.get(slide.get("id")) for slide in order.elements]
    if None in found:
        raise ReadError("one of its slides is missing")
    return [name for name in found if name]


def _relations(archive: Archive, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    root = parse_xml(archive.read(f"{folder}/_rels/{name}.rels"))
    return {
        relation.get("Id"): posixpath.normpath(posixpath.join(folder, relation.get("Target")))
        for relation in root.elements
        if relation.get("TargetMode") != "External"
    }


@dataclass(frozen=True, slots=True)
class _Frame:
    """How the lengths inside a group become those of the slide, in pixels."""

    x: float = 0
    y: float = 0
    by_x: float = 1 / PIXEL
    by_y: float = 1 / PIXEL

    def point(self, x: float, y: float) -> Point:
        return self.x + x * self.by_x, self.y + y * self.by_y


@dataclass(slots=True)
class _Connector:
    points: list[Point]
    start: str
    end: str
    at_start: bool
    at_end: bool
    dashed: bool


@dataclass(slots=True)
class _Slide:
    place: Place
    title: str = ""
    order: int = 0
    outlines: list[Outline] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    connectors: list[_Connector] = field(default_factory=list)
    rects: dict[str, Rect] = field(default_factory=dict)
    unread: list[tuple[str, Place]] = field(default_factory=list)

    def take(self, tree: Element, frame: _Frame) -> None:
        """Takes in the shapes of a group."""
        for element in tree.elements:
            self.order += 1
            properties = next(element.every("cNvPr"), None)
            if properties is not None and properties.get("hidden") in ("1", "true"):
                continue
            match element.tag:
                case "sp" if _is_line(element):
                    self.connector(element, frame)
                case "sp":
                    self.shape(element, frame)
                case "cxnSp":
                    self.connector(element, frame)
                case "grpSp":
                    self.take(element, _inner(element, frame))
                case "AlternateContent":
                    # The first of them is what PowerPoint shows.
                    for choice in list(element.elements)[:1]:
                        self.take(choice, frame)
                case "pic" | "graphicFrame" | "contentPart":
                    kind = "a picture" if element.tag == "pic" else "a table, chart or other object"
                    name = properties.get("name") if properties else ""
                    self.unread.append((f"{kind} '{name}'" if name else kind, self.place))

    def shape(self, element: Element, frame: _Frame) -> None:
        text = _text(element)
        holder = next(element.every("ph"), None)
        if holder is not None and holder.get("type", "body") in ("title", "ctrTitle"):
            self.title = text
            return
        corners = _corners(element, frame)
        if corners is None:
            return
        rect = around(corners)
        id = next((e.get("id") for e in element.every("cNvPr")), "")
        self.rects[id] = rect
        looks = element.first("spPr") or element
        if _is_seen(looks):
            self.outlines.append(Outline(rect, self.order, self.place))
        if text:
            body = element.first("txBody", "bodyPr")
            anchor = body.get("anchor", "t") if body else "t"
            # Where in its shape the text stands is as good as its own room.
            high = min(20.0, rect.bottom - rect.top)
            middle = {"ctr": rect.center[1], "b": rect.bottom - high / 2}
            y = middle.get(anchor, rect.top + high / 2)
            wide = min(len(text) * 6.0, rect.right - rect.left) / 2
            x = rect.center[0]
            room = Rect(x - wide, y - high / 2, x + wide, y + high / 2)
            self.texts.append(Text(text, room, self.order + 1, self.place))
            self.order += 1

    def connector(self, element: Element, frame: _Frame) -> None:
        looks = element.first("spPr")
        corners = _corners(element, frame)
        line = looks.first("ln") if looks else None
        if looks is None or corners is None or (line and line.first("noFill")):
            return
        start, end = (
            next((glue.get("id") for glue in element.every(tag)), "") for tag in ("stCxn", "endCxn")
        )
        # PowerPoint calls the start of a line its head.
        at_start, at_end = (
            any(head.get("type", "none") != "none" for head in line.every(tag)) if line else False
            for tag in ("headEnd", "tailEnd")
        )
        points = _way(element, frame)
        dashed = line is not None and _is_dashed(line)
        self.connectors.append(_Connector(points, start, end, at_start, at_end, dashed))

    def facts(self) -> Facts:
        boxes, frames, free = labelled(self.outlines, self.texts)
        links: list[Link] = []
        lines: list[list[Point]] = []
        for connector in self.connectors:
            ends = map(self.rects.get, (connector.start, connector.end))
            held = [glued(rect, boxes, frames) if rect else None for rect in ends]
            drawn = at(connector.points[0], boxes), at(connector.points[-1], boxes)
            tail, head = held[0] or drawn[0], held[1] or drawn[1]
            arrows = connector.at_start, connector.at_end
            links.append(Link(tail, head, *arrows, self.place, dashed=connector.dashed))
            lines.append(connector.points)
            if any(
                box and seen and box is not seen and box.reach.distance(point) > 2 * REACH
                for box, seen, point in zip(
                    held, drawn, (connector.points[0], connector.points[-1]), strict=True
                )
            ):
                # Glued to one box and drawn to another, it says two things.
                links.append(Link(drawn[0], drawn[1], *arrows, self.place))
                lines.append(connector.points)
        self.unread += unplaced(stand(free, links, lines))
        return _picture.facts(boxes, frames, links)


def _inner(group: Element, outer: _Frame) -> _Frame:
    """The frame of what a group holds."""
    place = group.first("grpSpPr", "xfrm")
    if place is None:
        return outer
    x, y, wide, high = _numbers(place, "off", "ext")
    inner_x, inner_y, inner_wide, inner_high = _numbers(place, "chOff", "chExt")
    by_x = wide / inner_wide if inner_wide else 1.0
    by_y = high / inner_high if inner_high else 1.0
    left, top = outer.point(x, y)
    return _Frame(
        left - inner_x * by_x * outer.by_x,
        top - inner_y * by_y * outer.by_y,
        by_x * outer.by_x,
        by_y * outer.by_y,
    )


def _numbers(place: Element, offset: str, extent: str) -> list[float]:
    """Left, top, width and height in the units of a place."""
    off, ext = place.first(offset), place.first(extent)
    texts = (
        off.get("x", "0") if off else "0",
        off.get("y", "0") if off else "0",
        ext.get("cx", "0") if ext else "0",
        ext.get("cy", "0") if ext else "0",
    )
    return [_number(text) for text in texts]


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if abs(number) < 1e12 else 0.0


def _corners(element: Element, frame: _Frame) -> list[Point] | None:
    place = next(element.every("xfrm"), None)
    if place is None:
        return None
    x, y, wide, high = _numbers(place, "off", "ext")
    if _number(place.get("rot", "0")) / 60000 % 180 == 90:
        x, y = x + (wide - high) / 2, y + (high - wide) / 2
        wide, high = high, wide
    return [frame.point(x, y), frame.point(x + wide, y + high)]


def _way(element: Element, frame: _Frame) -> list[Point]:
    """The points of a connector on the slide."""
    place = next(element.every("xfrm"))
    x, y, wide, high = _numbers(place, "off", "ext")
    shape = next(element.every("prstGeom"), None)
    own = next(element.every("path"), None)
    if shape is None and own is not None:
        scale_x = wide / (_number(own.get("w", "0")) or wide or 1)
        scale_y = high / (_number(own.get("h", "0")) or high or 1)
        points = [
            (_number(e.get("x")) * scale_x, _number(e.get("y")) * scale_y) for e in own.every("pt")
        ] or [(0.0, 0.0), (wide, high)]
    else:
        points = _bent(shape, wide, high)
    if place.get("flipH") in ("1", "true"):
        points = [(wide - px, py) for px, py in points]
    if place.get("flipV") in ("1", "true"):
        points = [(px, high - py) for px, py in points]
    for _ in range(round(_number(place.get("rot", "0")) / 5400000) % 4):
        middle_x, middle_y = wide / 2, high / 2
        points = [(middle_x - (py - middle_y), middle_y + (px - middle_x)) for px, py in points]
    return [frame.point(x + px, y + py) for px, py in points]


def _bent(shape: Element | None, wide: float, high: float) -> list[Point]:
    """The corners of one of PowerPoint's connectors in its own frame."""
    kind = shape.get("prst") if shape else ""
    adjusted = [0.5, 0.5, 0.5]
    for number, guide in enumerate(shape.every("gd") if shape else ()):
        if number < 3 and (match := _ADJUST.match(guide.get("fmla"))):
            adjusted[number] = int(match[1]) / 100000
    first, second, third = adjusted[0] * wide, adjusted[1] * high, adjusted[2] * wide
    inner: list[Point] = []
    match kind:
        case "bentConnector2":
            inner = [(wide, 0)]
        case "bentConnector3":
            inner = [(first, 0), (first, high)]
        case "bentConnector4":
            inner = [(first, 0), (first, second), (wide, second)]
        case "bentConnector5":
            inner = [(first, 0), (first, second), (third, second), (third, high)]
    return [(0.0, 0.0), *inner, (wide, high)]


def _is_line(element: Element) -> bool:
    """Whether a shape is but a line, as LibreOffice saves connectors with a way of their own."""
    looks = element.first("spPr")
    own = looks.first("custGeom") if looks else None
    if looks is None or own is None or looks.first("noFill") is None or _text(element):
        return False
    return not any(own.every("close"))


def _is_dashed(line: Element) -> bool:
    preset = line.first("prstDash")
    return line.first("custDash") is not None or (
        preset is not None and preset.get("val", "solid") != "solid"
    )


def _is_seen(looks: Element) -> bool:
    """Whether a shape has a fill or a line; one that says nothing has the theme's."""
    line = looks.first("ln")
    filled = looks.first("noFill") is None
    stroked = line is None or line.first("noFill") is None
    return filled or stroked


def _text(element: Element) -> str:
    body = element.first("txBody")
    if body is None:
        return ""
    paragraphs = [
        "".join(" " if run.tag == "br" else run.text for run in paragraph.elements)
        for paragraph in body.elements
        if paragraph.tag == "p"
    ]
    return " ".join(" ".join(paragraphs).split())
