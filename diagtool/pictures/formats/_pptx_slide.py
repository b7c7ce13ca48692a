"""One slide: a drawing's boxes, frames, lines and texts as shapes to edit.

Shapes are PowerPoint's own where it has one that looks like ours, else freeforms. A box
that stands for several is a group; its front copy bears the text and holds the lines, which
lie above stacks, so that their arrowheads are in sight, and behind all other boxes.

Other programs go by what a connector is glued to and find a way of their own. What is not
PowerPoint is therefore offered a freeform in its place, which is drawn as it is.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from diagtool.pictures.drawing import (
    Close,
    Curve,
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    DrawnSign,
    Line,
    Move,
    Path,
    Picture,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import Look
from diagtool.pictures.formats import _pptx_xml as xml
from diagtool.pictures.formats._drawn import THICK, edge_labels, plain, read_picture, safe_link
from diagtool.pictures.formats._editable import (
    Head,
    Side,
    bends,
    center,
    heads,
    is_flush_left,
    name_of_edge,
    names,
    offsets,
    one_line,
    sides,
)
from diagtool.pictures.formats._pptx_template import content_area, rgb
from diagtool.pictures.outlines import landing
from diagtool.pictures.text_metrics import ASCENT, LINE_HEIGHT
from diagtool.pictures.themes import readable_on

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

PIXEL = 9525
"""How many of PowerPoint's units (EMU) a CSS pixel has; an inch has 914400."""

FONT = "Arial"
"""As wide as the font that text was measured in."""

_LARGEST = 2.0
"""How far a small drawing is enlarged to fill its slide."""

_HEAD = 8
_HEAD_SIZES = {"sm": 2, "med": 3, "lg": 5}


_MORPH = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:p159="http://schemas.microsoft.com/office/powerpoint/2015/09/main">'
    '<mc:Choice Requires="p159"><p:transition spd="slow"><p159:morph option="byObject"/>'
    "</p:transition></mc:Choice>"
    '<mc:Fallback><p:transition spd="slow"><p:fade/></p:transition></mc:Fallback>'
    "</mc:AlternateContent>"
)


class SlideBuilder:
    """Draws one drawing on a slide. What its methods give is XML, with lengths in EMU."""

    def __init__(self, deck: Presentation, slide: Slide, drawing: Drawing, look: Look) -> None:
        self.slide, self.drawing = slide, drawing
        self.theme, self.colors = look.theme, look.theme.light
        self.own_deck = look.template is None
        area = content_area(deck, slide)
        width, height = drawing.width * PIXEL, drawing.height * PIXEL
        room_x, room_y = area.right - area.left, area.bottom - area.top
        self.scale = min(room_x / width, room_y / height, _LARGEST)
        self.unit = PIXEL * self.scale
        self.left = area.left + (room_x - width * self.scale) / 2
        self.top = area.top + (room_y - height * self.scale) / 2
        self.area = area
        self.names = names(drawing)
        self.nodes = {node.id: node for node in drawing.nodes}
        radius = self.theme.shape.node_radius
        self.presets = {node.id: xml.preset_of(node, radius) for node in drawing.nodes}
        self.last_id = max(int(id) for id in slide.shapes._spTree.xpath("//@id") if id.isdigit())
        self.ids: dict[str, int] = {}

    def fill(self) -> None:
        """Puts everything on the slide, from back to front, and its notes below it."""
        from pptx.oxml import parse_xml

        drawing = self.drawing
        self.title()
        groups = [self.group(group) for group in drawing.groups]
        nodes = {node.id: self.node(node) for node in drawing.nodes}
        edges = [self.edge(edge) for edge in drawing.edges]
        labels = [
            self.edge_label(edge)
            for edge, lines in zip(drawing.edges, edge_labels(drawing.edges), strict=True)
            if lines
        ]
        stacks = [nodes.pop(node.id) for node in drawing.nodes if node.stacked]
        signs = [self.sign(sign) for sign in drawing.signs]
        elements = [*groups, *stacks, *edges, *nodes.values(), *labels, *signs]
        tree = self.slide.shapes._spTree
        tree.extend(list(parse_xml(f"<p:spTree {xml.NAMESPACES}>{''.join(elements)}</p:spTree>")))
        self.slide.element.cSld.set("name", plain(drawing.name))
        notes = self.slide.notes_slide.notes_text_frame
        if notes is not None:
            notes.text = plain("\n".join(filter(None, (*drawing.notes, drawing.description))))

    def morph(self) -> None:
        """Lets PowerPoint turn the slide before into this one; older ones just fade."""
        from pptx.oxml import parse_xml

        self.slide.element.insert(2, parse_xml(_MORPH))

    def title(self) -> None:
        """The slide's title; what the layout asks for besides is taken away."""
        shapes = self.slide.shapes
        title = shapes.title
        for holder in list(self.slide.placeholders):
            if title is None or holder.shape_id != title.shape_id:
                holder._element.getparent().remove(holder._element)
        if title is None:
            from pptx.util import Length

            left, top, right, _ = map(Length, self.area)
            title = shapes.add_textbox(left, Length(0), Length(right - left), top)
        title.text_frame.text = one_line(plain(self.drawing.title))
        if self.own_deck:
            font = title.text_frame.paragraphs[0].font
            font.color.rgb = rgb(readable_on(self.colors.page))

    # Places

    def length(self, pixels: float) -> int:
        return round(pixels * self.unit)

    def point(self, point: Point) -> tuple[int, int]:
        x, y = point
        return (round(self.left + x * self.unit), round(self.top + y * self.unit))

    def frame(self, box: Rect) -> str:
        x, y = self.point((box.x, box.y))
        size = f'cx="{self.length(box.width)}" cy="{self.length(box.height)}"'
        return f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext {size}/></a:xfrm>'

    # Shapes

    def properties(self, name: str, text: str = "", link: str | None = None) -> str:
        """A new shape's id, name, alternative text and link."""
        self.last_id += 1
        about = f' descr="{xml.escaped(one_line(text))}"' if text else ""
        start = f'<p:cNvPr id="{self.last_id}" name="{xml.escaped(one_line(name))}"{about}'
        if not link:
            return f"{start}/>"
        from pptx.opc.constants import RELATIONSHIP_TYPE

        relation = self.slide.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f'{start}><a:hlinkClick r:id="{relation}"/></p:cNvPr>'

    def group(self, group: DrawnGroup) -> str:
        """A frame. It lies behind what it holds, which can be moved out of it."""
        box, short = group.box, min(group.box.width, group.box.height)
        shape = xml.rounded(self.theme.shape.group_radius, short)
        fill = xml.NO_FILL if group.framed else xml.solid(group.fill or self.colors.group_fill)
        line = self.line(group.stroke, self.colors.group_line, self.theme.shape.group_width)
        body = xml.NO_TEXT
        if group.lines:
            top = group.lines[0].y - ASCENT * group.lines[0].size - box.y
            shift = center(group.lines)[0] - box.center[0]
            body = self.text(
                group.lines, self.text_color(group.fill, "group"), "t", (shift, top / 2)
            )
        label = one_line(group.label)
        frame = xml.shape(
            self.properties(group.id, label or group.id, _outside(group.href)),
            self.frame(box) + xml.geometry(shape) + fill + line,
            body,
        )
        return frame + "".join(map(self.picture, group.pictures))

    def node(self, node: DrawnNode) -> str:
        """A node: one shape, or a group of its copies, its badge and its pictures."""
        places = offsets(node)
        shapes = [self.copy(node, place) for place in places[:-1]]
        label = self.names[node.id]
        parts = len(shapes) + bool(node.badge) + len(node.pictures)
        preset = self.presets[node.id]
        bare = preset is not None and preset.bare
        if bare:
            shapes.append(self.copy(node, (0, 0)))
            parts += 1
        start = ""
        if parts:
            about = f"{label} (several)" if node.stacked else label
            start = self.properties(f"{node.id} (group)", about)
        front = self.front(node, bare=bare)
        extras = [self.picture(picture) for picture in node.pictures]
        if node.badge:
            box, line = node.badge
            style = xml.solid(self.colors.node_fill) + self.line(
                Stroke(), self.colors.node_line, self.theme.shape.node_width
            )
            extras.append(
                xml.shape(
                    self.properties(f"{node.id} (number)", line.text),
                    self.frame(box) + xml.geometry(xml.Preset("ellipse")) + style,
                    self.text([line], self.text_color(None, "node"), "ctr", (0, 0)),
                )
            )
        if not parts:
            return front
        boxes = [
            *(_shifted(node.box, place) for place in places),
            *(picture.box for picture in node.pictures),
            *([node.badge[0]] if node.badge else []),
        ]
        frame = self.frame(_around(boxes))
        inner = frame.removeprefix("<a:xfrm>").removesuffix("</a:xfrm>")
        child = inner.replace("a:off", "a:chOff").replace("a:ext", "a:chExt")
        return (
            f"<p:grpSp><p:nvGrpSpPr>{start}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
            f"<p:grpSpPr><a:xfrm>{inner}{child}</a:xfrm></p:grpSpPr>"
            f"{''.join(shapes)}{front}{''.join(extras)}</p:grpSp>"
        )

    def copy(self, node: DrawnNode, place: Point) -> str:
        """A copy without text."""
        properties = self.properties(f"{node.id} (copy)")
        return xml.shape(properties, self.looks(node, _shifted(node.box, place)), xml.NO_TEXT)

    def front(self, node: DrawnNode, *, bare: bool) -> str:
        """The copy with the text, which edges lead to; only its text where it is bare."""
        properties = self.properties(node.id, self.names[node.id], _outside(node.href))
        self.ids[node.id] = self.last_id
        body = xml.NO_TEXT
        if node.lines:
            (x, y), (middle_x, middle_y) = center(node.lines), node.box.center
            left = min(line.x - line.width / 2 for line in node.lines)
            # The label of a dot stands beside it.
            flush = is_flush_left(node.lines) or left > middle_x
            shift = (left - node.box.x if flush else x - middle_x, y - middle_y)
            color = self.text_color(node.fill, "node")
            body = self.text(node.lines, color, "ctr", shift, flush=flush)
        return xml.shape(
            properties, self.invisible(node.box) if bare else self.looks(node, node.box), body
        )

    def invisible(self, box: Rect) -> str:
        """Place and looks of a box that only its text can be seen of."""
        return self.frame(box) + xml.geometry(xml.Preset("rect")) + xml.NO_FILL + xml.NO_LINE

    def looks(self, node: DrawnNode, box: Rect) -> str:
        """Place, outline, colours and shadow of a node's shape."""
        if not node.copies[-1]:
            return self.invisible(box)
        outlines = node.copies[-1]
        preset = self.presets[node.id]
        geometry = xml.geometry(preset) if preset else self.freeform(node.box, outlines)
        line_color = node.stroke.color or self.colors.node_line
        inked = any(outline.inked for outline in outlines)
        fill = xml.solid(line_color if inked else node.fill or self.colors.node_fill)
        line = self.line(node.stroke, self.colors.node_line, self.theme.shape.node_width)
        x, y = offsets(node)[0]
        # The shadow of any other copy would fall on the copies behind it.
        last = (box.x, box.y) == (node.box.x + x, node.box.y + y)
        return self.frame(box) + geometry + fill + line + (self.shadow() if last else "")

    def freeform(self, box: Rect, outlines: Iterable[Path]) -> str:
        """Outlines as they are, with a point for connectors in the middle of each side."""
        width, height = self.length(box.width), self.length(box.height)
        inked = any(outline.inked for outline in outlines)

        def point(at: Point) -> str:
            return f'<a:pt x="{self.length(at[0] - box.x)}" y="{self.length(at[1] - box.y)}"/>'

        paths = []
        for outline in outlines:
            steps = []
            for segment in outline.segments:
                match segment:
                    case Close():
                        steps.append("<a:close/>")
                    case Curve(first, second, to):
                        points = point(first) + point(second) + point(to)
                        steps.append(f"<a:cubicBezTo>{points}</a:cubicBezTo>")
                    case Move(to):
                        steps.append(f"<a:moveTo>{point(to)}</a:moveTo>")
                    case Line(to):
                        steps.append(f"<a:lnTo>{point(to)}</a:lnTo>")
            filled = outline.filled and (outline.inked or not inked)
            attributes = "" if filled else ' fill="none"'
            if not outline.stroked:
                attributes += ' stroke="0"'
            paths.append(f'<a:path w="{width}" h="{height}"{attributes}>{"".join(steps)}</a:path>')
        sites = "".join(
            f'<a:cxn ang="{angle}"><a:pos x="{x}" y="{y}"/></a:cxn>'
            for angle, x, y in (
                ("3cd4", "hc", "t"),
                ("cd2", "l", "vc"),
                ("cd4", "hc", "b"),
                ("0", "r", "vc"),
            )
        )
        return (
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/>"
            f'<a:cxnLst>{sites}</a:cxnLst><a:rect l="l" t="t" r="r" b="b"/>'
            f"<a:pathLst>{''.join(paths)}</a:pathLst></a:custGeom>"
        )

    def shadow(self) -> str:
        dx, dy = self.theme.shape.shadow
        if not (self.drawing.shadows and (dx or dy)):
            return ""
        angle = round(math.degrees(math.atan2(dy, dx)) % 360 * 60000)
        return (
            f'<a:effectLst><a:outerShdw dist="{self.length(math.hypot(dx, dy))}" dir="{angle}"'
            f' algn="ctr" rotWithShape="0">{xml.color(self.colors.shadow)}'
            "</a:outerShdw></a:effectLst>"
        )

    def picture(self, picture: Picture) -> str:
        part, relation = self.slide.part.get_or_add_image_part(
            io.BytesIO(read_picture(picture.path)[1])
        )
        width, height = part.image.size
        box, ratio = picture.box, width / height
        # As large as fits the box without being stretched.
        wide, high = min(box.width, box.height * ratio), min(box.height, box.width / ratio)
        x, y = box.center
        inner = Rect(x - wide / 2, y - high / 2, wide, high)
        return (
            f"<p:pic><p:nvPicPr>{self.properties('picture')}<p:cNvPicPr/><p:nvPr/></p:nvPicPr>"
            f'<p:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch>'
            f"</p:blipFill><p:spPr>{self.frame(inner)}{xml.geometry(xml.Preset('rect'))}</p:spPr></p:pic>"
        )

    # Edges

    def edge(self, edge: DrawnEdge) -> str:
        """A connector that is glued to both of its nodes, or a freeform for other programs."""
        start, end = sides(edge)
        points = list(edge.points)
        points[0] = self.landing(edge.tail, start, points[0])
        points[-1] = self.landing(edge.head, end, points[-1])
        glue = self.site("stCxn", edge.tail, start) + self.site("endCxn", edge.head, end)
        properties = self.properties(
            f"{edge.tail} {edge.arrow.value} {edge.head}", name_of_edge(edge, self.names)
        )
        line = self.line(
            edge.stroke,
            self.colors.edge_line,
            self.theme.shape.edge_width,
            "".join(
                self.head(tag, head, edge)
                for tag, head in zip(("headEnd", "tailEnd"), heads(edge), strict=True)
            ),
        )
        way = [self.point(point) for point in bends(points)]
        return xml.either(
            xml.connector(properties, glue, xml.bent_line(way) + line),
            xml.shape(properties, xml.freeform_line(way) + line, xml.NO_TEXT),
        )

    def site(self, tag: str, node: str, side: Side) -> str:
        if node not in self.ids:
            return ""
        preset = self.presets[node]
        index = (preset.sites if preset else xml.USUAL_SITES)[xml.SIDES.index(side)]
        return f'<a:{tag} id="{self.ids[node]}" idx="{index}"/>'

    def landing(self, id: str, side: Side, at: Point) -> Point:
        """Where a line reaches the front copy, which may be further on than it was drawn."""
        if id not in self.nodes:
            return at
        node, upright = self.nodes[id], side in (Side.TOP, Side.BOTTOM)
        here = landing(node, node.copies[-1], side.name.lower(), at[0 if upright else 1])
        if here is None:
            here = side.middle(node.box)[1 if upright else 0]
        return (at[0], here) if upright else (here, at[1])

    def edge_label(self, edge: DrawnEdge) -> str:
        """The text on a line, which PowerPoint's connectors cannot hold."""
        x, y = center(edge.lines)
        width = max(line.width for line in edge.lines)
        height = sum(line.size for line in edge.lines) * LINE_HEIGHT
        box = Rect(x - width / 2, y - height / 2, width, height)
        name = f"{edge.tail} {edge.arrow.value} {edge.head} (label)"
        return xml.shape(
            self.properties(name, one_line(edge.label)),
            self.invisible(box),
            self.text(edge.lines, self.colors.edge_text, "ctr", (0, 0)),
            box=True,
        )

    # Looks

    def line(self, stroke: Stroke, color: str, width: float, ends: str = "") -> str:
        if stroke.dash is Dash.NONE or width <= 0:
            return xml.NO_LINE
        broad = width * (THICK if stroke.thick else 1)
        dash = ""
        if stroke.dashes:
            lengths = [*stroke.dashes, *stroke.dashes][
                : len(stroke.dashes) + len(stroke.dashes) % 2
            ]
            parts = [round(100000 * length / broad) for length in lengths]
            pieces = (
                f'<a:ds d="{d}" sp="{s}"/>' for d, s in zip(parts[::2], parts[1::2], strict=True)
            )
            dash = f"<a:custDash>{''.join(pieces)}</a:custDash>"
        elif stroke.dash is not Dash.SOLID:
            kind = {Dash.DOTTED: "sysDot", Dash.DASHED: "dash"}[stroke.dash]
            dash = f'<a:prstDash val="{kind}"/>'
        return (
            f'<a:ln w="{self.length(broad)}">{xml.solid(stroke.color or color)}{dash}'
            f"<a:round/>{ends}</a:ln>"
        )

    def head(self, tag: str, head: Head, edge: DrawnEdge) -> str:
        """An arrowhead, always filled; in place of a hollow triangle there is an open one."""
        if head is Head.NONE:
            return f'<a:{tag} type="none"/>'
        kind = "arrow" if edge.hollow and head is Head.TRIANGLE else head.value
        # Its size goes by the line's width in points, a thin line's by that of one of 2.
        broad = self.theme.shape.edge_width * (THICK if edge.stroke.thick else 1)
        times = _HEAD * 0.75 * self.scale / max(2.0, broad * 0.75 * self.scale)
        size = min(_HEAD_SIZES, key=lambda name: abs(_HEAD_SIZES[name] - times))
        return f'<a:{tag} type="{kind}" w="{size}" len="{size}"/>'

    def text_color(self, fill: str | None, kind: str) -> str:
        return readable_on(fill) if fill else self.colors.color(f"{kind}-text")

    def sign(self, sign: DrawnSign) -> str:
        """Words in a pill, and the two lines that cross a box out."""
        line = self.line(sign.stroke, self.colors.node_line, self.theme.shape.node_width)
        shapes = ""
        if sign.crossed:
            frame = self.frame(sign.crossed)
            for turned in (frame, frame.replace("<a:xfrm>", '<a:xfrm flipV="1">')):
                shapes += xml.shape(
                    self.properties(f"{sign.node} (crossed out)"),
                    turned + xml.geometry(xml.Preset("line")) + line,
                    "",
                )
        pill = xml.geometry(xml.Preset("roundRect", adjust=50_000)) + xml.solid(
            self.colors.node_fill
        )
        return shapes + xml.shape(
            self.properties(f"{sign.node} (sign)", sign.line.text),
            self.frame(sign.box) + pill + line,
            self.text([sign.line], self.text_color(None, "node"), "ctr", (0, 0)),
        )

    def text(
        self,
        lines: Sequence[TextLine],
        color: str,
        anchor: str,
        shift: Point,
        *,
        flush: bool = False,
    ) -> str:
        """Lines of text that are not wrapped again, moved from the middle of their shape.

        Flush ones start all at the same distance from its left side.
        """
        insets = {"lIns": 0, "tIns": 0, "rIns": 0, "bIns": 0}
        dx, dy = self.length(shift[0] * (1 if flush else 2)), self.length(shift[1] * 2)
        insets["lIns" if dx > 0 else "rIns"] = abs(dx)
        insets["tIns" if dy > 0 else "bIns"] = abs(dy)
        turn = {90: ' vert="vert"', 180: ' rot="10800000"', 270: ' vert="vert270"'}
        room = "".join(f' {name}="{inset}"' for name, inset in insets.items())
        runs = []
        for line in lines:
            size = max(100, round(line.size * 0.75 * self.scale * 100))
            bold = ' b="1"' if line.bold else ""
            runs.append(
                f'<a:r><a:rPr lang="en-US" sz="{size}"{bold}>{xml.solid(line.color or color)}'
                f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/></a:rPr>'
                f"<a:t>{xml.escaped(line.text)}</a:t></a:r>"
            )
        return (
            f'<p:txBody><a:bodyPr wrap="none"{room} anchor="{anchor}"'
            f"{turn.get(lines[0].rotate, '')}><a:noAutofit/></a:bodyPr><a:lstStyle/>"
            f'<a:p><a:pPr algn="{"l" if flush else "ctr"}"/>{"<a:br/>".join(runs)}</a:p></p:txBody>'
        )


def _outside(href: str | None) -> str | None:
    """A link that leads somewhere from a file that may lie anywhere."""
    link = safe_link(href)
    return link if link and ":" in link else None


def _shifted(box: Rect, by: Point) -> Rect:
    return Rect(box.x + by[0], box.y + by[1], box.width, box.height)


def _around(boxes: Sequence[Rect]) -> Rect:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Rect(left, top, right - left, bottom - top)
