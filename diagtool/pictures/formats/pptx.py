"""PowerPoint: a deck with a slide for each drawing, of shapes and connectors to edit.

Shapes are PowerPoint's own where it has one that looks like ours, else freeforms. A box
that stands for several is a group; its front copy bears the text and holds the lines, which
lie above stacks, so that their arrowheads are in sight, and behind all other boxes.

LibreOffice goes by what a connector is glued to and finds a way of its own (as of 7.4).
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import (
    Close,
    Curve,
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Line,
    Move,
    Path,
    Picture,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import FormatError, Kind, Look
from diagtool.pictures.formats._drawn import THICK, plain, read_picture, safe_link
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
from diagtool.pictures.outlines import crossed
from diagtool.pictures.text_metrics import ASCENT, LINE_HEIGHT
from diagtool.pictures.themes import readable_on

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide, SlideLayout

SUFFIX = ".pptx"
KIND = Kind.PAGED

PIXEL = 9525
"""How many of PowerPoint's units (EMU) a CSS pixel has; an inch has 914400."""

FONT = "Arial"
"""As wide as the font that text was measured in."""

_WIDE = (12192000, 6858000)
_MARGIN = 457200
_TITLE, _BODY, _OBJECT = 1, 2, 7
"""What PowerPoint calls placeholders for a title, for text and for anything."""

_LARGEST = 2.0
"""How far a small drawing is enlarged to fill its slide."""

_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_CORE = "docProps/core.xml"
_MARK = re.compile(r"<dc:identifier>(sha256:[0-9a-f]{64})</dc:identifier>")


def write(drawings: Sequence[Drawing], look: Look) -> bytes:
    """A slide for each drawing, on the layouts of the look's template where it has one.

    The file says in its keywords which views it shows. Raises FormatError where python-pptx
    is not installed or cannot read the template.
    """
    deck = _template(look.template) if look.template else _plain_deck(look)
    layout = _layout(deck)
    for drawing in drawings:
        _Page(deck, deck.slides.add_slide(layout), drawing, look).fill()
    _drop_thumbnail(deck)
    file = io.BytesIO()
    deck.save(file)
    parts = _parts(file.getvalue())
    parts[_CORE] = _properties(drawings, _digest(parts))
    return _zipped(parts)


def edited(content: bytes) -> bool:
    """Whether a file is no longer as :func:`write` gave it, or never was ours."""
    try:
        parts = _parts(content)
        mark = _MARK.search(parts[_CORE].decode())
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError, RuntimeError):
        return True
    return mark is None or mark[1] != _digest(parts)


# --- the file -------------------------------------------------------------------------


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _digest(parts: Mapping[str, bytes]) -> str:
    """The digest of everything but the properties, which hold it."""
    digest = hashlib.sha256()
    for name in sorted(parts.keys() - {_CORE}):
        digest.update(f"{name}\n{len(parts[name])}\n".encode())
        digest.update(parts[name])
    return f"sha256:{digest.hexdigest()}"


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a file that is the same every time: it bears no date."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return file.getvalue()


def _properties(drawings: Sequence[Drawing], digest: str) -> bytes:
    """What the file says of itself. Our digest of its content tells whether it was edited."""
    title = _text(", ".join(drawing.title for drawing in drawings))
    origins = _text("; ".join(str(origin(drawing)) for drawing in drawings))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties'
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>diagtool</dc:creator>"
        f"<cp:keywords>{origins}</cp:keywords><dc:identifier>{digest}</dc:identifier>"
        "</cp:coreProperties>"
    ).encode()


# --- the deck and its layouts ---------------------------------------------------------


def _plain_deck(look: Look) -> Presentation:
    """python-pptx's own deck, whose layouts are for old screens, made as wide as new ones."""
    deck = _open(None)
    wider = _WIDE[0] / deck.slide_width if deck.slide_width else 1
    deck.slide_width, deck.slide_height = _WIDE  # type: ignore[assignment]
    deck.element.find("{*}sldSz").attrib.pop("type", None)
    master = deck.slide_master
    for holder in (master, *master.slide_layouts):
        for shape in holder.shapes:
            if shape.element.spPr.xfrm is None:
                continue
            shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)
    title = next(s for s in master.placeholders if s.placeholder_format.type == _TITLE)
    title.top, title.height = _MARGIN // 2, 2 * _MARGIN
    body = next(s for s in master.placeholders if s.placeholder_format.type == _BODY)
    body.top, body.height = 3 * _MARGIN, _WIDE[1] - 4 * _MARGIN
    for font in master.element.iterfind(".//{*}titleStyle/{*}lvl1pPr/{*}defRPr"):
        font.set("sz", "2800")
    if not look.transparent:
        fill = master.background.fill
        fill.solid()
        fill.fore_color.rgb = _rgb(look.theme.light.page)
    return deck


def _template(path: str) -> Presentation:
    """The deck of a file without its slides."""
    deck = _open(path)
    ids = deck.element.get_or_add_sldIdLst()
    for slide in list(ids):
        deck.part.drop_rel(slide.rId)
        ids.remove(slide)
    # What else names the slides that are gone would make PowerPoint repair the file.
    for gone in deck.element.xpath('./p:custShowLst | .//p:ext[.//*[local-name()="sldIdLst"]]'):
        gone.getparent().remove(gone)
    return deck


def _open(path: str | None) -> Presentation:
    try:
        from pptx import Presentation
    except ImportError:
        raise FormatError("pptx needs python-pptx: pip install 'diagtool[pptx]'") from None
    try:
        deck = Presentation(path)
        # The layouts are looked for here, so that a broken file is found out here.
        if not deck.slide_layouts or not deck.slide_width or not deck.slide_height:
            raise FormatError(f"{path}: the deck has no slide layout")
    except FormatError:
        raise
    except Exception as error:
        # python-pptx has no exception of its own for what is wrong inside of a file.
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise FormatError(f"{path}: not a PowerPoint deck (.pptx): {reason}") from None
    return deck


def _layout(deck: Presentation) -> SlideLayout:
    """The layout for a slide with a title and a picture."""

    def rank(layout: Any) -> int:
        kind = layout._element.get("type")
        if kind in ("titleOnly", "obj"):
            return ("titleOnly", "obj").index(kind)
        kinds = [holder.placeholder_format.type for holder in layout.placeholders]
        return 2 if _TITLE in kinds else 3 if kind == "blank" else 4

    return min(deck.slide_layouts, key=rank)


def _drop_thumbnail(deck: Presentation) -> None:
    """Leaves out the picture of the first slide: it is that of another deck."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    package = deck.part.package
    for id, relation in list(package._rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            package.drop_rel(id)


class _Area(NamedTuple):
    """A rectangle of a slide, in EMU."""

    left: int
    top: int
    right: int
    bottom: int


def _content_area(deck: Presentation, slide: Slide) -> _Area:
    """Where the picture goes: the layout's or master's room for content, below the title."""
    width, height = int(deck.slide_width or 0), int(deck.slide_height or 0)
    layout = slide.slide_layout
    room = _Area(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
    holders: tuple[Any, ...] = (*layout.placeholders, *layout.slide_master.placeholders)
    for holder in holders:
        kind = holder.placeholder_format.type
        if kind in (_BODY, _OBJECT) and holder.width and holder.height:
            room = _Area(
                *(holder.left, holder.top),
                *(holder.left + holder.width, holder.top + holder.height),
            )
            break
    title = slide.shapes.title
    if title is not None and title.height and room.top < title.top + title.height < room.bottom:
        room = room._replace(top=title.top + title.height)
    return room


def _rgb(color: str) -> Any:
    from pptx.dml import color as colors

    kind: Any = colors.RGBColor
    return kind.from_string(color[1:].upper())


# --- one slide ------------------------------------------------------------------------

_Sites = tuple[int, int, int, int]
"""The numbers of a shape's points for connectors: top, left, bottom, right."""

_USUAL: _Sites = (0, 1, 2, 3)
_ORDER = (Side.TOP, Side.LEFT, Side.BOTTOM, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class _Preset:
    """One of PowerPoint's shapes: its name, its points for connectors and its looks.

    A ``bare`` one has points that PowerPoint and LibreOffice number differently; there a box
    in front of the shape, which both see alike, bears the text and holds the lines.
    """

    name: str
    sites: _Sites = _USUAL
    adjust: int | None = None
    bare: bool = False


def _preset(node: DrawnNode, radius: float) -> _Preset | None:
    """PowerPoint's shape for a node, None where it has none that looks like ours."""
    box = node.box
    short = min(box.width, box.height)
    outline = node.copies[-1][0] if node.copies and node.copies[-1] else None
    first = outline.segments[0] if outline else None
    x, y = first.to if isinstance(first, Move) else (box.x, box.y)
    match node.shape:
        case "textbox" | "none":
            return _Preset("rect")
        case "box" | "square":
            return _round(radius, short) if radius else _Preset("rect")
        case "roundedbox":
            return _round(x - box.x, short)
        case "circle" | "ellipse" | "beginpoint":
            return _Preset("ellipse", (0, 2, 4, 6))
        case "diamond" | "minidiamond":
            return _Preset("diamond")
        case "flowchart.condition":
            return _Preset("flowChartDecision")
        case "cloud":
            return _Preset("cloud", bare=True)
        case "flowchart.database":
            return _Preset("can", adjust=_share(2 * (y - box.y), short), bare=True)
        case "flowchart.terminator":
            return _Preset("flowChartTerminator")
        case "flowchart.input":
            return _Preset("parallelogram", (0, 5, 4, 2), _share(x - box.x, short))
    return None


def _round(radius: float, short: float) -> _Preset:
    return _Preset("roundRect", adjust=min(_share(radius, short), 50000))


def _share(length: float, short: float) -> int:
    """A length in parts of a box's shorter side, as PowerPoint writes it."""
    return round(100000 * length / short) if short else 0


class _Page:
    """Draws one drawing on a slide. What its methods give is XML, with lengths in EMU."""

    def __init__(self, deck: Presentation, slide: Slide, drawing: Drawing, look: Look) -> None:
        self.slide, self.drawing = slide, drawing
        self.theme, self.colors = look.theme, look.theme.light
        self.own_deck = look.template is None
        area = _content_area(deck, slide)
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
        self.presets = {node.id: _preset(node, radius) for node in drawing.nodes}
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
        labels = [self.edge_label(edge) for edge in drawing.edges if edge.lines]
        stacks = [nodes.pop(node.id) for node in drawing.nodes if node.stacked]
        elements = [*groups, *stacks, *edges, *nodes.values(), *labels]
        tree = self.slide.shapes._spTree
        tree.extend(list(parse_xml(f"<p:spTree {_SPACES}>{''.join(elements)}</p:spTree>")))
        self.slide.element.cSld.set("name", plain(drawing.name))
        notes = self.slide.notes_slide.notes_text_frame
        if notes is not None:
            notes.text = plain("\n".join(filter(None, (*drawing.notes, drawing.description))))

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
            font.color.rgb = _rgb(readable_on(self.colors.page))

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
        about = f' descr="{_text(one_line(text))}"' if text else ""
        start = f'<p:cNvPr id="{self.last_id}" name="{_text(one_line(name))}"{about}'
        if not link:
            return f"{start}/>"
        from pptx.opc.constants import RELATIONSHIP_TYPE

        relation = self.slide.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return f'{start}><a:hlinkClick r:id="{relation}"/></p:cNvPr>'

    def group(self, group: DrawnGroup) -> str:
        """A frame. It lies behind what it holds, which can be moved out of it."""
        box, short = group.box, min(group.box.width, group.box.height)
        shape = _round(self.theme.shape.group_radius, short)
        fill = _NO_FILL if group.framed else _solid(group.fill or self.colors.group_fill)
        line = self.line(group.stroke, self.colors.group_line, self.theme.shape.group_width)
        body = _NO_TEXT
        if group.lines:
            top = group.lines[0].y - ASCENT * group.lines[0].size - box.y
            shift = center(group.lines)[0] - box.center[0]
            body = self.text(
                group.lines, self.text_color(group.fill, "group"), "t", (shift, top / 2)
            )
        label = one_line(group.label)
        frame = _shape(
            self.properties(group.id, label or group.id, _outside(group.href)),
            self.frame(box) + _geometry(shape) + fill + line,
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
            style = _solid(self.colors.node_fill) + self.line(
                Stroke(), self.colors.node_line, self.theme.shape.node_width
            )
            extras.append(
                _shape(
                    self.properties(f"{node.id} (number)", line.text),
                    self.frame(box) + _geometry(_Preset("ellipse")) + style,
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
        return _shape(properties, self.looks(node, _shifted(node.box, place)), _NO_TEXT)

    def front(self, node: DrawnNode, *, bare: bool) -> str:
        """The copy with the text, which edges lead to; only its text where it is bare."""
        properties = self.properties(node.id, self.names[node.id], _outside(node.href))
        self.ids[node.id] = self.last_id
        body = _NO_TEXT
        if node.lines:
            (x, y), (middle_x, middle_y) = center(node.lines), node.box.center
            left = min(line.x - line.width / 2 for line in node.lines)
            # The label of a dot stands beside it.
            flush = is_flush_left(node.lines) or left > middle_x
            shift = (left - node.box.x if flush else x - middle_x, y - middle_y)
            color = self.text_color(node.fill, "node")
            body = self.text(node.lines, color, "ctr", shift, flush=flush)
        return _shape(
            properties, self.invisible(node.box) if bare else self.looks(node, node.box), body
        )

    def invisible(self, box: Rect) -> str:
        """Place and looks of a box that only its text can be seen of."""
        return self.frame(box) + _geometry(_Preset("rect")) + _NO_FILL + _NO_LINE

    def looks(self, node: DrawnNode, box: Rect) -> str:
        """Place, outline, colours and shadow of a node's shape."""
        if not node.copies[-1]:
            return self.invisible(box)
        outlines = node.copies[-1]
        preset = self.presets[node.id]
        geometry = _geometry(preset) if preset else self.freeform(node.box, outlines)
        line_color = node.stroke.color or self.colors.node_line
        inked = any(outline.inked for outline in outlines)
        fill = _solid(line_color if inked else node.fill or self.colors.node_fill)
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
        if not (dx or dy):
            return ""
        angle = round(math.degrees(math.atan2(dy, dx)) % 360 * 60000)
        return (
            f'<a:effectLst><a:outerShdw dist="{self.length(math.hypot(dx, dy))}" dir="{angle}"'
            f' algn="ctr" rotWithShape="0">{_color(self.colors.shadow)}</a:outerShdw></a:effectLst>'
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
            f"</p:blipFill><p:spPr>{self.frame(inner)}{_geometry(_Preset('rect'))}</p:spPr></p:pic>"
        )

    # Edges

    def edge(self, edge: DrawnEdge) -> str:
        """A connector that is glued to both of its nodes."""
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
        geometry = self.connector([self.point(point) for point in bends(points)])
        return (
            f"<p:cxnSp><p:nvCxnSpPr>{properties}<p:cNvCxnSpPr>{glue}</p:cNvCxnSpPr><p:nvPr/>"
            f"</p:nvCxnSpPr><p:spPr>{geometry}{line}</p:spPr></p:cxnSp>"
        )

    def site(self, tag: str, node: str, side: Side) -> str:
        if node not in self.ids:
            return ""
        preset = self.presets[node]
        index = (preset.sites if preset else _USUAL)[_ORDER.index(side)]
        return f'<a:{tag} id="{self.ids[node]}" idx="{index}"/>'

    def landing(self, id: str, side: Side, at: Point) -> Point:
        """Where a line reaches the front copy, which may be further on than it was drawn."""
        if id not in self.nodes:
            return at
        axis = 1 if side in (Side.TOP, Side.BOTTOM) else 0
        reach = crossed(self.nodes[id].copies[-1], axis, at[1 - axis])
        if reach is None:
            reach = (side.middle(self.nodes[id].box)[axis],) * 2
        here = reach[side in (Side.RIGHT, Side.BOTTOM)]
        return (here, at[1]) if axis == 0 else (at[0], here)

    def connector(self, points: Sequence[tuple[int, int]]) -> str:
        """Place and shape of a line with up to four bends; one with more is a freeform.

        PowerPoint describes a bent connector as if it ran level from the top left to the
        bottom right corner of its frame, which is then flipped and turned.
        """
        (x1, y1), (x2, y2) = points[0], points[-1]
        level = points[0][1] == points[1][1]
        turned = not level and len(points) > 2
        runs = [b[0] - a[0] if a[1] == b[1] else b[1] - a[1] for a, b in pairwise(points)]
        square = all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points))
        if len(points) > 2 and not (square and len(points) <= 6):
            return self.loose(points)
        dx, dy = x2 - x1, y2 - y1
        along, across = (dy, dx) if turned else (dx, dy)
        # A part of nothing is nothing: a frame without width gets a little.
        width, height = abs(along), abs(across)
        if len(points) > 3:
            width = max(width, _LITTLE)
        if len(points) > 4:
            height = max(height, _LITTLE)
        flips = ""
        if along < 0:
            flips += ' flipH="1"'
        if (across >= 0) if turned else (across < 0):
            flips += ' flipV="1"'
        if turned:
            flips = f' rot="5400000"{flips}'
        # How far each inner piece of the line is from the start, in parts of the frame.
        ahead = [0, 0]
        adjusts = []
        for index, run in enumerate(runs[:-2]):
            axis = index % 2
            ahead[axis] += run
            size, way = ((width, along), (height, across))[axis]
            adjusts.append(round(100000 * ahead[axis] * (1 if way >= 0 else -1) / size))
        middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
        off = f'x="{round(middle_x - width / 2)}" y="{round(middle_y - height / 2)}"'
        name = "straightConnector1" if len(points) == 2 else f"bentConnector{len(points) - 1}"
        values = "".join(
            f'<a:gd name="adj{number}" fmla="val {value}"/>'
            for number, value in enumerate(adjusts, 1)
        )
        return (
            f'<a:xfrm{flips}><a:off {off}/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            f'<a:prstGeom prst="{name}"><a:avLst>{values}</a:avLst></a:prstGeom>'
        )

    def loose(self, points: Sequence[tuple[int, int]]) -> str:
        """A line with more bends than PowerPoint has connectors for."""
        xs, ys = zip(*points, strict=True)
        left, top = min(xs), min(ys)
        width, height = max(xs) - left, max(ys) - top
        steps = "".join(
            f'<a:{tag}><a:pt x="{x - left}" y="{y - top}"/></a:{tag}>'
            for tag, (x, y) in zip(("moveTo", *["lnTo"] * (len(points) - 1)), points, strict=True)
        )
        return (
            f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            f'<a:rect l="l" t="t" r="r" b="b"/><a:pathLst><a:path w="{width}" h="{height}"'
            f' fill="none">{steps}</a:path></a:pathLst></a:custGeom>'
        )

    def edge_label(self, edge: DrawnEdge) -> str:
        """The text on a line, which PowerPoint's connectors cannot hold."""
        x, y = center(edge.lines)
        width = max(line.width for line in edge.lines)
        height = sum(line.size for line in edge.lines) * LINE_HEIGHT
        box = Rect(x - width / 2, y - height / 2, width, height)
        name = f"{edge.tail} {edge.arrow.value} {edge.head} (label)"
        return _shape(
            self.properties(name, one_line(edge.label)),
            self.invisible(box),
            self.text(edge.lines, self.colors.edge_text, "ctr", (0, 0)),
            box=True,
        )

    # Looks

    def line(self, stroke: Stroke, color: str, width: float, ends: str = "") -> str:
        if stroke.dash is Dash.NONE or width <= 0:
            return _NO_LINE
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
            f'<a:ln w="{self.length(broad)}">{_solid(stroke.color or color)}{dash}'
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
                f'<a:r><a:rPr lang="en-US" sz="{size}"{bold}>{_solid(line.color or color)}'
                f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/></a:rPr>'
                f"<a:t>{_text(line.text)}</a:t></a:r>"
            )
        return (
            f'<p:txBody><a:bodyPr wrap="none"{room} anchor="{anchor}"'
            f"{turn.get(lines[0].rotate, '')}><a:noAutofit/></a:bodyPr><a:lstStyle/>"
            f'<a:p><a:pPr algn="{"l" if flush else "ctr"}"/>{"<a:br/>".join(runs)}</a:p></p:txBody>'
        )


_LITTLE = 1270
_HEAD = 8
_HEAD_SIZES = {"sm": 2, "med": 3, "lg": 5}
_NO_FILL = "<a:noFill/>"
_NO_LINE = f"<a:ln>{_NO_FILL}</a:ln>"
_NO_TEXT = "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody>"


def _shape(properties: str, looks: str, body: str, *, box: bool = False) -> str:
    kind = '<p:cNvSpPr txBox="1"/>' if box else "<p:cNvSpPr/>"
    return (
        f"<p:sp><p:nvSpPr>{properties}{kind}<p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{looks}</p:spPr>{body}</p:sp>"
    )


def _geometry(preset: _Preset) -> str:
    adjust = ""
    if preset.adjust is not None:
        adjust = f'<a:gd name="adj" fmla="val {preset.adjust}"/>'
    return f'<a:prstGeom prst="{preset.name}"><a:avLst>{adjust}</a:avLst></a:prstGeom>'


def _solid(color: str) -> str:
    return f"<a:solidFill>{_color(color)}</a:solidFill>"


def _color(color: str) -> str:
    return f'<a:srgbClr val="{color[1:].upper()}"/>'


def _text(text: str) -> str:
    return escape(plain(text))


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
