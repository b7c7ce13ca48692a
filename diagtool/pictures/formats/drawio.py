"""draw.io: an uncompressed file with a page for each drawing, to edit and to compare.

Lines are bound to their boxes and keep their way; frames hold what is in them. Labels are
plain text.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise

from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import (
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    DrawnSign,
    Move,
    Path,
    Picture,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import FormatKind, Look, note
from diagtool.pictures.formats._drawn import (
    JUMP_RADIUS,
    THICK,
    dashes,
    plain,
    read_picture,
    safe_link,
)
from diagtool.pictures.formats._editable import (
    Head,
    Side,
    bends,
    center,
    heads,
    is_flush_left,
    offsets,
    one_line,
    sides,
)
from diagtool.pictures.themes import Theme, readable_on

SUFFIX = ".drawio"
KIND = FormatKind.PAGED

FONT = "Helvetica"

_MARK = re.compile(rb'(<mxfile [^>]*digest=")(sha256:[0-9a-f]{64})"')


def write(drawings: Sequence[Drawing], look: Look) -> bytes:
    """A page for each drawing. A page's own data say which view it shows.

    A digest of the file's content tells :func:`edited` whether it was edited since.
    """
    pages = "".join(
        _Page(drawing, look).diagram(number) for number, drawing in enumerate(drawings, 1)
    )
    blank = f"sha256:{'0' * 64}"
    said = f' made="{note(look).strip()}"' if note(look) else ""
    file = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mxfile host="diagtool" type="device" compressed="false" digest="{blank}"'
        f' pages="{len(drawings)}"{said}>\n'
        f"{pages}</mxfile>\n"
    ).encode()
    return file.replace(blank.encode(), _digest(file).encode(), 1)


def edited(content: bytes) -> bool:
    """Whether a file is no longer as :func:`write` gave it, or never was ours."""
    # Line ends are none of ours: git may have changed them.
    content = content.replace(b"\r\n", b"\n")
    mark = _MARK.search(content)
    return mark is None or mark[2].decode() != _digest(content)


def _digest(file: bytes) -> str:
    """The digest of a file but for the digest in it."""
    rest = _MARK.sub(rb"\1", file, count=1)
    return f"sha256:{hashlib.sha256(rest).hexdigest()}"


class _Page:
    """Writes one drawing. Lengths are pixels, as they are in draw.io."""

    def __init__(self, drawing: Drawing, look: Look) -> None:
        self.drawing, self.look = drawing, look
        self.theme: Theme = look.theme
        self.colors = look.theme.light
        self.nodes = {node.id: node for node in drawing.nodes}
        self.node_ids = _unique("node", [node.id for node in drawing.nodes])
        self.group_ids = _unique("group", [group.id for group in drawing.groups])
        self.parents = _parents(drawing)

    def diagram(self, number: int) -> str:
        """The page. Its data are those of its root cell, as draw.io itself keeps them."""
        drawing = self.drawing
        source = origin(drawing)
        page = "none" if self.look.transparent else self.colors.page
        cells = [
            *(line for group in drawing.groups for line in self.group(group)),
            *(line for node in drawing.nodes for line in self.node(node)),
            *(line for n, edge in enumerate(drawing.edges, 1) for line in self.edge(edge, n)),
            *(line for sign in drawing.signs for line in self.sign(sign)),
        ]
        lines = [
            f'  <diagram id="page-{number}" name="{_text(one_line(drawing.title))}">',
            f'    <mxGraphModel grid="1" gridSize="4" guides="1" tooltips="1" connect="1"'
            f' arrows="1" fold="1" page="1" pageScale="1" pageWidth="{_number(drawing.width)}"'
            f' pageHeight="{_number(drawing.height)}" background="{page}" math="0" shadow="0">',
            "      <root>",
            f'        <object id="0" label="" topology="{_text(source.topology)}"'
            f' view="{_text(source.view)}" digest="{_text(source.digest)}"'
            f' description="{_text(drawing.description)}"><mxCell/></object>',
            '        <mxCell id="1" parent="0"/>',
            *(f"        {cell}" for cell in cells),
            "      </root>",
            "    </mxGraphModel>",
            "  </diagram>",
        ]
        return "".join(f"{line}\n" for line in lines)

    # Cells

    def group(self, group: DrawnGroup) -> Iterator[str]:
        """A frame, which holds its members."""
        radius, box = self.theme.shape.group_radius, group.box
        style = {
            **_corners(radius),
            "container": 1,
            "collapsible": 0,
            "fillColor": "none" if group.framed else group.fill or self.colors.group_fill,
            **self.line(group.stroke, self.colors.group_line, self.theme.shape.group_width),
        }
        if group.lines:
            shift = center(group.lines)[0] - box.center[0]
            style |= self.font(group.lines, self.text_color(group.fill, "group"))
            style |= {"verticalAlign": "top"}
            style |= {
                "spacingTop": round(group.lines[0].y - group.lines[0].size - box.y),
                "spacingLeft" if shift > 0 else "spacingRight": round(abs(2 * shift)),
            }
        parent = self.parents["group", group.id]
        id = self.group_ids[group.id]
        yield self.cell(id, _label(group.lines), style, box, parent, group.href)
        for number, picture in enumerate(group.pictures, 1):
            yield self.picture(f"{id}-picture-{number}", picture, parent)

    def node(self, node: DrawnNode) -> Iterator[str]:
        """A box; where it is several, a group of copies whose front one holds the lines."""
        id, parent = self.node_ids[node.id], self.parents["node", node.id]
        box = node.box
        places = offsets(node)
        style = {**self.shape(node), **self.looks(node)}
        if node.stacked:
            boxes = [Rect(box.x + x, box.y + y, box.width, box.height) for x, y in places]
            left, top = min(b.x for b in boxes), min(b.y for b in boxes)
            right, bottom = max(b.right for b in boxes), max(b.bottom for b in boxes)
            around = Rect(left, top, right - left, bottom - top)
            stack = (f"{id}-stack", around)
            nothing = {"group": None, "collapsible": 0, "fillColor": "none", "strokeColor": "none"}
            yield self.cell(stack[0], "", nothing, around, parent, connectable=False)
            for number, copy in enumerate(boxes[:-1], 1):
                yield self.cell(f"{id}-copy-{number}", "", style, copy, stack, connectable=False)
            parent = stack
        if node.lines:
            style |= self.font(node.lines, self.text_color(node.fill, "node"))
            style |= self.text_place(node)
        label = _label(node.lines)
        if node.shape == "dots":
            first, second, *_ = (_start(outline) for outline in node.copies[-1])
            label = "•&#10;•&#10;•" if first[0] == second[0] else "•    •    •"
            style["fontColor"] = node.stroke.color or self.colors.node_line
        yield self.cell(id, label, style, box, parent, node.href)
        for number, picture in enumerate(node.pictures, 1):
            yield self.picture(f"{id}-picture-{number}", picture, parent)
        if node.badge:
            disc, line = node.badge
            looks = {
                **_ELLIPSE,
                "fillColor": self.colors.node_fill,
                **self.line(Stroke(), self.colors.node_line, self.theme.shape.node_width),
                **self.font([line], self.text_color(None, "node")),
            }
            yield self.cell(f"{id}-number", line.text, looks, disc, parent, connectable=False)

    def sign(self, sign: DrawnSign) -> Iterator[str]:
        """Words in a pill, and the two lines that cross a box out: level ones, turned."""
        id, page = self.node_ids[sign.node], ("1", Rect(0, 0, 0, 0))
        line = self.line(sign.stroke, self.colors.node_line, self.theme.shape.node_width)
        if box := sign.crossed:
            (x, y), long = box.center, math.hypot(box.width, box.height)
            slope = math.degrees(math.atan2(box.height, box.width))
            across = Rect(x - long / 2, y - 1, long, 2)
            for number, turn in enumerate((slope, -slope), 1):
                looks = {"shape": "line", "rotation": _number(turn), **line}
                name = f"{id}-cross-{number}"
                yield self.cell(name, "", looks, across, page, connectable=False)
        looks = {
            **_corners(sign.box.height / 2),
            "fillColor": self.colors.node_fill,
            **line,
            **self.font([sign.line], self.text_color(None, "node")),
        }
        text = _label([sign.line])
        yield self.cell(f"{id}-sign", text, looks, sign.box, page, connectable=False)

    def edge(self, edge: DrawnEdge, number: int) -> Iterator[str]:
        """A line between two boxes along the way that it was drawn."""
        start, end = sides(edge)
        tail_head, head_head = heads(edge)
        fill = 0 if edge.hollow else 1
        boxes = [self.nodes[id].box for id in (edge.tail, edge.head) if id in self.nodes]
        # draw.io finds no level or upright way to what has no size.
        sized = all(box.width and box.height for box in boxes)
        style = {
            "edgeStyle": "orthogonalEdgeStyle" if sized else "none",
            **_corners(self.theme.shape.edge_radius),
            **self.line(edge.stroke, self.colors.edge_line, self.theme.shape.edge_width),
            **self.bound("exit", edge.tail, start, edge.points[0]),
            **self.bound("entry", edge.head, end, edge.points[-1]),
            **_arrow("start", tail_head, fill),
            **_arrow("end", head_head, fill),
        }
        if edge.jumps:
            style |= {"jumpStyle": "arc", "jumpSize": round(2 * JUMP_RADIUS)}
        geometry = "".join(_point(*point) for point in bends(edge.points)[1:-1])
        if geometry:
            geometry = f'<Array as="points">{geometry}</Array>'
        if edge.lines:
            style |= {
                **self.font(edge.lines, self.colors.edge_text),
                "labelBackgroundColor": "none",
            }
            x, y = center(edge.lines)
            middle_x, middle_y = _halfway(edge.points)
            geometry += _point(x - middle_x, y - middle_y, "offset")
        ends = "".join(
            f' {name}="{_text(self.node_ids[id])}"'
            for name, id in (("source", edge.tail), ("target", edge.head))
            if id in self.node_ids
        )
        yield (
            f'<mxCell id="edge-{number}" value="{_label(edge.lines)}" style="{_style(style)}"'
            f' edge="1" parent="1"{ends}>'
            f'<mxGeometry relative="1" as="geometry">{geometry}</mxGeometry></mxCell>'
        )

    def picture(self, id: str, picture: Picture, parent: tuple[str, Rect]) -> str:
        media_type, content = read_picture(picture.path)
        # In a style, a semicolon ends a value: draw.io leaves out the one before "base64".
        image = f"data:{media_type},{base64.b64encode(content).decode()}"
        style = {"shape": "image", "imageAspect": 1, "image": image}
        return self.cell(id, "", style, picture.box, parent, connectable=False)

    def cell(
        self,
        id: str,
        label: str,
        style: Mapping[str, object],
        box: Rect,
        parent: tuple[str, Rect],
        href: str | None = None,
        *,
        connectable: bool = True,
    ) -> str:
        """A cell, placed inside of its parent."""
        parent_id, around = parent
        geometry = (
            f'<mxGeometry x="{_number(box.x - around.x)}" y="{_number(box.y - around.y)}"'
            f' width="{_number(box.width)}" height="{_number(box.height)}" as="geometry"/>'
        )
        free = "" if connectable else ' connectable="0"'
        looks = f'style="{_style(style)}" vertex="1"{free} parent="{_text(parent_id)}"'
        link = safe_link(href)
        if link and ":" in link:
            return (
                f'<UserObject id="{_text(id)}" label="{label}" link="{_text(link)}">'
                f"<mxCell {looks}>{geometry}</mxCell></UserObject>"
            )
        return f'<mxCell id="{_text(id)}" value="{label}" {looks}>{geometry}</mxCell>'

    # Looks

    def shape(self, node: DrawnNode) -> dict[str, object]:
        """draw.io's shape for a node, with the lengths of its corners, folds and lids."""
        box = node.box
        x, y = _start(node.copies[-1][0]) if node.copies[-1] else (box.x, box.y)
        match node.shape:
            case "box" | "square":
                return _corners(self.theme.shape.node_radius)
            case "roundedbox":
                return _corners(x - box.x)
            case "circle" | "ellipse" | "beginpoint":
                return _ELLIPSE
            case "endpoint":
                return {**_ELLIPSE, "shape": "endState"}
            case "diamond" | "minidiamond" | "flowchart.condition":
                return {"shape": "rhombus", "perimeter": "rhombusPerimeter"}
            case "cloud":
                return {**_ELLIPSE, "shape": "cloud"}
            case "actor":
                return {"shape": "umlActor"}
            case "note":
                return {"shape": "note", "size": 16}
            case "mail":
                return {"shape": "message"}
            case "flowchart.database":
                lid = {"size": _number(y - box.y), "backgroundOutline": 1}
                return {"shape": "cylinder3", "boundedLbl": 0, **lid}
            case "flowchart.terminator":
                return _corners(box.height / 2)
            case "flowchart.input":
                slant = {"fixedSize": 1, "size": _number(x - box.x)}
                return {"shape": "parallelogram", "perimeter": "parallelogramPerimeter", **slant}
            case "flowchart.loopin":
                return {"shape": "loopLimit", "size": 16}
            case _ if node.shape == _UPSIDE_DOWN:
                return {"shape": "loopLimit", "size": 16, "flipV": 1}
            case "dots" | "textbox" | "none":
                return {"text": None}
        return _corners(0)

    def looks(self, node: DrawnNode) -> dict[str, object]:
        """The colours and the line of a node's shape."""
        outlines = node.copies[-1]
        if not outlines or node.shape == "dots":
            return {"fillColor": "none", "strokeColor": "none"}
        line = self.line(node.stroke, self.colors.node_line, self.theme.shape.node_width)
        fill = node.fill or self.colors.node_fill
        if any(outline.inked for outline in outlines):
            fill = node.stroke.color or self.colors.node_line
        shadow = {"shadow": 1} if self.drawing.shadows and any(self.theme.shape.shadow) else {}
        return {"fillColor": fill, **line, **shadow}

    def line(self, stroke: Stroke, color: str, width: float) -> dict[str, object]:
        if stroke.dash is Dash.NONE or width <= 0:
            return {"strokeColor": "none"}
        broad = width * (THICK if stroke.thick else 1)
        style: dict[str, object] = {
            "strokeColor": stroke.color or color,
            "strokeWidth": _number(broad),
        }
        if lengths := dashes(stroke):
            pattern = " ".join(_number(length) for length in lengths)
            style |= {"dashed": 1, "fixDash": 1, "dashPattern": pattern}
        return style

    def font(self, lines: Sequence[TextLine], color: str) -> dict[str, object]:
        line = lines[0]
        style: dict[str, object] = {
            "html": 0,
            "fontFamily": FONT,
            "fontSize": _number(line.size),
            "fontColor": line.color or color,
        }
        if line.bold:
            style["fontStyle"] = 1
        if line.rotate % 180 == 90:
            # draw.io's only other way to write is upwards.
            style["horizontal"] = 0
        return style

    def text_place(self, node: DrawnNode) -> dict[str, object]:
        """Where the text stands, by how much it is off the middle of its shape."""
        (x, y), (middle_x, middle_y) = center(node.lines), node.box.center
        left = min(line.x - line.width / 2 for line in node.lines)
        if is_flush_left(node.lines) or left > middle_x:
            style: dict[str, object] = {
                "align": "left",
                "spacingLeft": round(left - node.box.x) - _SPACING,
            }
        else:
            style = _spacing("spacingLeft", "spacingRight", x - middle_x)
        return style | _spacing("spacingTop", "spacingBottom", y - middle_y)

    def text_color(self, fill: str | None, kind: str) -> str:
        return readable_on(fill) if fill else self.colors.color(f"{kind}-text")

    def bound(self, name: str, id: str, side: Side, at: Point) -> dict[str, object]:
        """The place on its box at which a line starts or ends."""
        if id not in self.nodes:
            return {}
        x, y = side.value
        middle_x, middle_y = side.middle(self.nodes[id].box)
        # The copies of a stack stand out from its front one, and lines from them.
        dx, dy = at[0] - middle_x, at[1] - middle_y
        if self.nodes[id].shape == _UPSIDE_DOWN:
            y, dy = 1 - y, -dy
        return {
            f"{name}X": _number(x),
            f"{name}Y": _number(y),
            f"{name}Dx": _number(dx),
            f"{name}Dy": _number(dy),
            f"{name}Perimeter": 0,
        }


_ELLIPSE: dict[str, object] = {"shape": "ellipse", "perimeter": "ellipsePerimeter"}

_UPSIDE_DOWN = "flowchart.loopout"
"""The shape that draw.io has only the other way up; it turns the ends of lines over with it."""

_SPACING = 2
"""What draw.io puts between a shape's side and its text in any case."""


def _start(outline: Path) -> Point:
    """The point that an outline starts at."""
    first = outline.segments[0]
    assert isinstance(first, Move)
    return first.to


def _spacing(more: str, less: str, shift: float) -> dict[str, object]:
    by = round(2 * abs(shift))
    return {more if shift > 0 else less: by} if by > 1 else {}


def _corners(radius: float) -> dict[str, object]:
    if radius <= 0:
        return {"rounded": 0}
    return {"rounded": 1, "absoluteArcSize": 1, "arcSize": _number(2 * radius)}


def _arrow(end: str, head: Head, fill: int) -> dict[str, object]:
    kind = {Head.NONE: "none", Head.TRIANGLE: "block", Head.DIAMOND: "diamond"}[head]
    return (
        {f"{end}Arrow": kind}
        if head is Head.NONE
        else {
            f"{end}Arrow": kind,
            f"{end}Fill": fill,
            f"{end}Size": 14 if head is Head.DIAMOND else 6,
        }
    )


def _parents(drawing: Drawing) -> dict[tuple[str, str], tuple[str, Rect]]:
    """The cell that each group and node is in, and that cell's box: the innermost frame's."""
    page = ("1", Rect(0, 0, drawing.width, drawing.height))
    ids = _unique("group", [group.id for group in drawing.groups])
    parents = {}
    # Frames come before those inside of them.
    for index, group in enumerate(drawing.groups):
        outer = [g for g in drawing.groups[:index] if _holds(g, group)]
        parents["group", group.id] = (ids[outer[-1].id], outer[-1].box) if outer else page
    for node in drawing.nodes:
        frames = [group for group in drawing.groups if node.id in group.members]
        parents["node", node.id] = (ids[frames[-1].id], frames[-1].box) if frames else page
    return parents


def _holds(outer: DrawnGroup, inner: DrawnGroup) -> bool:
    a, b = outer.box, inner.box
    inside = a.x <= b.x and a.y <= b.y and b.right <= a.right and b.bottom <= a.bottom
    return inside and set(inner.members) <= set(outer.members)


def _unique(kind: str, names: Sequence[str]) -> dict[str, str]:
    """Ids for cells: the same for the same names, and no two the same."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        base = id = f"{kind}-{one_line(plain(name))}"
        number = 1
        while id in taken:
            number += 1
            id = f"{base}-{number}"
        ids[name] = id
        taken.add(id)
    return ids


def _halfway(points: Sequence[Point]) -> Point:
    """The point in the middle of a line, by its length."""
    lengths = [abs(b[0] - a[0]) + abs(b[1] - a[1]) for a, b in pairwise(points)]
    left = sum(lengths) / 2
    for (x1, y1), (x2, y2), length in zip(points, points[1:], lengths, strict=False):
        if left <= length and length:
            part = left / length
            return (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
        left -= length
    return points[0]


def _point(x: float, y: float, role: str = "") -> str:
    kind = f' as="{role}"' if role else ""
    return f'<mxPoint x="{_number(x)}" y="{_number(y)}"{kind}/>'


def _style(style: Mapping[str, object]) -> str:
    return "".join(
        f"{name};" if value is None else f"{name}={value};" for name, value in style.items()
    )


def _label(lines: Sequence[TextLine]) -> str:
    """Lines of text for an attribute, which draw.io breaks where we did."""
    return "&#10;".join(_text(line.text) for line in lines)


def _text(text: str) -> str:
    escaped = escape(plain(text))
    # As they are, an attribute would turn them into blanks.
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def _number(value: float) -> str:
    rounded = round(value, 2)
    whole = int(rounded)
    return str(whole) if whole == rounded else repr(rounded)
