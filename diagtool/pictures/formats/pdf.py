"""PDF in light colours: vectors, text in embedded fonts, one page per drawing."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from diagtool.pictures.digest import origin, seal
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
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import FormatError, FormatKind, Look, note
from diagtool.pictures.formats._drawn import (
    THICK,
    cross,
    dashes,
    edge_labels,
    edge_line,
    font_files,
    node_outlines,
    plain,
    read_picture,
    rectangle,
    safe_link,
    text_lines,
)
from diagtool.pictures.text_metrics import REGULAR
from diagtool.pictures.themes import readable_on

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

SUFFIX = ".pdf"
KIND = FormatKind.PAGED

POINTS = 0.75
"""How many points a CSS pixel has."""


def write(drawings: Sequence[Drawing], look: Look) -> bytes:
    """A page for each drawing, as large as the drawing.

    The file says in its keywords which views it shows, and ends in a digest of all that is
    before it, by which it can be told that it was changed. Raises FormatError where reportlab
    is not installed or cannot use the font of the look.
    """
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError:
        raise FormatError("pdf needs reportlab: pip install 'diagtool[pdf]'") from None
    file = io.BytesIO()
    # The first font is named, or every page would name Helvetica, which is not embedded.
    first = _font(str(REGULAR)).fontName
    canvas = Canvas(file, invariant=1, pageCompression=1, initialFontName=first)  # type: ignore[arg-type]
    canvas.setCreator("diagtool")
    canvas.setAuthor("")
    canvas.setTitle(plain(", ".join(drawing.title for drawing in drawings)))
    canvas.setSubject(plain("\n".join(filter(None, (d.description for d in drawings)))))
    origins = "; ".join(str(origin(drawing)) for drawing in drawings)
    canvas.setKeywords(plain(f"{origins}{note(look)}"))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    for drawing in drawings:
        _warn_of_unshaped(drawing, look)
        _Page(canvas, drawing, look).paint()
        canvas.showPage()
    canvas.save()
    content = file.getvalue()
    # Not at the very end, where some readers of PDF (that of XeTeX) want "startxref" to be.
    at = content.rindex(b"startxref")
    return content[:at] + f"%sealed {seal([content])}\n".encode() + content[at:]


@cache
def _font(path: str) -> TTFont:
    """The font of a file, known to reportlab under its path."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        font = TTFont(path, path)
    except TTFError as error:
        raise FormatError(f"{path}: not a font for a PDF: {error}") from None
    registerFont(font)
    return font


def _warn_of_unshaped(drawing: Drawing, look: Look) -> None:
    """Tells of text whose letters change or move with their neighbours, which ours do not."""
    for text in dict.fromkeys(line.text for line in text_lines(drawing)):
        if any(
            unicodedata.bidirectional(character) in ("R", "AL")
            or unicodedata.category(character) == "Mc"
            for character in text
        ):
            look.warn(f"{drawing.name}: a PDF cannot join or turn the letters of {text!r}")


class _Page:
    """Paints one drawing. Lengths are pixels, ``y`` counts from the bottom of the page."""

    def __init__(self, canvas: Canvas, drawing: Drawing, look: Look) -> None:
        self.canvas = canvas
        self.drawing = drawing
        self.theme = look.theme
        self.colors = look.theme.light
        self.opaque = not look.transparent
        self.scale = POINTS * look.scale
        regular, bold = font_files(drawing, look)
        self.fonts = {False: [*map(_font, regular)], True: [*map(_font, bold)]}

    def paint(self) -> None:
        """The whole page, from back to front, and its entry in the list of contents."""
        drawing, canvas, shape = self.drawing, self.canvas, self.theme.shape
        canvas.setPageSize((drawing.width * self.scale, drawing.height * self.scale))
        canvas.bookmarkPage(drawing.name)
        canvas.addOutlineEntry(plain(drawing.title), drawing.name)
        canvas.scale(self.scale, self.scale)
        canvas.setLineJoin(1)
        if self.opaque:
            canvas.setFillColor(self.colors.page)
            canvas.rect(0, 0, drawing.width, drawing.height, stroke=0, fill=1)
        for group in drawing.groups:
            self.group(group)
        if drawing.shadows and any(shape.shadow):
            for node in drawing.nodes:
                self.shadow(node)
        for edge, label in zip(drawing.edges, edge_labels(drawing.edges), strict=True):
            self.edge(edge, label)
        for node in drawing.nodes:
            self.node(node)
        for sign in drawing.signs:
            self.sign(sign)

    def group(self, group: DrawnGroup) -> None:
        box = group.box
        outline = rectangle(
            *(box.x, box.y, box.right, box.bottom, self.theme.shape.group_radius),
            filled=not group.framed,
        )
        self.outline(outline, "group", group.fill, group.stroke)
        for picture in group.pictures:
            self.picture(picture)
        for line in group.lines:
            self.text(line, "group", group.fill)
        self.link(group)

    def node(self, node: DrawnNode) -> None:
        for copy in node_outlines(node, self.theme):
            for outline in copy:
                self.outline(outline, "node", node.fill, node.stroke)
        for picture in node.pictures:
            self.picture(picture)
        for line in node.lines:
            self.text(line, "node", node.fill)
        if node.badge:
            box, line = node.badge
            disc = rectangle(box.x, box.y, box.right, box.bottom, box.height / 2)
            self.outline(disc, "node", None, Stroke())
            self.text(line, "node", None)
        self.link(node)

    def sign(self, sign: DrawnSign) -> None:
        box = sign.box
        if sign.crossed:
            self.outline(cross(sign.crossed), "node", None, sign.stroke)
        pill = rectangle(box.x, box.y, box.right, box.bottom, box.height / 2)
        self.outline(pill, "node", None, sign.stroke)
        self.text(sign.line, "node", None)

    def shadow(self, node: DrawnNode) -> None:
        dx, dy = self.theme.shape.shadow
        self.canvas.saveState()
        self.canvas.translate(dx, -dy)
        self.canvas.setFillColor(self.colors.shadow)
        for copy in node_outlines(node, self.theme):
            for outline in copy:
                self.path(outline, fill=outline.filled, stroke=False)
        self.canvas.restoreState()

    def edge(self, edge: DrawnEdge, label: Sequence[TextLine]) -> None:
        color = edge.stroke.color or self.colors.edge_line
        self.pen(edge.stroke, color, self.theme.shape.edge_width)
        if edge.stroke.dash is not Dash.NONE:
            self.path(edge_line(edge, self.theme), fill=False, stroke=True)
        self.pen(Stroke(), color, self.theme.shape.edge_width)
        self.canvas.setFillColor(self.colors.page if edge.hollow else color)
        for tip, *others in edge.heads:
            polygon = Path((Move(tip), *map(Line, others), Close()))
            self.path(polygon, fill=True, stroke=True)
        for line in label:
            self.text(line, "edge", None)

    def outline(self, outline: Path, kind: str, author_fill: str | None, stroke: Stroke) -> None:
        """One outline of a node or group."""
        width = self.theme.shape.node_width if kind == "node" else self.theme.shape.group_width
        ink = stroke.color or self.colors.color(f"{kind}-line")
        self.pen(stroke, ink, width)
        fill = author_fill or self.colors.color(f"{kind}-fill")
        self.canvas.setFillColor(ink if outline.inked else fill)
        stroked = outline.stroked and stroke.dash is not Dash.NONE and width > 0
        self.path(outline, fill=outline.filled, stroke=stroked)

    def pen(self, stroke: Stroke, color: str, width: float) -> None:
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(width * THICK if stroke.thick else width)
        self.canvas.setDash(list(dashes(stroke)))

    def path(self, path: Path, *, fill: bool, stroke: bool) -> None:
        if not (fill or stroke):
            return
        height = self.drawing.height
        drawn = self.canvas.beginPath()
        for segment in path.segments:
            match segment:
                case Close():
                    drawn.close()
                case Curve((x1, y1), (x2, y2), (x, y)):
                    drawn.curveTo(x1, height - y1, x2, height - y2, x, height - y)
                case Move((x, y)):
                    drawn.moveTo(x, height - y)
                case Line((x, y)):
                    drawn.lineTo(x, height - y)
        self.canvas.drawPath(drawn, fill=int(fill), stroke=int(stroke))

    def text(self, line: TextLine, kind: str, author_fill: str | None) -> None:
        """One line of text, as wide as it was measured."""
        theirs = readable_on(author_fill) if author_fill else None
        runs = [
            (font, run, font.stringWidth(run, line.size))
            for font, run in self.runs(plain(line.text), line.bold)
        ]
        width = sum(width for _, _, width in runs)
        if not width:
            return
        canvas = self.canvas
        canvas.saveState()
        canvas.setFillColor(line.color or theirs or self.colors.color(f"{kind}-text"))
        canvas.translate(line.x, self.drawing.height - line.y)
        canvas.rotate(-line.rotate)
        text = canvas.beginText(-line.width / 2, 0)
        text.setHorizScale(100 * line.width / width)
        for font, run, _ in runs:
            text.setFont(font.fontName, line.size)
            text.textOut(run)
        canvas.drawText(text)
        canvas.restoreState()

    def runs(self, text: str, bold: bool) -> Iterator[tuple[TTFont, str]]:
        """The text cut into runs of one font, the first one that has the characters."""
        fonts = self.fonts[bold]
        run, last = "", fonts[0]
        for character in text:
            font = next((f for f in fonts if ord(character) in f.face.charToGlyph), fonts[0])
            if font is not last and run:
                yield last, run
                run = ""
            run, last = run + character, font
        if run:
            yield last, run

    def picture(self, picture: Picture) -> None:
        from reportlab.lib.utils import ImageReader

        box = picture.box
        self.canvas.drawImage(
            ImageReader(io.BytesIO(read_picture(picture.path)[1])),
            *(box.x, self.drawing.height - box.bottom, box.width, box.height),
            mask="auto",
            preserveAspectRatio=True,
        )

    def link(self, thing: DrawnNode | DrawnGroup) -> None:
        link, box, height = safe_link(thing.href), thing.box, self.drawing.height
        # A relative URL leads nowhere from a file that may lie anywhere.
        if link and ":" in link:
            corners = (box.x, height - box.bottom, box.right, height - box.y)
            self.canvas.linkURL(link, corners, relative=1)
