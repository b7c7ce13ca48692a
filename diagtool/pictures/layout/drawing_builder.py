"""From blockdiag's diagram to a Drawing.

blockdiag's places and shapes are used; its text measuring and its drawing are not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import metrics, noderenderer
from blockdiag.utils import XY, Box, Size

from diagtool.model.diagram import Arrow
from diagtool.pictures import routing
from diagtool.pictures.drawing import (
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Path,
    Picture,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.layout.source import duplicate, full_name
from diagtool.pictures.layout.spacing import Gap, Way, room
from diagtool.pictures.outlines import Recorder, moved, rect
from diagtool.pictures.text_metrics import CAP_HEIGHT, LINE_HEIGHT, Fonts

FONT_SIZE = 13
"""The size of text, in pixels, where a source names none."""


class _Font(NamedTuple):
    """What blockdiag's shapes pass on between our font map and our measuring."""

    size: float
    bold: bool


class _FontMap:
    """Takes the place of blockdiag's, which knows font files."""

    def find(self, element: Any) -> _Font:
        family = element.fontfamily or ""
        return _Font(element.fontsize or FONT_SIZE, family.lower().endswith("-bold"))


class _Cell(metrics.NodeMetrics):  # type: ignore[misc]
    """blockdiag's, which works out every point of its box twice each time that it is asked."""

    def __init__(self, metrics: Any, x1: float, y1: float, x2: float, y2: float) -> None:
        super().__init__(metrics, x1, y1, x2, y2)
        # What nearly everybody asks for.
        x, y = x1 + (x2 - x1) // 2, y1 + (y2 - y1) // 2
        self.top, self.bottom = XY(x, y1), XY(x, y2)
        self.left, self.right = XY(x1, y), XY(x2, y)

    def __getattr__(self, name: str) -> Any:
        if not hasattr(Box, name):
            return getattr(self.metrics, name)
        value = self.__dict__[name] = getattr(self._box, name)
        return value


class _Grid(NamedTuple):
    """Where columns start and end, and where rows do."""

    lefts: list[float]
    rights: list[float]
    tops: list[float]
    bottoms: list[float]


class _Metrics(metrics.DiagramMetrics):  # type: ignore[misc]
    """blockdiag's geometry, remembering what it is asked for again and again."""

    def __init__(self, diagram: Any, fonts: Fonts) -> None:
        self._fonts = fonts
        self._size = diagram.colwidth, diagram.colheight
        self._grid: _Grid | None = None
        self._nodes: dict[int, Any] = {}
        self._cells: dict[tuple[int, bool], Any] = {}
        super().__init__(diagram, fontmap=_FontMap())

    def node(self, node: Any) -> Any:
        """The node's renderer. It takes the node's own size for that of all nodes.

        Some of blockdiag's shapes mix the two up, and come out askew in any other.
        """
        if id(node) not in self._nodes:
            own = self
            if node.width or node.height:
                own = duplicate(self)
                own.node_width = node.width or self.node_width
                own.node_height = node.height or self.node_height
            self._nodes[id(node)] = noderenderer.get(node.shape)(node, own)
        return self._nodes[id(node)]

    def cell(self, node: Any, use_padding: bool = True) -> Any:
        """The place of a node or group: all of its cells, or its own size in their middle."""
        key = (id(node), use_padding)
        if key not in self._cells:
            sheet = self.spreadsheet
            grid = self._grid = self._grid or self._ruled(sheet)
            x, y = node.xy
            end_x, end_y = x + node.colwidth - 1, y + node.colheight - 1
            x1, y1, x2, y2 = grid.lefts[x], grid.tops[y], grid.rights[end_x], grid.bottoms[end_y]
            if use_padding:
                width = node.width or sheet.metrics.node_width
                height = node.height or sheet.metrics.node_height
                x1 += max(0, (sheet.node_width[x] - width) // 2)
                y1 += max(0, (sheet.node_height[y] - height) // 2)
                x2 -= max(0, (sheet.node_width[end_x] - width) // 2)
                y2 -= max(0, (sheet.node_height[end_y] - height) // 2)
            self._cells[key] = _Cell(sheet.metrics, x1, y1, x2, y2)
        return self._cells[key]

    def group(self, group: Any) -> Any:
        return self.cell(group, use_padding=False)

    def _ruled(self, sheet: Any) -> _Grid:
        """The grid; blockdiag adds up what is before a node anew for every node."""
        top, _, _, left = self.page_padding
        columns, rows = self._size
        return _Grid(
            *_ruled(sheet.page_margin.x + left, sheet.span_width, sheet.node_width, columns),
            *_ruled(sheet.page_margin.y + top, sheet.span_height, sheet.node_height, rows),
        )

    def forget(self) -> None:
        """Forgets what follows from sizes that have changed since.

        That refers back to here, and would else be left for the garbage collector.
        """
        self._nodes.clear()
        self._cells.clear()
        self._grid = None

    def textsize(self, string: str, font: _Font, width: float = math.inf) -> Any:
        lines = self._fonts.wrap(_words(string), font.size, width, bold=font.bold)
        return Size(
            max(self._fonts.width(line, font.size, bold=font.bold) for line in lines),
            math.ceil(len(lines) * font.size * LINE_HEIGHT),
        )


def _ruled(
    at: float, spans: Mapping[int, float], sizes: Mapping[int, float], count: int
) -> tuple[list[float], list[float]]:
    """Where columns or rows with spans before them start and end."""
    starts, ends = [], []
    for number in range(count):
        at += spans[number]
        starts.append(at)
        at += sizes[number]
        ends.append(at)
    return starts, ends


@lru_cache(maxsize=8192)
def _words(label: str) -> str:
    r"""A label's text: blockdiag writes a line break as ``\n`` and a backslash as two."""
    text = re.sub(r"\\(.)", lambda m: {"n": "\n", "\\": "\\"}.get(m[1], m[0]), label)
    return "\n".join(line.strip() for line in text.strip().splitlines())


_PAD_X, _PAD_Y = 6, 1.5
"""Room between a label and the box that it must fit in."""

_WORD_ROOM = 3
"""Up to how many times the usual width a node grows before a long word is broken."""

_ROOM = {"circle": 0.75, "ellipse": 0.85}
"""How much of a shape's box for text has no corner outside of the shape."""

_GROUP_SIDE = 16
_GROUP_TOP = 12
_GROUP_LABEL = 160
_NEST = 10
"""Room between the frame of a group and its nodes, and between nested frames."""

_PAGE_MARGIN = 16

_BADGE = 24
"""How wide and high the disc is that bears a node's number."""


class _Frame(NamedTuple):
    """How far a group's frame stands out from the cells of its nodes."""

    top: float
    right: float
    bottom: float
    left: float
    label_height: float
    lane: float | None
    """Up to where the label may reach, from the left of the cells; None is all over them."""


class DrawingBuilder:
    """Turns one of blockdiag's diagrams, laid out, into a Drawing."""

    def __init__(self, diagram: Any, parts: Mapping[str, str], fonts: Fonts) -> None:
        self.diagram, self.parts, self.fonts = diagram, parts, fonts
        self.nodes = [node for node in diagram.traverse_nodes() if node.drawable]
        self.groups = [g for g in diagram.traverse_groups(preorder=True) if not g.drawable]
        # blockdiag gives an edge of nested groups several times.
        edges = dict.fromkeys(diagram.traverse_edges(preorder=True))
        self.edges = [edge for edge in edges if edge.style != "none"]
        self.room = room(self.edges, self._label_size, flowchart=diagram.edge_layout == "flowchart")
        self._make_room_for_ports()
        self.metrics = _Metrics(diagram, fonts)
        self._make_room_for_node_labels()
        self.frames: dict[int, _Frame] = {}
        for group in reversed(self.groups):
            self.frames[id(group)] = self._frame(group)
        self._make_room_for_groups()

    def draw(self, name: str, title: str, description: str) -> Drawing:
        self._start_at_page_margin()
        groups = tuple(self.group(group) for group in self.groups)
        nodes = tuple(self.node(node) for node in self.nodes)
        drawn = list(map(self.edge, self.edges, self.room.ways))
        edges = routing.separate(drawn, nodes, groups)
        self.metrics.forget()
        right, bottom = _reach(groups, nodes, edges)
        return Drawing(
            name,
            title,
            description,
            right + _PAGE_MARGIN,
            bottom + _PAGE_MARGIN,
            groups,
            edges,
            nodes,
        )

    # Making room

    def _make_room_for_node_labels(self) -> None:
        nodes = self.nodes
        for _ in range(4):
            nodes = [node for node in nodes if self._grow(node)]
            if not nodes:
                return
            self.metrics.forget()
            self.metrics = _Metrics(self.diagram, self.fonts)

    def _grow(self, node: Any) -> bool:
        """Makes a node larger where its label needs more room; whether it had to."""
        if not node.label or node.shape in ("dots", "none"):
            return False
        font = self.metrics.font_for(node)
        shape = self.metrics.node(node)
        box, text = self.metrics.cell(node), _words(node.label)
        room = _ROOM.get(node.shape, 1)
        width, height = shape.textbox.width * room, shape.textbox.height * room
        turned = node.rotate % 180 == 90
        if turned:
            width, height = height, width
        width, height = width - 2 * _PAD_X, height - 2 * _PAD_Y
        if node.label_orientation == "vertical":
            lines = text.split("\n")
            needed = (
                len(lines) * font.size * LINE_HEIGHT,
                max(map(len, lines)) * font.size * LINE_HEIGHT,
            )
        else:
            limit = _WORD_ROOM * self.metrics.node_width
            word = min(self.fonts.widest_word(text, font.size, bold=font.bold), limit)
            lines = self.fonts.wrap(text, font.size, max(width, word), bold=font.bold)
            needed = (word, len(lines) * font.size * LINE_HEIGHT)
        wider, higher = needed[0] - width, needed[1] - height
        if turned:
            wider, higher = higher, wider
        # The text's part of a shape is smaller than the shape and grows as it does.
        across = max(box.width, 1) / max(shape.textbox.width * room, 1)
        down = max(box.height, 1) / max(shape.textbox.height * room, 1)
        if node.shape in ("circle", "square"):
            # Their side is the shorter one of the node's.
            if max(wider, higher) > 0:
                node.height = _up(box.height + max(wider, higher) / room)
                node.width = max(box.width, node.height)
        else:
            if wider > 0:
                node.width = _up(box.width + wider * across)
            if higher > 0:
                node.height = _up(box.height + higher * down)
        return bool(wider > 0 or higher > 0)

    def _make_room_for_ports(self) -> None:
        """Makes boxes large enough for the edges that meet at one of their sides.

        The boxes of a group that were alike stay so.
        """
        for (node, side), ports in self.room.sides.items():
            upright = side in ("left", "right")
            shape, copies = full_name(node.shape), routing.behind(node.stacked, side)
            needed, name = ports.length(shape, upright, copies), "height" if upright else "width"
            usual = getattr(self.diagram, f"node_{name}")
            size = getattr(node, name)
            if needed > (size or usual or getattr(metrics.DiagramMetrics, f"node_{name}")):
                for other in node.group.nodes if node.group.level else [node]:
                    if (other.shape, getattr(other, name)) == (node.shape, size):
                        setattr(other, name, _up(needed))

    def _label_size(self, edge: Any) -> tuple[float, float]:
        """How wide and high the label of an edge is."""
        font, text = _FontMap().find(edge), _words(edge.label)
        rows = text.count("\n") + 1
        return self._text_width(text, font), font.size * (rows * LINE_HEIGHT + CAP_HEIGHT - 1)

    def _text_width(self, text: str, font: _Font) -> float:
        size, bold = font
        return max(self.fonts.width(line, size, bold=bold) for line in text.split("\n"))

    def _frame(self, group: Any) -> _Frame:
        """The frame of a group whose inner groups have theirs."""
        top = right = bottom = left = 0.0
        end_x, end_y = group.xy.x + group.colwidth, group.xy.y + group.colheight
        for inner in group.nodes:
            frame = self.frames.get(id(inner))
            if frame is not None:
                if inner.xy.y == group.xy.y:
                    top = max(top, frame.top + _NEST)
                if inner.xy.x == group.xy.x:
                    left = max(left, frame.left + _NEST)
                if inner.xy.x + inner.colwidth == end_x:
                    right = max(right, frame.right + _NEST)
                if inner.xy.y + inner.colheight == end_y:
                    bottom = max(bottom, frame.bottom + _NEST)
        left = max(left, _GROUP_SIDE)
        height, lane = 0.0, None
        if group.label:
            font = self.metrics.font_for(group)
            text, width = _words(group.label), self.metrics.group(group).box.width
            lane = self._lane_from_above(group)
            if lane is not None:
                # The label stands beside the edges that come in from above.
                widest = min(self._text_width(text, font), _GROUP_LABEL)
                left = max(left, widest + 2 * _PAD_X - lane)
                width = left + lane
            lines = self.fonts.wrap(text, font.size, width - 2 * _PAD_X, bold=font.bold)
            height = len(lines) * font.size * LINE_HEIGHT
        return _Frame(
            max(top, _GROUP_TOP) + (height + 4 if height else 0),
            max(right, _GROUP_SIDE),
            max(bottom, _GROUP_TOP),
            left,
            height,
            lane,
        )

    def _lane_from_above(self, group: Any) -> float | None:
        """Where the first edge comes into a group from above, from the left of its cells."""
        members = set(group.traverse_nodes())
        lanes = [
            self.metrics.cell(node).top.x - self.metrics.group(group).x1
            for node, other in self.room.from_above
            if node in members and other not in members
        ]
        return min(lanes) - _PAD_X if lanes else None

    def _make_room_for_groups(self) -> None:
        """Widens the gaps between rows and columns in which frames would not fit."""
        sheet = self.metrics.spreadsheet
        columns, rows = self.diagram.colwidth, self.diagram.colheight
        above, below = [0.0] * (rows + 1), [0.0] * (rows + 1)
        before, after = [0.0] * (columns + 1), [0.0] * (columns + 1)
        for group in self.groups:
            frame = self.frames[id(group)]
            x, y = group.xy
            above[y] = max(above[y], frame.top)
            below[y + group.colheight] = max(below[y + group.colheight], frame.bottom)
            before[x] = max(before[x], frame.left)
            after[x + group.colwidth] = max(after[x + group.colwidth], frame.right)
        for y in range(rows):
            needed = _up(above[y] + below[y] + self.room.rows.get(y, _NEST))
            sheet.set_span_height(y, max(needed, self.metrics.span_height))
        for x in range(columns):
            needed = _up(before[x] + after[x] + self.room.columns.get(x, _NEST))
            sheet.set_span_width(x, max(needed, self.metrics.span_width))
        self.metrics.forget()

    def _start_at_page_margin(self) -> None:
        """Moves everything so that the left-most and the top-most thing stand at the margin."""
        lefts = [self.metrics.group(g).x1 - self.frames[id(g)].left for g in self.groups]
        tops = [self.metrics.group(g).y1 - self.frames[id(g)].top for g in self.groups]
        for node in self.nodes:
            if node.xy.x == 0 or node.xy.y == 0:
                top, _, _, left = self.metrics.node(node).connectors[:4]
                over = _BADGE / 2 if node.numbered is not None else 0
                lefts.append(left.x - over)
                tops.append(top.y - over)
        if tops and 0 in self.room.rows:
            tops.append(min(tops) - self.room.rows[0] + routing.HEAD_ROOM)
        if lefts:
            self.metrics.page_margin = XY(_PAGE_MARGIN - min(lefts), _PAGE_MARGIN - min(tops))
            self.metrics.forget()

    # Drawing

    def group(self, group: Any) -> DrawnGroup:
        cell, frame = self.metrics.group(group).box, self.frames[id(group)]
        box = Rect(
            cell.x1 - frame.left,
            cell.y1 - frame.top,
            cell.width + frame.left + frame.right,
            cell.height + frame.top + frame.bottom,
        )
        lines: tuple[TextLine, ...] = ()
        label = _words(group.label or "")
        if label:
            lane = frame.lane
            band = Rect(cell.x1, box.y + 4, cell.width, frame.label_height)
            if lane is not None:
                band = Rect(box.x, box.y + 4, frame.left + lane, frame.label_height)
            lines = self.text(
                label,
                band,
                self.metrics.font_for(group),
                group.textcolor,
                align="center" if lane is None else "left",
            )
        framed = group.shape == "line"
        color = _color(group.color)
        return DrawnGroup(
            id=group.id,
            part=self.parts.get(group.id),
            box=box,
            label=label,
            lines=lines,
            members=tuple(node.id for node in group.traverse_nodes() if node.drawable),
            framed=framed or group.color == "none",
            stroke=_stroke(group.color if framed else None, group.style, framed and group.thick)
            if group.color != "none"
            else Stroke(dash=Dash.NONE),
            fill=None if framed else color,
            href=group.href,
        )

    def node(self, node: Any) -> DrawnNode:
        shape = self.metrics.node(node)
        recorder = Recorder(node.color, node.linecolor)
        render = getattr(shape, "render_vector_shape", shape.render_shape)
        render(recorder, "SVG", fill="none")
        front = tuple(recorder.paths)
        copies: tuple[tuple[Path, ...], ...] = (front,)
        if node.stacked:
            step = self.metrics.cellsize // 2
            copies = (
                *(tuple(moved(path, r, r) for path in front) for r in (2 * step, step)),
                front,
            )
        top, right, bottom, left = shape.connectors[:4]
        label = _words(node.label or "")
        font = self.metrics.font_for(node)
        lines: tuple[TextLine, ...] = ()
        if label and node.shape not in ("dots", "none"):
            lines = self.text(
                label,
                rect(shape.textbox),
                font,
                node.textcolor,
                align=shape.textalign,
                rotate=node.rotate,
                vertical=node.label_orientation == "vertical",
                room=_ROOM.get(node.shape, 1),
            )
        badge = None
        if node.numbered is not None:
            cell = self.metrics.cell(node)
            box = Rect(cell.x1 - _BADGE / 2, cell.y1 - _BADGE / 2, _BADGE, _BADGE)
            line = self.text(str(node.numbered), box, font, node.textcolor, wraps=False)[0]
            badge = (box, line)
        pictures = list(recorder.pictures)
        if node.icon is not None:
            pictures.append(Picture(node.icon, rect(shape.iconbox)))
        return DrawnNode(
            id=node.id,
            part=self.parts.get(node.id),
            shape=full_name(node.shape),
            box=Rect(left.x, top.y, right.x - left.x, bottom.y - top.y),
            copies=copies,
            label=label,
            lines=lines,
            stroke=_stroke(node.linecolor, node.style),
            fill=_color(node.color),
            href=node.href,
            badge=badge,
            pictures=tuple(pictures),
        )

    def edge(self, edge: Any, way: Way) -> DrawnEdge:
        points = self._line(edge, way)
        label = _words(edge.label or "")
        lines: tuple[TextLine, ...] = ()
        if label:
            box = rect(self.metrics.edge(edge).labelbox)
            lines = self.text(label, box, self.metrics.font_for(edge), edge.textcolor, wraps=False)
        return DrawnEdge(
            tail=edge.node1.id,
            head=edge.node2.id,
            arrow=_ARROWS[edge.dir],
            points=points,
            heads=_heads(edge, points),
            hollow=edge.hstyle in ("generalization", "aggregation"),
            label=label,
            lines=lines,
            stroke=_stroke(edge.color, edge.style, edge.thick),
        )

    def _line(self, edge: Any, way: Way) -> tuple[Point, ...]:
        """The points of an edge on blockdiag's way."""
        metrics, nodes = self.metrics, (edge.node1, edge.node2)
        first, last = map(getattr, map(metrics.node, nodes), way.sides)
        if way.straight:
            return (tuple(first), tuple(last))
        cells = [metrics.cell(node, use_padding=False) for node in nodes]
        (x, y), end = map(getattr, cells, way.sides)
        points = [tuple(first)]
        axis = way.axis
        turns = [self._turn(cells[gap.node], gap) for gap in way.gaps]
        for turn in (*turns, end[axis ^ len(turns) % 2]):
            x, y = (x, turn) if axis else (turn, y)
            if points[-1] != (x, y):
                points.append((x, y))
            axis = 1 - axis
        if points[-1] != last:
            points.append(tuple(last))
        return tuple(points)

    def _turn(self, cell: Any, gap: Gap) -> float:
        """Where a line turns that runs in a gap beside a cell."""
        across = gap.side in ("left", "right")
        span = self.metrics.span_width if across else self.metrics.span_height
        by: float = span * gap.eighths // 8
        at: float = getattr(cell, gap.side)[0 if across else 1]
        return at + by if gap.side in ("right", "bottom") else at - by

    def text(
        self,
        text: str,
        box: Rect,
        font: _Font,
        color: object,
        *,
        align: str = "center",
        rotate: int = 0,
        vertical: bool = False,
        room: float = 1,
        wraps: bool = True,
    ) -> tuple[TextLine, ...]:
        """The lines of a text in the middle of a box."""
        size, bold = font
        step = size * LINE_HEIGHT
        width = (box.height if rotate % 180 == 90 else box.width) * room - 2 * _PAD_X
        if vertical:
            texts = text.split("\n")
            # Each character is a line; the lines of the label stand side by side.
            places = [
                (character, (column - (len(texts) - 1) / 2) * step, row, len(line))
                for column, line in enumerate(texts)
                for row, character in enumerate(line)
            ]
        else:
            limit = max(width, 1) if wraps else math.inf
            texts = self.fonts.wrap(text, size, limit, bold=bold)
            places = [(line, 0.0, row, len(texts)) for row, line in enumerate(texts)]
        x, y = box.center
        angle = math.radians(rotate)
        cos, sin = math.cos(angle), math.sin(angle)
        lines = []
        for line, across, row, rows in places:
            measured = self.fonts.width(line, size, bold=bold)
            if align == "left":
                across = measured / 2 + _PAD_X - box.width / 2
            down = (row - (rows - 1) / 2) * step + size * CAP_HEIGHT / 2
            lines.append(
                TextLine(
                    line,
                    round(x + across * cos - down * sin, 2),
                    round(y + across * sin + down * cos, 2),
                    round(measured, 2),
                    size,
                    bold,
                    _color(color),
                    rotate % 360,
                )
            )
        return tuple(lines)


def _heads(edge: Any, points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Arrowheads as blockdiag draws them, but always where the line ends.

    blockdiag puts some at another side of the box.
    """
    heads = []
    if edge.dir in ("back", "both"):
        heads.append(_head(points[0], points[1], edge.hstyle, ("manyone", "manymany")))
    if edge.dir in ("forward", "both"):
        heads.append(_head(points[-1], points[-2], edge.hstyle, ("onemany", "manymany")))
    return tuple(heads)


def _head(end: Point, before: Point, style: str | None, many: tuple[str, str]) -> tuple[Point, ...]:
    """The arrowhead at one end, its tip first; many ends spread towards the box."""
    length = math.dist(end, before) or 1
    x, y = (end[0] - before[0]) / length, (end[1] - before[1]) / length
    cell = metrics.cellsize
    # Along the line from its end back, and across it.
    if style in many:
        corners = [(cell, 0), (1, cell), (1, -cell)]
    else:
        corners = [(1, 0), (cell, cell / 2), (cell, -cell / 2)]
        if style in ("composition", "aggregation"):
            corners.insert(2, (2 * cell, 0))
    return tuple(
        [
            (end[0] - back * x - across * y, end[1] - back * y + across * x)
            for back, across in corners
        ]
    )


_ARROWS = {"forward": Arrow.FORWARD, "back": Arrow.BACK, "both": Arrow.BOTH, "none": Arrow.NONE}


def _color(color: object) -> str | None:
    """A colour that the source names; blockdiag's own defaults are plain tuples."""
    if type(color) is tuple or not isinstance(color, tuple):
        return None
    return "#{:02x}{:02x}{:02x}".format(*color)


@lru_cache(maxsize=256, typed=True)  # what a plain tuple says, another kind does not
def _stroke(color: object, style: str | None, thick: object = None) -> Stroke:
    if style is not None and style[0].isdigit():
        dash, dashes = Dash.DASHED, tuple(float(length) for length in style.split(","))
    else:
        dash, dashes = Dash(style or "solid"), ()
    return Stroke(_color(color), dash, dashes, bool(thick))


def _up(length: float) -> int:
    """A length on blockdiag's grid that is not shorter."""
    cell: int = metrics.cellsize
    return cell * math.ceil(length / cell)


def _reach(
    groups: tuple[DrawnGroup, ...], nodes: tuple[DrawnNode, ...], edges: tuple[DrawnEdge, ...]
) -> Point:
    """The right-most and the lowest point of all."""
    xs, ys = [0.0], [0.0]
    for group in groups:
        xs.append(group.box.right)
        ys.append(group.box.bottom)
    for node in nodes:
        xs.append(node.box.right + (metrics.cellsize if node.stacked else 0))
        ys.append(node.box.bottom + (metrics.cellsize if node.stacked else 0))
    for edge in edges:
        xs += [x for x, _ in edge.points]
        ys += [y for _, y in edge.points]
        xs += [line.x + line.width / 2 for line in edge.lines]
        ys += [line.y for line in edge.lines]
    return max(xs), max(ys)
