"""DrawingML: the elements that slides are made of, with lengths in EMU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from diagtool.pictures.drawing import DrawnNode, Move
from diagtool.pictures.formats._drawn import plain
from diagtool.pictures.formats._editable import Side

NO_FILL = "<a:noFill/>"
NO_LINE = f"<a:ln>{NO_FILL}</a:ln>"
NO_TEXT = "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody>"

SIDES = (Side.TOP, Side.LEFT, Side.BOTTOM, Side.RIGHT)
"""The sides of a box in the order in which PowerPoint numbers their points for connectors."""

Sites = tuple[int, int, int, int]
"""The numbers of a shape's points for connectors: top, left, bottom, right."""

NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
"""The prefixes of the elements here."""

USUAL_SITES: Sites = (0, 1, 2, 3)

_POWERPOINT_2010 = "http://schemas.microsoft.com/office/drawing/2010/main"

_LITTLE = 1270
"""What a frame without width gets."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One of PowerPoint's shapes: its name, its points for connectors and its looks.

    A ``bare`` one has points that PowerPoint and LibreOffice number differently; there a box
    in front of the shape, which both see alike, bears the text and holds the lines.
    """

    name: str
    sites: Sites = USUAL_SITES
    adjust: int | None = None
    bare: bool = False


def preset_of(node: DrawnNode, radius: float) -> Preset | None:
    """PowerPoint's shape for a node, None where it has none that looks like ours."""
    box = node.box
    short = min(box.width, box.height)
    outline = node.copies[-1][0] if node.copies and node.copies[-1] else None
    first = outline.segments[0] if outline else None
    x, y = first.to if isinstance(first, Move) else (box.x, box.y)
    match node.shape:
        case "textbox" | "none":
            return Preset("rect")
        case "box" | "square":
            return rounded(radius, short) if radius else Preset("rect")
        case "roundedbox":
            return rounded(x - box.x, short)
        case "circle" | "ellipse" | "beginpoint":
            return Preset("ellipse", (0, 2, 4, 6))
        case "diamond" | "minidiamond":
            return Preset("diamond")
        case "flowchart.condition":
            return Preset("flowChartDecision")
        case "cloud":
            return Preset("cloud", bare=True)
        case "flowchart.database":
            return Preset("can", adjust=_share(2 * (y - box.y), short), bare=True)
        case "flowchart.terminator":
            return Preset("flowChartTerminator")
        case "flowchart.input":
            return Preset("parallelogram", (0, 5, 4, 2), _share(x - box.x, short))
    return None


def rounded(radius: float, short: float) -> Preset:
    """A box with round corners, whose shorter side is ``short``."""
    return Preset("roundRect", adjust=min(_share(radius, short), 50000))


def _share(length: float, short: float) -> int:
    """A length in parts of a box's shorter side, as PowerPoint writes it."""
    return round(100000 * length / short) if short else 0


def shape(properties: str, looks: str, body: str, *, box: bool = False) -> str:
    """A shape of the parts that others give; ``box`` says that it is a text box."""
    kind = '<p:cNvSpPr txBox="1"/>' if box else "<p:cNvSpPr/>"
    return (
        f"<p:sp><p:nvSpPr>{properties}{kind}<p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{looks}</p:spPr>{body}</p:sp>"
    )


def connector(properties: str, glue: str, looks: str) -> str:
    """A line that may be glued to shapes."""
    return (
        f"<p:cxnSp><p:nvCxnSpPr>{properties}<p:cNvCxnSpPr>{glue}</p:cNvCxnSpPr><p:nvPr/>"
        f"</p:nvCxnSpPr><p:spPr>{looks}</p:spPr></p:cxnSp>"
    )


def either(powerpoint: str, others: str) -> str:
    """One element for PowerPoint (from 2010 on), and one in its place for other programs.

    LibreOffice goes by the prefix of what is required and not by its namespace (as of 7.4).
    """
    return (
        f'<mc:AlternateContent><mc:Choice xmlns:powerpoint="{_POWERPOINT_2010}"'
        f' Requires="powerpoint">{powerpoint}</mc:Choice>'
        f"<mc:Fallback>{others}</mc:Fallback></mc:AlternateContent>"
    )


def geometry(preset: Preset) -> str:
    """The outline of a shape that PowerPoint knows."""
    adjust = ""
    if preset.adjust is not None:
        adjust = f'<a:gd name="adj" fmla="val {preset.adjust}"/>'
    return f'<a:prstGeom prst="{preset.name}"><a:avLst>{adjust}</a:avLst></a:prstGeom>'


def solid(rgb: str) -> str:
    """A fill of one colour, which is ``#rrggbb``."""
    return f"<a:solidFill>{color(rgb)}</a:solidFill>"


def color(rgb: str) -> str:
    """A colour, which is ``#rrggbb``."""
    return f'<a:srgbClr val="{rgb[1:].upper()}"/>'


def escaped(text: str) -> str:
    """A text for an element or attribute."""
    return escape(plain(text))


def bent_line(points: Sequence[tuple[int, int]]) -> str:
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
        return freeform_line(points)
    dx, dy = x2 - x1, y2 - y1
    along, across = (dy, dx) if turned else (dx, dy)
    # Adjustments are parts of the frame, and a part of nothing is nothing.
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
        f'<a:gd name="adj{number}" fmla="val {value}"/>' for number, value in enumerate(adjusts, 1)
    )
    return (
        f'<a:xfrm{flips}><a:off {off}/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        f'<a:prstGeom prst="{name}"><a:avLst>{values}</a:avLst></a:prstGeom>'
    )


def freeform_line(points: Sequence[tuple[int, int]]) -> str:
    """Place and shape of a line with any bends."""
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
