"""SVG: a file that stands alone, or a picture inside an HTML page.

Text is text, colours are CSS custom properties with a light and a dark set, and nothing
comes from outside. Programs that know no custom properties read the light set from
attributes. What an author chose to colour has no class, so that no style sheet touches it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from html import escape

from diagtool.model.diagram import Arrow
from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import (
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
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import FormatKind, Look, _svg_css, note
from diagtool.pictures.formats._drawn import (
    THICK,
    cross,
    dashes,
    edge_labels,
    edge_line,
    node_outlines,
    plain,
    read_picture,
    rectangle,
    safe_link,
)
from diagtool.pictures.themes import Palette, Theme, contrast, readable_on

SUFFIX = ".svg"
KIND = FormatKind.DRAWN

FONTS = "'Liberation Sans',Arial,Helvetica,sans-serif"
ARROWS = {Arrow.FORWARD: "→", Arrow.BACK: "←", Arrow.BOTH: "↔", Arrow.NONE: "—"}
TEXT_CONTRAST, LINE_CONTRAST = 4.5, 3.0
"""What WCAG 2 AA asks for."""

CRISP = 0.5
"""How far the view is shifted: thin lines along whole numbers then fill whole pixels."""

LEGIBLE = 9
"""How many CSS pixels the smallest letters of an inline picture keep before it scrolls."""

NARROWEST = 0.85
"""How far a picture shrinks in any case."""

FEW = 24
"""How many pixels more it shrinks where that saves it from scrolling."""

_NOT_ID = re.compile(r"[^A-Za-z0-9_-]")


def write(drawing: Drawing, look: Look) -> bytes:
    """A file that stands alone, light or dark as its reader prefers."""
    source = _text(f"{origin(drawing)}{note(look)}")
    head = f"<style>{_svg_css.alone(look.theme)}</style><metadata>{source}</metadata>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_alone(drawing, look, head)}\n'.encode()


def still(drawing: Drawing, look: Look) -> str:
    """The picture in the light set alone, for a program that makes something else of it."""
    return _alone(drawing, look, "")


def inline(
    drawing: Drawing, look: Look, *, id_prefix: str, links: Mapping[str, str] | None = None
) -> str:
    """An ``<svg>`` element for an HTML page that has the style sheet of inline pictures.

    ``id_prefix`` must differ from that of every other picture on the page. ``links`` leads
    nodes and groups, by id, to the URLs of what they stand for; a picture with links is a
    group of things rather than one image, and the keyboard reaches each of its boxes.
    Put in an element of class ``topo-scroll``, a picture that is too wide scrolls.
    """
    pen = _Pen(drawing, look.theme, id_prefix, links or {})
    least = drawing.width * look.scale * min(NARROWEST, LEGIBLE / (_smallest(drawing) * look.scale))
    # Nothing scrolls for a few pixels: where less is missing, the room that there is will do.
    room = f"max(100%,({_number(least - FEW)}px - 100%)*9999)"
    rules = f"#{pen.prefix}{{min-width:min({_number(least)}px,{room})}}"
    if pen.interactive:
        rules += pen.lighting()
    return pen.picture(look.scale, "", f"<style>{rules}</style>")


def _smallest(drawing: Drawing) -> float:
    """The size of the smallest letters."""
    parts: tuple[DrawnGroup | DrawnNode, ...] = (*drawing.groups, *drawing.nodes)
    lines = [*(part.lines for part in parts), *edge_labels(drawing.edges)]
    return min((line.size for each in lines for line in each), default=LEGIBLE)


def _alone(drawing: Drawing, look: Look, head: str) -> str:
    if not look.transparent:
        page = look.theme.light.page
        corner = f'x="-{CRISP}" y="-{CRISP}"'
        head += f'<rect class="topo-page" {corner} width="100%" height="100%" fill="{page}"/>'
    spaces = ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return _Pen(drawing, look.theme, drawing.name, {}).picture(look.scale, spaces, head)


class _Pen:
    """Writes one picture: knows its theme, its links and the ids that it has given away."""

    def __init__(
        self, drawing: Drawing, theme: Theme, prefix: str, links: Mapping[str, str]
    ) -> None:
        self.drawing = drawing
        self.theme = theme
        self.light, self.dark = _colors(theme.light), _colors(theme.dark)
        prefix = _NOT_ID.sub("_", prefix)
        self.prefix = prefix if prefix[:1].isalpha() else f"topo-{prefix}"
        parts: tuple[DrawnGroup | DrawnNode, ...] = (*drawing.groups, *drawing.nodes)
        self.links = {
            part.id: link
            for part in parts
            if (link := safe_link(links.get(part.id)) or safe_link(part.href))
        }
        self.interactive = bool(self.links)
        self.ids: dict[tuple[str, str], str] = {}
        self.taken: set[str] = set()

    def id(self, kind: str, name: str) -> str:
        """The id of an element, which is safe in XML and CSS: the same at every call."""
        if (kind, name) not in self.ids:
            base = id = f"{self.prefix}-{kind}-{_NOT_ID.sub('_', name)}"
            number = 1
            while id in self.taken:
                number += 1
                id = f"{base}-{number}"
            self.taken.add(id)
            self.ids[kind, name] = id
        return self.ids[kind, name]

    def picture(self, scale: float, spaces: str, head: str) -> str:
        """The whole element, with ``head`` after its title and description.

        The inside of an image is hidden from those who cannot see it, and so a picture with
        links is a group.
        """
        drawing, role = self.drawing, "group" if self.interactive else "img"
        titles = f'<title id="{self.prefix}-title">{_text(drawing.title)}</title>'
        labels = f'aria-labelledby="{self.prefix}-title"'
        if drawing.description:
            titles += f'<desc id="{self.prefix}-desc">{_text(drawing.description)}</desc>'
            labels += f' aria-describedby="{self.prefix}-desc"'
        width, height = drawing.width, drawing.height
        return (
            f'<svg{spaces} role="{role}" id="{self.prefix}" class="topo-drawing" {labels}'
            f' width="{_number(width * scale)}" height="{_number(height * scale)}"'
            f' viewBox="-{CRISP} -{CRISP} {_number(width)} {_number(height)}"'
            f' font-family="{FONTS}" text-anchor="middle">'
            f"{titles}{head}{self.body()}</svg>"
        )

    def body(self) -> str:
        """Everything that is painted, from back to front."""
        drawing, shape = self.drawing, self.theme.shape
        labels = {node.id: _text(_words(node.label) or node.id) for node in drawing.nodes}
        shadows = map(self.shadow, drawing.nodes) if drawing.shadows and any(shape.shadow) else ()
        edges = (
            self.edge(edge, number, labels, lines)
            for number, (edge, lines) in enumerate(
                zip(drawing.edges, edge_labels(drawing.edges), strict=True), 1
            )
        )
        return (
            _layer("groups", shape.group_width, map(self.group, drawing.groups))
            + "".join(shadows)
            + _layer("edges", shape.edge_width, edges)
            + _layer("nodes", shape.node_width, map(self.node, drawing.nodes))
            + (
                _layer("signs", shape.node_width, map(self.sign, drawing.signs))
                if drawing.signs
                else ""
            )
        )

    def lighting(self) -> str:
        """The rules that light up the edges of a box under the pointer or the keyboard."""
        edges: dict[str, list[str]] = {}
        for number, edge in enumerate(self.drawing.edges, 1):
            for end in dict.fromkeys((edge.tail, edge.head)):
                edges.setdefault(end, []).append("#" + self.id("edge", str(number)))
        lit = "{--topo-edge-line:var(--topo-accent);stroke-width:2.25;opacity:1}"
        return "".join(
            f"#{self.prefix}:has(#{self.id('node', node)}:is(:hover,:focus-within))"
            f" :is({','.join(touching)}){lit}"
            for node, touching in edges.items()
        )

    def group(self, group: DrawnGroup) -> str:
        box = group.box
        radius = self.theme.shape.group_radius
        outline = rectangle(box.x, box.y, box.right, box.bottom, radius, filled=not group.framed)
        content = (
            self.outline(outline, "group", group.fill, group.stroke)
            + "".join(map(_picture, group.pictures))
            + "".join(self.text(line, "group", group.fill) for line in group.lines)
        )
        return self.named("group", group.id, group.label, content)

    def node(self, node: DrawnNode) -> str:
        content = "".join(
            self.outline(outline, "node", node.fill, node.stroke)
            for copy in node_outlines(node, self.theme)
            for outline in copy
        )
        content += "".join(map(_picture, node.pictures))
        content += "".join(self.text(line, "node", node.fill) for line in node.lines)
        if node.badge:
            content += self.badge(*node.badge)
        return self.named("node", node.id, node.label, content)

    def badge(self, box: Rect, line: TextLine) -> str:
        disc = rectangle(box.x, box.y, box.right, box.bottom, box.height / 2)
        return self.outline(disc, "node", None, Stroke()) + self.text(line, "node", None)

    def sign(self, sign: DrawnSign) -> str:
        box = sign.box
        pill = rectangle(box.x, box.y, box.right, box.bottom, box.height / 2)
        content = ""
        if sign.crossed:
            content += self.outline(cross(sign.crossed), "node", None, sign.stroke)
        return (
            content
            + self.outline(pill, "node", None, sign.stroke)
            + self.text(sign.line, "node", None)
        )

    def shadow(self, node: DrawnNode) -> str:
        dx, dy = self.theme.shape.shadow
        data = "".join(
            _data(outline)
            for copy in node_outlines(node, self.theme)
            for outline in copy
            if outline.filled
        )
        return (
            f'<path class="topo-shadow" fill="{self.light["shadow"]}"'
            f' transform="translate({_number(dx)} {_number(dy)})" d="{data}"/>'
        )

    def edge(
        self,
        edge: DrawnEdge,
        number: int,
        labels: Mapping[str, str],
        lines: Sequence[TextLine],
    ) -> str:
        tail, head = _text(edge.tail), _text(edge.head)
        title = f"{labels.get(edge.tail, tail)} {ARROWS[edge.arrow]} {labels.get(edge.head, head)}"
        if edge.label:
            title += f": {_text(_words(edge.label))}"
        role, color = self.ink("edge-line", edge.stroke.color, self.dark["page"], LINE_CONTRAST)
        content = ""
        if edge.stroke.dash is not Dash.NONE:
            look = _dashes(edge.stroke) + _thick(edge.stroke, self.theme.shape.edge_width)
            line = _data(edge_line(edge, self.theme))
            content = f'<path{_class(role)} fill="none" stroke="{color}"{look} d="{line}"/>'
        for points in edge.heads:
            corners = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
            if edge.hollow:
                inside, fill = "topo-page", self.light["page"]
            else:
                inside, fill = role.replace("line", "head"), color
            content += (
                f'<polygon{_class(role, inside)} fill="{fill}" stroke="{color}"'
                f' stroke-linejoin="round" points="{corners}"/>'
            )
        content += "".join(self.text(line, "edge", None) for line in lines)
        return (
            f'<g id="{self.id("edge", str(number))}" class="topo-edge"'
            f' data-tail="{tail}" data-arrow="{_text(edge.arrow.value)}"'
            f' data-head="{head}"><title>{title}</title>{content}</g>'
        )

    def named(self, kind: str, id: str, label: str, content: str) -> str:
        """A node or group with its name and, where it has one, its link."""
        name = _text(_words(label) or id)
        attributes = f'id="{self.id(kind, id)}" class="topo-{kind}" data-id="{_text(id)}"'
        if link := self.links.get(id):
            content = f'<a href="{_text(link)}" aria-label="{name}">{content}</a>'
        elif self.interactive and kind == "node":
            attributes += f' tabindex="0" role="img" aria-label="{name}"'
        return f"<g {attributes}><title>{name}</title>{content}</g>"

    def outline(self, outline: Path, kind: str, author_fill: str | None, stroke: Stroke) -> str:
        """One outline of a node or group."""
        fill = line = "none"
        fill_role = line_role = ""
        ink_role, ink = self.ink(f"{kind}-line", stroke.color, self.dark["page"], LINE_CONTRAST)
        if outline.inked:
            fill_role, fill = ink_role.replace("line", "ink"), ink
        elif outline.filled:
            fill_role = "" if author_fill else f"topo-{kind}-fill"
            fill = author_fill or self.light[f"{kind}-fill"]
        if outline.stroked and stroke.dash is not Dash.NONE:
            line_role, line = ink_role, ink
        width = self.theme.shape.node_width if kind == "node" else self.theme.shape.group_width
        return (
            f'<path{_class(fill_role, line_role)} fill="{fill}" stroke="{line}"'
            f'{_dashes(stroke)}{_thick(stroke, width)} d="{_data(outline)}"/>'
        )

    def text(self, line: TextLine, kind: str, author_fill: str | None) -> str:
        """One line of text on a node, on a group, or (an edge's) on the page."""
        if author_fill:
            role, color = "", line.color or readable_on(author_fill)
        else:
            behind = self.dark["page"] if kind == "edge" else self.dark[f"{kind}-fill"]
            role, color = self.ink(f"{kind}-text", line.color, behind, TEXT_CONTRAST)
        x, y = _number(line.x), _number(line.y)
        bold = ' font-weight="bold"' if line.bold else ""
        turn = f' transform="rotate({line.rotate} {x} {y})"' if line.rotate else ""
        space = ' xml:space="preserve"' if _words(line.text) != line.text else ""
        return (
            f'<text{_class(role)} x="{x}" y="{y}" fill="{color}"'
            f' font-size="{_number(line.size)}"{bold}{turn}{space}'
            f' textLength="{_number(line.width)}" lengthAdjust="spacingAndGlyphs">'
            f"{_text(line.text)}</text>"
        )

    def ink(self, role: str, author: str | None, behind: str, enough: float) -> tuple[str, str]:
        """The class and the colour of a line or text.

        A colour that an author chose for a light page gives way to the theme's on a dark
        one where it could not be made out.
        """
        if author is None:
            return f"topo-{role}", self.light[role]
        return ("" if contrast(author, behind) >= enough else f"topo-dark-{role}"), author


# --- pieces ---------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _text(text: str) -> str:
    """A text for an element or attribute; what XML cannot hold is replaced."""
    return escape(plain(text))


@cache
def _colors(palette: Palette) -> Mapping[str, str]:
    return palette.roles()


@lru_cache(maxsize=8192)
def _words(label: str) -> str:
    """A label on one line."""
    return " ".join(label.split())


@lru_cache(maxsize=8192)
def _number(value: float) -> str:
    """A number with at most two decimals."""
    rounded = round(value, 2)
    whole = int(rounded)
    return str(whole) if whole == rounded else repr(rounded)


@lru_cache(maxsize=256)
def _class(*names: str) -> str:
    named = " ".join(filter(None, names))
    return f' class="{named}"' if named else ""


def _dashes(stroke: Stroke) -> str:
    lengths = dashes(stroke)
    return f' stroke-dasharray="{" ".join(map(_number, lengths))}"' if lengths else ""


def _thick(stroke: Stroke, width: float) -> str:
    return f' stroke-width="{_number(width * THICK)}"' if stroke.thick else ""


def _layer(name: str, width: float, elements: Iterable[str]) -> str:
    return f'<g class="topo-{name}" stroke-width="{_number(width)}">{"".join(elements)}</g>'


def _data(path: Path) -> str:
    """The outline as the ``d`` of a ``<path>``."""
    data = []
    for segment in path.segments:
        # Every picture has hundreds: a match statement takes twice as long.
        if isinstance(segment, Line):
            x, y = segment.to
            data.append(f"L{_number(x)} {_number(y)}")
        elif isinstance(segment, Curve):
            (x1, y1), (x2, y2), (x, y) = segment.control1, segment.control2, segment.to
            data.append(
                f"C{_number(x1)} {_number(y1)} {_number(x2)} {_number(y2)}"
                f" {_number(x)} {_number(y)}"
            )
        elif isinstance(segment, Move):
            x, y = segment.to
            data.append(f"M{_number(x)} {_number(y)}")
        else:
            data.append("Z")
    return "".join(data)


def _picture(picture: Picture) -> str:
    media_type, content = read_picture(picture.path)
    box = picture.box
    return (
        f'<image x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}"'
        f' height="{_number(box.height)}"'
        f' xlink:href="data:{media_type};base64,{base64.b64encode(content).decode()}"/>'
    )
